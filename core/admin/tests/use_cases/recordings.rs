//! Recordings: who hears one is noted, what is held stays, and sound goes with what is known of it.

use std::sync::Arc;

use admin::access::Entered;
use admin::recordings::Refusal;
use admin::{Office, documents, erasure, recordings, retention};
use domain::{
    AuditEntry, Hold, Plan, RecordedSides, Recording, RecordingKey, RecordingState, Tenant, User,
};
use ids::{CallId, ExtensionId, RecordingId};
use machine::WallTime;
use ports::{
    AtOnce, ExchangeStore, MemoryShelf, Page, RecordedForm, RecordingBook, RecordingQuery, Store,
    StoreError,
};
use serde_json::{Value, json};
use store::block_on;
use tenancy::Unresolved;

use crate::office::{MORNING, Scene};
use crate::talks::{party, talk_of};

const DAY: i64 = 24 * 3_600_000;

/// An exchange whose calls are recorded.
struct Recorded {
    scene: Scene,
    office: Office,
    shelf: Arc<MemoryShelf>,
}

impl Recorded {
    fn new() -> Recorded {
        let (scene, shelf) = (Scene::new(), Arc::new(MemoryShelf::new()));
        let office = scene.office.clone().with_shelf(shelf.clone());
        Recorded {
            scene,
            office,
            shelf,
        }
    }

    /// A recording with sound that began so long after the morning, between these numbers.
    fn recording(&self, company: &Entered, after: i64, numbers: (&str, &str)) -> Recording {
        let began = MORNING + after;
        let unix_ms = u64::try_from(began).unwrap();
        let recording = Recording {
            id: RecordingId::new(unix_ms, 7),
            tenant: company.tenant.id,
            call: CallId::new(unix_ms, 2),
            caller: numbers.0.to_owned(),
            called: numbers.1.to_owned(),
            began: WallTime::from_unix_ms(began),
            lasts_ms: 3_000,
            octets: 5,
            state: RecordingState::Finished,
            conference: None,
            members: Vec::new(),
            client: None,
            sides: RecordedSides::Stereo,
            paused: false,
            key: RecordingKey([5; 32]),
        };
        self.keep(&recording);
        recording
    }

    fn keep(&self, recording: &Recording) {
        let written = self.scene.store.write_recordings(vec![recording.clone()]);
        assert_eq!(block_on(written), Ok(1));
        self.shelf.put(recording, b"sound".to_vec());
    }

    fn heard(&self, company: &Entered, id: RecordingId) -> Result<Vec<u8>, Refusal> {
        let what = (id, RecordedForm::Ogg);
        let opened = recordings::heard(&self.office, &company.scope, &AtOnce, what);
        Ok(block_on(opened)?.flat_map(Result::unwrap).collect())
    }

    fn remove(&self, company: &Entered, recording: &Recording) -> Result<(), Refusal> {
        let scope = &company.scope;
        block_on(recordings::remove(
            &self.office,
            scope,
            &AtOnce,
            recording.id,
        ))
    }

    fn known(&self, recording: &Recording, company: &Entered) -> bool {
        let found = self.scene.store.recording(&company.scope, recording.id);
        block_on(found).unwrap().is_some()
    }

    /// Whether the recording is there with its sound, or neither of them.
    fn is_there(&self, recording: &Recording, company: &Entered) -> bool {
        let known = self.known(recording, company);
        assert_eq!(self.shelf.has(recording), known, "sound and knowledge");
        known
    }

    /// Entries of the trail with this action.
    fn trail(&self, company: &Entered, action: &str) -> Vec<AuditEntry> {
        let page = Page::default();
        let trail = Store::audit(&*self.scene.store, &company.scope, &page);
        let mut entries = block_on(trail).unwrap().entries;
        entries.retain(|entry| entry.action == action);
        entries
    }

    fn hold(&self, company: &Entered, spec: Value) {
        let spec: Hold = serde_json::from_value(spec).unwrap();
        let made = documents::add(&self.office, &company.scope, spec, None);
        block_on(made).unwrap();
    }

    /// Carries retention out to its end; how many recordings are gone.
    fn retain(&self, company: &Entered) -> usize {
        let mut progress = retention::Progress::default();
        for _ in 0..20 {
            let step = retention::step(&self.office, company.tenant.id, progress.clone());
            match block_on(step).unwrap() {
                Some(next) => progress = next,
                None => return progress.recordings,
            }
        }
        panic!("retention without an end");
    }
}

/// A company on a plan that keeps records for thirty days.
fn company(scene: &Scene, domain: &str) -> Entered {
    let plan = json!({ "name": domain, "caps": { "cdr_days": 30 } });
    let plan: Plan = serde_json::from_value(plan).unwrap();
    block_on(documents::add(&scene.office, &scene.platform, plan, None)).unwrap();
    let spec = json!({ "domains": [domain], "plan": domain });
    let made = documents::create::<Tenant, _>(&scene.office, &scene.platform, spec);
    block_on(made).unwrap();
    scene.visit(domain).unwrap()
}

#[test]
fn whoever_hears_a_recording_is_noted_and_the_key_is_not() {
    let world = Recorded::new();
    let acme = world.scene.company("acme.example");
    let recording = world.recording(&acme, 1, ("101", "102"));
    assert_eq!(world.heard(&acme, recording.id).unwrap(), b"sound");
    let noted = world.trail(&acme, "recording.heard");
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0].target, recording.id.to_string());
    assert_eq!(noted[0].actor, acme.scope.actor().to_string());
    let told = noted[0].after.as_ref().unwrap();
    assert_eq!(
        (&told["caller"], &told["called"]),
        (&json!("101"), &json!("102"))
    );
    assert!(told.get("key").is_none());
}

#[test]
fn what_is_not_there_or_a_neighbours_is_not_heard_and_nothing_is_noted() {
    let world = Recorded::new();
    let (acme, globex) = (
        world.scene.company("acme.example"),
        world.scene.company("globex.example"),
    );
    let recording = world.recording(&acme, 1, ("101", "102"));
    let missing = Refusal::Store(StoreError::NotFound);
    assert_eq!(world.heard(&globex, recording.id).unwrap_err(), missing);
    assert_eq!(world.remove(&globex, &recording).unwrap_err(), missing);
    let silent = Recording {
        id: RecordingId::new(1, 1),
        ..recording.clone()
    };
    let written = world.scene.store.write_recordings(vec![silent.clone()]);
    assert_eq!(block_on(written), Ok(1));
    assert_eq!(world.heard(&acme, silent.id).unwrap_err(), missing);
    for company in [&acme, &globex] {
        assert_eq!(world.trail(company, "recording.heard"), []);
        assert_eq!(world.trail(company, "recording.removed"), []);
    }
    assert!(world.is_there(&recording, &acme));
}

#[test]
fn a_recording_is_removed_with_its_sound_and_the_trail_says_so() {
    let world = Recorded::new();
    let acme = world.scene.company("acme.example");
    let recording = world.recording(&acme, 1, ("101", "102"));
    let other = world.recording(&acme, 2, ("101", "102"));
    world.remove(&acme, &recording).unwrap();
    assert!(!world.is_there(&recording, &acme));
    assert!(world.is_there(&other, &acme));
    let noted = world.trail(&acme, "recording.removed");
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0].target, recording.id.to_string());
    let again = world.remove(&acme, &recording);
    assert_eq!(again, Err(Refusal::Store(StoreError::NotFound)));
}

#[test]
fn a_recording_stays_known_while_its_sound_cannot_be_removed() {
    let world = Recorded::new();
    let acme = world.scene.company("acme.example");
    let recording = world.recording(&acme, 1, ("101", "102"));
    world.shelf.set_available(false);
    let refused = world.remove(&acme, &recording);
    assert!(matches!(
        refused,
        Err(Refusal::Store(StoreError::Unavailable { .. }))
    ));
    assert!(world.is_there(&recording, &acme));
    world.shelf.set_available(true);
    world.remove(&acme, &recording).unwrap();
}

#[test]
fn what_is_being_recorded_cannot_be_removed() {
    let world = Recorded::new();
    let acme = world.scene.company("acme.example");
    let running = Recording {
        state: RecordingState::Running,
        ..world.recording(&acme, 1, ("101", "102"))
    };
    world.keep(&running);
    assert_eq!(world.remove(&acme, &running), Err(Refusal::Running));
    assert!(world.is_there(&running, &acme));
    world.scene.wait(100 * DAY);
    assert_eq!(world.heard(&acme, running.id).unwrap(), b"sound");
}

#[test]
fn a_hold_of_either_side_of_its_call_or_of_all_keeps_a_recording_and_is_named() {
    let world = Recorded::new();
    let acme = company(&world.scene, "acme.example");
    let ann = world.scene.extension(&acme, "101").id;
    let bob = world.scene.extension(&acme, "102").id;
    let user = json!({ "mail": "bob@acme.example", "role": "user", "extension": "102" });
    block_on(documents::create::<User, _>(
        &world.office,
        &acme.scope,
        user,
    ))
    .unwrap();
    let free = world.recording(&acme, 1, ("+4930111", "103"));
    let from = world.recording(&acme, 2, ("101", "+4930111"));
    let to = world.recording(&acme, 3, ("+4930111", "102"));
    // she came into the call later, which its record knows
    let later = world.recording(&acme, 4, ("+4930111", "103"));
    with_record(&world, &acme, &later, ann);
    world.hold(
        &acme,
        json!({ "name": "hers", "reason": "x", "extension": ann }),
    );
    let his = json!({ "name": "his", "reason": "x", "user": "bob@acme.example" });
    block_on(documents::create::<Hold, _>(
        &world.office,
        &acme.scope,
        his,
    ))
    .unwrap();
    assert_ne!(ann, bob);
    for (kept, name) in [(&from, "hers"), (&to, "his"), (&later, "hers")] {
        let Err(Refusal::Store(StoreError::InUse { by, .. })) = world.remove(&acme, kept) else {
            panic!("{name} keeps it");
        };
        let names: Vec<&str> = by.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, [name]);
    }
    world.scene.wait(100 * DAY);
    assert_eq!(world.retain(&acme), 1, "the one that nobody holds");
    assert!(!world.is_there(&free, &acme));
    let left = world.recording(&acme, 5, ("+4930111", "103"));
    world.hold(&acme, json!({ "name": "all", "reason": "x" }));
    assert_eq!(world.retain(&acme), 0);
    assert!(matches!(
        world.remove(&acme, &left),
        Err(Refusal::Store(StoreError::InUse { .. }))
    ));
    for kept in [&from, &to, &later, &left] {
        assert!(world.is_there(kept, &acme));
    }
}

/// The record of a recording's call, with somebody in it.
fn with_record(world: &Recorded, company: &Entered, recording: &Recording, who: ExtensionId) {
    let number = u64::try_from(recording.began.unix_ms()).unwrap();
    let caller = party(Some(who), "101", "");
    let record = talk_of(company, number, recording.began, caller);
    assert_eq!(record.call, recording.call);
    assert_eq!(block_on(world.scene.store.write_cdrs(vec![record])), Ok(1));
}

#[test]
fn recordings_are_kept_as_long_as_call_records_and_a_neighbours_longer() {
    let world = Recorded::new();
    let acme = company(&world.scene, "acme.example");
    let globex = world.scene.company("globex.example");
    // more than one step removes
    let numbers = ("101", "102");
    let old: Vec<Recording> = (0..45)
        .map(|n| world.recording(&acme, n, numbers))
        .collect();
    let running = Recording {
        state: RecordingState::Running,
        ..world.recording(&acme, 100, numbers)
    };
    world.keep(&running);
    let young = world.recording(&acme, DAY, numbers);
    let theirs = world.recording(&globex, 1, numbers);
    world.scene.wait(30 * DAY);
    assert_eq!(world.retain(&acme), 0, "thirty days are not over");
    world.scene.wait(DAY);
    assert_eq!(world.retain(&acme), old.len());
    for gone in &old {
        assert!(!world.is_there(gone, &acme));
    }
    assert!(world.is_there(&running, &acme) && world.is_there(&young, &acme));
    assert_eq!(world.retain(&globex), 0, "whose plan keeps them for ever");
    assert!(world.is_there(&theirs, &globex));
    let query = RecordingQuery::default();
    let listed = world.scene.store.recordings(&acme.scope, &query);
    assert_eq!(block_on(listed).unwrap().recordings, [young, running]);
}

fn erase(world: &Recorded, company: &Entered) -> erasure::Report {
    let reference = Unresolved::new(company.tenant.id.to_string());
    let platform = &world.scene.platform;
    let erased = erasure::erase(&world.office, &AtOnce, platform, &reference, |_| ());
    block_on(erased).unwrap()
}

#[test]
fn with_a_company_goes_all_its_sound_and_no_neighbours() {
    let world = Recorded::new();
    let (acme, globex) = (
        world.scene.company("acme.example"),
        world.scene.company("globex.example"),
    );
    let ours = world.recording(&acme, 1, ("101", "102"));
    let theirs = world.recording(&globex, 1, ("101", "102"));
    let report = erase(&world, &acme);
    assert_eq!(report.sound_left, None);
    assert_eq!(report.rows["recordings"], 1);
    assert!(!world.shelf.has(&ours));
    assert!(world.is_there(&theirs, &globex));
}

#[test]
fn a_report_says_that_sound_could_not_be_removed() {
    let world = Recorded::new();
    let acme = world.scene.company("acme.example");
    let ours = world.recording(&acme, 1, ("101", "102"));
    world.shelf.set_available(false);
    let report = erase(&world, &acme);
    let why = report.sound_left.unwrap();
    assert!(why.contains("taken away"), "{why}");
    assert!(!world.known(&ours, &acme));
}

#[test]
fn what_is_held_keeps_its_sound_when_its_company_should_be_erased() {
    let world = Recorded::new();
    let acme = world.scene.company("acme.example");
    let ours = world.recording(&acme, 1, ("101", "102"));
    world.hold(&acme, json!({ "name": "all", "reason": "x" }));
    let reference = Unresolved::new(acme.tenant.id.to_string());
    let platform = &world.scene.platform;
    let refused = erasure::erase(&world.office, &AtOnce, platform, &reference, |_| ());
    assert!(matches!(block_on(refused), Err(StoreError::InUse { .. })));
    assert!(world.is_there(&ours, &acme));
}
