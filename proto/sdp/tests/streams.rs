//! What a description says of its streams: directions and hold, codecs, addresses.

#![allow(clippy::unwrap_used)]

use sdp::{Codec, Description, Direction, codec_of_static_payload, parse_dtmf_payload, remote_of};

fn parse(lines: &str) -> Description {
    let text = format!("v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\n{lines}");
    Description::parse(text.as_bytes()).unwrap()
}

const ALL: [Direction; 4] = [
    Direction::SendRecv,
    Direction::SendOnly,
    Direction::RecvOnly,
    Direction::Inactive,
];

#[test]
fn directions_mirror_and_meet() {
    for direction in ALL {
        assert_eq!(direction.reversed().reversed(), direction);
        assert_eq!(direction.and(Direction::SendRecv), direction);
        assert_eq!(direction.and(Direction::Inactive), Direction::Inactive);
        assert_eq!(Direction::from_name(direction.as_str()), Some(direction));
        assert_eq!(
            Direction::of(direction.sends(), direction.receives()),
            direction
        );
    }
    assert_eq!(Direction::SendOnly.reversed(), Direction::RecvOnly);
    assert_eq!(
        Direction::SendOnly.and(Direction::RecvOnly),
        Direction::Inactive
    );
    assert_eq!(Direction::from_name("SENDRECV"), None);
}

#[test]
fn a_stream_says_its_direction_or_the_whole_does_or_nobody() {
    let audio = "c=IN IP4 192.0.2.1\nt=0 0\nm=audio 9 RTP/AVP 0\n";
    assert_eq!(parse(audio).direction_of(0), Direction::SendRecv);
    let whole = "c=IN IP4 192.0.2.1\nt=0 0\na=recvonly\nm=audio 9 RTP/AVP 0\n";
    assert_eq!(parse(whole).direction_of(0), Direction::RecvOnly);
    let own = format!("{whole}a=sendonly\n");
    assert_eq!(parse(&own).direction_of(0), Direction::SendOnly);
    assert_eq!(
        parse("m=audio 0 RTP/AVP 0\n").direction_of(0),
        Direction::Inactive
    );
    assert_eq!(parse(audio).direction_of(1), Direction::Inactive);
}

// rfc: 3264 §8.4
#[test]
fn hold_is_seen_in_both_styles() {
    let held = |lines: &str| parse(lines).is_hold();
    let at = |ip: &str, rest: &str| format!("c=IN IP{ip}\nt=0 0\nm=audio 9 RTP/AVP 0\n{rest}");
    assert!(!held(&at("4 192.0.2.1", "")));
    assert!(!held(&at("4 192.0.2.1", "a=recvonly\n")));
    assert!(held(&at("4 192.0.2.1", "a=sendonly\n")));
    assert!(held(&at("4 192.0.2.1", "a=inactive\n")));
    assert!(held(&at("4 0.0.0.0", "")));
    assert!(held(&at("6 ::", "a=sendrecv\n")));
    // the stream's own address counts more than that of the whole
    assert!(held(&at("4 192.0.2.1", "c=IN IP4 0.0.0.0\n")));
    assert!(!held(&at("4 0.0.0.0", "c=IN IP4 192.0.2.1\n")));
    // no sound, no hold
    assert!(!held("m=audio 0 RTP/AVP 0\nm=video 9 RTP/AVP 99\n"));
}

#[test]
fn the_old_hold_still_sends() {
    let held = parse("c=IN IP4 0.0.0.0\nm=audio 9 RTP/AVP 0\n");
    assert_eq!(held.direction_of(0), Direction::SendOnly);
    let deaf = parse("c=IN IP4 0.0.0.0\nm=audio 9 RTP/AVP 0\na=recvonly\n");
    assert_eq!(deaf.direction_of(0), Direction::Inactive);
}

#[test]
fn a_direction_is_written_once() {
    let mut description =
        parse("c=IN IP4 192.0.2.1\nm=audio 9 RTP/AVP 0\na=sendrecv\na=ptime:20\n");
    for direction in ALL {
        description.set_direction(0, direction);
        assert_eq!(description.direction_of(0), direction);
    }
    description.set_direction(7, Direction::SendOnly);
    let lines: Vec<_> = description.media[0]
        .lines
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(lines, ["a=ptime:20", "a=inactive"]);
}

#[test]
fn codecs_are_read_with_their_parameters_in_the_writers_order() {
    let media = "m=audio 9 RTP/AVP 111 9 0 8 18 101 13\n\
        a=rtpmap:111 opus/48000/2\na=fmtp:111 useinbandfec=1; stereo=0\n\
        a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\na=rtpmap:8 PCMA/8000\n\
        a=fmtp:18 annexb=no\n";
    let codecs = parse(media).codecs(0);
    let told: Vec<_> = codecs
        .iter()
        .map(|c| (c.payload, c.name.as_str(), c.clock))
        .collect();
    let expected = [
        (111, "opus", 48000),
        (9, "G722", 8000),
        (0, "PCMU", 8000),
        (8, "PCMA", 8000),
        (18, "G729", 8000),
        (101, "telephone-event", 8000),
        (13, "CN", 8000),
    ];
    assert_eq!(told, expected);
    assert_eq!((codecs[0].channels, codecs[1].channels), (2, 1));
    assert_eq!(codecs[0].fmtp.as_deref(), Some("useinbandfec=1; stereo=0"));
    assert_eq!(codecs[4].fmtp.as_deref(), Some("annexb=no"));
    let speech: Vec<_> = codecs
        .iter()
        .filter(|c| c.is_speech())
        .map(|c| c.payload)
        .collect();
    assert_eq!(speech, [111, 9, 0, 8, 18]);
}

#[test]
fn payloads_nobody_described_are_left_out() {
    let media = "m=audio 9 RTP/AVP 96 97 98 0\n\
        a=rtpmap:97 \na=rtpmap:98 speex/0\na=rtpmap:200 x/8000\n";
    let codecs = parse(media).codecs(0);
    assert_eq!(codecs, [Codec::pcmu()]);
    assert_eq!(parse("m=image 9 udptl t38\n").codecs(0), []);
    assert_eq!(parse("").codecs(0), []);
}

#[test]
fn a_map_may_give_a_static_payload_another_meaning() {
    let codecs = parse("m=audio 9 RTP/AVP 0 96\na=rtpmap:0 PCMU/16000\na=rtpmap:96 pcma/8000\n");
    let codecs = codecs.codecs(0);
    assert_eq!(codecs[0].clock, 16000);
    assert!(codecs[1].is("PCMA") && codecs[1].is_same_encoding(&Codec::pcma()));
}

// rfc: 3551 §6
#[test]
fn static_payloads_are_those_of_rfc_3551() {
    for (payload, codec) in [(0, Codec::pcmu()), (8, Codec::pcma()), (9, Codec::g722())] {
        assert_eq!(codec_of_static_payload(payload), Some(codec));
    }
    assert_eq!(codec_of_static_payload(13), Some(Codec::comfort_noise()));
    let names = [3, 4, 18].map(|p| codec_of_static_payload(p).unwrap().name);
    assert_eq!(names, ["GSM", "G723", "G729"]);
    assert_eq!(codec_of_static_payload(1), None);
    assert!((96..=127).all(|payload| codec_of_static_payload(payload).is_none()));
}

#[test]
fn key_presses_have_the_payload_of_the_speech_clock() {
    let of = |lines: &str| parse_dtmf_payload(&parse(lines).media[0]);
    let both = "a=rtpmap:96 opus/48000/2\na=rtpmap:101 telephone-event/8000\n\
        a=rtpmap:110 telephone-event/48000\n";
    assert_eq!(
        of(&format!("m=audio 9 RTP/AVP 96 101 110\n{both}")),
        Some(110)
    );
    assert_eq!(
        of(&format!("m=audio 9 RTP/AVP 0 110 101\n{both}")),
        Some(101)
    );
    assert_eq!(of(&format!("m=audio 9 RTP/AVP 0 110\n{both}")), Some(110));
    assert_eq!(of("m=audio 9 RTP/AVP 0 8\n"), None);
    assert_eq!(of("m=audio 9 RTP/AVP 0 101\n"), None);
}

#[test]
fn the_remote_side_is_told_in_one_value() {
    let remote = remote_of(&parse(
        "c=IN IP4 198.51.100.7\nt=0 0\nm=audio 4000 RTP/AVP 8 101\n\
         a=rtpmap:101 telephone-event/8000\na=ptime:30\na=rtcp-mux\na=sendonly\n",
    ))
    .unwrap();
    assert_eq!(remote.rtp, "198.51.100.7:4000".parse().unwrap());
    assert_eq!(remote.rtcp, "198.51.100.7:4001".parse().unwrap());
    assert!(remote.mux);
    assert_eq!(
        (remote.direction, remote.ptime),
        (Direction::SendOnly, Some(30))
    );
    assert_eq!(remote.speech(), Some(&Codec::pcma()));
    assert_eq!(remote.codecs.len(), 2);
}

// rfc: 3605 §2.1
#[test]
fn rtcp_may_have_a_port_and_an_address_of_its_own() {
    let rtcp = |rest: &str| {
        let lines = format!("c=IN IP6 2001:db8::1\nm=audio 4000 RTP/AVP 8\n{rest}");
        remote_of(&parse(&lines)).unwrap().rtcp.to_string()
    };
    assert_eq!(rtcp(""), "[2001:db8::1]:4001");
    assert_eq!(rtcp("a=rtcp:5000\n"), "[2001:db8::1]:5000");
    assert_eq!(
        rtcp("a=rtcp:5000 IN IP6 2001:db8::9\n"),
        "[2001:db8::9]:5000"
    );
    assert_eq!(rtcp("a=rtcp:x\n"), "[2001:db8::1]:4001");
}

#[test]
fn the_first_stream_we_can_serve_is_the_one() {
    let lines = "c=IN IP4 192.0.2.1\nm=video 2 RTP/AVP 99\nm=audio 0 RTP/AVP 0\n\
        m=audio 4 RTP/SAVP 0\nm=audio 6 RTP/AVP 8\nm=audio 8 RTP/AVP 0\n";
    assert_eq!(remote_of(&parse(lines)).unwrap().rtp.port(), 6);
    assert_eq!(parse(lines).audio(), Some(2));
    assert_eq!(
        remote_of(&parse("c=IN IP4 192.0.2.1\nm=audio 4 RTP/SAVP 0\n")),
        None
    );
    assert_eq!(remote_of(&parse("m=audio 4 RTP/AVP 0\n")), None);
    assert_eq!(
        remote_of(&parse("c=IN IP4 phone.example.com\nm=audio 4 RTP/AVP 0\n")),
        None
    );
    assert!(remote_of(&parse("c=IN IP4 192.0.2.1\nm=audio 65535 RTP/AVP 0\n")).is_some());
}
