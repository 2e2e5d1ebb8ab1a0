//! Quotas: by whichever road documents come in, as many as the plan says are let in and not one
//! more, and a changed plan is in force with the next request.

use admin::access::Entered;
use admin::apply::{Entry, Pile, Snapshot, carry_out};
use admin::{documents, sheet, usage};
use domain::{Device, Extension, ForKind, Kind, KindName, Limit, Plan, Tenant, User, Webhook};
use ports::{QuotaMet, StoreError};
use serde_json::{Value, json};
use store::block_on;
use tenancy::Unresolved;

use crate::office::Scene;

pub(crate) const ACME: &str = "acme.example";

/// What is counted, and the spec of the document with a number.
pub(crate) type Counted = (KindName, fn(u32) -> Value);

/// Every kind that a plan counts.
pub(crate) const COUNTED: [Counted; 5] = [
    (
        KindName::Extension,
        |n| json!({ "number": format!("{}", 200 + n) }),
    ),
    (
        KindName::Device,
        |n| json!({ "username": format!("phone{n}"), "extension": "101" }),
    ),
    (KindName::Role, |n| json!({ "name": format!("role{n}") })),
    (
        KindName::User,
        |n| json!({ "mail": format!("ann{n}@acme.example"), "role": "user" }),
    ),
    (
        KindName::Webhook,
        |n| json!({ "name": format!("hook{n}"), "url": "https://a.example/" }),
    ),
];

/// A company with one extension, on a plan of this maximum.
pub(crate) fn company_on(scene: &Scene, maximum: &Value) -> Entered {
    let plan: Plan = serde_json::from_value(json!({ "name": "p", "maximum": maximum })).unwrap();
    block_on(documents::add(&scene.office, &scene.platform, plan, None)).unwrap();
    let spec = json!({ "domains": [ACME], "plan": "p" });
    let made = documents::create::<Tenant, _>(&scene.office, &scene.platform, spec);
    block_on(made).unwrap();
    let company = scene.visit(ACME).unwrap();
    scene.extension(&company, "101");
    company
}

/// Changes the plan while the company is on it.
pub(crate) fn sell(scene: &Scene, maximum: &Value) {
    let name = Unresolved::<Plan>::new("p");
    let (found, _) = block_on(documents::find(&scene.office, &scene.platform, &name)).unwrap();
    let change = json!({ "maximum": null });
    let (office, platform) = (&scene.office, &scene.platform);
    let patched = documents::patch::<Plan, _>(office, platform, found, None, &change);
    block_on(patched).unwrap();
    let (found, _) = block_on(documents::find(&scene.office, &scene.platform, &name)).unwrap();
    let change = json!({ "maximum": maximum });
    let patched = documents::patch::<Plan, _>(office, platform, found, None, &change);
    block_on(patched).unwrap();
}

pub(crate) fn create(
    scene: &Scene,
    company: &Entered,
    (kind, spec): Counted,
    n: u32,
) -> Result<(), StoreError> {
    struct Task<'a>(&'a Scene, &'a Entered, Value);
    impl ForKind for Task<'_> {
        type Output = Result<(), StoreError>;
        fn run<K: Kind>(self) -> Self::Output {
            let Task(scene, company, spec) = self;
            block_on(documents::create::<K, _>(
                &scene.office,
                &company.scope,
                spec,
            ))
            .map(|_| ())
        }
    }
    kind.with(Task(scene, company, spec(n)))
}

pub(crate) fn have(scene: &Scene, company: &Entered, kind: KindName) -> u32 {
    let count = ports::Store::count(&*scene.store, &company.scope, kind);
    u32::try_from(block_on(count).unwrap()).unwrap()
}

pub(crate) fn met(kind: KindName, most: u32, in_use: u32, wanted: u32) -> StoreError {
    StoreError::Quota(QuotaMet {
        kind: kind.into(),
        limit: Limit::by_plan(most),
        in_use: in_use.into(),
        wanted: wanted.into(),
    })
}

#[test]
fn of_every_counted_kind_so_many_are_made_and_one_more_when_the_plan_says_so() {
    for counted in COUNTED {
        let (scene, kind) = (Scene::new(), counted.0);
        let company = company_on(&scene, &json!({}));
        let most = have(&scene, &company, kind) + 2;
        sell(&scene, &json!({ kind.many(): most }));
        for n in 0..2 {
            create(&scene, &company, counted, n).unwrap();
        }
        let refused = create(&scene, &company, counted, 2);
        assert_eq!(refused, Err(met(kind, most, most, 1)));
        sell(&scene, &json!({ kind.many(): most + 1 }));
        create(&scene, &company, counted, 2).unwrap();
        let shown = block_on(usage::of_tenant(&scene.office, &scene.visit(ACME).unwrap())).unwrap();
        let count = shown.counts.iter().find(|count| count.many == kind.many());
        let count = count.unwrap();
        assert_eq!(count.in_use, u64::from(most + 1));
        assert_eq!(count.limit, Some(Limit::by_plan(most + 1)));
    }
}

#[test]
fn a_sheet_does_not_go_around_the_plan() {
    let scene = Scene::new();
    let company = company_on(
        &scene,
        &json!({ "extensions": 3, "devices": 1, "users": 1 }),
    );
    let numbers = |text: &str| {
        let sheet =
            sheet::import::<Extension, _>(&scene.office, &company.scope, text.as_bytes(), false);
        block_on(sheet).unwrap()
    };
    let told = numbers("number\n201\n202\n203\n");
    let fault = told.bad.first().unwrap();
    assert_eq!((told.bad.len(), fault.line), (1, 4));
    assert_eq!(fault.rule, "extensions: limit 3 by the plan, in use 3");
    assert_eq!(
        have(&scene, &company, KindName::Extension),
        1,
        "nothing is half done"
    );
    assert!(numbers("number\n201\n202\n").bad.is_empty());
    let text = "username,extension\na,101\nb,101\n";
    let devices = sheet::import::<Device, _>(&scene.office, &company.scope, text.as_bytes(), false);
    assert_eq!(block_on(devices).unwrap().bad.len(), 1);
    let text = "mail,role\na@acme.example,user\nb@acme.example,user\n";
    let people = sheet::import::<User, _>(&scene.office, &company.scope, text.as_bytes(), false);
    assert_eq!(block_on(people).unwrap().bad.len(), 1);
}

#[test]
fn a_snapshot_does_not_go_around_the_plan() {
    for counted in COUNTED {
        let (scene, (kind, spec)) = (Scene::new(), counted);
        let company = company_on(&scene, &json!({}));
        let before = have(&scene, &company, kind);
        sell(&scene, &json!({ kind.many(): before + 2 }));
        let snapshot = |many: u32| {
            let entry = |n| Entry {
                kind,
                within: Some(ACME.to_owned()),
                spec: spec(n),
            };
            Snapshot::of((0..many).map(entry).collect())
        };
        let apply = |many| {
            block_on(carry_out(
                &scene.office,
                &scene.platform,
                &Pile::of(&snapshot(many)).unwrap(),
                |_| {},
            ))
            .map_err(Box::new)
        };
        let trouble = apply(3).unwrap_err();
        assert_eq!(trouble.at, Some(2), "the first that has no room");
        assert_eq!(trouble.error, met(kind, before + 2, before + 2, 1));
        assert_eq!(have(&scene, &company, kind), before, "nothing is half done");
        apply(2).unwrap();
        apply(2).unwrap();
    }
}

#[test]
fn a_plan_below_what_there_is_takes_nothing_and_lets_no_more_in() {
    let scene = Scene::new();
    let company = company_on(&scene, &json!({}));
    for n in 0..2 {
        create(&scene, &company, COUNTED[0], n).unwrap();
    }
    sell(&scene, &json!({ "extensions": 1 }));
    assert_eq!(have(&scene, &company, KindName::Extension), 3);
    let refused = create(&scene, &company, COUNTED[0], 2);
    assert_eq!(refused, Err(met(KindName::Extension, 1, 3, 1)));
}

#[test]
fn what_a_plan_leaves_out_comes_in_by_no_road() {
    let scene = Scene::new();
    let company = company_on(&scene, &json!({}));
    let name = Unresolved::<Plan>::new("p");
    let (found, _) = block_on(documents::find(&scene.office, &scene.platform, &name)).unwrap();
    let without = json!({ "without": ["webhooks", "sso"] });
    let patched =
        documents::patch::<Plan, _>(&scene.office, &scene.platform, found, None, &without);
    block_on(patched).unwrap();
    let hook = create(&scene, &company, COUNTED[4], 1);
    assert_eq!(hook, Err(StoreError::NotInPlan(domain::Feature::Webhooks)));
    let sso = json!({
        "name": "entra", "issuer": "https://login.example", "client_id": "pbx",
        "domains": ["acme.example"],
    });
    let sso = documents::create::<domain::Sso, _>(&scene.office, &company.scope, sso);
    let refused = block_on(sso).map(|_| ());
    assert_eq!(refused, Err(StoreError::NotInPlan(domain::Feature::Sso)));
    let hook = Webhook {
        name: "crm".to_owned(),
        url: "https://crm.example/".to_owned(),
        events: Vec::new(),
        enabled: true,
    };
    let spec = serde_json::to_value(hook).unwrap();
    let entry = Entry {
        kind: KindName::Webhook,
        within: Some(ACME.to_owned()),
        spec,
    };
    let snapshot = Snapshot::of(vec![entry]);
    let pile = Pile::of(&snapshot).unwrap();
    let trouble = block_on(carry_out(&scene.office, &scene.platform, &pile, |_| {}));
    let error = trouble.unwrap_err().error;
    assert_eq!(error, StoreError::NotInPlan(domain::Feature::Webhooks));
}

#[test]
fn a_resellers_usage_sums_what_its_companies_have_and_a_neighbours_does_not_count() {
    let scene = Scene::new();
    let made = documents::create::<domain::Reseller, _>(
        &scene.office,
        &scene.platform,
        json!({ "name": "north" }),
    );
    block_on(made).unwrap();
    let north = scene.reseller("north");
    for (domain, numbers) in [("one.example", 2), ("two.example", 3)] {
        let spec = json!({ "domains": [domain] });
        block_on(documents::create::<Tenant, _>(&scene.office, &north, spec)).unwrap();
        let company = scene.visit(domain).unwrap();
        for number in 0..numbers {
            scene.extension(&company, &format!("{}", 101 + number));
        }
    }
    let beside = scene.company("beside.example");
    scene.extension(&beside, "101");
    let in_use = |scope| {
        let counts = block_on(usage::of_account(&scene.office, scope)).unwrap();
        let of = |many: &str| {
            counts
                .iter()
                .find(|count| count.many == many)
                .unwrap()
                .in_use
        };
        (
            of("resellers"),
            of("tenants"),
            of("extensions"),
            of("devices"),
        )
    };
    assert_eq!(in_use(&north), (0, 2, 5, 0));
    assert_eq!(in_use(&scene.platform), (1, 3, 6, 0));
}
