//! What members may: who is heard by whom, and how loud.

use super::*;

fn deaf() -> Seat {
    Seat {
        deaf: true,
        ..Seat::default()
    }
}

fn gain(gain_percent: u16) -> Seat {
    Seat {
        gain_percent,
        ..Seat::default()
    }
}

fn coach_of(id: EndpointId) -> Seat {
    Seat {
        coaches: Some(id),
        ..Seat::default()
    }
}

/// The loudest that one has heard another in any 20 ms of all it played.
fn loudest(hall: &Hall, listener: usize, speaker: usize) -> f64 {
    let phone = &hall.phones[listener];
    let frames = phone.ear.sound.chunks_exact(20 * phone.rate.per_ms());
    let loud = frames.map(|frame| amplitude(frame, phone.rate, PITCHES[speaker]));
    loud.fold(0.0, f64::max) / LEVEL
}

#[test]
fn a_muted_member_is_heard_by_nobody_until_it_may_speak() {
    let mut hall = Hall::new(&[PCMU, G722, OPUS]);
    hall.attend_as(0, ONE, muted());
    (1..3).for_each(|n| hall.attend(n, ONE));
    hall.run(600);
    hall.assert_heard(&[(0, &[1, 2]), (1, &[2]), (2, &[1])]);
    hall.reseat(0, Seat::default());
    hall.run(600);
    hall.assert_heard(&[(0, &[1, 2]), (1, &[0, 2]), (2, &[0, 1])]);
    hall.reseat(0, muted());
    hall.forget();
    hall.run(100);
    // One packet was full of what was said before, and filters remember a little.
    hall.forget();
    hall.run(200);
    assert!(loudest(&hall, 1, 0) < 0.05 && loudest(&hall, 2, 0) < 0.05);
}

#[test]
fn what_was_said_while_muted_is_not_heard_afterwards() {
    let mut hall = Hall::together(&[PCMU, PCMU]);
    hall.reseat(0, muted());
    hall.run(400);
    hall.forget();
    hall.reseat(0, Seat::default());
    hall.listen(500);
    assert!(loudest(&hall, 1, 0) < 0.01);
}

#[test]
fn a_deaf_member_is_sent_nothing_and_is_heard() {
    let mut hall = Hall::new(&[PCMU, PCMU]);
    hall.attend_as(0, ONE, deaf());
    hall.attend(1, ONE);
    hall.run(600);
    assert!(hall.phones[0].heard.is_empty());
    hall.assert_heard(&[(1, &[0])]);
    hall.reseat(0, Seat::default());
    hall.run(600);
    hall.assert_heard(&[(0, &[1]), (1, &[0])]);
}

#[test]
fn a_member_is_as_loud_as_it_is_set_up_to_four_times() {
    for (percent, level, expected) in [
        (50, 1.0, 0.5),
        (150, 1.0, 1.5),
        (0, 1.0, 0.0),
        (900, 0.2, 0.8),
    ] {
        let mut hall = Hall::new(&[PCMU, PCMU]);
        hall.attend_as(0, ONE, gain(percent));
        hall.attend(1, ONE);
        hall.phones[0].says(LEVEL * level);
        hall.run(600);
        let share = hall.share(1, 0);
        assert!((share - expected).abs() < 0.05, "{percent}: {share}");
    }
}

#[test]
fn a_coach_is_heard_by_its_pupil_alone_and_hears_all() {
    let mut hall = Hall::together(&[PCMU, PCMU, OPUS, G722]);
    hall.reseat(0, coach_of(hall.phones[1].id));
    hall.run(100);
    hall.forget();
    hall.run(700);
    hall.assert_heard(&[(0, &[1, 2, 3]), (1, &[0, 2, 3]), (2, &[1, 3]), (3, &[1, 2])]);
    // A pupil that only listens is no different.
    hall.reseat(1, muted());
    hall.run(700);
    hall.assert_heard(&[(0, &[2, 3]), (1, &[0, 2, 3]), (2, &[3]), (3, &[2])]);
}

#[test]
fn a_coach_without_its_pupil_is_heard_by_nobody() {
    let mut hall = Hall::new(&[PCMU, PCMU, PCMU]);
    let pupil = hall.phones[1].id;
    hall.attend_as(0, ONE, coach_of(pupil));
    hall.attend(2, ONE);
    hall.run(500);
    hall.assert_heard(&[(2, &[])]);
    // Nor is it in another room.
    hall.attend(1, OTHER);
    hall.run(500);
    hall.assert_heard(&[(1, &[]), (2, &[])]);
    hall.attend(1, ONE);
    hall.run(500);
    hall.assert_heard(&[(1, &[0, 2]), (2, &[1])]);
    hall.rig.order(Command::Unbridge { id: pupil });
    hall.forget();
    hall.run(500);
    assert!(loudest(&hall, 2, 0) < 0.05);
    hall.attend(1, ONE);
    hall.run(500);
    hall.assert_heard(&[(1, &[0, 2]), (2, &[1])]);
    hall.reseat(0, coach_of(hall.phones[0].id));
    hall.run(500);
    hall.assert_heard(&[(1, &[2]), (2, &[1])]);
}

#[test]
fn what_was_said_to_one_is_not_heard_by_all_afterwards() {
    let mut hall = Hall::together(&[PCMU, PCMU, PCMU]);
    (1..3).for_each(|n| hall.phones[n].sends = false);
    hall.reseat(0, coach_of(hall.phones[1].id));
    hall.run(500);
    hall.forget();
    hall.reseat(0, Seat::default());
    hall.listen(500);
    assert!(loudest(&hall, 2, 0) < 0.01);
    hall.run(500);
    hall.assert_heard(&[(1, &[0]), (2, &[0])]);
}

#[test]
fn one_coach_too_many_is_heard_by_nobody() {
    let mut hall = Hall::together(&[PCMU; 6]);
    let pupil = hall.phones[5].id;
    (0..5).for_each(|n| hall.reseat(n, coach_of(pupil)));
    hall.phones[5].sends = false;
    hall.run(100);
    hall.forget();
    hall.run(700);
    hall.assert_heard(&[(0, &[]), (4, &[]), (5, &[0, 1, 2, 3])]);
}
