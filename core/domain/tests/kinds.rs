//! What each kind of resource accepts, normalises, and states about itself.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::{
    Brand, DOMAINS_MAX, Destination, Device, Document, Extension, FixedRole, Invalid, KeyScope,
    Kind, KindName, Level, Music, Plan, Reseller, Resource, Sound, Tenant, UniqueKey, User, facets,
};
use ids::{DeviceId, ExtensionId, ResellerId, RoleId, SoundId, TenantId};
use machine::WallTime;
use serde_json::{Value, json};
use tenancy::Owner;

fn tenant(domains: &[&str]) -> Tenant {
    serde_json::from_value(json!({ "domains": domains })).unwrap()
}

fn extension(number: &str) -> Extension {
    serde_json::from_value(json!({ "number": number })).unwrap()
}

fn device(change: Value) -> Device {
    let mut spec = json!({ "username": "anna", "extension": ExtensionId::new(1, 1) });
    for (name, value) in change.as_object().unwrap() {
        spec[name] = value.clone();
    }
    serde_json::from_value(spec).unwrap()
}

/// The field that is refused, if any.
fn refused<K: Kind>(spec: &K) -> Option<String> {
    spec.validate().err().map(|invalid| invalid.field)
}

fn document<K: Kind>(id: &str, spec: &K) -> Document {
    Document {
        kind: K::NAME,
        id: id.to_owned(),
        owner: TenantId::new(1, 1).into(),
        revision: 1,
        name: spec.natural_key(),
        spec: serde_json::to_value(spec).unwrap(),
        created: WallTime::from_unix_ms(1),
        updated: WallTime::from_unix_ms(2),
    }
}

#[test]
fn what_a_spec_leaves_out_has_the_documented_default() {
    let tenant = tenant(&["acme.example"]);
    assert!(tenant.enabled && tenant.display_name.is_empty());
    let extension = extension("101");
    assert_eq!(extension.ring_seconds, 30);
    assert_eq!(extension.destination, Destination::Devices);
    assert!(extension.enabled && extension.display_name.is_empty());
    let device = device(json!({}));
    assert!(device.enabled && device.address.is_none() && device.trusted_source.is_none());
}

#[test]
fn a_field_nobody_knows_is_refused_by_every_kind() {
    let extra = |mut spec: Value| {
        spec["colour"] = json!("red");
        spec
    };
    let tenant = extra(json!({ "domains": ["acme.example"] }));
    assert!(serde_json::from_value::<Tenant>(tenant).is_err());
    let extension = extra(json!({ "number": "101" }));
    assert!(serde_json::from_value::<Extension>(extension).is_err());
    let device = extra(json!({ "username": "anna", "extension": ExtensionId::new(1, 1) }));
    assert!(serde_json::from_value::<Device>(device).is_err());
}

#[test]
fn a_tenant_is_known_by_its_first_domain_and_takes_all_of_them_on_the_platform() {
    let tenant = tenant(&["acme.example", "acme.test"]);
    assert_eq!(tenant.natural_key(), "acme.example");
    let key = |key: &str| UniqueKey {
        space: "domain",
        key: key.to_owned(),
        scope: KeyScope::Platform,
    };
    assert_eq!(
        tenant.unique_keys(),
        [key("acme.example"), key("acme.test")]
    );
    assert!(tenant.references().is_empty());
}

#[test]
fn a_domain_is_a_host_name_in_lower_case() {
    let label = "x".repeat(63);
    let long = [&label[..], &label, &label, &label[..61]].join(".");
    assert_eq!(long.len(), 253);
    for good in ["acme.example", "a", "7.8", "x-y.z", &long] {
        assert_eq!(refused(&tenant(&[good])), None, "{good}");
    }
    let too_long = format!("x{long}");
    let bad = [
        "",
        "Acme.example",
        "acme..example",
        ".acme",
        "acme.",
        "-acme",
        "acme-.example",
        "ac me",
        "acme_corp",
        "äcme",
        &"x".repeat(64),
        &too_long,
    ];
    for bad in bad {
        assert_eq!(
            refused(&tenant(&[bad])).as_deref(),
            Some("/domains/0"),
            "{bad}"
        );
    }
}

#[test]
fn a_tenant_has_one_to_sixteen_different_domains() {
    let names: Vec<String> = (0..=DOMAINS_MAX).map(|n| format!("d{n}.example")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(refused(&tenant(&names[..DOMAINS_MAX])), None);
    assert_eq!(refused(&tenant(&names)).as_deref(), Some("/domains"));
    assert_eq!(refused(&tenant(&[])).as_deref(), Some("/domains"));
    let twice = tenant(&["a.example", "b.example", "a.example"]);
    assert_eq!(refused(&twice).as_deref(), Some("/domains/2"));
}

#[test]
fn a_name_for_people_has_at_most_64_characters_and_no_control_characters() {
    let named = |name: &str| Tenant {
        display_name: name.to_owned(),
        ..tenant(&["acme.example"])
    };
    assert_eq!(refused(&named(&"ü".repeat(64))), None);
    for bad in [&"ü".repeat(65)[..], "a\u{7}b", " a", "a "] {
        assert_eq!(refused(&named(bad)).as_deref(), Some("/display_name"));
    }
}

#[test]
fn an_extension_takes_its_number_within_its_tenant_alone() {
    let keys = extension("101").unique_keys();
    assert_eq!(keys.len(), 1);
    assert_eq!(
        (keys[0].space, keys[0].scope),
        ("number", KeyScope::PerOwner)
    );
    assert_eq!(keys[0].key, extension("101").natural_key());
}

#[test]
fn a_number_is_a_short_word_that_is_no_id() {
    let longest = "1".repeat(32);
    for good in [
        "1",
        "101",
        "*43",
        "#9",
        "+4930123",
        "sales.team",
        "A_b-c",
        &longest,
    ] {
        assert_eq!(refused(&extension(good)), None, "{good}");
    }
    let id = ExtensionId::new(1, 2).to_string();
    let too_long = "1".repeat(33);
    for bad in ["", "10 1", "10@1", "1;2", "ü", &too_long, &id] {
        assert_eq!(
            refused(&extension(bad)).as_deref(),
            Some("/number"),
            "{bad}"
        );
    }
}

#[test]
fn calls_go_on_to_numbers_that_can_be_dialled_and_are_not_the_extensions_own() {
    let refused_of = |forwards: Value| {
        let spec: Extension =
            serde_json::from_value(json!({ "number": "102", "forwards": forwards })).unwrap();
        refused(&spec)
    };
    for good in [
        json!({}),
        json!({ "always": "103", "busy": "+493055501", "unreachable": "*43" }),
        json!({ "no_answer": { "to": "103" } }),
        json!({ "no_answer": { "to": "103", "after_seconds": 300 } }),
    ] {
        assert_eq!(refused_of(good), None);
    }
    for (bad, field) in [
        (json!({ "always": "" }), "/forwards/always"),
        (json!({ "always": "102" }), "/forwards/always"),
        (json!({ "busy": "sip:103@x" }), "/forwards/busy"),
        (json!({ "unreachable": "1 2" }), "/forwards/unreachable"),
        (
            json!({ "no_answer": { "to": "102" } }),
            "/forwards/no_answer/to",
        ),
        (
            json!({ "no_answer": { "to": "103", "after_seconds": 4 } }),
            "/forwards/no_answer/after_seconds",
        ),
    ] {
        assert_eq!(refused_of(bad).as_deref(), Some(field));
    }
}

#[test]
fn lamps_name_extensions_each_once_and_no_more_than_fit_on_a_desk() {
    let refused_of = |lamps: Value| {
        let spec: Extension =
            serde_json::from_value(json!({ "number": "102", "lamps": lamps })).unwrap();
        refused(&spec)
    };
    let many = |count: u32| {
        (200..200 + count)
            .map(|n| n.to_string())
            .collect::<Vec<_>>()
    };
    for good in [
        json!({}),
        json!({ "list": many(100), "watched_by": [] }),
        json!({ "list": ["102"], "watched_by": many(300), "documents": "partial" }),
    ] {
        assert_eq!(refused_of(good), None);
    }
    for (bad, field) in [
        (json!({ "list": many(101) }), "/lamps/list"),
        (json!({ "list": ["103", "104", "103"] }), "/lamps/list/2"),
        (json!({ "list": ["sip:103@x"] }), "/lamps/list/0"),
        (json!({ "watched_by": many(301) }), "/lamps/watched_by"),
        (json!({ "watched_by": [""] }), "/lamps/watched_by/0"),
    ] {
        assert_eq!(refused_of(bad).as_deref(), Some(field));
    }
}

#[test]
fn an_extension_rings_five_to_three_hundred_seconds() {
    let ringing = |ring_seconds| Extension {
        ring_seconds,
        ..extension("101")
    };
    for good in [5, 300] {
        assert_eq!(refused(&ringing(good)), None);
    }
    for bad in [0, 4, 301, u16::MAX] {
        assert_eq!(refused(&ringing(bad)).as_deref(), Some("/ring_seconds"));
    }
}

#[test]
fn a_user_name_is_a_word_that_is_no_id() {
    let named = |name: &str| device(json!({ "username": name }));
    let longest = "a".repeat(64);
    for good in ["a", "anna.desk_2-b", &longest] {
        assert_eq!(refused(&named(good)), None, "{good}");
    }
    let id = DeviceId::new(1, 2).to_string();
    let too_long = "a".repeat(65);
    for bad in ["", "an na", "anna@acme", "a*", "ä", &too_long, &id] {
        assert_eq!(refused(&named(bad)).as_deref(), Some("/username"), "{bad}");
    }
}

#[test]
fn a_fixed_address_names_one_ip_address_and_nothing_to_resolve() {
    let contact = |uri: &str| device(json!({ "address": uri })).fixed_contact();
    let good = [
        ("sip:192.0.2.7", "192.0.2.7:5060", false),
        ("sip:anna@192.0.2.7:5070", "192.0.2.7:5070", false),
        ("sip:192.0.2.7;transport=udp", "192.0.2.7:5060", false),
        ("sip:+49*1@192.0.2.7;transport=tcp", "192.0.2.7:5060", true),
        ("sip:[2001:db8::1]", "[2001:db8::1]:5060", false),
        (
            "sip:[2001:db8::1]:5080;transport=tcp",
            "[2001:db8::1]:5080",
            true,
        ),
    ];
    for (uri, socket, tcp) in good {
        let found = contact(uri).expect(uri);
        assert_eq!(
            (found.socket, found.tcp),
            (socket.parse().unwrap(), tcp),
            "{uri}"
        );
        assert_eq!(found.uri, uri);
    }
    let bad = [
        "",
        "192.0.2.7",
        "sips:192.0.2.7",
        "sip:phone.example",
        "sip:192.0.2.7:0",
        "sip:0.0.0.0",
        "sip:[::]",
        "sip:192.0.2.7;transport=tls",
        "sip:192.0.2.7;lr",
        "sip:a b@192.0.2.7",
        "sip:2001:db8::1",
        "sip:192.0.2.7:99999",
    ];
    for uri in bad {
        assert_eq!(contact(uri), None, "{uri}");
        let refused = refused(&device(json!({ "address": uri })));
        assert_eq!(refused.as_deref(), Some("/address"), "{uri}");
    }
}

#[test]
fn a_trusted_source_is_one_host_in_its_shortest_form() {
    let trusting = |source: &str| device(json!({ "trusted_source": source }));
    for good in ["192.0.2.7", "2001:db8::1", "127.0.0.51"] {
        assert_eq!(refused(&trusting(good)), None, "{good}");
    }
    for bad in ["0.0.0.0", "::", "224.0.0.1", "ff02::1", "::ffff:192.0.2.7"] {
        let field = refused(&trusting(bad));
        assert_eq!(field.as_deref(), Some("/trusted_source"), "{bad}");
    }
    let mut mapped = trusting("::ffff:192.0.2.7");
    mapped.normalise();
    assert_eq!(mapped, trusting("192.0.2.7"));
}

#[test]
fn a_device_takes_its_user_name_and_its_source_on_the_whole_platform() {
    let trusting = device(json!({ "trusted_source": "192.0.2.7" }));
    let keys = trusting.unique_keys();
    let keys: Vec<_> = keys
        .iter()
        .map(|k| (k.space, &k.key[..], k.scope))
        .collect();
    let expected = [
        ("username", "anna", KeyScope::Platform),
        ("trusted_source", "192.0.2.7", KeyScope::Platform),
    ];
    assert_eq!(keys, expected);
    let references = trusting.references();
    assert_eq!(references.len(), 1);
    assert_eq!(references[0].kind, KindName::Extension);
    assert_eq!(references[0].id, ExtensionId::new(1, 1).to_string());
    assert_eq!(references[0].field, "/extension");
}

#[test]
fn normalising_brings_domains_to_lower_case_and_takes_blanks_from_names() {
    let mut tenant = tenant(&["ACME.Example"]);
    tenant.display_name = "  Acme  ".to_owned();
    tenant.normalise();
    assert_eq!(tenant.domains, ["acme.example"]);
    assert_eq!(tenant.display_name, "Acme");
    let mut extension = extension("101");
    extension.display_name = "\tAnna ".to_owned();
    extension.normalise();
    assert_eq!(extension.display_name, "Anna");
}

#[test]
fn the_facets_of_a_document_are_those_of_its_spec() {
    let spec = extension("101");
    let document = document(&ExtensionId::new(1, 1).to_string(), &spec);
    let facets = facets(&document).unwrap();
    assert_eq!(facets.natural_key, "101");
    assert_eq!(facets.unique_keys, spec.unique_keys());
    assert_eq!(facets.references, spec.references());
}

#[test]
fn a_document_that_contradicts_its_spec_is_refused() {
    let field = |document: &Document| facets(document).unwrap_err().field;
    let good = document(&ExtensionId::new(1, 1).to_string(), &extension("101"));
    let foreign_id = Document {
        id: DeviceId::new(1, 1).to_string(),
        ..good.clone()
    };
    assert_eq!(field(&foreign_id), "/id");
    let other_name = Document {
        name: "102".to_owned(),
        ..good.clone()
    };
    assert_eq!(field(&other_name), "/name");
    let other_kind = Document {
        kind: KindName::Device,
        id: DeviceId::new(1, 1).to_string(),
        ..good.clone()
    };
    assert_eq!(field(&other_kind), "");
    let bad_spec = Document {
        spec: json!({ "number": "101", "ring_seconds": 1 }),
        ..good
    };
    assert_eq!(field(&bad_spec), "/ring_seconds");
}

#[test]
fn a_resource_becomes_a_document_and_again_the_same_resource() {
    let resource = Resource {
        id: DeviceId::new(1, 7),
        owner: TenantId::new(1, 1).into(),
        revision: 3,
        spec: device(json!({ "address": "sip:192.0.2.7" })),
        created: WallTime::from_unix_ms(5),
        updated: WallTime::from_unix_ms(6),
    };
    let document = resource.to_document().unwrap();
    assert_eq!(document.name, "anna");
    assert_eq!(Resource::try_from(document.clone()), Ok(resource));
    let taken_for_another: Result<Resource<Extension>, Invalid> = document.try_into();
    assert_eq!(taken_for_another.unwrap_err().field, "/kind");
}

#[test]
fn every_kind_is_found_by_its_word_and_no_other_word_is_a_kind() {
    for kind in KindName::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), json!(kind.as_str()));
    }
    assert!("Tenant".parse::<KindName>().is_err());
    assert!("".parse::<KindName>().is_err());
}

fn reseller(change: Value) -> Reseller {
    let mut spec = json!({ "name": "north" });
    for (name, value) in change.as_object().unwrap() {
        spec[name] = value.clone();
    }
    serde_json::from_value(spec).unwrap()
}

#[test]
fn a_brand_is_refused_in_the_field_that_is_wrong() {
    for (brand, field) in [
        (json!({ "primary_color": "blue" }), "/brand/primary_color"),
        (json!({ "accent_color": "#12345g" }), "/brand/accent_color"),
        (json!({ "domain": "not a host" }), "/brand/domain"),
        (json!({ "mail_from": "north.example" }), "/brand/mail_from"),
        (
            json!({ "mail_from": "a b@north.example" }),
            "/brand/mail_from",
        ),
        (
            json!({ "logo": "https://north.example/logo.png" }),
            "/brand/logo",
        ),
        (
            json!({ "logo": "data:image/svg+xml;base64,AAAA" }),
            "/brand/logo",
        ),
        (json!({ "name": " North" }), "/brand/name"),
    ] {
        let spec = reseller(json!({ "brand": brand }));
        assert_eq!(refused(&spec).as_deref(), Some(field));
    }
    let mut good = reseller(json!({ "brand": {
        "name": "North", "logo": "data:image/png;base64,iVBORw0KGgo=",
        "primary_color": "#0A64C8", "domain": "PBX.North.example",
        "mail_from": "hello@north.example"
    }}));
    good.normalise();
    assert_eq!(refused(&good), None);
    assert_eq!(good.brand.domain.as_deref(), Some("pbx.north.example"));
    assert_eq!(reseller(json!({})).brand, Brand::default());
}

#[test]
fn a_resellers_name_and_portal_are_taken_once_on_the_platform() {
    let spec = reseller(json!({ "brand": { "domain": "pbx.north.example" } }));
    let keys = spec.unique_keys();
    assert!(keys.iter().all(|key| key.scope == KeyScope::Platform));
    let spaces: Vec<&str> = keys.iter().map(|key| key.space).collect();
    assert_eq!(spaces, ["reseller", "portal_domain"]);
}

fn user(members: Value) -> User {
    let mut spec = json!({ "mail": "ann@acme.example", "role": "user" });
    let said = members.as_object().unwrap().clone();
    spec.as_object_mut().unwrap().extend(said);
    serde_json::from_value(spec).unwrap()
}

#[test]
fn a_person_has_one_role_and_a_mail_address_in_lower_case() {
    let mut ann = user(json!({ "mail": " Ann@Acme.example " }));
    ann.normalise();
    assert_eq!(ann.natural_key(), "ann@acme.example");
    assert_eq!(refused(&ann), None);
    let role = RoleId::new(1, 1);
    let both = user(json!({ "custom_role": role }));
    assert_eq!(refused(&both).as_deref(), Some("/role"));
    let custom = user(json!({ "role": null, "custom_role": role }));
    assert_eq!(refused(&custom), None);
    assert_eq!(custom.references()[0].id, role.to_string());
    let none = user(json!({ "role": null }));
    assert_eq!(refused(&none).as_deref(), Some("/role"));
    for bad in [
        "",
        "ann",
        "ann@",
        "@acme.example",
        "ann@acme_.example",
        "a b@acme.example",
    ] {
        assert_eq!(
            refused(&user(json!({ "mail": bad }))).as_deref(),
            Some("/mail"),
            "{bad}"
        );
    }
}

#[test]
fn a_role_is_given_only_to_people_of_its_level() {
    let owners = [
        Owner::PLATFORM,
        ResellerId::new(1, 1).into(),
        TenantId::new(1, 1).into(),
    ];
    for role in FixedRole::ALL {
        let person = user(json!({ "role": role }));
        for owner in owners {
            let fits = person.validate_for(owner).is_ok();
            assert_eq!(fits, role.level() == Level::of(owner), "{role} of {owner}");
        }
    }
    let inside = user(json!({ "role": "operations", "extension": ExtensionId::new(1, 1) }));
    let refused = inside.validate_for(Owner::PLATFORM).unwrap_err();
    assert_eq!(refused.field, "/extension");
}

#[test]
fn a_plan_includes_no_more_than_it_allows() {
    let plan = |included: u32, maximum: Option<u32>| -> Plan {
        let maximum = maximum.map_or(json!({}), |most| json!({ "devices": most }));
        let spec =
            json!({ "name": "gold", "included": { "devices": included }, "maximum": maximum });
        serde_json::from_value(spec).unwrap()
    };
    assert_eq!(refused(&plan(5, Some(5))), None);
    assert_eq!(refused(&plan(5, None)), None);
    assert_eq!(
        refused(&plan(6, Some(5))).as_deref(),
        Some("/included/devices")
    );
}

#[test]
fn a_tenants_caps_are_its_plans_where_it_has_none_of_its_own() {
    let plan: Plan = serde_json::from_value(json!({
        "name": "gold", "caps": { "concurrent_calls": 7, "calls_per_second": 3 }
    }))
    .unwrap();
    let mut spec = tenant(&["acme.example"]);
    assert_eq!(spec.effective_caps(None), tenancy::Caps::default());
    assert_eq!(spec.effective_caps(Some(&plan)), plan.caps);
    spec.caps.calls_per_second = Some(9);
    let caps = spec.effective_caps(Some(&plan));
    assert_eq!((caps.concurrent_calls, caps.calls_per_second), (7, 9));
}

fn sso(spec: Value) -> Option<String> {
    let mut whole = serde_json::json!({
        "name": "entra", "issuer": "https://login.acme.example", "client_id": "pbx",
        "domains": ["acme.example"],
    });
    for (name, value) in spec.as_object().unwrap() {
        whole[name] = value.clone();
    }
    let spec: domain::Sso = serde_json::from_value(whole).unwrap();
    spec.validate().err().map(|invalid| invalid.field)
}

#[test]
fn a_sign_in_server_has_a_secure_issuer_a_client_id_and_mail_domains() {
    use serde_json::json;
    assert_eq!(sso(json!({})), None);
    for issuer in [
        "https://login.example/realms/a",
        "http://127.0.0.1:9000",
        "http://localhost/",
    ] {
        assert_eq!(sso(json!({ "issuer": issuer })), None, "{issuer}");
    }
    for issuer in [
        "",
        "https://",
        "http://login.example",
        "http://localhost.evil.example",
        "https://ann@login.example",
        "https://login.example?x",
        "https://login.example#x",
        "https://a b.example",
    ] {
        assert_eq!(
            sso(json!({ "issuer": issuer })).as_deref(),
            Some("/issuer"),
            "{issuer}"
        );
    }
    assert_eq!(sso(json!({"client_id": ""})).as_deref(), Some("/client_id"));
    assert_eq!(sso(json!({"domains": []})).as_deref(), Some("/domains"));
    let twice = json!({"domains": ["a.example", "a.example"]});
    assert_eq!(sso(twice).as_deref(), Some("/domains/1"));
}

#[test]
fn a_sign_in_server_makes_people_of_one_modest_role_or_none() {
    use serde_json::json;
    assert_eq!(sso(json!({"make_people": true, "role": "user"})), None);
    for bad in [
        json!({"make_people": true}),
        json!({"role": "user"}),
        json!({"make_people": true, "role": "tenant-admin"}),
        json!({"make_people": true, "role": "user", "custom_role": RoleId::new(1, 1)}),
    ] {
        assert_eq!(sso(bad.clone()).as_deref(), Some("/role"), "{bad}");
    }
}

fn sound(spec: Value) -> Sound {
    let mut spec: Sound = serde_json::from_value(spec).unwrap();
    spec.normalise();
    spec
}

#[test]
fn one_sound_of_a_company_at_most_is_its_music_on_hold() {
    let waltz = sound(json!({"name": "waltz", "description": " slow "}));
    assert_eq!(waltz.description, "slow");
    assert!(!waltz.on_hold, "nobody's by itself");
    assert_eq!(waltz.unique_keys().len(), 1);
    let keys = |name: &str| sound(json!({"name": name, "on_hold": true})).unique_keys();
    let shared: Vec<UniqueKey> = keys("waltz")
        .into_iter()
        .filter(|key| keys("tango").contains(key))
        .collect();
    assert_eq!(shared.len(), 1);
    assert_eq!(shared[0].scope, KeyScope::PerOwner);
}

#[test]
fn a_sound_has_a_name_for_paths_and_a_short_description() {
    let refusal = |spec| refused(&sound(spec));
    assert_eq!(refusal(json!({"name": "waltz.2"})), None);
    assert_eq!(
        refusal(json!({"name": "a waltz"})).as_deref(),
        Some("/name")
    );
    let long = json!({"name": "waltz", "description": "x".repeat(65)});
    assert_eq!(refusal(long).as_deref(), Some("/description"));
}

fn music(spec: Value) -> Music {
    let mut spec: Music = serde_json::from_value(spec).unwrap();
    spec.normalise();
    spec
}

#[test]
fn a_programme_is_a_playlist_or_a_stream_and_names_no_sound_twice() {
    let refusal = |spec| refused(&music(spec));
    let (one, other) = (SoundId::new(1, 1), SoundId::new(1, 2));
    assert_eq!(
        refusal(json!({"name": "evening", "playlist": [one, other]})),
        None
    );
    let stream = json!({"name": "evening", "stream": "https://radio.example/live"});
    assert_eq!(refusal(stream), None);
    for (bad, field) in [
        (json!({"name": "evening"}), "/playlist"),
        (
            json!({"name": "evening", "playlist": [one, other, one]}),
            "/playlist/2",
        ),
        (
            json!({"name": "evening", "stream": "ftp://radio.example"}),
            "/stream",
        ),
        (json!({"name": "an evening", "playlist": [one]}), "/name"),
        (
            json!({"name": "evening", "playlist": [one], "announced_every_seconds": 9}),
            "/announced_every_seconds",
        ),
    ] {
        assert_eq!(refusal(bad.clone()).as_deref(), Some(field), "{bad}");
    }
    let many: Vec<SoundId> = (1..=65).map(|number| SoundId::new(1, number)).collect();
    let many = json!({"name": "evening", "playlist": many});
    assert_eq!(refusal(many).as_deref(), Some("/playlist"));
}

#[test]
fn one_programme_of_a_company_at_most_is_the_companys() {
    let one = SoundId::new(1, 1);
    let keys = |name: &str, on_hold| {
        music(json!({"name": name, "playlist": [one], "on_hold": on_hold})).unique_keys()
    };
    assert_eq!(keys("evening", false).len(), 1);
    let shared = |key: &&UniqueKey| keys("morning", true).contains(key);
    assert_eq!(keys("evening", true).iter().filter(shared).count(), 1);
    let links = music(json!({"name": "evening", "playlist": [one], "announcement": one}));
    let fields: Vec<String> = links
        .references()
        .into_iter()
        .map(|link| link.field)
        .collect();
    assert_eq!(fields, ["/playlist/0", "/announcement"]);
}
