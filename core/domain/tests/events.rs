//! Events: their types, filters, ids, and that secrets stay out of them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use domain::{
    Cdr, Change, Document, End, Event, EventFilter, EventKind, FILTERS_MAX, Fault, KindName, Moves,
    Party,
};
use ids::{AuditId, CallId, CdrId, TenantId};
use machine::WallTime;
use serde_json::json;

fn at(ms: i64) -> WallTime {
    WallTime::from_unix_ms(1_700_000_000_000 + ms)
}

fn cdr() -> Cdr {
    Cdr {
        id: CdrId::new(1, 1),
        call: CallId::new(1, 77),
        tenant: TenantId::new(1, 1),
        started: at(0),
        ringing_at: Some(at(100)),
        answered_at: Some(at(2_000)),
        ended: at(5_500),
        caller: Party::default(),
        dialled: "102".to_owned(),
        destination: None,
        legs: Vec::new(),
        end: End {
            cause: 16,
            sip_status: 200,
            reason: "hung up".to_owned(),
            by: Fault::Caller,
        },
        moves: Moves::default(),
        explanation: Vec::new(),
        recovered: false,
    }
}

#[test]
fn a_type_reads_back_from_its_text_in_json_too() {
    for kind in EventKind::ALL.iter().copied() {
        assert_eq!(EventKind::named(kind.as_str()), Some(kind));
        let text = serde_json::to_string(&kind).unwrap();
        assert_eq!(text, format!("\"{kind}\""));
        assert_eq!(serde_json::from_str::<EventKind>(&text).unwrap(), kind);
    }
    assert_eq!(EventKind::named("call"), None);
}

#[test]
fn a_filter_takes_names_families_and_all() {
    let admits = |patterns: &[&str], kind| {
        let filter = EventFilter::parse(patterns.iter().copied()).unwrap();
        filter.admits(kind)
    };
    assert!(admits(&[], EventKind::CallEnded));
    assert!(admits(&["call.started", "*"], EventKind::ResourceDeleted));
    assert!(admits(&["call.*"], EventKind::CallEnded));
    assert!(!admits(&["call.*"], EventKind::ResourceCreated));
    assert!(admits(&["call.ended"], EventKind::CallEnded));
    assert!(!admits(&["call.ended"], EventKind::CallStarted));
}

#[test]
fn a_pattern_that_names_nothing_and_one_too_many_are_refused() {
    for pattern in ["", "call", "call.", "tea.*", ".*", "**", "CALL.ENDED"] {
        assert_eq!(EventFilter::parse([pattern]), Err(pattern));
    }
    let many = || std::iter::repeat_n("call.ended", FILTERS_MAX);
    assert!(EventFilter::parse(many()).is_ok());
    let beyond = many().chain(["call.started"]);
    assert_eq!(EventFilter::parse(beyond), Err("call.started"));
}

#[test]
fn a_finished_record_tells_its_events_in_order_each_with_an_id_of_its_own() {
    let events = Event::of_finished(&cdr());
    let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
    let expected = [
        "call.started",
        "call.ringing",
        "call.answered",
        "call.ended",
    ];
    assert_eq!(kinds, expected);
    let ids: BTreeSet<_> = events.iter().map(|event| event.id).collect();
    assert_eq!(ids.len(), 4);
    assert_eq!(events[3].data["talk_ms"], 3_500);
    assert!(
        events
            .iter()
            .all(|event| event.subject == cdr().call.to_string())
    );
}

#[test]
fn an_event_made_while_the_call_goes_on_is_the_one_that_its_record_tells() {
    let under_way = Cdr {
        ended: at(0),
        ..cdr()
    };
    let told = Event::of_finished(&cdr());
    assert_eq!(Event::call_started(&under_way), told[0]);
    assert_eq!(Event::call_ringing(&under_way).unwrap(), told[1]);
    assert_eq!(Event::call_answered(&under_way).unwrap(), told[2]);
}

#[test]
fn a_change_of_a_document_is_told_with_its_spec_and_a_deletion_without() {
    let document = Document {
        owner: TenantId::new(1, 1).into(),
        kind: KindName::Extension,
        id: "ext_1".to_owned(),
        revision: 3,
        name: "101".to_owned(),
        created: at(0),
        updated: at(9),
        spec: json!({"number": "101"}),
    };
    let audit = AuditId::new(5, 5);
    let changed = Event::of_change(&document, Change::Replaced, audit).unwrap();
    assert_eq!(changed.kind, EventKind::ResourceChanged);
    assert_eq!(changed.id.as_u128(), audit.as_u128());
    assert_eq!(changed.data["spec"]["number"], "101");
    assert_eq!(changed.data["revision"], 3);
    let gone = Event::of_change(&document, Change::Deleted, audit).unwrap();
    assert_eq!(gone.data.get("spec"), None);
    assert_eq!(gone.data["kind"], "extension");
}
