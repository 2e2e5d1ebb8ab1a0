//! Packets in another order than they were sent in, twice, or of more streams than are remembered.
#![allow(clippy::unwrap_used)]

mod kit;

use kit::{Protocol, ends, key, protect, rtcp, rtp, suites, unprotect};
use proptest::prelude::*;
use srtp::{MAX_ROLLOVERS_TRIED, MAX_STREAMS, Problem, Receiver, Sender, Suite, WINDOW};

const SSRC: u32 = 0x0102_0304;

/// So many packets in a row from a sequence number on, as they were and as they are sent.
fn run(sender: &mut Sender, first: u16, count: usize) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut seq = first;
    let one = |_| {
        let packet = rtp(SSRC, seq, &seq.to_be_bytes());
        let sent = protect(sender, Protocol::Rtp, &packet).unwrap();
        seq = seq.wrapping_add(1);
        (packet, sent)
    };
    (0..count).map(one).collect()
}

/// Lets a sender roll over so many times, by steps that keep its count.
fn roll_over(sender: &mut Sender, times: u32) {
    for _ in 0..times {
        for seq in [0, 0x4000, 0x8000, 0xc000] {
            protect(sender, Protocol::Rtp, &rtp(SSRC, seq, &[])).unwrap();
        }
    }
}

proptest! {
    // rfc: 3711 §3.3.1
    // rfc: 3711 §3.3.2
    #[test]
    fn any_order_within_the_window_passes_and_each_packet_once(
        suite in suites(),
        first in any::<u16>(),
        order in Just((0..100_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let (mut sender, mut receiver) = ends(suite);
        // the stream is heard before it rolls over, else nobody could tell that it did
        let first = first.max(1);
        let known = run(&mut sender, first - 1, 1);
        unprotect(&mut receiver, Protocol::Rtp, &known[0].1).unwrap();
        let run = run(&mut sender, first, order.len());
        for place in &order {
            let (packet, sent) = &run[*place];
            let came = unprotect(&mut receiver, Protocol::Rtp, sent);
            prop_assert_eq!(came.as_ref(), Ok(packet));
        }
        for (_, sent) in &run {
            let again = unprotect(&mut receiver, Protocol::Rtp, sent);
            prop_assert_eq!(again, Err(Problem::Replayed));
        }
    }

    // rfc: 3711 §3.3.2
    #[test]
    fn rtcp_in_any_order_passes_once(
        suite in suites(),
        order in Just((0..64_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let (mut sender, mut receiver) = ends(suite);
        let report = rtcp(SSRC, b"a report of sixteen");
        let sent: Vec<_> = order
            .iter()
            .map(|_| protect(&mut sender, Protocol::Rtcp, &report).unwrap())
            .collect();
        for place in &order {
            let came = unprotect(&mut receiver, Protocol::Rtcp, &sent[*place]);
            prop_assert_eq!(came.as_ref(), Ok(&report));
            let again = unprotect(&mut receiver, Protocol::Rtcp, &sent[*place]);
            prop_assert_eq!(again, Err(Problem::Replayed));
        }
    }

    /// Two packets under one key stream would give each other away: where the payload is nothing,
    /// what is sent is the key stream itself.
    // rfc: 3711 §9.1
    #[test]
    fn no_key_stream_is_used_twice(
        suite in suites(),
        steps in prop::collection::vec((0..3_u32, -140..200_i32), 1..150),
    ) {
        let (mut sender, _) = ends(suite);
        let mut streams = std::collections::BTreeSet::new();
        let mut latest = [0xff80_i32; 3];
        for (ssrc, step) in steps {
            let at = usize::try_from(ssrc).unwrap();
            let seq = latest[at] + step;
            let number = u16::try_from(seq & 0xffff).unwrap();
            match protect(&mut sender, Protocol::Rtp, &rtp(ssrc, number, &[0; 32])) {
                Ok(sent) => {
                    prop_assert!(streams.insert(sent[12..44].to_vec()));
                    latest[at] = latest[at].max(seq);
                }
                Err(problem) => prop_assert_eq!(problem, Problem::Replayed),
            }
        }
    }
}

#[test]
fn a_packet_beyond_the_window_is_too_late() {
    let width = usize::try_from(WINDOW).unwrap();
    for suite in Suite::ALL {
        let (mut sender, mut receiver) = ends(suite);
        let run = run(&mut sender, 5, width + 1);
        unprotect(&mut receiver, Protocol::Rtp, &run[width].1).unwrap();
        let late = unprotect(&mut receiver, Protocol::Rtp, &run[0].1);
        assert_eq!(late, Err(Problem::Replayed));
        let latest_allowed = unprotect(&mut receiver, Protocol::Rtp, &run[1].1);
        assert_eq!(latest_allowed, Ok(run[1].0.clone()));
    }
}

// rfc: 3711 §3.3.1
#[test]
fn a_sequence_that_rolls_over_is_followed() {
    for suite in Suite::ALL {
        let (mut sender, mut receiver) = ends(suite);
        for round in 0..3 {
            for (packet, sent) in run(&mut sender, 0xfff0, 32) {
                let came = unprotect(&mut receiver, Protocol::Rtp, &sent);
                assert_eq!(came, Ok(packet), "{suite:?}, round {round}");
            }
            for seq in [0x4000, 0x8000, 0xc000] {
                let packet = rtp(SSRC, seq, b"a long way");
                let sent = protect(&mut sender, Protocol::Rtp, &packet).unwrap();
                let came = unprotect(&mut receiver, Protocol::Rtp, &sent);
                assert_eq!(came, Ok(packet));
            }
        }
    }
}

// rfc: 3711 §3.3.1
#[test]
fn a_stream_that_is_older_than_its_receiver_is_found() {
    for suite in Suite::ALL {
        let key = key(suite, 11);
        let mut sender = Sender::new(&key);
        roll_over(&mut sender, 3);
        let run = run(&mut sender, 0, 2);

        let fresh = unprotect(&mut Receiver::new(&key), Protocol::Rtp, &run[0].1);
        assert_eq!(fresh, Err(Problem::Forged));

        let mut receiver = Receiver::resumed(&key);
        let mut changed = run[0].1.clone();
        changed[12] ^= 1;
        let forged = unprotect(&mut receiver, Protocol::Rtp, &changed);
        assert_eq!(forged, Err(Problem::Forged));
        for (packet, sent) in run {
            assert_eq!(unprotect(&mut receiver, Protocol::Rtp, &sent), Ok(packet));
        }
    }
}

#[test]
fn a_stream_that_is_much_older_than_its_receiver_is_not_found() {
    let key = key(Suite::AesCm128Sha1Tag80, 11);
    let mut sender = Sender::new(&key);
    roll_over(&mut sender, MAX_ROLLOVERS_TRIED);
    let last_tried = run(&mut sender, 0, 1);
    let found = unprotect(
        &mut Receiver::resumed(&key),
        Protocol::Rtp,
        &last_tried[0].1,
    );
    assert_eq!(found, Ok(last_tried[0].0.clone()));

    roll_over_rest(&mut sender);
    let beyond = run(&mut sender, 0, 1);
    let found = unprotect(&mut Receiver::resumed(&key), Protocol::Rtp, &beyond[0].1);
    assert_eq!(found, Err(Problem::Forged));
}

/// The rest of a round whose packet 0 has been sent.
fn roll_over_rest(sender: &mut Sender) {
    for seq in [0x4000, 0x8000, 0xc000] {
        protect(sender, Protocol::Rtp, &rtp(SSRC, seq, &[])).unwrap();
    }
}

#[test]
fn a_sender_takes_no_more_streams_than_it_can_remember() {
    for suite in Suite::ALL {
        let (mut sender, _) = ends(suite);
        for ssrc in (0..).take(MAX_STREAMS) {
            protect(&mut sender, Protocol::Rtp, &rtp(ssrc, 1, b"welcome")).unwrap();
        }
        let one_more = protect(&mut sender, Protocol::Rtp, &rtp(99, 1, b"too many"));
        assert_eq!(one_more, Err(Problem::Crowded));
        let one_more = protect(&mut sender, Protocol::Rtcp, &rtcp(99, b"too many"));
        assert_eq!(one_more, Err(Problem::Crowded));
        let again = protect(&mut sender, Protocol::Rtp, &rtp(0, 1, b"welcome"));
        assert_eq!(again, Err(Problem::Replayed));
        protect(&mut sender, Protocol::Rtp, &rtp(0, 2, b"welcome")).unwrap();
        protect(&mut sender, Protocol::Rtcp, &rtcp(0, b"welcome")).unwrap();
    }
}

#[test]
fn a_new_stream_takes_the_place_of_the_one_heard_longest_ago_once_it_is_proved() {
    for suite in Suite::ALL {
        let mut receiver = Receiver::new(&key(suite, 11));
        // each stream has a sender of its own here: together they are too many for one
        let sent = |ssrc, seq| {
            let mut sender = Sender::new(&key(suite, 11));
            protect(&mut sender, Protocol::Rtp, &rtp(ssrc, seq, b"hear me")).unwrap()
        };
        for ssrc in (0..).take(MAX_STREAMS) {
            unprotect(&mut receiver, Protocol::Rtp, &sent(ssrc, 1)).unwrap();
        }
        for stranger in 50..70 {
            let mut forged = sent(stranger, 1);
            *forged.last_mut().unwrap() ^= 1;
            let refused = unprotect(&mut receiver, Protocol::Rtp, &forged);
            assert_eq!(refused, Err(Problem::Forged));
            let forged = rtcp(stranger, &[0; 40]);
            let refused = unprotect(&mut receiver, Protocol::Rtcp, &forged);
            assert_eq!(refused, Err(Problem::Forged));
        }
        for ssrc in (0..).take(MAX_STREAMS) {
            let again = unprotect(&mut receiver, Protocol::Rtp, &sent(ssrc, 1));
            assert_eq!(
                again,
                Err(Problem::Replayed),
                "stream {ssrc} is still known"
            );
        }
        unprotect(&mut receiver, Protocol::Rtp, &sent(0, 2)).unwrap();
        unprotect(&mut receiver, Protocol::Rtp, &sent(99, 1)).unwrap();
        let kept = unprotect(&mut receiver, Protocol::Rtp, &sent(0, 1));
        assert_eq!(kept, Err(Problem::Replayed));
        let given_up = unprotect(&mut receiver, Protocol::Rtp, &sent(1, 1));
        assert!(given_up.is_ok());
    }
}
