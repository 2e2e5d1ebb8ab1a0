//! Datagrams as fax terminals write them, whole, cut, spoilt and made up.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use udptl::{MAX_IFP_BYTES, MAX_REDUNDANCY, Malformed, Packet, Recovery};

/// No signal (T.30 indicator) with number 0 and nothing before it, as a terminal begins.
const FIRST: [u8; 6] = [0, 0, 1, 0x00, 0, 0];

fn secondaries<'a>(packet: &Packet<'a>) -> Vec<&'a [u8]> {
    match packet.recovery {
        Recovery::Secondary(secondaries) => {
            let all: Vec<_> = secondaries.iter().collect();
            assert_eq!(all.len(), secondaries.len());
            assert_eq!(all.is_empty(), secondaries.is_empty());
            all
        }
        Recovery::Fec(_) => panic!("parity"),
    }
}

#[test]
fn a_datagram_is_read() {
    let packet = Packet::parse(&FIRST).unwrap();
    assert_eq!((packet.seq, packet.primary), (0, &[0x00][..]));
    assert!(secondaries(&packet).is_empty());

    let later = [1, 2, 2, 0xaa, 0xbb, 0, 2, 1, 0xcc, 3, 1, 2, 3];
    let packet = Packet::parse(&later).unwrap();
    assert_eq!((packet.seq, packet.primary), (258, &[0xaa, 0xbb][..]));
    assert_eq!(secondaries(&packet), [&[0xcc][..], &[1, 2, 3]]);
    assert_eq!(packet.before(1), Some(&[0xcc][..]));
    assert_eq!(packet.before(2), Some(&[1, 2, 3][..]));
    assert_eq!(packet.before(3), None);
    assert_eq!(packet.before(0), None);
}

#[test]
fn a_datagram_is_written_as_the_standard_says() {
    assert_eq!(Packet::print(0, &[0x00], [].into_iter()), FIRST);
    let earlier: [&[u8]; 2] = [&[0xcc], &[1, 2, 3]];
    assert_eq!(
        Packet::print(258, &[0xaa, 0xbb], earlier.into_iter()),
        [1, 2, 2, 0xaa, 0xbb, 0, 2, 1, 0xcc, 3, 1, 2, 3]
    );
}

#[test]
fn lengths_from_128_on_take_two_octets() {
    for length in [127, 128, 255, 256, 1_400, MAX_IFP_BYTES] {
        let ifp = vec![7; length];
        let datagram = Packet::print(9, &ifp, [&ifp[..]].into_iter());
        let packet = Packet::parse(&datagram).unwrap();
        assert_eq!(packet.primary, ifp);
        assert_eq!(packet.before(1), Some(&ifp[..]));
    }
    let datagram = Packet::print(0, &[7; 300], [].into_iter());
    assert_eq!(datagram[2..4], [0x81, 0x2c]);
}

#[test]
fn parity_is_passed_over() {
    let fec = [0, 9, 1, 0x55, 0x80, 1, 3, 2, 2, 9, 9, 1, 8];
    let packet = Packet::parse(&fec).unwrap();
    assert_eq!(packet.recovery, Recovery::Fec(3));
    assert_eq!(packet.before(1), None);
    assert_eq!(Packet::parse(&fec[..12]), Err(Malformed::Short));
    let wide = [0, 9, 1, 0x55, 0x80, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0];
    assert_eq!(Packet::parse(&wide), Err(Malformed::TooLong));
    let crowd = [0, 9, 1, 0x55, 0x80, 1, 3, 0x3f];
    assert_eq!(Packet::parse(&crowd), Err(Malformed::TooLong));
}

#[test]
fn what_a_sloppy_sender_leaves_out_is_not_missed() {
    let packet = Packet::parse(&[0, 7, 1, 0x42]).unwrap();
    assert_eq!((packet.seq, packet.primary), (7, &[0x42][..]));
    assert!(secondaries(&packet).is_empty());
    // an earlier packet of no octets is none
    let packet = Packet::parse(&[0, 7, 1, 0x42, 0, 1, 0]).unwrap();
    assert_eq!(packet.before(1), None);
}

#[test]
fn what_is_cut_or_beyond_the_bounds_is_refused() {
    let whole = Packet::print(1, &[1, 2, 3], [&[4, 5][..], &[6]].into_iter());
    for cut in 0..whole.len() {
        let read = Packet::parse(&whole[..cut]);
        // without any recovery at all it is taken
        assert_eq!(read.err(), (cut != 6).then_some(Malformed::Short), "{cut}");
    }
    assert_eq!(Packet::parse(&[0, 0, 0xc1, 0]), Err(Malformed::TooLong));
    let crowd = [
        0, 0, 1, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    assert_eq!(Packet::parse(&crowd), Err(Malformed::TooLong));
    assert!(Malformed::Short.to_string().contains("too early"));
    assert!(Malformed::TooLong.to_string().contains("length"));
}

#[test]
fn more_than_may_be_written_is_left_away() {
    let long = vec![1; MAX_IFP_BYTES + 5];
    let many = vec![&[9_u8][..]; MAX_REDUNDANCY + 5];
    let datagram = Packet::print(0, &long, many.into_iter());
    let packet = Packet::parse(&datagram).unwrap();
    assert_eq!(packet.primary.len(), MAX_IFP_BYTES);
    assert_eq!(secondaries(&packet).len(), MAX_REDUNDANCY);
}

fn ifp() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 1..300)
}

proptest! {
    #[test]
    fn what_is_written_reads_the_same(
        seq: u16,
        primary in ifp(),
        earlier in prop::collection::vec(ifp(), 0..MAX_REDUNDANCY),
    ) {
        let slices: Vec<&[u8]> = earlier.iter().map(Vec::as_slice).collect();
        let datagram = Packet::print(seq, &primary, slices.iter().copied());
        let packet = Packet::parse(&datagram).unwrap();
        prop_assert_eq!(packet.seq, seq);
        prop_assert_eq!(packet.primary, &primary[..]);
        prop_assert_eq!(secondaries(&packet), slices);
    }

    #[test]
    fn hostile_octets_are_refused_or_read_within_themselves(
        octets in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        if let Ok(packet) = Packet::parse(&octets) {
            let mut read = packet.primary.len();
            for distance in 1..=20 {
                read += packet.before(distance).map_or(0, <[u8]>::len);
            }
            prop_assert!(read < octets.len());
        }
    }

    #[test]
    fn a_spoilt_datagram_is_refused_or_read(
        at in 0_usize..40,
        octet: u8,
        earlier in prop::collection::vec(ifp(), 0..4),
    ) {
        let slices: Vec<&[u8]> = earlier.iter().map(Vec::as_slice).collect();
        let mut datagram = Packet::print(3, &[1, 2, 3], slices.into_iter());
        if let Some(spoilt) = datagram.get_mut(at) {
            *spoilt = octet;
        }
        if let Ok(packet) = Packet::parse(&datagram) {
            prop_assert!(packet.primary.len() < datagram.len());
        }
    }
}
