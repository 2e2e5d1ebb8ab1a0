//! TLS that the loop opens itself: to whom it speaks, and to whom it does not.

use std::net::SocketAddr;

use net::{ClientCertificates, Config, Failure, Limits, StreamLimits, Trust};
use sip_message::flow::{Flow, Transport};

use crate::authority::Authority;
use crate::support::{Answer, Running, config, message, ready};
use crate::wires::{listen, secured};

/// A carrier's loop that echoes, whose certificate is for these names.
fn carrier(authority: &Authority, names: &[&str], clients: ClientCertificates) -> Running {
    let listener = listen(Transport::Tls, clients);
    secured(
        &[listener],
        authority.asking(names),
        StreamLimits::default(),
    )
}

/// A loop of ours that knows these names and believes whom it is told to.
fn ours(trust: Option<Trust>, names: &[&str]) -> Running {
    let config = Config {
        trust,
        ..config(&[], Limits::default())
    };
    let mut ready = ready(config, Answer::Nothing);
    ready.probe.names = names.iter().map(|&name| name.into()).collect();
    ready.run()
}

/// The flow to a carrier that must prove the name of that number.
fn to(carrier: &Running, name: u32) -> Flow {
    let local: SocketAddr = "0.0.0.0:0".parse().unwrap();
    Flow::awaiting(local, carrier.at(0), name)
}

// rfc: 5922 §7.3
#[test]
fn a_carrier_that_proves_its_name_is_spoken_with_and_its_connection_used_again() {
    let authority = Authority::new();
    let carrier = carrier(&authority, &["sbc.test"], ClientCertificates::Required);
    let ours = ours(Some(authority.trust()), &["sbc.test"]);
    for mark in 0..3 {
        ours.send_one(to(&carrier, 0), message(mark, 10));
        let echo = ours.message();
        assert_eq!(echo.bytes, message(mark, 10));
        assert_eq!(echo.flow.transport, Transport::Tls);
        assert_eq!(echo.flow.awaited(), None);
    }
    assert_eq!(carrier.messages(3).0.len(), 3);
    assert_eq!(ours.figures.tcp_connected.get(), 1);
}

#[test]
fn nothing_is_said_to_who_proves_another_name_or_whom_nobody_vouches_for() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let carrier = carrier(&authority, &["sbc.test"], ClientCertificates::Unasked);
    let cases = [
        (authority.trust(), "other.test"),
        (authority.trust(), "127.0.0.1"),
        (stranger.trust(), "sbc.test"),
    ];
    for (trust, name) in cases {
        let ours = ours(Some(trust), &[name]);
        let sent = message(1, 10);
        ours.send_one(to(&carrier, 0), sent.clone());
        let (transmit, why) = ours.failed();
        assert_eq!(
            (transmit.bytes, why),
            (sent.into(), Failure::Refused),
            "{name}"
        );
        assert_eq!(ours.figures.tls_unproved.get(), 1);
    }
    assert_eq!(carrier.figures.tcp_messages_in.get(), 0);
}

#[test]
fn a_connection_to_one_name_is_not_taken_for_another_at_the_same_address() {
    let authority = Authority::new();
    let carrier = carrier(
        &authority,
        &["a.test", "b.test"],
        ClientCertificates::Unasked,
    );
    let ours = ours(Some(authority.trust()), &["a.test", "b.test", "c.test"]);
    for name in [0, 1, 0, 1] {
        ours.send_one(to(&carrier, name), message(1, 10));
        ours.message();
    }
    assert_eq!(ours.figures.tcp_connected.get(), 2);
    ours.send_one(to(&carrier, 2), message(1, 10));
    assert_eq!(ours.failed().1, Failure::Refused);
}

#[test]
fn what_belongs_to_a_connection_that_is_no_more_goes_to_the_same_name_over_a_new_one() {
    let authority = Authority::new();
    let mut first = carrier(&authority, &["sbc.test"], ClientCertificates::Unasked);
    let ours = ours(Some(authority.trust()), &["sbc.test"]);
    ours.send_one(to(&first, 0), message(1, 10));
    let flow = ours.message().flow;
    let at = first.at(0);
    first.stop();
    ours.closed();
    let again = config(
        &[net::Listener::new(Transport::Tls, at)],
        StreamLimits::default(),
    );
    let again = Config {
        keyring: Some(authority.keyring(&["sbc.test"])),
        ..again
    };
    let _second = ready(again, Answer::Echo).run();
    ours.send_one(flow, message(2, 10));
    let echo = ours.message();
    assert_eq!(echo.bytes, message(2, 10));
    assert_ne!(echo.flow.connection, flow.connection);
}

#[test]
fn without_a_name_or_anybody_to_believe_no_tls_is_opened() {
    let authority = Authority::new();
    let carrier = carrier(&authority, &["sbc.test"], ClientCertificates::Unasked);
    let nameless = ours(Some(authority.trust()), &[]);
    nameless.send_one(to(&carrier, 0), message(1, 10));
    assert_eq!(nameless.failed().1, Failure::Closed);
    let credulous_of_none = ours(None, &["sbc.test"]);
    credulous_of_none.send_one(to(&carrier, 0), message(1, 10));
    assert_eq!(credulous_of_none.failed().1, Failure::Unreachable);
    let never = ours(Some(authority.trust()), &["not a name"]);
    never.send_one(to(&carrier, 0), message(1, 10));
    assert_eq!(never.failed().1, Failure::Unreachable);
}

#[test]
fn a_carrier_that_never_agrees_on_keys_is_given_up_in_time() {
    let authority = Authority::new();
    // accepts, and says nothing at all
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let limits = StreamLimits {
        connect_timeout: std::time::Duration::from_millis(50),
        ..StreamLimits::default()
    };
    let config = Config {
        trust: Some(authority.trust()),
        ..config(&[], limits)
    };
    let mut ready = ready(config, Answer::Nothing);
    ready.probe.names = vec!["sbc.test".into()];
    let ours = ready.run();
    let at = silent.local_addr().unwrap();
    let flow = Flow::awaiting("0.0.0.0:0".parse().unwrap(), at, 0);
    ours.send_one(flow, message(1, 10));
    assert_eq!(ours.failed().1, Failure::TimedOut);
}
