//! Each part of a ceremony bent: each has its own refusal.

use ciborium::{Value, cbor};
use serde_json::json;

use super::authenticator::{Authenticator, ED, Key, UP_UV, bytes_of};
use super::{ANN, BOB, FIRST, World};
use crate::passkey::{Occasion, Refusal};

/// Registers an honest authenticator and one that is bent.
fn register_bent(bend: impl FnOnce(&mut Authenticator)) -> Result<(), Refusal> {
    let mut authenticator = Authenticator::new(Key::es256());
    bend(&mut authenticator);
    World::new().register(&authenticator).map(|_| ())
}

/// Registers honestly and signs in bent.
fn sign_in_bent(bend: impl FnOnce(&mut Authenticator)) -> Result<(), Refusal> {
    let mut world = World::new();
    let mut authenticator = Authenticator::new(Key::es256()).of(ANN);
    world.register(&authenticator)?;
    bend(&mut authenticator);
    world.sign_in(&authenticator).map(|_| ())
}

#[test]
fn a_page_that_is_not_ours_is_refused() {
    for origin in [
        "https://pbx.example",
        "http://portal.pbx.example",
        "https://portal.pbx.example:444",
        "https://portal.pbx.example.evil",
        "null",
        "",
    ] {
        let bend = |a: &mut Authenticator| a.origin = origin.to_owned();
        assert_eq!(register_bent(bend), Err(Refusal::Origin), "{origin}");
        assert_eq!(sign_in_bent(bend), Err(Refusal::Origin), "{origin}");
    }
    for more in [
        json!({"crossOrigin": true}),
        json!({"topOrigin": "https://evil"}),
    ] {
        let bend = |a: &mut Authenticator| a.more = more.clone();
        assert_eq!(register_bent(bend), Err(Refusal::Embedded), "{more}");
        assert_eq!(sign_in_bent(bend), Err(Refusal::Embedded), "{more}");
    }
}

#[test]
fn the_answer_to_another_question_is_refused() {
    let get = register_bent(|a| a.kind = Some("webauthn.get"));
    assert_eq!(get, Err(Refusal::Type));
    let create = sign_in_bent(|a| a.kind = Some("webauthn.create"));
    assert_eq!(create, Err(Refusal::Type));
    for challenge in ["", "AAAA", "not base64!"] {
        let bend = |a: &mut Authenticator| a.more = json!({"challenge": challenge});
        assert_eq!(register_bent(bend), Err(Refusal::Challenge), "{challenge}");
        assert_eq!(sign_in_bent(bend), Err(Refusal::Challenge), "{challenge}");
    }
}

#[test]
fn a_signature_for_another_site_is_refused() {
    let bend = |a: &mut Authenticator| a.site = "evil.example".to_owned();
    assert_eq!(register_bent(bend), Err(Refusal::Site));
    assert_eq!(sign_in_bent(bend), Err(Refusal::Site));
}

#[test]
fn each_flag_means_what_it_says() {
    for (flags, refusal) in [
        (UP_UV & !1, Refusal::Presence),
        (UP_UV & !4, Refusal::Verification),
        (UP_UV | 0b1_0000, Refusal::Backup),
    ] {
        let bend = |a: &mut Authenticator| a.flags = flags;
        assert_eq!(register_bent(bend), Err(refusal), "{flags:b}");
        assert_eq!(sign_in_bent(bend), Err(refusal), "{flags:b}");
    }
    let eligible_later = sign_in_bent(|a| a.flags = UP_UV | 0b1000);
    assert_eq!(eligible_later, Err(Refusal::Backup));
    assert_eq!(register_bent(|a| a.flags = UP_UV | 0b1_1000), Ok(()));
}

#[test]
fn a_key_that_is_none_or_was_not_offered_is_refused() {
    let x = || Value::from(vec![1_u8; 32]);
    for (cose, refusal) in [
        (
            cbor!({1 => 2, 3 => -47, -1 => 8, -2 => x(), -3 => x()}),
            Refusal::Algorithm,
        ),
        (
            cbor!({1 => 2, -1 => 1, -2 => x(), -3 => x()}),
            Refusal::Algorithm,
        ),
        (
            cbor!({1 => 2, 3 => -7, -1 => 2, -2 => x(), -3 => x()}),
            Refusal::Key,
        ),
        (
            cbor!({1 => 1, 3 => -7, -1 => 1, -2 => x(), -3 => x()}),
            Refusal::Key,
        ),
        (cbor!({1 => 2, 3 => -7, -1 => 1, -2 => x()}), Refusal::Key),
        (
            cbor!({1 => 2, 3 => -7, -1 => 1, -2 => x(), -3 => true}),
            Refusal::Key,
        ),
        (cbor!({1 => 1, 3 => -8, -1 => 7, -2 => x()}), Refusal::Key),
        (
            cbor!({1 => 3, 3 => -257, -1 => x(), -2 => x()}),
            Refusal::Key,
        ),
    ] {
        let cose = cose.unwrap();
        let refused = register_bent(|a| a.cose = cose.clone());
        assert_eq!(refused, Err(refusal), "{cose:?}");
    }
    let words = register_bent(|a| a.cose = Value::from("key"));
    assert_eq!(words, Err(Refusal::Malformed("the public key")));
}

#[test]
fn a_statement_that_is_untrue_is_refused_and_one_that_is_unknown_left_unread() {
    for format in ["packed, signed by another", "none, with words"] {
        let refused = register_bent(|a| a.format = format);
        assert_eq!(refused, Err(Refusal::Attestation), "{format}");
    }
    for format in ["none", "packed", "apple", "tpm"] {
        assert_eq!(register_bent(|a| a.format = format), Ok(()), "{format}");
    }
}

#[test]
fn a_credential_has_one_name_of_some_length() {
    let other = register_bent(|a| a.named = vec![8; 32]);
    assert_eq!(other, Err(Refusal::Name));
    for length in [0, 1_024] {
        let refused = register_bent(|a| a.credential = vec![7; length]);
        assert_eq!(
            refused,
            Err(Refusal::Malformed("authenticatorData")),
            "{length}"
        );
    }
    let stranger = sign_in_bent(|a| a.named = vec![8; 32]);
    assert_eq!(stranger, Err(Refusal::Unknown));
}

#[test]
fn a_tail_is_extensions_where_they_are_announced_and_refused_elsewhere() {
    let malformed = Err(Refusal::Malformed("authenticatorData"));
    let extensions = bytes_of(&cbor!({"credProtect" => 2}).unwrap());
    for (flags, tail, expected) in [
        (UP_UV | ED, extensions.clone(), Ok(())),
        (UP_UV, extensions.clone(), malformed),
        (UP_UV | ED, Vec::new(), malformed),
        (UP_UV | ED, vec![1], malformed),
        (UP_UV | ED, [extensions, vec![0]].concat(), malformed),
    ] {
        let bend = |a: &mut Authenticator| (a.flags, a.tail) = (flags, tail.clone());
        assert_eq!(register_bent(bend), expected, "{flags:b} {tail:?}");
        assert_eq!(sign_in_bent(bend), expected, "{flags:b} {tail:?}");
    }
}

#[test]
fn another_key_signs_in_vain() {
    let refused = sign_in_bent(|a| a.key = Key::es256());
    assert_eq!(refused, Err(Refusal::Signature));
    let other_algorithm = sign_in_bent(|a| a.key = Key::eddsa());
    assert_eq!(other_algorithm, Err(Refusal::Signature));
}

#[test]
fn whoever_signs_in_is_told_by_the_passkey_alone() {
    let silent = sign_in_bent(|a| a.person = None);
    assert_eq!(silent, Err(Refusal::Person));
    let another = sign_in_bent(|a| a.person = Some(BOB.as_u128().to_be_bytes().to_vec()));
    assert_eq!(another, Err(Refusal::Person));
    let nobody = sign_in_bent(|a| a.person = Some(b"nobody".to_vec()));
    assert_eq!(nobody, Err(Refusal::Person));
}

#[test]
fn a_second_factor_that_names_another_person_is_refused() {
    let mut world = World::new();
    let authenticator = Authenticator::new(Key::es256());
    assert_eq!(world.register(&authenticator), Ok(FIRST));
    let offer = world.gate.ask_person(super::NOW, ANN, &world.kept, [4; 16]);
    let answer = authenticator.of(BOB).sign(&offer);
    let refused = world.take(super::NOW, Occasion::Confirm(ANN), &answer);
    assert_eq!(refused, Err(Refusal::Person));
}
