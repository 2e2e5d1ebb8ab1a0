//! Our transport and a browser's, over a network that loses, doubles and overtakes.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod browser;
mod network;

use std::time::Duration;

use browser::{Browser, Speaks};
use dtls::Node;
use machine::Instant;
use network::{Faults, Network};
use sdp::{Fingerprint, FingerprintHash, IceCredentials};
use srtp::{MasterKey, Receiver, Sender};
use webrtc::{Failure, HANDSHAKE, Output, Role};

/// Longer than any handshake may take.
const LONG: Duration = Duration::from_secs(31);

fn credentials() -> IceCredentials {
    webrtc::credentials_of(&[0x5a; webrtc::CREDENTIAL_OCTETS]).unwrap()
}

fn all_pairs() -> impl Iterator<Item = (Speaks, Role)> {
    let of = |speaks| [Role::Client, Role::Server].map(move |role| (speaks, role));
    [Speaks::Dtls12, Speaks::Dtls13].into_iter().flat_map(of)
}

/// A network on which both descriptions are known; `role` is ours.
fn described(speaks: Speaks, role: Role, faults: Faults) -> Network {
    let browser = Browser::new(speaks, role, credentials());
    let fingerprint = browser.fingerprint();
    let mut network = Network::new(browser, Node::fresh().unwrap(), credentials(), faults);
    network.describe(role, fingerprint);
    network
}

/// A packet of sound passes from one end to the other.
fn passes(sends: &MasterKey, takes: &MasterKey) {
    let mut packet = [0; 12 + 160 + srtp::MAX_GROWTH];
    packet[0] = 0x80;
    packet[12..172].fill(0xd5);
    let length = Sender::new(sends).protect_rtp(&mut packet, 172).unwrap();
    assert_ne!(packet[12..172], [0xd5; 160]);
    let plain = Receiver::new(takes)
        .unprotect_rtp(&mut packet[..length])
        .unwrap();
    assert_eq!(plain, 172);
    assert_eq!(packet[12..172], [0xd5; 160]);
}

fn assert_sound_passes(network: &Network, about: &str) {
    let Some((takes, sends)) = network.keys() else {
        panic!("{about}: no keys; {:?}", network.told());
    };
    let browser = network.browser().keys();
    let (browser_takes, browser_sends) = browser.expect("the browser has none");
    passes(sends, browser_takes);
    passes(browser_sends, takes);
    assert_ne!(takes, sends, "{about}");
}

// rfc: 5763 §5
// rfc: 5764 §4.2
#[test]
fn both_ends_have_the_same_keys_and_sound_passes() {
    for (speaks, role) in all_pairs() {
        let mut network = described(speaks, role, Faults::NONE);
        network.run(Duration::from_secs(2));
        let about = format!("{speaks:?}, we are {role:?}");
        assert_sound_passes(&network, &about);
        assert_eq!(
            network.told().first(),
            Some(&Output::Selected(network::BROWSER))
        );
        assert!(
            network.browser().has_been_proved(network.fingerprint()),
            "{about}"
        );
    }
}

// rfc: 6347 §4.2.4
#[test]
fn a_network_that_loses_doubles_and_overtakes_only_delays_it() {
    for seed in 0..12 {
        for (speaks, role) in all_pairs() {
            let mut network = described(speaks, role, Faults::seeded(seed));
            network.run(LONG);
            let about = format!("{speaks:?}, we are {role:?}, seed {seed}");
            assert_sound_passes(&network, &about);
        }
    }
}

// rfc: 8122 §6.2
#[test]
fn a_browser_with_another_certificate_is_refused() {
    for (speaks, role) in all_pairs() {
        let browser = Browser::new(speaks, role, credentials());
        let node = Node::fresh().unwrap();
        let mut network = Network::new(browser, node, credentials(), Faults::NONE);
        network.describe(
            role,
            Fingerprint::new(FingerprintHash::Sha256, &[0; 32]).unwrap(),
        );
        network.run(LONG);
        let told = network.told();
        assert_eq!(
            told.last(),
            Some(&Output::Failed(Failure::Stranger)),
            "{told:?}"
        );
        assert!(network.keys().is_none());
    }
}

#[test]
fn a_browser_that_says_farewell_is_gone_at_once() {
    for (speaks, role) in all_pairs() {
        let mut network = described(speaks, role, Faults::NONE);
        network.run(Duration::from_secs(2));
        assert!(network.keys().is_some());
        network.hang_up();
        network.run(Duration::from_millis(100));
        assert_eq!(network.told().last(), Some(&Output::Gone));
    }
}

// rfc: 7675 §5.1
#[test]
fn a_browser_that_is_switched_off_is_gone_in_thirty_seconds() {
    let mut network = described(Speaks::Dtls13, Role::Server, Faults::NONE);
    network.run(Duration::from_secs(100));
    assert!(network.keys().is_some());
    assert!(
        !network.told().contains(&Output::Gone),
        "it asks again and again"
    );
    network.switch_off();
    network.run(Duration::from_secs(27));
    assert!(!network.told().contains(&Output::Gone));
    network.run(Duration::from_secs(4));
    assert_eq!(network.told().last(), Some(&Output::Gone));
}

#[test]
fn a_browser_that_never_shakes_hands_is_given_up() {
    for role in [Role::Client, Role::Server] {
        let mut network = described(Speaks::Nothing, role, Faults::NONE);
        network.run(HANDSHAKE);
        assert_eq!(
            network.told().last(),
            Some(&Output::Failed(Failure::TooSlow))
        );
        assert_eq!(network.now(), Instant::ZERO + HANDSHAKE);
    }
}

#[test]
fn spoilt_datagrams_agree_on_nothing() {
    let mut spoiler = machine::harness::Spoiler::new(5764);
    for (speaks, role) in all_pairs() {
        let mut network = described(speaks, role, Faults::NONE);
        network.run(Duration::from_secs(2));
        let heard: Vec<&[u8]> = network.heard().iter().map(Vec::as_slice).collect();
        for _ in 0..40 {
            let mut alone = described(Speaks::Nothing, role, Faults::NONE);
            alone.run(Duration::from_millis(200));
            for _ in 0..8 {
                alone.inject(spoiler.spoil(&heard));
            }
            assert!(alone.keys().is_none());
        }
    }
}
