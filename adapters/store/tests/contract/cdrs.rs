//! Call records: written once, found by what is in them.

use domain::{
    Answerer, ByTrunk, Cdr, CdrLeg, LateReport, LegDirection, Party, PhoneReport, PhoneReportKind,
    ProofVerdict, Proved, Quality, QualityPair, QualitySample, Step, Timeline, Timelines,
    TransferNote, Vouched,
};
use ids::{CallId, ExtensionId, SigningKeyId, TrunkId};
use ports::{CdrQuery, Cursor, PAGE_MAX};
use stir::Attestation;
use store::block_on;
use tenancy::TenantScope;

use crate::world::{World, cdr, time};
use crate::{PAGES, on_every_store};

fn write(world: &World<'_>, cdrs: Vec<Cdr>) -> usize {
    block_on(world.store.write_cdrs(cdrs)).unwrap()
}

/// The start times of the records found, on all pages.
fn found(world: &World<'_>, scope: &TenantScope, query: CdrQuery) -> Vec<i64> {
    let (mut query, mut found) = (query, Vec::new());
    for _ in 0..PAGES {
        let listing = block_on(world.store.cdrs(scope, &query)).unwrap();
        assert!(listing.cdrs.len() <= query.bounded_limit());
        assert!(listing.cdrs.iter().all(|cdr| query.admits(cdr)));
        found.extend(listing.cdrs.iter().map(|cdr| cdr.started.unix_ms() - 1_000));
        let Some(next) = listing.next else {
            return found;
        };
        query.after = Some(next);
    }
    panic!("a list without an end: {found:?}");
}

fn query() -> CdrQuery {
    CdrQuery {
        limit: 2,
        ..CdrQuery::default()
    }
}

/// A leg of which all is known.
pub(crate) fn leg() -> CdrLeg {
    let quality = Quality {
        packets: u64::MAX,
        octets: 17,
        mos_x100: 441,
        ..Quality::default()
    };
    let sample = QualitySample {
        expected: 50,
        lost: 3,
        mos_x100: Some(402),
        ..QualitySample::default()
    };
    let mut received = Timeline::begin(time(6), sample);
    received.note(time(9), sample);
    CdrLeg {
        direction: LegDirection::Incoming,
        party: Party::default(),
        by_trunk: None,
        address: "192.0.2.7:5060".to_owned(),
        user_agent: "Phone/1.0".to_owned(),
        sip_call_id: "a@b".to_owned(),
        started: time(5),
        ringing_at: Some(time(6)),
        answered_at: None,
        ended: Some(time(9)),
        status: Some(487),
        codec: Some("PCMU/8000".to_owned()),
        srtp: None,
        site: None,
        one_way: 0,
        quality: QualityPair {
            received: Some(quality),
            sent: None,
        },
        timelines: Timelines {
            received: Some(received),
            sent: None,
        },
        reported: domain::PhoneReports::default(),
    }
}

fn a_record_is_read_back_word_for_word(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let mut record = cdr(acme.tenant(), 5);
    record.caller.display = "Zoë \"Z\" \u{0}\u{1F4DE}".to_owned();
    let vouched = Vouched {
        attestation: Attestation::Full,
        key: SigningKeyId::new(1, 1),
        origid: "123e4567-e89b-82d3-a456-426655440000".to_owned(),
    };
    let proof = Proved {
        verdict: ProofVerdict::Untrusted,
        attestation: Some(Attestation::Partial),
        because: "nobody trusted stands for the certificate".to_owned(),
    };
    let by_trunk = ByTrunk {
        vouched: Some(vouched),
        proof: Some(proof),
        trunk: TrunkId::new(5, 1),
        called: "03055501".to_owned(),
        shown: Some("+33140205050".to_owned()),
        answerer: Some(Answerer::Person),
    };
    record.legs.push(CdrLeg {
        party: record.caller.clone(),
        by_trunk: Some(by_trunk),
        ..leg()
    });
    record.moves.transfers.push(TransferNote {
        at: time(7),
        by: "101".to_owned(),
        to: "103".to_owned(),
        attended: true,
        succeeded: false,
    });
    record.explanation.push(Step {
        at: Some(time(5)),
        text: "ring".to_owned(),
        rule: "extension.devices".to_owned(),
        because: "101 is an extension".to_owned(),
    });
    assert_eq!(write(world, vec![record.clone()]), 1);
    let read = block_on(world.store.cdr(&acme, record.id)).unwrap();
    assert_eq!(read, Some(record));
    let absent = block_on(world.store.cdr(&acme, cdr(acme.tenant(), 6).id));
    assert_eq!(absent, Ok(None));
}

fn a_record_is_written_once_however_often_it_comes(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let record = |number| cdr(acme.tenant(), number);
    assert_eq!(write(world, vec![record(1), record(2), record(1)]), 2);
    let mut changed = record(2);
    changed.dialled = "999".to_owned();
    assert_eq!(write(world, vec![changed, record(3)]), 1);
    assert_eq!(write(world, Vec::new()), 0);
    assert_eq!(found(world, &acme, query()), [3, 2, 1]);
    let kept = block_on(world.store.cdr(&acme, record(2).id))
        .unwrap()
        .unwrap();
    assert_eq!(kept.dialled, "102", "the first one");
}

fn records_come_newest_first_and_in_pages(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let numbers = [5, 1, 9, 3, 7];
    write(
        world,
        numbers.map(|number| cdr(acme.tenant(), number)).into(),
    );
    for limit in 1..=6 {
        let query = CdrQuery { limit, ..query() };
        assert_eq!(
            found(world, &acme, query),
            [9, 7, 5, 3, 1],
            "pages of {limit}"
        );
    }
}

fn records_that_started_together_keep_one_order_over_pages(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let together = (1..=7).map(|number| {
        let mut record = cdr(acme.tenant(), number);
        record.started = time(4);
        record
    });
    write(world, together.collect());
    let (mut ids, mut after) = (Vec::new(), None);
    for _ in 0..4 {
        let query = CdrQuery { after, ..query() };
        let listing = block_on(world.store.cdrs(&acme, &query)).unwrap();
        ids.extend(listing.cdrs.iter().map(|cdr| cdr.id.unix_ms()));
        after = listing.next;
    }
    assert_eq!(after, None, "four pages of two hold seven");
    assert_eq!(ids, [7, 6, 5, 4, 3, 2, 1]);
}

fn a_span_of_time_includes_its_beginning_and_not_its_end(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    write(
        world,
        (1..=5).map(|number| cdr(acme.tenant(), number)).collect(),
    );
    let span = |from: Option<u64>, until: Option<u64>| CdrQuery {
        from: from.map(time),
        until: until.map(time),
        ..query()
    };
    assert_eq!(found(world, &acme, span(Some(2), Some(4))), [3, 2]);
    assert_eq!(found(world, &acme, span(Some(4), None)), [5, 4]);
    assert_eq!(found(world, &acme, span(None, Some(2))), [1]);
    assert_eq!(found(world, &acme, span(Some(4), Some(2))), [0; 0]);
}

fn records_are_found_by_any_number_in_them(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let mut records: Vec<Cdr> = (1..=4).map(|number| cdr(acme.tenant(), number)).collect();
    records[0].caller.number = "777".to_owned();
    records[1].dialled = "777".to_owned();
    records[2].destination.as_mut().unwrap().number = "777".to_owned();
    records[3].destination = None;
    write(world, records);
    let by = |number: &str| CdrQuery {
        number: Some(number.to_owned()),
        ..query()
    };
    assert_eq!(found(world, &acme, by("777")), [3, 2, 1]);
    assert_eq!(found(world, &acme, by("77")), [0; 0]);
    assert_eq!(found(world, &acme, by("101")), [4, 3, 2]);
}

fn records_are_found_by_extension_and_by_call_and_conditions_add_up(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let ann = ExtensionId::new(9, 9);
    let mut records: Vec<Cdr> = (1..=5).map(|number| cdr(acme.tenant(), number)).collect();
    records[0].caller.extension = Some(ann);
    records[2].destination.as_mut().unwrap().extension = Some(ann);
    records[3].caller.extension = Some(ann);
    records[3].caller.number = "777".to_owned();
    records[4].caller.extension = None;
    write(world, records);
    let by = |extension| CdrQuery {
        extension,
        ..query()
    };
    assert_eq!(found(world, &acme, by(Some(ann))), [4, 3, 1]);
    let and_number = CdrQuery {
        number: Some("777".to_owned()),
        ..by(Some(ann))
    };
    assert_eq!(found(world, &acme, and_number.clone()), [4]);
    let too_early = CdrQuery {
        until: Some(time(4)),
        ..and_number.clone()
    };
    assert_eq!(found(world, &acme, too_early), [0; 0]);
    let by_call = |call| CdrQuery {
        call: Some(call),
        ..query()
    };
    assert_eq!(found(world, &acme, by_call(CallId::new(2, 2))), [2]);
    assert_eq!(found(world, &acme, by_call(CallId::new(2, 3))), [0; 0]);
    let all = CdrQuery {
        call: Some(CallId::new(4, 2)),
        ..and_number
    };
    assert_eq!(found(world, &acme, all), [4]);
}

fn limits_are_moved_to_the_nearer_end(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let most = u64::try_from(PAGE_MAX).unwrap();
    write(
        world,
        (1..=most + 1)
            .map(|number| cdr(acme.tenant(), number))
            .collect(),
    );
    let length = |limit| {
        let query = CdrQuery { limit, ..query() };
        block_on(world.store.cdrs(&acme, &query))
            .unwrap()
            .cdrs
            .len()
    };
    assert_eq!(
        (length(0), length(PAGE_MAX), length(usize::MAX)),
        (100, PAGE_MAX, PAGE_MAX)
    );
}

fn a_cursor_that_is_none_begins_at_the_newest(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    write(world, vec![cdr(acme.tenant(), 1)]);
    for text in ["", "x", "12", "12:x"] {
        let after = Some(Cursor(text.to_owned()));
        let listing = block_on(world.store.cdrs(&acme, &CdrQuery { after, ..query() }));
        assert_eq!(listing.unwrap().cdrs.len(), 1, "{text:?}");
    }
}

/// What a telephone told of the first leg of a record.
pub(crate) fn late_report(record: &Cdr) -> LateReport {
    let report = PhoneReport {
        kind: PhoneReportKind::Session,
        at: time(9),
        loss_permille: Some(12),
        discard_permille: None,
        burst_permille: None,
        burst_ms: Some(80),
        round_trip_ms: None,
        end_system_ms: None,
        jitter_ms: None,
        listening_mos_x100: Some(410),
        conversation_mos_x100: None,
    };
    LateReport {
        tenant: record.tenant,
        cdr: record.id,
        leg: 0,
        report,
    }
}

fn what_a_telephone_tells_afterwards_is_added_to_its_record_alone(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let mut record = cdr(acme.tenant(), 1);
    record.legs.push(leg());
    let other = cdr(acme.tenant(), 2);
    write(world, vec![record.clone(), other.clone()]);
    let told = late_report(&record);
    let elsewhere = LateReport {
        tenant: globex.tenant(),
        ..told
    };
    let no_leg = LateReport { leg: 1, ..told };
    let all = vec![told, elsewhere, no_leg, late_report(&other)];
    assert_eq!(block_on(world.store.write_late_reports(all)), Ok(1));
    let read = block_on(world.store.cdr(&acme, record.id)).unwrap();
    record.legs[0].reported.note(told.report);
    assert_eq!(read, Some(record.clone()));
    // told once more it stands there once
    assert_eq!(block_on(world.store.write_late_reports(vec![told])), Ok(1));
    let read = block_on(world.store.cdr(&acme, record.id)).unwrap();
    assert_eq!(read, Some(record));
    assert_eq!(found(world, &acme, query()), [2, 1]);
}

on_every_store!(
    a_record_is_read_back_word_for_word,
    a_record_is_written_once_however_often_it_comes,
    records_come_newest_first_and_in_pages,
    records_that_started_together_keep_one_order_over_pages,
    a_span_of_time_includes_its_beginning_and_not_its_end,
    records_are_found_by_any_number_in_them,
    records_are_found_by_extension_and_by_call_and_conditions_add_up,
    limits_are_moved_to_the_nearer_end,
    a_cursor_that_is_none_begins_at_the_newest,
    what_a_telephone_tells_afterwards_is_added_to_its_record_alone,
);
