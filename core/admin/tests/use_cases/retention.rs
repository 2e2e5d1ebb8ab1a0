//! Retention: what is older than a company's plan keeps it is removed, to the day, and nothing
//! else: not what is held, and nothing of a neighbour.

use std::collections::BTreeSet;

use admin::access::Entered;
use admin::{documents, retention};
use domain::{
    Cdr, CdrLeg, Hold, LegDirection, PhoneReports, Plan, QualityPair, Resource, Tenant, Timelines,
};
use ids::ExtensionId;
use machine::WallTime;
use ports::{
    CdrQuery, ExchangeStore, PAGE_MAX, Page, QualityBook, QualityGroups, QualityOf, QualityQuery,
    Store,
};
use serde_json::{Value, json};
use store::block_on;
use tenancy::Unresolved;

use crate::office::{MORNING, Scene};
use crate::talks::{party, talk_of};

const DAY: i64 = 24 * 3_600_000;

/// A company on a plan that keeps records and trail for so many days.
fn company(scene: &Scene, domain: &str, (cdr_days, audit_days): (u32, u32)) -> Entered {
    let plan = json!({
        "name": domain, "caps": { "cdr_days": cdr_days, "audit_days": audit_days },
    });
    let plan: Plan = serde_json::from_value(plan).unwrap();
    block_on(documents::add(&scene.office, &scene.platform, plan, None)).unwrap();
    let spec = json!({ "domains": [domain], "plan": domain });
    let made = documents::create::<Tenant, _>(&scene.office, &scene.platform, spec);
    block_on(made).unwrap();
    scene.visit(domain).unwrap()
}

fn record(company: &Entered, started: i64, from: Option<ExtensionId>) -> Cdr {
    let number = u64::try_from(started).unwrap();
    let caller = party(from, "101", "");
    talk_of(company, number, WallTime::from_unix_ms(started), caller)
}

fn talk(scene: &Scene, company: &Entered, started: &[i64], from: Option<ExtensionId>) {
    for some in started.chunks(100) {
        let records = some.iter().map(|at| record(company, *at, from)).collect();
        let written = block_on(scene.store.write_cdrs(records));
        assert_eq!(written, Ok(some.len()));
    }
}

/// When the records that are kept started.
fn records(scene: &Scene, company: &Entered) -> BTreeSet<i64> {
    let mut query = CdrQuery {
        limit: PAGE_MAX,
        ..CdrQuery::default()
    };
    let mut all = BTreeSet::new();
    loop {
        let page = block_on(scene.store.cdrs(&company.scope, &query)).unwrap();
        all.extend(page.cdrs.iter().map(|cdr| cdr.started.unix_ms()));
        query.after = page.next;
        if query.after.is_none() {
            return all;
        }
    }
}

/// When the entries of the audit trail that are kept were made.
fn trail(scene: &Scene, company: &Entered) -> Vec<i64> {
    let page = Page::default();
    let audit = Store::audit(&*scene.store, &company.scope, &page);
    let entries = block_on(audit).unwrap().entries;
    entries.iter().map(|entry| entry.at.unix_ms()).collect()
}

/// Carries retention out to its end; how many records and entries are gone.
fn retain(scene: &Scene, company: &Entered) -> (usize, usize) {
    let mut progress = retention::Progress::default();
    for _ in 0..20 {
        let step = retention::step(&scene.office, company.tenant.id, progress.clone());
        match block_on(step).unwrap() {
            Some(next) => progress = next,
            None => return (progress.cdrs, progress.audit),
        }
    }
    panic!("retention without an end");
}

fn hold(scene: &Scene, company: &Entered, spec: Value) -> Resource<Hold> {
    let spec: Hold = serde_json::from_value(spec).unwrap();
    let made = documents::add(&scene.office, &company.scope, spec, None);
    block_on(made).unwrap().resource
}

fn release(scene: &Scene, company: &Entered, hold: &Resource<Hold>) {
    let name = Unresolved::new(hold.id.to_string());
    let found = documents::find::<Hold, _>(&scene.office, &company.scope, &name);
    let (found, _) = block_on(found).unwrap();
    let gone = documents::delete::<Hold, _>(&scene.office, &company.scope, found, None);
    block_on(gone).unwrap();
}

#[test]
fn exactly_what_is_older_than_the_plan_keeps_is_removed_and_a_neighbour_loses_nothing() {
    let scene = Scene::new();
    let acme = company(&scene, "acme.example", (30, 60));
    let globex = company(&scene, "globex.example", (31, 61));
    // 700 records that end in steps, and those around the very end of the thirtieth day
    let many = (0..700).map(|n| MORNING + n);
    let end = MORNING + 10 * DAY;
    let edge = [end - 1, end, end + 1];
    let started: Vec<i64> = many.chain(edge).collect();
    talk(&scene, &acme, &started, None);
    talk(&scene, &globex, &started, None);
    scene.wait(30 * DAY);
    assert_eq!(retain(&scene, &acme), (0, 0), "thirty days are not over");
    scene.wait(10 * DAY);
    let before = records(&scene, &globex);
    assert_eq!(retain(&scene, &acme), (701, 0));
    assert_eq!(records(&scene, &acme), BTreeSet::from([end, end + 1]));
    assert_eq!(records(&scene, &globex), before, "the neighbour's");
    assert_eq!(retain(&scene, &acme), (0, 0), "and nothing twice");
    assert_eq!(retain(&scene, &globex), (700, 0), "kept for a day longer");
    assert_eq!(records(&scene, &globex), BTreeSet::from(edge));
}

#[test]
fn the_trail_ends_where_the_plan_says_and_a_neighbours_goes_on() {
    let scene = Scene::new();
    let acme = company(&scene, "acme.example", (30, 60));
    let globex = company(&scene, "globex.example", (30, 0));
    scene.wait(20 * DAY);
    for company in [&acme, &globex] {
        scene.extension(company, "101");
    }
    // it was made, and the operator came in
    let (made, later) = (MORNING, MORNING + 20 * DAY);
    assert_eq!(trail(&scene, &acme), [later, made, made]);
    scene.wait(40 * DAY);
    assert_eq!(retain(&scene, &acme), (0, 0), "sixty days are not over");
    scene.wait(1);
    assert_eq!(retain(&scene, &acme), (0, 2));
    assert_eq!(trail(&scene, &acme), [later]);
    scene.wait(10_000 * DAY);
    assert_eq!(retain(&scene, &globex), (0, 0), "0 days is for ever");
    assert_eq!(trail(&scene, &globex), [later, made, made]);
}

/// A call of one leg, which was answered.
fn heard(company: &Entered, started: i64) -> Cdr {
    let mut record = record(company, started, None);
    record.legs.push(CdrLeg {
        direction: LegDirection::Incoming,
        party: record.caller.clone(),
        by_trunk: None,
        address: String::new(),
        user_agent: "Phone/1".to_owned(),
        sip_call_id: "a@b".to_owned(),
        started: record.started,
        ringing_at: None,
        answered_at: record.answered_at,
        ended: Some(record.ended),
        status: Some(200),
        codec: Some("PCMU/8000".to_owned()),
        srtp: None,
        site: None,
        one_way: 0,
        quality: QualityPair::default(),
        timelines: Timelines::default(),
        reported: PhoneReports::default(),
    });
    record
}

/// The hours of which there are summaries.
fn hours(scene: &Scene, company: &Entered) -> Vec<i64> {
    let query = QualityQuery {
        groups: QualityGroups::Hours,
        from: WallTime::UNIX_EPOCH,
        until: WallTime::MAX,
        after: None,
        limit: PAGE_MAX,
    };
    let listed = block_on(scene.store.quality(&company.scope, &query)).unwrap();
    let hours = listed.summaries.iter().map(|one| match &one.of {
        QualityOf::Hour(hour) => hour.unix_ms(),
        QualityOf::Value(value) => panic!("{value} among hours"),
    });
    hours.collect()
}

#[test]
fn summaries_are_kept_as_long_as_the_records_of_their_hours() {
    const HOUR: i64 = 3_600_000;
    let scene = Scene::new();
    let acme = company(&scene, "acme.example", (30, 0));
    let globex = company(&scene, "globex.example", (0, 0));
    let first = MORNING - MORNING.rem_euclid(HOUR);
    for company in [&acme, &globex] {
        let calls = [first + 5, first + HOUR + 5].map(|at| heard(company, at));
        assert_eq!(block_on(scene.store.write_cdrs(calls.into())), Ok(2));
        assert_eq!(hours(&scene, company), [first + HOUR, first]);
    }
    scene.wait(30 * DAY + HOUR - (MORNING - first) - 1);
    retain(&scene, &acme);
    let both = [first + HOUR, first];
    assert_eq!(hours(&scene, &acme), both, "the hour is not over");
    scene.wait(1);
    retain(&scene, &acme);
    retain(&scene, &globex);
    assert_eq!(hours(&scene, &acme), [first + HOUR]);
    assert_eq!(hours(&scene, &globex), both, "0 days is for ever");
}

#[test]
fn a_hold_keeps_what_it_covers_as_long_as_it_is_there_and_nothing_of_a_neighbour() {
    let scene = Scene::new();
    let acme = company(&scene, "acme.example", (30, 60));
    let globex = company(&scene, "globex.example", (30, 60));
    let (ann, bob) = (scene.extension(&acme, "101"), scene.extension(&acme, "102"));
    talk(&scene, &acme, &[MORNING], Some(ann.id));
    talk(&scene, &acme, &[MORNING + 1], Some(bob.id));
    talk(&scene, &globex, &[MORNING], None);
    scene.wait(100 * DAY);
    let all = hold(&scene, &acme, json!({ "name": "all", "reason": "x" }));
    let hers = json!({ "name": "hers", "reason": "x", "extension": ann.id });
    let hers = hold(&scene, &acme, hers);
    let whole = trail(&scene, &acme).len();
    assert_eq!(retain(&scene, &acme), (0, 0), "all of it is held");
    assert_eq!(retain(&scene, &globex), (1, 2), "the neighbour's is not");
    release(&scene, &acme, &all);
    assert_eq!(retain(&scene, &acme), (1, 0), "hers is held, and the trail");
    assert_eq!(records(&scene, &acme), BTreeSet::from([MORNING]));
    assert_eq!(trail(&scene, &acme).len(), whole + 1);
    release(&scene, &acme, &hers);
    assert_eq!(retain(&scene, &acme), (1, 4));
    assert_eq!(records(&scene, &acme), BTreeSet::new());
}

#[test]
fn a_changed_plan_decides_with_the_next_round() {
    let scene = Scene::new();
    let acme = company(&scene, "acme.example", (30, 60));
    talk(&scene, &acme, &[MORNING], None);
    scene.wait(20 * DAY);
    assert_eq!(retain(&scene, &acme), (0, 0));
    let name = Unresolved::<Plan>::new("acme.example");
    let (found, _) = block_on(documents::find(&scene.office, &scene.platform, &name)).unwrap();
    let shorter = json!({ "caps": { "cdr_days": 19 } });
    let patched =
        documents::patch::<Plan, _>(&scene.office, &scene.platform, found, None, &shorter);
    block_on(patched).unwrap();
    assert_eq!(retain(&scene, &acme), (1, 0));
}
