//! Whole companies and what a plan says of them: an archive and a clone go around no cap, and what
//! the plan leaves out comes along, does nothing, and is named.

use admin::archive::{Report, Wanted};
use admin::documents;
use admin::tokens::{self, NewKey};
use domain::{Feature, KindName, Limit, Plan, Quotas, Sso, Tenant, Topic};
use ports::{ArchiveError, QuotaMet, StoreError, TokenReach};
use serde_json::{Value, json};
use store::block_on;
use tenancy::Unresolved;

use crate::archive::{Lines, cloned, restored, taken};
use crate::office::Scene;
use crate::quotas::{ACME, COUNTED, company_on, create, have, met, sell};

/// A road on which a whole company comes into an exchange where it is not.
type Road = (
    &'static str,
    fn(&Scene, &Lines) -> Result<Report, ArchiveError>,
);

const ROADS: [Road; 2] = [
    ("restore", |scene, lines| {
        restored(scene, lines, &Wanted::default())
    }),
    ("clone", |scene, lines| cloned(scene, lines, ACME)),
];

fn patch_plan(scene: &Scene, change: &Value) {
    let name = Unresolved::<Plan>::new("p");
    let (found, _) = block_on(documents::find(&scene.office, &scene.platform, &name)).unwrap();
    let patched = documents::patch::<Plan, _>(&scene.office, &scene.platform, found, None, change);
    block_on(patched).unwrap();
}

/// An exchange that has a plan of the same name, and nothing else.
fn elsewhere(plan: &Value) -> Scene {
    let scene = Scene::new();
    // later than elsewhere, so that no two ids are the same
    scene.wait(1_000);
    let plan: Plan = serde_json::from_value(plan.clone()).unwrap();
    block_on(documents::add(&scene.office, &scene.platform, plan, None)).unwrap();
    scene
}

fn refusal(error: ArchiveError) -> StoreError {
    if let ArchiveError::Store(error) = error {
        return error;
    }
    panic!("{error}")
}

fn key(scene: &Scene, name: &str) {
    let owner = scene.visit(ACME).unwrap().scope.owner();
    let reach = TokenReach::from(&scene.platform);
    block_on(tokens::create(
        &scene.office,
        &reach,
        NewKey::of(owner, name),
    ))
    .unwrap();
}

#[test]
fn every_kind_that_a_plan_can_count_is_tried_on_every_road() {
    let countable = KindName::ALL.into_iter().filter(|kind| {
        let only = json!({ kind.many(): 1 });
        serde_json::from_value::<Quotas>(only).is_ok()
    });
    let tried: Vec<KindName> = COUNTED.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(countable.collect::<Vec<_>>(), tried);
}

#[test]
fn of_every_counted_kind_an_archive_brings_as_many_as_the_plan_allows_and_not_one_more() {
    for counted in COUNTED {
        for (road, come) in ROADS {
            let (here, kind) = (Scene::new(), counted.0);
            let company = company_on(&here, &json!({}));
            for n in 0..2 {
                create(&here, &company, counted, n).unwrap();
            }
            let (lines, most) = (taken(&here, ACME), have(&here, &company, kind));
            let there = elsewhere(&json!({ "name": "p", "maximum": { kind.many(): most - 1 } }));
            let refused = refusal(come(&there, &lines).unwrap_err());
            assert_eq!(refused, met(kind, most - 1, 0, most), "{road} of {kind}");
            assert!(there.visit(ACME).is_err(), "{road} of {kind} is half done");
            sell(&there, &json!({ kind.many(): most }));
            come(&there, &lines).unwrap();
            let arrived = there.visit(ACME).unwrap();
            assert_eq!(have(&there, &arrived, kind), most, "{road} of {kind}");
            let refused = create(&there, &arrived, counted, 9);
            assert_eq!(refused, Err(met(kind, most, most, 1)), "after {road}");
        }
    }
}

#[test]
fn an_archive_brings_no_more_keys_than_the_plan_allows() {
    let here = Scene::new();
    company_on(&here, &json!({}));
    key(&here, "crm");
    key(&here, "erp");
    let lines = taken(&here, ACME);
    let there = elsewhere(&json!({ "name": "p", "maximum": { "keys": 1 } }));
    let refused = restored(&there, &lines, &Wanted::default()).unwrap_err();
    let wanted = QuotaMet {
        kind: Topic::Key,
        limit: Limit::by_plan(1),
        in_use: 0,
        wanted: 2,
    };
    assert_eq!(refusal(refused), StoreError::Quota(wanted));
    assert!(there.visit(ACME).is_err(), "nothing is half done");
    // a clone has none
    cloned(&there, &lines, "initech.example").unwrap();
    sell(&there, &json!({ "keys": 2 }));
    restored(&there, &lines, &Wanted::default()).unwrap();
}

#[test]
fn what_the_plan_leaves_out_comes_along_does_nothing_and_is_named() {
    let here = Scene::new();
    let company = company_on(&here, &json!({}));
    for n in 0..2 {
        create(&here, &company, COUNTED[4], n).unwrap();
    }
    let sso = json!({
        "name": "entra", "issuer": "https://login.example", "client_id": "pbx",
        "domains": ["acme.example"],
    });
    let mail = json!({ "domains": [ACME], "mail_domains": [ACME] });
    let own = here.below(&company);
    let granted = documents::patch::<Tenant, _>(&here.office, &here.platform, own, None, &mail);
    block_on(granted).unwrap();
    block_on(documents::create::<Sso, _>(
        &here.office,
        &company.scope,
        sso,
    ))
    .unwrap();
    key(&here, "crm");
    let lines = taken(&here, ACME);
    let without = json!(["api_keys", "sheets", "sso", "webhooks"]);
    let there = elsewhere(&json!({ "name": "p", "without": without }));
    let came = restored(&there, &lines, &Wanted::default()).unwrap();
    let inert = |what: &str, feature: &str| {
        format!("{what} came along and do nothing: the plan p leaves out {feature}")
    };
    let all = [
        inert("API keys (1)", "api_keys"),
        inert("sso (1)", "sso"),
        inert("webhooks (2)", "webhooks"),
    ];
    assert_eq!(came.notes, all);
    let arrived = there.visit(ACME).unwrap();
    assert_eq!(
        have(&there, &arrived, KindName::Webhook),
        2,
        "they are kept"
    );
    let refused = create(&there, &arrived, COUNTED[4], 9);
    assert_eq!(refused, Err(StoreError::NotInPlan(Feature::Webhooks)));
    // they are there again with the plan's next word, and then nothing is said
    patch_plan(&there, &json!({ "without": [] }));
    let mend = Wanted {
        replace: Some(arrived.tenant.id),
        ..Wanted::default()
    };
    let came = restored(&there, &lines, &mend).unwrap();
    assert!(!came.notes.iter().any(|note| note.contains("do nothing")));
    create(&there, &there.visit(ACME).unwrap(), COUNTED[4], 9).unwrap();
}
