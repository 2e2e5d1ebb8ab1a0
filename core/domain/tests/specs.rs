//! Whatever JSON comes as a spec: it is refused or understood, never a panic; and what is
//! accepted says the same again.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::{
    Containment, Device, Document, EmergencyLocation, Extension, Hold, InboundRoute, Kind,
    KindName, Music, Number, OutboundRoute, Plan, RateDeck, Reseller, Role, Schedule, SigningKey,
    Site, Sound, Sso, Tenant, TollGuard, Trunk, User, Webhook, facets,
};
use ids::{
    ContainmentId, DeviceId, EmergencyLocationId, ExtensionId, HoldId, InboundRouteId, MusicId,
    NumberId, OutboundRouteId, PlanId, RateDeckId, ResellerId, RoleId, ScheduleId, SigningKeyId,
    SiteId, SoundId, SsoId, TenantId, TollGuardId, TrunkId, UserId, WebhookId,
};
use machine::WallTime;
use proptest::prelude::*;
use serde_json::{Map, Value};

/// Names of fields, real ones mostly.
fn name() -> impl Strategy<Value = String> {
    let real = [
        "name",
        "parent",
        "plans",
        "limits",
        "brand",
        "included",
        "maximum",
        "reseller",
        "plan",
        "domains",
        "display_name",
        "caps",
        "enabled",
        "number",
        "ring_seconds",
        "destination",
        "username",
        "extension",
        "address",
        "trusted_source",
        "url",
        "events",
        "mail",
        "role",
        "custom_role",
        "allow",
        "deny",
        "reason",
        "user",
        "civic",
        "country",
        "a3",
        "point",
        "networks",
        "location",
    ];
    prop_oneof![9 => proptest::sample::select(real.to_vec()).prop_map(str::to_owned), 1 => ".{0,8}"]
}

/// Texts, some of them nearly right.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,80}",
        "[a-z0-9.-]{0,20}",
        "sip:([a-z]{1,3}@)?[0-9.\\[\\]:a-f]{0,20}(;transport=(udp|tcp|tls))?",
        Just("echo".to_owned()),
        Just(ExtensionId::new(1, 1).to_string()),
        Just("::ffff:192.0.2.7".to_owned()),
    ]
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0_u16..400).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..20).prop_map(Value::from),
            proptest::collection::vec((name(), inner), 0..8)
                .prop_map(|fields| Value::from(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn holds<K: Kind>(id: &str, spec: &Value) {
    let Ok(mut typed) = K::deserialize(spec) else {
        return;
    };
    typed.normalise();
    if typed.validate().is_err() {
        return;
    }
    let again: K = serde_json::from_value(serde_json::to_value(&typed).unwrap()).unwrap();
    assert_eq!(again.unique_keys(), typed.unique_keys());
    let document = Document {
        kind: K::NAME,
        id: id.to_owned(),
        owner: TenantId::new(1, 1).into(),
        revision: 1,
        name: typed.natural_key(),
        spec: serde_json::to_value(&typed).unwrap(),
        created: WallTime::from_unix_ms(0),
        updated: WallTime::from_unix_ms(0),
    };
    let facets = facets(&document).unwrap();
    assert_eq!(facets.unique_keys, typed.unique_keys());
    assert!(
        !K::NAME.is_id(&facets.natural_key),
        "a natural key is no id"
    );
}

fn all_hold(spec: &Value) {
    holds::<Reseller>(&ResellerId::new(1, 1).to_string(), spec);
    holds::<Plan>(&PlanId::new(1, 1).to_string(), spec);
    holds::<Tenant>(&TenantId::new(1, 1).to_string(), spec);
    holds::<Extension>(&ExtensionId::new(1, 1).to_string(), spec);
    holds::<Device>(&DeviceId::new(1, 1).to_string(), spec);
    holds::<EmergencyLocation>(&EmergencyLocationId::new(1, 1).to_string(), spec);
    holds::<Site>(&SiteId::new(1, 1).to_string(), spec);
    holds::<Sound>(&SoundId::new(1, 1).to_string(), spec);
    holds::<Music>(&MusicId::new(1, 1).to_string(), spec);
    holds::<Role>(&RoleId::new(1, 1).to_string(), spec);
    holds::<Hold>(&HoldId::new(1, 1).to_string(), spec);
    holds::<User>(&UserId::new(1, 1).to_string(), spec);
    holds::<Webhook>(&WebhookId::new(1, 1).to_string(), spec);
    holds::<Sso>(&SsoId::new(1, 1).to_string(), spec);
    holds::<RateDeck>(&RateDeckId::new(1, 1).to_string(), spec);
    holds::<Trunk>(&TrunkId::new(1, 1).to_string(), spec);
    holds::<Number>(&NumberId::new(1, 1).to_string(), spec);
    holds::<SigningKey>(&SigningKeyId::new(1, 1).to_string(), spec);
    holds::<Schedule>(&ScheduleId::new(1, 1).to_string(), spec);
    holds::<InboundRoute>(&InboundRouteId::new(1, 1).to_string(), spec);
    holds::<OutboundRoute>(&OutboundRouteId::new(1, 1).to_string(), spec);
    holds::<TollGuard>(&TollGuardId::new(1, 1).to_string(), spec);
    holds::<Containment>(&ContainmentId::new(1, 1).to_string(), spec);
}

/// A valid spec of a kind, to be spoilt in one place.
fn valid(kind: KindName) -> Value {
    match kind {
        KindName::Reseller => serde_json::json!({
            "name": "north", "plans": [PlanId::new(1, 1)], "limits": { "tenants": 5 },
            "brand": { "name": "North", "primary_color": "#0a64c8", "domain": "pbx.north.example",
                       "mail_from": "hello@north.example" }
        }),
        KindName::Plan => serde_json::json!({
            "name": "gold", "included": { "devices": 5 }, "maximum": { "devices": 10 },
            "caps": { "concurrent_calls": 5 }
        }),
        KindName::Tenant => serde_json::json!({
            "domains": ["acme.example"], "display_name": "Acme", "enabled": true
        }),
        KindName::Extension => serde_json::json!({
            "number": "101", "display_name": "Anna", "ring_seconds": 30, "destination": "devices",
            "calls": ["internal", "national"], "only_to": ["DE"], "never_to": ["+4990"],
            "groups": ["sales"]
        }),
        KindName::Device => serde_json::json!({
            "username": "anna", "extension": ExtensionId::new(1, 1),
            "address": "sip:192.0.2.7", "trusted_source": "192.0.2.7"
        }),
        KindName::Role => serde_json::json!({
            "name": "night-shift", "allow": ["extension.read", "cdr.*"], "deny": ["device.remove"]
        }),
        KindName::User => serde_json::json!({
            "mail": "ann@acme.example", "display_name": "Ann", "role": "tenant-admin",
            "extension": ExtensionId::new(1, 1)
        }),
        KindName::Hold => serde_json::json!({
            "name": "case-17", "reason": "Lawsuit", "extension": ExtensionId::new(1, 1)
        }),
        KindName::Webhook => serde_json::json!({
            "name": "crm", "url": "https://hooks.example/x", "events": ["call.*"]
        }),
        KindName::Sso => serde_json::json!({
            "name": "entra", "issuer": "https://login.acme.example/realm", "client_id": "pbx",
            "domains": ["acme.example"], "make_people": true, "role": "user"
        }),
        KindName::RateDeck => serde_json::json!({
            "name": "europe", "currency": "EUR", "first_seconds": 30, "each_seconds": 6,
            "rates": [{ "prefix": "", "per_minute": 500_000 },
                      { "prefix": "4930", "per_minute": 9_000, "connection": 1_000 }]
        }),
        KindName::Trunk => serde_json::json!({
            "name": "carrier", "mode": "register", "peers": ["sip:sbc.carrier.example:5070"],
            "sources": ["192.0.2.0/28", "2001:db8::7"], "username": "pbx", "numbers_in": "national",
            "dialling": { "country": "49" }, "options_seconds": 30
        }),
        KindName::Number => serde_json::json!({
            "number": "+493055501", "tenant": TenantId::new(1, 1), "state": "assigned"
        }),
        KindName::SigningKey => serde_json::json!({
            "name": "shaken", "certificates": include_str!("signing/chain.pem"),
            "x5u": "https://pbx.example/.well-known/stir/{id}.pem"
        }),
        KindName::Schedule => serde_json::json!({
            "name": "office", "time_zone": "Europe/Berlin", "open": ["mon-fri 09:00-17:30"],
            "holidays": ["12-24..12-26", "2031-04-14"]
        }),
        KindName::EmergencyLocation => serde_json::json!({
            "name": "berlin-3", "label": "Third floor", "callback": "+493055500",
            "civic": { "country": "DE", "a3": "Berlin", "rd": "Road", "hno": "12", "flr": "3" },
            "point": "52.5163 13.3777", "default": true, "mail_to": ["desk@acme.example"],
            "desk": ExtensionId::new(1, 1), "alert": ExtensionId::new(1, 2)
        }),
        KindName::Site => serde_json::json!({
            "name": "berlin", "location": EmergencyLocationId::new(1, 1),
            "networks": ["203.0.113.0/28", "2001:db8::7"]
        }),
        KindName::Sound => serde_json::json!({
            "name": "waltz", "description": "what callers wait to", "on_hold": true
        }),
        KindName::Music => serde_json::json!({
            "name": "evening", "description": "what callers wait to", "on_hold": true,
            "playlist": [SoundId::new(1, 1), SoundId::new(1, 2)], "order": "shuffle",
            "announcement": SoundId::new(1, 3), "announced_every_seconds": 90,
            "stream": "https://radio.example/live.mp3"
        }),
        KindName::InboundRoute => serde_json::json!({
            "name": "desks", "called": "+493055500", "called_last": "+493055599",
            "caller": "+49", "first_extension": "100", "trunk": TrunkId::new(1, 1)
        }),
        KindName::OutboundRoute => serde_json::json!({
            "name": "national", "patterns": [{ "prefix": "0", "min": 6, "max": 14 }], "strip": 1,
            "prepend": "+49", "trunks": [TrunkId::new(1, 1)], "caller_id": "+493055500",
            "extensions": [ExtensionId::new(1, 1)]
        }),
        KindName::TollGuard => serde_json::json!({
            "name": "nights", "schedule": ScheduleId::new(1, 1), "when": "closed",
            "extensions": [ExtensionId::new(1, 1)],
            "budget": {
                "classes": ["premium"], "only_to": ["+881"], "per": "extension",
                "limits": { "spend_per_day": 500 }, "warn_percent": 50, "contain_hours": 8,
                "prices": [{ "to": "CU", "class": "premium", "per_minute": 90 }]
            }
        }),
        KindName::Containment => serde_json::json!({
            "name": "anna", "device": DeviceId::new(1, 1), "until": "2031-12-24T10:00:00.000Z",
            "reason": "stolen"
        }),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 3_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_json_is_refused_or_understood(spec in json()) {
        all_hold(&spec);
    }

    #[test]
    fn a_valid_spec_spoilt_in_one_field_is_refused_or_understood(
        kind in proptest::sample::select(KindName::ALL.to_vec()),
        field in name(),
        value in json(),
    ) {
        let mut spec = valid(kind);
        all_hold(&spec);
        spec[field] = value;
        all_hold(&spec);
    }
}
