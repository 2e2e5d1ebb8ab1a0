//! The examples of the standards.

use machine::WallTime;
use stir::{
    Attestation, Claimed, Claims, Destination, Identity, Passport, PrivateKey, Says, Signed,
};

use crate::authority::{X5U, tn, token};

/// The key of RFC 8225 A.1.
const KEY: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgi7q2TZvN9VDFg8Vy
qCP06bETrR2v8MRvr89rn4i+UAahRANCAAQWfaj1HUETpoNCrOtp9KA8o0V79IuW
ARKt9C1cFPkyd3FBP4SeiNZxQhDrD0tdBHls3/wFe8++K2FrPyQF9vuh
-----END PRIVATE KEY-----
";

/// What is signed in RFC 8225 A: header and claims.
const TEXT: &str = concat!(
    "eyJhbGciOiJFUzI1NiIsInR5cCI6InBhc3Nwb3J0IiwieDV1IjoiaHR0cHM6Ly9j",
    "ZXJ0LmV4YW1wbGUub3JnL3Bhc3Nwb3J0LmNlciJ9",
    ".",
    "eyJkZXN0Ijp7InVyaSI6WyJzaXA6YWxpY2VAZXhhbXBsZS5jb20iXX0sImlhdCI",
    "6MTQ3MTM3NTQxOCwib3JpZyI6eyJ0biI6IjEyMTU1NTUxMjEyIn19",
);

/// The signature that is printed in RFC 8225 A.
const SIGNATURE: &str = concat!(
    "VLBCIVDCaeK6M4hLJb6SHQvacAQVvoiiEOWQ_iUkqk79UD81fHQ0E1b3_GluIkb",
    "a7UWYRM47ZbNFdOJquE35cw",
);

fn at(seconds: i64) -> WallTime {
    WallTime::from_unix_ms(seconds * 1_000)
}

/// The call of RFC 8225 A.
fn of_8225() -> Claims {
    Claims {
        orig: tn("12155551212"),
        dest: Destination {
            tn: Vec::new(),
            uri: vec!["sip:alice@example.com".to_owned()],
        },
        iat: at(1_471_375_418),
        says: Says::Plain,
    }
}

fn signed(claims: Claims) -> Signed {
    let x5u = X5U.to_owned();
    Passport { claims, x5u }.sign(&PrivateKey::from_pem(KEY).unwrap())
}

// rfc: 8225 §9 what is signed is written in one way only: names in order, no blanks
#[test]
fn the_example_is_signed_as_it_is_printed() {
    let full = signed(of_8225()).full();
    let (text, signature) = full.rsplit_once('.').unwrap();
    assert_eq!(text, TEXT);
    assert_eq!(signature.len(), SIGNATURE.len());
}

// rfc: 8225 §A what is printed there is read; the signature is one of neither of the two keys that
// are printed beside it, so that the signatures of RFC 6979 and RFC 7515 have to serve as examples
#[test]
fn the_printed_example_is_read() {
    let printed = format!("{TEXT}.{SIGNATURE};info=<{X5U}>;alg=ES256");
    let claimed = Claimed::read(&printed).unwrap();
    assert_eq!(claimed.claims(), &of_8225());
    assert_eq!(claimed.x5u(), X5U);
}

// rfc: 8225 §7 the compact form is the full one without what the message says itself
#[test]
fn the_compact_form_has_the_signature_alone() {
    let signed = signed(of_8225());
    let full = signed.full();
    let (_, signature) = full.rsplit_once('.').unwrap();
    assert_eq!(signed.compact().unwrap(), format!("..{signature}"));
}

// rfc: 8588 §4 the example of a call that is attested in full
#[test]
fn a_call_that_is_attested_reads_as_in_its_example() {
    let claims = concat!(
        r#"{"attest":"A","dest":{"tn":["12125551213"]},"iat":1443208345,"#,
        r#""orig":{"tn":"12155551212"},"origid":"123e4567-e89b-12d3-a456-426655440000"}"#,
    );
    let read = Claims::read(claims.as_bytes(), Some("shaken")).unwrap();
    let origid = "123e4567-e89b-12d3-a456-426655440000".parse().unwrap();
    assert_eq!(
        read,
        Claims {
            orig: tn("12155551212"),
            dest: Destination::one(tn("12125551213")),
            iat: at(1_443_208_345),
            says: Says::Shaken {
                attest: Attestation::Full,
                origid,
            },
        }
    );
    assert_eq!(read.to_json(), claims);
    let identity = signed(read).identity();
    assert!(identity.ends_with(&format!(";info=<{X5U}>;alg=ES256;ppt=shaken")));
    assert_eq!(Claimed::read(&identity).unwrap().claims().to_json(), claims);
}

// rfc: 8946 §3 the example of a call that was diverted
#[test]
fn a_call_that_was_diverted_reads_as_in_its_example() {
    let claims = concat!(
        r#"{"dest":{"tn":["12155551214"]},"div":{"tn":"121555551213"},"#,
        r#""iat":1443208345,"orig":{"tn":"12155551212"}}"#,
    );
    let read = Claims::read(claims.as_bytes(), Some("div")).unwrap();
    let from = tn("121555551213");
    assert_eq!(read.says, Says::Diverted { from });
    assert_eq!(read.to_json(), claims);
    let identity = signed(read).identity();
    assert_eq!(Identity::read(&identity).unwrap().ppt, Some("div"));
    assert_eq!(signed(of_8225()).identity(), {
        let again = signed(of_8225()).full();
        format!("{again};info=<{X5U}>;alg=ES256")
    });
}

// rfc: 8224 §4 parameters in any order and quoted; what is not known is left alone
#[test]
fn a_header_is_read_however_it_is_written() {
    let odd = "a.b.c ; ppt=\"shaken\";canon=x;INFO=<https://a.example/;x=1> ; alg=ES256";
    let read = Identity::read(odd).unwrap();
    assert_eq!(read.token, "a.b.c");
    assert_eq!(read.info, "https://a.example/;x=1");
    assert_eq!((read.alg, read.ppt), (Some("ES256"), Some("shaken")));
    for none in [
        "",
        "a.b.c",
        "a.b.c;info=x",
        "a.b.c;info=<>",
        "a.b.c;info=<x>;alg",
    ] {
        assert_eq!(Identity::read(none), None, "{none}");
    }
}

#[test]
fn a_key_that_is_none_of_p_256_is_refused() {
    for bad in [
        "",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ] {
        assert!(PrivateKey::from_pem(bad).is_err(), "{bad}");
    }
    let key = PrivateKey::from_pem(KEY).unwrap();
    assert_eq!(PrivateKey::from_bytes(&key.to_bytes()), Ok(key.clone()));
    assert_eq!(format!("{key:?}"), "PrivateKey(…)");
    assert_eq!(
        token(&signed(of_8225()).identity()),
        signed(of_8225()).full()
    );
}
