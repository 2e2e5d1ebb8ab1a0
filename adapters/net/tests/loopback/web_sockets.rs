//! WebSockets as browsers' phones speak them, in the clear and within TLS.

use std::io::Write;
use std::net::Shutdown;

use net::{ClientCertificates, CloseReason, Config, StreamLimits};
use sip_message::flow::Transport;
use sip_message::web_socket::{Opcode, Origins};

use crate::authority::Authority;
use crate::support::{Answer, Running, config, message, read_exactly, read_to_end, ready};
use crate::wires::{dial_secure, frame, listen, read_frame, read_head, request, secured, upgrade};

fn start(limits: StreamLimits, origins: Origins) -> Running {
    let listener = listen(Transport::Ws, ClientCertificates::Unasked);
    let config = Config {
        origins,
        ..config(&[listener], limits)
    };
    ready(config, Answer::Echo).run()
}

fn started() -> Running {
    start(StreamLimits::default(), Origins::default())
}

// rfc: 7118 §4
#[test]
fn a_browser_s_phone_sends_text_and_is_answered_in_text() {
    let running = started();
    let mut phone = running.dial(0);
    upgrade(&mut phone);
    let sent = message(1, 300);
    phone.write_all(&frame(Opcode::Text, &sent)).unwrap();
    let received = running.message();
    assert_eq!(received.bytes, sent);
    assert_eq!(received.flow.transport, Transport::Ws);
    assert_eq!(received.flow.remote, phone.local_addr().unwrap());
    assert_eq!(read_frame(&mut phone), (0x81, sent));
    assert_eq!(running.figures.tcp_opened.get(), 1);
}

// rfc: 6455 §5.4
#[test]
fn octets_in_parts_with_a_question_between_are_one_message() {
    let running = started();
    let mut phone = running.dial(0);
    upgrade(&mut phone);
    let sent = message(2, 40);
    let (a, b) = sent.split_at(17);
    let mut first = frame(Opcode::Binary, a);
    first[0] &= 0x7f;
    let stream = [
        first,
        frame(Opcode::Ping, b"?"),
        frame(Opcode::Continuation, b),
    ]
    .concat();
    for octet in stream {
        phone.write_all(&[octet]).unwrap();
    }
    assert_eq!(running.message().bytes, sent);
    assert_eq!(read_frame(&mut phone), (0x8a, b"?".to_vec()));
    assert_eq!(read_frame(&mut phone), (0x81, sent));
    assert_eq!(running.figures.tcp_pings.get(), 1);
}

// rfc: 7118 §4
#[test]
fn a_phone_within_tls_registers_at_wss_and_is_called_back_there() {
    let authority = Authority::new();
    let listener = listen(Transport::Wss, ClientCertificates::Unasked);
    let keyring = authority.keyring(&["pbx.test"]);
    let running = secured(&[listener], keyring, StreamLimits::default());
    let mut phone = dial_secure(&running, 0, authority.modern(), "pbx.test");
    upgrade(&mut phone);
    let sent = message(1, 0);
    phone.write_all(&frame(Opcode::Text, &sent)).unwrap();
    let flow = running.message().flow;
    assert_eq!(flow.transport, Transport::Wss);
    assert_eq!(read_frame(&mut phone), (0x81, sent));
    let call = message(2, 2_000);
    running.send_one(flow, call.clone());
    assert_eq!(read_frame(&mut phone), (0x81, call));
}

// rfc: 6455 §5.5.1
#[test]
fn a_close_is_answered_and_the_connection_ends() {
    let running = started();
    let mut phone = running.dial(0);
    upgrade(&mut phone);
    phone.write_all(&frame(Opcode::Close, &[3, 232])).unwrap();
    assert_eq!(read_frame(&mut phone), (0x88, vec![3, 232]));
    assert_eq!(read_to_end(&mut phone), b"");
    assert_eq!(running.closed().1, CloseReason::Peer);
}

// rfc: 6455 §7.4.1
#[test]
fn a_message_beyond_the_bound_is_told_1009_and_one_at_the_bound_is_taken() {
    let mut limits = StreamLimits::default();
    limits.message.message_bytes = 500;
    let running = start(limits, Origins::default());
    let mut phone = running.dial(0);
    upgrade(&mut phone);
    let fits = vec![b'a'; 500];
    phone.write_all(&frame(Opcode::Text, &fits)).unwrap();
    assert_eq!(read_frame(&mut phone), (0x81, fits));
    running.message();
    phone.write_all(&frame(Opcode::Text, &[b'a'; 501])).unwrap();
    assert_eq!(read_frame(&mut phone), (0x88, vec![3, 0xf1]));
    assert_eq!(read_to_end(&mut phone), b"");
    phone.shutdown(Shutdown::Both).unwrap();
    assert_eq!(running.closed().1, CloseReason::Malformed);
    assert_eq!(running.figures.tcp_malformed.get(), 1);
}

// rfc: 6455 §5.1
#[test]
fn a_frame_without_a_mask_is_told_1002() {
    let running = started();
    let mut phone = running.dial(0);
    upgrade(&mut phone);
    phone.write_all(&[0x81, 1, b'a']).unwrap();
    assert_eq!(read_frame(&mut phone), (0x88, vec![3, 0xea]));
    assert_eq!(read_to_end(&mut phone), b"");
    assert_eq!(running.figures.tcp_messages_in.get(), 0);
}

#[test]
fn who_asks_for_something_else_is_told_what_is_spoken_here() {
    let running = start(
        StreamLimits::default(),
        Origins::only(vec!["https://portal.test".to_owned()]),
    );
    let sip = message(1, 0);
    let plain = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let chat = request("").replace("Protocol: sip", "Protocol: chat");
    let page = request("Origin: https://evil.test\r\n");
    let cases: [(&[u8], &str); 4] = [
        (&sip, "HTTP/1.1 400 "),
        (plain.as_bytes(), "HTTP/1.1 426 "),
        (chat.as_bytes(), "HTTP/1.1 400 "),
        (page.as_bytes(), "HTTP/1.1 403 "),
    ];
    for (asked, status) in cases {
        let mut phone = running.dial(0);
        phone.write_all(asked).unwrap();
        let answer = String::from_utf8(read_to_end(&mut phone)).unwrap();
        assert!(answer.starts_with(status), "{answer}");
    }
    let mut phone = running.dial(0);
    let good = request("Origin: https://portal.test\r\n");
    phone.write_all(good.as_bytes()).unwrap();
    assert!(read_head(&mut phone).starts_with("HTTP/1.1 101 "));
    running.until("four refused", |figures| {
        figures.tcp_opening_refused.get() == 4
    });
}

#[test]
fn what_waits_for_a_slow_phone_comes_back_when_it_goes() {
    let limits = StreamLimits {
        write_octets: 16 << 20,
        ..StreamLimits::default()
    };
    let running = start(limits, Origins::default());
    let mut phone = running.dial(0);
    upgrade(&mut phone);
    phone
        .write_all(&frame(Opcode::Text, &message(1, 0)))
        .unwrap();
    let flow = running.message().flow;
    let length = read_frame(&mut phone).1.len();
    assert_eq!(length, message(1, 0).len());
    let call = message(2, 40_000);
    running.send((0..60).map(|_| net::Transmit {
        flow,
        bytes: call.clone().into(),
    }));
    // the exchange has written what the kernel takes; the phone reads a little of it and goes
    read_exactly(&mut phone, 10_000);
    drop(phone);
    let (transmit, _) = running.failed_or_closed();
    assert_eq!(transmit.bytes, call);
}
