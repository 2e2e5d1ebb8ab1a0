//! Facts are rewritten and removed within their tenant alone.

use domain::KindName;
use ids::CdrId;
use machine::WallTime;
use ports::{CdrQuery, EventQuery, FACTS_AT_ONCE, Page, StoreError};
use store::block_on;

use crate::on_every_store;
use crate::world::{World, cdr, time, with};

fn a_record_that_was_replaced_is_found_by_its_new_words_alone(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let mut record = cdr(acme.tenant(), 5);
    block_on(world.store.write_cdrs(vec![record.clone()])).unwrap();
    record.caller.number = "erased-1".to_owned();
    record.caller.extension = None;
    let replaced = block_on(world.store.replace_cdrs(&globex, vec![record.clone()]));
    assert_eq!(replaced, Ok(0), "it is no record of the neighbour's");
    assert_eq!(
        block_on(world.store.replace_cdrs(&acme, vec![record.clone()])),
        Ok(1)
    );
    let found = |number: &str| {
        let query = CdrQuery {
            number: Some(number.to_owned()),
            ..CdrQuery::default()
        };
        block_on(world.store.cdrs(&acme, &query)).unwrap().cdrs
    };
    assert_eq!(found("erased-1"), [record]);
    assert_eq!(found("101"), []);
}

fn records_are_removed_once(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let records: Vec<_> = (1..4).map(|number| cdr(acme.tenant(), number)).collect();
    let ids: Vec<CdrId> = records.iter().take(2).map(|record| record.id).collect();
    block_on(world.store.write_cdrs(records)).unwrap();
    assert_eq!(
        block_on(world.store.remove_cdrs(&globex, ids.clone())),
        Ok(0)
    );
    assert_eq!(block_on(world.store.remove_cdrs(&acme, ids.clone())), Ok(2));
    assert_eq!(block_on(world.store.remove_cdrs(&acme, ids)), Ok(0));
    let left = block_on(world.store.cdrs(&acme, &CdrQuery::default())).unwrap();
    assert_eq!(left.cdrs.len(), 1);
    let many = vec![CdrId::new(1, 1); FACTS_AT_ONCE + 1];
    let limit = FACTS_AT_ONCE;
    let refused = block_on(world.store.remove_cdrs(&acme, many));
    assert_eq!(refused, Err(StoreError::TooLarge { limit }));
}

fn a_trail_is_rewritten_and_ends_where_its_retention_ends(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    let trail = || {
        block_on(world.store.audit(&acme, &Page::default()))
            .unwrap()
            .entries
    };
    let mut entries = trail();
    assert_eq!(entries.len(), 2);
    entries[0].target = "erased-1".to_owned();
    let replaced = block_on(world.store.replace_audit(&acme, vec![entries[0].clone()]));
    assert_eq!((replaced, trail()), (Ok(1), entries.clone()));
    let newest = entries[0].at;
    assert_eq!(block_on(world.store.remove_audit(&acme, newest)), Ok(1));
    assert_eq!(trail(), [entries[0].clone()]);
    let never = WallTime::UNIX_EPOCH;
    assert_eq!(block_on(world.store.remove_audit(&acme, never)), Ok(0));
    assert_eq!(
        block_on(
            world
                .store
                .history(&acme, KindName::Extension, &extension.id)
        )
        .unwrap()
        .len(),
        1
    );
    let gone = block_on(
        world
            .store
            .remove_history(&acme, KindName::Extension, &extension.id),
    );
    assert_eq!(gone, Ok(1));
}

fn an_event_is_rewritten_in_its_place(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    let log = || {
        block_on(world.store.events(&acme, &EventQuery::default()))
            .unwrap()
            .events
    };
    let mut events = log();
    let last = events.last_mut().unwrap();
    assert_eq!(last.subject, extension.id);
    last.subject = "erased-1".to_owned();
    last.data = serde_json::json!({ "at": time(1).unix_ms() });
    let changed = last.clone();
    assert_eq!(
        block_on(world.store.replace_events(&acme, vec![changed])),
        Ok(1)
    );
    assert_eq!(log(), events);
    let again = with(&extension, "display_name", "Ann");
    world
        .commit(&acme, vec![crate::world::replace(again)])
        .unwrap();
    assert_eq!(log().len(), events.len() + 1);
}

on_every_store!(
    a_record_that_was_replaced_is_found_by_its_new_words_alone,
    records_are_removed_once,
    a_trail_is_rewritten_and_ends_where_its_retention_ends,
    an_event_is_rewritten_in_its_place,
);
