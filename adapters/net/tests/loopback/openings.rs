//! Connections that never come to an end of their beginning: bounded in time and in number.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use net::{ClientCertificates, StreamLimits};
use sip_message::flow::Transport;
use sip_message::web_socket::Opcode;

use crate::authority::Authority;
use crate::support::{is_turned_away, message};
use crate::wires::{dial_secure, frame, listen, read_frame, secured, upgrade};

/// Both kinds of beginnings: keys for TLS, a request for a WebSocket.
fn listeners() -> [net::Listener; 2] {
    [Transport::Tls, Transport::Ws].map(|one| listen(one, ClientCertificates::Unasked))
}

#[test]
fn a_peer_that_says_nothing_or_half_is_closed_in_time_and_nobody_above_hears_of_it() {
    let authority = Authority::new();
    let limits = StreamLimits {
        opening_timeout: Duration::from_millis(100),
        ..StreamLimits::default()
    };
    let running = secured(&listeners(), authority.keyring(&["pbx.test"]), limits);
    let mut silent = [running.dial(0), running.dial(1)];
    let mut half = [running.dial(0), running.dial(1)];
    half[0].write_all(&[22, 3, 1, 2, 0]).unwrap();
    half[1].write_all(b"GET / HTTP/1.1\r\nHost:").unwrap();
    for peer in silent.iter_mut().chain(&mut half) {
        assert!(is_turned_away(peer));
    }
    running.until("all timed out", |figures| {
        figures.tcp_opening_timed_out.get() == 4
    });
    assert_eq!(running.figures.tcp_connections_now.get(), 0);
    // the next thing seen is a message, no close of those
    let mut phone = running.dial(1);
    upgrade(&mut phone);
    phone
        .write_all(&frame(Opcode::Text, &message(1, 0)))
        .unwrap();
    running.message();
}

#[test]
fn a_flood_of_half_open_connections_is_bounded_and_phones_come_in_all_the_while() {
    let authority = Authority::new();
    let limits = StreamLimits {
        opening: 20,
        connections_per_source: 10_000,
        openings_per_source: 10_000,
        ..StreamLimits::default()
    };
    let running = secured(&listeners(), authority.keyring(&["pbx.test"]), limits);
    let mut registered = running.dial(1);
    upgrade(&mut registered);
    let mut flood: Vec<TcpStream> = Vec::new();
    for round in 0..10 {
        flood.extend((0..30).map(|n| running.dial(n % 2)));
        dial_secure(&running, 0, authority.modern(), "pbx.test");
        assert!(
            running.figures.tcp_opening_now.get() <= 20,
            "in round {round}"
        );
    }
    running.until("the flood gave way", |figures| {
        figures.tcp_opening_evicted.get() >= 280
    });
    let sent = message(1, 0);
    registered.write_all(&frame(Opcode::Text, &sent)).unwrap();
    assert_eq!(read_frame(&mut registered), (0x81, sent));
}

#[test]
fn one_source_has_its_share_of_connections_on_all_streams_together() {
    let authority = Authority::new();
    let limits = StreamLimits {
        connections_per_source: 3,
        ..StreamLimits::default()
    };
    let running = secured(&listeners(), authority.keyring(&["pbx.test"]), limits);
    let held = [running.dial(0), running.dial(1), running.dial(0)];
    assert!(is_turned_away(&mut running.dial(1)));
    assert_eq!(running.figures.tcp_refused_source.get(), 1);
    drop(held);
}

#[test]
fn one_source_that_begins_again_and_again_is_slowed() {
    let authority = Authority::new();
    let limits = StreamLimits {
        openings_per_source: 5,
        ..StreamLimits::default()
    };
    let running = secured(&listeners(), authority.keyring(&["pbx.test"]), limits);
    let mut tries = 0;
    while running.figures.tcp_refused_pace.get() == 0 && tries < 10_000 {
        running.dial(tries % 2);
        tries += 1;
    }
    assert!(running.figures.tcp_refused_pace.get() > 0);
    assert!(running.figures.tcp_accepted.get() >= 5);
}
