//! Sound that nobody on the way can hear: which keys are offered, taken and told to the road, and
//! that the two sides of a call know nothing of each other's.

use media::Keys;
use sdp::{Crypto, Kind, put_on, take_off};
use srtp::{MasterKey, Suite};

use super::*;

/// A key of a phone's, in base64.
const THEIRS: &str = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
/// The key that it takes after a while.
const OTHER: &str = "NzB4d1BINUAvLEw6UzF3WSJ+PSdFcGdUJShpX1Zj";

const USUAL: &str = "AES_CM_128_HMAC_SHA1_80";

/// The description of a phone whose sound is protected by these lines.
fn protected(protocol: &str, lines: &[(u32, &str, &str)]) -> Description {
    let mut text = described("203.0.113.7").to_string();
    text = text.replace("RTP/AVP", protocol);
    for (tag, suite, key) in lines {
        text += &format!("a=crypto:{tag} {suite} inline:{key}\r\n");
    }
    Description::parse(text.as_bytes()).unwrap()
}

pub(super) fn invite_with(description: &Description) -> String {
    let head = invite().split("\r\n\r\n").next().unwrap().to_owned();
    let body = description.to_string();
    let head = head.rsplit_once("\r\n").unwrap().0;
    format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// Protocol and keys of what a message describes.
fn keys_of(message: &Message) -> (String, Vec<Crypto>) {
    keys_in(Description::parse(message.body()).unwrap())
}

fn keys_in(mut description: Description) -> (String, Vec<Crypto>) {
    let protocol = description.media[0].protocol.clone();
    let lines =
        take_off(&mut description, Kind::Audio, |_| true).map(|protection| protection.lines);
    (protocol, lines.unwrap_or_default())
}

/// The keys that the road was last told of a leg.
pub(super) fn on_the_road(office: &Office, leg: &SipLeg) -> Option<Keys> {
    let told = |command: &Command| {
        if let Command::Secure { id, keys } = command
            && *id == leg.sound().endpoint()
        {
            return Some(keys.clone());
        }
        None
    };
    let told = office.media.iter().rev().find_map(told);
    told.flatten().map(|keys| *keys)
}

pub(super) fn answered(office: &mut Office, leg: &mut SipLeg) -> Message {
    let description = Some(described("203.0.113.99"));
    office.orders(leg, LegOrder::Answer { description });
    office.last()
}

// rfc: 4568 §5.1.2
#[test]
fn an_offer_with_keys_is_answered_with_the_first_that_can_be_used_and_a_key_of_ours() {
    let mut office = Office::new();
    let offer = protected(
        "RTP/SAVP",
        &[(1, "F8_128_HMAC_SHA1_80", THEIRS), (7, USUAL, THEIRS)],
    );
    let mut alice = office.called(alice(), &invite_with(&offer));
    assert_eq!(alice.sound().remote().unwrap().media[0].protocol, "RTP/AVP");
    let (protocol, lines) = keys_of(&answered(&mut office, &mut alice));
    assert_eq!((&*protocol, lines.len()), ("RTP/SAVP", 1));
    assert_eq!((lines[0].tag, &*lines[0].suite), (7, USUAL));
    let keys = on_the_road(&office, &alice).unwrap();
    assert_eq!(keys.takes.suite(), Suite::AesCm128Sha1Tag80);
    assert_ne!(keys.takes, keys.sends);
    assert_ne!(lines[0].inline, THEIRS);
    assert_eq!(alice.sound().suite_name(), Some(USUAL));
}

#[test]
fn the_other_side_is_told_of_sound_alone_and_of_no_key() {
    let mut office = Office::new();
    let offer = protected("RTP/SAVP", &[(1, USUAL, THEIRS)]);
    let alice = office.called(alice(), &invite_with(&offer));
    let offered = alice.sound().remote().cloned();
    let bob = office.dials(bob(), offered);
    let request = office.last();
    assert_eq!(keys_of(&request), ("RTP/AVP".to_owned(), vec![]));
    assert!(!text(&request).contains("crypto"));
    assert!(!bob.sound().is_protected());
}

#[test]
fn keys_beside_plain_sound_are_taken_and_the_sound_stays_plain_by_name() {
    let mut office = Office::new();
    let offer = protected("RTP/AVP", &[(1, USUAL, THEIRS)]);
    let mut alice = office.called(alice(), &invite_with(&offer));
    let (protocol, lines) = keys_of(&answered(&mut office, &mut alice));
    assert_eq!((&*protocol, lines.len()), ("RTP/AVP", 1));
    assert!(on_the_road(&office, &alice).is_some());
}

#[test]
fn whether_sound_is_protected_is_for_the_device_to_say() {
    let plain = invite();
    let demanded = invite_with(&protected("RTP/SAVP", &[(1, USUAL, THEIRS)]));
    let offered = invite_with(&protected("RTP/AVP", &[(1, USUAL, THEIRS)]));
    let taken = |text: &str, srtp| {
        let offer = offer_of(&read(text.to_owned()), srtp);
        offer.map(|offer| offer.unwrap().asked.sound.is_some())
    };
    assert_eq!(taken(&plain, Srtp::Require), Err(488));
    assert_eq!(taken(&plain, Srtp::Offer), Ok(false));
    assert_eq!(taken(&demanded, Srtp::Require), Ok(true));
    assert_eq!(taken(&demanded, Srtp::Accept), Ok(true));
    assert_eq!(taken(&demanded, Srtp::Never), Err(488));
    assert_eq!(taken(&offered, Srtp::Never), Ok(false));
    assert_eq!(taken(&offered, Srtp::Require), Ok(true));
}

/// Bob is dialled and answers with these lines; what he was offered.
fn bob_answers(
    office: &mut Office,
    protocol: &str,
    line: impl Fn(&[Crypto]) -> Option<Crypto>,
) -> (SipLeg, String, Vec<Crypto>) {
    let mut leg = office.dials(bob(), Some(described("203.0.113.7")));
    let request = office.last();
    let (offered, lines) = keys_of(&request);
    let mut description = described("203.0.113.99");
    protocol.clone_into(&mut description.media[0].protocol);
    if let Some(line) = line(&lines) {
        let plain = sdp::Attribute::with("crypto", line.to_string());
        description.media[0].push_attribute(plain);
    }
    office.hears(&mut leg, bob(), answer(&request, 200, Some(&description)));
    (leg, offered, lines)
}

fn second(lines: &[Crypto]) -> Option<Crypto> {
    let line = lines.iter().find(|line| line.suite == USUAL)?;
    Some(Crypto {
        inline: THEIRS.to_owned(),
        ..line.clone()
    })
}

#[test]
fn a_device_that_must_is_offered_several_suites_each_with_a_key_of_its_own() {
    let mut office = Office::new();
    office.srtp = Srtp::Require;
    let (leg, offered, lines) = bob_answers(&mut office, "RTP/SAVP", second);
    assert_eq!(offered, "RTP/SAVP");
    let tags: Vec<u32> = lines.iter().map(|line| line.tag).collect();
    assert_eq!(tags, [1, 2, 3, 4]);
    let mut keys: Vec<&str> = lines.iter().map(|line| &*line.inline).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 4);
    assert_eq!(
        on_the_road(&office, &leg).unwrap().takes.suite().name(),
        USUAL
    );
    let facts = office.facts();
    let heard = facts.iter().any(|fact| {
        matches!(fact, LegFact::Answered { description: Some(told) }
            if told.media[0].protocol == "RTP/AVP")
    });
    assert!(heard, "{facts:?}");
}

#[test]
fn where_protection_is_only_offered_a_plain_answer_is_as_good() {
    let mut office = Office::new();
    office.srtp = Srtp::Offer;
    let (leg, offered, lines) = bob_answers(&mut office, "RTP/AVP", |_| None);
    assert_eq!((&*offered, lines.len()), ("RTP/AVP", 4));
    assert_eq!(on_the_road(&office, &leg), None);
    let (leg, ..) = bob_answers(&mut office, "RTP/AVP", second);
    assert!(on_the_road(&office, &leg).is_some());
}

#[test]
fn where_it_is_demanded_a_plain_answer_is_none_and_so_is_a_line_that_was_not_offered() {
    for line in [
        |_: &[Crypto]| None,
        |lines: &[Crypto]| {
            let tag = 9;
            second(lines).map(|line| Crypto { tag, ..line })
        },
    ] {
        let mut office = Office::new();
        office.srtp = Srtp::Require;
        let (leg, ..) = bob_answers(&mut office, "RTP/SAVP", line);
        assert_eq!(on_the_road(&office, &leg), None);
        let described = office
            .facts()
            .into_iter()
            .any(|fact| matches!(fact, LegFact::Answered { description } if description.is_some()));
        assert!(!described);
    }
}

/// A leg whose sound is protected, answered and confirmed.
fn talking(office: &mut Office) -> SipLeg {
    let offer = protected("RTP/SAVP", &[(1, USUAL, THEIRS)]);
    let mut leg = office.called(alice(), &invite_with(&offer));
    answered(office, &mut leg);
    let tag = leg.usage().local_tag().to_owned();
    let ack = format!(
        "ACK sip:198.51.100.1:5060 SIP/2.0\r\n\
         Via: SIP/2.0/UDP 10.9.9.5:5062;branch=z9hG4bKack;rport\r\n\
         From: \"Alice\" <sip:101@acme.example>;tag=alicetag\r\n\
         To: <sip:102@acme.example>;tag={tag}\r\nCall-ID: alicecall@10.9.9.5\r\n\
         CSeq: 4711 ACK\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    );
    office.hears(&mut leg, alice(), ack);
    office.facts();
    leg
}

#[test]
fn what_is_offered_again_has_the_key_that_is_in_use() {
    let mut office = Office::new();
    let mut leg = talking(&mut office);
    let before = on_the_road(&office, &leg).unwrap();
    let offer = Some(described("203.0.113.99"));
    office.orders(&mut leg, LegOrder::Reoffer { description: offer });
    let request = office.last();
    let (protocol, lines) = keys_of(&request);
    assert_eq!((&*protocol, lines.len()), ("RTP/SAVP", 1));
    let ours = MasterKey::new(before.sends.suite(), before.sends.key_and_salt());
    assert_eq!(
        crate::keyring::read(before.sends.suite(), &lines[0].inline),
        ours
    );
    // the phone takes another key, as it may with each answer
    let mut description = protected("RTP/SAVP", &[(lines[0].tag, USUAL, OTHER)]);
    description.set_origin(described("203.0.113.7").origin().unwrap().clone());
    office.hears(&mut leg, alice(), answer(&request, 200, Some(&description)));
    let after = on_the_road(&office, &leg).unwrap();
    assert_eq!(after.sends, before.sends);
    assert_ne!(after.takes, before.takes);
}

#[test]
fn keys_are_not_stored_and_after_a_restart_others_are_offered() {
    let mut office = Office::new();
    let leg = talking(&mut office);
    let before = on_the_road(&office, &leg).unwrap();
    let stored = serde_json::to_string(&leg.store(office.now).unwrap()).unwrap();
    for secret in [THEIRS, "inline:"] {
        assert!(!stored.contains(secret), "{stored}");
    }
    let stored = serde_json::from_str(&stored).unwrap();
    let mut after = Office::new();
    after.now = office.now;
    let (config, mut secrets) = (config(alice()), after.secrets());
    secrets.seed = [9; 32];
    let mut leg = after
        .with(|desk, _| SipLeg::restore(stored, config, (Owner(1), secrets), desk))
        .unwrap();
    // nothing plain leaves in the meantime, and nothing is believed
    let meanwhile = on_the_road(&after, &leg).unwrap();
    assert_ne!(meanwhile.takes, before.takes);
    assert_ne!(meanwhile.sends, before.sends);
    after.with(|desk, reports| leg.probe(desk, reports));
    let request = after.last();
    let (protocol, lines) = keys_of(&request);
    assert_eq!((&*protocol, lines.len()), ("RTP/SAVP", 1));
    let mut description = described("203.0.113.7");
    let protection = sdp::Protection {
        demanded: true,
        lines: vec![Crypto {
            inline: THEIRS.to_owned(),
            ..lines[0].clone()
        }],
    };
    put_on(&mut description, Kind::Audio, &protection);
    after.hears(&mut leg, alice(), answer(&request, 200, Some(&description)));
    let agreed = on_the_road(&after, &leg).unwrap();
    assert_eq!((&agreed.takes, agreed.resumed), (&before.takes, true));
    assert_eq!(agreed.sends, meanwhile.sends);
    assert!(!leg.sound().wants_keys());
}

#[test]
fn the_road_hears_of_a_key_though_nothing_that_came_with_it_may_be_spoken() {
    let mut office = Office::new();
    office.srtp = Srtp::Require;
    let mut sound = office.sound(bob(), None).only(&["G729".to_owned()]);
    let offered = sound.offer(call::Speaks::Prompts, &mut office.ports, &mut office.media);
    let tag = keys_in(offered).1[0].tag;
    let suite = Suite::AesGcm256.name();
    let key = "A".repeat(58) + "A=";
    let answer = protected("RTP/SAVP", &[(tag, suite, &key)]);
    let (ports, media) = (&mut office.ports, &mut office.media);
    assert_eq!(sound.hear(answer, ports, media), None);
    let told = |command: &Command| matches!(command, Command::Secure { keys: Some(_), .. });
    assert!(office.media.iter().any(told));
}
