//! Snapshots: taken, compared and applied.

use admin::Office;
use admin::apply::{
    self, Act, Applied, Entry, Pile, Progress, Snapshot, Step, Trouble, What, export,
};
use domain::{Invalid, KindName};
use ports::{Page, StoreError};
use serde_json::{Value, json};
use store::block_on;
use tenancy::AccountScope;

use crate::office::Scene;

async fn carry_out(
    office: &Office,
    scope: &AccountScope,
    snapshot: &Snapshot,
    told: impl FnMut(&Progress),
) -> Result<Applied, Trouble> {
    apply::carry_out(office, scope, &Pile::of(snapshot)?, told).await
}

async fn plan(
    office: &Office,
    scope: &AccountScope,
    snapshot: &Snapshot,
) -> Result<Vec<Step>, Trouble> {
    apply::plan(office, scope, &Pile::of(snapshot)?).await
}

fn entry(kind: KindName, within: Option<&str>, spec: Value) -> Entry {
    let within = within.map(str::to_owned);
    Entry { kind, within, spec }
}

/// Two resellers, one below the other, plans of both and of the operator, three companies.
fn whole() -> Snapshot {
    use KindName::{Device, Extension, Plan, Reseller, Tenant};
    Snapshot::of(vec![
        // what is needed comes after what needs it: the order is not the writer's business
        entry(
            Device,
            Some("acme.example"),
            json!({ "username": "ann", "extension": "101" }),
        ),
        entry(
            Extension,
            Some("acme.example"),
            json!({ "number": "101", "ring_seconds": 20 }),
        ),
        entry(Extension, Some("oslo.example"), json!({ "number": "101" })),
        entry(
            Tenant,
            None,
            json!({ "domains": ["acme.example"], "reseller": "north", "plan": "above/gold" }),
        ),
        entry(
            Tenant,
            None,
            json!({ "domains": ["oslo.example"], "reseller": "oslo", "plan": "gold" }),
        ),
        entry(
            Tenant,
            None,
            json!({ "domains": ["own.example"], "plan": "gold" }),
        ),
        entry(Reseller, None, json!({ "name": "oslo", "parent": "north" })),
        entry(
            Reseller,
            None,
            json!({ "name": "north", "plans": ["gold"], "brand": { "name": "North" } }),
        ),
        entry(
            Plan,
            Some("oslo"),
            json!({ "name": "gold", "maximum": { "devices": 3 } }),
        ),
        entry(
            Plan,
            None,
            json!({ "name": "gold", "caps": { "concurrent_calls": 9 } }),
        ),
    ])
}

fn taken(scene: &Scene, scope: &AccountScope, what: &What) -> Snapshot {
    block_on(export(&scene.office, scope, what, |_, _| {})).unwrap()
}

fn applied(scene: &Scene, scope: &AccountScope, snapshot: &Snapshot) -> Vec<Act> {
    let planned = block_on(plan(&scene.office, scope, snapshot)).unwrap();
    let done = block_on(carry_out(&scene.office, scope, snapshot, |_| {})).unwrap();
    let acts = planned.iter().filter(|step| step.act != Act::Keep);
    let acts: Vec<Step> = acts.take(1_000).cloned().collect();
    assert_eq!(done.steps, acts, "what was planned is what was done");
    assert!(done.transactions <= 1, "all of it in one transaction");
    planned.into_iter().map(|step| step.act).collect()
}

#[test]
fn a_snapshot_put_into_an_empty_exchange_is_the_same_snapshot_again() {
    let (one, two) = (Scene::new(), Scene::new());
    let acts = applied(&one, &one.platform, &whole());
    assert_eq!(acts, vec![Act::Create; 10]);
    let first = taken(&one, &one.platform, &What::All);
    assert_eq!(first.documents.len(), 10);
    let kinds: Vec<&str> = first.documents.iter().map(|e| e.kind.as_str()).collect();
    assert_eq!(kinds[..3], ["plan", "reseller", "reseller"]);
    applied(&two, &two.platform, &first);
    assert_eq!(taken(&two, &two.platform, &What::All), first);
    let text = serde_json::to_string(&first).unwrap();
    for prefix in ["ten_", "rsl_", "pln_", "ext_", "dev_"] {
        assert!(!text.contains(prefix), "{prefix} in {text}");
    }
}

#[test]
fn applying_twice_changes_nothing_and_a_difference_changes_what_differs() {
    let scene = Scene::new();
    applied(&scene, &scene.platform, &whole());
    let acts = applied(&scene, &scene.platform, &whole());
    assert_eq!(acts, vec![Act::Keep; 10]);
    let mut changed = whole();
    changed.documents[1].spec["ring_seconds"] = 25.into();
    let planned = block_on(plan(&scene.office, &scene.platform, &changed)).unwrap();
    let differing: Vec<_> = planned.iter().filter(|s| s.act != Act::Keep).collect();
    assert_eq!(differing.len(), 1);
    assert_eq!(differing[0].name, "101");
    assert_eq!(differing[0].within.as_deref(), Some("acme.example"));
    assert_eq!(
        differing[0].act,
        Act::Change(vec!["ring_seconds".to_owned()])
    );
    applied(&scene, &scene.platform, &changed);
    let acme = taken(
        &scene,
        &scene.platform,
        &What::Tenant("acme.example".to_owned()),
    );
    assert_eq!(acme.documents.len(), 3);
    assert_eq!(acme.documents[1].spec["ring_seconds"], 25);
}

#[test]
fn what_is_wrong_is_named_and_nothing_is_done() {
    let scene = Scene::new();
    let trouble = |change: &dyn Fn(&mut Snapshot)| {
        let mut snapshot = whole();
        change(&mut snapshot);
        let error = block_on(carry_out(&scene.office, &scene.platform, &snapshot, |_| {}));
        let error = error.unwrap_err();
        assert!(
            taken(&scene, &scene.platform, &What::All)
                .documents
                .is_empty()
        );
        error.to_string()
    };
    for (text, change) in [
        (
            "document 1 (device ann in acme.example): /extension: there is no extension 666",
            &(|s: &mut Snapshot| s.documents[0].spec["extension"] = "666".into())
                as &dyn Fn(&mut Snapshot),
        ),
        (
            "document 4 (tenant acme.example): /plan: there is no plan silver",
            &|s| s.documents[3].spec["plan"] = "silver".into(),
        ),
        (
            "document 3 (extension 101 in rome.example): /in: there is no tenant rome.example",
            &|s| s.documents[2].within = Some("rome.example".to_owned()),
        ),
        (
            "document 2 (extension 101 in acme.example): /ring_seconds: must be 5 to 300 seconds",
            &|s| s.documents[1].spec["ring_seconds"] = 1.into(),
        ),
        (
            "/strowger: must be 1, the form that this release reads",
            &|s| s.strowger = 2,
        ),
        (
            "document 11 (device ann in oslo.example): the username ann is taken",
            &|s| {
                let twin = json!({ "username": "ann", "extension": "101" });
                let oslo = Some("oslo.example");
                s.documents.push(entry(KindName::Device, oslo, twin));
            },
        ),
    ] {
        assert_eq!(trouble(change), text);
    }
}

#[test]
fn a_resellers_snapshot_fits_another_reseller_and_reaches_nobody_else() {
    let scene = Scene::new();
    let resellers = Snapshot::of(vec![
        entry(KindName::Reseller, None, json!({ "name": "north" })),
        entry(KindName::Reseller, None, json!({ "name": "south" })),
        entry(
            KindName::Tenant,
            None,
            json!({ "domains": ["rome.example"], "reseller": "south" }),
        ),
    ]);
    applied(&scene, &scene.platform, &resellers);
    let (north, south) = (scene.reseller("north"), scene.reseller("south"));
    let own = Snapshot::of(vec![
        entry(KindName::Plan, None, json!({ "name": "gold" })),
        entry(
            KindName::Tenant,
            None,
            json!({ "domains": ["acme.example"], "plan": "gold" }),
        ),
        entry(
            KindName::Extension,
            Some("acme.example"),
            json!({ "number": "101" }),
        ),
    ]);
    applied(&scene, &north, &own);
    let text = taken(&scene, &north, &What::All);
    assert_eq!(text.documents.len(), 3);
    assert_eq!(text.documents[1].spec.get("reseller"), None);
    // the company is taken; under another name it fits the sibling
    let refused = block_on(carry_out(&scene.office, &south, &text, |_| {})).unwrap_err();
    assert!(matches!(refused.error, StoreError::Conflict { space, .. } if space == "domain"));
    let renamed = serde_json::to_string(&text)
        .unwrap()
        .replace("acme", "bergen");
    applied(&scene, &south, &serde_json::from_str(&renamed).unwrap());
    let page = Page::default();
    let found = scene
        .office
        .store()
        .list_below(&south, KindName::Tenant, &page);
    assert_eq!(block_on(found).unwrap().documents.len(), 2);
    // a sibling's company is not there, by name or by id
    let rome = block_on(
        scene
            .office
            .store()
            .get_below(&south, KindName::Tenant, "rome.example"),
    );
    let rome = rome.unwrap().unwrap().id;
    for name in ["rome.example", &rome] {
        let plant = Snapshot::of(vec![entry(
            KindName::Extension,
            Some(name),
            json!({ "number": "666" }),
        )]);
        let refused = block_on(carry_out(&scene.office, &north, &plant, |_| {})).unwrap_err();
        let rule = format!("there is no tenant {name}");
        assert_eq!(refused.error, Invalid::new("/in", rule).into());
    }
}

/// Three companies of so many extensions that two fit into one transaction and three do not.
fn three_large() -> Snapshot {
    let mut documents = Vec::new();
    for domain in ["c.example", "a.example", "b.example"] {
        for number in 100..900 {
            let spec = json!({ "number": number.to_string() });
            documents.push(entry(KindName::Extension, Some(domain), spec));
        }
        documents.push(entry(
            KindName::Tenant,
            None,
            json!({ "domains": [domain] }),
        ));
    }
    Snapshot::of(documents)
}

#[test]
fn trouble_after_whole_companies_tells_which_are_done_and_applying_again_goes_on_there() {
    let scene = Scene::new();
    let mut snapshot = three_large();
    snapshot.documents[7].spec["ring_seconds"] = 1.into();
    let mut heard = Vec::new();
    let refused = block_on(carry_out(
        &scene.office,
        &scene.platform,
        &snapshot,
        |now| {
            heard.push(now.clone());
        },
    ));
    let refused = refused.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "document 8 (extension 107 in c.example): /ring_seconds: must be 5 to 300 seconds"
    );
    let done = Progress {
        companies: 2,
        of_companies: 3,
        documents: 1_602,
        of_documents: 2_403,
        up_to: Some("b.example".to_owned()),
        transactions: 1,
    };
    assert_eq!(refused.done, done);
    assert_eq!(heard, [done], "what is not durable is not told of");
    let there = taken(&scene, &scene.platform, &What::All).documents;
    assert_eq!(there.len(), 1_602, "nothing of the third company is there");
    assert!(
        there
            .iter()
            .all(|entry| entry.within.as_deref() != Some("c.example"))
    );

    let acts = applied(&scene, &scene.platform, &three_large());
    let made = acts.iter().filter(|act| **act == Act::Create).count();
    assert_eq!(made, 801, "only the third company was missing");
    assert_eq!(
        taken(&scene, &scene.platform, &What::All).documents.len(),
        2_403
    );
}

#[test]
fn a_snapshot_lists_each_company_with_what_is_in_it_one_after_the_other() {
    let scene = Scene::new();
    applied(&scene, &scene.platform, &whole());
    let text = taken(&scene, &scene.platform, &What::All).documents;
    let companies: Vec<&str> = text[4..]
        .iter()
        .map(|e| match &e.within {
            Some(within) => within.as_str(),
            None => e.spec["domains"][0].as_str().unwrap(),
        })
        .collect();
    let acme = "acme.example";
    let oslo = "oslo.example";
    assert_eq!(companies, [acme, acme, acme, oslo, oslo, "own.example"]);
}
