//! Legs that go over from sound to fax within a call: what each side is told, what the road is,
//! and what is left where somebody refuses.

use media::Expect;

use super::protected::invite_with;
use super::*;

/// The fax of a party at this address.
fn fax(address: &str) -> Description {
    let text = format!(
        "v=0\r\no=secretuser 777001 777003 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\n\
         t=0 0\r\nm=image 44600 udptl t38\r\na=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\n\
         a=T38FaxFillBitRemoval:0\r\na=T38FaxUdpEC:t38UDPRedundancy\r\n"
    );
    Description::parse(text.as_bytes()).unwrap()
}

/// A request of Alice's within her call.
pub(super) fn within(leg: &SipLeg, method: &str, cseq: u32, body: &str) -> String {
    format!(
        "{method} sip:102@198.51.100.1:5060 SIP/2.0\r\n\
         Via: SIP/2.0/UDP 10.9.9.5:5062;branch=z9hG4bK{method}{cseq};rport\r\n\
         From: \"Alice\" <sip:101@acme.example>;tag=alicetag\r\n\
         To: <sip:102@acme.example>;tag={}\r\n\
         Call-ID: alicecall@10.9.9.5\r\nCSeq: {cseq} {method}\r\n\
         Contact: <sip:101@10.9.9.5:5062>\r\nMax-Forwards: 70\r\n\
         Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
        leg.usage().local_tag(),
        body.len()
    )
}

/// Alice's leg, answered.
fn talking(office: &mut Office, invite: &str) -> SipLeg {
    let mut leg = office.called(alice(), invite);
    let description = Some(described("203.0.113.99"));
    office.orders(&mut leg, LegOrder::Answer { description });
    let ack = within(&leg, "ACK", 4711, "");
    office.hears(&mut leg, alice(), ack);
    office.facts();
    office.sent();
    leg
}

/// Alice offers; the fact that the call is told, if any.
fn offers(office: &mut Office, leg: &mut SipLeg, cseq: u32, offer: &Description) -> Vec<LegFact> {
    let text = within(leg, "INVITE", cseq, &offer.to_string());
    office.hears(leg, alice(), text);
    office.facts()
}

fn expects(office: &Office, leg: &SipLeg) -> Expect {
    let expects = |command: &Command| {
        if let Command::Open { id, expects, .. } | Command::Describe { id, expects } = command
            && *id == leg.sound().endpoint()
        {
            return Some(*expects);
        }
        None
    };
    office.media.iter().rev().find_map(expects).unwrap()
}

fn media_of(message: &Message) -> Vec<String> {
    let description = Description::parse(message.body()).unwrap();
    let streams = description.media.iter();
    streams
        .map(|media| format!("{} {}", media.kind, media.port != 0))
        .collect()
}

// rfc: 3264 §8.3
#[test]
fn a_leg_goes_over_once_both_sides_have_agreed() {
    let mut office = Office::new();
    let mut leg = talking(&mut office, &invite());
    let sound = expects(&office, &leg);
    let facts = offers(&mut office, &mut leg, 4712, &fax("10.9.9.5"));
    let [
        LegFact::Offered {
            description: Some(offer),
        },
    ] = &facts[..]
    else {
        panic!("{facts:?}");
    };
    assert!(offer.fax().is_some());
    assert_eq!(expects(&office, &leg), sound, "nobody has agreed yet");
    let description = fax("203.0.113.99");
    office.orders(&mut leg, LegOrder::AnswerReoffer { description });
    let answer = office.last();
    assert_eq!(
        (answer.status(), media_of(&answer)),
        (Some(200), vec!["image true".to_owned()])
    );
    let said = text(&answer);
    assert!(said.contains("a=T38FaxFillBitRemoval:0\r\n"), "{said}");
    assert!(said.contains("c=IN IP4 198.51.100.1\r\n"), "{said}");
    let gone = expects(&office, &leg);
    assert!(gone.udptl && gone.nat, "her address is a private one");
    assert_eq!(gone.declared, Some("10.9.9.5:44600".parse().unwrap()));
    assert!(gone.formats.iter().next().is_none());
    assert!(leg.sound().is_fax());
    assert_eq!(leg.sound().codec_name().as_deref(), Some("T38"));
    // and back
    let ack = within(&leg, "ACK", 4712, "");
    office.hears(&mut leg, alice(), ack);
    offers(&mut office, &mut leg, 4713, &described("10.9.9.5"));
    assert!(expects(&office, &leg).udptl);
    let description = described("203.0.113.99");
    office.orders(&mut leg, LegOrder::AnswerReoffer { description });
    assert_eq!(expects(&office, &leg), sound);
    assert!(!leg.sound().is_fax());
}

#[test]
fn a_refused_fax_leaves_everything_as_it_was() {
    let mut office = Office::new();
    let mut leg = talking(&mut office, &invite());
    let (sound, codec) = (expects(&office, &leg), leg.sound().play_codec());
    let remote = leg.sound().remote().cloned();
    for (cseq, status) in [(4712, 488), (4713, 606), (4714, 415)] {
        offers(&mut office, &mut leg, cseq, &fax("10.9.9.5"));
        office.orders(&mut leg, LegOrder::RefuseReoffer { status });
        assert_eq!(office.last().status(), Some(status));
        let ack = within(&leg, "ACK", cseq, "");
        office.hears(&mut leg, alice(), ack);
        assert_eq!(expects(&office, &leg), sound);
        assert_eq!(leg.sound().remote(), remote.as_ref());
        assert_eq!(leg.sound().play_codec(), codec);
    }
}

#[test]
fn a_guest_refuses_a_fax_and_goes_on_with_sound() {
    let mut office = Office::new();
    let mut leg = office.called(alice(), &invite());
    office.orders(&mut leg, LegOrder::AnswerLocally(call::Speaks::Prompts));
    let ack = within(&leg, "ACK", 4711, "");
    office.hears(&mut leg, alice(), ack);
    let (sound, codec) = (expects(&office, &leg), leg.sound().play_codec());
    offers(&mut office, &mut leg, 4712, &fax("10.9.9.5"));
    office.orders(
        &mut leg,
        LegOrder::AnswerReofferLocally(call::Speaks::Prompts),
    );
    let refusal = office.last();
    assert_eq!(refusal.status(), Some(488));
    assert!(refusal.header(Name::Warning).unwrap().starts_with("304 "));
    assert_eq!(expects(&office, &leg), sound);
    assert_eq!(leg.sound().play_codec(), codec);
    assert!(codec.is_some());
}

/// Alice's leg, answered by a fax machine of the exchange.
fn with_machine(office: &mut Office, invite: &str) -> SipLeg {
    let mut leg = office.called(alice(), invite);
    office.orders(&mut leg, LegOrder::AnswerLocally(call::Speaks::Fax));
    let ack = within(&leg, "ACK", 4711, "");
    office.hears(&mut leg, alice(), ack);
    office.facts();
    office.sent();
    leg
}

#[test]
fn a_fax_machine_of_ours_answers_a_fax_and_comes_back_to_sound() {
    let mut office = Office::new();
    let mut leg = with_machine(&mut office, &invite());
    let (sound, codec) = (expects(&office, &leg), leg.sound().play_codec());
    let mut offer = fax("10.9.9.5").to_string();
    offer += "a=T38FaxMaxDatagram:320\r\n";
    let offer = Description::parse(offer.as_bytes()).unwrap();
    offers(&mut office, &mut leg, 4712, &offer);
    office.orders(&mut leg, LegOrder::AnswerReofferLocally(call::Speaks::Fax));
    let answer = office.last();
    assert_eq!(answer.status(), Some(200));
    assert_eq!(media_of(&answer), ["image true"]);
    let said = text(&answer);
    assert!(
        said.contains("a=T38FaxUdpEC:t38UDPRedundancy\r\n"),
        "{said}"
    );
    let gone = expects(&office, &leg);
    assert!(gone.udptl && leg.sound().is_fax());
    assert_eq!(gone.max_datagram, Some(320));
    let ack = within(&leg, "ACK", 4712, "");
    office.hears(&mut leg, alice(), ack);
    offers(&mut office, &mut leg, 4713, &described("10.9.9.5"));
    office.orders(&mut leg, LegOrder::AnswerReofferLocally(call::Speaks::Fax));
    assert_eq!(media_of(&office.last()), ["audio true"]);
    assert_eq!(expects(&office, &leg), sound);
    assert_eq!(leg.sound().play_codec(), codec);
}

#[test]
fn a_fax_machine_of_ours_offers_a_fax_and_all_is_as_it_was_where_that_is_refused() {
    for status in [488, 606, 415] {
        let mut office = Office::new();
        let mut leg = with_machine(&mut office, &invite());
        let (sound, codec) = (expects(&office, &leg), leg.sound().play_codec());
        office.orders(&mut leg, LegOrder::OfferFax);
        let request = office.last();
        assert_eq!(media_of(&request), ["image true"]);
        assert_eq!(expects(&office, &leg), sound, "nobody has agreed yet");
        office.hears(&mut leg, alice(), answer(&request, status, None));
        let facts = office.facts();
        let refused = matches!(&facts[..], [LegFact::ReofferRefused { status: told }]
            if *told == status);
        assert!(refused, "{facts:?}");
        assert_eq!(expects(&office, &leg), sound);
        assert_eq!(leg.sound().play_codec(), codec);
        office.orders(&mut leg, LegOrder::OfferFax);
        let request = office.last();
        let theirs = fax("10.9.9.5");
        office.hears(&mut leg, alice(), answer(&request, 200, Some(&theirs)));
        assert!(expects(&office, &leg).udptl && leg.sound().is_fax());
    }
}

// rfc: 3264 §8
#[test]
fn a_fax_that_is_offered_keeps_the_places_of_what_there_was_besides_sound() {
    let mut office = Office::new();
    let shows = described("10.9.9.5").to_string() + "m=video 44558 RTP/AVP 96\r\n";
    let shows = Description::parse(shows.as_bytes()).unwrap();
    let mut leg = with_machine(&mut office, &invite_with(&shows));
    office.orders(&mut leg, LegOrder::OfferFax);
    assert_eq!(media_of(&office.last()), ["image true", "video false"]);
}

#[test]
fn a_fax_machine_of_ours_takes_no_fax_that_it_cannot_speak() {
    let mut office = Office::new();
    let mut leg = with_machine(&mut office, &invite());
    let sound = expects(&office, &leg);
    let mut offer = fax("10.9.9.5").to_string();
    offer += "a=T38FaxRateManagement:localTCF\r\n";
    let offer = Description::parse(offer.as_bytes()).unwrap();
    offers(&mut office, &mut leg, 4712, &offer);
    office.orders(&mut leg, LegOrder::AnswerReofferLocally(call::Speaks::Fax));
    let refusal = office.last();
    assert_eq!(refusal.status(), Some(488));
    assert!(refusal.header(Name::Warning).unwrap().starts_with("305 "));
    assert_eq!(expects(&office, &leg), sound);
}

#[test]
fn the_other_side_is_offered_a_fax_and_may_refuse_it() {
    let mut office = Office::new();
    let mut leg = office.dials(bob(), Some(described("10.9.9.5")));
    let request = office.last();
    let media = described("203.0.113.99");
    office.hears(&mut leg, bob(), answer(&request, 200, Some(&media)));
    office.facts();
    let sound = expects(&office, &leg);
    let told = leg.sound().told().cloned();
    let offer = |office: &mut Office, leg: &mut SipLeg| {
        let description = Some(fax("10.9.9.5"));
        office.orders(leg, LegOrder::Reoffer { description });
        office.last()
    };
    let request = offer(&mut office, &mut leg);
    assert_eq!(media_of(&request), ["image true"]);
    assert_eq!(expects(&office, &leg), sound);
    office.hears(&mut leg, bob(), answer(&request, 488, None));
    let facts = office.facts();
    let refused = matches!(facts[..], [LegFact::ReofferRefused { status: 488 }]);
    assert!(refused, "{facts:?}");
    assert_eq!(
        (expects(&office, &leg), leg.sound().told()),
        (sound, told.as_ref())
    );
    let request = offer(&mut office, &mut leg);
    let theirs = fax("203.0.113.99");
    office.hears(&mut leg, bob(), answer(&request, 200, Some(&theirs)));
    let facts = office.facts();
    assert!(matches!(
        facts[..],
        [LegFact::ReofferAnswered {
            description: Some(_)
        }]
    ));
    let gone = expects(&office, &leg);
    assert!(gone.udptl && !gone.nat);
    assert_eq!(gone.declared, Some("203.0.113.99:44600".parse().unwrap()));
}

#[test]
fn a_leg_that_may_not_fax_refuses_a_fax_and_offers_none() {
    let mut office = Office::new();
    office.t38 = T38::Refuse;
    let mut leg = talking(&mut office, &invite());
    let sound = expects(&office, &leg);
    let facts = offers(&mut office, &mut leg, 4712, &fax("10.9.9.5"));
    assert!(facts.is_empty(), "{facts:?}");
    assert_eq!(office.last().status(), Some(488));
    let ack = within(&leg, "ACK", 4712, "");
    office.hears(&mut leg, alice(), ack);
    office.sent();
    for order in [
        LegOrder::OfferFax,
        LegOrder::Reoffer {
            description: Some(fax("203.0.113.99")),
        },
    ] {
        office.orders(&mut leg, order);
        let facts = office.facts();
        let refused = matches!(facts[..], [LegFact::ReofferRefused { status: 488 }]);
        assert!(refused, "{facts:?}");
        assert!(office.sent().is_empty());
    }
    assert_eq!(expects(&office, &leg), sound);
}

#[test]
fn an_answer_that_leaves_a_line_away_is_brought_in_order() {
    let mut office = Office::new();
    let mut leg = talking(&mut office, &invite());
    let mut offer = described("10.9.9.5");
    offer.media[0].port = 0;
    offer.media.extend(fax("10.9.9.5").media);
    offers(&mut office, &mut leg, 4712, &offer);
    let description = fax("203.0.113.99");
    office.orders(&mut leg, LegOrder::AnswerReoffer { description });
    assert_eq!(media_of(&office.last()), ["audio false", "image true"]);
    assert!(expects(&office, &leg).udptl);
}

#[test]
fn where_packets_are_protected_no_fax_is_taken_and_none_is_offered() {
    let key = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
    let mut protected = described("10.9.9.5").to_string();
    protected = protected.replace("RTP/AVP", "RTP/SAVP");
    protected += &format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}\r\n");
    let protected = Description::parse(protected.as_bytes()).unwrap();
    for srtp in [Srtp::Require, Srtp::Accept] {
        let mut office = Office::new();
        office.srtp = srtp;
        let mut leg = talking(&mut office, &invite_with(&protected));
        let sound = expects(&office, &leg);
        let facts = offers(&mut office, &mut leg, 4712, &fax("10.9.9.5"));
        assert!(facts.is_empty(), "{facts:?}");
        let refusal = office.last();
        assert_eq!(refusal.status(), Some(488));
        let warning = refusal.header(Name::Warning).unwrap();
        assert!(warning.starts_with("302 "), "{warning}");
        let ack = within(&leg, "ACK", 4712, "");
        office.hears(&mut leg, alice(), ack);
        assert!(leg.sound().is_protected());
        let description = Some(fax("203.0.113.99"));
        office.orders(&mut leg, LegOrder::Reoffer { description });
        let facts = office.facts();
        let refused = matches!(facts[..], [LegFact::ReofferRefused { status: 488 }]);
        assert!(refused, "{facts:?}");
        assert!(office.sent().is_empty());
        assert_eq!(expects(&office, &leg), sound);
        office.orders(&mut leg, LegOrder::OfferFax);
        let facts = office.facts();
        let refused = matches!(facts[..], [LegFact::ReofferRefused { status: 488 }]);
        assert!(refused, "nor by a machine of ours: {facts:?}");
        assert!(office.sent().is_empty());
    }
}

#[test]
fn a_leg_that_faxes_outlives_its_process_and_offers_its_fax_again() {
    let mut office = Office::new();
    let mut leg = talking(&mut office, &invite());
    offers(&mut office, &mut leg, 4712, &fax("10.9.9.5"));
    let description = fax("203.0.113.99");
    office.orders(&mut leg, LegOrder::AnswerReoffer { description });
    let ack = within(&leg, "ACK", 4712, "");
    office.hears(&mut leg, alice(), ack);
    let gone = expects(&office, &leg);
    let stored = leg.store(office.now).expect("it talks");
    let stored = serde_json::from_str(&serde_json::to_string(&stored).unwrap()).unwrap();
    let mut later = Office::new();
    let secrets = later.secrets();
    let mut leg = later
        .with(|desk, _| SipLeg::restore(stored, config(alice()), (Owner(9), secrets), desk))
        .unwrap();
    assert_eq!(expects(&later, &leg), gone);
    assert!(leg.sound().is_fax());
    later.with(|desk, reports| leg.probe(desk, reports));
    assert_eq!(media_of(&later.last()), ["image true"]);
}
