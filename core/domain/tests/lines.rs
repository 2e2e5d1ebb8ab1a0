//! Trunks, numbers and routes: their rules, and what the directory finds of them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use domain::{
    CallClass, CompiledTenant, Directory, E164, Extension, InboundCall, InboundRoute, KeyScope,
    Kind, LineParts, Number, OutboundRoute, Resource, Tenant, TenantParts, Trunk,
};
use ids::{DeviceId, InboundRouteId, NumberId, OutboundRouteId, ScheduleId, TenantId, TrunkId};
use machine::WallTime;
use serde_json::{Value, json};
use tenancy::{Identified, Owner};

fn spec<K: Kind>(base: Value, change: Value) -> K {
    let mut whole = base;
    for (name, value) in change.as_object().unwrap() {
        whole[name] = value.clone();
    }
    let mut spec: K = serde_json::from_value(whole).unwrap();
    spec.normalise();
    spec
}

fn refused<K: Kind>(spec: &K) -> Option<String> {
    spec.validate().err().map(|invalid| invalid.field)
}

fn trunk(change: Value) -> Trunk {
    let base = json!({ "name": "carrier", "mode": "peer", "peers": ["sip:sbc.example"] });
    spec(base, change)
}

#[test]
fn a_trunk_that_takes_callers_numbers_is_told_which_number_sends_them() {
    let silent = json!({ "passes_caller": true, "diversion": "none" });
    assert_eq!(refused(&trunk(silent)).as_deref(), Some("/passes_caller"));
    assert_eq!(refused(&trunk(json!({ "passes_caller": true }))), None);
}

fn inbound(change: Value) -> InboundRoute {
    spec(json!({ "name": "in" }), change)
}

fn outbound(change: Value) -> OutboundRoute {
    let base = json!({ "name": "out", "patterns": [{}], "trunks": [TrunkId::new(1, 1)] });
    spec(base, change)
}

#[test]
fn a_route_out_has_its_hours_by_a_schedule_and_help_is_called_at_any_time() {
    let refused = |change| refused(&outbound(change));
    let hours = ScheduleId::new(1, 1);
    assert_eq!(
        refused(json!({ "schedule": hours, "when": "closed" })),
        None
    );
    let never = json!({ "when": "closed" });
    assert_eq!(refused(never).as_deref(), Some("/when"));
    let help = json!({ "emergency": true, "patterns": [], "schedule": hours });
    assert_eq!(refused(help).as_deref(), Some("/schedule"));
}

#[test]
fn a_trunk_names_codecs_for_speech_once_each() {
    let refused = |codecs: Value| refused(&trunk(json!({ "codecs": codecs })));
    assert_eq!(refused(json!(["PCMA", "G722", "opus"])), None);
    for wrong in ["", "a law", "telephone-event", "pcma"] {
        let field = refused(json!(["PCMA", wrong]));
        assert_eq!(field.as_deref(), Some("/codecs/1"), "{wrong}");
    }
    let many: Vec<String> = (0..17).map(|n| format!("C{n}")).collect();
    assert_eq!(refused(json!(many)).as_deref(), Some("/codecs"));
}

#[test]
fn a_route_is_for_groups_by_their_names_but_help_is_for_everybody() {
    let route = outbound(json!({ "for_groups": ["Sales", "sales"] }));
    assert_eq!(route.for_groups, ["sales"]);
    assert_eq!(refused(&route), None);
    let wrong = outbound(json!({ "for_groups": ["the board"] }));
    assert_eq!(refused(&wrong).as_deref(), Some("/for_groups/0"));
    let help = json!({ "emergency": true, "patterns": [], "for_groups": ["sales"] });
    assert_eq!(refused(&outbound(help)).as_deref(), Some("/for_groups"));
    let member: Extension = spec(json!({ "number": "101" }), json!({ "groups": [""] }));
    assert_eq!(member.validate().unwrap_err().field, "/groups/0");
}

#[test]
fn a_route_and_an_extension_name_countries_as_they_are_and_classes_to_the_outside() {
    let refused = |change| refused(&outbound(change));
    assert_eq!(
        refused(json!({ "only_to": ["fr"], "class": "local" })),
        None
    );
    let inside = json!({ "class": "internal" });
    assert_eq!(refused(inside).as_deref(), Some("/class"));
    let nowhere = json!({ "never_to": ["XX"] });
    assert_eq!(refused(nowhere).as_deref(), Some("/never_to/0"));
    let extension: Extension = spec(
        json!({ "number": "101" }),
        json!({ "only_to": ["fr", "+1"] }),
    );
    assert_eq!(extension.only_to, ["+1", "FR"]);
    assert_eq!(extension.calls, CallClass::ordinary());
    let silent: Extension = spec(json!({ "number": "101" }), json!({ "calls": [] }));
    assert_eq!(silent.validate().unwrap_err().field, "/calls");
}

#[test]
fn a_trunk_that_registers_has_a_user_name() {
    assert_eq!(refused(&trunk(json!({}))), None);
    let registers = json!({ "mode": "register" });
    assert_eq!(refused(&trunk(registers)).as_deref(), Some("/username"));
    let named = json!({ "mode": "register", "username": "pbx@carrier.example" });
    assert_eq!(refused(&trunk(named)), None);
}

fn gateway(change: Value) -> Trunk {
    let base = json!({ "name": "works", "mode": "gateway", "username": "acme-works" });
    spec(base, change)
}

#[test]
fn a_gateway_is_known_by_its_user_name_and_says_itself_where_it_is() {
    assert_eq!(refused(&gateway(json!({}))), None);
    for (change, field) in [
        (json!({ "username": null }), "/username"),
        (json!({ "username": "pbx@acme.example" }), "/username"),
        (
            json!({ "username": DeviceId::new(1, 1).to_string() }),
            "/username",
        ),
        (json!({ "peers": ["sip:192.0.2.7"] }), "/peers"),
        (json!({ "registrar": "sip:192.0.2.7" }), "/registrar"),
        (json!({ "sources": ["192.0.2.7"] }), "/sources"),
        (json!({ "auth_username": "works" }), "/auth_username"),
    ] {
        let found = refused(&gateway(change.clone()));
        assert_eq!(found.as_deref(), Some(field), "{change}");
    }
    let to = json!({ "called_out": "to" });
    assert_eq!(refused(&gateway(to.clone())), None);
    assert_eq!(refused(&trunk(to)).as_deref(), Some("/called_out"));
}

#[test]
fn a_gateway_registers_with_a_company_and_not_with_an_account() {
    let gateway = gateway(json!({}));
    assert!(gateway.validate_for(TenantId::new(1, 1).into()).is_ok());
    let refused = gateway.validate_for(Owner::PLATFORM).unwrap_err();
    assert_eq!(refused.field, "/mode");
    assert!(refused.rule.contains("the company whose own trunk it is"));
}

#[test]
fn what_a_recording_client_sends_is_kept_for_one_company_and_this_exchange_is_none() {
    let accepts = trunk(json!({ "siprec": "accepts" }));
    assert!(accepts.validate_for(TenantId::new(1, 1).into()).is_ok());
    let outside = accepts.validate_for(Owner::PLATFORM).unwrap_err();
    assert_eq!(outside.field, "/siprec");
    let sends = trunk(json!({ "siprec": "sends" }));
    assert!(sends.validate_for(Owner::PLATFORM).is_ok());
    let home = json!({ "mode": "on_net", "peers": [], "siprec": "sends" });
    assert_eq!(refused(&trunk(home)).as_deref(), Some("/siprec"));
}

#[test]
fn a_gateways_user_name_is_a_devices_or_a_gateways_once_on_the_platform() {
    let key = |spec: &Trunk| {
        let keys = spec.unique_keys().into_iter();
        keys.filter(|key| key.space == "username")
            .map(|key| (key.key, key.scope))
            .collect::<Vec<_>>()
    };
    let taken = vec![("acme-works".to_owned(), KeyScope::Platform)];
    assert_eq!(key(&gateway(json!({}))), taken);
    assert_eq!(key(&gateway(json!({ "enabled": false }))), taken);
    let registers = json!({ "mode": "register", "username": "acme-works" });
    assert_eq!(key(&trunk(registers)), [], "that one is the carrier's");
}

#[test]
fn each_field_of_a_trunk_has_its_bound() {
    let nine: Vec<String> = (0..9).map(|n| format!("sip:a{n}.example")).collect();
    let many: Vec<String> = (0..33).map(|n| format!("192.0.2.{n}")).collect();
    for (change, field) in [
        (json!({ "peers": [] }), "/peers"),
        (json!({ "peers": nine }), "/peers"),
        (json!({ "peers": ["sbc.example"] }), "/peers/0"),
        (json!({ "sources": many }), "/sources"),
        (json!({ "sources": ["carrier.example"] }), "/sources/0"),
        (
            json!({ "sources": ["192.0.2.1", "192.0.2.1/32"] }),
            "/sources/1",
        ),
        (
            json!({ "registrar": "carrier" , "domain": "-" }),
            "/registrar",
        ),
        (json!({ "domain": "-" }), "/domain"),
        (json!({ "expires_seconds": 59 }), "/expires_seconds"),
        (json!({ "options_seconds": 4 }), "/options_seconds"),
        (
            json!({ "caps": { "concurrent_calls": 0 } }),
            "/caps/concurrent_calls",
        ),
        (
            json!({ "caps": { "calls_per_second": 0 } }),
            "/caps/calls_per_second",
        ),
        (json!({ "numbers_in": "national" }), "/dialling"),
        (
            json!({ "dialling": { "country": "049" } }),
            "/dialling/country",
        ),
        (json!({ "auth_username": "a b" }), "/auth_username"),
        (json!({ "next_on": vec![404; 33] }), "/next_on"),
        (json!({ "next_on": [404, 399] }), "/next_on/1"),
        (json!({ "next_on": [700] }), "/next_on/0"),
        (json!({ "stop_on": vec![500; 33] }), "/stop_on"),
        (
            json!({ "dialogs": { "session_seconds": 89 } }),
            "/dialogs/session_seconds",
        ),
        (json!({ "partner": "globex.example" }), "/partner"),
        (json!({ "stop_on": [200] }), "/stop_on/0"),
        (
            json!({ "next_on": [404], "stop_on": [500, 404] }),
            "/stop_on/1",
        ),
    ] {
        assert_eq!(
            refused(&trunk(change.clone())).as_deref(),
            Some(field),
            "{change}"
        );
    }
}

#[test]
fn a_companys_own_trunk_is_shared_with_nobody() {
    let tenant = TenantId::new(1, 1);
    let shared = trunk(json!({ "shared_with": [tenant] }));
    assert!(shared.validate_for(Owner::PLATFORM).is_ok());
    let refused = shared.validate_for(tenant.into()).unwrap_err();
    assert_eq!(refused.field, "/shared_with");
}

#[test]
fn a_number_has_a_company_exactly_where_its_state_says_so() {
    let tenant = TenantId::new(1, 1);
    for (state, with, without) in [
        ("free", false, true),
        ("reserved", true, true),
        ("assigned", true, false),
        ("porting_in", true, true),
        ("porting_out", true, false),
        ("quarantined", false, true),
    ] {
        let number = |tenant: Option<TenantId>| -> Number {
            let base = json!({ "number": "+49 30 555-01", "state": state });
            spec(base, json!({ "tenant": tenant }))
        };
        assert_eq!(refused(&number(Some(tenant))).is_none(), with, "{state}");
        assert_eq!(refused(&number(None)).is_none(), without, "{state}");
        assert_eq!(number(None).number, "+493055501");
    }
}

#[test]
fn a_route_for_calls_that_come_in_leads_to_one_extension_or_a_row_of_them() {
    let (first, last) = ("+493055500", "+493055599");
    let good = json!({ "called": first, "called_last": last, "first_extension": "100" });
    assert_eq!(refused(&inbound(good)), None);
    for (change, field) in [
        (json!({}), "/extension"),
        (json!({ "first_extension": "100" }), "/called"),
        (
            json!({ "called": "03055", "first_extension": "1" }),
            "/called",
        ),
        (
            json!({ "called": last, "called_last": first, "first_extension": "100" }),
            "/called_last",
        ),
        (
            json!({ "called": first, "called_last": last, "first_extension": "950" }),
            "/first_extension",
        ),
        (
            json!({ "caller": "49", "called": first, "first_extension": "1" }),
            "/caller",
        ),
    ] {
        assert_eq!(
            refused(&inbound(change.clone())).as_deref(),
            Some(field),
            "{change}"
        );
    }
}

#[test]
fn a_route_for_calls_that_go_out_rewrites_what_was_dialled() {
    let rewritten = |change: Value, dialled: &str| outbound(change).rewritten(dialled);
    let national = json!({ "strip": 1, "prepend": "+49" });
    assert_eq!(
        rewritten(national.clone(), "03055501").as_deref(),
        Some("+493055501")
    );
    assert_eq!(
        rewritten(json!({ "strip": 2, "prepend": "+" }), "0033140").as_deref(),
        Some("+33140")
    );
    assert_eq!(rewritten(json!({}), "110").as_deref(), Some("110"));
    assert_eq!(rewritten(json!({ "strip": 4 }), "110"), None);
    assert_eq!(rewritten(json!({ "strip": 3 }), "110"), None);
    assert_eq!(
        refused(&outbound(json!({ "trunks": [] }))).as_deref(),
        Some("/trunks")
    );
    let backwards = json!({ "patterns": [{ "min": 9, "max": 8 }] });
    assert_eq!(
        refused(&outbound(backwards)).as_deref(),
        Some("/patterns/0/min")
    );
}

fn resource<K: Kind>(owner: Owner, id: <K as Identified>::Id, spec: K) -> Resource<K> {
    Resource {
        id,
        owner,
        revision: 1,
        spec,
        created: WallTime::UNIX_EPOCH,
        updated: WallTime::UNIX_EPOCH,
    }
}

fn tenant_id(n: u128) -> TenantId {
    TenantId::new(1, n)
}

/// A trunk of the operator's that is shared with the first two companies.
fn shared() -> Trunk {
    let with = [tenant_id(1), tenant_id(2)];
    trunk(json!({ "sources": ["192.0.2.0/24"], "shared_with": with }))
}

fn number(n: u128, digits: &str) -> Resource<Number> {
    let base = json!({ "number": format!("+{digits}"), "state": "assigned" });
    let number: Number = spec(base, json!({ "tenant": tenant_id(n) }));
    resource(
        Owner::PLATFORM,
        NumberId::new(n.try_into().unwrap(), n),
        number,
    )
}

/// The n-th company with a number; with the operator's trunk, and a trunk of its own.
fn company(n: u128) -> Arc<CompiledTenant> {
    let id = tenant_id(n);
    let base = json!({ "domains": [format!("company{n}.example")] });
    let own = trunk(json!({ "name": "own", "sources": [format!("192.0.2.{n}")] }));
    let mut route = inbound(json!({ "called": "+493055500", "called_last": "+493055599",
        "first_extension": "100" }));
    route.priority = 5;
    Arc::new(CompiledTenant::compile(TenantParts {
        tenant: resource(id.into(), id, spec::<Tenant>(base, json!({}))),
        plan: None,
        extensions: Vec::new(),
        devices: Vec::new(),
        lines: LineParts {
            trunks: vec![
                (
                    resource(Owner::PLATFORM, TrunkId::new(1, 0), shared()),
                    None,
                ),
                (resource(id.into(), TrunkId::new(2, n), own), None),
            ],
            numbers: vec![number(n, &format!("49305550{n}")), number(9, "493055599")],
            signing: Vec::new(),
            schedules: Vec::new(),
            locations: Vec::new(),
            music: None,
            programmes: Vec::new(),
            sites: Vec::new(),
            decks: Vec::new(),
            guards: Vec::new(),
            contained: Vec::new(),
            inbound: vec![resource(id.into(), InboundRouteId::new(1, n), route)],
            outbound: vec![resource(
                id.into(),
                OutboundRouteId::new(1, n),
                outbound(json!({})),
            )],
        },
        cursor: 0,
    }))
}

fn directory() -> Directory {
    let mut directory = Directory::new();
    for n in 1..=3 {
        directory.replace(&company(n));
    }
    directory
}

fn e164(digits: &str) -> E164 {
    E164::of_digits(digits).unwrap()
}

#[test]
fn what_is_neither_its_own_nor_given_to_it_is_no_part_of_a_compiled_tenant() {
    let (first, third) = (company(1), company(3));
    assert_eq!(first.trunks().len(), 2);
    assert_eq!(
        third.trunks().len(),
        1,
        "the operator's trunk is not shared with it"
    );
    assert!(third.trunks()[0].own);
    assert_eq!(
        first.numbers().len(),
        1,
        "another company's number is left out"
    );
    assert!(first.number(&e164("493055501")).is_some());
    assert!(first.number(&e164("493055599")).is_none());
}

#[test]
fn a_source_leads_to_its_trunks_the_smallest_block_first() {
    let directory = directory();
    let from = |ip: &str| directory.trunks_from(ip.parse().unwrap());
    assert_eq!(from("192.0.2.2"), [TrunkId::new(2, 2), TrunkId::new(1, 0)]);
    assert_eq!(from("::ffff:192.0.2.77"), [TrunkId::new(1, 0)]);
    assert_eq!(from("198.51.100.1"), []);
}

#[test]
fn the_called_number_on_a_shared_trunk_finds_the_tenant_that_has_it_and_the_trunk() {
    let directory = directory();
    let on = |trunk, called| directory.called_on(trunk, called);
    let carrier = TrunkId::new(1, 0);
    assert_eq!(on(carrier, "+493055501"), Some(tenant_id(1)));
    assert_eq!(on(carrier, "493055502"), Some(tenant_id(2)));
    assert_eq!(
        on(carrier, "+493055503"),
        None,
        "the trunk is not shared with its tenant"
    );
    assert_eq!(on(carrier, "+493055504"), None);
    assert_eq!(
        on(TrunkId::new(2, 3), "whatever"),
        Some(tenant_id(3)),
        "a trunk of its own"
    );
    assert_eq!(on(TrunkId::new(9, 9), "+493055501"), None);
    assert_eq!(
        directory.tenants_on_trunk(carrier),
        [tenant_id(1), tenant_id(2)]
    );
    assert_eq!(
        directory.tenant_of_number(&e164("493055503")),
        Some(tenant_id(3))
    );
}

#[test]
fn the_directory_forgets_what_a_tenant_had_and_cools_without_losing_it() {
    let mut directory = directory();
    let before: Vec<_> = (1..=3).map(company).collect();
    directory.cool();
    directory.cool();
    for tenant in &before {
        let held = directory.tenant(tenant.id()).unwrap();
        assert_eq!(held, tenant, "nothing is lost at rest");
    }
    for n in 1..=3 {
        directory.forget(tenant_id(n));
    }
    assert_eq!(directory.trunks().count(), 0);
    assert_eq!(directory.trunks_from("192.0.2.2".parse().unwrap()), []);
    assert_eq!(directory.tenant_of_number(&e164("493055501")), None);
}

#[test]
fn of_two_inbound_routes_the_lower_priority_decides_and_then_the_narrower() {
    let id = tenant_id(1);
    let routes = [
        (
            "any",
            json!({ "first_extension": "1", "called": "+493055500" }),
        ),
        (
            "wide",
            json!({ "called": "+493055500", "called_last": "+493055509",
            "first_extension": "10" }),
        ),
        (
            "first",
            json!({ "called": "+493055505", "first_extension": "1", "priority": 1 }),
        ),
    ];
    let routes = (1_u64..).zip(routes).map(|(n, (name, change))| {
        let mut route = inbound(change);
        route.name = name.to_owned();
        resource(id.into(), InboundRouteId::new(n, 1), route)
    });
    let base = json!({ "domains": ["acme.example"] });
    let tenant = CompiledTenant::compile(TenantParts {
        tenant: resource(id.into(), id, spec::<Tenant>(base, json!({}))),
        plan: None,
        extensions: Vec::new(),
        devices: Vec::new(),
        lines: LineParts {
            inbound: routes.collect(),
            ..LineParts::default()
        },
        cursor: 0,
    });
    let decided = |digits: &str| {
        let called = e164(digits);
        let call = InboundCall {
            trunk: TrunkId::new(1, 1),
            called: &called,
            caller: None,
            at: WallTime::UNIX_EPOCH,
        };
        tenant
            .inbound(&call)
            .map(|(route, offset)| (route.spec.name.clone(), offset))
    };
    assert_eq!(decided("493055500"), Some(("any".to_owned(), 0)));
    assert_eq!(decided("493055503"), Some(("wide".to_owned(), 3)));
    assert_eq!(decided("493055505"), Some(("first".to_owned(), 0)));
    assert_eq!(decided("493055510"), None);
}
