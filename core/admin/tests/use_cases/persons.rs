//! A person's data is found, handed out and erased; what is on hold stays.

use admin::{access::Entered, documents, persons, retention};
use domain::{Cdr, Extension, Hold, KindName, Resource, Step, User};
use machine::WallTime;
use ports::{CdrQuery, EventLog, EventQuery, ExchangeStore, Page, Store, StoreError};
use serde_json::{Value, json};
use store::block_on;
use tenancy::Unresolved;

use crate::office::{MORNING, Scene};
use crate::talks::{party, talk_of};

const DAY: i64 = 24 * 3_600_000;

/// A company with Ann, who has 101, and Bob, who has 102; they talked.
struct Company {
    scene: Scene,
    acme: Entered,
    ann: Resource<Extension>,
}

fn company() -> Company {
    let scene = Scene::new();
    let acme = scene.company("acme.example");
    let (ann, bob) = (scene.extension(&acme, "101"), scene.extension(&acme, "102"));
    for (mail, name, extension) in [("ann", "Ann Lee", &ann), ("bob", "Bob Ray", &bob)] {
        let spec: User = serde_json::from_value(json!({
            "mail": format!("{mail}@acme.example"), "display_name": name, "role": "user",
            "extension": extension.id,
        }))
        .unwrap();
        block_on(documents::add(&scene.office, &acme.scope, spec, None)).unwrap();
    }
    let company = Company { scene, acme, ann };
    company.talk(1, company.ann.id, bob.id);
    company
}

impl Company {
    fn talk(&self, number: u64, from: ids::ExtensionId, to: ids::ExtensionId) {
        self.write(self.record(number, from, to));
    }

    fn write(&self, record: Cdr) {
        let written = self.scene.store.write_cdrs(vec![record]);
        assert_eq!(block_on(written), Ok(1));
    }

    fn record(&self, number: u64, from: ids::ExtensionId, to: ids::ExtensionId) -> Cdr {
        let at = WallTime::from_unix_ms(MORNING);
        let caller = party(Some(from), "101", "Ann Lee");
        Cdr {
            destination: Some(party(Some(to), "102", "Bob Ray")),
            ..talk_of(&self.acme, number, at, caller)
        }
    }

    fn hold(&self, spec: Value) -> Resource<Hold> {
        let spec: Hold = serde_json::from_value(spec).unwrap();
        let made = documents::add(&self.scene.office, &self.acme.scope, spec, None);
        block_on(made).unwrap().resource
    }

    fn release(&self, hold: &Resource<Hold>) {
        let name = Unresolved::new(hold.id.to_string());
        let (office, scope) = (&self.scene.office, &self.acme.scope);
        let (found, _) = block_on(documents::find::<Hold, _>(office, scope, &name)).unwrap();
        block_on(documents::delete::<Hold, _>(office, scope, found, None)).unwrap();
    }

    fn erase(&self, person: &str) -> Result<persons::Erasure, StoreError> {
        block_on(persons::erase(&self.scene.office, &self.acme.scope, person))
    }

    /// Everything that the company's admins can read.
    fn all(&self) -> String {
        let (store, scope) = (&*self.scene.store, &self.acme.scope);
        let cdrs = block_on(store.cdrs(scope, &CdrQuery::default())).unwrap();
        let audit = block_on(Store::audit(store, scope, &Page::default())).unwrap();
        let events = block_on(store.events(scope, &EventQuery::default())).unwrap();
        let extension = self.ann.id.to_string();
        let history = block_on(store.history(scope, KindName::Extension, &extension)).unwrap();
        let users = block_on(store.list(scope, KindName::User, &Page::default())).unwrap();
        format!("{cdrs:?} {audit:?} {events:?} {history:?} {users:?}")
    }

    fn records(&self) -> usize {
        let query = CdrQuery::default();
        let listed = self.scene.store.cdrs(&self.acme.scope, &query);
        block_on(listed).unwrap().cdrs.len()
    }

    /// Carries retention out to its end.
    fn retain(&self) {
        let mut progress = retention::Progress::default();
        let (office, tenant) = (&self.scene.office, self.acme.tenant.id);
        for _ in 0..10 {
            match block_on(retention::step(office, tenant, progress)).unwrap() {
                Some(next) => progress = next,
                None => return,
            }
        }
        panic!("retention without an end");
    }
}

#[test]
fn a_person_is_found_by_mail_number_and_id_with_all_that_belongs_to_it() {
    let company = company();
    let (office, scope) = (&company.scene.office, &company.acme.scope);
    let places = |person: &str| {
        let found = block_on(persons::find(office, scope, person)).unwrap();
        let words = found.places.into_iter().map(|place| place.what);
        words.collect::<Vec<_>>()
    };
    let by_mail = places("ann@acme.example");
    for what in ["user", "extension", "call_record", "audit", "event"] {
        assert!(by_mail.iter().any(|one| one == what), "{what}: {by_mail:?}");
    }
    assert_eq!(places("101"), by_mail);
    assert_eq!(places(&company.ann.id.to_string()), by_mail);
    for nobody in ["carl@acme.example", "operator", "job test", "10"] {
        let found = block_on(persons::find(office, scope, nobody));
        assert_eq!(found, Err(StoreError::NotFound), "{nobody}");
    }
    let neighbour = company.scene.company("globex.example");
    let stranger = block_on(persons::find(office, &neighbour.scope, "ann@acme.example"));
    assert_eq!(stranger, Err(StoreError::NotFound));
}

#[test]
fn an_export_holds_the_persons_data_and_is_noted() {
    let company = company();
    let (office, scope) = (&company.scene.office, &company.acme.scope);
    let export = block_on(persons::export(office, scope, "ann@acme.example")).unwrap();
    assert_eq!(export.data["user"][0]["spec"]["display_name"], "Ann Lee");
    assert_eq!(export.data["call_record"][0]["caller"]["number"], "101");
    assert!(company.all().contains("person.exported"));
}

#[test]
fn an_export_holds_no_call_of_a_longer_number_or_of_who_had_the_number_before() {
    let company = company();
    let (scene, acme) = (&company.scene, &company.acme);
    let others = [scene.extension(acme, "1010"), scene.extension(acme, "2101")];
    let nameless = |number| {
        let mut record = company.record(number, others[0].id, others[1].id);
        record.caller.display.clear();
        record
    };
    // it says 101: the number was another's at that time
    company.write(nameless(2));
    let mut strange = nameless(3);
    strange.caller.number = "1010".to_owned();
    strange.dialled = "+49-101-2101".to_owned();
    strange.explanation.push(Step {
        at: None,
        text: "answered at 192.0.2.101:5060".to_owned(),
        rule: "test".to_owned(),
        because: "*101 and 0101 are others".to_owned(),
    });
    company.write(strange);
    assert_eq!(company.records(), 3);
    let export = block_on(persons::export(&scene.office, &acme.scope, "101")).unwrap();
    let calls: Vec<_> = export.data["call_record"].iter().collect();
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert_eq!(calls[0]["caller"]["extension"], company.ann.id.to_string());
}

#[test]
fn an_erased_person_is_named_nowhere_and_others_are() {
    let company = company();
    let erased = company.erase("ann@acme.example").unwrap();
    let all = company.all();
    for word in ["ann@acme.example", "Ann Lee", "\"101\""] {
        assert!(!all.contains(word), "{word}: {all}");
    }
    assert!(all.contains("Bob Ray") && all.contains(&erased.pseudonym));
    assert_eq!(company.records(), 1, "that they talked is still known");
    assert_eq!(erased.changed["user"], 1);
}

#[test]
fn a_hold_on_a_person_an_extension_or_the_company_refuses_the_erasure() {
    let company = company();
    let covers = [
        json!({ "name": "a", "reason": "x" }),
        json!({ "name": "b", "reason": "x", "extension": company.ann.id }),
    ];
    for spec in covers {
        let hold = company.hold(spec);
        let Err(StoreError::InUse { by, .. }) = company.erase("ann@acme.example") else {
            panic!("an erasure of what is held");
        };
        assert_eq!(
            (by[0].kind, &by[0].id),
            (KindName::Hold, &hold.id.to_string())
        );
        company.release(&hold);
    }
    company.erase("ann@acme.example").unwrap();
}

#[test]
fn records_end_with_their_retention_and_those_on_hold_do_not() {
    let company = company();
    company.retain();
    assert_eq!(company.records(), 1, "it is not old yet");
    company.scene.wait(500 * DAY);
    let hold = company.hold(json!({
        "name": "a", "reason": "x", "extension": company.ann.id,
    }));
    company.retain();
    assert_eq!(company.records(), 1, "it is on hold");
    company.release(&hold);
    company.retain();
    assert_eq!(company.records(), 0);
}
