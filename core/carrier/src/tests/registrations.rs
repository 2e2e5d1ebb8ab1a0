//! A registration against a carrier that grants, asks, delays, refuses and dies.

use crate::{Heard, Output, Registration, Request, Terms};
use bytes::Bytes;
use machine::{Instant, Machine, Random};
use sip_message::{Limits, Message, Name};
use sip_stack::digest::Login;
use std::time::Duration;

/// A trunk, its carrier written by hand, and the clock.
struct Scene {
    registration: Registration,
    now: Instant,
    said: Vec<String>,
    last: Option<(usize, Request)>,
}

impl Scene {
    fn with_peers(peers: usize) -> Scene {
        let terms = Terms {
            username: "trunk7".into(),
            domain: "carrier.example".into(),
            contact_user: "token".into(),
            expires: 600,
            peers,
        };
        let login = Login::new("auth7", "secret");
        Scene {
            registration: Registration::new(terms, login, Random::from_seed(3)),
            now: Instant::from_secs(100),
            said: Vec::new(),
            last: None,
        }
    }

    fn begun(peers: usize) -> Scene {
        let mut scene = Scene::with_peers(peers);
        scene.hear(Heard::Begin);
        scene
    }

    fn follow(&mut self, out: Vec<Output>) {
        for output in out {
            self.said.push(match output {
                Output::Ask { peer, request } => {
                    let said = format!("ask {peer} for {}", request.expires.unwrap());
                    self.last = Some((peer, *request));
                    said
                }
                Output::Up { peer } => format!("up at {peer}"),
                Output::Down { status } => format!("down {status}"),
            });
        }
    }

    fn hear(&mut self, heard: Heard) {
        let mut out = Vec::new();
        self.registration.handle(heard, self.now, &mut out);
        self.follow(out);
    }

    fn answer(&mut self, status: u16, headers: &str) {
        let text = format!(
            "SIP/2.0 {status} Whatever\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n\
             From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: x\r\n\
             CSeq: 1 REGISTER\r\n{headers}Content-Length: 0\r\n\r\n"
        );
        let message = Message::parse(Bytes::from(text), &Limits::DEFAULT).unwrap();
        self.hear(Heard::Response(Box::new(message)));
    }

    /// How long it is until the machine wakes; it is woken then.
    fn wake(&mut self) -> Duration {
        let at = self.registration.deadline().unwrap().at;
        let waited = at.saturating_since(self.now);
        self.now = at;
        let mut out = Vec::new();
        self.registration.expire(self.now, &mut out);
        self.follow(out);
        waited
    }

    fn said(&mut self) -> Vec<String> {
        std::mem::take(&mut self.said)
    }

    fn credential(&self, name: &str) -> Option<String> {
        let (_, request) = self.last.as_ref().unwrap();
        let (_, value) = request.credentials.as_ref()?;
        let credentials = sip_message::Credentials::parse(value).unwrap();
        credentials.param(name).map(Into::into)
    }
}

const ASKS: &str = "WWW-Authenticate: Digest realm=\"c\", nonce=\"n1\", qop=\"auth\"\r\n";

#[test]
fn a_trunk_registers_with_digest_and_refreshes_before_its_time_is_over() {
    let mut scene = Scene::begun(1);
    assert_eq!(scene.credential("nonce"), None);
    scene.answer(401, ASKS);
    assert_eq!(scene.credential("username").unwrap(), "auth7");
    assert_eq!(scene.credential("uri").unwrap(), "sip:carrier.example");
    scene.answer(
        200,
        "Contact: <sip:token@192.0.2.1>;expires=300\r\nExpires: 600\r\n",
    );
    assert_eq!(scene.said(), ["ask 0 for 600", "ask 0 for 600", "up at 0"]);
    let waited = scene.wake().as_secs();
    assert!((210..=255).contains(&waited), "{waited} of 300 s");
    assert_eq!(scene.credential("nc").unwrap(), "00000002");
    scene.answer(200, "");
    assert_eq!(scene.said(), ["ask 0 for 600"], "a refresh is no news");
    assert!(scene.registration.is_up());
}

#[test]
fn all_requests_share_a_call_id_and_count_up() {
    let mut scene = Scene::begun(1);
    let (_, first) = scene.last.clone().unwrap();
    scene.answer(401, ASKS);
    let (_, second) = scene.last.clone().unwrap();
    assert_eq!(first.call_id, second.call_id);
    assert_eq!(first.from, second.from);
    assert_eq!((first.number, second.number), (1, 2));
}

#[test]
fn the_contact_of_another_customer_grants_us_nothing() {
    let mut scene = Scene::begun(1);
    let contacts =
        "Contact: <sip:other@192.0.2.9>;expires=5, <sip:token@192.0.2.1>;expires=200\r\n";
    scene.answer(200, contacts);
    assert!(scene.wake() > Duration::from_secs(139));
}

#[test]
fn a_wrong_password_is_not_tried_again_and_again() {
    let mut scene = Scene::begun(2);
    scene.answer(401, ASKS);
    scene.answer(401, ASKS);
    assert_eq!(scene.said(), ["ask 0 for 600", "ask 0 for 600", "down 401"]);
    let mut longest = Duration::ZERO;
    for _ in 0..12 {
        longest = scene.wake();
        scene.answer(403, "");
    }
    assert!(longest >= Duration::from_secs(150), "{longest:?}");
    assert!(longest <= Duration::from_secs(300), "{longest:?}");
    let downs = scene
        .said()
        .iter()
        .filter(|said| said.starts_with("down"))
        .count();
    assert_eq!(downs, 0, "it was told already");
}

#[test]
fn a_silent_peer_is_followed_by_the_next_and_the_last_by_a_pause() {
    let mut scene = Scene::begun(2);
    scene.hear(Heard::Nothing);
    scene.answer(503, "");
    assert_eq!(scene.said(), ["ask 0 for 600", "ask 1 for 600", "down 503"]);
    let waited = scene.wake();
    assert!(waited >= Duration::from_millis(2_500) && waited <= Duration::from_secs(5));
    assert_eq!(scene.said(), ["ask 0 for 600"]);
}

#[test]
fn retry_after_is_heeded_up_to_an_hour() {
    for (asked, least, most) in [(120, 120, 120), (999_999, 3_600, 3_600)] {
        let mut scene = Scene::begun(1);
        scene.answer(503, &format!("Retry-After: {asked}\r\n"));
        let waited = scene.wake().as_secs();
        assert!((least..=most).contains(&waited), "{waited}");
    }
}

#[test]
fn an_interval_too_brief_is_asked_again_as_long_as_demanded() {
    let mut scene = Scene::begun(1);
    scene.answer(423, "Min-Expires: 1800\r\n");
    scene.answer(200, "Expires: 1800\r\n");
    assert_eq!(scene.said(), ["ask 0 for 600", "ask 0 for 1800", "up at 0"]);
    let mut absurd = Scene::begun(1);
    absurd.answer(423, "Min-Expires: 600\r\n");
    assert_eq!(absurd.said(), ["ask 0 for 600", "down 423"]);
}

#[test]
fn a_carrier_that_falls_silent_keeps_us_until_the_granted_time_is_over() {
    let mut scene = Scene::begun(1);
    scene.answer(200, "Expires: 100\r\n");
    scene.wake();
    scene.hear(Heard::Nothing);
    assert!(scene.registration.is_up());
    scene.said();
    for _ in 0..20 {
        if !scene.registration.is_up() {
            break;
        }
        scene.wake();
        scene.hear(Heard::Nothing);
    }
    assert_eq!(scene.now, Instant::from_secs(200));
    assert!(scene.said().contains(&"down 408".to_owned()));
}

#[test]
fn a_trunk_that_is_not_wanted_takes_its_registration_back() {
    let mut scene = Scene::begun(1);
    scene.answer(200, "");
    scene.said();
    scene.hear(Heard::End);
    assert_eq!(scene.said(), ["ask 0 for 0", "down 200"]);
    scene.answer(401, ASKS);
    assert_eq!(scene.said(), ["ask 0 for 0"]);
    scene.answer(200, "");
    assert_eq!(scene.registration.deadline(), None);
}

#[test]
fn two_trunks_that_fail_together_come_back_apart() {
    let wait = |seed| {
        let mut scene = Scene::with_peers(1);
        let terms = Terms {
            username: "a".into(),
            domain: "b".into(),
            contact_user: "c".into(),
            expires: 60,
            peers: 1,
        };
        let login = Login::new("a", "b");
        scene.registration = Registration::new(terms, login, Random::from_seed(seed));
        scene.hear(Heard::Begin);
        scene.hear(Heard::Nothing);
        scene.wake()
    };
    assert_ne!(wait(1), wait(2));
    assert_eq!(wait(1), wait(1));
}

#[test]
fn a_register_says_where_we_are_and_for_how_long() {
    let scene = Scene::begun(1);
    let (_, request) = scene.last.clone().unwrap();
    let mut random = Random::from_seed(1);
    let mut transactions = sip_stack::transaction::Transactions::new(
        sip_stack::transaction::Limits::default(),
        random.fork("x"),
    );
    let (local, remote) = (([192, 0, 2, 1], 5060).into(), ([192, 0, 2, 2], 5060).into());
    let flow = sip_message::Flow::tcp(local, remote, 0);
    let bytes = request.message(flow, transactions.branch(), "Test", &[]);
    let message = Message::parse(bytes, &Limits::DEFAULT).unwrap();
    assert!(message.check_request().is_ok());
    assert_eq!(
        message.header(Name::Contact),
        Some("<sip:token@192.0.2.1:5060;transport=tcp>")
    );
    assert_eq!(message.expires(), Ok(Some(600)));
    assert_eq!(message.cseq().unwrap().number, 1);
}
