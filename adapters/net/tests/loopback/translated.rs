//! Listeners behind a translator: their flows have the address that peers know.

use std::io::Write;
use std::net::{SocketAddr, TcpListener, UdpSocket};

use net::Transmit;
use sip_message::flow::{Flow, Transport};

use crate::support::{Answer, echoes, message, read_exactly, start, tcp, udp};

/// What peers know; nobody here could bind it.
fn public(port: u16) -> SocketAddr {
    SocketAddr::from(([198, 51, 100, 7], port))
}

#[test]
fn a_datagram_comes_to_the_public_address_and_its_answer_leaves_by_the_socket_behind() {
    for at in ["127.0.0.1:0", "0.0.0.0:0"] {
        let running = start(&[udp(at).reached_at(Some(public(5060)))], Answer::Echo);
        let port = running.at(0).port();
        let phone = UdpSocket::bind("127.0.0.1:0").unwrap();
        phone.connect(("127.0.0.1", port)).unwrap();
        phone.send(&message(1, 0)).unwrap();
        assert_eq!(running.message().flow.local, public(5060));
        let mut answer = [0; 2048];
        let n = phone.recv(&mut answer).unwrap();
        assert_eq!(answer[..n], message(1, 0));
        let flow = Flow::udp(public(5060), phone.local_addr().unwrap());
        running.send_one(flow, message(2, 0));
        let n = phone.recv(&mut answer).unwrap();
        assert_eq!(answer[..n], message(2, 0), "what is sent of our own accord");
    }
}

#[test]
fn of_two_listeners_each_sends_what_is_of_its_own_public_address() {
    let listeners = [5060, 5062].map(|port| udp("127.0.0.1:0").reached_at(Some(public(port))));
    let running = start(&listeners, Answer::Echo);
    let phone = UdpSocket::bind("127.0.0.1:0").unwrap();
    for (index, port) in [(1, 5062), (0, 5060)] {
        let flow = Flow::udp(public(port), phone.local_addr().unwrap());
        running.send_one(flow, message(1, 0));
        let (_, from) = phone.recv_from(&mut [0; 2048]).unwrap();
        assert_eq!(from, running.at(index));
    }
}

#[test]
fn a_port_that_is_not_said_is_the_listeners_own() {
    let running = start(
        &[tcp("127.0.0.1:0").reached_at(Some(public(0)))],
        Answer::Echo,
    );
    let mut stream = running.dial(0);
    echoes(&mut stream, 1);
    let flow = running.message().flow;
    assert_eq!(flow.local, public(running.at(0).port()));
    running.send_one(flow, message(2, 0));
    assert_eq!(
        read_exactly(&mut stream, message(2, 0).len()),
        message(2, 0)
    );
}

#[test]
fn a_connection_that_we_open_is_the_public_addresss_too() {
    let listener = tcp("127.0.0.1:0").reached_at(Some(public(5060)));
    let running = start(&[listener], Answer::Echo);
    let carrier = TcpListener::bind("127.0.0.1:0").unwrap();
    let flow = Flow::udp(public(5060), carrier.local_addr().unwrap()).over(Transport::Tcp);
    running.send(vec![Transmit {
        flow,
        bytes: message(1, 0).into(),
    }]);
    let (mut stream, _) = carrier.accept().unwrap();
    assert_eq!(
        read_exactly(&mut stream, message(1, 0).len()),
        message(1, 0)
    );
    stream.write_all(&message(2, 0)).unwrap();
    assert_eq!(running.message().flow.local, public(5060));
}
