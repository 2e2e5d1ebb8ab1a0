//! The key derivations that the standards print.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::Suite;
use crate::hex::octets;

fn derived(suite: Suite, master: &str, label: u8, length: usize) -> Vec<u8> {
    let master = MasterKey::new(suite, &octets(master)).unwrap();
    let mut key = vec![0xa5; length];
    derive(&master, label, &mut key);
    key
}

// rfc: 3711 §4.3
// rfc: 3711 §B.3
#[test]
fn keys_of_128_bits_are_derived_as_the_standard_prints_them() {
    let of = |label, length| {
        let master = "E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6";
        derived(Suite::AesCm128Sha1Tag80, master, label, length)
    };
    let cipher_key = octets("C61E7A93744F39EE10734AFE3FF7A087");
    assert_eq!(of(RTP.encryption, 16), cipher_key);
    assert_eq!(of(RTP.salt, 14), octets("30CBBC08863D8C85D49DB34A9AE1"));
    let authentication_key = octets(
        "CEBE321F6FF7716B6FD4AB49AF256A15
         6D38BAA48F0A0ACF3C34E2359E6CDBCE
         E049646C43D9327AD175578EF7227098
         6371C10C9A369AC2F94A8C5FBCDDDC25
         6D6E919A48B610EF17C2041E47403576
         6B68642C59BBFC2F34DB60DBDFB2",
    );
    assert_eq!(of(RTP.authentication, 94), authentication_key);
}

// rfc: 6188 §3
// rfc: 6188 §7.2
#[test]
fn keys_of_256_bits_are_derived_as_the_standard_prints_them() {
    let of = |label, length| {
        let master = "f0f04914b513f2763a1b1fa130f10e29
                      98f6f6e43e4309d1e622a0e332b9f1b6
                      3b04803de51ee7c96423ab5b78d2";
        derived(Suite::AesCm256Sha1Tag80, master, label, length)
    };
    let cipher_key = octets(
        "5ba1064e30ec51613cad926c5a28ef73
         1ec7fb397f70a960653caf06554cd8c4",
    );
    assert_eq!(of(RTP.encryption, 32), cipher_key);
    assert_eq!(of(RTP.salt, 14), octets("fa31791685ca444a9e07c6c64e93"));
    let authentication_key = octets("fd9c32d39ed5fbb5a9dc96b30818454d1313dc05");
    assert_eq!(of(RTP.authentication, 20), authentication_key);
}

// rfc: 7714 §11
#[test]
fn a_salt_of_96_bits_counts_as_one_with_zeros_behind_it() {
    let key = "000102030405060708090a0b0c0d0e0f";
    let salt = "a0a1a2a3a4a5a6a7a8a9aaab";
    for label in 0..6 {
        let short = derived(Suite::AesGcm128, &format!("{key}{salt}"), label, 28);
        let long = format!("{key}{salt}0000");
        let long = derived(Suite::AesCm128Sha1Tag80, &long, label, 28);
        assert_eq!(short, long);
    }
}
