//! What keeps NAT mappings open and never reaches the handler.

use std::io::Write;

use crate::support::{Answer, hear, message, phone, read_exactly, start, tcp, udp};

#[test]
fn line_ends_on_udp_are_ignored() {
    let running = start(&[udp("127.0.0.1:0")], Answer::Echo);
    let phone = phone("127.0.0.1:0");
    phone.connect(running.at(0)).unwrap();
    for idle in [&b"\r\n\r\n"[..], b"\r\n", b"", b"\0\0\0\0"] {
        phone.send(idle).unwrap();
    }
    phone.send(b"OPTIONS").unwrap();
    assert_eq!(running.message().bytes, "OPTIONS");
    assert_eq!(hear(&phone), b"OPTIONS");
    assert_eq!(running.figures.udp_keepalives.get(), 4);
}

// rfc: 5626 §3.5.2
#[test]
fn a_stun_binding_request_is_answered_with_the_address_it_came_from() {
    let running = start(&[udp("0.0.0.0:0")], Answer::Nothing);
    let phone = phone("127.0.0.1:0");
    phone.connect(("127.0.0.2", running.at(0).port())).unwrap();
    let mut request = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    request.extend(b"transaction!");
    phone.send(&request).unwrap();
    let answer = hear(&phone);
    assert_eq!(answer[..4], [1, 1, 0, 12]);
    assert_eq!(answer[4..20], request[4..20]);
    let port = u16::from_be_bytes([answer[26] ^ 0x21, answer[27] ^ 0x12]);
    assert_eq!(port, phone.local_addr().unwrap().port());
    let ip = [
        answer[28] ^ 0x21,
        answer[29] ^ 0x12,
        answer[30] ^ 0xa4,
        answer[31] ^ 0x42,
    ];
    assert_eq!(ip, [127, 0, 0, 1]);
    assert_eq!(running.figures.stun_answered.get(), 1);
    assert_eq!(running.figures.udp_messages_in.get(), 0);
}

// rfc: 8489 §6.3.1
#[test]
fn a_stun_packet_that_is_no_request_gets_no_answer_and_reaches_nobody() {
    let running = start(&[udp("127.0.0.1:0")], Answer::Echo);
    let phone = phone("127.0.0.1:0");
    phone.connect(running.at(0)).unwrap();
    let mut indication = vec![0, 0x11, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    indication.extend(b"transaction!");
    phone.send(&indication).unwrap();
    phone.send(b"OPTIONS").unwrap();
    assert_eq!(running.message().bytes, "OPTIONS");
    assert_eq!(hear(&phone), b"OPTIONS");
    assert_eq!(running.figures.stun_ignored.get(), 1);
}

// rfc: 5626 §3.5.1
#[test]
fn a_double_line_end_on_tcp_is_answered_with_one() {
    let running = start(&[tcp("127.0.0.1:0")], Answer::Nothing);
    let mut phone = running.dial(0);
    phone.write_all(b"\r\n\r\n").unwrap();
    assert_eq!(read_exactly(&mut phone, 2), b"\r\n");
    phone.write_all(b"\r\n\r\n\r\n\r\n").unwrap();
    assert_eq!(read_exactly(&mut phone, 4), b"\r\n\r\n");
    assert_eq!(running.figures.tcp_pings.get(), 3);
}

#[test]
fn a_keep_alive_between_messages_is_answered_and_both_messages_arrive() {
    let running = start(&[tcp("127.0.0.1:0")], Answer::Nothing);
    let mut phone = running.dial(0);
    let (a, b) = (message(1, 3), message(2, 0));
    phone
        .write_all(&[&a[..], b"\r\n\r\n", &b].concat())
        .unwrap();
    let (all, _) = running.messages(2);
    assert_eq!((&all[0].bytes[..], &all[1].bytes[..]), (&a[..], &b[..]));
    assert_eq!(read_exactly(&mut phone, 2), b"\r\n");
}
