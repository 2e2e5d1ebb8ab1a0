//! How the sound of members reaches the others: packets, their numbers, and how they are made.

use super::super::secured::key;
use super::*;
use crate::Keys;

/// The members' amplitude of a tone in each 20 ms of what one has played.
fn course(phone: &Phone, hertz: u32) -> Vec<f64> {
    let frames = phone.ear.sound.chunks_exact(20 * phone.rate.per_ms());
    frames
        .map(|frame| amplitude(frame, phone.rate, hertz) / LEVEL)
        .collect()
}

#[test]
fn what_everybody_hears_is_written_once_for_all_who_want_it_alike() {
    let second: &[(u8, &str, u32)] = &[(96, "opus", 48_000)];
    for (list, other) in [(OPUS, second), (G722, G722), (PCMU, PCMU)] {
        let mut hall = Hall::together(&[PCMA, list, list, other, other]);
        (1..5).for_each(|n| hall.phones[n].sends = false);
        hall.run(600);
        let first = hall.phones[1].payloads();
        assert!(first.len() > 25);
        for n in 2..5 {
            assert_eq!(hall.phones[n].payloads(), first);
        }
        hall.assert_heard(&[(1, &[0]), (4, &[0])]);
        let pt = formats(other).iter().next().unwrap().payload;
        assert!(hall.phones[4].heard.iter().all(|heard| heard.1.pt == pt));
    }
}

#[test]
fn packets_are_as_long_as_each_wants_them_and_as_each_sends_them() {
    let mut hall = Hall::new(&[]);
    for ptime_ms in [10, 20, 30, 60] {
        hall.open(PCMU, ptime_ms);
    }
    hall.attend_all(ONE);
    hall.run(1_200);
    hall.assert_heard(&[
        (0, &[1, 2, 3]),
        (1, &[0, 2, 3]),
        (2, &[0, 1, 3]),
        (3, &[0, 1, 2]),
    ]);
    for (phone, ptime_ms) in hall.phones.iter().zip([10_u32, 20, 30, 60]) {
        let packets = phone.heard.len() * usize::try_from(ptime_ms).unwrap();
        assert!((1_120..=1_200).contains(&packets), "{ptime_ms}: {packets}");
        assert!(in_a_row(&phone.numbers()));
        for two in phone.heard.windows(2) {
            assert_eq!(two[1].1.ts.wrapping_sub(two[0].1.ts), 8 * ptime_ms);
        }
    }
}

#[test]
fn numbers_and_pace_go_on_between_what_everybody_hears_and_what_is_ones_own() {
    for list in [PCMU, G722, OPUS] {
        let mut hall = Hall::together(&[PCMA, list]);
        hall.run(100);
        for turn in 0..6 {
            hall.phones[1].sends = turn % 2 == 0;
            hall.run(900);
        }
        let phone = &hall.phones[1];
        let clock = formats(list).iter().next().unwrap().clock;
        assert!(in_a_row(&phone.numbers()));
        for (n, two) in phone.heard.windows(2).enumerate() {
            let [before, after] = two else { continue };
            assert_eq!(after.1.ts.wrapping_sub(before.1.ts), clock / 50, "{n}");
            assert_eq!(after.0.saturating_since(before.0).as_millis(), 20, "{n}");
            assert_eq!(after.1.ssrc, before.1.ssrc);
            assert!(!after.1.marker);
        }
        hall.assert_heard(&[(1, &[0])]);
    }
}

#[test]
fn whoever_passes_from_one_to_the_other_hears_no_seam() {
    for list in [PCMU, G722] {
        for ptime_ms in [20, 60] {
            let mut hall = Hall::new(&[PCMA]);
            hall.open(list, ptime_ms);
            hall.attend_all(ONE);
            hall.phones[1].sends = false;
            hall.run(300);
            hall.forget();
            for turn in 0..6 {
                hall.phones[1].sends = turn % 2 == 0;
                hall.run(780);
            }
            for share in course(&hall.phones[1], PITCHES[0]) {
                assert!((0.9..1.1).contains(&share), "{share}");
            }
            let itself = course(&hall.phones[1], PITCHES[1]);
            assert!(itself.iter().all(|share| *share < 0.03), "never itself");
        }
    }
}

#[test]
fn whoever_is_muted_between_two_packets_does_not_hear_itself() {
    for ptime_ms in [20, 30, 60] {
        let mut hall = Hall::new(&[PCMA]);
        hall.open(PCMU, ptime_ms);
        hall.attend_all(ONE);
        for turn in 0..10 {
            hall.run(200 + 10 * turn);
            let seat = if turn % 2 == 0 {
                muted()
            } else {
                Seat::default()
            };
            hall.reseat(1, seat);
        }
        let itself = course(&hall.phones[1], PITCHES[1]);
        assert!(itself.iter().all(|share| *share < 0.03), "{itself:?}");
    }
}

#[test]
fn what_the_network_loses_of_a_member_is_made_up() {
    // libopus makes up a voice, not a tone, and of this one a third.
    for (list, least) in [(PCMU, 0.5), (G722, 0.5), (OPUS, 0.05)] {
        let mut hall = Hall::together(&[list, PCMU]);
        for n in 0..100 {
            let (packet, payload) = hall.phones[0].mouth.packet();
            let (port, at) = (hall.phones[0].port, hall.phones[0].at.clone());
            if n % 12 != 7 {
                let mut bytes = vec![0; 12];
                assert!(rtp::write_header(&mut bytes, packet));
                bytes.extend_from_slice(&payload);
                assert_eq!(hall.rig.datagram(port, &at, &mut bytes), Verdict::Kept);
            }
            hall.listen(20);
        }
        let heard = course(&hall.phones[1], PITCHES[0]);
        assert!(heard[10..].iter().all(|share| *share > least), "{heard:?}");
        let concealed = hall.rig.figures(hall.phones[0].id).concealed;
        // Where the delay was too long a hole shortens it, and nothing is missing.
        assert!((5..=10).contains(&concealed), "{concealed}");
        assert_eq!(hall.rig.road.room_figures().concealed, concealed);
    }
}

// rfc: 3711 §3.3
#[test]
fn members_hear_each_other_whether_they_are_protected_or_not() {
    let mut hall = Hall::together(&[PCMU, PCMU, PCMU]);
    let suite = srtp::Suite::AesCm128Sha1Tag80;
    let keys = Keys {
        takes: key(suite, 1),
        sends: key(suite, 2),
        resumed: false,
    };
    let mut receiver = srtp::Receiver::new(&keys.sends);
    let mut sender = srtp::Sender::new(&keys.takes);
    let id = hall.phones[0].id;
    let keys = Some(Box::new(keys));
    hall.rig.order(Command::Secure { id, keys });
    hall.phones[2].sends = false;
    for _ in 0..40 {
        for n in 0..2 {
            let (packet, payload) = hall.phones[n].mouth.packet();
            let (port, at) = (hall.phones[n].port, hall.phones[n].at.clone());
            let mut bytes = vec![0; 12];
            assert!(rtp::write_header(&mut bytes, packet));
            bytes.extend_from_slice(&payload);
            if n == 0 {
                let length = bytes.len();
                bytes.resize(length + ROOM, 0);
                let length = sender.protect_rtp(&mut bytes, length).unwrap();
                bytes.truncate(length);
            }
            hall.rig.datagram(port, &at, &mut bytes);
        }
        for (_, mut sent) in hall.rig.run(Duration::from_millis(20)) {
            let whose = |phone: &&mut Phone| phone.port == sent.port;
            let phone = hall.phones.iter_mut().find(whose).unwrap();
            if phone.id == id {
                assert_eq!(receiver.unprotect_rtp(&mut sent.bytes), Ok(172));
                sent.bytes.truncate(172);
            }
            phone.ear.take(&sent.bytes[12..]);
        }
    }
    hall.assert_heard(&[(0, &[1]), (1, &[0]), (2, &[0, 1])]);
}

#[test]
fn a_key_is_told_and_not_heard_by_the_others() {
    let mut hall = Hall::together(&[PCMU, PCMU]);
    hall.run(400);
    hall.rig.take_notices();
    let (seq, ts) = hall.phones[0].mouth.numbers();
    for (n, end) in (0..).zip([false, false, true, true, true]) {
        let event = rtp::Event {
            code: 5,
            end,
            volume: 10,
            duration: 480,
        };
        let packet = Rtp {
            pt: 101,
            seq: seq + n,
            ts,
            ssrc: 7,
            marker: n == 0,
        };
        let (port, at) = (hall.phones[0].port, hall.phones[0].at.clone());
        let gone = hall.rig.rtp_with(port, &at, packet, &event.to_bytes());
        assert_eq!(gone, Err(Verdict::Absorbed));
        hall.listen(20);
    }
    let notices = hall.rig.take_notices();
    let pressed = |notice: &&Notice| matches!(notice, Notice::Digit { digit: '5', .. });
    assert_eq!(notices.iter().filter(pressed).count(), 1);
    hall.forget();
    hall.listen(400);
    assert!(
        hall.phones[1]
            .ear
            .sound
            .iter()
            .all(|sample| sample.abs() < 10)
    );
    assert_eq!(
        hall.rig.figures(hall.phones[0].id).concealed,
        0,
        "nor missed"
    );
}

#[test]
fn what_cannot_be_understood_is_dropped_and_counted() {
    let both: &[(u8, &str, u32)] = &[(0, "PCMU", 8000), (18, "G729", 8000)];
    let mut hall = Hall::together(&[both, PCMU]);
    let packet = Rtp {
        pt: 18,
        ..pcmu(7, 1)
    };
    let (port, at) = (hall.phones[0].port, hall.phones[0].at.clone());
    let dropped = Err(Verdict::Drop(DropReason::Unnegotiated));
    assert_eq!(hall.rig.rtp(port, &at, packet), dropped);
    assert_eq!(hall.rig.road.figures().unnegotiated, 1);
}

#[test]
fn whoever_says_nothing_for_long_is_heard_again() {
    let mut hall = Hall::together(&[PCMU, PCMU]);
    hall.run(500);
    hall.listen(3_000);
    hall.assert_heard(&[(1, &[])]);
    hall.phones[0].mouth.pause(3_000);
    hall.run(500);
    hall.assert_heard(&[(1, &[0])]);
}
