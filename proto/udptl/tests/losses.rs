//! A sender and a receiver with a network between them that loses, repeats and reorders.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use udptl::{MAX_IFP_BYTES, Packet, Receiver, Sender};

/// An IFP packet that tells its place.
fn ifp(place: usize) -> Vec<u8> {
    format!("ifp {place}").into_bytes()
}

fn datagrams(redundancy: usize, count: usize) -> Vec<Vec<u8>> {
    let mut sender = Sender::new(redundancy);
    (0..count)
        .map(|place| sender.packet(&ifp(place)).unwrap())
        .collect()
}

/// What a receiver gives out for these datagrams.
fn given<'a>(
    receiver: &mut Receiver,
    datagrams: impl IntoIterator<Item = &'a Vec<u8>>,
) -> Vec<(u16, Vec<u8>)> {
    let mut given = Vec::new();
    for datagram in datagrams {
        let taken = receiver.take(datagram, |seq, ifp| given.push((seq, ifp.to_vec())));
        taken.unwrap();
    }
    given
}

fn places(range: impl IntoIterator<Item = usize>) -> Vec<(u16, Vec<u8>)> {
    range
        .into_iter()
        .map(|place| (u16::try_from(place % 65_536).unwrap(), ifp(place)))
        .collect()
}

#[test]
fn without_losses_each_packet_comes_once_and_in_order() {
    for redundancy in [0, 1, 3] {
        let mut receiver = Receiver::new();
        let sent = datagrams(redundancy, 50);
        assert_eq!(given(&mut receiver, &sent), places(0..50));
        assert_eq!((receiver.lost(), receiver.repaired()), (0, 0));
    }
}

#[test]
fn as_many_in_a_row_as_are_carried_once_more_may_be_lost() {
    let sent = datagrams(3, 20);
    let mut receiver = Receiver::new();
    let came = sent.iter().take(5).chain(sent.iter().skip(8));
    assert_eq!(given(&mut receiver, came), places(0..20));
    assert_eq!((receiver.lost(), receiver.repaired()), (0, 3));
}

#[test]
fn one_more_is_lost_for_good_and_counted() {
    let sent = datagrams(3, 20);
    let mut receiver = Receiver::new();
    let came = sent.iter().take(5).chain(sent.iter().skip(9));
    assert_eq!(given(&mut receiver, came), places((0..5).chain(6..20)));
    assert_eq!((receiver.lost(), receiver.repaired()), (1, 3));
}

#[test]
fn the_very_first_may_be_lost() {
    let sent = datagrams(3, 10);
    let mut receiver = Receiver::new();
    assert_eq!(given(&mut receiver, &sent[2..]), places(0..10));
    assert_eq!((receiver.lost(), receiver.repaired()), (0, 2));
}

#[test]
fn numbers_go_round() {
    let sent = datagrams(2, 65_536 + 40);
    let mut receiver = Receiver::new();
    // those around the end of the numbers are lost by twos
    let lost = |place: &usize| (65_500..65_560).contains(place) && !place.is_multiple_of(3);
    let came = sent.iter().enumerate().filter(|(place, _)| !lost(place));
    let given = given(&mut receiver, came.map(|(_, datagram)| datagram));
    assert_eq!(given, places(0..65_536 + 40));
    assert_eq!((receiver.lost(), receiver.repaired()), (0, 40));
}

#[test]
fn what_comes_late_or_twice_is_not_given_again() {
    let sent = datagrams(3, 6);
    let mut receiver = Receiver::new();
    let order = [0, 0, 2, 1, 2, 5, 4, 3, 5];
    let came = order.iter().map(|place| &sent[*place]);
    assert_eq!(given(&mut receiver, came), places(0..6));
    assert_eq!(receiver.lost(), 0);
}

#[test]
fn without_redundancy_what_is_overtaken_is_given_up() {
    let sent = datagrams(0, 4);
    let mut receiver = Receiver::new();
    let came = [&sent[0], &sent[2], &sent[1], &sent[3]];
    assert_eq!(given(&mut receiver, came), places([0, 2, 3]));
    assert_eq!(receiver.lost(), 1);
}

#[test]
fn a_number_far_away_is_believed_with_the_next_one() {
    let sent = datagrams(1, 3);
    let mut receiver = Receiver::new();
    given(&mut receiver, &sent);
    let far = |seq| Packet::print(seq, b"far", [].into_iter());
    assert!(given(&mut receiver, [&far(30_000)]).is_empty());
    // a stray one: the stream goes on
    let next = Packet::print(3, b"next", [].into_iter());
    assert_eq!(given(&mut receiver, [&next]), [(3, b"next".to_vec())]);
    // two in a row: the peer has begun anew
    let anew = [&far(30_000), &far(30_001), &far(30_002)];
    let begun = given(&mut receiver, anew);
    assert_eq!(
        begun,
        [(30_001, b"far".to_vec()), (30_002, b"far".to_vec())]
    );
    assert_eq!(receiver.lost(), 0);
}

#[test]
fn what_is_no_datagram_changes_nothing() {
    let sent = datagrams(1, 2);
    let mut receiver = Receiver::new();
    given(&mut receiver, &sent[..1]);
    for octets in [&[][..], &[0], &[0, 9, 200], &[255; 40]] {
        let refused = receiver.take(octets, |_, _| panic!("nothing is given"));
        assert!(refused.is_err());
    }
    assert_eq!(given(&mut receiver, &sent[1..]), places([1]));
    assert_eq!(receiver.lost(), 0);
}

#[test]
fn a_datagram_stays_within_what_the_peer_takes() {
    let mut sender = Sender::new(3).within(72);
    for place in 0..10 {
        let datagram = sender.packet(&[place; 20]).unwrap();
        assert!(datagram.len() <= 72);
        let packet = Packet::parse(&datagram).unwrap();
        assert_eq!(packet.before(2).is_some(), place >= 2);
        assert_eq!(packet.before(3), None);
    }
    // what it is for goes in any case
    let datagram = sender.packet(&[1; 100]).unwrap();
    assert_eq!(Packet::parse(&datagram).unwrap().before(1), None);
}

#[test]
fn what_is_no_ifp_packet_is_not_sent() {
    let mut sender = Sender::new(3);
    assert_eq!(sender.packet(&[]), None);
    assert_eq!(sender.packet(&vec![1; MAX_IFP_BYTES + 1]), None);
    let first = sender.packet(&[1]).unwrap();
    assert_eq!(Packet::parse(&first).unwrap().seq, 0);
}

proptest! {
    #[test]
    fn each_is_given_once_in_order_or_counted_as_lost(
        redundancy in 0_usize..5,
        lost in prop::collection::vec(prop::bool::weighted(0.3), 10..200),
    ) {
        let sent = datagrams(redundancy, lost.len());
        let mut receiver = Receiver::new();
        let came = sent.iter().zip(&lost).filter(|(_, lost)| !**lost);
        let given = given(&mut receiver, came.map(|(datagram, _)| datagram));
        prop_assert!(given.is_sorted_by(|one, other| one.0 < other.0));
        for (seq, octets) in &given {
            prop_assert_eq!(octets, &ifp((*seq).into()));
        }
        // those behind the last one that came are not known of
        let known = lost.iter().rposition(|lost| !lost).map_or(0, |last| last + 1);
        prop_assert_eq!(given.len() + usize::try_from(receiver.lost()).unwrap(), known);
        // only what nothing within reach carries is lost
        let bare = (0..known).filter(|at| {
            let reach = (at + redundancy + 1).min(known);
            lost[*at..reach].iter().all(|lost| *lost)
        });
        prop_assert_eq!(bare.count(), usize::try_from(receiver.lost()).unwrap());
    }

    #[test]
    fn hostile_datagrams_give_no_more_than_they_carry(
        datagrams in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..40),
    ) {
        let mut receiver = Receiver::new();
        let (mut came, mut given) = (0, 0);
        for datagram in &datagrams {
            came += datagram.len();
            let _refused = receiver.take(datagram, |_, ifp| given += ifp.len());
        }
        prop_assert!(given <= came);
    }
}
