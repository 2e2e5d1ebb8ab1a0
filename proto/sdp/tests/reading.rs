//! Reading and printing: what is kept, what is put right, what is refused and how it is named.

#![allow(clippy::unwrap_used)]

use std::net::IpAddr;

use proptest::prelude::*;
use sdp::{
    Address, Description, Line, MAX_BYTES, MAX_FORMATS, MAX_LINE_BYTES, MAX_LINES, MAX_MEDIA,
};

/// RFC 8866 section 5, its example, with lines nobody knows.
const EXAMPLE: &str = "v=0\r\n\
    o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1\r\n\
    s=Call to John Smith\r\n\
    i=SDP Offer #1\r\n\
    u=http://www.jdoe.example.com/home.html\r\n\
    e=Jane Doe <jane@jdoe.example.com>\r\n\
    p=+1 617 555-6011\r\n\
    c=IN IP4 198.51.100.1\r\n\
    y=nobody knows\r\n\
    b=AS:128\r\n\
    t=0 0\r\n\
    r=7d 1h 0 25h\r\n\
    a=charset:UTF-8\r\n\
    Y=nor this\r\n\
    a=X-strange:  two  blanks\r\n\
    m=audio 49170 RTP/AVP 0\r\n\
    i=sound\r\n\
    m=audio 49180/2 RTP/AVP 0 97\r\n\
    c=IN IP4 233.252.0.1/127/3\r\n\
    b=TIAS:64000\r\n\
    q=odd\r\n\
    a=rtpmap:97 iLBC/8000\r\n\
    m=video 51372 RTP/AVP 99\r\n\
    c=IN IP6 2001:db8::2\r\n\
    a=rtpmap:99 h263-1998/90000\r\n";

fn parse(text: &str) -> Description {
    Description::parse(text.as_bytes()).unwrap()
}

/// What is said of a bad description.
fn refusal(text: &str) -> String {
    Description::parse(text.as_bytes()).unwrap_err().to_string()
}

/// A description with these lines behind `v=` and `o=`.
fn with(lines: &str) -> String {
    format!("v=0\no=- 1 1 IN IP4 192.0.2.1\n{lines}")
}

#[test]
fn every_line_is_kept_in_order_known_or_not() {
    assert_eq!(parse(EXAMPLE).to_string(), EXAMPLE);
}

#[test]
fn what_was_read_is_told() {
    let description = parse(EXAMPLE);
    let origin = description.origin().unwrap();
    assert_eq!(
        (origin.user.as_str(), origin.id.as_str()),
        ("jdoe", "3724394400")
    );
    assert_eq!(origin.address.ip(), "198.51.100.1".parse::<IpAddr>().ok());
    let [first, second, video] = &description.media[..] else {
        panic!("{description}")
    };
    assert_eq!(
        (first.port, first.ports, first.connection()),
        (49170, None, None)
    );
    assert_eq!((second.port, second.ports), (49180, Some(2)));
    assert_eq!(
        second.connection().and_then(|c| c.multicast.as_deref()),
        Some("127/3")
    );
    assert_eq!(video.kind, "video");
    let ip = description.connection_of(2).and_then(|c| c.address.ip());
    assert_eq!(ip, "2001:db8::2".parse::<IpAddr>().ok());
    let strange = description
        .attributes()
        .find(|a| a.name == "X-strange")
        .unwrap();
    assert_eq!(strange.value.as_deref(), Some("  two  blanks"));
}

#[test]
fn every_kind_of_line_end_is_taken() {
    let description = parse(EXAMPLE);
    for end in ["\n", "\r", "\n\n", "\r\n\r\n", "  \r\n"] {
        assert_eq!(parse(&EXAMPLE.replace("\r\n", end)), description, "{end:?}");
    }
    assert_eq!(parse(EXAMPLE.trim_end()), description);
}

// rfc: 8866 §5
#[test]
fn lines_out_of_order_are_put_in_order_and_unknown_ones_follow_their_leader() {
    let given = with("t=0 0\na=one\nx=behind one\ns=-\nc=IN IP4 192.0.2.1\na=two\n");
    let expected = "s=-|c=IN IP4 192.0.2.1|t=0 0|a=one|x=behind one|a=two";
    let printed = parse(&given).to_string().replace("\r\n", "|");
    assert_eq!(printed, format!("v=0|o=- 1 1 IN IP4 192.0.2.1|{expected}|"));
}

#[test]
fn a_missing_name_and_time_are_supplied() {
    let printed = parse(&with("m=audio 9 RTP/AVP 0\n")).to_string();
    assert_eq!(
        printed,
        "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n"
    );
}

#[test]
fn numbers_longer_than_any_machine_word_are_kept() {
    let long = "9".repeat(40);
    let text = format!("v=0\r\no=- {long} {long} IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n");
    assert_eq!(parse(&text).to_string(), text);
}

#[test]
fn host_names_and_other_networks_are_kept_as_text() {
    let text = "v=0\r\no=- 1 1 IN IP4 pbx.example.com\r\ns=-\r\nc=ATM NSAP 47.0091\r\nt=0 0\r\n";
    let description = parse(text);
    assert_eq!(description.to_string(), text);
    assert!(matches!(
        description.origin().unwrap().address,
        Address::Name { .. }
    ));
    assert_eq!(description.connection().and_then(|c| c.address.ip()), None);
}

#[test]
fn free_text_in_an_old_charset_does_not_end_a_call() {
    let mut bytes = with("s=Caf").into_bytes();
    bytes.extend(b"\xe9\nt=0 0\nm=audio 9 RTP/AVP 0\n");
    let description = Description::parse(&bytes).unwrap();
    assert!(
        description
            .lines
            .contains(&Line::Name("Caf\u{fffd}".into()))
    );
    let mut bytes = with("a=caf").into_bytes();
    bytes.extend(b"\xe9\n");
    let problem = Description::parse(&bytes).unwrap_err();
    assert_eq!(
        problem.to_string(),
        "session description, line 3: must be UTF-8"
    );
}

#[test]
fn a_bad_line_is_named_with_its_rule() {
    let cases = [
        ("c=IN IP4\n", "c= must have network, family and address"),
        ("c=IN IP4 192.0.2.999\n", "the address must be an IPv4 one"),
        ("c=IN IP4 2001:db8::1\n", "the address must be an IPv4 one"),
        ("c=IN IP6 192.0.2.1\n", "the address must be an IPv6 one"),
        ("c=IN IP6 2001:db8:::1\n", "the address must be an IPv6 one"),
        ("c=IN IP5 x\n", "the address family must be IP4 or IP6"),
        ("o=- 1 1 IN IP4 192.0.2.1\n", "there must be one o="),
        ("v=0\n", "v= must be the first line and only there"),
        (
            "nonsense\n",
            "must be one letter, an equals sign and a value",
        ),
        ("=x\n", "must be one letter, an equals sign and a value"),
        ("a\n", "must be one letter, an equals sign and a value"),
        ("1=x\n", "must be one letter, an equals sign and a value"),
        ("a=\n", "an attribute must have a name without blanks"),
        ("a=:5\n", "an attribute must have a name without blanks"),
        (
            "a=two words:5\n",
            "an attribute must have a name without blanks",
        ),
        ("a=x\0y\n", "must not contain NUL"),
        (
            "m=audio\n",
            "m= must have a kind, a port, a protocol and a format",
        ),
        (
            "m=audio 9 RTP/AVP\n",
            "m= must have a kind, a port, a protocol and a format",
        ),
        (
            "m=audio 65536 RTP/AVP 0\n",
            "a port must be a number from 0 to 65535",
        ),
        (
            "m=audio -1 RTP/AVP 0\n",
            "a port must be a number from 0 to 65535",
        ),
        (
            "m=audio +9 RTP/AVP 0\n",
            "a port must be a number from 0 to 65535",
        ),
        (
            "m=audio 9/x RTP/AVP 0\n",
            "a port must be a number from 0 to 65535",
        ),
        (
            "m=audio 9 RTP/AVP 128\n",
            "the formats of an RTP stream must be payload numbers from 0 to 127",
        ),
    ];
    for (line, rule) in cases {
        assert_eq!(
            refusal(&with(line)),
            format!("session description, line 3: {rule}")
        );
    }
    // blank lines count, the empty piece within CRLF does not
    let blank = refusal(&with("\n\nc=IN IP4\n"));
    assert!(blank.starts_with("session description, line 5:"), "{blank}");
    let crlf = with("s=-\nc=IN IP4\n").replace('\n', "\r\n");
    assert!(
        refusal(&crlf).starts_with("session description, line 4:"),
        "{}",
        refusal(&crlf)
    );
    let late = with("m=audio 9 RTP/AVP 0\no=- 1 1 IN IP4 192.0.2.1\n");
    assert_eq!(
        refusal(&late),
        "session description, line 4: o= belongs before the first m="
    );
}

// rfc: 8866 §5
#[test]
fn what_a_description_must_begin_with_is_named() {
    let cases = [
        ("", "session description: must not be empty"),
        ("\r\n\r\n", "session description: must not be empty"),
        (
            "v=1\n",
            "session description, line 1: the version must be 0",
        ),
        (
            "s=-\n",
            "session description, line 1: the first line must be v=0",
        ),
        ("v=0\ns=-\nt=0 0\n", "session description: o= is missing"),
    ];
    for (text, said) in cases {
        assert_eq!(refusal(text), said);
    }
    let shape = "o= must have user, id, version, network, family and address";
    for origin in ["- 1 1 IN IP4", "- 1 1 IN IP4 192.0.2.1 x"] {
        let text = format!("v=0\no={origin}\n");
        assert_eq!(
            refusal(&text),
            format!("session description, line 2: {shape}")
        );
    }
    let text = "v=0\no=- one 1 IN IP4 192.0.2.1\n";
    assert!(refusal(text).ends_with("o= must have digits as id and version"));
}

#[test]
fn each_bound_is_reached_and_not_passed() {
    let parses = |text: &str| Description::parse(text.as_bytes()).is_ok();
    let line = |length: usize| with(&format!("a={}\n", "x".repeat(length - 2)));
    assert!(parses(&line(MAX_LINE_BYTES)));
    assert!(refusal(&line(MAX_LINE_BYTES + 1)).ends_with("longer than 2048 octets"));
    let lines = |count: usize| with(&"a=x\n".repeat(count - 2));
    assert!(parses(&lines(MAX_LINES)));
    assert!(refusal(&lines(MAX_LINES + 1)).ends_with("more than 512 lines"));
    let media = |count: usize| with(&"m=audio 0 RTP/AVP 0\n".repeat(count));
    assert!(parses(&media(MAX_MEDIA)));
    assert!(refusal(&media(MAX_MEDIA + 1)).ends_with("more than 16 m="));
    let formats = |count: usize| with(&format!("m=audio 0 RTP/AVP{}\n", " 0".repeat(count)));
    assert!(parses(&formats(MAX_FORMATS)));
    assert!(refusal(&formats(MAX_FORMATS + 1)).ends_with("more than 128 formats"));
    let whole = |bytes: usize| {
        let mut text = with(&format!("a={}\n", "x".repeat(2000)).repeat(8));
        let rest = bytes - text.len() - 3;
        text.push_str(&format!("a={}\n", "y".repeat(rest)));
        text
    };
    assert_eq!(whole(MAX_BYTES).len(), MAX_BYTES);
    assert!(parses(&whole(MAX_BYTES)), "{}", refusal(&whole(MAX_BYTES)));
    assert!(refusal(&whole(MAX_BYTES + 1)).ends_with("longer than 16384 octets"));
}

#[test]
fn the_line_of_a_stream_is_counted_in_the_print() {
    let description = parse(EXAMPLE);
    let printed = description.to_string();
    for (index, start) in ["m=audio 49170", "m=audio 49180", "m=video"]
        .iter()
        .enumerate()
    {
        let line = printed
            .lines()
            .nth(description.line_of_media(index) - 1)
            .unwrap();
        assert!(line.starts_with(start), "{line}");
    }
}

#[test]
fn it_travels_as_its_text() {
    let description = parse(EXAMPLE);
    let json = serde_json::to_string(&description).unwrap();
    assert_eq!(json, serde_json::to_string(EXAMPLE).unwrap());
    assert_eq!(
        serde_json::from_str::<Description>(&json).unwrap(),
        description
    );
    let bad = serde_json::from_str::<Description>("\"v=9\"").unwrap_err();
    assert!(bad.to_string().contains("line 1: the version must be 0"));
    assert_eq!(
        Description::default().to_string().parse(),
        Ok(Description::default())
    );
}

proptest! {
    #[test]
    fn no_octets_whatever_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Description::parse(&bytes).is_ok();
    }

    #[test]
    fn what_is_printed_reads_as_the_same(
        lines in proptest::collection::vec("[a-uw-zA-Z]=[ -~]{0,20}", 0..12),
    ) {
        let text = with(&(lines.join("\n") + "\nm=audio 9 RTP/AVP 0 8\na=x:1\n"));
        if let Ok(read) = Description::parse(text.as_bytes()) {
            let again = Description::parse(read.to_string().as_bytes());
            prop_assert_eq!(again, Ok(read));
        }
    }
}
