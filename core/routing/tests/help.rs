//! Calls for help: whatever a company's documents say, they go out, from a known place, showing a
//! number of the company's own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod documents;

use documents::resource;
use domain::{
    CallClass, CompiledTenant, Containment, Device, EmergencyLocation, Extension, Kind, LineParts,
    Number, OutboundRoute, Resource, Site, Tenant, TenantParts, TollGuard, Trunk,
};
use ids::{
    ContainmentId, DeviceId, EmergencyLocationId, ExtensionId, NumberId, OutboundRouteId, SiteId,
    TenantId, TollGuardId, TrunkId,
};
use machine::WallTime;
use proptest::prelude::*;
use routing::{
    Caller, Dialled, HostClass, Plan, Purpose, Refusal, RouteRequest, Step, may_call_for_help, plan,
};
use serde_json::{Value, json};
use tenancy::{Identified, Owner};

const ACME: TenantId = TenantId::new(1, 1);
const BERLIN: TrunkId = TrunkId::new(1, 1);
const BACKUP: TrunkId = TrunkId::new(2, 1);
const NEW_YORK: TrunkId = TrunkId::new(3, 1);
const DESK: EmergencyLocationId = EmergencyLocationId::new(1, 1);
const LAB: EmergencyLocationId = EmergencyLocationId::new(2, 1);
const OVERSEAS: EmergencyLocationId = EmergencyLocationId::new(3, 1);

fn document<K: Kind>(id: <K as Identified>::Id, spec: Value) -> Resource<K> {
    resource(Owner::from(ACME), id, spec)
}

fn extension(n: u64) -> ExtensionId {
    ExtensionId::new(n, 1)
}

fn device(n: u64) -> DeviceId {
    DeviceId::new(n, 1)
}

fn number(n: u64, digits: &str) -> Resource<Number> {
    let spec = json!({ "number": digits, "state": "assigned", "tenant": ACME });
    Resource {
        owner: Owner::PLATFORM,
        ..document(NumberId::new(n, 1), spec)
    }
}

fn trunk(id: TrunkId, name: &str) -> (Resource<Trunk>, Option<domain::Secret>) {
    let spec = json!({ "name": name, "mode": "peer", "peers": ["sip:sbc.example"] });
    (document(id, spec), None)
}

fn route(n: u64, spec: Value) -> Resource<OutboundRoute> {
    document(OutboundRouteId::new(n, 1), spec)
}

/// A company in Berlin and New York: extensions 101 to 103 with a device each, and the desk 100.
/// Berlin is the default; the second device is in the lab by its own document; New York is known
/// by its network.
fn parts() -> TenantParts {
    let numbers = [(1, "100"), (2, "101"), (3, "102"), (4, "103")];
    let extensions = numbers.map(|(n, number)| {
        let spec = json!({ "number": number, "external_number": "+493055509" });
        document::<Extension>(extension(n), spec)
    });
    let devices = (1..=4).map(|n| {
        let location = (n == 3).then_some(LAB);
        let spec = json!({
            "username": format!("acme-{n}"), "extension": extension(n), "location": location,
        });
        (document::<Device>(device(n), spec), None)
    });
    let place = |id, name: &str, country: &str, more: Value| {
        let mut spec = json!({
            "name": name, "civic": { "country": country, "a3": "Town", "rd": "Road" },
        });
        let more = more.as_object().unwrap().clone();
        spec.as_object_mut().unwrap().extend(more);
        document::<EmergencyLocation>(id, spec)
    };
    let site = json!({
        "name": "ny", "location": OVERSEAS, "networks": ["203.0.113.0/24", "2001:db8::/32"],
    });
    TenantParts {
        tenant: document::<Tenant>(ACME, json!({ "domains": ["acme.example"] })),
        plan: None,
        extensions: extensions.into(),
        devices: devices.collect(),
        lines: LineParts {
            trunks: vec![
                trunk(BERLIN, "berlin"),
                trunk(BACKUP, "backup"),
                trunk(NEW_YORK, "new-york"),
            ],
            numbers: vec![
                number(1, "+493055500"),
                number(2, "+493055509"),
                number(3, "+12125550100"),
            ],
            outbound: vec![
                route(
                    1,
                    json!({ "name": "de", "emergency": true, "only_to": ["DE"],
                    "trunks": [BERLIN, BACKUP], "ring_seconds": 60 }),
                ),
                route(
                    2,
                    json!({ "name": "us", "emergency": true, "only_to": ["US"],
                    "trunks": [NEW_YORK] }),
                ),
                route(
                    3,
                    json!({ "name": "out", "patterns": [{ "prefix": "0" }], "strip": 1,
                    "prepend": "+49", "trunks": [BERLIN] }),
                ),
                route(
                    4,
                    json!({ "name": "short", "patterns": [{ "prefix": "1" }],
                    "trunks": [BACKUP], "extensions": [extension(1)] }),
                ),
            ],
            locations: vec![
                place(
                    DESK,
                    "desk",
                    "DE",
                    json!({ "default": true, "desk": extension(1) }),
                ),
                place(LAB, "lab", "DE", json!({ "callback": "+493055500" })),
                place(
                    OVERSEAS,
                    "overseas",
                    "US",
                    json!({ "callback": "+12125550100" }),
                ),
            ],
            sites: vec![document::<Site>(SiteId::new(1, 1), site)],
            ..LineParts::default()
        },
        cursor: 0,
    }
}

fn request(n: u64, from: Option<&str>, dialled: &str) -> RouteRequest {
    let caller = Caller {
        device: Some(device(n)),
        extension: Some(extension(n)),
        number: (99 + n).to_string(),
        ..Caller::default()
    };
    RouteRequest {
        from: from.map(|ip| ip.parse().unwrap()),
        ..RouteRequest::call(caller, Dialled::own(dialled))
    }
}

fn ask(parts: TenantParts, request: &RouteRequest) -> Plan {
    plan(
        &CompiledTenant::compile(parts),
        request,
        WallTime::UNIX_EPOCH,
    )
}

/// The trunks that are asked, what for, and what they are shown.
fn ways(plan: &Plan) -> Vec<(TrunkId, &str, Option<&str>)> {
    let steps = plan.steps.iter();
    let ways = steps.filter_map(|step| match step {
        Step::Trunk {
            trunk,
            called,
            identity,
            ..
        } => Some((*trunk, called.as_str(), identity.as_deref())),
        Step::Ring { .. }
        | Step::Divert(_)
        | Step::Forward(_)
        | Step::Guest(_)
        | Step::Refuse(_) => None,
    });
    ways.collect()
}

fn location(plan: &Plan) -> Option<EmergencyLocationId> {
    plan.emergency.as_ref()?.location
}

#[test]
fn a_call_for_help_goes_by_the_routes_of_where_the_phone_is() {
    let berlin = ask(parts(), &request(2, None, "112"));
    let shown = Some("493055509");
    let expected = [(BERLIN, "112", shown), (BACKUP, "112", shown)];
    assert_eq!(ways(&berlin), expected);
    assert_eq!(location(&berlin), Some(DESK), "the company's default");
    for from in ["203.0.113.9", "2001:db8::7", "::ffff:203.0.113.9"] {
        let new_york = ask(parts(), &request(2, Some(from), "911"));
        assert_eq!(ways(&new_york), [(NEW_YORK, "911", Some("12125550100"))]);
        assert_eq!(location(&new_york), Some(OVERSEAS), "{from}");
    }
}

#[test]
fn what_a_device_says_of_its_place_counts_more_than_its_address() {
    let lab = ask(parts(), &request(3, Some("203.0.113.9"), "110"));
    assert_eq!(location(&lab), Some(LAB));
    assert_eq!(ways(&lab)[0], (BERLIN, "110", Some("493055500")));
}

#[test]
fn a_number_of_the_desk_rings_when_no_trunk_takes_the_call() {
    let plan = ask(parts(), &request(2, None, "112"));
    let last = plan.steps.last().unwrap();
    assert!(
        matches!(last, Step::Ring { number, .. } if number == "100"),
        "{last:?}"
    );
}

#[test]
fn help_is_called_with_and_without_the_prefix_for_a_line() {
    for dialled in ["112", "0112", "110", "0110", "911", "0911"] {
        let plan = ask(parts(), &request(2, None, dialled));
        let number = dialled.strip_prefix('0').unwrap_or(dialled);
        assert_eq!(ways(&plan)[0].1, number, "{dialled}");
        assert_eq!(plan.emergency.unwrap().number, number);
    }
    for dialled in ["01120", "+112", "00112", "1120"] {
        let plan = ask(parts(), &request(2, None, dialled));
        assert_eq!(plan.emergency, None, "{dialled}");
    }
}

#[test]
fn the_service_urn_calls_the_number_for_help_of_the_place() {
    for (from, number) in [(None, "112"), (Some("203.0.113.9"), "911")] {
        for urn in ["urn:service:sos", "URN:service:sos.fire"] {
            let plan = ask(parts(), &request(2, from, urn));
            assert_eq!(plan.emergency.unwrap().number, number);
        }
    }
    let other = ask(parts(), &request(2, None, "urn:service:sosx"));
    assert_eq!(other.emergency, None);
}

#[test]
fn an_extension_with_a_number_for_help_is_reached_only_where_it_is_none() {
    let with = |number: &str| {
        let mut all = parts();
        number.clone_into(&mut all.extensions[3].spec.number);
        all
    };
    let hidden = ask(with("110"), &request(2, None, "110"));
    assert_eq!(hidden.emergency.as_ref().unwrap().number, "110");
    assert!(!matches!(hidden.steps[0], Step::Ring { .. }));
    let free = ask(with("110"), &request(2, Some("203.0.113.9"), "110"));
    assert_eq!(free.emergency, None, "110 is nothing in New York");
    assert!(matches!(&free.steps[..], [Step::Ring { number, .. }] if number == "110"));
    let behind = ask(with("0110"), &request(2, None, "0110"));
    assert_eq!(behind.emergency, None, "the whole number is an extension");
}

#[test]
fn a_company_that_has_not_said_where_it_is_calls_help_by_the_widest_known_numbers() {
    let mut all = parts();
    all.lines.locations.clear();
    all.lines.sites.clear();
    for dialled in ["112", "911", "999", "000", "110", "119"] {
        let plan = ask(all.clone(), &request(2, None, dialled));
        assert_eq!(plan.emergency.unwrap().number, dialled);
    }
    "999".clone_into(&mut all.extensions[3].spec.number);
    let plan = ask(all, &request(2, None, "999"));
    assert_eq!(plan.emergency, None, "the company's own extension");
}

#[test]
fn without_any_route_every_trunk_is_asked() {
    let mut all = parts();
    all.lines.outbound.clear();
    let plan = ask(all, &request(2, None, "112"));
    let asked: Vec<TrunkId> = ways(&plan).iter().map(|way| way.0).collect();
    assert_eq!(asked, [BERLIN, BACKUP, NEW_YORK]);
}

#[test]
fn a_test_number_goes_the_way_of_help_and_calls_nobody_for_it() {
    let new_york = ask(parts(), &request(2, Some("203.0.113.9"), "933"));
    assert_eq!(ways(&new_york), [(NEW_YORK, "933", Some("12125550100"))]);
    assert!(new_york.emergency.unwrap().test);
    let berlin = ask(parts(), &request(2, None, "933"));
    assert_eq!(berlin.emergency, None, "no such number in Germany");
    let mut all = parts();
    all.lines.outbound[0].spec.test_number = Some("0301234".to_owned());
    let own = ask(all, &request(2, None, "0301234"));
    assert_eq!(ways(&own)[0].1, "0301234");
    assert!(own.emergency.unwrap().test);
}

#[test]
fn whoever_came_by_a_trunk_or_sends_a_call_on_calls_nobody_for_help() {
    let mut by_trunk = request(2, None, "112");
    by_trunk.caller = Caller {
        trunk: Some(BERLIN),
        ..Caller::default()
    };
    assert_eq!(ask(parts(), &by_trunk).emergency, None);
    let mut transfer = request(2, None, "112");
    transfer.purpose = Purpose::Transfer;
    assert_eq!(ask(parts(), &transfer).emergency, None);
}

#[test]
fn whoever_called_for_help_is_called_back_before_the_routes_are_asked() {
    let mut back = request(2, None, "+493055500");
    back.caller = Caller {
        trunk: Some(BERLIN),
        number: "+4930110".to_owned(),
        ..Caller::default()
    };
    let plain = ask(parts(), &back);
    assert_eq!(plain.steps, [Step::Refuse(Refusal::NOT_FOUND)], "no route");
    back.back_to = Some(extension(3));
    let led = ask(parts(), &back);
    assert!(matches!(&led.steps[0], Step::Ring { number, .. } if number == "102"));
    assert_eq!(led.steps.len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    // rfc: 6881 §ED-62
    #[test]
    fn no_rule_of_a_company_refuses_a_call_for_help_or_hides_who_calls(
        (company, used) in any::<(bool, bool)>(),
        (internal, strip, prepend) in (any::<bool>(), 0_u8..5, "[0-9+]{0,4}"),
        (routes, numbers, locations) in (0_usize..5, 0_usize..4, 0_usize..4),
        foreign in any::<bool>(),
        from in prop::option::of(prop::sample::select(vec!["203.0.113.9", "192.0.2.1"])),
        who in 1_u64..5,
        dialled in prop::sample::select(vec!["112", "911", "urn:service:sos"]),
    ) {
        let mut all = parts();
        all.tenant.spec.enabled = company;
        all.lines.outbound.truncate(routes);
        all.lines.numbers.truncate(numbers);
        all.lines.locations.truncate(locations);
        for route in &mut all.lines.outbound {
            route.spec.strip = strip;
            route.spec.prepend.clone_from(&prepend);
            route.spec.never_to = vec!["DE".to_owned()];
            route.spec.caller_id = Some("+491999999".to_owned());
        }
        for extension in &mut all.extensions {
            extension.spec.enabled = used;
            if internal {
                extension.spec.calls = [CallClass::Internal].into();
            }
        }
        let mut call = request(who, from, dialled);
        if foreign {
            call.dialled.host = HostClass::Foreign;
        }
        let compiled = CompiledTenant::compile(all);
        prop_assert!(may_call_for_help(&compiled, dialled));
        let plan = plan(&compiled, &call, WallTime::UNIX_EPOCH);
        prop_assert!(plan.emergency.is_some());
        prop_assert!(!ways(&plan).is_empty(), "a trunk is asked: {:?}", plan.steps);
        prop_assert!(!plan.steps.iter().any(|step| matches!(step, Step::Refuse(_))));
        for (_, _, shown) in ways(&plan) {
            prop_assert_eq!(shown.is_some(), numbers > 0, "shown while there is a number");
            let own = ["493055500", "493055509", "12125550100"];
            prop_assert!(shown.is_none_or(|shown| own[..numbers].contains(&shown)));
        }
    }
}

#[test]
fn no_budget_counts_a_call_for_help_or_one_that_is_sent_on_to_help() {
    let mut parts = parts();
    let classes = [CallClass::National, CallClass::International];
    let closed = json!({
        "name": "none", "budget": { "classes": classes, "limits": { "calls_at_once": 0 } },
    });
    parts.lines.guards = vec![document::<TollGuard>(TollGuardId::new(1, 1), closed)];
    let held = json!({ "name": "held", "device": device(1) });
    parts.lines.contained = vec![document::<Containment>(ContainmentId::new(1, 1), held)];
    let help = request(1, None, "112");
    let sent_on = RouteRequest {
        purpose: Purpose::Transfer,
        ..help.clone()
    };
    for request in [&help, &sent_on] {
        let plan = ask(parts.clone(), request);
        assert_eq!(plan.fare, None);
        assert!(!ways(&plan).is_empty(), "{plan:?}");
        let mut why = plan.explanation.reasons().iter();
        assert!(why.all(|reason| !reason.rule.starts_with("fraud.")));
    }
    let rules = |n| {
        let plan = ask(parts.clone(), &request(n, None, "0301234567"));
        assert_eq!(plan.steps, [Step::Refuse(Refusal::FORBIDDEN)]);
        plan.explanation.reasons().last().unwrap().rule.to_string()
    };
    assert_eq!(
        (&*rules(1), &*rules(2)),
        ("fraud.contained", "fraud.closed")
    );
}
