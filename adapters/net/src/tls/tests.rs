//! Both ends of TLS in one thread, with nothing but octets between them.
#![allow(clippy::unwrap_used)]

use std::io::{IoSlice, Read, Write};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ClientConnection, RootCertStore};

use super::*;

/// A phone that trusts the certificate, and our end.
fn pair() -> (ClientConnection, Tls) {
    let made = rcgen::generate_simple_self_signed(vec!["pbx.test".to_owned()]).unwrap();
    let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let identity = Identity::from_pem(chain.as_bytes(), key.as_bytes()).unwrap();
    let keyring = Keyring::new(Credentials::new(vec![identity])).unwrap();
    let way = keyring.way(ClientCertificates::Unasked).unwrap();
    let mut roots = RootCertStore::empty();
    let trusted = rustls::pki_types::CertificateDer::from_pem_slice(chain.as_bytes());
    roots.add(trusted.unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(cryptography())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("pbx.test").unwrap();
    let phone = ClientConnection::new(Arc::new(config), name).unwrap();
    (phone, Tls::accepting(way).unwrap())
}

/// Carries octets both ways, so many at a time, until neither has any; gives what our end read.
fn carry(phone: &mut ClientConnection, ours: &mut Tls, at_once: usize) -> Vec<u8> {
    let mut read = Vec::new();
    loop {
        let (mut to_us, mut to_phone) = (Vec::new(), Vec::new());
        while phone.wants_write() {
            phone.write_tls(&mut to_us).unwrap();
        }
        for part in to_us.chunks(at_once) {
            let opened = ours.open(part, |octets| {
                read.extend_from_slice(octets);
                true
            });
            assert_eq!(opened, Opened::More);
        }
        ours.drain(&mut to_phone).unwrap();
        for part in to_phone.chunks(at_once) {
            let mut part = part;
            while !part.is_empty() {
                phone.read_tls(&mut part).unwrap();
                phone.process_new_packets().unwrap();
            }
        }
        if to_us.is_empty() && to_phone.is_empty() {
            return read;
        }
    }
}

#[test]
fn both_ends_agree_and_understand_each_other_in_whatever_pieces_the_octets_come() {
    for at_once in [1, 7, 1_000, 100_000] {
        let (mut phone, mut ours) = pair();
        assert!(ours.is_opening());
        carry(&mut phone, &mut ours, at_once);
        assert!(!ours.is_opening() && !ours.is_waiting());
        let said: Vec<u8> = (0..=255).cycle().take(40_000).collect();
        phone.writer().write_all(&said).unwrap();
        assert!(carry(&mut phone, &mut ours, at_once) == said);
        let pieces = [IoSlice::new(b"SIP/2.0 "), IoSlice::new(b"200 OK")];
        assert_eq!(ours.seal(&pieces).unwrap(), 14);
        carry(&mut phone, &mut ours, at_once);
        let mut heard = [0; 14];
        phone.reader().read_exact(&mut heard).unwrap();
        assert_eq!(&heard, b"SIP/2.0 200 OK");
    }
}

#[test]
fn no_more_is_sealed_than_may_wait_until_it_is_drained() {
    let (mut phone, mut ours) = pair();
    carry(&mut phone, &mut ours, 1_000);
    let much = vec![7; 100_000];
    let mut sealed = 0;
    while let Ok(n) = ours.seal(&[IoSlice::new(&much)]) {
        sealed += n;
    }
    assert!(sealed > 10_000 && sealed < 40_000, "{sealed}");
    let mut away = Vec::new();
    ours.drain(&mut away).unwrap();
    assert!(ours.seal(&[IoSlice::new(&much)]).is_ok());
}

#[test]
fn octets_spoilt_on_the_way_end_the_connection_with_an_alert() {
    let (mut phone, mut ours) = pair();
    carry(&mut phone, &mut ours, 1_000);
    phone.writer().write_all(b"REGISTER").unwrap();
    let mut octets = Vec::new();
    phone.write_tls(&mut octets).unwrap();
    *octets.last_mut().unwrap() ^= 1;
    let opened = ours.open(&octets, |_| panic!("understood what was spoilt"));
    assert_eq!(opened, Opened::Refused);
    assert!(ours.is_waiting());
}

#[test]
fn who_hangs_up_within_tls_is_heard_to() {
    let (mut phone, mut ours) = pair();
    carry(&mut phone, &mut ours, 1_000);
    phone.send_close_notify();
    let mut octets = Vec::new();
    phone.write_tls(&mut octets).unwrap();
    assert_eq!(ours.open(&octets, |_| true), Opened::End);
}

#[test]
fn what_is_no_certificate_no_key_or_another_s_key_is_refused_in_words() {
    let made = rcgen::generate_simple_self_signed(vec!["pbx.test".to_owned()]).unwrap();
    let other = rcgen::KeyPair::generate().unwrap().serialize_pem();
    let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let words = |chain: &str, key: &str| {
        let read = Identity::from_pem(chain.as_bytes(), key.as_bytes());
        read.unwrap_err().to_string()
    };
    assert!(words("", &key).starts_with("no certificates in PEM"));
    assert!(words(&chain, &chain).starts_with("no private key in PEM"));
    assert!(words(&chain, &other).starts_with("the key does not fit"));
    let none = Keyring::new(Credentials::new(Vec::new())).unwrap_err();
    assert_eq!(none.to_string(), "there is no certificate");
    let identity = Identity::from_pem(chain.as_bytes(), key.as_bytes()).unwrap();
    let many = vec![identity; Credentials::MOST + 1];
    assert!(Keyring::new(Credentials::new(many)).is_err());
}
