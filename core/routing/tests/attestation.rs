//! How far calls that go out are vouched for, by whose key, and why.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod documents;

use documents::resource;
use domain::{
    CompiledTenant, Device, Extension, LineParts, Number, OutboundRoute, Resource, Secret,
    SigningKey, Tenant, TenantParts, Trunk,
};
use ids::{
    DeviceId, ExtensionId, NumberId, OutboundRouteId, ResellerId, SigningKeyId, TenantId, TrunkId,
};
use proptest::prelude::*;
use routing::{Attested, Caller, Dialled, Plan, RouteRequest, Step, plan};
use serde_json::json;
use stir::Attestation;
use tenancy::{Account, Owner};

const CHAIN: &str = include_str!("../../domain/tests/signing/chain.pem");
const KEY: &str = include_str!("../../domain/tests/signing/key.pem");

const ACME: TenantId = TenantId::new(1, 1);
const GLOBEX: TenantId = TenantId::new(2, 2);
const CARRIER: TrunkId = TrunkId::new(1, 1);
const ANNA: ExtensionId = ExtensionId::new(1, 1);
const DEVICE: DeviceId = DeviceId::new(1, 1);
const ADDRESS: &str = "192.0.2.7";

fn key(n: u64, owner: Owner, shared: &[TenantId]) -> (Resource<SigningKey>, Option<Secret>) {
    let spec = json!({
        "name": format!("key-{n}"), "certificates": CHAIN, "x5u": "https://pbx.example/{id}.pem",
        "shared_with": shared,
    });
    let id = SigningKeyId::new(n, 1);
    (
        resource(owner, id, spec),
        Some(Secret::private_key(KEY).unwrap()),
    )
}

/// Acme with a trunk of the operator's, a number that is shown, and Anna's telephone.
fn parts(attestation: &str, signing: Vec<(Resource<SigningKey>, Option<Secret>)>) -> TenantParts {
    let owner = Owner::from(ACME);
    let spec = json!({
        "name": "carrier", "mode": "peer", "peers": ["sip:sbc.example"], "shared_with": [ACME],
        "attestation": attestation,
    });
    let trunk = resource::<Trunk>(Owner::PLATFORM, CARRIER, spec);
    let spec = json!({ "number": "+493055501", "state": "assigned", "tenant": ACME });
    let number = resource::<Number>(Owner::PLATFORM, NumberId::new(1, 1), spec);
    let route = json!({
        "name": "abroad", "patterns": [{ "prefix": "00" }], "strip": 2, "prepend": "+",
        "trunks": [CARRIER],
    });
    let route = resource::<OutboundRoute>(owner, OutboundRouteId::new(1, 1), route);
    let anna = json!({ "number": "101", "destination": "devices" });
    let device = json!({ "username": "anna", "extension": ANNA });
    TenantParts {
        tenant: resource::<Tenant>(owner, ACME, json!({ "domains": ["acme.example"] })),
        plan: None,
        extensions: vec![resource::<Extension>(owner, ANNA, anna)],
        devices: vec![(resource::<Device>(owner, DEVICE, device), None)],
        lines: LineParts {
            trunks: vec![(trunk, None)],
            numbers: vec![number],
            outbound: vec![route],
            signing,
            ..LineParts::default()
        },
        cursor: 0,
    }
}

fn trusted(mut parts: TenantParts) -> TenantParts {
    for (device, _) in &mut parts.devices {
        device.spec.trusted_source = Some(ADDRESS.parse().unwrap());
    }
    parts
}

fn calls(parts: TenantParts, dialled: &str, from: Option<&str>) -> Plan {
    let caller = Caller {
        device: Some(DEVICE),
        extension: Some(ANNA),
        number: "101".to_owned(),
        ..Caller::default()
    };
    let request = RouteRequest {
        from: from.map(|address| address.parse().unwrap()),
        ..RouteRequest::call(caller, Dialled::own(dialled))
    };
    let at = "2031-01-15T11:00:00Z".parse().unwrap();
    plan(&CompiledTenant::compile(parts), &request, at)
}

fn attested(plan: &Plan) -> Option<Attested> {
    let attested = plan.steps.iter().find_map(|step| match step {
        Step::Trunk { attested, .. } => Some(*attested),
        Step::Ring { .. }
        | Step::Guest(_)
        | Step::Divert(_)
        | Step::Forward(_)
        | Step::Refuse(_) => None,
    });
    attested.expect("the call goes out by a trunk")
}

fn because(plan: &Plan, rule: &str) -> Option<String> {
    let mut reasons = plan.explanation.reasons().iter();
    let found = reasons.find(|reason| reason.rule == rule);
    found.map(|reason| reason.because.clone())
}

fn own() -> Vec<(Resource<SigningKey>, Option<Secret>)> {
    vec![key(1, ACME.into(), &[])]
}

const PARIS: &str = "0033140205050";

// rfc: 8588 §4 full attestation: the caller has proved themselves, and the number is theirs
#[test]
fn a_proven_device_that_shows_its_companys_number_earns_full_attestation() {
    let plan = calls(parts("full", own()), PARIS, Some(ADDRESS));
    let key = SigningKeyId::new(1, 1);
    let level = Attestation::Full;
    assert_eq!(attested(&plan), Some(Attested { level, key }));
    assert_eq!(
        because(&plan, "attestation.signed").unwrap(),
        "attested A by signing key key-1, revision 7: the device has proved itself and \
         +493055501 is the company's"
    );
}

// rfc: 8588 §4 partial attestation: the caller is known, but by their address alone
#[test]
fn a_device_that_is_trusted_by_its_address_earns_partial_attestation() {
    let at = |from| {
        let plan = calls(trusted(parts("full", own())), PARIS, from);
        attested(&plan).unwrap().level
    };
    assert_eq!(at(Some(ADDRESS)), Attestation::Partial);
    assert_eq!(at(None), Attestation::Partial);
    // from elsewhere it had to prove itself
    assert_eq!(at(Some("192.0.2.8")), Attestation::Full);
}

#[test]
fn a_trunk_claims_no_more_than_it_may_and_the_explanation_says_so() {
    for (most, level) in [
        ("gateway", Attestation::Gateway),
        ("partial", Attestation::Partial),
        ("full", Attestation::Full),
    ] {
        let plan = calls(parts(most, own()), PARIS, None);
        assert_eq!(attested(&plan).unwrap().level, level, "{most}");
        let said = because(&plan, "attestation.signed").unwrap();
        let capped = said.ends_with("; trunk carrier claims no more");
        assert_eq!(capped, most != "full", "{said}");
    }
    let plan = calls(parts("none", own()), PARIS, None);
    assert_eq!(attested(&plan), None);
    assert_eq!(because(&plan, "attestation.signed"), None);
}

#[test]
fn the_companys_own_key_signs_before_one_that_is_shared_with_it() {
    let shared = key(2, Owner::PLATFORM, &[ACME]);
    let both = vec![shared.clone(), key(1, ACME.into(), &[])];
    let of = |keys| attested(&calls(parts("full", keys), PARIS, None)).map(|found| found.key);
    assert_eq!(of(both), Some(SigningKeyId::new(1, 1)));
    assert_eq!(of(vec![shared.clone()]), Some(SigningKeyId::new(2, 1)));
    // another account's than the trunk's does not vouch for what goes by it
    let reseller = Owner::Account(Account::Reseller(ResellerId::new(1, 1)));
    assert_eq!(of(vec![key(3, reseller, &[ACME])]), None);
    let mut off = shared;
    off.0.spec.enabled = false;
    assert_eq!(of(vec![off]), None);
    let mut locked = key(1, ACME.into(), &[]);
    locked.1 = None;
    assert_eq!(of(vec![locked]), None, "without its private key");
}

#[test]
fn a_call_that_no_key_stands_for_goes_out_unsigned_and_says_why() {
    let plan = calls(parts("full", Vec::new()), PARIS, None);
    assert_eq!(attested(&plan), None);
    let said = because(&plan, "attestation.no_key").unwrap();
    assert!(said.contains("trunk carrier"), "{said}");
    let mut late = own();
    late[0].0.spec.certificates = CHAIN.to_owned();
    let tenant = CompiledTenant::compile(parts("full", late));
    let number = stir::Number::canonical("493055501").unwrap();
    let [key] = tenant.signing_keys() else {
        panic!("one key")
    };
    assert!(key.stands_for(&number, "2109-12-31T00:00:00Z".parse().unwrap()));
    assert!(!key.stands_for(&number, "2110-01-02T00:00:00Z".parse().unwrap()));
    assert!(!key.stands_for(&number, "1969-12-31T00:00:00Z".parse().unwrap()));
}

// rfc: 8224 §6.1 nobody is vouched for who shows no number
#[test]
fn a_call_without_a_number_is_not_signed() {
    let mut parts = parts("full", own());
    parts.lines.numbers.clear();
    let plan = calls(parts, PARIS, None);
    assert_eq!(attested(&plan), None);
    assert!(because(&plan, "attestation.anonymous").is_some());
}

#[test]
fn a_call_for_help_is_signed_and_goes_out_without_a_key_too() {
    let plan = calls(parts("full", own()), "112", None);
    assert!(plan.emergency.is_some());
    assert_eq!(attested(&plan).unwrap().level, Attestation::Full);
    let plan = calls(parts("full", Vec::new()), "112", None);
    assert_eq!(attested(&plan), None);
    assert!(matches!(plan.steps[0], Step::Trunk { .. }));
}

proptest! {
    #[test]
    fn no_key_of_another_company_and_none_that_is_not_shared_ever_signs(
        keys in prop::collection::vec((0_u8..4, any::<bool>(), any::<bool>()), 0..6),
        shown_is_own in any::<bool>(),
    ) {
        let owners = [
            Owner::from(ACME),
            Owner::from(GLOBEX),
            Owner::PLATFORM,
            Owner::Account(Account::Reseller(ResellerId::new(1, 1))),
        ];
        let mut may = Vec::new();
        let signing = (1..).zip(&keys).map(|(n, (owner, with_acme, with_globex))| {
            let owner = owners[usize::from(*owner)];
            let shared = [(ACME, with_acme), (GLOBEX, with_globex)];
            let shared = shared.into_iter().filter(|(_, with)| **with && owner.tenant().is_none());
            let shared: Vec<TenantId> = shared.map(|(tenant, _)| tenant).collect();
            if owner == Owner::from(ACME) || (owner == Owner::PLATFORM && shared.contains(&ACME)) {
                may.push(SigningKeyId::new(n, 1));
            }
            key(n, owner, &shared)
        }).collect();
        let mut parts = parts("full", signing);
        if !shown_is_own {
            parts.lines.numbers[0].spec.tenant = Some(GLOBEX);
        }
        let found = attested(&calls(parts, PARIS, None));
        prop_assert_eq!(found.is_some(), shown_is_own && !may.is_empty());
        prop_assert!(found.is_none_or(|found| may.contains(&found.key)));
    }
}
