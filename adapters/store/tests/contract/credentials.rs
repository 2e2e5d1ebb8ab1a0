//! What is kept of how people prove who they are.

use domain::{AuditEntry, Document, FixedRole, KindName, User};
use ids::{AuditId, LoginId, UserId};
use ports::{CREDENTIALS_MAX, CredentialRecord, Operation, Page, Person, StoreError};
use store::block_on;
use tenancy::{Owner, TenantScope};

use crate::on_every_store;
use crate::world::{World, delete, platform, replace, time, with, write};

pub(crate) const ANN: &str = "ann@acme.example";

pub(crate) fn person(world: &World<'_>, scope: &TenantScope, mail: &str) -> Document {
    let id = UserId::new(world.number(), 0);
    let spec = User {
        mail: mail.to_owned(),
        display_name: String::new(),
        role: Some(FixedRole::TenantAdmin),
        custom_role: None,
        extension: None,
        enabled: true,
    };
    world.create(scope, write(id, scope.owner(), spec))
}

pub(crate) fn find(world: &World<'_>, user: &Document) -> Option<Person> {
    block_on(world.store.person(user.id.parse().unwrap())).unwrap()
}

pub(crate) fn keep(world: &World<'_>, user: &Document, logins: &[u64], content: &[u8]) -> u64 {
    let mut record = find(world, user).unwrap().credentials;
    record.logins = logins.iter().map(|n| LoginId::new(*n, 0)).collect();
    record.content = content.to_vec();
    block_on(world.store.put_credentials(&record, &[])).unwrap()
}

pub(crate) fn of_login(world: &World<'_>, number: u64) -> Option<String> {
    let found = block_on(world.store.person_of_login(LoginId::new(number, 0)));
    found.unwrap().map(|person| person.user.id)
}

/// Gives a tenant a person who is signed in, and the platform a secret.
pub(crate) fn with_person(world: &World<'_>, scope: &TenantScope) {
    let ann = person(world, scope, ANN);
    keep(world, &ann, &[world.number()], b"kept");
    block_on(world.store.secret_or_insert("links", [9; 32])).unwrap();
    block_on(world.store.take_once(&[9; 32], time(900), time(1))).unwrap();
}

fn a_person_is_found_by_id_by_login_and_by_mail(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let ann = person(world, &acme, ANN);
    let found = find(world, &ann).unwrap();
    assert_eq!(found.user, ann);
    assert_eq!(found.owner.unwrap().name, "acme.example");
    assert!(found.open);
    assert_eq!(found.credentials.revision, 0);
    assert_eq!(of_login(world, 1), None);
    assert_eq!(keep(world, &ann, &[1, 2], b"kept"), 1);
    assert_eq!(of_login(world, 2), Some(ann.id.clone()));
    let found = find(world, &ann).unwrap().credentials;
    assert_eq!(found.content, b"kept");
    assert_eq!(found.logins, [LoginId::new(1, 0), LoginId::new(2, 0)]);
    let by_mail = block_on(world.store.people_with_mail(ANN, None)).unwrap();
    assert_eq!(by_mail.len(), 1);
    assert_eq!(by_mail[0].credentials.content, b"kept");
    let nobody = block_on(world.store.people_with_mail("bob@acme.example", None));
    assert_eq!(nobody.unwrap(), []);
}

fn one_mail_in_two_companies_is_two_people_told_apart_by_the_company(world: &World<'_>) {
    let (acme, bell) = (world.tenant("acme.example"), world.tenant("bell.example"));
    let (one, other) = (person(world, &acme, ANN), person(world, &bell, ANN));
    let all = block_on(world.store.people_with_mail(ANN, None)).unwrap();
    assert_eq!(all.len(), 2);
    let at = |at: &str| {
        let found = block_on(world.store.people_with_mail(ANN, Some(at))).unwrap();
        found.into_iter().map(|one| one.user.id).collect::<Vec<_>>()
    };
    assert_eq!(at("acme.example"), [one.id]);
    assert_eq!(at(&bell.tenant().to_string()), [other.id]);
    assert!(at("platform").is_empty());
    assert!(at("nobody.example").is_empty());
}

fn of_two_who_read_the_same_record_one_changes_it(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let ann = person(world, &acme, ANN);
    keep(world, &ann, &[1], b"one");
    let first = find(world, &ann).unwrap().credentials;
    let second = first.clone();
    assert_eq!(block_on(world.store.put_credentials(&first, &[])), Ok(2));
    let late = block_on(world.store.put_credentials(&second, &[]));
    assert_eq!(late, Err(StoreError::RevisionMismatch { current: 2 }));
}

fn a_disabled_person_has_no_logins_and_nobody_brings_them_back(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let ann = person(world, &acme, ANN);
    keep(world, &ann, &[1], b"kept");
    let read_before = find(world, &ann).unwrap().credentials;
    let mut off = with(&ann, "display_name", "Ann");
    off.document.spec["enabled"] = false.into();
    world.commit(&acme, vec![replace(off)]).unwrap();
    assert_eq!(of_login(world, 1), None);
    let late = block_on(world.store.put_credentials(&read_before, &[]));
    assert!(matches!(late, Err(StoreError::RevisionMismatch { .. })));
    let now = find(world, &ann).unwrap().credentials;
    assert_eq!((now.logins, now.content), (vec![], b"kept".to_vec()));
}

fn with_the_person_goes_what_is_kept_of_it(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let ann = person(world, &acme, ANN);
    keep(world, &ann, &[1], b"kept");
    let record = find(world, &ann).unwrap().credentials;
    world.commit(&acme, vec![delete(&ann)]).unwrap();
    assert_eq!(find(world, &ann), None);
    assert_eq!(of_login(world, 1), None);
    let late = block_on(world.store.put_credentials(&record, &[]));
    assert_eq!(late, Err(StoreError::NotFound));
}

fn nobody_is_let_in_where_the_company_is_disabled(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let ann = person(world, &acme, ANN);
    let own = find(world, &ann).unwrap().owner.unwrap();
    let mut off = with(&own, "display_name", "Acme");
    off.document.spec["enabled"] = false.into();
    world.commit_below(vec![replace(off)]).unwrap();
    assert!(!find(world, &ann).unwrap().open);
}

fn a_record_of_one_company_is_not_put_with_another(world: &World<'_>) {
    let (acme, bell) = (world.tenant("acme.example"), world.tenant("bell.example"));
    let ann = person(world, &acme, ANN);
    let record = CredentialRecord::none(ann.id.parse().unwrap(), bell.owner());
    let put = block_on(world.store.put_credentials(&record, &[]));
    assert_eq!(put, Err(StoreError::NotFound));
}

fn what_is_done_is_in_the_trail_of_the_owner(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let ann = person(world, &acme, ANN);
    let entry = |number: u64, action: &str| AuditEntry {
        id: AuditId::new(number, 1),
        owner: acme.owner(),
        at: time(number),
        actor: format!("user {}", ann.id),
        action: action.to_owned(),
        target: ann.id.clone(),
        before: None,
        after: None,
        request: None,
    };
    let record = find(world, &ann).unwrap().credentials;
    let done = [entry(500, "user.signed-in")];
    block_on(world.store.put_credentials(&record, &done)).unwrap();
    for _ in 0..2 {
        block_on(world.store.note_person(&entry(501, "user.slowed"))).unwrap();
    }
    let trail = block_on(world.store.audit(&acme, &Page::default())).unwrap();
    let told = trail.entries.iter().map(|one| one.action.as_str());
    let told: Vec<&str> = told.filter(|one| one.starts_with("user.s")).collect();
    assert_eq!(told, ["user.slowed", "user.signed-in"]);
    let own = block_on(world.store.account_audit(&platform(), &Page::default())).unwrap();
    assert!(own.entries.iter().all(|one| one.action != "user.signed-in"));
}

fn a_record_beyond_its_bound_is_refused(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let ann = person(world, &acme, ANN);
    let mut record = find(world, &ann).unwrap().credentials;
    record.content = vec![7; CREDENTIALS_MAX];
    assert_eq!(block_on(world.store.put_credentials(&record, &[])), Ok(1));
    record.content.push(7);
    let put = block_on(world.store.put_credentials(&record, &[]));
    let limit = CREDENTIALS_MAX;
    assert_eq!(put, Err(StoreError::TooLarge { limit }));
}

fn people_stay_known_when_the_company_gets_a_new_key(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let ann = person(world, &acme, ANN);
    keep(world, &ann, &[1], b"kept");
    block_on(world.store.renew_key(&acme)).unwrap();
    assert_eq!(find(world, &ann).unwrap().credentials.content, b"kept");
}

fn a_secret_of_the_platform_stays_what_it_first_was(world: &World<'_>) {
    let secret = |name, fresh| block_on(world.store.secret_or_insert(name, fresh)).unwrap();
    assert_eq!(secret("links", [1; 32]), [1; 32]);
    assert_eq!(secret("links", [2; 32]), [1; 32]);
    assert_eq!(secret("devices", [3; 32]), [3; 32]);
}

fn the_platforms_own_people_are_found(world: &World<'_>) {
    let id = UserId::new(world.number(), 0);
    let spec = User {
        mail: "op@host.example".to_owned(),
        display_name: String::new(),
        role: Some(FixedRole::OperatorAdmin),
        custom_role: None,
        extension: None,
        enabled: true,
    };
    let made = write(id, Owner::PLATFORM, spec);
    world.commit_below(vec![Operation::Create(made)]).unwrap();
    let found = block_on(
        world
            .store
            .people_with_mail("op@host.example", Some("platform")),
    );
    let found = found.unwrap();
    assert_eq!(found[0].user.kind, KindName::User);
    assert_eq!((&found[0].owner, found[0].open), (&None, true));
    let mut record = found[0].credentials.clone();
    record.content = b"kept".to_vec();
    assert_eq!(block_on(world.store.put_credentials(&record, &[])), Ok(1));
    let found = block_on(world.store.person(id)).unwrap().unwrap();
    assert_eq!(found.credentials.content, b"kept");
}

on_every_store!(
    a_person_is_found_by_id_by_login_and_by_mail,
    one_mail_in_two_companies_is_two_people_told_apart_by_the_company,
    of_two_who_read_the_same_record_one_changes_it,
    a_disabled_person_has_no_logins_and_nobody_brings_them_back,
    with_the_person_goes_what_is_kept_of_it,
    nobody_is_let_in_where_the_company_is_disabled,
    a_record_of_one_company_is_not_put_with_another,
    what_is_done_is_in_the_trail_of_the_owner,
    a_record_beyond_its_bound_is_refused,
    people_stay_known_when_the_company_gets_a_new_key,
    a_secret_of_the_platform_stays_what_it_first_was,
    the_platforms_own_people_are_found,
);
