//! Permissions, patterns of them, and what roles give.
#![allow(clippy::unwrap_used)]

use domain::{
    FixedRole, KindName, Level, NoPermission, Pattern, Permission, Rights, SecretRule, Topic, Verb,
};

const LEVELS: [Level; 3] = [Level::Platform, Level::Reseller, Level::Tenant];

fn names(rights: &Rights) -> Vec<String> {
    rights.iter().map(|one| one.to_string()).collect()
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn every_permission_is_one_text_and_reads_back() {
    let mut seen = std::collections::BTreeSet::new();
    for permission in Permission::all() {
        let text = permission.to_string();
        assert_eq!(text.parse(), Ok(permission));
        assert!(seen.insert(text), "{permission} is there twice");
    }
    assert!(seen.contains("extension.read") && seen.contains("call.end"));
}

#[test]
fn what_means_no_permission_is_no_pattern() {
    let none = [
        "",
        ".",
        "*",
        "extension",
        "extension.",
        ".read",
        "Extension.read",
        "extension.fly",
        "unicorn.read",
        "audit.remove",
        "extension.read.more",
        " extension.read",
        "extension.*.*",
    ];
    for text in none {
        assert_eq!(text.parse::<Pattern>(), Err(NoPermission), "{text:?}");
        assert_eq!(text.parse::<Permission>(), Err(NoPermission), "{text:?}");
    }
    assert!("*.*".parse::<Pattern>().is_ok() && "*.*".parse::<Permission>().is_err());
}

#[test]
fn a_denial_wins_over_whatever_allows() {
    let allow = ["extension.*", "extension.remove"];
    let rights = Rights::of_list(Level::Tenant, &allow).without(&owned(&["*.remove"]));
    assert_eq!(
        names(&rights),
        ["extension.read", "extension.create", "extension.change"]
    );
}

#[test]
fn a_denial_that_cannot_be_read_leaves_nothing() {
    let rights = Rights::of_list(Level::Tenant, &["*.*"]);
    assert_eq!(rights.without(&owned(&["unicorn.read"])), Rights::default());
}

#[test]
fn no_role_reaches_beyond_its_level_and_its_admin_reaches_all_of_it() {
    for role in FixedRole::ALL {
        let all = Rights::of_level(role.level());
        assert_eq!(
            Rights::of_fixed(role).and(&all),
            Rights::of_fixed(role),
            "{role}"
        );
    }
    let admins = [
        FixedRole::OperatorAdmin,
        FixedRole::ResellerAdmin,
        FixedRole::TenantAdmin,
    ];
    for (admin, level) in admins.into_iter().zip(LEVELS) {
        assert_eq!(Rights::of_fixed(admin), Rights::of_level(level));
    }
}

#[test]
fn every_permission_exists_for_somebody() {
    for permission in Permission::all() {
        assert!(
            LEVELS.iter().any(|level| permission.exists_for(*level)),
            "{permission}"
        );
    }
}

#[test]
fn those_who_only_read_change_nothing() {
    for role in [
        FixedRole::OperatorReadOnly,
        FixedRole::ReadOnly,
        FixedRole::User,
    ] {
        for name in names(&Rights::of_fixed(role)) {
            assert!(name.ends_with(".read"), "{role} may {name}");
        }
    }
    assert_eq!(
        names(&Rights::of_fixed(FixedRole::User)),
        ["extension.read"]
    );
}

#[test]
fn the_first_right_that_the_giver_lacks_is_named() {
    let own = Rights::of_list(Level::Tenant, &["extension.*"]);
    let given = Rights::of_list(Level::Tenant, &["extension.read", "device.read"]);
    let beyond = given.beyond(&own, Level::Tenant).unwrap();
    assert_eq!(beyond.to_string(), "device.read");
    assert_eq!(own.beyond(&own, Level::Tenant), None);
    // who enters a company is not a reseller's to withhold
    let admin = Rights::of_fixed(FixedRole::TenantAdmin);
    assert_eq!(
        admin.beyond(&Rights::of_level(Level::Reseller), Level::Reseller),
        None
    );
}

#[test]
fn a_secret_is_given_anew_for_the_kinds_whose_secrets_the_exchange_makes() {
    for kind in KindName::ALL {
        let makes = match kind.secret() {
            SecretRule::Generated | SecretRule::Signing => true,
            SecretRule::None | SecretRule::Supplied | SecretRule::PrivateKey => false,
        };
        let rotates = Topic::Kind(kind).to(Verb::Rotate).is_some();
        assert_eq!(rotates, makes, "{kind}");
    }
}

#[test]
fn a_right_is_what_is_given_without_what_any_ceiling_denies() {
    let cases: [(&[&str], &[&str], &[&str]); 7] = [
        // scopes or what a role allows, ceilings, what is left
        (&["cdr.read"], &[], &["cdr.read"]),
        (&["cdr.read"], &["cdr.read"], &[]),
        (
            &["cdr.read", "call.*"],
            &["call.end"],
            &["call.read", "call.change", "cdr.read"],
        ),
        (&["call.*"], &["*.end", "*.change", "*.read"], &[]),
        (
            &["key.*"],
            &["key.create", "key.rotate"],
            &["key.read", "key.remove"],
        ),
        (&["cdr.read"], &["webhook.*"], &["cdr.read"]),
        // a denial that cannot be read denies everything
        (&["*.*"], &["cdr.fly"], &[]),
    ];
    for (scopes, denied, left) in cases {
        let given = Rights::of_key(Level::Tenant, &owned(scopes));
        let rights = given.without(&owned(denied));
        assert_eq!(names(&rights), left, "{scopes:?} under {denied:?}");
    }
}

#[test]
fn a_key_without_scopes_has_all_of_its_level_and_one_with_scopes_nothing_beyond_it() {
    for level in LEVELS {
        assert_eq!(Rights::of_key(level, &[]), Rights::of_level(level));
        let all = Rights::of_key(level, &owned(&["*.*"]));
        assert_eq!(all, Rights::of_level(level));
    }
    let seal = Rights::of_key(Level::Tenant, &owned(&["seal.rotate", "plan.create"]));
    assert_eq!(names(&seal), [""; 0]);
}
