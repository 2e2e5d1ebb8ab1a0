//! Secrets of devices, keys of the API, and what is kept of them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::{Digests, SECRET_MAX, SECRET_MIN, Secret, TokenRecord};
use ids::TokenId;
use machine::WallTime;
use tenancy::{Owner, TokenText};

#[test]
fn a_supplied_secret_is_eight_to_128_printable_characters() {
    for good in [
        "x".repeat(SECRET_MIN),
        "x".repeat(SECRET_MAX),
        "with a blank".to_owned(),
    ] {
        assert_eq!(Secret::supplied(good.clone()).unwrap().reveal(), good);
    }
    let bad = [
        "x".repeat(SECRET_MIN - 1),
        "x".repeat(SECRET_MAX + 1),
        "tab\tinside".to_owned(),
        "umläute im wort".to_owned(),
        "null\0inside".to_owned(),
    ];
    for bad in bad {
        assert_eq!(Secret::supplied(bad).unwrap_err().field, "/secret");
    }
}

#[test]
fn a_generated_secret_is_made_of_letters_nobody_mistakes() {
    let all: Vec<u8> = (0..=255).collect();
    for random in all.windows(24) {
        let secret = Secret::generated(random.try_into().unwrap());
        assert_eq!(secret.reveal().len(), 24);
        assert!(!secret.reveal().contains(['0', '1', 'l', 'o', 'I', 'O']));
        assert!(Secret::supplied(secret.reveal()).is_ok());
    }
}

#[test]
fn neither_a_secret_nor_its_digests_are_printed_for_debugging() {
    let secret = Secret::supplied("correct horse").unwrap();
    assert!(!format!("{secret:?}").contains("horse"));
    let digests = Digests {
        md5: [7; 16],
        sha256: [7; 32],
    };
    assert!(!format!("{digests:?}").contains('7'));
}

#[test]
fn digests_are_read_as_they_were_written_and_from_no_other_length() {
    let mut bytes = [0; Digests::LENGTH];
    for (at, byte) in (0..).zip(&mut bytes) {
        *byte = at;
    }
    let digests = Digests::from_bytes(&bytes).unwrap();
    assert_eq!(digests.to_bytes(), bytes);
    for length in (0..Digests::LENGTH).chain([Digests::LENGTH + 1]) {
        assert!(Digests::from_bytes(&vec![0; length]).is_none());
    }
}

#[test]
fn a_key_is_live_until_it_expires_or_is_revoked() {
    let at = WallTime::from_unix_ms;
    let key = TokenRecord {
        id: TokenId::new(1, 1),
        name: "ci".to_owned(),
        owner: Owner::PLATFORM,
        hash: TokenText::from_entropy([1; 32]).hash(),
        created: at(0),
        expires: Some(at(100)),
        revoked: None,
        scopes: Vec::new(),
        former: None,
        used: None,
    };
    assert!(key.is_live(at(99)));
    assert!(!key.is_live(at(100)));
    let revoked = TokenRecord {
        revoked: Some(at(50)),
        ..key.clone()
    };
    assert!(!revoked.is_live(at(1)));
    let lasting = TokenRecord {
        expires: None,
        ..key
    };
    assert!(lasting.is_live(at(i64::MAX)));
}
