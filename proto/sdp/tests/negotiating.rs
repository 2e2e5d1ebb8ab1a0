//! Offers and answers of parties inside this node, and the examples of RFC 3264.

#![allow(clippy::unwrap_used)]

use sdp::{
    Capabilities, Codec, Description, Direction, MediaAddress, OriginId, Refusal, answer,
    match_answer, offer, remote_of,
};

fn ours() -> Capabilities {
    let ip = "203.0.113.5".parse().unwrap();
    let at = MediaAddress {
        ip,
        port: 20_000,
        rtcp_port: 20_001,
    };
    Capabilities::guest(at, OriginId { id: 7, version: 1 })
}

fn parse(lines: &str) -> Description {
    let text = format!("v=0\no=alice 2890844526 2890844526 IN IP4 192.0.2.1\ns=\n{lines}");
    Description::parse(text.as_bytes()).unwrap()
}

fn offered(media: &str) -> Description {
    parse(&format!("c=IN IP4 192.0.2.1\nt=0 0\n{media}"))
}

/// The answer's lines from the first `m=` on, and the promise that it is one.
fn answered(media: &str) -> Vec<String> {
    let offered = offered(media);
    let answer = answer(&offered, &ours()).unwrap();
    assert_eq!(match_answer(&offered, &answer), Ok(()));
    assert_eq!(
        Description::parse(answer.to_string().as_bytes()).as_ref(),
        Ok(&answer)
    );
    let text = answer.to_string();
    text.lines()
        .skip_while(|l| !l.starts_with("m="))
        .map(str::to_owned)
        .collect()
}

#[test]
fn an_offer_of_ours_reads_as_such() {
    let text = offer(&ours()).to_string();
    let expected = "v=0\r\no=- 7 1 IN IP4 203.0.113.5\r\ns=-\r\nc=IN IP4 203.0.113.5\r\n\
        t=0 0\r\nm=audio 20000 RTP/AVP 0 8 9 101 13\r\na=rtpmap:0 PCMU/8000\r\n\
        a=rtpmap:8 PCMA/8000\r\na=rtpmap:9 G722/8000\r\na=rtpmap:101 telephone-event/8000\r\n\
        a=fmtp:101 0-16\r\na=rtpmap:13 CN/8000\r\na=ptime:20\r\na=sendrecv\r\na=rtcp-mux\r\n";
    assert_eq!(text, expected);
}

#[test]
fn a_late_offer_is_answered_in_the_ack() {
    // they called without an offer, ours went in the 200, theirs comes in the ACK
    let offered = offer(&ours());
    let answer = parse(
        "c=IN IP4 192.0.2.1\nt=0 0\nm=audio 4000 RTP/AVP 8 101\n\
         a=rtpmap:101 telephone-event/8000\n",
    );
    assert_eq!(match_answer(&offered, &answer), Ok(()));
    assert_eq!(remote_of(&answer).unwrap().speech(), Some(&Codec::pcma()));
}

// rfc: 3264 §6.1
#[test]
fn the_offerers_most_wanted_codec_is_taken_with_its_numbers() {
    let lines = answered(
        "m=audio 4000 RTP/AVP 111 8 0 9 97 96 13\na=rtpmap:111 opus/48000/2\n\
         a=rtpmap:97 telephone-event/48000\na=rtpmap:96 telephone-event/8000\n\
         a=fmtp:96 0-15\na=ptime:30\n",
    );
    let expected = [
        "m=audio 20000 RTP/AVP 8 96 13",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:96 telephone-event/8000",
        "a=fmtp:96 0-16",
        "a=rtpmap:13 CN/8000",
        "a=ptime:30",
        "a=sendrecv",
    ];
    assert_eq!(lines, expected);
}

// rfc: 3264 §6.1
#[test]
fn directions_are_answered_as_rfc_3264_section_6_1_says() {
    for (theirs, ours_is) in [
        ("sendrecv", "a=sendrecv"),
        ("sendonly", "a=recvonly"),
        ("recvonly", "a=sendonly"),
        ("inactive", "a=inactive"),
    ] {
        let lines = answered(&format!("m=audio 4000 RTP/AVP 0\na={theirs}\n"));
        assert!(lines.contains(&ours_is.to_owned()), "{lines:?}");
    }
    // the old hold is answered like the new
    let held = parse("c=IN IP4 0.0.0.0\nt=0 0\nm=audio 4000 RTP/AVP 0\n");
    let answer = answer(&held, &ours()).unwrap();
    assert_eq!(answer.direction_of(0), Direction::RecvOnly);
}

#[test]
fn who_only_announces_does_not_receive() {
    let announcement = Capabilities {
        direction: Direction::SendOnly,
        ..ours()
    };
    let answer = answer(&offered("m=audio 4 RTP/AVP 0\n"), &announcement).unwrap();
    assert_eq!(answer.direction_of(0), Direction::SendOnly);
}

// rfc: 5761 §5.1.1
#[test]
fn one_port_is_taken_when_both_want_it() {
    let with = answered("m=audio 4000 RTP/AVP 0\na=rtcp-mux\n");
    assert!(with.contains(&"a=rtcp-mux".to_owned()));
    let without = answered("m=audio 4000 RTP/AVP 0\n");
    assert!(!without.contains(&"a=rtcp-mux".to_owned()));
    let refusing = Capabilities {
        mux: false,
        ..ours()
    };
    let apart = MediaAddress {
        rtcp_port: 30_000,
        ..refusing.at
    };
    let refusing = Capabilities {
        at: apart,
        ..refusing
    };
    let answer = answer(&offered("m=audio 4 RTP/AVP 0\na=rtcp-mux\n"), &refusing).unwrap();
    assert!(!answer.media[0].rtcp_mux());
    assert_eq!(answer.media[0].rtcp(), Some((30_000, None)));
}

#[test]
fn odd_packet_times_are_answered_with_ours() {
    for (theirs, said) in [
        ("20", "20"),
        ("60", "60"),
        ("0", "20"),
        ("25", "20"),
        ("x", "20"),
    ] {
        let lines = answered(&format!("m=audio 4 RTP/AVP 0\na=ptime:{theirs}\n"));
        assert!(
            lines.contains(&format!("a=ptime:{said}")),
            "{theirs}: {lines:?}"
        );
    }
}

// rfc: 3264 §6
#[test]
fn other_streams_are_refused_line_by_line() {
    let lines = answered(
        "m=video 2 RTP/AVP 99\na=mid:v\na=rtpmap:99 H264/90000\nm=audio 4 RTP/SAVP 0\n\
         m=audio 6 RTP/AVP 18\nm=audio 8/2 RTP/AVPF 0\na=mid:a\nm=audio 10 RTP/AVP 0\n\
         m=image 12 udptl t38\n",
    );
    let expected = [
        "m=video 0 RTP/AVP 99",
        "a=mid:v",
        "m=audio 0 RTP/SAVP 0",
        "m=audio 0 RTP/AVP 18",
        "m=audio 20000 RTP/AVPF 0",
        "a=rtpmap:0 PCMU/8000",
        "a=ptime:20",
        "a=sendrecv",
        "a=mid:a",
        "m=audio 0 RTP/AVP 0",
        "m=image 0 udptl t38",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn what_cannot_be_answered_says_why() {
    let refusal = |media: &str| answer(&offered(media), &ours()).unwrap_err();
    assert_eq!(refusal(""), Refusal::NoAudio);
    assert_eq!(refusal("m=video 4 RTP/AVP 99\n"), Refusal::NoAudio);
    assert_eq!(refusal("m=audio 0 RTP/AVP 0\n"), Refusal::NoAudio);
    assert_eq!(refusal("m=audio 4 RTP/SAVP 0\n"), Refusal::Protocol);
    assert_eq!(
        refusal("m=audio 4 UDP/TLS/RTP/SAVPF 0\n"),
        Refusal::Protocol
    );
    assert_eq!(refusal("m=audio 4 RTP/AVP 18 3\n"), Refusal::Codec);
    // key presses alone are no conversation
    let keys = "m=audio 4 RTP/AVP 101\na=rtpmap:101 telephone-event/8000\n";
    assert_eq!(refusal(keys), Refusal::Codec);
    assert_eq!(
        refusal("m=audio 4 RTP/AVP 0\nc=IN IP4 a.example.com\n"),
        Refusal::Address
    );
    let none = answer(&parse("t=0 0\nm=audio 4 RTP/AVP 0\n"), &ours());
    assert_eq!(none, Err(Refusal::Address));
    assert_eq!(Refusal::Codec.warning(), (305, "Incompatible media format"));
    assert_eq!(
        Refusal::Protocol.to_string(),
        "Incompatible transport protocol"
    );
}

// rfc: 3264 §6
#[test]
fn the_answer_has_the_offers_time() {
    let offered = parse("c=IN IP4 192.0.2.1\nt=2873397496 2873404696\nm=audio 4 RTP/AVP 0\n");
    let text = answer(&offered, &ours()).unwrap().to_string();
    assert!(
        text.contains("t=2873397496 2873404696\r\nm=audio"),
        "{text}"
    );
}

/// RFC 3264 section 10.1: sound and two videos; Bob refuses the first video.
const SECTION_10_1: &str = "m=audio 49170 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n\
    m=video 51372 RTP/AVP 31\na=rtpmap:31 H261/90000\n\
    m=video 53000 RTP/AVP 32\na=rtpmap:32 MPV/90000\n";

// rfc: 3264 §10.1
#[test]
fn rfc_3264_section_10_1_basic_exchange() {
    let offered = offered(SECTION_10_1);
    let bob = parse(
        "c=IN IP4 192.0.2.2\nt=0 0\nm=audio 49920 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n\
         m=video 0 RTP/AVP 31\nm=video 53000 RTP/AVP 32\na=rtpmap:32 MPV/90000\n",
    );
    assert_eq!(match_answer(&offered, &bob), Ok(()));
    // Bob then moves his sound and adds a stream for key presses, which Alice takes
    let bobs_offer = parse(
        "c=IN IP4 192.0.2.2\nt=0 0\nm=audio 65422 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n\
         m=video 0 RTP/AVP 31\nm=video 53000 RTP/AVP 32\na=rtpmap:32 MPV/90000\n\
         m=audio 51434 RTP/AVP 110\na=rtpmap:110 telephone-events/8000\na=recvonly\n",
    );
    let alice = parse(
        "c=IN IP4 192.0.2.1\nt=0 0\nm=audio 49170 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n\
         m=video 0 RTP/AVP 31\na=rtpmap:31 H261/90000\nm=video 53000 RTP/AVP 32\n\
         a=rtpmap:32 MPV/90000\nm=audio 53122 RTP/AVP 110\na=rtpmap:110 telephone-events/8000\n\
         a=sendonly\n",
    );
    assert_eq!(match_answer(&bobs_offer, &alice), Ok(()));
    assert_eq!(remote_of(&bobs_offer).unwrap().rtp.port(), 65422);
    // what a guest of ours answers to the first offer
    let lines = answered(SECTION_10_1);
    assert_eq!(
        lines
            .iter()
            .filter(|line| line.starts_with("m=video 0 "))
            .count(),
        2
    );
}

// rfc: 3264 §10.2
#[test]
fn rfc_3264_section_10_2_one_of_n_codecs() {
    let offered = offered(
        "m=audio 62986 RTP/AVP 0 4 18\na=rtpmap:0 PCMU/8000\na=rtpmap:4 G723/8000\n\
         a=rtpmap:18 G729/8000\na=inactive\n",
    );
    assert_eq!(offered.direction_of(0), Direction::Inactive);
    let bob = parse(
        "c=IN IP4 192.0.2.2\nt=0 0\nm=audio 54344 RTP/AVP 0 4\na=rtpmap:0 PCMU/8000\n\
         a=rtpmap:4 G723/8000\na=inactive\n",
    );
    assert_eq!(match_answer(&offered, &bob), Ok(()));
    // Alice then settles on G.723, Bob agrees
    let settled = parse(
        "c=IN IP4 192.0.2.1\nt=0 0\nm=audio 62986 RTP/AVP 4\na=rtpmap:4 G723/8000\na=sendrecv\n",
    );
    let agreed = parse(
        "c=IN IP4 192.0.2.2\nt=0 0\nm=audio 54344 RTP/AVP 4\na=rtpmap:4 G723/8000\na=sendrecv\n",
    );
    assert_eq!(match_answer(&settled, &agreed), Ok(()));
    assert_eq!(answer(&settled, &ours()), Err(Refusal::Codec));
}
