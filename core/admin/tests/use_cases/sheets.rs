//! Documents as sheets.

use admin::apply::Act;
use admin::documents;
use admin::sheet::{Imported, export, import};
use domain::{Device, Extension, KindName, Plan, Tenant, User, Webhook};
use ports::Store;
use serde_json::json;
use store::block_on;
use tenancy::Unresolved;

use crate::office::Scene;

fn people(scene: &Scene, company: &admin::access::Entered, text: &str, trial: bool) -> Imported {
    let done = import::<User, _>(&scene.office, &company.scope, text.as_bytes(), trial);
    block_on(done).unwrap()
}

fn count(scene: &Scene, company: &admin::access::Entered, kind: KindName) -> u64 {
    block_on(scene.store.count(&company.scope, kind)).unwrap()
}

fn faults(imported: &Imported) -> Vec<(u64, &str)> {
    let fault = |bad: &admin::sheet::Bad| bad.line;
    let lines = imported.bad.iter().map(fault);
    let columns = imported.bad.iter().map(|bad| bad.column.as_str());
    lines.zip(columns).collect()
}

/// A sheet of 200 people, of whom three are wrong.
fn two_hundred() -> (String, String) {
    let row = |n: usize| format!("person{n}@acme.example,Person {n},user,101\n");
    let head = "mail,display_name,role,extension\n";
    let good: String = (1..=200).map(row).collect();
    let bad = good
        .replace("person7@acme.example,", "person7,")
        .replace("Person 77,user,101", "Person 77,user,999")
        .replace("person177@", "person176@");
    (format!("{head}{good}"), format!("{head}{bad}"))
}

#[test]
fn of_two_hundred_people_three_bad_rows_are_named_and_nothing_is_half_done() {
    let scene = Scene::new();
    let acme = scene.company("acme.example");
    scene.extension(&acme, "101");
    let (good, bad) = two_hundred();
    for trial in [true, false] {
        let told = people(&scene, &acme, &bad, trial);
        assert_eq!(
            faults(&told),
            [(8, "mail"), (78, "extension"), (178, "mail")]
        );
        assert_eq!(told.lines.len(), 197);
        assert_eq!(count(&scene, &acme, KindName::User), 0);
    }
    assert_eq!(people(&scene, &acme, &good, true).lines.len(), 200);
    assert_eq!(count(&scene, &acme, KindName::User), 0);
    let made = people(&scene, &acme, &good, false);
    assert!(made.lines.iter().all(|line| line.act == Act::Create));
    assert_eq!(count(&scene, &acme, KindName::User), 200);
    let again = people(&scene, &acme, &good, false);
    assert!(again.lines.iter().all(|line| line.act == Act::Keep));
}

#[test]
fn columns_that_are_left_out_stay_and_an_empty_cell_is_the_default() {
    let scene = Scene::new();
    let acme = scene.company("acme.example");
    let text = |text: &str| {
        let done = import::<Extension, _>(&scene.office, &acme.scope, text.as_bytes(), false);
        block_on(done).unwrap()
    };
    text("number,display_name,ring_seconds\n101,Front desk,45\n");
    let changed = text("number,ring_seconds\n101,\n");
    assert_eq!(
        changed.lines[0].act,
        Act::Change(vec!["ring_seconds".to_owned()])
    );
    let name = Unresolved::<Extension>::new("101");
    let (_, found) = block_on(documents::find(&scene.office, &acme.scope, &name)).unwrap();
    let spec = found.spec;
    assert_eq!(
        (spec.display_name.as_str(), spec.ring_seconds),
        ("Front desk", 30)
    );
}

#[test]
fn what_only_the_store_can_tell_is_told_row_by_row_in_a_trial_too() {
    let scene = Scene::new();
    let (acme, globex) = (
        scene.company("acme.example"),
        scene.company("globex.example"),
    );
    for company in [&acme, &globex] {
        scene.extension(company, "101");
    }
    scene
        .device(&globex, json!({"username": "ann", "extension": "101"}))
        .unwrap();
    let text = "username,extension,secret\nann,101,\nbob,101,12345678\ncarl,101,short\ndora,101,\n";
    let told = |trial: bool| {
        let done = import::<Device, _>(&scene.office, &acme.scope, text.as_bytes(), trial);
        block_on(done).unwrap()
    };
    for trial in [true, false] {
        assert_eq!(faults(&told(trial)), [(2, "username"), (4, "secret")]);
        assert_eq!(count(&scene, &acme, KindName::Device), 0);
    }
}

#[test]
fn a_plan_refuses_the_rows_beyond_it() {
    let scene = Scene::new();
    let plan = json!({"name": "small", "maximum": {"extensions": 2}});
    block_on(documents::create::<Plan, _>(
        &scene.office,
        &scene.platform,
        plan,
    ))
    .unwrap();
    let tenant = json!({"domains": ["acme.example"], "plan": "small"});
    let made = documents::create::<Tenant, _>(&scene.office, &scene.platform, tenant);
    let acme = scene
        .visit(&block_on(made).unwrap().resource.id.to_string())
        .unwrap();
    let text = b"number\n101\n102\n103\n104\n";
    let told = import::<Extension, _>(&scene.office, &acme.scope, text, false);
    assert_eq!(faults(&block_on(told).unwrap()), [(4, ""), (5, "")]);
    assert_eq!(count(&scene, &acme, KindName::Extension), 0);
}

#[test]
fn secrets_are_made_where_none_is_given_and_told_once_and_never_exported() {
    let scene = Scene::new();
    let acme = scene.company("acme.example");
    scene.extension(&acme, "101");
    let text = b"username,extension,secret\nann,101,\nbob,101,12345678\n";
    let trial = import::<Device, _>(&scene.office, &acme.scope, text, true);
    assert!(
        block_on(trial)
            .unwrap()
            .lines
            .iter()
            .all(|line| line.secret.is_none())
    );
    let made = import::<Device, _>(&scene.office, &acme.scope, text, false);
    let made = block_on(made).unwrap();
    let told: Vec<bool> = made
        .lines
        .iter()
        .map(|line| line.secret.is_some())
        .collect();
    assert_eq!(told, [true, false]);
    let sheet = block_on(export::<Device, _>(&scene.office, &acme.scope)).unwrap();
    assert!(
        !sheet.contains("12345678") && !sheet.contains("secret"),
        "{sheet}"
    );
    assert!(sheet.contains("ann,") && sheet.contains(",101,"), "{sheet}");
}

#[test]
fn what_is_exported_is_imported_again_and_is_the_same() {
    let scene = Scene::new();
    let (acme, globex) = (
        scene.company("acme.example"),
        scene.company("globex.example"),
    );
    let wild = "number,display_name\n+49301,\"=HYPERLINK(\"\"x\"\"), \"\"A\"\"\"\n102,\"a\tb\"\n";
    let wild = wild.replace("a\tb", "b; c");
    let done = import::<Extension, _>(&scene.office, &acme.scope, wild.as_bytes(), false);
    assert!(block_on(done).unwrap().bad.is_empty());
    let hook = b"name,url,events\ncrm,https://crm.example/,call.*|resource.*\n";
    let done = import::<Webhook, _>(&scene.office, &acme.scope, hook, false);
    let made = block_on(done).unwrap();
    assert!(
        made.lines[0]
            .secret
            .as_ref()
            .unwrap()
            .reveal()
            .starts_with("whsec_")
    );
    let first = block_on(export::<Extension, _>(&scene.office, &acme.scope)).unwrap();
    assert!(
        first
            .lines()
            .skip(1)
            .all(|line| !line.starts_with(['=', '+'])),
        "{first}"
    );
    let done = import::<Extension, _>(&scene.office, &globex.scope, first.as_bytes(), false);
    assert!(block_on(done).unwrap().bad.is_empty());
    let second = block_on(export::<Extension, _>(&scene.office, &globex.scope)).unwrap();
    assert_eq!(first, second);
}
