//! The vectors of RFC 7616 §3.9 and of its forerunners.

use super::super::algorithm::{Algorithm, Asked, response};
use super::*;

/// RFC 7616 §3.9.1.
const ASKED: Asked<'_> = Asked {
    method: "GET",
    uri: "/dir/index.html",
    nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
    counted: Some(("00000001", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")),
};

fn mufasa() -> Digests {
    Digests::compute("Mufasa", "http-auth@example.org", "Circle of Life")
}

// rfc: 7616 §3.9.1
#[test]
fn rfc_7616_with_md5() {
    assert_eq!(
        response(Algorithm::Md5, &mufasa(), &ASKED).as_str(),
        "8ca523f5e9506fed4657c9700eebdbec"
    );
}

// rfc: 7616 §3.9.1
#[test]
fn rfc_7616_with_sha_256() {
    assert_eq!(
        response(Algorithm::Sha256, &mufasa(), &ASKED).as_str(),
        "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
    );
}

#[test]
fn rfc_7616_as_a_client_answers_it() {
    let challenge = "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", \
        algorithm=SHA-256, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
        opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
    let account = Account {
        username: "Mufasa",
        password: "Circle of Life".into(),
    };
    let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
    let challenge = Credentials::parse(challenge).unwrap();
    let given = answer([challenge], account, "GET", "/dir/index.html", 1, cnonce).unwrap();
    assert_eq!(
        raw(&given, "response"),
        "\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""
    );
    assert_eq!(raw(&given, "qop"), "auth");
    assert_eq!(raw(&given, "nc"), "00000001");
    assert_eq!(
        raw(&given, "opaque"),
        "\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
    );
}

// rfc: 2617 §3.5
#[test]
fn rfc_2617_with_md5() {
    let asked = Asked {
        method: "GET",
        uri: "/dir/index.html",
        nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
        counted: Some(("00000001", "0a4f113b")),
    };
    let digests = Digests::compute("Mufasa", "testrealm@host.com", "Circle Of Life");
    assert_eq!(
        response(Algorithm::Md5, &digests, &asked).as_str(),
        "6629fae49393a05397450978507c4ef1"
    );
}

#[test]
fn rfc_2069_as_corrected_without_qop() {
    let asked = Asked {
        method: "GET",
        uri: "/dir/index.html",
        nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
        counted: None,
    };
    let digests = Digests::compute("Mufasa", "testrealm@host.com", "CircleOfLife");
    assert_eq!(
        response(Algorithm::Md5, &digests, &asked).as_str(),
        "1949323746fe6a43ef61f9606e7febea"
    );
}

#[test]
fn digests_and_passwords_show_nothing_when_printed() {
    let account = Account {
        username: USER,
        password: PASSWORD.into(),
    };
    let printed = format!("{account:?} {:?}", Digests::compute(USER, REALM, PASSWORD));
    assert!(!printed.contains(PASSWORD));
    assert_eq!(printed.matches('…').count(), 2);
}
