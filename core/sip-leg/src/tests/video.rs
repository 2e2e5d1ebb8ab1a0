//! Legs with video beside their sound: what each side is told, what the road is, and that sound is
//! as it would be without.

use media::LocalMedia;
use sdp::{Kind, take_off, video_of};

use super::protected::invite_with;
use super::*;

/// A phone with a camera at this address.
fn shown(address: &str) -> Description {
    let mut description = described(address).to_string();
    description.push_str(
        "m=video 44700 RTP/AVP 96 97\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\n\
         a=rtcp-fb:* nack pli\r\na=content:main\r\n",
    );
    Description::parse(description.as_bytes()).unwrap()
}

fn told(message: &Message) -> Description {
    Description::parse(message.body()).unwrap()
}

/// Alice calls with her camera and Bob answers so: both legs, the offer that he has got and the
/// answer that she has got.
fn called(office: &mut Office, bobs: &Description) -> (SipLeg, SipLeg, Description, Description) {
    let mut alice = office.called(alice(), &invite_with(&shown("10.9.9.5")));
    let mut bob_leg = office.dials(bob(), alice.sound().remote().cloned());
    let offer = office.last();
    office.hears(&mut bob_leg, bob(), answer(&offer, 200, Some(bobs)));
    office.sent();
    let description = office.facts().into_iter().find_map(|fact| {
        if let LegFact::Answered { description } = fact {
            return description;
        }
        None
    });
    office.orders(&mut alice, LegOrder::Answer { description });
    let answered = office.last();
    (alice, bob_leg, told(&offer), told(&answered))
}

/// Where video was opened beside which sound.
fn opened(office: &Office) -> Vec<(LocalMedia, media::EndpointId)> {
    let video = |command: &Command| {
        if let Command::OpenVideo { beside, local, .. } = command {
            return Some((*local, *beside));
        }
        None
    };
    office.media.iter().filter_map(video).collect()
}

#[test]
fn both_sides_are_told_of_video_at_places_of_our_own() {
    let mut office = Office::new();
    let (alice, bobs, offer, answered) = called(&mut office, &shown("203.0.113.99"));
    for told in [&offer, &answered] {
        let video = video_of(told).unwrap();
        assert_eq!(video.rtp.ip().to_string(), "198.51.100.1");
        assert_ne!(video.rtp.port(), told.media[0].port, "a port of its own");
        let names: Vec<&str> = video.codecs.iter().map(|codec| &*codec.name).collect();
        assert_eq!(names, ["VP8"], "what cannot be relayed is not offered");
        assert!(told.to_string().contains("a=content:main"));
    }
    assert!(alice.sound().has_video() && bobs.sound().has_video());
    let sounds: Vec<_> = opened(&office)
        .into_iter()
        .map(|(_, sound)| sound)
        .collect();
    assert_eq!(sounds, [bobs.sound().endpoint(), alice.sound().endpoint()]);
}

#[test]
fn where_the_called_party_takes_no_video_there_is_none_and_sound_as_ever() {
    let mut office = Office::new();
    let (alice, bobs, _, answered) = called(&mut office, &described("203.0.113.99"));
    assert_eq!((answered.media.len(), answered.media[1].port), (2, 0));
    assert!(answered.media[0].port != 0);
    assert!(!alice.sound().has_video() && !bobs.sound().has_video());
    let closed = office.media.iter();
    let closed = closed.filter(|command| matches!(command, Command::Close { .. }));
    assert_eq!(
        closed.count(),
        opened(&office).len(),
        "nothing is left open"
    );
    assert_eq!(office.ports.figures().legs, 2);
}

#[test]
fn a_guest_takes_the_sound_and_refuses_the_video() {
    let mut office = Office::new();
    let mut leg = office.called(alice(), &invite_with(&shown("10.9.9.5")));
    office.orders(&mut leg, LegOrder::AnswerLocally(call::Speaks::Prompts));
    let answer = told(&office.last());
    assert_eq!((answer.media.len(), answer.media[1].port), (2, 0));
    assert!(opened(&office).is_empty());
}

#[test]
fn a_leg_that_may_have_no_video_neither_offers_nor_takes_it() {
    let mut office = Office::new();
    office.video = false;
    let (alice, _, offer, answered) = called(&mut office, &shown("203.0.113.99"));
    assert_eq!(video_of(alice.sound().remote().unwrap()), None);
    assert_eq!((video_of(&offer), video_of(&answered)), (None, None));
    assert!(opened(&office).is_empty());
}

#[test]
fn video_beside_protected_sound_has_keys_of_its_own() {
    let mut office = Office::new();
    office.srtp = Srtp::Require;
    let mut leg = office.dials(bob(), Some(shown("10.9.9.5")));
    let mut offer = told(&office.last());
    let key = |offer: &mut Description, kind| {
        let protection = take_off(offer, kind, |_| true).unwrap();
        assert!(protection.demanded);
        protection.lines[0].inline.clone()
    };
    let sound = key(&mut offer, Kind::Audio);
    assert_ne!(sound, key(&mut offer, Kind::Video));
    // an answer that protects the sound alone
    assert!(!leg.sound().has_video());
    office.with(|desk, _| leg.close(desk));
    assert_eq!(office.ports.figures().legs, 0);
}
