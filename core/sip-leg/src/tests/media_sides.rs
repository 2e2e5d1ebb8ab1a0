//! What a leg hears and tells of media: offers read, NAT, guests, restarts.

use super::*;
use media::Codec as MediaCodec;

fn with_body(kind: &str, body: &str) -> Message {
    let head = invite().split("\r\n\r\n").next().unwrap().to_owned();
    let head = head
        .lines()
        .filter(|line| !line.starts_with("Content-"))
        .collect::<Vec<_>>()
        .join("\r\n");
    read(format!(
        "{head}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

#[test]
fn an_offer_is_read_or_refused_with_the_status_that_fits() {
    let good = described("10.9.9.5").to_string();
    assert!(
        offer_of(&with_body("application/sdp", &good), Srtp::Accept)
            .unwrap()
            .is_some()
    );
    assert!(
        offer_of(&with_body("Application/SDP ; x=y", &good), Srtp::Accept)
            .unwrap()
            .is_some()
    );
    assert!(
        offer_of(&with_body("application/sdp", ""), Srtp::Accept)
            .unwrap()
            .is_none(),
        "a late offer"
    );
    assert_eq!(
        offer_of(&with_body("text/plain", &good), Srtp::Accept).err(),
        Some(415)
    );
    assert_eq!(
        offer_of(&with_body("application/sdp", "v=x"), Srtp::Accept).err(),
        Some(400)
    );
    let fax = good.replace("m=audio", "m=image");
    assert_eq!(
        offer_of(&with_body("application/sdp", &fax), Srtp::Accept).err(),
        Some(488)
    );
}

/// The last thing media was told to expect.
fn expects(office: &Office) -> media::Expect {
    let expects = |command: &Command| {
        if let Command::Open { expects, .. } | Command::Describe { expects, .. } = command {
            return Some(*expects);
        }
        None
    };
    office.media.iter().rev().find_map(expects).unwrap()
}

#[test]
fn a_private_address_is_not_believed_until_packets_come() {
    let mut office = Office::new();
    office.called(alice(), &invite());
    let expects = expects(&office);
    assert!(expects.nat, "10.9.9.5 was written, 203.0.113.7 sends");
    assert_eq!(expects.signalling_ip, Some("203.0.113.7".parse().unwrap()));
}

#[test]
fn an_address_that_is_where_the_signalling_comes_from_is_believed() {
    let mut office = Office::new();
    office.called(alice(), &invite().replace("10.9.9.5", "203.0.113.7"));
    let expects = expects(&office);
    assert!(!expects.nat);
    assert_eq!(expects.declared, Some("203.0.113.7:44556".parse().unwrap()));
}

#[test]
fn a_guest_answers_with_a_codec_of_its_own_and_can_play() {
    let mut office = Office::new();
    let mut leg = office.called(alice(), &invite());
    office.orders(&mut leg, LegOrder::AnswerLocally(call::Speaks::Prompts));
    let answer = office.last();
    assert_eq!(answer.status(), Some(200));
    let told = sdp::remote_of(&Description::parse(answer.body()).unwrap()).unwrap();
    assert_eq!(told.rtp.ip().to_string(), "198.51.100.1");
    assert!(leg.sound().play_codec().is_some());
    assert!(office.facts().is_empty());
}

/// An INVITE that offers these formats alone, with their maps.
fn offering(formats: &str, maps: &str) -> String {
    let (head, body) = invite()
        .split_once("\r\n\r\n")
        .map(|(h, b)| (h.to_owned(), b.to_owned()))
        .unwrap();
    let lines = body
        .lines()
        .filter(|line| !line.starts_with("a=rtpmap") && !line.starts_with("a=fmtp"));
    let mut body: String = lines.map(|line| format!("{line}\r\n")).collect();
    body = body.replace("RTP/AVP 9 8 0 101", &format!("RTP/AVP {formats}")) + maps;
    let head: Vec<&str> = head
        .lines()
        .filter(|l| !l.starts_with("Content-Length"))
        .collect();
    let length = body.len();
    format!(
        "{}\r\nContent-Length: {length}\r\n\r\n{body}",
        head.join("\r\n")
    )
}

/// The codec that a prompt is played in to a caller that offers these, if it is answered.
fn played_to(formats: &str, maps: &str) -> Option<MediaCodec> {
    let mut office = Office::new();
    let mut leg = office.called(alice(), &offering(formats, maps));
    office.orders(&mut leg, LegOrder::AnswerLocally(call::Speaks::Prompts));
    assert_eq!(office.last().status(), Some(200));
    leg.sound().play_codec().map(|codec| codec.codec)
}

#[test]
fn prompts_are_played_in_a_codec_that_they_are_kept_in_and_in_opus_where_there_is_no_other() {
    let opus = "a=rtpmap:111 opus/48000/2\r\n";
    assert_eq!(played_to("111", opus), Some(MediaCodec::Opus));
    assert_eq!(played_to("111 8", opus), Some(MediaCodec::Pcma));
    assert_eq!(played_to("9 111", opus), Some(MediaCodec::G722));
}

#[test]
fn a_guest_that_speaks_everything_answers_in_what_its_caller_wants_most() {
    let mut office = Office::new();
    let maps = "a=rtpmap:111 opus/48000/2\r\na=rtpmap:110 telephone-event/48000\r\n";
    let mut leg = office.called(alice(), &offering("111 110 0", maps));
    office.orders(&mut leg, LegOrder::AnswerLocally(call::Speaks::All));
    let answer = Description::parse(office.last().body()).unwrap();
    assert_eq!(answer.media[0].formats, ["111", "110"]);
    let told = sdp::remote_of(&answer).unwrap();
    assert_eq!(told.codecs[0].fmtp.as_deref(), Some("useinbandfec=1"));
}

/// What a fax machine answers to an offer of these formats, if it does.
fn fax_answer(formats: &str, maps: &str) -> Option<Vec<String>> {
    let mut office = Office::new();
    let mut leg = office.called(alice(), &offering(formats, maps));
    office.orders(&mut leg, LegOrder::AnswerLocally(call::Speaks::Fax));
    let answer = office.last();
    if answer.status() != Some(200) {
        assert_eq!(answer.status(), Some(488));
        return None;
    }
    let answer = Description::parse(answer.body()).unwrap();
    Some(answer.media[0].formats.clone())
}

#[test]
fn a_fax_machine_speaks_g711_and_nothing_else() {
    let opus = "a=rtpmap:111 opus/48000/2\r\n";
    let keys = "a=rtpmap:101 telephone-event/8000\r\n";
    let told = |all: &[&str]| Some(all.iter().map(|one| (*one).to_owned()).collect());
    assert_eq!(fax_answer("9 8 0 13 101", keys), told(&["8", "101"]));
    assert_eq!(fax_answer("111 0", opus), told(&["0"]));
    assert_eq!(fax_answer("9", ""), None);
    assert_eq!(fax_answer("111", opus), None);
}

#[test]
fn a_caller_that_speaks_nothing_a_guest_does_is_refused_488() {
    let mut office = Office::new();
    let odd = invite().replace("RTP/AVP 9 8 0 101", "RTP/AVP 96 97 101");
    let length = odd.split("\r\n\r\n").nth(1).unwrap().len();
    let (head, body) = odd.split_once("\r\n\r\n").unwrap();
    let head: Vec<&str> = head
        .lines()
        .filter(|l| !l.starts_with("Content-Length"))
        .collect();
    let odd = format!(
        "{}\r\nContent-Length: {length}\r\n\r\n{body}",
        head.join("\r\n")
    );
    let mut leg = office.called(alice(), &odd);
    office.orders(&mut leg, LegOrder::AnswerLocally(call::Speaks::Prompts));
    assert_eq!(office.last().status(), Some(488));
    let facts = office.facts();
    assert!(matches!(facts[..], [LegFact::Ended]), "{facts:?}");
}

// rfc: 3264 §8
#[test]
fn the_version_of_our_description_rises_with_each_and_its_id_stays() {
    let mut office = Office::new();
    let mut leg = office.called(alice(), &invite());
    let mut origins = Vec::new();
    for status in [183, 183, 200] {
        let description = described("10.1.1.7");
        office.orders(
            &mut leg,
            match status {
                200 => LegOrder::Answer {
                    description: Some(description),
                },
                _ => LegOrder::Progress { description },
            },
        );
        let body = Description::parse(office.last().body()).unwrap();
        let origin = body.origin().unwrap();
        origins.push((origin.id.clone(), origin.version.parse::<u64>().unwrap()));
    }
    assert!(
        origins
            .windows(2)
            .all(|pair| pair[0].0 == pair[1].0 && pair[0].1 < pair[1].1)
    );
}

#[test]
fn a_leg_outlives_its_process_with_dialog_and_endpoint() {
    let mut office = Office::new();
    let mut leg = office.dials(bob(), Some(described("10.9.9.5")));
    let request = office.last();
    let media = described("10.1.1.7");
    assert!(leg.store(office.now).is_none(), "it only rings");
    office.hears(&mut leg, bob(), answer(&request, 200, Some(&media)));
    office.facts();
    office.sent();
    let stored = leg.store(office.now).expect("it talks");
    let stored = serde_json::from_str(&serde_json::to_string(&stored).unwrap()).unwrap();
    let mut later = Office::new();
    let secrets = later.secrets();
    let mut leg = later
        .with(|desk, _| SipLeg::restore(stored, config(bob()), (Owner(9), secrets), desk))
        .unwrap();
    assert!(matches!(later.media[..], [Command::Open { .. }]));
    assert_eq!(leg.user_agent(), "BobPhone/2");
    later.orders(
        &mut leg,
        LegOrder::HangUp {
            reason: EndReason::normal(),
        },
    );
    let (flow, bye) = later.sent().pop().unwrap();
    assert_eq!((flow, bye.method()), (bob(), Some(Method::Bye)));
    assert_eq!(bye.call_id().unwrap(), request.call_id().unwrap());
    assert_eq!(bye.to().unwrap().tag(), Some("bobtag"));
}

/// What stands of extended reports in a description.
fn extended(description: &[u8]) -> Vec<String> {
    let text = String::from_utf8(description.to_vec()).unwrap();
    let lines = text.lines().filter(|line| line.contains("rtcp-xr"));
    lines.map(str::to_owned).collect()
}

// rfc: 3611 §5.2
#[test]
fn extended_reports_are_wanted_in_answers_of_who_wants_some_itself() {
    let wanted = "a=rtcp-xr:rcvr-rtt=all voip-metrics";
    for (asks, answered, voip) in [
        ("", None, false),
        ("a=rtcp-xr:voip-metrics\r\n", Some(wanted), true),
        ("a=rtcp-xr:rcvr-rtt=all:100\r\n", Some(wanted), false),
    ] {
        let mut office = Office::new();
        let mut leg = office.called(alice(), &offering("0", asks));
        office.orders(&mut leg, LegOrder::AnswerLocally(call::Speaks::Prompts));
        let told: Vec<String> = answered.into_iter().map(str::to_owned).collect();
        assert_eq!(extended(office.last().body()), told, "{asks}");
        let reports = expects(&office).reports;
        assert_eq!(reports.voip_metrics, voip, "{asks}");
        assert_eq!(reports.round_trip, asks.contains("rcvr-rtt"), "{asks}");
    }
}
