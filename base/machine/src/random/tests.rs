//! Tests of the random sources: published vectors, fairness, and what nobody may repeat.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use super::chacha::{Stream, absorb, block};
use super::*;

fn key() -> [u8; 32] {
    let mut key = [0; 32];
    for (index, byte) in (0u8..).zip(&mut key) {
        *byte = index;
    }
    key
}

fn bytes(hex: &str) -> Vec<u8> {
    hex.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}

#[test]
fn the_block_function_gives_the_vector_of_rfc_8439_section_2_3_2() {
    let nonce = [0, 0, 0, 9, 0, 0, 0, 0x4a, 0, 0, 0, 0];
    let expected = bytes(
        "10 f1 e7 e4 d1 3b 59 15 50 0f dd 1f a3 20 71 c4 \
         c7 d1 f4 c7 33 c0 68 03 04 22 aa 9a c3 d4 6c 4e \
         d2 82 64 46 07 9f aa 09 14 c2 d7 05 d9 8b 02 a2 \
         b5 12 9c d1 de 16 4e b9 cb d0 83 e8 a2 50 3c 4e",
    );
    assert_eq!(block(&key(), 1, &nonce).to_vec(), expected);
}

#[test]
fn the_block_function_gives_the_vectors_of_rfc_8439_appendix_a_1() {
    let first = bytes(
        "76 b8 e0 ad a0 f1 3d 90 40 5d 6a e5 53 86 bd 28 \
         bd d2 19 b8 a0 8d ed 1a a8 36 ef cc 8b 77 0d c7 \
         da 41 59 7c 51 57 48 8d 77 24 e0 3f b8 d8 4a 37 \
         6a 43 b8 f4 15 18 a1 1c c3 87 b6 69 b2 ee 65 86",
    );
    assert_eq!(block(&[0; 32], 0, &[0; 12]).to_vec(), first);
    let second = bytes(
        "9f 07 e7 be 55 51 38 7a 98 ba 97 7c 73 2d 08 0d \
         cb 0f 29 a0 48 e3 65 69 12 c6 53 3e 32 ee 7a ed \
         29 b7 21 76 9c e6 4e 43 d5 71 33 b0 74 d8 39 d5 \
         31 ed 1f 28 51 0a fb 45 ac e1 0a 1f 4b 79 4d 6f",
    );
    assert_eq!(block(&[0; 32], 1, &[0; 12]).to_vec(), second);
}

#[test]
fn the_secure_stream_gives_out_each_block_behind_the_half_that_becomes_its_key() {
    let mut stream = Stream::new(&key());
    let blocks: Vec<u8> = (0..4)
        .flat_map(|counter| block(&key(), counter, &[0; 12]))
        .collect();
    let mut given = Vec::new();
    for _ in 0..7 {
        given.extend(stream.take::<32>());
    }
    assert_eq!(given, blocks[32..]);

    let mut next_key = [0; 32];
    next_key.copy_from_slice(&blocks[..32]);
    assert_eq!(stream.take::<32>(), block(&next_key, 0, &[0; 12])[32..]);
}

#[test]
fn absorbed_texts_that_differ_only_in_length_give_different_keys() {
    let keys = [&b""[..], b"a", b"a\0", b"b", b"abcdefghijkl"].map(|text| absorb(&key(), text));
    assert_eq!(BTreeSet::from(keys).len(), keys.len());
}

#[test]
fn splitmix64_gives_its_published_numbers() {
    let mut state = 1_234_567;
    let drawn = [(); 5].map(|()| splitmix(&mut state));
    let published = [
        6_457_827_717_110_365_317,
        3_203_168_211_198_807_973,
        9_817_491_932_198_370_423,
        4_593_380_528_125_082_431,
        16_408_922_859_458_223_821,
    ];
    assert_eq!(drawn, published);
}

#[test]
fn xoshiro256_plus_plus_gives_its_published_numbers() {
    let mut seed = [0; 32];
    for word in 0..4 {
        seed[word * 8] = u8::try_from(word + 1).unwrap();
    }
    let mut random = Random::from_seed_bytes(seed);
    let published = [
        41_943_041,
        58_720_359,
        3_588_806_011_781_223,
        3_591_011_842_654_386,
        9_228_616_714_210_784_205,
        9_973_669_472_204_895_162,
        14_011_001_112_246_962_877,
        12_406_186_145_184_390_807,
        15_849_039_046_786_891_736,
        10_450_023_813_501_588_000,
    ];
    assert_eq!([(); 10].map(|()| random.next_u64()), published);
}

#[test]
fn a_seed_of_zeros_gives_random_numbers_all_the_same() {
    let mut random = Random::from_seed_bytes([0; 32]);
    let drawn: BTreeSet<_> = (0..100).map(|_| random.next_u64()).collect();
    assert_eq!(drawn.len(), 100);
}

#[test]
fn equal_seeds_give_equal_numbers_and_other_seeds_others() {
    let draw = |mut random: Random| [(); 50].map(|()| random.next_u64());
    assert_eq!(draw(Random::from_seed(7)), draw(Random::from_seed(7)));
    assert_ne!(draw(Random::from_seed(7)), draw(Random::from_seed(8)));
    assert_eq!(draw(Random::secure(key())), draw(Random::secure(key())));
    assert_ne!(draw(Random::secure(key())), draw(Random::secure([0; 32])));
}

/// Both kinds, since what follows must hold for both.
fn both() -> [Random; 2] {
    [Random::from_seed(1), Random::secure(key())]
}

#[test]
fn numbers_below_a_bound_stay_below_it_and_reach_all_of_them_fairly() {
    for mut random in both() {
        let mut counts = [0u32; 7];
        for _ in 0..70_000 {
            counts[usize::try_from(random.below(7)).unwrap()] += 1;
        }
        assert!(
            counts.iter().all(|count| (9_500..10_500).contains(count)),
            "{counts:?}"
        );
        assert_eq!((random.below(0), random.below(1)), (0, 0));
        assert!(random.below(u64::MAX) < u64::MAX);
    }
}

#[test]
fn a_bound_that_divides_badly_favours_nobody() {
    // Two thirds of 2^64: without a redraw a result of the lower half comes twice as often.
    let bound = u64::MAX / 3 * 2;
    let mut random = Random::from_seed(3);
    let low = (0..30_000)
        .filter(|_| random.below(bound) < bound / 2)
        .count();
    assert!((14_500..15_500).contains(&low), "{low}");
}

#[test]
fn numbers_between_two_ends_reach_both_of_them() {
    let mut random = Random::from_seed(5);
    let drawn: BTreeSet<_> = (0..200).map(|_| random.between(10, 13)).collect();
    assert_eq!(drawn, BTreeSet::from([10, 11, 12, 13]));
    assert_eq!(random.between(9, 9), 9);
    assert_eq!(random.between(9, 3), 9);
    let wide: BTreeSet<_> = (0..9).map(|_| random.between(0, u64::MAX)).collect();
    assert_eq!(wide.len(), 9);
}

#[test]
fn chance_is_never_always_and_in_proportion() {
    for mut random in both() {
        assert!((0..1_000).all(|_| !random.chance(0)));
        assert!((0..1_000).all(|_| random.chance(1_000) && random.chance(5_000)));
        let hits = (0..20_000).filter(|_| random.chance(250)).count();
        assert!((4_700..5_300).contains(&hits), "{hits}");
    }
}

#[test]
fn every_byte_of_a_buffer_is_filled_whatever_its_length() {
    for mut random in both() {
        for length in 0..40 {
            let mut seen = vec![0u8; length];
            for _ in 0..20 {
                let mut buffer = vec![0; length];
                random.fill(&mut buffer);
                seen.iter_mut()
                    .zip(buffer)
                    .for_each(|(seen, byte)| *seen |= byte);
            }
            assert!(seen.iter().all(|&byte| byte != 0), "{length}: {seen:?}");
        }
    }
}

#[test]
fn tokens_have_their_length_and_their_alphabet_and_do_not_repeat() {
    for mut random in both() {
        assert_eq!(random.token(0), "");
        let tokens: BTreeSet<_> = (0..1_000).map(|_| random.token(26)).collect();
        assert_eq!(tokens.len(), 1_000);
        assert!(tokens.iter().all(|token| token.len() == 26));
        let used: BTreeSet<u8> = tokens.iter().flat_map(|token| token.bytes()).collect();
        assert_eq!(used, TOKEN_ALPHABET.iter().copied().collect());
    }
}

#[test]
fn forks_differ_from_their_parent_and_from_each_other_even_with_one_label() {
    for mut random in both() {
        let mut forks = [random.fork("leg"), random.fork("leg"), random.fork("tag")];
        let secure = random.is_secure();
        assert!(forks.iter().all(|fork| fork.is_secure() == secure));
        let mut drawn: BTreeSet<_> = forks.iter_mut().map(Random::next_u128).collect();
        drawn.insert(random.next_u128());
        assert_eq!(drawn.len(), 4);
    }
}

#[test]
fn a_fork_depends_on_its_whole_label_and_on_nothing_but_seed_label_and_draws() {
    for make in [|| Random::from_seed(1), || Random::secure([9; 32])] {
        let draw = |label: &str| make().fork(label).next_u128();
        let labels = [
            "",
            "a",
            "b",
            "ab",
            "ba",
            "tenant/acme.example/calls",
            "tenant/acme.example/x",
        ];
        let drawn: BTreeSet<_> = labels.iter().map(|label| draw(label)).collect();
        assert_eq!(drawn.len(), labels.len());
        assert_eq!(draw("ab"), draw("ab"));
    }
}

#[test]
fn shuffling_keeps_the_items_and_reaches_every_order() {
    for mut random in both() {
        let mut orders = BTreeSet::new();
        for _ in 0..500 {
            let mut items = [1, 2, 3, 4];
            random.shuffle(&mut items);
            orders.insert(items);
        }
        assert_eq!(orders.len(), 24);
        random.shuffle::<u8>(&mut []);
        assert_eq!(random.pick::<u8>(&[]), None);
        assert_eq!(random.pick(&[5]), Some(&5));
        let picked: BTreeSet<_> = (0..100).filter_map(|_| random.pick(&[1, 2, 3])).collect();
        assert_eq!(picked.len(), 3);
    }
}

#[test]
fn debug_shows_no_state() {
    assert_eq!(format!("{:?}", Random::secure(key())), "Random(secure)");
    assert_eq!(format!("{:?}", Random::from_seed(1)), "Random(fast)");
}
