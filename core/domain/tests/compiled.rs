//! What a live exchange asks instead of a database: the compiled tenant and the directory.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use domain::{
    CompiledTenant, Device, Digests, Directory, Extension, Kind, LineParts, Music, Resource,
    Tenant, TenantParts, Trunk,
};
use ids::{DeviceId, ExtensionId, MusicId, TenantId, TrunkId};
use machine::WallTime;
use serde_json::{Value, json};
use tenancy::{Identified, Owner};

const DIGESTS: Digests = Digests {
    md5: [1; 16],
    sha256: [2; 32],
};

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

/// Tenant `number` with this domain, extension 101, and a device of this name.
fn parts(number: u128, domain: &str, username: &str) -> TenantParts {
    let tenant = TenantId::new(1, number);
    let (extension, device) = (ExtensionId::new(1, number), DeviceId::new(1, number));
    let spec = json!({ "username": username, "extension": extension });
    TenantParts {
        tenant: resource::<Tenant>(tenant, tenant, json!({ "domains": [domain] })),
        plan: None,
        extensions: vec![resource::<Extension>(
            tenant,
            extension,
            json!({ "number": "101" }),
        )],
        devices: vec![(
            resource::<Device>(tenant, device, spec),
            Some(DIGESTS.into()),
        )],
        lines: LineParts::default(),
        cursor: 0,
    }
}

fn compiled(number: u128, domain: &str, username: &str) -> Arc<CompiledTenant> {
    Arc::new(CompiledTenant::compile(parts(number, domain, username)))
}

#[test]
fn an_extension_is_found_by_number_and_by_id_with_its_devices_in_order() {
    let mut parts = parts(1, "acme.example", "anna");
    let (tenant, extension) = (parts.tenant.id, parts.extensions[0].id);
    let spec = json!({ "username": "anna-mobile", "extension": extension });
    let second = resource::<Device>(tenant, DeviceId::new(1, 2), spec);
    parts.devices.push((second, None));
    let acme = CompiledTenant::compile(parts);
    let found = acme.extension_by_number("101").unwrap();
    assert_eq!(acme.extension(extension).unwrap().number, found.number);
    let names: Vec<&str> = acme.devices_of(found).map(|d| &d.username[..]).collect();
    assert_eq!(names, ["anna", "anna-mobile"]);
    assert!(acme.extension_by_number("102").is_none());
}

#[test]
fn a_device_of_an_extension_that_is_gone_rings_for_nobody_and_is_not_admitted() {
    let mut parts = parts(1, "acme.example", "anna");
    parts.extensions.clear();
    let acme = CompiledTenant::compile(parts);
    let anna = acme.device_by_username("anna").unwrap();
    assert!(!acme.entry(anna).enabled);
    assert_eq!(acme.extensions().len(), 0);
}

#[test]
fn who_may_watch_whom_is_said_by_who_is_watched() {
    let mut parts = parts(1, "acme.example", "anna");
    let tenant = parts.tenant.id;
    let ids = [ExtensionId::new(1, 11), ExtensionId::new(1, 12)];
    for (id, spec) in ids.into_iter().zip([
        json!({ "number": "102", "lamps": { "watched_by": ["101"], "list": ["101"] } }),
        json!({ "number": "103", "lamps": { "watched_by": [] } }),
    ]) {
        parts
            .extensions
            .push(resource::<Extension>(tenant, id, spec));
    }
    let anna = parts.extensions[0].id;
    let mut directory = Directory::new();
    directory.replace(&Arc::new(CompiledTenant::compile(parts)));
    // as it is when it was at rest, and is asked for again
    let acme = directory.tenant(tenant).unwrap();
    let watches = |who, whom| acme.may_watch(who, acme.extension(whom).unwrap());
    assert!(watches(ids[1], anna), "who says nothing is watched by all");
    assert!(watches(anna, ids[0]), "101 is named");
    assert!(!watches(ids[1], ids[0]), "103 is not");
    assert!(!watches(anna, ids[1]), "nobody is");
    assert!(watches(ids[1], ids[1]), "one's own phones always may");
    assert_eq!(acme.lamp_list_at("blf_102").unwrap().id, ids[0]);
    assert!(acme.lamp_list_at("blf_101").is_none(), "it has no list");
    assert!(acme.lamp_list_at("102").is_none());
}

#[test]
fn what_is_disabled_anywhere_above_a_device_disables_it() {
    type Switch = fn(&mut TenantParts);
    let switches: [Switch; 3] = [
        |parts| parts.tenant.spec.enabled = false,
        |parts| parts.extensions[0].spec.enabled = false,
        |parts| parts.devices[0].0.spec.enabled = false,
    ];
    let enabled = |parts| {
        let acme = CompiledTenant::compile(parts);
        acme.entry(&acme.devices()[0]).enabled
    };
    assert!(enabled(parts(1, "acme.example", "anna")));
    for switch in switches {
        let mut parts = parts(1, "acme.example", "anna");
        switch(&mut parts);
        assert!(!enabled(parts));
    }
}

#[test]
fn the_directory_leads_from_a_user_name_to_one_device_of_one_tenant() {
    let mut directory = Directory::new();
    directory.replace(&compiled(1, "acme.example", "anna"));
    directory.replace(&compiled(2, "globex.example", "bert"));
    let anna = directory.device("anna").unwrap();
    assert_eq!(anna.device.tenant, TenantId::new(1, 1));
    assert_eq!(anna.credentials, Some(DIGESTS.into()));
    assert!(
        directory.device("Anna").is_none(),
        "user names tell capitals"
    );
    assert_eq!((directory.tenants(), directory.devices()), (2, 2));
}

#[test]
fn a_domain_is_found_in_whatever_case_it_is_written() {
    let mut directory = Directory::new();
    directory.replace(&compiled(1, "acme.example", "anna"));
    for written in ["acme.example", "ACME.Example"] {
        assert_eq!(
            directory.tenant_of_domain(written),
            Some(TenantId::new(1, 1))
        );
    }
    assert_eq!(directory.tenant_of_domain("acme.example."), None);
}

#[test]
fn a_trusted_source_is_found_in_its_mapped_form_too() {
    let mut parts = parts(1, "acme.example", "anna");
    parts.devices[0].0.spec.trusted_source = Some("192.0.2.7".parse().unwrap());
    let mut directory = Directory::new();
    assert!(directory.source("192.0.2.7".parse().unwrap()).is_none());
    directory.replace(&Arc::new(CompiledTenant::compile(parts)));
    for from in ["192.0.2.7", "::ffff:192.0.2.7"] {
        let found = directory.source(from.parse().unwrap()).unwrap();
        assert_eq!(found.device.device, DeviceId::new(1, 1));
    }
    assert!(directory.source("192.0.2.8".parse().unwrap()).is_none());
}

#[test]
fn a_tenant_that_changed_is_found_by_its_new_names_alone() {
    let mut directory = Directory::new();
    directory.replace(&compiled(1, "acme.example", "anna"));
    directory.replace(&compiled(1, "acme.test", "anne"));
    assert!(directory.device("anna").is_none());
    assert_eq!(directory.tenant_of_domain("acme.example"), None);
    assert!(directory.device("anne").is_some());
    assert_eq!(
        directory.tenant_of_domain("acme.test"),
        Some(TenantId::new(1, 1))
    );
    assert_eq!((directory.tenants(), directory.devices()), (1, 1));
}

#[test]
fn names_that_another_tenant_has_taken_over_outlive_the_first() {
    let mut directory = Directory::new();
    directory.replace(&compiled(1, "acme.example", "anna"));
    directory.replace(&compiled(2, "acme.example", "anna"));
    directory.forget(TenantId::new(1, 1));
    assert_eq!(
        directory.tenant_of_domain("acme.example"),
        Some(TenantId::new(1, 2))
    );
    assert_eq!(
        directory.device("anna").unwrap().device.tenant,
        TenantId::new(1, 2)
    );
    directory.forget(TenantId::new(1, 2));
    assert_eq!((directory.tenants(), directory.devices()), (0, 0));
}

#[test]
fn a_tenant_is_the_same_after_it_was_at_rest() {
    let mut parts = parts(1, "acme.example", "anna");
    let extension = parts.extensions[0].id;
    for (number, more) in (2..).zip([
        json!({ "address": "sip:gate@192.0.2.9:5070;transport=tcp" }),
        json!({ "trusted_source": "2001:db8::7", "enabled": false }),
    ]) {
        let mut spec = json!({ "username": format!("anna-{number}"), "extension": extension });
        let members = spec.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        let device = resource::<Device>(parts.tenant.id, DeviceId::new(1, number), spec);
        parts.devices.push((device, None));
    }
    let habits = json!({ "country": "DE", "area": "30", "callers": "as_dialled" });
    parts.tenant.spec.dialling = serde_json::from_value(habits).unwrap();
    let acme = Arc::new(CompiledTenant::compile(parts));
    assert!(acme.habits().is_some());
    let mut directory = Directory::new();
    directory.replace(&acme);
    let again = Arc::clone(directory.tenant(acme.id()).unwrap());
    assert_eq!(again, acme);
    assert!(!Arc::ptr_eq(&again, &acme), "it was made anew");
}

#[test]
fn a_tenant_is_warm_from_when_it_is_asked_for_until_nobody_wants_it() {
    let mut directory = Directory::new();
    directory.replace(&compiled(1, "acme.example", "anna"));
    directory.replace(&compiled(2, "globex.example", "bert"));
    assert_eq!(directory.warm(), 0);
    assert!(directory.device("carl").is_none());
    assert_eq!(directory.warm(), 0, "who names nobody warms nobody");
    let held = Arc::clone(directory.tenant(TenantId::new(1, 1)).unwrap());
    assert!(directory.device("bert").is_some());
    directory.cool();
    assert_eq!(directory.warm(), 2, "both were asked for");
    directory.cool();
    assert_eq!(directory.warm(), 1, "a call goes on");
    drop(held);
    directory.replace(&compiled(1, "acme.example", "anne"));
    assert_eq!(directory.warm(), 1, "a change leaves it warm");
    directory.cool();
    directory.cool();
    assert_eq!(directory.warm(), 0);
    assert!(directory.device("anne").is_some());
}

#[test]
fn the_extensions_programme_comes_before_the_trunks_and_that_before_the_companys() {
    let mut parts = parts(1, "acme.example", "anna");
    let (tenant, extension) = (parts.tenant.id, parts.extensions[0].id);
    let id = |number: u128| MusicId::new(1, number);
    let music = |number: u128, on_hold: bool| {
        let spec = json!({
            "name": format!("m{number}"), "on_hold": on_hold, "stream": "http://radio.example/",
        });
        resource::<Music>(tenant, id(number), spec)
    };
    let trunk = |number: u128, owner: Owner, spec: Value| {
        let mut trunk = resource::<Trunk>(tenant, TrunkId::new(1, number), spec);
        trunk.owner = owner;
        (trunk, None)
    };
    let spec = |on_hold: Option<MusicId>| {
        json!({
            "name": "t", "mode": "peer", "peers": ["sip:x.example"], "on_hold": on_hold,
            "shared_with": [tenant],
        })
    };
    let own = Owner::from(tenant);
    parts.lines.trunks = vec![
        trunk(1, own, spec(Some(id(2)))),
        trunk(2, own, spec(None)),
        // whatever an account says, it says nothing of this company's music
        trunk(3, Owner::PLATFORM, spec(Some(id(2)))),
        trunk(4, own, spec(Some(id(9)))),
    ];
    let by = |number: u128| Some(TrunkId::new(1, number));
    let heard = |parts: &TenantParts, holder, trunk| {
        let compiled = CompiledTenant::compile(parts.clone());
        let mut directory = Directory::new();
        directory.replace(&Arc::new(compiled.clone()));
        let found = compiled.programme(holder, trunk);
        assert_eq!(
            directory.tenant(tenant).unwrap().programme(holder, trunk),
            found
        );
        found.map(|(programme, _)| programme)
    };
    assert_eq!(heard(&parts, Some(extension), None), None, "there is none");
    parts.lines.programmes = vec![music(3, false), music(1, true), music(2, false)];
    assert_eq!(
        heard(&parts, Some(extension), None),
        Some(id(1)),
        "the company's"
    );
    assert_eq!(
        heard(&parts, Some(extension), by(1)),
        Some(id(2)),
        "the trunk's"
    );
    for trunk in [2, 3] {
        assert_eq!(
            heard(&parts, Some(extension), by(trunk)),
            Some(id(1)),
            "{trunk}"
        );
    }
    assert_eq!(
        heard(&parts, None, by(4)),
        None,
        "a programme that is not there"
    );
    parts.extensions[0].spec.on_hold = Some(id(3));
    assert_eq!(
        heard(&parts, Some(extension), by(1)),
        Some(id(3)),
        "the extension's"
    );
    assert_eq!(heard(&parts, None, by(1)), Some(id(2)));
}
