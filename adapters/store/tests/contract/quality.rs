//! Summaries of how calls sounded: counted once with their records, bounded, each company's own,
//! and gone with what they are of.

use domain::{ByTrunk, Cdr, CdrLeg, NO_SITE, OTHER, QUALITY_VALUES_MAX, QualityBy, QualitySums};
use ids::{DeviceId, SiteId, TrunkId};
use machine::WallTime;
use ports::{
    FACTS_AT_ONCE, QualityGroups, QualityListing, QualityOf, QualityQuery, QualitySummary,
    StoreError,
};
use store::block_on;
use tenancy::TenantScope;

use crate::accounts::a_resellers_scope;
use crate::cdrs::leg;
use crate::erasure::erase;
use crate::lines::trunk_write;
use crate::world::{World, cdr, platform, time};
use crate::{PAGES, on_every_store};

/// Milliseconds of an hour.
const HOUR: i64 = 3_600_000;

fn hour(number: i64) -> WallTime {
    WallTime::from_unix_ms(number * HOUR)
}

/// A telephone's leg of which 3 of 50 packets are lost, twice.
fn phone(user_agent: &str, mos_x100: u16) -> CdrLeg {
    let mut leg = leg();
    leg.party.device = Some(DeviceId::new(1, 1));
    leg.answered_at = Some(time(6));
    user_agent.clone_into(&mut leg.user_agent);
    leg.quality.received.as_mut().unwrap().mos_x100 = mos_x100;
    leg
}

/// The leg of a carrier.
fn carrier(trunk: TrunkId, mos_x100: u16) -> CdrLeg {
    let mut leg = phone("", mos_x100);
    leg.party.device = None;
    leg.by_trunk = Some(ByTrunk {
        trunk,
        called: "0999".to_owned(),
        shown: None,
        vouched: None,
        proof: None,
        answerer: None,
    });
    leg
}

/// A call in an hour.
fn call(scope: &TenantScope, number: u64, in_hour: i64, legs: Vec<CdrLeg>) -> Cdr {
    let mut record = cdr(scope.tenant(), number);
    record.started = WallTime::from_unix_ms(in_hour * HOUR + 1);
    record.legs = legs;
    record
}

fn write(world: &World<'_>, records: Vec<Cdr>) -> usize {
    block_on(world.store.write_cdrs(records)).unwrap()
}

/// A company with a summary of a call of its own.
pub(crate) fn with_summary(world: &World<'_>, scope: &TenantScope) {
    let number = world.number() + 1_000;
    let call = call(scope, number, 5, vec![phone("Phone 1.0", 400)]);
    assert_eq!(write(world, vec![call]), 1);
}

fn query(groups: QualityGroups) -> QualityQuery {
    QualityQuery {
        groups,
        from: hour(0),
        until: hour(1_000),
        after: None,
        limit: 2,
    }
}

/// All pages of what `page` gives.
fn walked(
    mut query: QualityQuery,
    page: impl Fn(&QualityQuery) -> QualityListing,
) -> Vec<QualitySummary> {
    let mut all = Vec::new();
    for _ in 0..PAGES {
        let listing = page(&query);
        assert!(listing.summaries.len() <= query.bounded_limit());
        all.extend(listing.summaries);
        let Some(next) = listing.next else {
            return all;
        };
        query.after = Some(next);
    }
    panic!("a list without an end: {all:?}");
}

fn summaries(world: &World<'_>, scope: &TenantScope, groups: QualityGroups) -> Vec<QualitySummary> {
    walked(query(groups), |query| {
        block_on(world.store.quality(scope, query)).unwrap()
    })
}

/// The values of a dimension with how many legs they have.
fn legs_by(world: &World<'_>, scope: &TenantScope, by: QualityBy) -> Vec<(String, u64)> {
    let all = summaries(world, scope, QualityGroups::Values(by)).into_iter();
    all.map(|one| match one.of {
        QualityOf::Value(value) => (value, one.sums.legs),
        QualityOf::Hour(hour) => panic!("an hour among values: {hour}"),
    })
    .collect()
}

/// The hours that are told with how many calls they have.
fn calls_by_hour(all: &[QualitySummary]) -> Vec<(i64, u64)> {
    let hours = all.iter().map(|one| match &one.of {
        QualityOf::Hour(hour) => (hour.unix_ms() / HOUR, one.sums.calls),
        QualityOf::Value(value) => panic!("a value among hours: {value}"),
    });
    hours.collect()
}

fn a_call_counts_once_however_often_its_record_comes(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let record = call(
        &acme,
        1,
        5,
        vec![phone("Phone 1.0", 441), phone("B 1.0", 300)],
    );
    assert_eq!(write(world, vec![record.clone(), record.clone()]), 1);
    assert_eq!(write(world, vec![record]), 0);
    let all = summaries(world, &acme, QualityGroups::Hours);
    assert_eq!(calls_by_hour(&all), [(5, 1)]);
    let sums = all[0].sums;
    let expected = QualitySums {
        calls: 1,
        legs: 2,
        scored: 2,
        mos_x100: 741,
        worst_x100: Some(300),
        poor: 1,
        expected: 200,
        lost: 12,
        jitter_seconds: 2,
        ..QualitySums::default()
    };
    assert_eq!(sums, expected);
}

fn calls_of_an_hour_add_up_and_the_worst_stays(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let calls = [(1, 400), (2, 0), (3, 250), (4, 430)];
    for (number, mos) in calls {
        write(world, vec![call(&acme, number, 5, vec![phone("A", mos)])]);
    }
    let all = summaries(world, &acme, QualityGroups::Hours);
    assert_eq!(calls_by_hour(&all), [(5, 4)]);
    let sums = all[0].sums;
    assert_eq!((sums.scored, sums.mos_x100), (3, 1_080));
    assert_eq!((sums.worst_x100, sums.lost), (Some(250), 24));
}

fn legs_are_told_apart_by_model_site_trunk_and_codec(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let (trunk, site) = (TrunkId::new(5, 1), SiteId::new(6, 1));
    let mut there = phone("Yealink SIP-T46U 108.86.0.20", 441);
    there.site = Some(site);
    let mut wide = phone("baresip v3.10.1 (x86_64/Linux)", 420);
    wide.codec = Some("opus/48000".to_owned());
    let records = vec![
        call(&acme, 1, 5, vec![there.clone(), wide]),
        call(&acme, 2, 6, vec![there, carrier(trunk, 300)]),
    ];
    write(world, records);
    let by = |by| legs_by(world, &acme, by);
    let models = [("Yealink SIP-T46U", 2), ("baresip", 1)];
    assert_eq!(
        by(QualityBy::Model),
        models.map(|(of, n)| (of.to_owned(), n))
    );
    let sites = [(NO_SITE.to_owned(), 1), (site.to_string(), 2)];
    assert_eq!(by(QualityBy::Site), sites);
    assert_eq!(by(QualityBy::Trunk), [(trunk.to_string(), 1)]);
    let codecs = [("PCMU/8000", 3), ("opus/48000", 1)];
    assert_eq!(
        by(QualityBy::Codec),
        codecs.map(|(of, n)| (of.to_owned(), n))
    );
}

fn hours_come_newest_first_and_a_span_includes_its_begin_and_not_its_end(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let some = [3, 9, 1, 7, 5].into_iter().zip(1..);
    let calls = some.map(|(at, number)| call(&acme, number, at, vec![phone("A", 400)]));
    write(world, calls.collect());
    let all = summaries(world, &acme, QualityGroups::Hours);
    assert_eq!(
        calls_by_hour(&all),
        [(9, 1), (7, 1), (5, 1), (3, 1), (1, 1)]
    );
    let span = QualityQuery {
        from: hour(3),
        until: hour(7),
        ..query(QualityGroups::Hours)
    };
    let page = |query: &QualityQuery| block_on(world.store.quality(&acme, query)).unwrap();
    assert_eq!(calls_by_hour(&walked(span.clone(), page)), [(5, 1), (3, 1)]);
    let models = QualityQuery {
        groups: QualityGroups::Values(QualityBy::Model),
        ..span
    };
    assert_eq!(walked(models, page)[0].sums.legs, 2);
}

fn what_an_hour_has_too_many_of_counts_as_other(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let more = u64::try_from(QUALITY_VALUES_MAX).unwrap() + 5;
    let one = |number: u64| {
        let model = format!("phone-{number:03}");
        call(&acme, number, 5, vec![phone(&model, 400)])
    };
    // some at once, and the rest one by one
    write(world, (1..=40).map(one).collect());
    for number in 41..=more {
        write(world, vec![one(number)]);
    }
    // one that is known goes on counting as itself, and the next hour begins anew
    write(
        world,
        vec![call(&acme, 900, 5, vec![phone("phone-001", 400)])],
    );
    write(
        world,
        vec![call(&acme, 901, 6, vec![phone("phone-999", 400)])],
    );
    let models = legs_by(world, &acme, QualityBy::Model);
    assert_eq!(models.len(), QUALITY_VALUES_MAX + 2);
    let of = |model: &str| models.iter().find(|(of, _)| of == model).map(|one| one.1);
    assert_eq!(of(OTHER), Some(5));
    assert_eq!(of("phone-001"), Some(2));
    assert_eq!((of("phone-064"), of("phone-065")), (Some(1), None));
    assert_eq!(of("phone-999"), Some(1));
    // a neighbour's hour has room of its own
    let globex = world.tenant("globex.example");
    write(
        world,
        vec![call(&globex, 1, 5, vec![phone("phone-998", 400)])],
    );
    let theirs = legs_by(world, &globex, QualityBy::Model);
    assert_eq!(theirs, [("phone-998".to_owned(), 1)]);
}

fn a_stranger_finds_no_summary(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let trunk = TrunkId::new(5, 1);
    write(
        world,
        vec![call(
            &acme,
            1,
            5,
            vec![phone("A", 400), carrier(trunk, 400)],
        )],
    );
    assert_eq!(summaries(world, &globex, QualityGroups::Hours), []);
    for by in QualityBy::ALL {
        assert_eq!(legs_by(world, &globex, by), [], "{by:?}");
    }
    let gone = world.store.remove_quality(&globex, hour(999));
    assert_eq!(block_on(gone), Ok(0));
    assert_eq!(
        calls_by_hour(&summaries(world, &acme, QualityGroups::Hours)),
        [(5, 1)]
    );
}

fn whoever_owns_a_trunk_sees_what_all_had_of_it_together_and_nobody_else_does(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let north = a_resellers_scope(world, "north");
    let shared = trunk_write(world, north.owner(), ("carrier", &[]));
    let trunk: TrunkId = shared.document.id.parse().unwrap();
    let change = world.change(vec![ports::Operation::Create(shared)]);
    block_on(world.store.commit_below(&north, change)).unwrap();
    let own = world.create(&acme, trunk_write(world, acme.owner(), ("own", &[])));
    let own: TrunkId = own.id.parse().unwrap();
    let records = vec![
        call(&acme, 1, 5, vec![phone("A", 400), carrier(trunk, 300)]),
        call(&globex, 2, 5, vec![phone("A", 400), carrier(trunk, 420)]),
        call(&globex, 3, 6, vec![phone("A", 400), carrier(trunk, 430)]),
        call(&acme, 4, 6, vec![phone("A", 400), carrier(own, 200)]),
        call(&acme, 5, 7, vec![phone("A", 400), carrier(trunk, 410)]),
    ];
    write(world, records);
    let hours = query(QualityGroups::Hours);
    let all = walked(hours.clone(), |query| {
        block_on(world.store.trunk_quality(&north, trunk, query)).unwrap()
    });
    assert_eq!(calls_by_hour(&all), [(7, 1), (6, 1), (5, 2)]);
    assert_eq!(all[2].sums.worst_x100, Some(300));
    let south = a_resellers_scope(world, "south");
    for (scope, of) in [(&south, trunk), (&platform(), trunk), (&platform(), own)] {
        let refused = block_on(world.store.trunk_quality(scope, of, &hours));
        assert_eq!(refused, Err(StoreError::NotFound));
    }
}

fn summaries_of_old_hours_are_removed_some_at_a_time(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    write(world, vec![call(&globex, 1, 5, vec![phone("A", 400)])]);
    let many = (1..=300).map(|number| {
        let at = i64::try_from(number).unwrap();
        call(&acme, number, at, vec![phone("A", 400)])
    });
    write(world, many.collect());
    let mut gone = 0;
    loop {
        let some = block_on(world.store.remove_quality(&acme, hour(200))).unwrap();
        assert!(some <= FACTS_AT_ONCE, "{some} at once");
        if some == 0 {
            break;
        }
        gone += some;
    }
    // of the whole, of a site, of a model and of a codec
    assert_eq!(gone, 199 * 4);
    let left = QualityQuery {
        limit: 500,
        ..query(QualityGroups::Hours)
    };
    let left = block_on(world.store.quality(&acme, &left))
        .unwrap()
        .summaries;
    assert_eq!((left.len(), calls_by_hour(&left)[100]), (101, (200, 1)));
    let theirs = summaries(world, &globex, QualityGroups::Hours);
    assert_eq!(calls_by_hour(&theirs), [(5, 1)], "the neighbour's");
}

fn summaries_go_with_their_company(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    for (scope, number) in [(&acme, 1), (&globex, 2)] {
        write(world, vec![call(scope, number, 5, vec![phone("A", 400)])]);
    }
    erase(world, &acme);
    assert_eq!(summaries(world, &acme, QualityGroups::Hours), []);
    // the last calls of an erased company end after it
    assert_eq!(
        write(world, vec![call(&acme, 3, 5, vec![phone("A", 400)])]),
        0
    );
    assert_eq!(summaries(world, &acme, QualityGroups::Hours), []);
    assert_eq!(
        calls_by_hour(&summaries(world, &globex, QualityGroups::Hours)),
        [(5, 1)]
    );
}

fn a_record_that_is_rewritten_or_removed_changes_no_summary(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let record = call(&acme, 1, 5, vec![phone("A", 400)]);
    write(world, vec![record.clone()]);
    let before = summaries(world, &acme, QualityGroups::Hours);
    let mut erased = record.clone();
    "erased-1".clone_into(&mut erased.dialled);
    assert_eq!(
        block_on(world.store.replace_cdrs(&acme, vec![erased])),
        Ok(1)
    );
    assert_eq!(summaries(world, &acme, QualityGroups::Hours), before);
    assert_eq!(
        block_on(world.store.remove_cdrs(&acme, vec![record.id])),
        Ok(1)
    );
    assert_eq!(summaries(world, &acme, QualityGroups::Hours), before);
}

on_every_store!(
    a_call_counts_once_however_often_its_record_comes,
    calls_of_an_hour_add_up_and_the_worst_stays,
    legs_are_told_apart_by_model_site_trunk_and_codec,
    hours_come_newest_first_and_a_span_includes_its_begin_and_not_its_end,
    what_an_hour_has_too_many_of_counts_as_other,
    a_stranger_finds_no_summary,
    whoever_owns_a_trunk_sees_what_all_had_of_it_together_and_nobody_else_does,
    summaries_of_old_hours_are_removed_some_at_a_time,
    summaries_go_with_their_company,
    a_record_that_is_rewritten_or_removed_changes_no_summary,
);
