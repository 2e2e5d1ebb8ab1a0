//! Noise instead of answers: it is refused, and nothing breaks.

use proptest::prelude::*;

use super::authenticator::{Authenticator, Key};
use super::{ANN, NOW, World};
use crate::passkey::attestation::Statement;
use crate::passkey::{Occasion, cbor};

proptest! {
    #[test]
    fn noise_is_no_cbor_or_a_value_that_ends_where_it_says(bytes: Vec<u8>) {
        if let Some((_, rest)) = cbor::read_first(&bytes) {
            prop_assert!(bytes.ends_with(rest));
            let own = &bytes[..bytes.len() - rest.len()];
            prop_assert!(cbor::read(own).is_some(), "its own bytes are the value");
        }
    }

    #[test]
    fn a_self_signed_passkey_bent_in_one_bit_is_refused(at: prop::sample::Index, bit in 0..8_u8) {
        let mut world = World::new();
        let mut authenticator = Authenticator::new(Key::eddsa());
        authenticator.format = "packed";
        let mut answer = authenticator.make(&world.ask_new());
        // the data that is signed is the last part of the object
        let object = &mut answer.response.attestation;
        let signed = Statement::read(object).unwrap().data.len();
        let at = object.len() - 1 - at.index(signed);
        object[at] ^= 1 << bit;
        prop_assert!(world.take_new(&answer).is_err(), "byte {at}");
        prop_assert!(world.kept.is_empty());
    }

    #[test]
    fn a_use_bent_in_one_bit_is_refused(
        part in 0..3_u8,
        at: prop::sample::Index,
        bit in 0..8_u8,
    ) {
        let mut world = World::new();
        let authenticator = Authenticator::new(Key::eddsa()).of(ANN);
        prop_assert!(world.register(&authenticator).is_ok());
        let before = world.kept.clone();
        let mut answer = authenticator.sign(&world.gate.ask_anyone(NOW, [0; 16]));
        let bytes = match part {
            0 => &mut answer.response.client_data,
            1 => &mut answer.response.authenticator_data,
            _ => &mut answer.response.signature,
        };
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(world.take(NOW, Occasion::SignIn, &answer).is_err());
        prop_assert_eq!(before, world.kept);
    }

    #[test]
    fn noise_for_an_attestation_is_refused(bytes: Vec<u8>) {
        let mut world = World::new();
        let mut answer = Authenticator::new(Key::eddsa()).make(&world.ask_new());
        answer.response.attestation = bytes;
        prop_assert!(world.take_new(&answer).is_err());
    }
}

#[test]
fn values_that_lie_too_deep_or_claim_to_be_huge_are_refused() {
    let deep = [vec![0x81; 64], vec![0]].concat();
    assert!(cbor::read_first(&deep).is_none());
    let huge_bytes = [0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    let huge_map = [0xbb, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    assert!(cbor::read_first(&huge_bytes).is_none());
    assert!(cbor::read_first(&huge_map).is_none());
    let twice = cbor::read(&[0xa2, 0x01, 0x02, 0x01, 0x03]).unwrap();
    assert!(cbor::Map::of(twice).is_none(), "a key twice");
}
