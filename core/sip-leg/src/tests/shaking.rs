//! Browsers, which find their way by checks and agree on keys by a handshake: what is said to them,
//! what the road is told, and what the other side hears of it.

use std::net::SocketAddr;

use call::Lost;
use media::{Expect, Ufrag};
use sdp::{
    Candidate, DtlsSrtp, Fingerprint, FingerprintHash, Ice, IceCredentials, Setup, put_on_dtls,
    remote_of, take_off_dtls,
};
use sha2::{Digest, Sha256};
use srtp::Suite;
use webrtc::stun::{
    Class, ICE_CONTROLLING, Message as Read, PRIORITY, Transaction, USE_CANDIDATE, USERNAME, Writer,
};
use webrtc::{Handshake, Identity, KeyingMaterial, Role, Step};

use super::protected::{answered, invite_with, on_the_road};
use super::*;

const CERTIFICATE: &[u8] = b"the certificate of a browser";

const PASSWORD: &str = "5uQz0mWcV+9bYpVq3oT/k1Ld";

/// Shows nothing, takes a certificate for a handshake that is over.
#[derive(Debug)]
pub(super) struct Scripted;

impl Identity for Scripted {
    fn fingerprint(&self) -> Fingerprint {
        fingerprint(b"the certificate of the exchange")
    }

    fn handshake(&self) -> Box<dyn Handshake + Send> {
        Box::new(Scripted)
    }
}

impl Handshake for Scripted {
    fn begin(&mut self, role: Role, _: Instant, out: &mut Vec<Step>) {
        if role == Role::Client {
            out.push(Step::Send(vec![22, 1]));
        }
    }

    fn take(&mut self, datagram: &[u8], _: Instant, out: &mut Vec<Step>) {
        out.push(Step::Certificate(datagram[1..].to_vec()));
        out.push(Step::Keys(material()));
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }

    fn expire(&mut self, _: Instant, _: &mut Vec<Step>) {}
}

fn material() -> KeyingMaterial {
    let octets: Vec<u8> = (0..56).collect();
    KeyingMaterial::new(Suite::AesGcm128, &octets).unwrap()
}

fn fingerprint(certificate: &[u8]) -> Fingerprint {
    Fingerprint::new(FingerprintHash::Sha256, &Sha256::digest(certificate)).unwrap()
}

/// What a browser says of its transport.
fn transport(setup: Setup, certificate: &[u8], ufrag: &str) -> DtlsSrtp {
    let credentials = IceCredentials::new(ufrag, PASSWORD).unwrap();
    let at = "203.0.113.7:50000".parse().unwrap();
    DtlsSrtp {
        ice: Some(Ice {
            lite: false,
            ..Ice::lite(credentials, vec![Candidate::host(at, 1)])
        }),
        fingerprints: vec![fingerprint(certificate)],
        setup,
        mid: Some("audio7".to_owned()),
        mux: true,
        feedback: true,
        bundled: true,
        video: None,
    }
}

fn browser(setup: Setup) -> Description {
    dressed(&transport(setup, CERTIFICATE, "xK3c"))
}

fn dressed(transport: &DtlsSrtp) -> Description {
    let mut description = described("192.0.2.55");
    put_on_dtls(&mut description, transport);
    description
}

/// The transport that a message describes, and its protocol.
fn told(message: &Message) -> (String, Option<DtlsSrtp>) {
    let mut description = Description::parse(message.body()).unwrap();
    let protocol = description.media[0].protocol.clone();
    (protocol, take_off_dtls(&mut description))
}

/// How a transport is found by checks.
fn ice(transport: &DtlsSrtp) -> &Ice {
    transport.ice.as_ref().unwrap()
}

/// A check of the browser's to this end of ours, from this port.
fn check(office: &mut Office, leg: &mut SipLeg, ours: &DtlsSrtp, port: u16, nominates: bool) {
    let asked = format!("{}:xK3c", ice(ours).credentials.ufrag());
    let id = [office.random.next_u64().to_be_bytes()[0]; 12];
    let mut request = Writer::new(Class::Request, Transaction(id))
        .with(USERNAME, asked.as_bytes())
        .with(ICE_CONTROLLING, &[1; 8])
        .with(PRIORITY, &[0x6e, 0, 1, 0xff]);
    if nominates {
        request = request.with(USE_CANDIDATE, &[]);
    }
    let octets = request.with_integrity(ice(ours).credentials.pwd()).finish();
    office.lifts(leg, port, octets);
}

/// The browser's half of the handshake.
fn shakes(office: &mut Office, leg: &mut SipLeg, certificate: &[u8]) {
    office.lifts(leg, 50_000, [&[22], certificate].concat());
}

/// How the leg was lost, where nothing else was told.
fn losses(office: &mut Office) -> Vec<Lost> {
    let lost = |fact| {
        let LegFact::Lost(lost) = fact else {
            panic!("{fact:?}");
        };
        lost
    };
    office.facts().into_iter().map(lost).collect()
}

fn at(port: u16) -> SocketAddr {
    SocketAddr::from(([203, 0, 113, 7], port))
}

impl Office {
    fn lifts(&mut self, leg: &mut SipLeg, port: u16, octets: Vec<u8>) {
        self.with(|desk, reports| leg.lifted(at(port), octets, desk, reports));
    }

    /// What the road expects of a leg's peer.
    fn expected(&self, leg: &SipLeg) -> Expect {
        let endpoint = leg.sound().endpoint();
        let told = |command: &Command| {
            let (Command::Open { id, expects, .. } | Command::Describe { id, expects }) = command
            else {
                return None;
            };
            (*id == endpoint).then_some(*expects)
        };
        self.media.iter().rev().find_map(told).unwrap()
    }
}

/// A browser that calls and has been answered.
fn calling(office: &mut Office) -> (SipLeg, DtlsSrtp) {
    let mut leg = office.called(alice(), &invite_with(&browser(Setup::ActPass)));
    let (protocol, ours) = told(&answered(office, &mut leg));
    assert_eq!(protocol, "UDP/TLS/RTP/SAVPF");
    (leg, ours.unwrap())
}

// rfc: 5763 §5
// rfc: 8445 §2.5
#[test]
fn a_browser_is_told_where_it_finds_us_and_by_what_we_prove_ourselves() {
    let mut office = Office::new();
    let (leg, ours) = calling(&mut office);
    assert_eq!(ours.setup, Setup::Active);
    assert!(ice(&ours).lite);
    assert_eq!(ice(&ours).candidates.len(), 1);
    assert_eq!(ours.fingerprints, [Scripted.fingerprint()]);
    assert_eq!((ours.mid.as_deref(), ours.bundled), (Some("audio7"), true));
    let expected = office.expected(&leg);
    let ufrag = Ufrag::of(ice(&ours).credentials.ufrag());
    assert!(ufrag.is_some() && expected.ufrag == ufrag);
    // it is nowhere before it has asked, wherever its signalling comes from
    assert_eq!((expected.declared, expected.signalling_ip), (None, None));
}

#[test]
fn between_the_two_sides_nothing_of_it_is_seen() {
    let mut office = Office::new();
    let (leg, _) = calling(&mut office);
    let remote = leg.sound().remote().unwrap();
    assert_eq!(remote.media[0].protocol, "RTP/AVP");
    let text = remote.to_string();
    for word in ["ice-", "fingerprint", "setup", "mid:", "BUNDLE"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
}

#[test]
fn keys_that_both_have_agreed_on_are_told_to_the_road_and_none_before_are_believed() {
    let mut office = Office::new();
    let (mut leg, ours) = calling(&mut office);
    let nobody = on_the_road(&office, &leg).unwrap();
    assert_eq!(leg.sound().suite_name(), None);
    check(&mut office, &mut leg, &ours, 50_000, true);
    assert_eq!(office.expected(&leg).declared, Some(at(50_000)));
    assert_eq!(on_the_road(&office, &leg), Some(nobody));
    shakes(&mut office, &mut leg, CERTIFICATE);
    let keys = on_the_road(&office, &leg).unwrap();
    // we were the client
    let (theirs, own) = material().split(Role::Client).unwrap();
    assert_eq!((keys.takes, keys.sends), (theirs, own));
    assert_eq!(leg.sound().suite_name(), Some("AEAD_AES_128_GCM"));
    assert!(office.facts().is_empty());
}

#[test]
fn a_check_is_answered_from_the_port_of_the_leg() {
    let mut office = Office::new();
    let (mut leg, ours) = calling(&mut office);
    office.media.clear();
    check(&mut office, &mut leg, &ours, 50_007, false);
    let [Command::Transmit { id, to, .. }] = &office.media[..] else {
        panic!("{:?}", office.media);
    };
    assert_eq!((*id, *to), (leg.sound().endpoint(), at(50_007)));
}

#[test]
fn another_certificate_than_was_named_ends_the_leg() {
    let mut office = Office::new();
    let (mut leg, ours) = calling(&mut office);
    check(&mut office, &mut leg, &ours, 50_000, true);
    let before = on_the_road(&office, &leg);
    shakes(&mut office, &mut leg, b"of somebody between us");
    assert_eq!(losses(&mut office), [Lost::Unheard]);
    assert_eq!(on_the_road(&office, &leg), before);
}

#[test]
fn a_browser_that_finds_no_way_is_given_up() {
    let mut office = Office::new();
    let (mut leg, _) = calling(&mut office);
    office.pass(&mut leg, webrtc::HANDSHAKE);
    assert_eq!(losses(&mut office), [Lost::Unheard]);
}

#[test]
fn a_browser_that_falls_silent_is_gone() {
    let mut office = Office::new();
    let (mut leg, ours) = calling(&mut office);
    check(&mut office, &mut leg, &ours, 50_000, true);
    shakes(&mut office, &mut leg, CERTIFICATE);
    office.facts();
    office.pass(&mut leg, webrtc::CONSENT);
    assert_eq!(losses(&mut office), [Lost::Gone]);
}

#[test]
fn a_browser_that_is_called_is_offered_a_handshake_and_answers_it() {
    let mut office = Office::new();
    office.keying = Keying::Dtls;
    let mut leg = office.dials(bob(), Some(described("10.9.9.5")));
    let request = office.last();
    let (protocol, ours) = told(&request);
    let ours = ours.unwrap();
    assert_eq!(protocol, "UDP/TLS/RTP/SAVPF");
    assert_eq!(ours.setup, Setup::ActPass);
    let said = browser(Setup::Active);
    office.hears(&mut leg, bob(), answer(&request, 200, Some(&said)));
    assert!(matches!(office.facts()[..], [LegFact::Answered { .. }]));
    check(&mut office, &mut leg, &ours, 50_000, true);
    shakes(&mut office, &mut leg, CERTIFICATE);
    let keys = on_the_road(&office, &leg).unwrap();
    let (theirs, own) = material().split(Role::Server).unwrap();
    assert_eq!((keys.takes, keys.sends), (theirs, own));
}

#[test]
fn a_plain_answer_to_a_handshake_is_no_answer() {
    let mut office = Office::new();
    office.keying = Keying::Dtls;
    let mut leg = office.dials(bob(), Some(described("10.9.9.5")));
    let request = office.last();
    let plain = described("10.1.1.7");
    office.hears(&mut leg, bob(), answer(&request, 200, Some(&plain)));
    let told = office.facts();
    let [LegFact::Answered { description: None }] = &told[..] else {
        panic!("{told:?}");
    };
}

// rfc: 8842 §5.2
#[test]
fn an_offer_that_is_made_again_changes_neither_keys_nor_words() {
    let mut office = Office::new();
    let (mut leg, ours) = calling(&mut office);
    check(&mut office, &mut leg, &ours, 50_000, true);
    shakes(&mut office, &mut leg, CERTIFICATE);
    let keys = on_the_road(&office, &leg);
    let again = reoffered(&mut office, &mut leg, &browser(Setup::ActPass));
    assert_eq!(again.setup, Setup::Active);
    assert_eq!(ice(&again).credentials, ice(&ours).credentials);
    assert_eq!(on_the_road(&office, &leg), keys);
    assert_eq!(office.expected(&leg).declared, Some(at(50_000)));
}

// rfc: 8839 §4.4.1.1.1
#[test]
fn a_browser_that_seeks_anew_hears_other_words_and_keeps_its_keys() {
    let mut office = Office::new();
    let (mut leg, ours) = calling(&mut office);
    check(&mut office, &mut leg, &ours, 50_000, true);
    shakes(&mut office, &mut leg, CERTIFICATE);
    let keys = on_the_road(&office, &leg);
    let anew = dressed(&transport(Setup::ActPass, CERTIFICATE, "yL4d"));
    let again = reoffered(&mut office, &mut leg, &anew);
    assert_ne!(ice(&again).credentials, ice(&ours).credentials);
    check(&mut office, &mut leg, &ours, 50_009, true);
    assert_eq!(office.expected(&leg).declared, Some(at(50_000)));
    check(&mut office, &mut leg, &again, 50_010, true);
    assert_eq!(office.expected(&leg).declared, Some(at(50_010)));
    assert_eq!(on_the_road(&office, &leg), keys);
}

// rfc: 8842 §4
#[test]
fn another_certificate_in_an_offer_is_another_handshake() {
    let mut office = Office::new();
    let (mut leg, ours) = calling(&mut office);
    check(&mut office, &mut leg, &ours, 50_000, true);
    shakes(&mut office, &mut leg, CERTIFICATE);
    let keys = on_the_road(&office, &leg);
    let other: &[u8] = b"another of the same browser";
    let anew = dressed(&transport(Setup::ActPass, other, "zM5e"));
    let again = reoffered(&mut office, &mut leg, &anew);
    assert_ne!(on_the_road(&office, &leg), keys);
    check(&mut office, &mut leg, &again, 50_000, true);
    shakes(&mut office, &mut leg, other);
    assert_eq!(on_the_road(&office, &leg), keys);
    assert!(office.facts().is_empty());
}

#[test]
fn after_a_restart_a_browser_is_offered_other_words_and_shakes_hands_again() {
    let mut office = Office::new();
    office.keying = Keying::Dtls;
    let mut leg = office.dials(bob(), Some(described("10.9.9.5")));
    let request = office.last();
    let before = told(&request).1.unwrap();
    let said = browser(Setup::Active);
    office.hears(&mut leg, bob(), answer(&request, 200, Some(&said)));
    check(&mut office, &mut leg, &before, 50_000, true);
    shakes(&mut office, &mut leg, CERTIFICATE);
    let keys = on_the_road(&office, &leg).unwrap();
    let stored = serde_json::to_string(&leg.store(office.now).unwrap()).unwrap();
    assert!(!stored.contains(ice(&before).credentials.pwd()), "{stored}");
    let stored = serde_json::from_str(&stored).unwrap();

    let mut after = Office::new();
    after.now = office.now;
    let mut secrets = after.secrets();
    secrets.seed = [9; 32];
    let mut leg = after
        .with(|desk, _| SipLeg::restore(stored, config(bob()), (Owner(1), secrets), desk))
        .unwrap();
    let meanwhile = on_the_road(&after, &leg).unwrap();
    assert_ne!(meanwhile.takes, keys.takes);
    assert!(leg.sound().wants_keys());
    after.with(|desk, reports| {
        leg.probe(desk, reports);
        leg.settle(desk, reports);
    });
    let request = after.last();
    let ours = told(&request).1.unwrap();
    assert_ne!(ice(&ours).credentials, ice(&before).credentials);
    after.hears(&mut leg, bob(), answer(&request, 200, Some(&said)));
    assert!(!leg.sound().wants_keys());
    check(&mut after, &mut leg, &ours, 50_000, true);
    shakes(&mut after, &mut leg, CERTIFICATE);
    assert_eq!(on_the_road(&after, &leg).unwrap().takes, keys.takes);
}

#[test]
fn where_protection_is_forbidden_a_browser_is_refused() {
    let offer = browser(Setup::ActPass);
    assert!(Offer::of(offer.clone(), Srtp::Never).is_none());
    for srtp in [Srtp::Accept, Srtp::Offer, Srtp::Require] {
        assert!(
            Offer::of(offer.clone(), srtp)
                .unwrap()
                .asked
                .sound
                .is_some()
        );
    }
}

/// What was sent last of the leg's port, as one takes it who answers only: where to, whether it
/// chooses, and the answer.
fn lite_answers(office: &mut Office) -> (SocketAddr, bool, Vec<u8>) {
    let Some(Command::Transmit { to, octets, .. }) = office.media.last() else {
        panic!("{:?}", office.media);
    };
    let request = Read::read(octets).unwrap();
    assert!(request.is_proved_by(PASSWORD) && request.asked() == Some("xK3c"));
    let success = Writer::new(Class::Success, request.transaction);
    let answer = success.with_mapped(at(9)).with_integrity(PASSWORD);
    (*to, request.value(USE_CANDIDATE).is_some(), answer.finish())
}

/// A peer that answers only, at the address that it has named, is found.
fn found(office: &mut Office, leg: &mut SipLeg) {
    for chosen in [false, true] {
        let (to, chooses, answer) = lite_answers(office);
        assert_eq!((to, chooses), (at(50_000), chosen));
        assert_eq!(office.expected(leg).declared, None);
        office.lifts(leg, 50_000, answer);
    }
    assert_eq!(office.expected(leg).declared, Some(at(50_000)));
    shakes(office, leg, CERTIFICATE);
    assert_eq!(leg.sound().suite_name(), Some("AEAD_AES_128_GCM"));
}

fn lite(setup: Setup) -> DtlsSrtp {
    let mut transport = transport(setup, CERTIFICATE, "xK3c");
    transport.ice.as_mut().unwrap().lite = true;
    transport
}

// rfc: 8445 §6.1.1
#[test]
fn a_caller_that_answers_only_is_sought_by_us_who_say_that_we_do_more() {
    let mut office = Office::new();
    let offer = invite_with(&dressed(&lite(Setup::ActPass)));
    let mut leg = office.called(alice(), &offer);
    let ours = told(&answered(&mut office, &mut leg)).1.unwrap();
    assert!(!ice(&ours).lite);
    found(&mut office, &mut leg);
    // and so it stays when it asks again by the same words
    office.media.clear();
    let again = reoffered(&mut office, &mut leg, &dressed(&lite(Setup::ActPass)));
    assert_eq!(again.ice, ours.ice);
    let sent = |command: &Command| matches!(command, Command::Transmit { .. });
    assert!(!office.media.iter().any(sent), "{:?}", office.media);
}

#[test]
fn whoever_answers_and_answers_only_is_sought_though_we_have_said_the_same() {
    let mut office = Office::new();
    office.keying = Keying::Dtls;
    let mut leg = office.dials(bob(), Some(described("10.9.9.5")));
    let request = office.last();
    assert!(ice(&told(&request).1.unwrap()).lite);
    let said = dressed(&lite(Setup::Passive));
    office.hears(&mut leg, bob(), answer(&request, 200, Some(&said)));
    found(&mut office, &mut leg);
}

/// Whoever shakes hands, makes no checks, and is at this address.
fn unchecked(setup: Setup, ip: &str) -> Description {
    let mut transport = transport(setup, CERTIFICATE, "xK3c");
    transport.ice = None;
    transport.feedback = false;
    let mut description = described(ip);
    put_on_dtls(&mut description, &transport);
    description
}

// rfc: 5763 §5
#[test]
fn a_caller_that_makes_no_checks_is_told_of_none_and_begins() {
    let mut office = Office::new();
    let offer = unchecked(Setup::ActPass, "203.0.113.7");
    let mut leg = office.called(alice(), &invite_with(&offer));
    let (protocol, ours) = told(&answered(&mut office, &mut leg));
    let ours = ours.unwrap();
    assert_eq!((&*protocol, ours.ice), ("UDP/TLS/RTP/SAVP", None));
    assert_eq!(ours.setup, Setup::Passive);
    let declared = leg.sound().remote().and_then(remote_of).unwrap().rtp;
    assert_eq!(office.expected(&leg).declared, Some(declared));
    office.lifts(&mut leg, declared.port(), [&[22], CERTIFICATE].concat());
    assert_eq!(leg.sound().suite_name(), Some("AEAD_AES_128_GCM"));
}

#[test]
fn reports_go_to_a_port_of_their_own_where_a_caller_without_checks_wants_them_there() {
    let mut office = Office::new();
    let offer = unchecked(Setup::ActPass, "203.0.113.7").to_string();
    let offer = Description::parse(offer.replace("a=rtcp-mux\r\n", "").as_bytes()).unwrap();
    let mut leg = office.called(alice(), &invite_with(&offer));
    let ours = told(&answered(&mut office, &mut leg)).1.unwrap();
    assert!(!ours.mux);
    let expected = office.expected(&leg);
    let ports = [expected.declared, expected.declared_rtcp].map(|at| at.map(|at| at.port()));
    assert_eq!((ports, expected.mux), ([Some(44_556), Some(44_557)], false));
}

#[test]
fn whoever_answers_without_checks_to_be_spoken_to_is_spoken_to_where_it_is() {
    let mut office = Office::new();
    office.keying = Keying::Dtls;
    let mut leg = office.dials(bob(), Some(described("10.9.9.5")));
    let request = office.last();
    let said = unchecked(Setup::Passive, "203.0.113.99");
    office.hears(&mut leg, bob(), answer(&request, 200, Some(&said)));
    let declared = leg.sound().remote().and_then(remote_of).unwrap().rtp;
    let hello = office.media.iter().find_map(|command| {
        let Command::Transmit { to, .. } = command else {
            return None;
        };
        Some(*to)
    });
    assert_eq!(hello, Some(declared));
    let certified = [&[22], CERTIFICATE].concat();
    office.with(|desk, reports| leg.lifted(declared, certified, desk, reports));
    assert_eq!(leg.sound().suite_name(), Some("AEAD_AES_128_GCM"));
}

#[test]
fn an_address_that_cannot_be_meant_is_replaced_by_that_from_which_the_caller_begins() {
    let mut office = Office::new();
    let offer = unchecked(Setup::ActPass, "192.168.7.7");
    let mut leg = office.called(alice(), &invite_with(&offer));
    answered(&mut office, &mut leg);
    assert_eq!(office.expected(&leg).declared, None);
    let from = at(41_000);
    office.lifts(&mut leg, from.port(), [&[22], CERTIFICATE].concat());
    assert_eq!(office.expected(&leg).declared, Some(from));
    assert_eq!(leg.sound().suite_name(), Some("AEAD_AES_128_GCM"));
}

/// The browser offers this within the call; what we answer.
fn reoffered(office: &mut Office, leg: &mut SipLeg, offer: &Description) -> DtlsSrtp {
    let within = |method: &str, cseq: u32, body: &str| {
        format!(
            "{method} sip:198.51.100.1:5060 SIP/2.0\r\n\
             Via: SIP/2.0/UDP 10.9.9.5:5062;branch=z9hG4bK{method}{cseq};rport\r\n\
             From: \"Alice\" <sip:101@acme.example>;tag=alicetag\r\n\
             To: <sip:102@acme.example>;tag={}\r\nCall-ID: alicecall@10.9.9.5\r\n\
             CSeq: {cseq} {method}\r\nMax-Forwards: 70\r\nContact: <sip:101@10.9.9.5:5062>\r\n\
             Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
            leg.usage().local_tag(),
            body.len()
        )
    };
    let (ack, offer) = (
        within("ACK", 4711, ""),
        within("INVITE", 4712, &offer.to_string()),
    );
    office.hears(leg, alice(), ack);
    office.hears(leg, alice(), offer);
    office.facts();
    let description = described("203.0.113.99");
    office.orders(leg, LegOrder::AnswerReoffer { description });
    told(&office.last()).1.unwrap()
}
