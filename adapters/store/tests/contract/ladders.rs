//! Ladders: kept with their record, sealed, and gone with it.

use domain::{Cdr, Ladder, Rung, Step, Way};
use store::block_on;
use tenancy::TenantScope;

use crate::on_every_store;
use crate::world::{World, cdr, time};

/// The ladder of a record.
pub(crate) fn ladder(cdr: &Cdr) -> Ladder {
    let rung = |way, steps, text: &str| Rung {
        at: time(7),
        leg: 1,
        way,
        transport: "tcp".to_owned(),
        local: "192.0.2.1:5060".parse().unwrap(),
        remote: "[2001:db8::7]:40000".parse().unwrap(),
        steps,
        text: text.to_owned(),
    };
    Ladder {
        cdr: cdr.id,
        call: cdr.call,
        tenant: cdr.tenant,
        rungs: vec![
            rung(Way::Received, 0, "INVITE sip:102@acme.example SIP/2.0\r\n"),
            rung(Way::Sent, 1, "SIP/2.0 486 Busy Here\r\nSubject: Zoë\r\n"),
        ],
        explanation: vec![Step {
            at: Some(time(7)),
            text: "ring".to_owned(),
            rule: "extension.devices".to_owned(),
            because: "102 is an extension".to_owned(),
        }],
        lost: 3,
    }
}

/// A record with its ladder.
pub(crate) fn with_ladder(world: &World<'_>, scope: &TenantScope) -> Ladder {
    let record = cdr(scope.tenant(), world.number());
    let kept = ladder(&record);
    block_on(world.store.write_cdrs(vec![record])).unwrap();
    let written = block_on(world.store.write_ladders(vec![kept.clone()]));
    assert_eq!(written, Ok(1));
    kept
}

fn a_ladder_is_read_back_word_for_word_and_kept_once(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let kept = with_ladder(world, &acme);
    let mut other = kept.clone();
    other.rungs.clear();
    assert_eq!(block_on(world.store.write_ladders(vec![other])), Ok(0));
    let found = block_on(world.store.ladder(&acme, kept.call));
    assert_eq!(found, Ok(Some(kept)));
}

fn a_ladder_without_a_record_is_not_kept(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let stray = ladder(&cdr(acme.tenant(), 4));
    let call = stray.call;
    assert_eq!(block_on(world.store.write_ladders(vec![stray])), Ok(0));
    assert_eq!(block_on(world.store.ladder(&acme, call)), Ok(None));
}

fn a_neighbour_sees_no_ladder(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let kept = with_ladder(world, &acme);
    assert_eq!(block_on(world.store.ladder(&globex, kept.call)), Ok(None));
}

fn a_ladder_goes_when_its_record_is_removed(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let (kept, other) = (with_ladder(world, &acme), with_ladder(world, &acme));
    let removed = block_on(world.store.remove_cdrs(&acme, vec![kept.cdr]));
    assert_eq!(removed, Ok(1));
    assert_eq!(block_on(world.store.ladder(&acme, kept.call)), Ok(None));
    assert_eq!(
        block_on(world.store.ladder(&acme, other.call)),
        Ok(Some(other))
    );
}

fn a_ladder_goes_when_a_person_is_taken_out_of_its_record(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let kept = with_ladder(world, &acme);
    let mut record = block_on(world.store.cdr(&acme, kept.cdr)).unwrap().unwrap();
    record.caller.number = "erased-1".to_owned();
    assert_eq!(
        block_on(world.store.replace_cdrs(&acme, vec![record])),
        Ok(1)
    );
    assert_eq!(block_on(world.store.ladder(&acme, kept.call)), Ok(None));
}

fn a_ladder_is_read_under_its_companys_new_key(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let kept = with_ladder(world, &acme);
    block_on(world.store.renew_key(&acme)).unwrap();
    let found = block_on(world.store.ladder(&acme, kept.call));
    assert_eq!(found, Ok(Some(kept)));
}

on_every_store!(
    a_ladder_is_read_back_word_for_word_and_kept_once,
    a_ladder_without_a_record_is_not_kept,
    a_neighbour_sees_no_ladder,
    a_ladder_goes_when_its_record_is_removed,
    a_ladder_goes_when_a_person_is_taken_out_of_its_record,
    a_ladder_is_read_under_its_companys_new_key,
);
