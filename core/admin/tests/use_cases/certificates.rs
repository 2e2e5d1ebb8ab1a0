//! Certificates that come by themselves, of an authority that does as it is told.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use admin::certificates::{self, Issuance, Round, Shown, Source};
use async_trait::async_trait;
use machine::WallTime;
use ports::{CertificateAuthority, ChallengeDesk, Given, Page, Refusal, StoreError};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use store::block_on;
use tenancy::PlatformScope;

use crate::office::Scene;

const DAY_MS: i64 = 86_400_000;
/// The day on which scenes begin.
const BEGIN: (i32, u8, u8) = (2023, 11, 15);
const HOST: &str = "sip.example.net";

/// An authority whose certificates are good for 90 days.
#[derive(Default)]
struct Scripted {
    days: AtomicUsize,
    accounts: AtomicUsize,
    asked: Mutex<Vec<String>>,
    refuses: AtomicBool,
    window: Mutex<Option<(WallTime, WallTime)>>,
}

impl Scripted {
    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    fn certificate(&self, name: &str) -> Given {
        let (year, month, day) = BEGIN;
        let past = u64::try_from(self.days.load(Ordering::Relaxed)).unwrap();
        let begin = date_time_ymd(year, month, day) + Duration::from_secs(past * 86_400);
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = begin;
        params.not_after = begin + Duration::from_secs(90 * 86_400);
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().unwrap();
        Given {
            chain: params.self_signed(&key).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }
}

#[async_trait]
impl CertificateAuthority for Scripted {
    fn directory(&self) -> &'static str {
        "https://ca.example/directory"
    }

    async fn enrol(&self) -> Result<String, Refusal> {
        self.accounts.fetch_add(1, Ordering::Relaxed);
        Ok("an account".to_owned())
    }

    async fn ask(
        &self,
        account: &str,
        name: &str,
        desk: &dyn ChallengeDesk,
    ) -> Result<Given, Refusal> {
        assert_eq!(account, "an account");
        self.asked.lock().unwrap().push(name.to_owned());
        desk.answer("token-1", "token-1.thumb").await?;
        if self.refuses.load(Ordering::Relaxed) {
            return Err(Refusal::new("it is away"));
        }
        Ok(self.certificate(name))
    }

    async fn advice(
        &self,
        _: &str,
        _: &(String, String),
    ) -> Result<Option<((WallTime, WallTime), Duration)>, Refusal> {
        let window = *self.window.lock().unwrap();
        Ok(window.map(|window| (window, Duration::from_secs(3_600))))
    }
}

/// A scene with its authority.
struct World {
    scene: Scene,
    authority: Scripted,
}

impl World {
    fn new() -> World {
        World {
            scene: Scene::new(),
            authority: Scripted::default(),
        }
    }

    fn round_of(&self, holder: &str) -> Round {
        self.round_for(&[HOST.to_owned()], holder)
    }

    fn round_for(&self, names: &[String], holder: &str) -> Round {
        let issuance = Issuance {
            office: &self.scene.office,
            operator: &self.scene.platform,
            authority: &self.authority,
            names,
            holder,
        };
        block_on(issuance.round()).unwrap()
    }

    fn round(&self) -> Round {
        self.round_of("one")
    }

    fn wait_days(&self, days: usize) {
        self.authority.days.fetch_add(days, Ordering::Relaxed);
        self.scene.wait(DAY_MS * i64::try_from(days).unwrap());
    }

    fn shown(&self) -> Shown {
        let scope = PlatformScope::at_console();
        let mut all = block_on(certificates::list(&self.scene.office, &scope)).unwrap();
        all.pop().unwrap()
    }

    fn in_use(&self) -> Option<Given> {
        let names = [HOST.to_owned()];
        let mut all = block_on(certificates::in_use(&self.scene.office, &names)).unwrap();
        all.pop().map(|one| one.given)
    }
}

#[test]
fn a_certificate_is_asked_for_once_and_again_after_two_thirds_of_its_lifetime() {
    let world = World::new();
    assert_eq!(world.round().given, [HOST]);
    let first = world.in_use().unwrap();
    assert_eq!(
        world.round(),
        Round {
            left: world.round().left,
            ..Round::default()
        }
    );
    world.wait_days(59);
    assert!(world.round().given.is_empty());
    world.wait_days(1);
    assert_eq!(world.round().given, [HOST]);
    assert!(world.in_use().unwrap() != first);
    assert_eq!(world.authority.asked(), 2);
    assert_eq!(world.authority.accounts.load(Ordering::Relaxed), 1);
}

#[test]
fn a_failure_leaves_the_old_certificate_and_is_told_and_tried_again_after_a_pause() {
    let world = World::new();
    world.round();
    let first = world.in_use();
    world.wait_days(60);
    world.authority.refuses.store(true, Ordering::Relaxed);
    assert_eq!(
        world.round().refused,
        [(HOST.to_owned(), "it is away".to_owned())]
    );
    assert!(world.in_use() == first && first.is_some());
    assert!(world.round().refused.is_empty(), "a pause first");
    let shown = world.shown();
    assert_eq!(
        (shown.problem.as_deref(), shown.failures),
        (Some("it is away"), 1)
    );
    assert_eq!(
        shown.next,
        shown.tried.map(|tried| tried + Duration::from_secs(300))
    );
    world.scene.wait(300_000);
    world.authority.refuses.store(false, Ordering::Relaxed);
    assert_eq!(world.round().given, [HOST]);
    assert_eq!(world.shown().problem, None);
}

#[test]
fn little_that_is_left_is_told_once_and_stands_in_the_trail() {
    let world = World::new();
    world.round();
    world.authority.refuses.store(true, Ordering::Relaxed);
    world.wait_days(76);
    let low = world.round().low;
    assert_eq!(low.len(), 1);
    world.wait_days(1);
    assert!(world.round().low.is_empty());
    let page = Page::first(100);
    let scene = &world.scene;
    let trail = block_on(scene.office.store().account_audit(&scene.platform, &page)).unwrap();
    let acts = trail.entries.iter().filter(|entry| entry.target == HOST);
    let mut acts: Vec<&str> = acts.map(|entry| entry.action.as_str()).collect();
    // what happens in one millisecond has no order
    acts.sort_unstable();
    let refused = "certificate.refused";
    assert_eq!(
        acts,
        ["certificate.ending", "certificate.given", refused, refused]
    );
    assert!(
        trail
            .entries
            .iter()
            .all(|entry| entry.actor != "operator" || entry.target != HOST)
    );
}

#[test]
fn a_node_that_holds_the_lease_keeps_others_from_asking_until_it_has_ended() {
    let world = World::new();
    let lease = format!(
        r#"{{"holder":"two","until":{}}}"#,
        world.scene.office.now().unix_ms() + 1_000
    );
    let store = world.scene.office.store();
    block_on(store.swap_sealed("lease", None, Some(lease.as_bytes()))).unwrap();
    assert_eq!(world.round_of("one"), Round::default());
    assert_eq!(world.authority.asked(), 0);
    world.scene.wait(1_000);
    assert_eq!(world.round_of("one").given, [HOST]);
    assert!(
        block_on(store.sealed("lease")).unwrap().is_empty(),
        "it is given back"
    );
}

// rfc: 8555 §8.3 the answer to an http-01 challenge, of whichever node is asked
#[test]
fn an_authority_is_answered_while_it_is_asked_and_no_token_of_others_ever() {
    let world = World::new();
    let office = &world.scene.office;
    let answer = |token: &str| block_on(certificates::answer(office, token)).unwrap();
    let noted = r#"{"token":"token-1","authorization":"token-1.thumb"}"#;
    let place = format!("challenge/{HOST}");
    let put = office
        .store()
        .swap_sealed(&place, None, Some(noted.as_bytes()));
    assert_eq!(block_on(put), Ok(true));
    assert_eq!(answer("token-1").as_deref(), Some("token-1.thumb"));
    for other in ["", "token-2", "token", "../token-1", &"t".repeat(257)] {
        assert_eq!(answer(other), None, "{other}");
    }
    world.round();
    assert_eq!(answer("token-1"), None, "the attempt is over");
}

#[test]
fn advice_of_the_authority_is_followed() {
    let world = World::new();
    world.round();
    let day = world.scene.office.now() + Duration::from_secs(10 * 86_400);
    *world.authority.window.lock().unwrap() = Some((day, day));
    world.round();
    assert_eq!(world.shown().next, Some(day));
    world.wait_days(10);
    assert_eq!(world.round().given, [HOST]);
}

#[test]
fn an_operator_has_a_certificate_asked_for_anew_and_no_file_and_nothing_unknown() {
    let world = World::new();
    world.round();
    let (office, scope) = (&world.scene.office, PlatformScope::at_console());
    let renew = |name: &str| block_on(certificates::renew(office, &scope, name));
    assert_eq!(renew("other.example.net"), Err(StoreError::NotFound));
    let file = world.authority.certificate("other.example.net").chain;
    block_on(certificates::note_files(office, &[file.into_bytes()])).unwrap();
    let all = block_on(certificates::list(office, &scope)).unwrap();
    assert_eq!(
        all.iter().map(|one| one.source).collect::<Vec<_>>(),
        [Source::File, Source::Acme]
    );
    assert!(matches!(
        renew("other.example.net"),
        Err(StoreError::Invalid(_))
    ));
    assert_eq!(renew(HOST).unwrap().next, Some(office.now()));
    assert_eq!(world.round().given, [HOST]);
}

#[test]
fn a_host_that_is_asked_for_no_more_is_forgotten_a_month_after_its_certificate_has_ended() {
    let world = World::new();
    world.round();
    let scope = PlatformScope::at_console();
    let all = || block_on(certificates::list(&world.scene.office, &scope)).unwrap();
    world.wait_days(119);
    assert_eq!(world.round_for(&[], "one"), Round::default());
    assert_eq!(all().len(), 1);
    world.wait_days(1);
    world.round_for(&[], "one");
    assert!(all().is_empty());
}

#[test]
fn a_file_is_for_its_names_and_for_those_that_its_wildcard_covers() {
    let world = World::new();
    let chain = world.authority.certificate("*.example.net").chain;
    let is_for = |name| certificates::is_for(chain.as_bytes(), name).unwrap();
    assert!(is_for("sip.example.net"));
    assert!(!is_for("example.net") && !is_for("a.sip.example.net"));
}
