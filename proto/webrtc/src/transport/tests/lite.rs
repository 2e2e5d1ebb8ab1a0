//! Towards a peer that answers only.

use super::*;
use crate::limits::{CONSENT, CONSENT_ASKED};
use crate::seeker::Ways;

const THEIR_PWD: &str = "a+password+of+somebody+else";

/// A peer that answers only, at port 5,000 behind one that nobody listens at, and is lossy.
struct Lite {
    transport: Transport<Scripted>,
    /// Loses every so many requests.
    loses: u32,
    asked: u32,
}

impl Lite {
    fn new(loses: u32) -> Lite {
        let words = IceCredentials::new("9uB6", THEIR_PWD).unwrap();
        Lite {
            transport: Transport::new(words, Scripted::default()),
            loses,
            asked: 0,
        }
    }

    /// What it says to datagrams.
    fn answers(&mut self, sent: &[Output], now: Instant) -> Vec<Input> {
        let mut said = Vec::new();
        for output in sent {
            let Output::Send { to, octets } = output else {
                continue;
            };
            self.asked += 1;
            if to.port() != 5_000 || self.asked.is_multiple_of(self.loses) {
                continue;
            }
            let (from, octets) = (at(4_000), octets.clone());
            self.transport
                .handle(Input::Datagram { from, octets }, now, &mut said);
        }
        let sends = said.into_iter().filter_map(|output| match output {
            Output::Send { octets, .. } => Some(octets),
            Output::Selected(_) | Output::Keyed { .. } | Output::Failed(_) | Output::Gone => None,
        });
        let from = at(5_000);
        sends
            .map(|octets| Input::Datagram { from, octets })
            .collect()
    }
}

pub(super) fn waits() -> Input {
    Input::Waits(Ways {
        ours: IceCredentials::new("8hhYAbCd", PWD).unwrap(),
        theirs: IceCredentials::new("9uB6", THEIR_PWD).unwrap(),
        to: vec![at(5_001), at(5_000)],
    })
}

/// Lets so much time pass between the two; what ours tells besides what it sends.
fn play(driver: &mut Driver<Transport<Scripted>>, lite: &mut Lite, by: Duration) -> Vec<Output> {
    let tick = Duration::from_millis(10);
    let (mut told, mut now) = (Vec::new(), Instant::from_millis(0));
    let mut passed = Duration::ZERO;
    while passed < by {
        let mut sent = pass(driver, tick);
        while !sent.is_empty() {
            now += tick;
            let answers = lite.answers(&sent, now);
            let is_sent = |output: &Output| matches!(output, Output::Send { .. });
            told.extend(sent.into_iter().filter(|output| !is_sent(output)));
            sent = answers
                .into_iter()
                .flat_map(|it| driver.input(it))
                .collect();
        }
        passed += tick;
    }
    told
}

// rfc: 8445 §2.5
#[test]
fn a_peer_that_answers_only_is_found_whatever_is_lost() {
    for loses in 2..=9 {
        let (mut driver, mut lite) = (driver(), Lite::new(loses));
        driver.input(peer(Role::Server));
        let mut told = driver.input(waits());
        told.retain(|output| !matches!(output, Output::Send { .. }));
        told.extend(play(&mut driver, &mut lite, Duration::from_secs(10)));
        assert_eq!(told, [Output::Selected(at(5_000))], "one in {loses}");
        assert_eq!(lite.transport.selected(), Some(at(4_000)), "one in {loses}");
    }
}

#[test]
fn its_handshake_begins_on_the_way_that_was_found() {
    let (mut driver, mut lite) = (driver(), Lite::new(u32::MAX));
    driver.input(peer(Role::Server));
    driver.input(waits());
    assert_eq!(driver.input(dtls(HELLO)), [], "of nobody yet");
    play(&mut driver, &mut lite, Duration::from_secs(1));
    assert_eq!(driver.input(dtls(HELLO)), [sent(CERTIFIED, 5_000)]);
}

// rfc: 7675 §5.1
#[test]
fn it_is_gone_when_it_consents_no_more() {
    let (mut driver, mut lite) = (driver(), Lite::new(3));
    driver.input(peer(Role::Server));
    driver.input(waits());
    play(&mut driver, &mut lite, Duration::from_secs(1));
    driver.input(dtls(CERTIFIED));
    driver.input(dtls(AGREED));
    assert_eq!(play(&mut driver, &mut lite, CONSENT * 4), []);
    let mut silent = Lite::new(1);
    let out = play(&mut driver, &mut silent, CONSENT + CONSENT_ASKED);
    assert_eq!(out, [Output::Gone]);
}

#[test]
fn it_is_sought_anew_where_it_is_when_its_words_are_others() {
    let (mut driver, mut lite) = (driver(), Lite::new(u32::MAX));
    driver.input(peer(Role::Server));
    driver.input(waits());
    play(&mut driver, &mut lite, Duration::from_secs(1));
    driver.input(dtls(CERTIFIED));
    driver.input(dtls(AGREED));
    let Input::Waits(ways) = waits() else {
        panic!("ways");
    };
    let out = driver.input(Input::Waits(Ways {
        to: vec![at(5_002)],
        ..ways
    }));
    assert!(matches!(out[..], [Output::Send { to, .. }] if to == at(5_000)));
    assert_eq!(
        play(&mut driver, &mut lite, CONSENT * 2),
        [],
        "the same way"
    );
    assert_eq!(driver.machine().selected(), Some(at(5_000)));
}

#[test]
fn nobody_that_answers_is_nobody_to_speak_with() {
    let (mut driver, mut lite) = (driver(), Lite::new(1));
    driver.input(peer(Role::Server));
    driver.input(waits());
    let out = play(&mut driver, &mut lite, HANDSHAKE);
    assert_eq!(out, [Output::Failed(Failure::NoWay)]);
}
