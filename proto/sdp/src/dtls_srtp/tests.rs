//! Offers as browsers write them, taken off and put on.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::{Candidate, FingerprintHash, IceCredentials, remote_of};

const CHROMIUM: &str = include_str!("tests/chromium.sdp");
const FIREFOX: &str = include_str!("tests/firefox.sdp");

fn parsed(text: &str) -> Description {
    Description::parse(text.as_bytes()).unwrap()
}

fn ours() -> DtlsSrtp {
    let credentials = IceCredentials::new("Rz8q", "Tm9ib2R5R3Vlc3Nlc1RoaXMx").unwrap();
    let address = "198.51.100.4:16384".parse().unwrap();
    DtlsSrtp {
        ice: Some(Ice::lite(
            credentials,
            vec![Candidate::host(address, 65_535)],
        )),
        fingerprints: vec![Fingerprint::new(FingerprintHash::Sha256, &[0x1f; 32]).unwrap()],
        setup: Setup::Active,
        mid: Some("0".to_owned()),
        mux: true,
        feedback: true,
        bundled: true,
        video: None,
    }
}

/// How a transport is found by checks.
fn ice(transport: &DtlsSrtp) -> &Ice {
    transport.ice.as_ref().unwrap()
}

fn streams(description: &Description) -> Vec<(&str, u16, &str)> {
    let streams = description.media.iter();
    streams.map(|m| (&*m.kind, m.port, &*m.protocol)).collect()
}

/// What must not be left of this transport between the two sides.
fn assert_is_plain(description: &Description) {
    let text = description.to_string();
    for word in ["ice-", "candidate", "fingerprint", "setup", "BUNDLE", "TLS"] {
        let stream = description.media.iter().find(|m| m.port != 0).unwrap();
        assert!(!stream.to_string().contains(word), "{word} in {text}");
        let whole: String = description.lines.iter().map(Line::to_string).collect();
        assert!(!whole.contains(word), "{word} in {text}");
    }
}

// rfc: 5763 §5
// rfc: 8843 §7.3.3
#[test]
fn an_offer_of_chromium_becomes_plain_sound_and_plain_video() {
    let mut offer = parsed(CHROMIUM);
    let transport = take_off_dtls(&mut offer).unwrap();
    assert_eq!(ice(&transport).credentials.ufrag(), "xK3c");
    assert_eq!(transport.setup, Setup::ActPass);
    assert_eq!(
        (transport.mid.as_deref(), transport.bundled),
        (Some("0"), true)
    );
    assert!(ice(&transport).trickle && !ice(&transport).lite && !ice(&transport).complete);
    assert_eq!(transport.fingerprints.len(), 1);
    // the name of its own network and the candidate of TCP are passed over
    assert!(ice(&transport).candidates.is_empty());
    let plain = [("audio", 9, "RTP/AVP"), ("video", 9, "RTP/AVP")];
    assert_eq!(streams(&offer), plain);
    assert_is_plain(&offer);
}

#[test]
fn a_browser_whose_address_is_not_known_yet_is_not_on_hold() {
    let mut offer = parsed(CHROMIUM);
    assert!(offer.is_hold());
    take_off_dtls(&mut offer).unwrap();
    assert!(!offer.is_hold());
    let remote = remote_of(&offer).unwrap();
    assert_eq!(remote.rtp, "192.0.0.8:9".parse().unwrap());
    assert!(remote.mux);
}

// rfc: 8839 §5.4
#[test]
fn an_offer_of_firefox_says_for_all_streams_by_which_certificate() {
    let mut offer = parsed(FIREFOX);
    let transport = take_off_dtls(&mut offer).unwrap();
    assert_eq!(transport.fingerprints[0].hash(), FingerprintHash::Sha256);
    assert_eq!(ice(&transport).credentials.ufrag(), "0f6b2a91");
    assert_eq!(ice(&transport).candidates.len(), 2);
    assert!(ice(&transport).complete);
    let remote = remote_of(&offer).unwrap();
    assert_eq!(remote.rtp, "203.0.113.9:61022".parse().unwrap());
    assert_is_plain(&offer);
}

// rfc: 8839 §4.2.1
// rfc: 8843 §7.3
#[test]
fn what_is_put_on_is_read_as_it_was_meant() {
    let mut answer = parsed(
        "v=0\r\no=- 1 1 IN IP4 198.51.100.4\r\ns=-\r\nc=IN IP4 198.51.100.4\r\nt=0 0\r\n\
         m=audio 16384 RTP/AVP 111\r\na=rtpmap:111 opus/48000/2\r\na=rtcp:16385\r\n\
         m=video 0 RTP/AVPF 96\r\na=mid:1\r\n",
    );
    let plain = answer.clone();
    put_on_dtls(&mut answer, &ours());
    let text = answer.to_string();
    let before_streams = text.split("m=").next().unwrap();
    assert!(before_streams.contains("a=group:BUNDLE 0\r\na=ice-lite\r\na=ice-options:ice2\r\n"));
    assert!(text.contains("m=audio 16384 UDP/TLS/RTP/SAVPF 111\r\n"));
    assert!(text.contains("a=setup:active\r\n"));
    assert!(!text.contains("a=rtcp:"));
    let mut read = parsed(&text);
    assert_eq!(take_off_dtls(&mut read), Some(ours()));
    assert_eq!(streams(&read), streams(&plain));
}

#[test]
fn a_refused_stream_keeps_its_name() {
    let mut answer = parsed(CHROMIUM);
    let transport = take_off_dtls(&mut answer).unwrap();
    answer.media[1].port = 0;
    put_on_dtls(&mut answer, &transport);
    assert_eq!(answer.media[1].value("mid"), Some("1"));
    assert_eq!(streams(&answer)[1], ("video", 0, "UDP/TLS/RTP/SAVPF"));
    assert!(answer.to_string().contains("a=group:BUNDLE 0\r\n"));
}

#[test]
fn a_group_of_another_kind_stays() {
    let mut offer = parsed(&CHROMIUM.replace("a=group:BUNDLE 0 1", "a=group:LS 0 1"));
    let transport = take_off_dtls(&mut offer).unwrap();
    assert!(!transport.bundled);
    assert!(offer.to_string().contains("a=group:LS 0 1"));
}

#[test]
fn where_a_part_is_missing_the_description_stays_as_it_was() {
    for (part, instead) in [
        ("a=rtcp-mux\r\n", ""),
        ("a=ice-pwd:", "a=x-pwd:"),
        ("a=ice-ufrag:xK3c", "a=ice-ufrag:xK"),
        ("a=fingerprint:sha-256", "a=fingerprint:sha-1"),
        ("a=setup:actpass", "a=setup:both"),
        ("UDP/TLS/RTP/SAVPF", "TCP/DTLS/RTP/SAVPF"),
        ("m=audio 9 ", "m=audio 0 "),
    ] {
        let text = CHROMIUM.replace('\n', "\r\n").replace("\r\r", "\r");
        assert!(text.contains(part), "{part}");
        let mut offer = parsed(&text.replace(part, instead));
        let before = offer.clone();
        assert_eq!(take_off_dtls(&mut offer), None, "{part}");
        assert_eq!(offer, before);
    }
}

// rfc: 8122 §5
#[test]
fn a_stream_may_be_of_any_of_several_certificates() {
    let more = format!("a=fingerprint:sha-256 {}\r\na=setup:", ["07"; 32].join(":"));
    let mut offer = parsed(&CHROMIUM.replacen("a=setup:", &more, 1));
    assert_eq!(take_off_dtls(&mut offer).unwrap().fingerprints.len(), 2);
}

#[test]
fn no_more_candidates_are_kept_than_there_may_be() {
    let line = "a=candidate:1 1 udp 2122260223 203.0.113.9 61022 typ host\r\n";
    let many = format!("{}a=rtcp-mux", line.repeat(40));
    let mut offer = parsed(&CHROMIUM.replacen("a=rtcp-mux", &many, 1));
    let transport = take_off_dtls(&mut offer).unwrap();
    assert_eq!(ice(&transport).candidates.len(), crate::ice::MAX_CANDIDATES);
}

/// Whoever shakes hands and makes no checks, as a carrier's border does.
const UNCHECKED: &str = "v=0\r\no=- 1 1 IN IP4 203.0.113.9\r\ns=-\r\nc=IN IP4 203.0.113.9\r\n\
     t=0 0\r\nm=audio 40000 UDP/TLS/RTP/SAVP 0 101\r\na=rtcp-mux\r\na=setup:actpass\r\n\
     a=fingerprint:sha-256 1F:1F:1F:1F:1F:1F:1F:1F:1F:1F:1F:1F:1F:1F:1F:1F:1F:1F:1F:1F:1F:1F:1F:1F:\
     1F:1F:1F:1F:1F:1F:1F:1F\r\n";

// rfc: 5763 §5
#[test]
fn whoever_says_nothing_of_checks_is_where_its_description_says() {
    let mut offer = parsed(UNCHECKED);
    let transport = take_off_dtls(&mut offer).unwrap();
    assert_eq!((&transport.ice, transport.feedback), (&None, false));
    let remote = remote_of(&offer).unwrap();
    assert_eq!(remote.rtp, "203.0.113.9:40000".parse().unwrap());
    assert_is_plain(&offer);
    // and is told nothing of them
    put_on_dtls(&mut offer, &transport);
    let text = offer.to_string();
    assert!(text.contains("UDP/TLS/RTP/SAVP 0 101") && text.contains("a=setup:actpass"));
    assert!(
        !text.contains("ice") && !text.contains("candidate"),
        "{text}"
    );
}

#[test]
fn reports_have_a_port_of_their_own_where_whoever_makes_no_checks_gives_them_one() {
    let mut offer = parsed(&UNCHECKED.replace("a=rtcp-mux\r\n", ""));
    let transport = take_off_dtls(&mut offer).unwrap();
    assert!(!transport.mux);
    let remote = remote_of(&offer).unwrap();
    assert_eq!((remote.mux, remote.rtcp.port()), (false, 40_001));
    put_on_dtls(&mut offer, &transport);
    assert!(!offer.to_string().contains("rtcp-mux"));
    // a browser has one port
    assert_eq!(
        take_off_dtls(&mut parsed(&CHROMIUM.replace("a=rtcp-mux", "a=x"))),
        None
    );
}

#[test]
fn nobody_is_found_who_says_half_of_its_checks_or_has_no_address() {
    for (what, instead) in [
        ("a=rtcp-mux", "a=rtcp-mux\r\na=ice-ufrag:0f6b2a91"),
        ("c=IN IP4 203.0.113.9\r\n", ""),
        // keys may be meant that stand in the description
        ("UDP/TLS/RTP/SAVP", "RTP/SAVP"),
    ] {
        let mut offer = parsed(&UNCHECKED.replacen(what, instead, 1));
        assert_eq!(take_off_dtls(&mut offer), None, "{instead} for {what}");
    }
}
