//! WebSockets, by the examples of the RFCs and by what clients get wrong.
#![allow(clippy::unwrap_used)]

use super::*;

/// RFC 7118 §4.1, whole.
const REQUEST: &str = "GET / HTTP/1.1\r\nHost: sip-ws.example.com\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Origin: http://www.example.com\r\nSec-WebSocket-Protocol: sip\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";

const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

fn open(request: &str, origins: &Origins) -> Result<Accepted, Refusal> {
    let opened = Opening::default().push(request.as_bytes(), origins);
    opened.unwrap()
}

fn refused(request: &str) -> Refusal {
    open(request, &Origins::default()).unwrap_err()
}

fn pieces(assembly: &mut Assembly, octets: &[u8]) -> Vec<Result<Piece, Violation>> {
    assembly.push(octets);
    std::iter::from_fn(|| assembly.next()).collect()
}

fn all(octets: &[u8]) -> Vec<Result<Piece, Violation>> {
    pieces(&mut Assembly::new(1_000), octets)
}

fn message(octets: &'static [u8]) -> Result<Piece, Violation> {
    Ok(Piece::Message(octets.into()))
}

/// A frame as encoded, with another first octet.
fn begun(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = encode(Opcode::Text, payload, Some(MASK));
    frame[0] = first;
    frame
}

// rfc: 6455 §1.3
#[test]
fn the_example_of_the_rfc_is_answered_as_the_rfc_says() {
    let opened = open(REQUEST, &Origins::default()).unwrap();
    let answer = String::from_utf8(opened.answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
    assert!(answer.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    assert!(answer.contains("\r\nSec-WebSocket-Protocol: sip\r\n"));
    assert!(answer.ends_with("\r\n\r\n"));
    assert_eq!(opened.rest, b"");
}

#[test]
fn a_request_opens_in_whatever_pieces_it_comes_and_what_follows_it_is_kept() {
    let frame = encode(Opcode::Text, b"x", Some(MASK));
    let stream = [REQUEST.as_bytes(), &frame].concat();
    for cut in 1..REQUEST.len() {
        let mut opening = Opening::default();
        let origins = Origins::default();
        assert_eq!(opening.push(&stream[..cut], &origins), None, "cut at {cut}");
        let opened = opening.push(&stream[cut..], &origins).unwrap().unwrap();
        assert_eq!(opened.rest, frame, "cut at {cut}");
    }
}

#[test]
fn what_browsers_write_differently_opens_as_well() {
    let request = REQUEST
        .replace("Connection: Upgrade", "connection: keep-alive, UPGRADE")
        .replace("Upgrade: websocket", "UPGRADE: WebSocket")
        .replace("Protocol: sip", "Protocol: msrp,  SIP")
        .replace("GET / ", "GET /sip?a=b ");
    assert!(open(&request, &Origins::default()).is_ok());
}

// rfc: 6455 §4.2.2
#[test]
fn a_request_without_what_the_rfc_demands_is_refused_for_that() {
    let cases = [
        ("Sec-WebSocket-Protocol: sip", "X: y", Refusal::SubProtocol),
        ("Protocol: sip", "Protocol: sipx", Refusal::SubProtocol),
        ("Version: 13", "Version: 8", Refusal::NoUpgrade),
        ("Upgrade: websocket", "X: y", Refusal::NoUpgrade),
        (
            "Connection: Upgrade",
            "Connection: close",
            Refusal::NoUpgrade,
        ),
        ("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ=", Refusal::Key),
        ("Host: sip-ws.example.com", "X: y", Refusal::NotHttp),
        ("HTTP/1.1", "HTTP/1.0", Refusal::NotHttp),
        ("Origin: ", "Origin ", Refusal::NotHttp),
        ("GET / ", "GET /a b ", Refusal::NotHttp),
    ];
    for (from, to, why) in cases {
        assert_eq!(refused(&REQUEST.replace(from, to)), why, "{to}");
    }
    let twice = REQUEST.replace(
        "Host:",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nHost:",
    );
    assert_eq!(refused(&twice), Refusal::Key);
}

#[test]
fn what_cannot_be_a_request_is_refused_at_its_first_wrong_octet() {
    for text in [
        "INVITE sip:a SIP/2.0\r\n",
        "\u{16}\u{3}\u{1}",
        "GEX",
        "POST / ",
    ] {
        assert_eq!(refused(text), Refusal::NotHttp, "{text:?}");
    }
}

#[test]
fn a_head_without_end_is_refused_at_its_bound_and_one_just_within_it_is_not() {
    let fill = |n: usize| REQUEST.replace("\r\nHost", &format!("\r\nX: {}\r\nHost", "x".repeat(n)));
    let room = Opening::MOST - fill(0).len();
    assert!(open(&fill(room), &Origins::default()).is_ok());
    assert_eq!(refused(&fill(room + 1)), Refusal::TooLong);
    let mut opening = Opening::default();
    let origins = Origins::default();
    let mut answer = opening.push(b"GET / HTTP/1.1\r\nX: ", &origins);
    let mut sent = 0;
    while answer.is_none() && sent <= Opening::MOST {
        answer = opening.push(&[b'x'; 100], &origins);
        sent += 100;
    }
    assert_eq!(answer, Some(Err(Refusal::TooLong)));
    let lines = REQUEST.replace("Host:", &format!("{}Host:", "X: y\r\n".repeat(64)));
    assert_eq!(refused(&lines), Refusal::TooLong);
}

#[test]
fn only_pages_of_the_named_origins_are_let_in_and_programs_that_are_no_browsers() {
    let known = Origins::only(vec!["http://WWW.example.com".to_owned()]);
    let other = Origins::only(vec!["http://portal.example.com".to_owned()]);
    assert!(open(REQUEST, &known).is_ok());
    assert_eq!(open(REQUEST, &other), Err(Refusal::Origin));
    let program = REQUEST.replace("Origin: http://www.example.com\r\n", "");
    assert!(open(&program, &other).is_ok());
}

#[test]
fn every_refusal_is_a_whole_response_that_says_the_connection_ends() {
    let all = [
        Refusal::NotHttp,
        Refusal::TooLong,
        Refusal::NoUpgrade,
        Refusal::Key,
        Refusal::SubProtocol,
        Refusal::Origin,
    ];
    for refusal in all {
        let answer = String::from_utf8(refusal.answer()).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("close"), "{head}");
        assert!(head.ends_with(&format!("Content-Length: {}", body.len())));
    }
}

// rfc: 6455 §5.7
#[test]
fn the_frames_of_the_rfc_are_read_and_made_as_it_shows_them() {
    // RFC 6455 §5.7
    let masked = [
        0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
    ];
    assert_eq!(all(&masked), [message(b"Hello")]);
    assert_eq!(encode(Opcode::Text, b"Hello", Some(MASK)), masked);
    let plain = [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f];
    assert_eq!(encode(Opcode::Text, b"Hello", None), plain);
    assert_eq!(
        encode(Opcode::Binary, &[0; 256], None)[..4],
        [0x82, 0x7e, 1, 0]
    );
    let long = encode(Opcode::Binary, &[0; 65_536], None);
    assert_eq!(long[..10], [0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0]);
}

#[test]
fn messages_of_every_length_come_out_as_they_went_in_wherever_the_stream_is_cut() {
    for length in [0, 1, 125, 126, 127, 999, 1_000] {
        let payload = vec![b'a'; length];
        let frame = encode(Opcode::Binary, &payload, Some(MASK));
        for cut in (0..=frame.len()).step_by(7) {
            let mut assembly = Assembly::new(1_000);
            assert_eq!(
                pieces(&mut assembly, &frame[..cut]).len(),
                usize::from(cut == frame.len())
            );
            let rest = pieces(&mut assembly, &frame[cut..]);
            if cut < frame.len() {
                assert_eq!(rest, [Ok(Piece::Message(payload.clone().into()))]);
            }
            assert!(!assembly.is_within());
        }
    }
}

// rfc: 6455 §5.4
#[test]
fn a_message_in_parts_is_one_and_questions_may_come_between_them() {
    let stream = [
        begun(0x01, b"INVITE "),
        encode(Opcode::Ping, b"1", Some(MASK)),
        begun(0x00, b"sip:"),
        encode(Opcode::Pong, b"", Some(MASK)),
        begun(0x80, b"a"),
    ];
    let expected = [
        Ok(Piece::Ping(b"1"[..].into())),
        Ok(Piece::Pong),
        message(b"INVITE sip:a"),
    ];
    assert_eq!(all(&stream.concat()), expected);
}

#[test]
fn a_message_beyond_the_bound_is_refused_by_its_head_whole_or_in_parts() {
    let long = encode(Opcode::Binary, &[0; 1_001], Some(MASK));
    assert_eq!(all(&long[..8]), [Err(Violation::TooLong)]);
    let parts = [begun(0x01, &[b'a'; 600]), begun(0x80, &[b'a'; 401])].concat();
    assert_eq!(all(&parts), [Err(Violation::TooLong)]);
    let fits = [begun(0x01, &[b'a'; 600]), begun(0x80, &[b'a'; 400])].concat();
    assert!(matches!(&all(&fits)[..], [Ok(Piece::Message(octets))] if octets.len() == 1_000));
}

#[test]
fn frames_that_cannot_be_are_violations() {
    let unmasked = encode(Opcode::Text, b"a", None);
    let cases: [(&str, Vec<u8>); 8] = [
        ("no mask", unmasked),
        ("a reserved bit", begun(0xc1, b"a")),
        ("an opcode there is none of", begun(0x83, b"a")),
        ("a question in parts", begun(0x09, b"a")),
        ("a question too long", begun(0x89, &[b'a'; 126])),
        ("a continuation of nothing", begun(0x80, b"a")),
        (
            "a beginning within",
            [begun(0x01, b"a"), begun(0x81, b"b")].concat(),
        ),
        ("a length too wide", vec![0x82, 0xfe, 0, 125, 0, 0, 0, 0]),
    ];
    for (what, stream) in cases {
        assert_eq!(all(&stream), [Err(Violation::Protocol)], "{what}");
    }
}

#[test]
fn a_text_must_be_text_also_across_parts_and_octets_need_not() {
    let split = [begun(0x01, &[0xc3]), begun(0x80, &[0xa4])].concat();
    assert_eq!(all(&split), [message("ä".as_bytes())]);
    assert_eq!(all(&begun(0x81, &[0xc3])), [Err(Violation::NotUtf8)]);
    assert_eq!(all(&begun(0x82, &[0xc3])), [message(&[0xc3])]);
}

#[test]
fn after_a_close_or_a_violation_nothing_more_is_read_or_held() {
    let end = encode(Opcode::Close, &1_001u16.to_be_bytes(), Some(MASK));
    let stream = [end, begun(0x81, b"more")].concat();
    let mut assembly = Assembly::new(1_000);
    assert_eq!(
        pieces(&mut assembly, &stream),
        [Ok(Piece::Close(Some(1_001)))]
    );
    assert!(pieces(&mut assembly, &begun(0x81, b"more")).is_empty());
    assert!(!assembly.is_within());
    assert_eq!(
        all(&encode(Opcode::Close, b"", Some(MASK))),
        [Ok(Piece::Close(None))]
    );
    let bad = encode(Opcode::Close, b"x", Some(MASK));
    assert_eq!(all(&bad), [Err(Violation::Protocol)]);
    assert_eq!(close(1_009), [0x88, 2, 0x03, 0xf1]);
}
