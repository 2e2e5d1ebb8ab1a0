//! Tests of `g711`.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap
)]

use super::*;

/// The upper decision values of the eight segments of both laws' tables, times the unit of the
/// 16 bit sample (G.711 tables 1a and 2a).
const MU_SEGMENT_ENDS: [i32; 8] = [31, 95, 223, 479, 991, 2015, 4063, 8159];
const A_SEGMENT_ENDS: [i32; 8] = [32, 64, 128, 256, 512, 1024, 2048, 4096];

/// Step size of a µ-law segment at 16 bits.
fn mu_step(sample: i32) -> i32 {
    let segment = MU_SEGMENT_ENDS
        .iter()
        .position(|end| sample.abs() / 4 < *end)
        .unwrap_or(7);
    8 << segment
}

fn a_step(sample: i32) -> i32 {
    let amount = sample.abs() / 8;
    let segment = A_SEGMENT_ENDS
        .iter()
        .position(|end| amount < *end)
        .unwrap_or(7);
    16 << segment.saturating_sub(1)
}

#[test]
fn well_known_values_of_mu_law() {
    // silence, both zeros, and the ends
    assert_eq!(encode_mu(0), 0xff);
    assert_eq!(decode_mu(0xff), 0);
    assert_eq!(decode_mu(0x7f), 0);
    assert_eq!(decode_mu(0x00), -32124);
    assert_eq!(decode_mu(0x80), 32124);
    assert_eq!(encode_mu(i16::MAX), 0x80);
    assert_eq!(encode_mu(i16::MIN), 0x00);
    // the first steps: 0, 2, 4 in 14 bit units
    assert_eq!(decode_mu(0xfe), 8);
    assert_eq!(decode_mu(0xfd), 16);
    assert_eq!(decode_mu(0x7e), -8);
    // 1 kHz at 0 dBm0 (G.711 table 6)
    let wave = [0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e].map(decode_mu);
    assert_eq!(
        wave,
        [-8828, -20860, -20860, -8828, 8828, 20860, 20860, 8828]
    );
}

#[test]
fn well_known_values_of_a_law() {
    assert_eq!(encode_a(0), 0xd5);
    assert_eq!(decode_a(0xd5), 8);
    assert_eq!(decode_a(0x55), -8);
    assert_eq!(decode_a(0xaa), 32256);
    assert_eq!(decode_a(0x2a), -32256);
    assert_eq!(encode_a(i16::MAX), 0xaa);
    assert_eq!(encode_a(i16::MIN), 0x2a);
    // 1 kHz at 0 dBm0 (G.711 table 5)
    let wave = [0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4].map(decode_a);
    assert_eq!(
        wave,
        [-8960, -20992, -20992, -8960, 8960, 20992, 20992, 8960]
    );
}

#[test]
fn every_octet_survives_decoding_and_encoding() {
    for octet in 0..=255 {
        assert_eq!(encode_a(decode_a(octet)), octet);
        // the negative zero of µ-law becomes the positive one
        let expected = if octet == 0x7f { 0xff } else { octet };
        assert_eq!(encode_mu(decode_mu(octet)), expected, "{octet:#x}");
    }
}

#[test]
fn the_whole_range_comes_back_within_half_a_step() {
    for sample in i16::MIN..=i16::MAX {
        let wide = i32::from(sample);
        let mu = i32::from(decode_mu(encode_mu(sample)));
        // the last µ-law step ends at 8159 of 8192
        let clipped = wide.clamp(-32635, 32635);
        assert!(
            (mu - clipped).abs() <= mu_step(clipped) / 2 + 3,
            "mu {sample} -> {mu}"
        );
        let a = i32::from(decode_a(encode_a(sample)));
        assert!(
            (a - wide).abs() <= a_step(wide) / 2 + 1,
            "a {sample} -> {a}"
        );
    }
}

#[test]
fn louder_never_becomes_softer() {
    for sample in i16::MIN..i16::MAX {
        assert!(decode_mu(encode_mu(sample)) <= decode_mu(encode_mu(sample + 1)));
        assert!(decode_a(encode_a(sample)) <= decode_a(encode_a(sample + 1)));
    }
}

#[test]
fn decision_values_part_the_codes_where_the_tables_say() {
    // µ-law, 14 bit units: x1 = 1, and the ends of the segments; the value itself belongs above
    for end in [1, 31, 95, 223, 479, 991, 2015, 4063].map(|end: i16| end * 4) {
        assert_eq!(encode_mu(end - 1) - 1, encode_mu(end), "at {end}");
        assert_eq!(encode_mu(-end) - 1, encode_mu(-end - 1), "at {}", -end);
    }
    // A-law, 13 bit units of 8
    for end in A_SEGMENT_ENDS[..7]
        .iter()
        .map(|end| i16::try_from(end * 8).unwrap())
    {
        assert_ne!(encode_a(end - 1), encode_a(end), "at {end}");
        assert_eq!(
            (encode_a(end - 1) ^ 0x55) + 1,
            encode_a(end) ^ 0x55,
            "at {end}"
        );
        assert_eq!(
            (encode_a(-end) ^ 0x55) + 1,
            encode_a(-end - 1) ^ 0x55,
            "at -{end}"
        );
    }
}
