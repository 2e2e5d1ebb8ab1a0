//! Every rule of routing, and that there is no request without an answer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::{Caller, Dialled, Guest, Purpose, Spoken};
use domain::{Device, Extension, Kind, LineParts, Resource, Tenant, TenantParts};
use ids::{DeviceId, ExtensionId, TenantId};
use machine::WallTime;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::time::Duration;
use tenancy::Identified;

fn resource<K: Kind>(tenant: TenantId, id: <K as Identified>::Id, spec: Value) -> Resource<K> {
    Resource {
        id,
        owner: tenant.into(),
        revision: 1,
        spec: serde_json::from_value(spec).unwrap(),
        created: WallTime::from_unix_ms(0),
        updated: WallTime::from_unix_ms(0),
    }
}

/// The n-th company's own id of the n-th thing of a kind.
fn extension_id(company: u128, number: u64) -> ExtensionId {
    ExtensionId::new(number, company)
}

fn device_id(company: u128, number: u64) -> DeviceId {
    DeviceId::new(number, company)
}

/// A company with these extensions: number, further fields, how many devices.
fn company(company: u128, extensions: &[(&str, Value, u64)]) -> TenantParts {
    let tenant = TenantId::new(1, company);
    let mut parts = TenantParts {
        tenant: resource::<Tenant>(
            tenant,
            tenant,
            json!({ "domains": [format!("company{company}.example")] }),
        ),
        plan: None,
        extensions: Vec::new(),
        devices: Vec::new(),
        lines: LineParts::default(),
        cursor: 0,
    };
    for (at, (number, fields, devices)) in (1_u64..).zip(extensions) {
        let mut spec = json!({ "number": number });
        let object = spec.as_object_mut().unwrap();
        object.extend(fields.as_object().unwrap().clone());
        let id = extension_id(company, at);
        parts
            .extensions
            .push(resource::<Extension>(tenant, id, spec));
        for device in 0..*devices {
            let spec =
                json!({ "username": format!("u{company}-{number}-{device}"), "extension": id });
            let id = device_id(company, at * 100 + device);
            parts
                .devices
                .push((resource::<Device>(tenant, id, spec), None));
        }
    }
    parts
}

fn acme() -> CompiledTenant {
    CompiledTenant::compile(company(
        1,
        &[
            ("101", json!({}), 2),
            ("102", json!({ "ring_seconds": 45 }), 1),
            ("103", json!({}), 0),
            ("104", json!({ "enabled": false }), 1),
            ("105", json!({ "destination": "echo" }), 1),
            ("106", json!({ "destination": "announcement" }), 0),
        ],
    ))
}

fn request(user: &str, host: HostClass, purpose: Purpose) -> RouteRequest {
    RouteRequest {
        purpose,
        ..RouteRequest::call(
            Caller::default(),
            Dialled {
                user: user.to_owned(),
                host,
            },
        )
    }
}

fn call(user: &str) -> RouteRequest {
    request(user, HostClass::Own, Purpose::Call)
}

/// The only step of the plan and the names of the rules behind it.
fn outcome(tenant: &CompiledTenant, request: &RouteRequest) -> (Step, Vec<String>) {
    let Plan {
        mut steps,
        explanation,
        ..
    } = plan(tenant, request, WallTime::UNIX_EPOCH);
    assert_eq!(steps.len(), 1);
    let rules = explanation
        .reasons()
        .iter()
        .map(|reason| reason.rule.to_string());
    (steps.remove(0), rules.collect())
}

#[test]
fn an_extension_rings_all_its_devices_at_once_for_as_long_as_it_says() {
    let (step, rules) = outcome(&acme(), &call("101"));
    assert_eq!(
        step,
        Step::Ring {
            extension: extension_id(1, 1),
            number: "101".to_owned(),
            devices: vec![device_id(1, 100), device_id(1, 101)],
            timeout: Duration::from_secs(30),
        }
    );
    assert_eq!(rules, ["extension.by_number", "extension.ring"]);
    let (step, _) = outcome(&acme(), &call("102"));
    let Step::Ring { timeout, .. } = step else {
        panic!("{step:?}");
    };
    assert_eq!(timeout, Duration::from_secs(45));
}

#[test]
fn who_dials_the_own_number_rings_the_other_phones_on_the_desk() {
    let mut request = call("101");
    request.caller.device = Some(device_id(1, 100));
    let (step, _) = outcome(&acme(), &request);
    let Step::Ring { devices, .. } = step else {
        panic!("{step:?}");
    };
    assert_eq!(devices, [device_id(1, 101)]);
    let mut alone = call("102");
    alone.caller.device = Some(device_id(1, 200));
    let (step, rules) = outcome(&acme(), &alone);
    assert_eq!(step, Step::Refuse(Refusal::UNAVAILABLE));
    assert_eq!(rules, ["extension.by_number", "extension.no_device"]);
}

#[test]
fn a_transfer_to_the_own_number_rings_all_phones_also_the_one_in_hand() {
    let mut request = request("101", HostClass::Own, Purpose::Transfer);
    request.caller.device = Some(device_id(1, 100));
    let (step, _) = outcome(&acme(), &request);
    let Step::Ring { devices, .. } = step else {
        panic!("{step:?}");
    };
    assert_eq!(devices.len(), 2);
}

#[test]
fn a_device_that_is_switched_off_does_not_ring() {
    let mut parts = company(1, &[("101", json!({}), 2)]);
    parts.devices[0].0.spec.enabled = false;
    let tenant = CompiledTenant::compile(parts.clone());
    let (step, _) = outcome(&tenant, &call("101"));
    let Step::Ring { devices, .. } = step else {
        panic!("{step:?}");
    };
    assert_eq!(devices, [device_id(1, 101)]);
    parts.devices[1].0.spec.enabled = false;
    let tenant = CompiledTenant::compile(parts);
    let (step, _) = outcome(&tenant, &call("101"));
    assert_eq!(step, Step::Refuse(Refusal::UNAVAILABLE));
}

#[test]
fn codes_and_special_extensions_lead_to_guests() {
    for (dialled, guest, rules) in [
        ("*43", Guest::Echo, vec!["code.echo"]),
        ("*44", Guest::Announcement, vec!["code.announcement"]),
        ("*60", Guest::Speaker(Spoken::Clock), vec!["code.clock"]),
        (
            "*65",
            Guest::Speaker(Spoken::OwnNumber),
            vec!["code.own_number"],
        ),
        (
            "105",
            Guest::Echo,
            vec!["extension.by_number", "extension.echo"],
        ),
        (
            "106",
            Guest::Announcement,
            vec!["extension.by_number", "extension.announcement"],
        ),
    ] {
        let (step, found) = outcome(&acme(), &call(dialled));
        assert_eq!(step, Step::Guest(guest), "{dialled}");
        assert_eq!(found, rules, "{dialled}");
    }
}

#[test]
fn what_does_not_exist_and_what_is_switched_off_are_told_apart_by_nothing() {
    let tenant = acme();
    let off = outcome(&tenant, &call("104"));
    for dialled in [
        "999", "", "10", "1011", "101 ", "+101", "*45", "#", "sip:101", "101@acme",
    ] {
        let unknown = outcome(&tenant, &call(dialled));
        assert_eq!(unknown, off, "{dialled}");
    }
    assert_eq!(off.0, Step::Refuse(Refusal::NOT_FOUND));
    assert_eq!(off.1, ["number.unknown"]);
}

#[test]
fn an_extension_without_devices_is_unavailable() {
    let (step, _) = outcome(&acme(), &call("103"));
    assert_eq!(step, Step::Refuse(Refusal::UNAVAILABLE));
}

#[test]
fn a_foreign_host_is_not_found_whatever_is_dialled_there() {
    for dialled in ["101", "*43", "105", "999", ""] {
        for purpose in [Purpose::Call, Purpose::Transfer] {
            let (step, rules) = outcome(&acme(), &request(dialled, HostClass::Foreign, purpose));
            assert_eq!(step, Step::Refuse(Refusal::NOT_FOUND), "{dialled}");
            assert_eq!(rules, ["host.foreign"], "{dialled}");
        }
    }
}

#[test]
fn a_company_that_is_switched_off_may_not_even_reach_guests() {
    let mut parts = company(1, &[("101", json!({}), 1)]);
    parts.tenant.spec.enabled = false;
    let tenant = CompiledTenant::compile(parts);
    for dialled in ["101", "*43", "999"] {
        let (step, rules) = outcome(&tenant, &call(dialled));
        assert_eq!(step, Step::Refuse(Refusal::FORBIDDEN));
        assert_eq!(rules, ["tenant.disabled"]);
    }
}

#[test]
fn the_same_number_leads_each_company_to_its_own_phones() {
    let (acme, globex) = (
        CompiledTenant::compile(company(1, &[("101", json!({}), 1)])),
        CompiledTenant::compile(company(2, &[("101", json!({}), 1)])),
    );
    assert_ne!(outcome(&acme, &call("101")), outcome(&globex, &call("101")));
}

/// Anything a person, a program or an enemy could dial.
fn dialled() -> impl Strategy<Value = String> {
    let globex =
        "(sip:|sips:|tel:|)(u2-|)[0-9]{0,4}(@|%40|;|)(company2\\.example|192\\.0\\.2\\.1|)";
    prop_oneof![
        "[0-9*#+]{0,6}",
        globex,
        "\\PC{0,20}",
        Just("10".to_owned() + &"0".repeat(5_000)),
    ]
}

fn host() -> impl Strategy<Value = HostClass> {
    prop_oneof![Just(HostClass::Own), Just(HostClass::Foreign)]
}

fn purpose() -> impl Strategy<Value = Purpose> {
    prop_oneof![Just(Purpose::Call), Just(Purpose::Transfer)]
}

/// A company of random size, some of it switched off.
fn some_company(number: u128) -> impl Strategy<Value = CompiledTenant> {
    let destination = prop_oneof![Just("devices"), Just("echo"), Just("announcement")];
    let extension = ("[0-9*]{1,4}", any::<bool>(), destination, 0_u64..4);
    let extensions = proptest::collection::vec(extension, 0..6);
    (extensions, any::<bool>(), any::<u64>()).prop_map(move |(extensions, enabled, off)| {
        let list: Vec<_> = extensions
            .iter()
            .map(|(number, enabled, destination, devices)| {
                let fields = json!({ "enabled": enabled, "destination": destination });
                (number.as_str(), fields, *devices)
            })
            .collect();
        let mut parts = company(number, &list);
        parts.tenant.spec.enabled = enabled;
        for (at, (device, _)) in parts.devices.iter_mut().enumerate() {
            device.spec.enabled = off >> (at % 64) & 1 == 0;
        }
        CompiledTenant::compile(parts)
    })
}

proptest! {
    #[test]
    fn every_request_has_an_answer_with_a_reason(
        tenant in some_company(1),
        user in dialled(),
        host in host(),
        purpose in purpose(),
        caller in proptest::option::of(0_u64..700),
    ) {
        let mut request = request(&user, host, purpose);
        request.caller.device = caller.map(|number| device_id(1, number));
        let plan = plan(&tenant, &request, WallTime::UNIX_EPOCH);
        prop_assert!(!plan.steps.is_empty());
        prop_assert!(!plan.explanation.reasons().is_empty());
        prop_assert_eq!(plan.explanation.left_out(), 0);
        for step in &plan.steps {
            if let Step::Ring { devices, timeout, .. } = step {
                prop_assert!(!devices.is_empty());
                prop_assert!(!timeout.is_zero());
            }
            if let Step::Refuse(refusal) = step {
                prop_assert!((400..700).contains(&refusal.status));
            }
        }
        // asked again, it is answered the same
        prop_assert_eq!(&super::plan(&tenant, &request, WallTime::UNIX_EPOCH), &plan);
    }

    #[test]
    fn no_spelling_of_a_strangers_address_reaches_anything_of_it(
        mine in some_company(1),
        theirs in some_company(2),
        user in dialled(),
        host in host(),
        purpose in purpose(),
    ) {
        let request = request(&user, host, purpose);
        let plan = plan(&mine, &request, WallTime::UNIX_EPOCH);
        for step in &plan.steps {
            if let Step::Ring { extension, devices, .. } = step {
                prop_assert!(mine.extension(*extension).is_some());
                prop_assert!(theirs.extension(*extension).is_none());
                for device in devices {
                    prop_assert!(mine.device(*device).is_some_and(|device| device.enabled));
                    prop_assert!(theirs.device(*device).is_none());
                }
            }
        }
    }
}
