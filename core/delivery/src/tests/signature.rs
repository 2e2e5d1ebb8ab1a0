//! Signatures, against the vectors of Standard Webhooks and against forgers.

use machine::WallTime;

use crate::{BadSignature, REPLAY_WINDOW, SigningKey, signatures, verify};

const ID: &str = "evt_1";
const BODY: &[u8] = br#"{"type":"call.ended"}"#;

fn key(byte: u8) -> SigningKey {
    SigningKey::from_entropy([byte; 32])
}

fn at(seconds: i64) -> WallTime {
    WallTime::from_unix_ms(seconds * 1_000)
}

#[test]
fn a_signature_is_that_of_other_implementations() {
    // computed with another language's library of HMAC
    let key = SigningKey::parse("whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap();
    assert_eq!(key, self::key(1));
    let signature = signatures(&[key], ID, 1_700_000_000, BODY);
    assert_eq!(signature, "v1,ee1Aa574xHAaJplhaaiD8e2EUTYB25iKT1I3fXTg8t4=");
}

#[test]
fn a_receiver_believes_what_its_key_signed_and_nothing_else() {
    let header = signatures(&[key(1)], ID, 1_000, BODY);
    let check =
        |key: u8, id, stamp, body| verify(&self::key(key), (id, stamp, &header), body, at(1_000));
    assert_eq!(check(1, ID, "1000", BODY), Ok(()));
    assert_eq!(check(2, ID, "1000", BODY), Err(BadSignature::Wrong));
    assert_eq!(check(1, "evt_2", "1000", BODY), Err(BadSignature::Wrong));
    assert_eq!(check(1, ID, "1001", BODY), Err(BadSignature::Wrong));
    assert_eq!(check(1, ID, "1000", b"{}"), Err(BadSignature::Wrong));
    assert_eq!(check(1, ID, "soon", BODY), Err(BadSignature::Stale));
    for header in ["", "v1,", "v1", "v2,AAAA", "v1,not base64"] {
        let refused = verify(&key(1), (ID, "1000", header), BODY, at(1_000));
        assert_eq!(refused, Err(BadSignature::Wrong), "{header}");
    }
}

#[test]
fn while_a_key_is_replaced_both_the_old_and_the_new_fit() {
    let header = signatures(&[key(2), key(1)], ID, 1_000, BODY);
    assert_eq!(header.split(' ').count(), 2);
    for known in [1, 2] {
        assert_eq!(
            verify(&key(known), (ID, "1000", &header), BODY, at(1_000)),
            Ok(())
        );
    }
    let stranger = verify(&key(3), (ID, "1000", &header), BODY, at(1_000));
    assert_eq!(stranger, Err(BadSignature::Wrong));
}

#[test]
fn a_delivery_from_another_time_is_not_believed() {
    let header = signatures(&[key(1)], ID, 1_000, BODY);
    let window = i64::try_from(REPLAY_WINDOW.as_secs()).unwrap();
    for (now, fits) in [
        (1_000 + window, true),
        (1_000 - window, true),
        (1_001 + window, false),
        (999 - window, false),
    ] {
        let checked = verify(&key(1), (ID, "1000", &header), BODY, at(now));
        assert_eq!(checked.is_ok(), fits, "{now}");
    }
}

#[test]
fn a_keys_text_reads_back_and_its_debug_text_hides_it() {
    let key = key(9);
    assert_eq!(SigningKey::parse(&key.reveal()), Some(key.clone()));
    assert_eq!(format!("{key:?}"), "SigningKey(…)");
    for text in ["", "whsec_", "whsec_AAAA", "AQEBAQ"] {
        assert_eq!(SigningKey::parse(text), None, "{text}");
    }
}
