//! TLS as phones speak it: agreeing, names, client certificates, and what is no TLS at all.

use std::io::{Read, Write};
use std::net::Shutdown;

use net::{ClientCertificates, CloseReason, Failure, StreamLimits};
use sip_message::flow::{Flow, Transport};

use crate::authority::Authority;
use crate::support::{config, flow_to, message, read_exactly, read_to_end};
use crate::wires::{Secure, dial_secure, listen, secured, shake_hands};

/// Sends a message within TLS and waits for its echo.
fn echoes(phone: &mut Secure, mark: usize) {
    let sent = message(mark, 10);
    phone.write_all(&sent).unwrap();
    assert_eq!(read_exactly(phone, sent.len()), sent);
}

// rfc: 3261 §26.2.1
#[test]
fn a_phone_that_trusts_our_authority_speaks_both_versions_of_tls() {
    let authority = Authority::new();
    let keyring = authority.keyring(&["pbx.test"]);
    let listener = listen(Transport::Tls, ClientCertificates::Unasked);
    let running = secured(&[listener], keyring, StreamLimits::default());
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let mut phone = dial_secure(&running, 0, authority.client(version), "pbx.test");
        echoes(&mut phone, 7);
        let received = running.message();
        assert_eq!(received.flow.transport, Transport::Tls);
        assert_eq!(received.flow.remote, phone.sock.local_addr().unwrap());
        assert_eq!(phone.conn.protocol_version(), Some(version.version));
        // as a phone that hangs up the line
        phone.conn.send_close_notify();
        phone.flush().unwrap();
        assert_eq!(running.closed(), (received.flow, CloseReason::Peer));
        assert_eq!(read_to_end(&mut phone), b"");
    }
    assert_eq!(running.figures.tcp_opened.get(), 2);
    assert_eq!(running.figures.tcp_opening_now.get(), 0);
}

#[test]
fn messages_far_beyond_a_record_come_and_go_whole() {
    let authority = Authority::new();
    let listener = listen(Transport::Tls, ClientCertificates::Unasked);
    let keyring = authority.keyring(&["pbx.test"]);
    let running = secured(&[listener], keyring, StreamLimits::default());
    let mut phone = dial_secure(&running, 0, authority.modern(), "pbx.test");
    for round in 0..20 {
        let part: Vec<u8> = (0..3).flat_map(|n| message(3 * round + n, 9_000)).collect();
        phone.write_all(&part).unwrap();
        assert!(read_exactly(&mut phone, part.len()) == part);
    }
    running.until("all sent", |figures| figures.tcp_messages_out.get() == 60);
}

// rfc: 5626 §3.5.1
#[test]
fn a_keep_alive_is_answered_within_tls() {
    let authority = Authority::new();
    let listener = listen(Transport::Tls, ClientCertificates::Unasked);
    let keyring = authority.keyring(&["pbx.test"]);
    let running = secured(&[listener], keyring, StreamLimits::default());
    let mut phone = dial_secure(&running, 0, authority.modern(), "pbx.test");
    phone.write_all(b"\r\n\r\n").unwrap();
    assert_eq!(read_exactly(&mut phone, 2), b"\r\n");
    assert_eq!(running.figures.tcp_pings.get(), 1);
}

#[test]
fn a_phone_is_called_back_on_its_own_connection_and_on_no_other() {
    let authority = Authority::new();
    let listener = listen(Transport::Tls, ClientCertificates::Unasked);
    let keyring = authority.keyring(&["pbx.test"]);
    let running = secured(&[listener], keyring, StreamLimits::default());
    let mut phone = dial_secure(&running, 0, authority.modern(), "pbx.test");
    phone.write_all(&message(1, 0)).unwrap();
    let flow = running.message().flow;
    let invite = message(2, 300);
    running.send_one(flow, invite.clone());
    read_exactly(&mut phone, message(1, 0).len());
    assert_eq!(read_exactly(&mut phone, invite.len()), invite);
    // the same addresses in the clear are another way
    running.send_one(
        Flow {
            connection: 0,
            ..flow
        }
        .over(Transport::Wss),
        invite.clone(),
    );
    assert_eq!(running.failed().1, Failure::Closed);
    drop(phone);
    assert_eq!(running.closed().0, flow);
    running.send_one(flow, invite);
    assert_eq!(running.failed().1, Failure::Closed);
    running.send_one(flow_to(Transport::Tls, flow.remote), message(3, 0));
    assert_eq!(running.failed().1, Failure::Closed);
}

#[test]
fn each_name_is_shown_its_own_certificate_and_a_phone_that_asks_for_none_the_first() {
    let authority = Authority::new();
    let keyring = authority.keyring_of(&[&["acme.example"], &["globex.example", "*.voice.test"]]);
    let listener = listen(Transport::Tls, ClientCertificates::Unasked);
    let running = secured(&[listener], keyring, StreamLimits::default());
    let shown = |name: &str| {
        let phone = dial_secure(&running, 0, authority.modern(), name);
        phone.conn.peer_certificates().unwrap()[0].clone()
    };
    let (acme, globex) = (shown("acme.example"), shown("globex.example"));
    assert_ne!(acme, globex);
    assert_eq!(shown("pbx.voice.test"), globex);
    // whoever asks for another name sees the first, and is free not to trust it
    let stranger = shake_hands(&running, 0, authority.modern(), "initech.example");
    assert!(stranger.is_err());
}

#[test]
fn a_certificate_put_in_place_of_another_is_shown_to_those_who_come_and_cuts_nobody_off() {
    let authority = Authority::new();
    let keyring = authority.keyring(&["pbx.test"]);
    let listener = listen(Transport::Tls, ClientCertificates::Unasked);
    let running = secured(&[listener], keyring.clone(), StreamLimits::default());
    let mut early = dial_secure(&running, 0, authority.modern(), "pbx.test");
    keyring
        .replace(authority.credentials(&[&["pbx.test"]]))
        .unwrap();
    let late = dial_secure(&running, 0, authority.modern(), "pbx.test");
    assert_ne!(
        early.conn.peer_certificates(),
        late.conn.peer_certificates()
    );
    echoes(&mut early, 3);
    // what cannot be used leaves what is there
    assert!(keyring.replace(net::Credentials::new(Vec::new())).is_err());
    dial_secure(&running, 0, authority.modern(), "pbx.test");
}

#[test]
fn a_listener_that_demands_a_certificate_lets_in_who_has_one_of_its_authority_only() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let listeners = [
        listen(Transport::Tls, ClientCertificates::Required),
        listen(Transport::Tls, ClientCertificates::Optional),
    ];
    let running = secured(
        &listeners,
        authority.asking(&["pbx.test"]),
        StreamLimits::default(),
    );
    let ours = || authority.client_with(&authority.client_certificate());
    let strange = || authority.client_with(&stranger.client_certificate());
    for listener in 0..2 {
        let mut phone = dial_secure(&running, listener, ours(), "pbx.test");
        echoes(&mut phone, 1);
        let let_in =
            shake_hands(&running, listener, strange(), "pbx.test").is_ok_and(|mut phone| {
                phone.write_all(b"\r\n\r\n").is_ok() && phone.read(&mut [0; 2]).is_ok()
            });
        assert!(!let_in, "a stranger's certificate at {listener}");
    }
    let mut phone = dial_secure(&running, 1, authority.modern(), "pbx.test");
    echoes(&mut phone, 2);
    let bare = shake_hands(&running, 0, authority.modern(), "pbx.test").is_ok_and(|mut phone| {
        phone.write_all(b"\r\n\r\n").is_ok() && phone.read(&mut [0; 2]).is_ok()
    });
    assert!(!bare, "no certificate where one is demanded");
}

#[test]
fn plain_sip_at_a_port_of_tls_is_told_so_and_closed() {
    let authority = Authority::new();
    let listener = listen(Transport::Tls, ClientCertificates::Unasked);
    let keyring = authority.keyring(&["pbx.test"]);
    let running = secured(&[listener], keyring, StreamLimits::default());
    let mut phone = running.dial(0);
    phone.write_all(&message(1, 10)).unwrap();
    let alert = read_to_end(&mut phone);
    // an alert of TLS: its type, then any version
    assert_eq!(alert.first(), Some(&21));
    phone.shutdown(Shutdown::Both).unwrap();
    running.until("refused", |figures| figures.tcp_opening_refused.get() == 1);
    running.until("gone", |figures| figures.tcp_connections_now.get() == 0);
    assert_eq!(running.figures.tcp_messages_in.get(), 0);
}

#[test]
fn a_listener_without_what_it_needs_is_not_opened() {
    let authority = Authority::new();
    let tls = listen(Transport::Tls, ClientCertificates::Unasked);
    let asking = tls.asking(ClientCertificates::Required);
    let waker = net::Waker::new().unwrap();
    let bare = config(&[tls], StreamLimits::default());
    assert!(net::Net::bind(bare, &waker).is_err());
    let without_authority = net::Config {
        keyring: Some(authority.keyring(&["pbx.test"])),
        ..config(&[asking], StreamLimits::default())
    };
    assert!(net::Net::bind(without_authority, &waker).is_err());
}
