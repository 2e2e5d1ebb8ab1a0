//! Trunks, numbers and routes as use cases: names, snapshots, explanations, and who hears of a
//! change.

use admin::apply::{self, Act, Entry, Pile, Snapshot, What, export};
use admin::explain::{Asking, Question, explain};
use admin::live::Follower;
use admin::{documents, lines};
use domain::{Device, Extension, Invalid, KindName, Number, OutboundRoute, Trunk};
use ports::StoreError;
use serde_json::{Value, json};
use store::block_on;
use tenancy::Unresolved;

use crate::office::Scene;

fn entry(kind: KindName, within: Option<&str>, spec: Value) -> Entry {
    let within = within.map(str::to_owned);
    Entry { kind, within, spec }
}

/// A company that calls by the operator's trunk, in the wrong order.
fn whole() -> Pile {
    use KindName::{Extension, InboundRoute, Number, OutboundRoute, Tenant, Trunk};
    let acme = Some("acme.example");
    let snapshot = Snapshot::of(vec![
        entry(
            OutboundRoute,
            acme,
            json!({
                "name": "out", "patterns": [{ "prefix": "0" }], "strip": 1, "prepend": "+49",
                "trunks": ["carrier"], "extensions": ["101"],
            }),
        ),
        entry(
            InboundRoute,
            acme,
            json!({ "name": "in", "called": "+493055501", "extension": "101" }),
        ),
        entry(
            Number,
            None,
            json!({ "number": "+493055501", "tenant": "acme.example", "state": "assigned" }),
        ),
        entry(
            Trunk,
            None,
            json!({
                "name": "carrier", "mode": "peer", "peers": ["sip:sbc.example"],
                "shared_with": ["acme.example"],
            }),
        ),
        entry(
            Extension,
            acme,
            json!({ "number": "101", "destination": "echo" }),
        ),
        entry(Tenant, None, json!({ "domains": ["acme.example"] })),
        entry(Tenant, None, json!({ "domains": ["globex.example"] })),
    ]);
    Pile::of(&snapshot).unwrap()
}

fn applied() -> Scene {
    let scene = Scene::new();
    let whole = whole();
    let carried = apply::carry_out(&scene.office, &scene.platform, &whole, |_| {});
    let carried = block_on(carried).unwrap();
    assert_eq!((carried.sums.made, carried.sums.changed), (7, 0));
    scene
}

#[test]
fn a_snapshot_brings_trunks_numbers_and_routes_after_the_companies_that_it_makes() {
    let scene = Scene::new();
    let planned = block_on(apply::plan(&scene.office, &scene.platform, &whole())).unwrap();
    assert_eq!(planned.len(), 7);
    assert!(planned.iter().all(|step| step.act == Act::Create));
    let scene = applied();
    let whole = whole();
    let again = apply::carry_out(&scene.office, &scene.platform, &whole, |_| {});
    assert_eq!(block_on(again).unwrap().sums.kept, 7);
    let taken = block_on(export(
        &scene.office,
        &scene.platform,
        &What::All,
        |_, _| {},
    ))
    .unwrap();
    let elsewhere = Scene::new();
    let pile = Pile::of(&taken).unwrap();
    let carried = apply::carry_out(&elsewhere.office, &elsewhere.platform, &pile, |_| {});
    assert_eq!(block_on(carried).unwrap().sums.made, 7);
}

#[test]
fn what_would_happen_is_told_with_rule_and_revision() {
    let scene = applied();
    let acme = scene.visit("acme.example").unwrap().scope;
    let ask = |caller, called: &str| {
        let called = called.to_owned();
        let at = None;
        block_on(explain(
            &scene.office,
            &acme,
            &Question {
                caller,
                device: None,
                from: None,
                at,
                called,
            },
        ))
    };
    let out = ask(Asking::Extension("101".to_owned()), "030123456").unwrap();
    assert_eq!(out.steps.len(), 1);
    assert_eq!(out.steps[0].trunk.as_deref(), Some("carrier"));
    assert_eq!(out.steps[0].called.as_deref(), Some("+4930123456"));
    assert_eq!(out.steps[0].identity.as_deref(), Some("+493055501"));
    assert!(
        out.reasons
            .iter()
            .any(|(_, because)| because.contains("out, revision 1"))
    );
    let outside = Asking::Outside {
        trunk: "carrier".to_owned(),
        number: String::new(),
    };
    let inside = ask(outside, "+493055501").unwrap();
    assert_eq!(inside.steps[0].target.as_deref(), Some("echo"));
    let nobody = ask(Asking::Extension("999".to_owned()), "030123456");
    assert!(
        matches!(nobody, Err(StoreError::Invalid(Invalid { field, .. })) if field == "/extension")
    );
}

#[test]
fn each_forward_that_may_be_followed_is_told_with_its_condition() {
    let scene = applied();
    let acme = scene.visit("acme.example").unwrap().scope;
    for spec in [
        json!({ "number": "102", "forwards": { "always": "103" } }),
        json!({ "number": "103", "forwards": { "busy": "030123456", "unreachable": "102" } }),
    ] {
        let made = documents::create::<Extension, _>(&scene.office, &acme, spec);
        block_on(made).unwrap();
    }
    let device = json!({ "username": "acme-103", "extension": "103" });
    let made = documents::create::<Device, _>(&scene.office, &acme, device);
    block_on(made).unwrap();
    let question = Question {
        caller: Asking::Extension("101".to_owned()),
        device: None,
        from: None,
        at: None,
        called: "102".to_owned(),
    };
    let told = block_on(explain(&scene.office, &acme, &question)).unwrap();
    let words: Vec<String> = told
        .steps
        .iter()
        .map(|step| {
            let target = step.target.as_deref().or(step.called.as_deref());
            let condition = step.condition.as_deref().unwrap_or("any case");
            let by = step.by.as_deref().unwrap_or("-");
            format!(
                "{} {} by {by} in {condition}",
                step.action,
                target.unwrap_or("-")
            )
        })
        .collect();
    assert_eq!(
        words,
        [
            "forward 103 by 102 in any case",
            "ring 103 by - in any case",
            "forward 030123456 by 103 in 103 busy",
            "refuse - by - in 103 busy",
            "refuse - by - in 103 unreachable",
        ]
    );
    let rules: Vec<&str> = told.reasons.iter().map(|(rule, _)| &**rule).collect();
    assert!(rules.contains(&"forward.loop"), "{rules:?}");
}

#[test]
fn a_company_names_a_trunk_that_is_shared_with_it_and_its_neighbour_does_not() {
    let scene = applied();
    let route = |name: &str| json!({ "name": name, "patterns": [{}], "trunks": ["carrier"] });
    let acme = scene.visit("acme.example").unwrap().scope;
    block_on(documents::create::<OutboundRoute, _>(
        &scene.office,
        &acme,
        route("all"),
    ))
    .unwrap();
    let globex = scene.visit("globex.example").unwrap().scope;
    let refused = documents::create::<OutboundRoute, _>(&scene.office, &globex, route("all"));
    let refused = block_on(refused).map(|_| ());
    assert!(
        matches!(refused, Err(StoreError::Invalid(Invalid { field, .. })) if field == "/trunks/0")
    );
    let ours = block_on(lines::of_tenant(&scene.office, &acme)).unwrap();
    assert_eq!((ours.trunks.len(), ours.numbers.len()), (1, 1));
    let theirs = block_on(lines::of_tenant(&scene.office, &globex)).unwrap();
    assert_eq!(theirs, lines::Lines::default());
}

#[test]
fn a_change_of_an_accounts_trunk_or_number_rings_at_the_companies_concerned_alone() {
    let scene = applied();
    let acme = scene.visit("acme.example").unwrap().tenant.id;
    let globex = scene.visit("globex.example").unwrap().tenant.id;
    let mut follower = Follower::new();
    let mut heard = || {
        let updates = block_on(follower.poll(scene.store.as_ref())).unwrap();
        updates
            .iter()
            .map(|update| update.tenant())
            .collect::<Vec<_>>()
    };
    heard();
    let (office, platform) = (&scene.office, &scene.platform);
    let trunk = Unresolved::<Trunk>::new("carrier");
    let (found, _) = block_on(documents::find(office, platform, &trunk)).unwrap();
    let off = json!({ "enabled": false });
    block_on(documents::patch::<Trunk, _>(
        office, platform, found, None, &off,
    ))
    .unwrap();
    assert_eq!(heard(), [acme]);
    let number = Unresolved::<Number>::new("+493055501");
    let (found, _) = block_on(documents::find(office, platform, &number)).unwrap();
    let moved = json!({ "tenant": "globex.example" });
    block_on(documents::patch::<Number, _>(
        office, platform, found, None, &moved,
    ))
    .unwrap();
    let mut both = [acme, globex];
    both.sort_unstable();
    assert_eq!(heard(), both);
}
