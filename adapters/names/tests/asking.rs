//! Questions to a small name server of one's own.
#![allow(clippy::unwrap_used)]

use carrier::{NameQuery, NameReply, Record, RecordKind, Replied};
use names::{Asker, Servers};
use std::net::{SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);
/// Answers that wait for a test to look at them; no test asks so many questions.
const ANSWERS_MAX: usize = 8_192;

/// A name as it goes on the wire (RFC 1035 §3.1).
fn wire(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in name.split('.').filter(|label| !label.is_empty()) {
        bytes.push(u8::try_from(label.len()).unwrap());
        bytes.extend_from_slice(label.as_bytes());
    }
    bytes.push(0);
    bytes
}

/// The data of one record.
fn data(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn text(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    [&[length], text.as_bytes()].concat()
}

/// What the server holds for a name and a type: the data of each record.
fn holds(name: &str, kind: u16) -> Option<Vec<Vec<u8>>> {
    let of = |n: u16| n.to_be_bytes();
    match (name, kind) {
        ("one.carrier.example", 1) => Some(vec![vec![192, 0, 2, 7]]),
        ("one.carrier.example", 28) => {
            let six: std::net::Ipv6Addr = "2001:db8::7".parse().unwrap();
            Some(vec![six.octets().to_vec()])
        }
        ("_sip._udp.carrier.example", 33) => Some(vec![
            data(&[&of(1), &of(60), &of(5070), &wire("One.carrier.example")]),
            data(&[&of(2), &of(0), &of(5060), &wire(".")]),
        ]),
        ("carrier.example", 35) => Some(vec![data(&[
            &of(10),
            &of(50),
            &text("s"),
            &text("SIP+D2U"),
            &text(""),
            &wire("_sip._udp.carrier.example"),
        ])]),
        _ => None,
    }
}

/// The name and type of the first question, and where it ends.
fn question(query: &[u8]) -> (String, u16, usize) {
    let (mut at, mut labels) = (12, Vec::new());
    while query[at] != 0 {
        let length = usize::from(query[at]);
        labels.push(String::from_utf8_lossy(&query[at + 1..=at + length]).to_lowercase());
        at += length + 1;
    }
    let kind = u16::from_be_bytes([query[at + 1], query[at + 2]]);
    (labels.join("."), kind, at + 5)
}

fn reply(query: &[u8]) -> Vec<u8> {
    let (name, kind, end) = question(query);
    let held = holds(&name, kind);
    // no such name
    let code = if held.is_some() { 0 } else { 3 };
    let records = held.unwrap_or_default();
    let count = u16::try_from(records.len()).unwrap().to_be_bytes();
    let mut bytes = query[..2].to_vec();
    bytes.extend([0x85, 0x80 | code, 0, 1, count[0], count[1], 0, 0, 0, 0]);
    bytes.extend(&query[12..end]);
    for record in records {
        bytes.extend([0xC0, 12]);
        bytes.extend(kind.to_be_bytes());
        bytes.extend([0, 1]);
        bytes.extend(120_u32.to_be_bytes());
        bytes.extend(u16::try_from(record.len()).unwrap().to_be_bytes());
        bytes.extend(record);
    }
    bytes
}

/// Starts the server; it ends with the test.
fn server() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let at = socket.local_addr().unwrap();
    thread::spawn(move || {
        let mut buffer = [0; 4_096];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let _sent = socket.send_to(&reply(&buffer[..length]), from);
        }
    });
    at
}

fn asker(servers: Vec<SocketAddr>) -> (Asker<usize>, Receiver<(usize, Replied)>) {
    let (out, answers) = sync_channel(ANSWERS_MAX);
    let deliver = move |whose, replied| {
        let _sent = out.try_send((whose, replied));
    };
    (
        Asker::start(Servers::These(servers), deliver).unwrap(),
        answers,
    )
}

fn answer(name: &str, kind: RecordKind) -> NameReply {
    let (asker, answers) = asker(vec![server()]);
    asker.ask(7, NameQuery::new(name, kind)).unwrap();
    let (whose, replied) = answers.recv_timeout(PATIENCE).unwrap();
    assert_eq!((whose, &*replied.query.name), (7, name));
    replied.reply
}

#[test]
fn servers_of_a_service_come_with_priority_weight_and_port() {
    let one = Record::Srv {
        priority: 1,
        weight: 60,
        port: 5070,
        target: "one.carrier.example".to_owned(),
    };
    let none = Record::Srv {
        priority: 2,
        weight: 0,
        port: 5060,
        target: String::new(),
    };
    let NameReply::Found { mut records, ttl } =
        answer("_sip._udp.carrier.example", RecordKind::Srv)
    else {
        panic!("not found");
    };
    records.sort_by_key(|record| *record != one);
    assert_eq!(records, [one, none]);
    assert!((100..=120).contains(&ttl.as_secs()), "{ttl:?}");
}

#[test]
fn rules_and_addresses_of_both_versions_come_as_they_are() {
    let NameReply::Found { records, .. } = answer("carrier.example", RecordKind::Naptr) else {
        panic!("no rule");
    };
    let rule = Record::Naptr {
        order: 10,
        preference: 50,
        flags: "s".to_owned(),
        service: "SIP+D2U".to_owned(),
        replacement: "_sip._udp.carrier.example".to_owned(),
    };
    assert_eq!(records, [rule]);
    for (kind, address) in [
        (RecordKind::A, "192.0.2.7"),
        (RecordKind::Aaaa, "2001:db8::7"),
    ] {
        let NameReply::Found { records, .. } = answer("one.carrier.example", kind) else {
            panic!("no address");
        };
        assert_eq!(records, [Record::Address(address.parse().unwrap())]);
    }
}

#[test]
fn a_name_that_is_not_there_is_told_from_a_server_that_is_silent() {
    let nothing = answer("other.example", RecordKind::A);
    assert!(matches!(nothing, NameReply::Nothing { .. }), "{nothing:?}");
    // A port on which nobody answers.
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let (asker, answers) = asker(vec![silent.local_addr().unwrap()]);
    asker
        .ask(1, NameQuery::new("carrier.example", RecordKind::A))
        .unwrap();
    let (_, replied) = answers.recv_timeout(PATIENCE).unwrap();
    assert_eq!(replied.reply, NameReply::Failed);
}

#[test]
fn many_questions_at_once_are_all_answered_or_given_back() {
    let (asker, answers) = asker(vec![server()]);
    let query = || NameQuery::new("one.carrier.example", RecordKind::A);
    let taken = (0..5_000)
        .filter(|n| asker.ask(*n, query()).is_ok())
        .count();
    assert!(taken >= names::QUESTIONS_MAX, "{taken}");
    for _ in 0..taken {
        let (_, replied) = answers.recv_timeout(PATIENCE).unwrap();
        assert!(matches!(replied.reply, NameReply::Found { .. }));
    }
}
