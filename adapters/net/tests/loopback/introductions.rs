//! Balancers that say whose their connections are, and those that do not.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use net::{ClientCertificates, CloseReason, Config, Listener, StreamLimits};
use rustls::{ClientConnection, StreamOwned};
use sip_message::flow::Transport;

use crate::authority::Authority;
use crate::support::{
    Answer, Running, config, echoes, is_turned_away, message, read_exactly, ready, tcp,
};
use crate::wires::{listen, upgrade};

/// Somebody far away, as a balancer names them.
const PHONE: &str = "PROXY TCP4 192.0.2.7 198.51.100.1 50000 5060\r\n";

fn phone() -> SocketAddr {
    "192.0.2.7:50000".parse().unwrap()
}

/// A loop that believes balancers on the loopback address.
fn behind(config: Config) -> Running {
    let mut ready = ready(config, Answer::Echo);
    ready.probe.balancers = vec!["127.0.0.1".parse().unwrap()];
    ready.run()
}

fn plain(limits: StreamLimits) -> Running {
    behind(config(&[tcp("127.0.0.1:0")], limits))
}

fn introduced(running: &Running, header: &str) -> TcpStream {
    let mut stream = running.dial(0);
    stream.write_all(header.as_bytes()).unwrap();
    stream
}

#[test]
fn a_connection_of_a_balancer_is_the_one_of_the_peer_it_names() {
    let running = plain(StreamLimits::default());
    let mut stream = introduced(&running, PHONE);
    echoes(&mut stream, 1);
    let received = running.message();
    assert_eq!(received.flow.remote, phone());
    assert_eq!(received.flow.local, "198.51.100.1:5060".parse().unwrap());
    running.send_one(received.flow, message(2, 0));
    assert_eq!(
        read_exactly(&mut stream, message(2, 0).len()),
        message(2, 0)
    );
    drop(stream);
    assert_eq!(running.closed(), (received.flow, CloseReason::Peer));
}

#[test]
fn the_first_message_may_come_with_the_header_or_in_any_pieces() {
    let running = plain(StreamLimits::default());
    let octets = [PHONE.as_bytes(), &message(1, 10), &message(2, 10)].concat();
    for cut in (0..octets.len()).step_by(7) {
        let mut stream = running.dial(0);
        let turns = running.figures.turns.get();
        stream.write_all(&octets[..cut]).unwrap();
        running.until("a turn", |figures| cut == 0 || figures.turns.get() > turns);
        stream.write_all(&octets[cut..]).unwrap();
        let (received, _) = running.messages(2);
        assert!(
            received.iter().all(|one| one.flow.remote == phone()),
            "cut at {cut}"
        );
        assert_eq!(received[1].bytes, message(2, 10));
        // both are echoed: whoever leaves before that has sent what cannot be answered
        read_exactly(&mut stream, message(1, 10).len() + message(2, 10).len());
        drop(stream);
        assert_eq!(running.closed().0, received[0].flow);
    }
}

#[test]
fn a_check_of_health_is_the_balancers_own_connection() {
    let running = plain(StreamLimits::default());
    let mut stream = introduced(&running, "PROXY UNKNOWN\r\n");
    echoes(&mut stream, 1);
    let received = running.message();
    assert_eq!(received.flow.remote, stream.local_addr().unwrap());
    assert_eq!(received.flow.local, running.at(0));
}

#[test]
fn whoever_is_no_balancer_is_not_believed() {
    let mut ready = ready(
        config(&[tcp("127.0.0.1:0")], StreamLimits::default()),
        Answer::Echo,
    );
    ready.probe.balancers = vec!["127.0.0.2".parse().unwrap()];
    let running = ready.run();
    let mut stream = introduced(&running, PHONE);
    stream.write_all(b"\r\n").unwrap();
    let (flow, ..) = running.malformed();
    assert_eq!(flow.remote.ip(), running.at(0).ip());
}

#[test]
fn a_balancer_that_names_nobody_is_turned_away_and_nobody_above_hears_of_it() {
    let limits = StreamLimits {
        opening_timeout: Duration::from_millis(100),
        ..StreamLimits::default()
    };
    let running = plain(limits);
    let mut wrong = introduced(&running, "REGISTER sip:a SIP/2.0\r\n");
    assert!(is_turned_away(&mut wrong));
    running.until("one", |figures| figures.tcp_unintroduced.get() == 1);
    let mut slow = [
        introduced(&running, ""),
        introduced(&running, "PROXY TCP4 "),
    ];
    for stream in &mut slow {
        assert!(is_turned_away(stream));
    }
    running.until("both", |figures| figures.tcp_opening_timed_out.get() == 2);
    // the next thing seen is a message
    echoes(&mut introduced(&running, PHONE), 1);
    running.message();
}

#[test]
fn a_barred_phone_is_barred_behind_a_balancer_and_the_balancer_never_is() {
    let running = plain(StreamLimits::default());
    let mut early = introduced(&running, PHONE);
    echoes(&mut early, 1);
    running.message();
    running.bar(&["192.0.2.7", "127.0.0.1"]);
    let with_message = [PHONE.as_bytes(), &message(2, 0)].concat();
    let mut late = introduced(&running, str::from_utf8(&with_message).unwrap());
    assert!(is_turned_away(&mut late));
    early.write_all(&message(3, 0)).unwrap();
    assert!(is_turned_away(&mut early));
    assert_eq!(running.closed().1, CloseReason::Barred);
    let other = "PROXY TCP4 192.0.2.8 198.51.100.1 50000 5060\r\n";
    echoes(&mut introduced(&running, other), 4);
    assert_eq!(running.message().bytes, message(4, 10));
}

#[test]
fn a_share_of_connections_is_the_phones_and_not_the_balancers() {
    let limits = StreamLimits {
        connections_per_source: 1,
        ..StreamLimits::default()
    };
    let running = plain(limits);
    let other = "PROXY TCP4 192.0.2.8 198.51.100.1 50000 5060\r\n";
    let mut two = [introduced(&running, PHONE), introduced(&running, other)];
    for (mark, stream) in two.iter_mut().enumerate() {
        echoes(stream, mark);
    }
    assert!(is_turned_away(&mut introduced(&running, PHONE)));
    running.until("one", |figures| figures.tcp_refused_source.get() == 1);
}

#[test]
fn those_who_name_nobody_give_way_to_newer_ones() {
    let limits = StreamLimits {
        opening: 3,
        ..StreamLimits::default()
    };
    let running = plain(limits);
    let mut silent: Vec<TcpStream> = (0..4).map(|_| running.dial(0)).collect();
    assert!(is_turned_away(&mut silent[0]));
    running.until("one", |figures| figures.tcp_opening_evicted.get() == 1);
    silent[3].write_all(PHONE.as_bytes()).unwrap();
    echoes(&mut silent[3], 1);
}

#[test]
fn keys_are_agreed_on_and_a_web_socket_is_asked_for_behind_the_header() {
    let authority = Authority::new();
    let listeners: [Listener; 2] =
        [Transport::Tls, Transport::Ws].map(|one| listen(one, ClientCertificates::Unasked));
    let mut config = config(&listeners, StreamLimits::default());
    config.keyring = Some(authority.keyring(&["pbx.test"]));
    let running = behind(config);
    let stream = introduced(&running, PHONE);
    let name = "pbx.test".to_owned().try_into().unwrap();
    let client = ClientConnection::new(authority.modern(), name).unwrap();
    let mut within = StreamOwned::new(client, stream);
    within.write_all(&message(1, 10)).unwrap();
    assert_eq!(
        read_exactly(&mut within, message(1, 10).len()),
        message(1, 10)
    );
    assert_eq!(running.message().flow.remote, phone());
    let mut page = running.dial(1);
    page.write_all(PHONE.as_bytes()).unwrap();
    upgrade(&mut page);
}
