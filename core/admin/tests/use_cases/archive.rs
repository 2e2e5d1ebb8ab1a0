//! A company leaves as lines, and comes back, elsewhere, or as another one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use admin::apply::{self, What};
use admin::archive::{self, Extent, Line, Report, Wanted};
use admin::documents;
use domain::{Credentials, Device, Digests, Extension, Plan, Resource, Tenant, User};
use ids::{LoginId, UserId};
use ports::{
    ArchiveError, CredentialRecord, CredentialStore, ExchangeStore, Giver, PAGE_MAX, Page,
    StoreError, Taker, Thing,
};
use serde_json::json;
use store::block_on;
use tenancy::{PlatformScope, Unresolved};

use crate::office::Scene;

/// Lines as a file has them: JSON.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<VecDeque<String>>>);

impl Taker<Line> for Lines {
    fn take(&mut self, line: &Line) -> Result<(), ArchiveError> {
        let text = serde_json::to_string(line).unwrap();
        self.0.lock().unwrap().push_back(text);
        Ok(())
    }
}

impl Giver<Line> for Lines {
    fn give(&mut self) -> Result<Option<Line>, ArchiveError> {
        let next = self.0.lock().unwrap().pop_front();
        Ok(next.map(|text| serde_json::from_str(&text).unwrap()))
    }
}

impl Lines {
    /// The same lines once more.
    fn again(&self) -> Lines {
        let lines = self.0.lock().unwrap().clone();
        Lines(Arc::new(Mutex::new(lines)))
    }

    fn spoil(&self, spoil: impl FnOnce(&mut VecDeque<String>)) -> Lines {
        let lines = self.again();
        spoil(&mut lines.0.lock().unwrap());
        lines
    }
}

/// A company whose shape follows from a number.
fn company(scene: &Scene, domain: &str, shape: usize) {
    let scope = scene.company(domain).scope;
    for number in 0..=shape % 7 {
        let extension = json!({ "number": format!("{}", 101 + number) });
        let made = documents::create::<Extension, _>(&scene.office, &scope, extension);
        block_on(made).unwrap();
        for device in 0..(shape + number) % 3 {
            let name = format!("{}-{number}-{device}", domain.split('.').next().unwrap());
            let device = json!({ "username": name, "extension": format!("{}", 101 + number) });
            block_on(documents::create::<Device, _>(
                &scene.office,
                &scope,
                device,
            ))
            .unwrap();
        }
    }
}

pub(crate) fn taken(scene: &Scene, domain: &str) -> Lines {
    let entered = scene.visit(domain).unwrap();
    let lines = Lines::default();
    let by = (&entered.scope, Some(&scene.platform));
    let (tenant, into) = (&entered.tenant, Box::new(lines.clone()));
    let out = archive::take_out(&scene.office, by, tenant, Extent::Whole, into);
    block_on(out).unwrap();
    lines
}

pub(crate) fn restored(
    scene: &Scene,
    lines: &Lines,
    wanted: &Wanted,
) -> Result<Report, ArchiveError> {
    let operator = PlatformScope::at_console();
    let mut lines = lines.again();
    block_on(archive::restore(
        &scene.office,
        &operator,
        &mut lines,
        wanted,
        &mut |_| {},
    ))
}

pub(crate) fn cloned(scene: &Scene, lines: &Lines, domain: &str) -> Result<Report, ArchiveError> {
    let mut lines = lines.again();
    let wanted = under(domain);
    block_on(archive::bring_clone(
        &scene.office,
        &scene.platform,
        &mut lines,
        &wanted,
    ))
}

fn under(domain: &str) -> Wanted {
    Wanted {
        domains: vec![domain.to_owned()],
        ..Wanted::default()
    }
}

fn snapshot(scene: &Scene, domain: &str) -> String {
    let what = What::Tenant(domain.to_owned());
    let taken = apply::export(&scene.office, &scene.platform, &what, |_, _| {});
    serde_json::to_string(&block_on(taken).unwrap()).unwrap()
}

fn devices(scene: &Scene, domain: &str) -> Vec<(Resource<Device>, Option<Credentials>)> {
    let scope = scene.visit(domain).unwrap().scope;
    let parts = block_on(scene.store.load_tenant(&scope)).unwrap();
    parts.unwrap().devices
}

#[test]
fn whatever_its_shape_a_company_is_the_same_in_another_exchange() {
    for shape in 0..20 {
        let (here, there) = (Scene::new(), Scene::new());
        company(&here, "acme.example", shape);
        let lines = taken(&here, "acme.example");
        let report = restored(&there, &lines, &Wanted::default()).unwrap();
        assert_eq!(report.passwords, [], "shape {shape}");
        assert_eq!(report.notes, [] as [String; 0]);
        let (before, after) = (
            snapshot(&here, "acme.example"),
            snapshot(&there, "acme.example"),
        );
        assert_eq!(after, before, "shape {shape}");
        let (before, after) = (
            devices(&here, "acme.example"),
            devices(&there, "acme.example"),
        );
        assert_eq!(after, before, "shape {shape}");
    }
}

#[test]
fn a_company_comes_in_under_another_domain_and_says_so() {
    let (here, there) = (Scene::new(), Scene::new());
    company(&here, "acme.example", 5);
    let report = restored(&there, &taken(&here, "acme.example"), &under("acme.net")).unwrap();
    assert_eq!(report.domain, "acme.net");
    assert!(there.visit("acme.example").is_err());
    assert_eq!(
        devices(&there, "acme.net"),
        devices(&here, "acme.example"),
        "passwords do not depend on the domain"
    );
    let scope = there.visit("acme.net").unwrap().scope;
    let page = Page::first(PAGE_MAX);
    let trail = ports::Store::audit(&*there.store, &scope, &page);
    let actions: Vec<String> = block_on(trail)
        .unwrap()
        .entries
        .into_iter()
        .map(|entry| entry.action)
        .collect();
    assert!(
        actions.contains(&"tenant.restored".to_owned()),
        "{actions:?}"
    );
    assert!(
        actions.contains(&"tenant.archived".to_owned()),
        "{actions:?}"
    );
}

#[test]
fn in_another_realm_each_device_gets_a_password_that_works_there() {
    let (here, there) = (Scene::new(), Scene::in_realm("elsewhere"));
    company(&here, "acme.example", 5);
    let report = restored(&there, &taken(&here, "acme.example"), &Wanted::default()).unwrap();
    let found = devices(&there, "acme.example");
    assert!(!found.is_empty() && report.passwords.len() == found.len());
    for (device, digests) in found {
        let name = &device.spec.username;
        let new = report.passwords.iter().find(|new| new.username == *name);
        let works = Digests::of(name, "elsewhere", &new.unwrap().secret);
        assert_eq!(digests, Some(works.into()));
    }
    assert!(report.notes.iter().any(|note| note.contains("realm")));
}

/// Adds a person of whom a record is kept, signed in once.
fn person(scene: &Scene, domain: &str) -> UserId {
    let scope = scene.visit(domain).unwrap().scope;
    let spec = json!({ "mail": "ann@acme.example", "role": "tenant-admin" });
    let made = documents::create::<User, _>(&scene.office, &scope, spec);
    let user = block_on(made).unwrap().resource;
    let record = CredentialRecord {
        logins: vec![LoginId::new(1, 1)],
        content: identity::Credentials::default().write().unwrap(),
        ..CredentialRecord::none(user.id, user.owner)
    };
    block_on(scene.store.put_credentials(&record, &[])).unwrap();
    user.id
}

#[test]
fn people_come_along_with_what_they_sign_in_with_but_not_into_a_clone() {
    let (here, there) = (Scene::new(), Scene::new());
    company(&here, "acme.example", 2);
    let ann = person(&here, "acme.example");
    let lines = taken(&here, "acme.example");
    let report = restored(&there, &lines, &Wanted::default()).unwrap();
    assert_eq!(report.counts.people, 1);
    let record = block_on(there.store.person(ann))
        .unwrap()
        .unwrap()
        .credentials;
    assert!(record.logins.is_empty() && !record.content.is_empty());
    cloned(&here, &lines, "initech.example").unwrap();
    let clones = here
        .store
        .people_with_mail("ann@acme.example", Some("initech.example"));
    let clones = block_on(clones).unwrap();
    assert_eq!((clones.len(), clones[0].credentials.revision), (1, 0));
}

#[test]
fn a_company_that_is_here_is_not_written_over() {
    let here = Scene::new();
    company(&here, "acme.example", 3);
    let before = snapshot(&here, "acme.example");
    let refused = restored(&here, &taken(&here, "acme.example"), &under("acme.net"));
    let told = refused.unwrap_err().to_string();
    assert!(told.contains("is here, as acme.example"), "{told}");
    assert_eq!(snapshot(&here, "acme.example"), before);
}

#[test]
fn a_company_that_is_to_be_replaced_has_its_old_documents_again_and_keeps_its_trail() {
    let here = Scene::new();
    company(&here, "acme.example", 5);
    let before = snapshot(&here, "acme.example");
    let passwords = devices(&here, "acme.example");
    let lines = taken(&here, "acme.example");
    let scope = here.visit("acme.example").unwrap().scope;
    let made = json!({ "number": "177" });
    block_on(documents::create::<Extension, _>(
        &here.office,
        &scope,
        made,
    ))
    .unwrap();
    let device = Unresolved::<Device>::new(passwords[0].0.spec.username.clone());
    let device = documents::find(&here.office, &scope, &device);
    let (device, _) = block_on(device).unwrap();
    block_on(documents::rotate_secret(
        &here.office,
        &scope,
        device,
        None,
        Duration::ZERO,
    ))
    .unwrap();
    let first = Unresolved::<Extension>::new("101");
    let (first, _) = block_on(documents::find(&here.office, &scope, &first)).unwrap();
    let change = json!({ "number": "999" });
    let change = documents::patch(&here.office, &scope, first, None, &change);
    block_on(change).unwrap();
    assert_ne!(snapshot(&here, "acme.example"), before);
    let wanted = Wanted {
        replace: Some(scope.tenant()),
        ..Wanted::default()
    };
    let report = restored(&here, &lines, &wanted).unwrap();
    assert_eq!(report.passwords, []);
    assert_eq!(snapshot(&here, "acme.example"), before);
    let digests = |devices: Vec<(Resource<Device>, Option<Credentials>)>| {
        let names = devices.into_iter();
        names
            .map(|(device, digests)| (device.id, digests))
            .collect::<Vec<_>>()
    };
    let now = devices(&here, "acme.example");
    assert_eq!(digests(now), digests(passwords), "the old passwords again");
    let (first, extension) = block_on(documents::find(
        &here.office,
        &scope,
        &Unresolved::<Extension>::new("101"),
    ))
    .unwrap();
    assert_eq!(extension.revision, 3);
    let history = documents::history(&here.office, &scope, first);
    assert_eq!(block_on(history).unwrap().len(), 3);
}

#[test]
fn an_archive_that_is_not_whole_leaves_nothing_behind() {
    let (here, there) = (Scene::new(), Scene::new());
    company(&here, "acme.example", 5);
    let whole = taken(&here, "acme.example");
    let spoilt = [
        whole.spoil(|lines| {
            lines.pop_back();
        }),
        whole.spoil(|lines| {
            lines.remove(2);
        }),
        whole.spoil(|lines| {
            let last = lines.back().cloned();
            lines.extend(last);
        }),
        whole.spoil(|lines| {
            let title = lines.front().cloned();
            lines.extend(title);
        }),
    ];
    for lines in spoilt {
        let refused = restored(&there, &lines, &Wanted::default()).unwrap_err();
        assert!(
            matches!(refused, ArchiveError::CutOff | ArchiveError::Odd(_)),
            "{refused}"
        );
        assert_eq!(block_on(there.store.tenant_ids()).unwrap(), []);
        assert!(cloned(&there, &lines, "other.example").is_err());
    }
    restored(&there, &whole, &Wanted::default()).unwrap();
}

#[test]
fn a_clone_beside_the_first_has_ids_names_and_passwords_of_its_own() {
    let here = Scene::new();
    company(&here, "acme.example", 5);
    let before = (
        snapshot(&here, "acme.example"),
        devices(&here, "acme.example"),
    );
    let report = cloned(&here, &taken(&here, "acme.example"), "initech.example").unwrap();
    let after = (
        snapshot(&here, "acme.example"),
        devices(&here, "acme.example"),
    );
    assert_eq!(after, before, "the first one is as it was");
    let clones = devices(&here, "initech.example");
    assert_eq!(clones.len(), before.1.len());
    assert_eq!(report.passwords.len(), clones.len());
    let scope = here.visit("initech.example").unwrap().scope;
    for (clone, credentials) in clones {
        assert!(before.1.iter().all(|(first, _)| first.id != clone.id));
        assert!(clone.spec.username.ends_with(".initech"));
        let name = &clone.spec.username;
        let new = report.passwords.iter().find(|new| new.username == *name);
        let works = here.office.digests(name, &new.unwrap().secret);
        assert_eq!(credentials, Some(works.into()));
        let extension = Unresolved::<Extension>::new(clone.spec.extension.to_string());
        let found = documents::find(&here.office, &scope, &extension);
        assert_eq!(block_on(found).unwrap().1.owner, scope.owner());
    }
}

#[test]
fn a_clone_elsewhere_keeps_the_passwords_and_nothing_of_what_happened() {
    let (here, there) = (Scene::new(), Scene::new());
    // both scenes mint from one seed, so ids differ by their times
    there.wait(60_000);
    company(&here, "acme.example", 5);
    let report = cloned(&there, &taken(&here, "acme.example"), "acme.net").unwrap();
    assert_eq!(report.passwords, []);
    let digests = |scene: &Scene, domain: &str| {
        let found = devices(scene, domain).into_iter();
        found
            .map(|(device, digests)| (device.spec.username, digests))
            .collect::<Vec<_>>()
    };
    assert_eq!(digests(&there, "acme.net"), digests(&here, "acme.example"));
    let again = taken(&there, "acme.net");
    let lines = again.0.lock().unwrap();
    let first = here.visit("acme.example").unwrap().scope.tenant();
    let of_first = lines
        .iter()
        .filter(|line| line.contains(&first.to_string()));
    assert_eq!(
        of_first.count(),
        0,
        "no id of the first one is in the clone"
    );
    let versions = lines.iter().filter(|line| line.contains("\"version\""));
    let documents = lines.iter().filter(|line| {
        let line: Line = serde_json::from_str(line).unwrap();
        matches!(line, Line::Thing(thing) if matches!(*thing, Thing::Document(_)))
    });
    assert_eq!(versions.count(), documents.count(), "each has one revision");
}

#[test]
fn a_reseller_brings_a_clone_in_below_itself_only() {
    let (here, there) = (Scene::new(), Scene::new());
    company(&here, "acme.example", 2);
    let lines = taken(&here, "acme.example");
    let spec = json!({ "name": "north" });
    let made = documents::create::<domain::Reseller, _>(&there.office, &there.platform, spec);
    block_on(made).unwrap();
    let north = there.reseller("north");
    let mut again = lines.again();
    let wanted = under("n.example");
    let brought = archive::bring_clone(&there.office, &north, &mut again, &wanted);
    block_on(brought).unwrap();
    let own = there.visit("n.example").unwrap().tenant;
    assert_eq!(tenancy::Account::of(own.spec.reseller), north.account());
    let mut taken = lines.again();
    let refused = archive::bring_clone(&there.office, &north, &mut taken, &wanted);
    let refused = block_on(refused).unwrap_err();
    assert!(
        matches!(refused, ArchiveError::Store(StoreError::Conflict { .. })),
        "{refused}"
    );
}

/// A reseller with a plan of this name, and a company to which it sold it, if that is named.
fn sold(scene: &Scene, plan: &str, domain: Option<&str>) {
    let north = json!({ "name": "north" });
    let made = documents::create::<domain::Reseller, _>(&scene.office, &scene.platform, north);
    block_on(made).unwrap();
    let (north, named) = (scene.reseller("north"), json!({ "name": plan }));
    block_on(documents::create::<Plan, _>(&scene.office, &north, named)).unwrap();
    if let Some(domain) = domain {
        let tenant = json!({ "domains": [domain], "plan": plan });
        let made = documents::create::<Tenant, _>(&scene.office, &north, tenant);
        block_on(made).unwrap();
    }
}

fn plan_of(scene: &Scene, domain: &str) -> Option<ids::PlanId> {
    scene.visit(domain).unwrap().tenant.spec.plan
}

#[test]
fn a_clone_beside_the_first_has_the_plan_that_a_reseller_sold_the_first() {
    let here = Scene::new();
    sold(&here, "small", Some("acme.example"));
    let lines = taken(&here, "acme.example");
    let report = cloned(&here, &lines, "initech.example").unwrap();
    assert_eq!(report.notes, Vec::<String>::new());
    let plan = plan_of(&here, "acme.example");
    assert!(plan.is_some());
    assert_eq!(plan_of(&here, "initech.example"), plan);
}

#[test]
fn elsewhere_a_company_gets_the_plan_of_the_same_name_of_whoever_brings_it_in() {
    let (here, there) = (Scene::new(), Scene::new());
    sold(&here, "small", Some("acme.example"));
    // another seed mints other ids
    company(&there, "other.example", 1);
    sold(&there, "small", None);
    let lines = taken(&here, "acme.example");
    let (north, mut again, wanted) = (
        there.reseller("north"),
        lines.again(),
        under("acme.example"),
    );
    let brought = archive::bring_clone(&there.office, &north, &mut again, &wanted);
    block_on(brought).unwrap();
    let plan = plan_of(&there, "acme.example");
    assert!(plan.is_some() && plan != plan_of(&here, "acme.example"));
}

#[test]
fn a_company_whose_plan_is_nowhere_here_comes_in_without_and_says_so() {
    let (here, there) = (Scene::new(), Scene::new());
    sold(&here, "small", Some("acme.example"));
    // another seed mints other ids
    company(&there, "other.example", 1);
    sold(&there, "large", None);
    let lines = taken(&here, "acme.example");
    let report = restored(&there, &lines, &Wanted::default()).unwrap();
    assert_eq!(plan_of(&there, "acme.example"), None);
    let said = report
        .notes
        .iter()
        .any(|note| note.starts_with("its plan is not here"));
    assert!(said, "{:?}", report.notes);
}

/// Puts a company on a plan of so many extensions, or changes that plan.
fn on_plan(scene: &Scene, domain: &str, extensions: usize) {
    let (office, platform) = (&scene.office, &scene.platform);
    let name = Unresolved::<Plan>::new("p");
    let maximum = json!({ "maximum": { "extensions": extensions } });
    if let Ok((found, _)) = block_on(documents::find(office, platform, &name)) {
        let changed = documents::patch::<Plan, _>(office, platform, found, None, &maximum);
        block_on(changed).unwrap();
        return;
    }
    let plan = json!({ "name": "p", "maximum": { "extensions": extensions } });
    block_on(documents::create::<Plan, _>(office, platform, plan)).unwrap();
    let found = scene.below(&scene.visit(domain).unwrap());
    let sold = json!({ "plan": "p" });
    let sold = documents::patch::<Tenant, _>(office, platform, found, None, &sold);
    block_on(sold).unwrap();
}

#[test]
fn an_archive_does_not_go_around_the_plan() {
    let scene = Scene::new();
    company(&scene, "acme.example", 2);
    on_plan(&scene, "acme.example", 3);
    let lines = taken(&scene, "acme.example");
    cloned(&scene, &lines, "one.example").unwrap();
    on_plan(&scene, "acme.example", 2);
    let refused = cloned(&scene, &lines, "two.example").unwrap_err();
    let said = "extensions: limit 2 by the plan, in use 0, wanted 3 more";
    assert!(refused.to_string().contains(said), "{refused}");
    assert!(scene.visit("two.example").is_err(), "nothing is half done");
    // the company itself had as many before, and is mended all the same
    let id = scene.visit("acme.example").unwrap().tenant.id;
    let mend = Wanted {
        replace: Some(id),
        ..Wanted::default()
    };
    restored(&scene, &lines, &mend).unwrap();
    let name = Unresolved::<Extension>::new("102");
    let scope = scene.visit("acme.example").unwrap().scope;
    let (found, _) = block_on(documents::find(&scene.office, &scope, &name)).unwrap();
    let gone = documents::delete::<Extension, _>(&scene.office, &scope, found, None);
    block_on(gone).unwrap();
    let refused = restored(&scene, &lines, &mend).unwrap_err();
    let said = "extensions: limit 2 by the plan, in use 2";
    assert!(refused.to_string().contains(said), "{refused}");
}
