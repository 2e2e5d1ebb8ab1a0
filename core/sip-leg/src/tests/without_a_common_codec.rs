//! Phones that have no codec in common: what each is told, and that the road can bring them
//! together by what it is told.

use std::net::SocketAddr;

use media::{Limits as RoadLimits, LocalMedia, Prompts, ROOM, Road, Verdict};

use super::faxes::within;
use super::*;

const PCMA: &str = "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n\
                    a=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n";
const OPUS: &str = "m=audio 5000 RTP/AVP 120 110\r\na=rtpmap:120 opus/48000/2\r\n\
                    a=fmtp:120 useinbandfec=1; maxaveragebitrate=20000\r\n\
                    a=rtpmap:110 telephone-event/48000\r\na=ptime:20\r\n";

fn speaking(address: &str, media: &str) -> Description {
    let text =
        format!("v=0\r\no=- 7 7 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n{media}");
    Description::parse(text.as_bytes()).unwrap()
}

fn invite_of(media: &str) -> String {
    let head = invite().split("\r\n\r\n").next().unwrap().to_owned();
    let body = speaking("203.0.113.7", media).to_string();
    let head = head.rsplit_once("\r\n").unwrap().0;
    format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn formats(message: &Message) -> Vec<String> {
    let description = Description::parse(message.body()).unwrap();
    let codecs = description.codecs(0);
    let named = codecs.iter();
    named
        .map(|codec| format!("{} {}/{}", codec.payload, codec.name, codec.clock))
        .collect()
}

/// A phone that speaks the one calls one that speaks the other: both legs, the offer that the
/// second has got and the answer that the first has got.
fn called(one: &str, other: &str) -> (Office, SipLeg, SipLeg, Message, Message) {
    let mut office = Office::new();
    let mut alice = office.called(alice(), &invite_of(one));
    let mut bobs = office.dials(bob(), alice.sound().remote().cloned());
    let offer = office.last();
    let body = speaking("203.0.113.99", other);
    office.hears(&mut bobs, bob(), answer(&offer, 200, Some(&body)));
    office.sent();
    let facts = office.facts();
    let description = facts.into_iter().find_map(|fact| {
        if let LegFact::Answered { description } = fact {
            return description;
        }
        None
    });
    assert!(description.is_some(), "the answer is taken");
    office.orders(&mut alice, LegOrder::Answer { description });
    let answered = office.last();
    (office, alice, bobs, offer, answered)
}

#[test]
fn the_called_phone_is_offered_more_and_the_caller_is_told_of_its_own() {
    let (_, alice, bobs, offer, answered) = called(OPUS, PCMA);
    assert_eq!(
        formats(&offer),
        [
            "120 opus/48000",
            "110 telephone-event/48000",
            "0 PCMU/8000",
            "8 PCMA/8000",
            "101 telephone-event/8000",
        ]
    );
    assert_eq!(answered.status(), Some(200));
    let told = ["120 opus/48000", "110 telephone-event/48000"];
    assert_eq!(formats(&answered), told);
    assert_eq!(alice.sound().codec_name().as_deref(), Some("opus"));
    assert_eq!(bobs.sound().codec_name().as_deref(), Some("PCMA"));
}

#[test]
fn a_phone_that_speaks_nothing_of_the_offer_is_offered_all_that_is_made_here() {
    let mut office = Office::new();
    let mut alice = office.called(alice(), &invite_of(PCMA));
    let mut bobs = office.dials(bob(), alice.sound().remote().cloned());
    let narrow = office.last();
    office.hears(&mut bobs, bob(), answer(&narrow, 488, None));
    let wide = office.last();
    assert!(office.facts().is_empty(), "the call has not failed");
    assert_eq!(wide.cseq().unwrap().number, 2);
    let (first, then) = (formats(&narrow), formats(&wide));
    assert_eq!(first, then[..first.len()], "what was wanted most still is");
    for name in ["G722/8000", "opus/48000", "telephone-event/48000"] {
        assert!(then.iter().any(|format| format.ends_with(name)), "{then:?}");
    }
    let opus = OPUS.replace("120", "111").replace("110", "102");
    let body = speaking("203.0.113.99", &opus);
    office.hears(&mut bobs, bob(), answer(&wide, 200, Some(&body)));
    office.sent();
    let Some(LegFact::Answered { description }) = office.facts().pop() else {
        panic!("answered");
    };
    assert!(description.is_some(), "the answer is taken");
    office.orders(&mut alice, LegOrder::Answer { description });
    let told = ["8 PCMA/8000", "101 telephone-event/8000"];
    assert_eq!(formats(&office.last()), told);
    assert_eq!(alice.sound().codec_name().as_deref(), Some("PCMA"));
    assert_eq!(bobs.sound().codec_name().as_deref(), Some("opus"));
}

#[test]
fn an_offer_within_the_call_names_what_its_peer_speaks_by_the_numbers_that_it_has_given() {
    let (mut office, mut alice, ..) = called(OPUS, PCMA);
    let ack = within(&alice, "ACK", 4711, "");
    office.hears(&mut alice, super::alice(), ack);
    let description = Some(speaking("203.0.113.99", PCMA));
    office.orders(&mut alice, LegOrder::Reoffer { description });
    let offered = formats(&office.last());
    assert_eq!(
        offered[0], "8 PCMA/8000",
        "what the other side wants comes first"
    );
    assert!(
        offered.contains(&"120 opus/48000".to_owned()),
        "{offered:?}"
    );
    assert!(
        !offered.iter().any(|format| format.contains("G722")),
        "{offered:?}"
    );
}

#[test]
fn the_road_is_told_what_each_phone_understands_and_how_it_wants_it() {
    let (office, alice, bobs, ..) = called(OPUS, PCMA);
    let wants = |leg: &SipLeg| {
        let of_leg = |command: &Command| {
            if let Command::Open { id, expects, .. } | Command::Describe { id, expects } = command
                && *id == leg.sound().endpoint()
            {
                return Some(expects.wants);
            }
            None
        };
        office.media.iter().rev().find_map(of_leg).unwrap()
    };
    let (one, other) = (wants(&alice), wants(&bobs));
    assert_eq!((one.sound, other.sound), (Some(120), Some(8)));
    let understood = one.understands.unwrap();
    assert!(understood.contains(120) && understood.contains(110));
    assert!(!understood.contains(8), "it was told by others");
    assert!(one.opus.fec && !one.opus.dtx);
    assert_eq!(one.opus.bits_per_second, Some(20_000));
}

/// The road with both legs on it, bridged.
fn road(office: &Office, alice: &SipLeg, bobs: &SipLeg) -> Road {
    let prompts = Arc::new(Prompts::new());
    let mut road = Road::new(RoadLimits::default(), prompts, Random::from_seed(3));
    let mut notices = Vec::new();
    for command in &office.media {
        road.command(command.clone(), office.now, &mut notices);
    }
    let (a, b) = (alice.sound().endpoint(), bobs.sound().endpoint());
    road.command(Command::Bridge { a, b }, office.now, &mut notices);
    road
}

fn local_of(office: &Office, leg: &SipLeg) -> LocalMedia {
    let opened = |command: &Command| {
        if let Command::Open { id, local, .. } = command
            && *id == leg.sound().endpoint()
        {
            return Some(*local);
        }
        None
    };
    office.media.iter().find_map(opened).unwrap()
}

/// Says half a second of something by a number; the numbers by which it arrives, and where.
fn said(road: &mut Road, port: u16, from: &str, pt: u8, payload: &[u8], step: u32) -> Heard {
    let mut heard = Heard::default();
    let mut now = Instant::from_secs(20);
    let from: SocketAddr = from.parse().unwrap();
    for n in 0..25_u16 {
        let mut bytes = vec![0x80, pt];
        bytes.extend_from_slice(&n.to_be_bytes());
        bytes.extend_from_slice(&(u32::from(n) * step).to_be_bytes());
        bytes.extend_from_slice(&[0, 0, 0, 9]);
        bytes.extend_from_slice(payload);
        let length = bytes.len();
        bytes.resize(length + ROOM, 0);
        let verdict = road.packet(port, from, &mut bytes, length, now, &mut Vec::new());
        if let Verdict::Send { to, .. } = verdict {
            heard.push(to, bytes[1] & 0x7f);
        }
        now += Duration::from_millis(20);
        let mut send = |_, to, octets: &[u8]| heard.push(to, octets[1] & 0x7f);
        road.expire(now, &mut send, &mut Vec::new());
    }
    heard
}

#[derive(Default)]
struct Heard(Vec<(SocketAddr, u8)>);

impl Heard {
    fn push(&mut self, to: SocketAddr, pt: u8) {
        self.0.push((to, pt));
    }

    /// Nearly all of it arrived there by this number.
    fn is(&self, to: &str, pt: u8) -> bool {
        let expected = (to.parse().unwrap(), pt);
        self.0.len() >= 18 && self.0.iter().all(|one| *one == expected)
    }
}

#[test]
fn a_phone_with_opus_alone_and_one_with_pcma_alone_hear_each_other() {
    // a frame of Opus that says nothing: narrow-band, 20 ms
    let silence = [0x08, 0x0b, 0xe4, 0xc1, 0x36, 0xec, 0xc5, 0x80];
    let (at_alice, at_bob) = ("203.0.113.7:5000", "203.0.113.99:4000");
    let (office, alice, bobs, ..) = called(OPUS, PCMA);
    let mut road = road(&office, &alice, &bobs);
    let (one, other) = (local_of(&office, &alice), local_of(&office, &bobs));
    let there = said(&mut road, one.rtp, at_alice, 120, &silence, 960);
    assert!(there.is(at_bob, 8), "{:?}", there.0);
    let back = said(&mut road, other.rtp, at_bob, 8, &[0xd5; 160], 160);
    assert!(back.is(at_alice, 120), "{:?}", back.0);
}

#[test]
fn phones_with_a_common_codec_are_relayed_though_more_was_offered() {
    let both = "m=audio 5000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";
    let (office, alice, bobs, _, answered) = called(PCMA, both);
    let told = ["8 PCMA/8000", "101 telephone-event/8000"];
    assert_eq!(formats(&answered), told);
    let mut road = road(&office, &alice, &bobs);
    let port = local_of(&office, &alice).rtp;
    let heard = said(&mut road, port, "203.0.113.7:4000", 8, &[0xd5; 160], 160);
    assert!(heard.is("203.0.113.99:5000", 8), "{:?}", heard.0);
    assert_eq!(road.figures().transcoding.made, 0);
}

#[test]
fn a_party_is_offered_nothing_that_its_list_forbids() {
    let mut office = Office::new();
    let mut told = |names: &[&str], offer: &str| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut sound = office.sound(bob(), None).only(&names);
        let offer = sound.anchor(
            speaking("203.0.113.7", offer),
            &mut office.ports,
            &mut office.media,
        );
        let codecs = offer.codecs(0);
        let speech = codecs.iter().filter(|codec| codec.is_speech());
        speech.map(|codec| codec.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(told(&["PCMU", "PCMA"], PCMA), ["PCMA", "PCMU"]);
    assert_eq!(told(&["PCMU"], OPUS), ["PCMU"]);
    assert_eq!(told(&[], OPUS), ["opus", "PCMU", "PCMA"]);
    assert_eq!(told(&[], PCMA), ["PCMA", "PCMU"]);
    // nothing else is left to be said to it
    assert_eq!(told(&["opus", "G722"], PCMA), ["opus", "G722"]);
}

#[test]
fn what_can_be_made_of_nothing_in_a_changed_offer_is_refused_and_the_rest_is_offered() {
    let mut office = Office::new();
    let names = ["PCMU".to_owned()];
    let sound = office.sound(bob(), None).only(&names);
    assert!(sound.can_be_offered(&speaking("203.0.113.7", OPUS)));
    let g729 = "m=audio 4000 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n";
    assert!(!sound.can_be_offered(&speaking("203.0.113.7", g729)));
}
