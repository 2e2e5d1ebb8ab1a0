//! Descriptions that pass through this node.

#![allow(clippy::unwrap_used)]

use sdp::{Description, Direction, MediaAddress, OriginId, anchor, match_answer, remote_of};

const ORIGIN: OriginId = OriginId {
    id: 4711,
    version: 2,
};

fn at(port: u16, rtcp_port: u16) -> MediaAddress {
    MediaAddress {
        ip: "203.0.113.5".parse().unwrap(),
        port,
        rtcp_port,
    }
}

fn parse(lines: &str) -> Description {
    let text = format!("v=0\no=alice 1 9 IN IP4 10.0.0.1\ns=-\n{lines}");
    Description::parse(text.as_bytes()).unwrap()
}

/// The lines after anchoring at port 20000, and 20001 for RTCP.
fn anchored(lines: &str) -> Vec<String> {
    let mut description = parse(lines);
    anchor(&mut description, &at(20_000, 20_001), None, &ORIGIN);
    description.to_string().lines().map(str::to_owned).collect()
}

#[test]
fn a_plain_offer_becomes_ours_and_keeps_the_rest() {
    let lines = anchored(
        "i=kept\nc=IN IP4 10.0.0.1\nb=AS:80\nt=0 0\nx=kept\na=tool:kept\n\
         m=audio 4000 RTP/AVP 0 101\nz=kept\na=rtpmap:101 telephone-event/8000\n\
         a=fmtp:101 0-15\na=ptime:20\na=rtcp-mux\na=sendrecv\n",
    );
    let expected = [
        "v=0",
        "o=- 4711 2 IN IP4 203.0.113.5",
        "s=-",
        "i=kept",
        "c=IN IP4 203.0.113.5",
        "b=AS:80",
        "t=0 0",
        "x=kept",
        "a=tool:kept",
        "m=audio 20000 RTP/AVP 0 101",
        "z=kept",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-15",
        "a=ptime:20",
        "a=rtcp-mux",
        "a=sendrecv",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn no_address_of_the_writer_gets_through() {
    let lines = anchored(
        "c=IN IP4 10.0.0.1\nt=0 0\nk=clear:secret\na=group:BUNDLE a v\na=ice-lite\n\
         a=source-filter: incl IN IP4 * 10.0.0.1\na=fingerprint:sha-256 AA:BB\n\
         m=audio 4000/2 RTP/AVP 0\nc=IN IP4 10.0.0.2/127\nk=clear:secret\na=mid:a\n\
         a=rtcp:4001 IN IP4 10.0.0.2\na=candidate:1 1 UDP 2130706431 10.0.0.2 4000 typ host\n\
         a=ice-ufrag:x\na=ice-pwd:y\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:z\n\
         a=setup:actpass\na=ssrc:1 cname:10.0.0.2\na=altc:1 IP4 10.0.0.2 4000\n\
         m=video 4002 RTP/AVP 99\nc=IN IP4 10.0.0.3\na=mid:v\na=rtpmap:99 H264/90000\n\
         a=candidate:1 1 UDP 2130706431 10.0.0.3 4002 typ host\n",
    );
    assert!(
        !lines.iter().any(|line| line.contains("10.0.0")),
        "{lines:#?}"
    );
    assert!(
        !lines.iter().any(|line| line.contains("secret")),
        "{lines:#?}"
    );
    let from_media: Vec<_> = lines.iter().skip_while(|l| !l.starts_with("m=")).collect();
    let expected = [
        "m=audio 20000 RTP/AVP 0",
        "c=IN IP4 203.0.113.5",
        "a=mid:a",
        "a=rtcp:20001",
        "m=video 0 RTP/AVP 99",
        "a=mid:v",
    ];
    assert_eq!(from_media, expected);
    assert!(
        !lines.iter().any(|line| line.starts_with("a=group")),
        "{lines:#?}"
    );
}

#[test]
fn other_groups_stay() {
    let lines = anchored("c=IN IP4 10.0.0.1\na=group:LS a v\nm=audio 4 RTP/AVP 0\na=mid:a\n");
    assert!(lines.contains(&"a=group:LS a v".to_owned()));
}

#[test]
fn a_whole_without_address_gets_ours() {
    let lines = anchored("t=0 0\nm=audio 4 RTP/AVP 0\nc=IN IP6 2001:db8::1\n");
    assert_eq!(lines[3..5], ["c=IN IP4 203.0.113.5", "t=0 0"]);
    assert_eq!(lines[6], "c=IN IP4 203.0.113.5");
}

// rfc: 3605 §2.1
#[test]
fn an_rtcp_port_that_is_no_neighbour_is_written() {
    let mut description = parse("c=IN IP4 10.0.0.1\nm=audio 4 RTP/AVP 0\n");
    anchor(&mut description, &at(20_000, 30_000), None, &ORIGIN);
    assert_eq!(description.media[0].rtcp(), Some((30_000, None)));
    let told = remote_of(&description).unwrap();
    assert_eq!(told.rtcp.port(), 30_000);
}

#[test]
fn ipv6_is_written_as_such() {
    let mut description = parse("c=IN IP4 10.0.0.1\nm=audio 4 RTP/AVP 0\n");
    let at = MediaAddress {
        ip: "2001:db8::5".parse().unwrap(),
        port: 6,
        rtcp_port: 7,
    };
    anchor(&mut description, &at, None, &ORIGIN);
    let text = description.to_string();
    assert!(text.contains("o=- 4711 2 IN IP6 2001:db8::5\r\n"), "{text}");
    assert!(text.contains("c=IN IP6 2001:db8::5\r\n"), "{text}");
}

#[test]
fn streams_we_cannot_serve_keep_their_line_with_port_0() {
    let lines = anchored(
        "c=IN IP4 10.0.0.1\nm=image 5 udptl t38\nm=audio 6 RTP/SAVP 0\nm=audio 8 RTP/AVP 8\n\
         m=audio 10 RTP/AVP 0\nm=audio 0 RTP/AVP 3\n",
    );
    let media: Vec<_> = lines.iter().filter(|line| line.starts_with("m=")).collect();
    let expected = [
        "m=image 0 udptl t38",
        "m=audio 0 RTP/SAVP 0",
        "m=audio 20000 RTP/AVP 8",
        "m=audio 0 RTP/AVP 0",
        "m=audio 0 RTP/AVP 3",
    ];
    assert_eq!(media, expected);
}

#[test]
fn an_ended_stream_stays_ended() {
    let mut description = parse("c=IN IP4 10.0.0.1\nm=audio 0 RTP/AVP 0\n");
    anchor(&mut description, &at(2, 3), None, &ORIGIN);
    assert_eq!(description.media[0].port, 0);
    assert_eq!(remote_of(&description), None);
}

// rfc: 3264 §8.4
#[test]
fn the_old_hold_becomes_the_new_one() {
    for (given, expected) in [
        ("", Direction::SendOnly),
        ("a=sendrecv\n", Direction::SendOnly),
        ("a=recvonly\n", Direction::Inactive),
        ("a=inactive\n", Direction::Inactive),
    ] {
        let lines = format!("c=IN IP4 0.0.0.0\nm=audio 4 RTP/AVP 0\n{given}");
        let mut description = parse(&lines);
        assert!(description.is_hold());
        anchor(&mut description, &at(2, 3), None, &ORIGIN);
        assert!(description.is_hold());
        assert_eq!(description.direction_of(0), expected);
        assert!(!description.to_string().contains("0.0.0.0"));
    }
}

#[test]
fn the_new_hold_passes_as_it_is() {
    let lines = anchored("c=IN IP4 10.0.0.1\nm=audio 4 RTP/AVP 0\na=sendonly\na=ptime:20\n");
    assert_eq!(lines[lines.len() - 2..], ["a=sendonly", "a=ptime:20"]);
}

#[test]
fn anchoring_twice_changes_nothing_more() {
    let mut once = parse("c=IN IP4 0.0.0.0\nm=audio 4 RTP/AVP 0\na=rtcp:9\nm=video 4 RTP/AVP 9\n");
    anchor(&mut once, &at(2, 3), None, &ORIGIN);
    let mut twice = once.clone();
    anchor(&mut twice, &at(2, 3), None, &ORIGIN);
    assert_eq!(once, twice);
}

fn rule(offered: &str, answered: &str) -> String {
    match_answer(&parse(offered), &parse(answered))
        .unwrap_err()
        .to_string()
}

#[test]
fn an_answer_that_fits_is_taken() {
    let offered = "c=IN IP4 10.0.0.1\nm=audio 4 RTP/AVP 0 8 96\na=rtpmap:96 opus/48000/2\n\
        m=video 6 RTP/AVP 99\n";
    for answered in [
        "m=audio 9 RTP/AVP 8\nm=video 0 RTP/AVP 99\n",
        "m=audio 0 RTP/AVP 0\nm=video 8 RTP/AVP 99\n",
        // its own number for a codec of ours
        "m=audio 9 RTP/AVP 111\na=rtpmap:111 OPUS/48000/2\nm=video 0 RTP/AVP 99\n",
        // a refused stream may say what it likes
        "m=audio 9 RTP/AVP 0\nm=video 0 RTP/SAVP 5\n",
    ] {
        assert_eq!(
            match_answer(&parse(offered), &parse(answered)),
            Ok(()),
            "{answered}"
        );
    }
}

#[test]
fn an_answer_that_does_not_fit_is_named() {
    let audio = "m=audio 4 RTP/AVP 0 8\n";
    let said = |line: usize, rule: &str| format!("session description, line {line}: {rule}");
    assert_eq!(
        rule(audio, ""),
        "session description: an answer must have as many m= as the offer"
    );
    assert_eq!(
        rule(audio, &audio.repeat(2)),
        "session description: an answer must have as many m= as the offer"
    );
    assert_eq!(
        rule(audio, "m=video 4 RTP/AVP 0\n"),
        said(5, "an answer must have the streams in the offer's order")
    );
    assert_eq!(
        rule(&format!("{audio}m=audio 0 RTP/AVP 0\n"), &audio.repeat(2)),
        said(6, "an answer must not take a stream the offer closed")
    );
    assert_eq!(
        rule(audio, "m=audio 4 RTP/SAVP 0\n"),
        said(5, "an answer must keep the offer's protocol")
    );
    assert_eq!(
        rule(audio, "m=audio 4 RTP/AVP 18\n"),
        said(5, "an answer must take a format of the offer")
    );
}
