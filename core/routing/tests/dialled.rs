//! How a company's people dial: what they mean is read before routes are asked, and routes have
//! their hours.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod documents;

use documents::resource;
use domain::{
    CompiledTenant, Extension, LineParts, Number, OutboundRoute, Resource, Schedule, Tenant,
    TenantParts, Trunk,
};
use ids::{ExtensionId, NumberId, OutboundRouteId, ScheduleId, TenantId, TrunkId};
use routing::{Caller, Dialled, Plan, Refusal, RouteRequest, Step, plan};
use serde_json::{Value, json};
use tenancy::Owner;

const ACME: TenantId = TenantId::new(1, 1);
const CARRIER: TrunkId = TrunkId::new(1, 1);
const NIGHT: TrunkId = TrunkId::new(2, 1);
const ANNA: ExtensionId = ExtensionId::new(1, 1);
const HOURS: ScheduleId = ScheduleId::new(1, 1);

fn route(n: u64, spec: Value) -> Resource<OutboundRoute> {
    resource(ACME.into(), OutboundRouteId::new(n, 1), spec)
}

/// A company of Berlin, with one extension, two trunks, and one route for all numbers of the world.
fn company(habits: Value) -> TenantParts {
    let owner = Owner::from(ACME);
    let trunk = |id, name: &str| {
        let spec = json!({ "name": name, "mode": "peer", "peers": ["sip:sbc.example"] });
        (resource::<Trunk>(owner, id, spec), None)
    };
    let anna = json!({ "number": "101", "destination": "echo", "calls": ["national", "local"] });
    let number = json!({ "number": "+493055501", "state": "assigned", "tenant": ACME });
    let hours = json!({
        "name": "office", "time_zone": "Europe/Berlin", "open": ["mon-fri 09:00-17:00"],
    });
    let world = json!({ "name": "world", "patterns": [{ "prefix": "+" }], "trunks": [CARRIER] });
    TenantParts {
        tenant: resource::<Tenant>(
            owner,
            ACME,
            json!({ "domains": ["acme.example"], "dialling": habits }),
        ),
        plan: None,
        extensions: vec![resource::<Extension>(owner, ANNA, anna)],
        devices: Vec::new(),
        lines: LineParts {
            trunks: vec![trunk(CARRIER, "carrier"), trunk(NIGHT, "night")],
            numbers: vec![resource::<Number>(
                Owner::PLATFORM,
                NumberId::new(1, 1),
                number,
            )],
            schedules: vec![resource::<Schedule>(owner, HOURS, hours)],
            outbound: vec![route(1, world)],
            ..LineParts::default()
        },
        cursor: 0,
    }
}

fn berlin() -> Value {
    json!({ "country": "de", "area": "30", "outside_prefix": "0" })
}

fn ask_at(parts: &TenantParts, dialled: &str, at: &str) -> Plan {
    let caller = Caller {
        extension: Some(ANNA),
        number: "101".to_owned(),
        ..Caller::default()
    };
    let request = RouteRequest::call(caller, Dialled::own(dialled));
    let tenant = CompiledTenant::compile(parts.clone());
    plan(&tenant, &request, at.parse().unwrap())
}

/// A Wednesday at noon in Berlin.
fn ask(parts: &TenantParts, dialled: &str) -> Plan {
    ask_at(parts, dialled, "2031-01-15T11:00:00Z")
}

fn called(plan: &Plan) -> Option<(TrunkId, &str)> {
    let Step::Trunk { trunk, called, .. } = plan.steps.first()? else {
        return None;
    };
    Some((*trunk, called))
}

fn because<'a>(plan: &'a Plan, rule: &str) -> &'a str {
    let reasons = plan.explanation.reasons();
    let found = reasons.iter().find(|reason| reason.rule == rule);
    found.map_or_else(
        || panic!("no {rule} in {reasons:?}"),
        |found| &found.because,
    )
}

#[test]
fn one_route_takes_every_number_of_the_world_however_it_is_dialled() {
    let parts = company(berlin());
    for dialled in ["0089123456", "+4989123456", "00049891234 56"] {
        let digits = dialled.replace(' ', "");
        let plan = ask(&parts, &digits);
        assert_eq!(called(&plan), Some((CARRIER, "+4989123456")), "{digits}");
    }
    let local = ask(&parts, "0123456789");
    assert_eq!(local.steps, [Step::Refuse(Refusal::NOT_FOUND)], "a service");
    let plan = ask(&parts, "0555012");
    assert_eq!(called(&plan), Some((CARRIER, "+4930555012")));
    let read = because(&plan, "dialled.read");
    assert_eq!(
        read,
        "0555012 means +4930555012 as numbers are dialled in DE"
    );
}

#[test]
fn what_is_read_is_of_the_class_of_the_number_that_is_meant() {
    let plan = ask(&company(berlin()), "00033140205050");
    assert_eq!(plan.steps, [Step::Refuse(Refusal::FORBIDDEN)]);
    assert!(because(&plan, "outbound.class").contains("places no international calls"));
}

#[test]
fn a_company_that_says_nothing_of_habits_dials_what_it_dials() {
    let parts = company(Value::Null);
    let plan = ask(&parts, "0089123456");
    assert_eq!(plan.steps, [Step::Refuse(Refusal::NOT_FOUND)]);
    assert_eq!(
        called(&ask(&parts, "+4989123456")),
        Some((CARRIER, "+4989123456"))
    );
}

#[test]
fn a_route_for_what_is_dialled_itself_comes_before_one_for_what_is_meant() {
    let mut parts = company(berlin());
    let spec = json!({
        "name": "abroad", "patterns": [{ "prefix": "000" }], "strip": 1, "trunks": [NIGHT],
        "class": "national",
    });
    parts.lines.outbound.push(route(2, spec));
    assert_eq!(
        called(&ask(&parts, "00033140205050")),
        Some((NIGHT, "0033140205050"))
    );
}

#[test]
fn numbers_for_help_are_never_read_as_anything_else() {
    for habits in [berlin(), json!({ "country": "GB", "area": "20" })] {
        for help in ["112", "999", "110", "0112"] {
            let plan = ask(&company(habits.clone()), help);
            let asked = plan.emergency.map(|emergency| emergency.number);
            let prefixed = help == "0112" && habits["outside_prefix"].is_null();
            let number = help.strip_prefix('0').unwrap_or(help);
            assert_eq!(
                asked.as_deref(),
                (!prefixed).then_some(number),
                "{help}, {habits}"
            );
            let reasons = plan.explanation.reasons();
            assert!(
                reasons.iter().all(|reason| reason.rule != "dialled.read"),
                "{help}"
            );
        }
    }
}

#[test]
fn a_route_with_a_schedule_is_for_calls_at_its_hours_alone_and_comes_first_then() {
    let mut parts = company(berlin());
    let spec = json!({
        "name": "zz-closed", "patterns": [{ "prefix": "+" }], "trunks": [NIGHT],
        "schedule": HOURS, "when": "closed",
    });
    parts.lines.outbound.push(route(2, spec));
    let (noon, night) = ("2031-01-15T11:00:00Z", "2031-01-15T20:00:00Z");
    assert_eq!(
        called(&ask_at(&parts, "0089123456", night)),
        Some((NIGHT, "+4989123456"))
    );
    let plan = ask_at(&parts, "0089123456", noon);
    assert_eq!(called(&plan), Some((CARRIER, "+4989123456")));
    assert!(because(&plan, "outbound.schedule").contains("zz-closed, revision 7"));
    parts.lines.outbound.remove(0);
    let alone = ask_at(&parts, "0089123456", noon);
    assert_eq!(alone.steps, [Step::Refuse(Refusal::FORBIDDEN)]);
}
