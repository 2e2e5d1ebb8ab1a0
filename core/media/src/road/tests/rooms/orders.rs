//! Coming, going, and what else a member hears meanwhile.

use super::*;

impl Hall {
    fn order(&mut self, n: usize, order: impl FnOnce(EndpointId) -> Command) {
        self.rig.order(order(self.phones[n].id));
    }

    fn hold(&mut self, n: usize, held: bool) {
        self.order(n, |id| Command::Hold { id, held });
    }

    fn play(&mut self, n: usize, looped: bool) {
        self.order(n, |id| Command::Play {
            id,
            prompt: PROMPT,
            codec: PLAY,
            looped,
        });
    }

    fn refusals(&mut self) -> Vec<Refusal> {
        let refusal = |notice| {
            if let Notice::Refused { because, .. } = notice {
                Some(because)
            } else {
                None
            }
        };
        let notices = self.rig.take_notices().into_iter();
        notices.filter_map(refusal).collect()
    }

    fn present(&self) -> (u64, u64) {
        let figures = self.rig.road.room_figures();
        (figures.present, figures.members)
    }
}

#[test]
fn a_held_member_is_neither_heard_nor_hears() {
    let mut hall = Hall::together(&[PCMU, PCMU, PCMU]);
    hall.run(400);
    hall.hold(0, true);
    hall.run(100);
    hall.forget();
    hall.run(500);
    assert!(hall.phones[0].heard.is_empty());
    hall.assert_heard(&[(1, &[2]), (2, &[1])]);
    hall.hold(0, false);
    hall.forget();
    hall.run(500);
    hall.assert_heard(&[(0, &[1, 2]), (1, &[0, 2])]);
    assert!(in_a_row(&hall.phones[0].numbers()));
    assert!(hall.phones[0].heard[0].1.marker, "it begins anew");
}

#[test]
fn while_a_member_hears_a_prompt_it_is_heard_and_comes_back_at_its_end() {
    let mut hall = Hall::together(&[PCMU, PCMU]);
    hall.run(400);
    hall.forget();
    hall.play(0, false);
    hall.run(100);
    let octets: Vec<u8> = hall.phones[0].payloads().iter().map(|p| p[0]).collect();
    assert_eq!(octets[..5], [0, 1, 2, 3, 4], "the prompt and nothing else");
    let played = |notice: &Notice| matches!(notice, Notice::Played { .. });
    assert!(hall.rig.take_notices().iter().any(played));
    hall.run(500);
    hall.assert_heard(&[(0, &[1]), (1, &[0])]);
    let phone = &hall.phones[0];
    assert!(in_a_row(&phone.numbers()));
    for two in phone.heard.windows(2) {
        let step = two[1].1.ts.wrapping_sub(two[0].1.ts);
        assert!((160..=320).contains(&step), "{step}");
    }
    let marked = phone.heard.iter().filter(|heard| heard.1.marker);
    assert!(marked.count() <= 2, "where the source changes alone");
}

#[test]
fn a_prompt_that_is_stopped_leads_back_to_the_room() {
    let mut hall = Hall::together(&[PCMU, PCMU]);
    hall.play(0, true);
    hall.run(400);
    let lengths: Vec<usize> = hall.phones[0].payloads().iter().map(|p| p.len()).collect();
    assert_eq!(lengths.len(), 21);
    hall.assert_heard(&[(1, &[0])]);
    hall.order(0, |id| Command::Stop { id });
    hall.run(400);
    hall.assert_heard(&[(0, &[1]), (1, &[0])]);
}

#[test]
fn whatever_else_is_ordered_ends_a_membership() {
    let ends: [fn(EndpointId, EndpointId) -> Command; 4] = [
        |id, _| Command::Unbridge { id },
        |id, _| Command::Echo { id },
        |a, b| Command::Bridge { a, b },
        |id, _| Command::Close { id },
    ];
    for end in ends {
        let mut hall = Hall::new(&[PCMU, PCMU, PCMU, PCMU]);
        (0..3).for_each(|n| hall.attend(n, ONE));
        hall.run(400);
        assert_eq!(hall.present(), (1, 3));
        let other = hall.phones[3].id;
        hall.order(0, |id| end(id, other));
        assert_eq!(hall.present(), (1, 2));
        hall.run(100);
        hall.forget();
        hall.run(500);
        hall.assert_heard(&[(1, &[2]), (2, &[1])]);
        assert!(hall.phones[0].heard.is_empty());
    }
}

#[test]
fn whoever_comes_in_ends_what_it_did_before() {
    let mut hall = Hall::new(&[PCMU, PCMU, PCMU]);
    let [a, b] = [0, 1].map(|n| hall.phones[n].id);
    hall.rig.order(Command::Bridge { a, b });
    hall.play(0, true);
    hall.order(2, |id| Command::Echo { id });
    hall.attend(0, ONE);
    hall.attend(2, ONE);
    hall.run(500);
    hall.assert_heard(&[(0, &[2]), (2, &[0])]);
    assert!(hall.phones[1].heard.is_empty());
    assert_eq!(
        hall.rig.road.timers.len(),
        4,
        "the room's, the silence of two, and the wheel's"
    );
}

#[test]
fn whoever_goes_to_another_room_is_a_member_of_that_alone() {
    let mut hall = Hall::together(&[PCMU, PCMU, PCMU]);
    hall.attend(2, OTHER);
    hall.run(500);
    hall.assert_heard(&[(0, &[1]), (1, &[0]), (2, &[])]);
    hall.attend(1, OTHER);
    hall.run(500);
    hall.assert_heard(&[(0, &[]), (1, &[2]), (2, &[1])]);
    assert_eq!(hall.present(), (2, 3));
    hall.attend(0, OTHER);
    assert_eq!(hall.present(), (1, 3), "the first room has ended");
}

#[test]
fn whoever_comes_into_its_own_room_again_is_seated_anew() {
    let mut hall = Hall::together(&[PCMU, PCMU]);
    hall.run(400);
    hall.attend_as(0, ONE, muted());
    hall.run(400);
    hall.assert_heard(&[(0, &[1]), (1, &[])]);
    assert_eq!(hall.present(), (1, 2));
    let marked = hall.phones[0].heard.iter().filter(|heard| heard.1.marker);
    assert_eq!(marked.count(), 1, "its stream goes on");
}

#[test]
fn a_member_that_is_described_anew_goes_on_in_its_new_codec() {
    let mut hall = Hall::together(&[PCMU, PCMU]);
    hall.run(400);
    let expects = hall.phones[0].expects(G722, Wants::default());
    let id = hall.phones[0].id;
    hall.rig.describe(id, expects);
    let wide = formats(G722).iter().next().unwrap();
    hall.phones[0].mouth = Mouth::after(&hall.phones[0].mouth, wide);
    (hall.phones[0].ear, hall.phones[0].rate) = (Ear::new(wide, Rate::Wide), Rate::Wide);
    hall.run(500);
    hall.assert_heard(&[(0, &[1]), (1, &[0])]);
    assert!(in_a_row(&hall.phones[0].numbers()));
    let numbers: Vec<u8> = hall.phones[0]
        .heard
        .iter()
        .map(|heard| heard.1.pt)
        .collect();
    let first = numbers.iter().position(|pt| *pt == 9).unwrap();
    assert!(numbers[first..].iter().all(|pt| *pt == 9) && first <= 20);
    let streams = hall.phones[0].heard.iter().map(|heard| heard.1.ssrc);
    assert!(
        streams
            .clone()
            .all(|ssrc| streams.clone().next() == Some(ssrc))
    );
    // A description that changes nothing changes nothing.
    hall.forget();
    hall.rig.describe(id, expects);
    hall.run(200);
    assert!(hall.phones[0].heard.iter().all(|heard| !heard.1.marker));
}

#[test]
fn a_member_whose_codec_is_not_spoken_here_hears_again_once_one_is() {
    let mut hall = Hall::together(&[PCMU, PCMU]);
    let id = hall.phones[0].id;
    let strange: &[(u8, &str, u32)] = &[(18, "G729", 8000)];
    let expects = hall.phones[0].expects(strange, Wants::default());
    hall.rig.describe(id, expects);
    hall.run(300);
    assert!(hall.phones[0].heard.is_empty());
    hall.assert_heard(&[(1, &[])]);
    let expects = hall.phones[0].expects(PCMU, Wants::default());
    hall.rig.describe(id, expects);
    hall.run(500);
    hall.assert_heard(&[(0, &[1]), (1, &[0])]);
}

#[test]
fn what_a_peer_said_of_hearing_and_speaking_holds() {
    let mut hall = Hall::together(&[PCMU, PCMU]);
    hall.phones.iter_mut().for_each(|phone| phone.sends = false);
    let [a, b] = [0, 1].map(|n| hall.phones[n].id);
    let listens = Expect {
        sends: false,
        ..hall.phones[0].expects(PCMU, Wants::default())
    };
    let speaks = Expect {
        receives: false,
        ..hall.phones[1].expects(PCMU, Wants::default())
    };
    hall.rig.describe(a, listens);
    hall.rig.describe(b, speaks);
    hall.rig.take_notices();
    hall.run(5_000);
    let silent: Vec<EndpointId> = hall.rig.take_notices().iter().map(Notice::id).collect();
    assert_eq!(silent, [b], "who ought to send");
    assert_eq!(hall.phones[0].heard.len(), 250);
    assert!(hall.phones[1].heard.is_empty());
    hall.phones[1].sends = true;
    hall.run(500);
    hall.assert_heard(&[(0, &[1])]);
}

#[test]
fn beyond_the_bounds_nobody_comes_in_and_stays_where_it_was() {
    let limits = Limits {
        rooms: 2,
        room_members: 2,
        ..Limits::default()
    };
    let mut hall = Hall::with(limits, &[PCMU; 5]);
    (0..2).for_each(|n| hall.attend(n, ONE));
    hall.attend(2, OTHER);
    assert_eq!(hall.refusals(), []);
    hall.attend(2, ONE);
    hall.attend(3, ONE);
    hall.attend(4, RoomId(3));
    assert_eq!(hall.refusals(), [Refusal::RoomFull; 3]);
    assert_eq!(hall.present(), (2, 3));
    hall.attend(3, OTHER);
    hall.run(500);
    hall.assert_heard(&[(0, &[1]), (1, &[0]), (2, &[3]), (3, &[2])]);
    hall.order(0, |id| Command::Close { id });
    hall.attend(4, ONE);
    assert_eq!(hall.refusals(), []);
    assert_eq!(hall.present(), (2, 4));
}

#[test]
fn whoever_speaks_nothing_that_is_spoken_here_is_refused() {
    let strange: &[(u8, &str, u32)] = &[(18, "G729", 8000), (101, "telephone-event", 8000)];
    let mut hall = Hall::new(&[PCMU]);
    let expects = hall.phones[0].expects(strange, Wants::default());
    let id = hall.rig.open(31_000, expects);
    let seat = Seat::default();
    hall.rig.order(Command::Attend {
        id,
        room: ONE,
        seat,
    });
    assert_eq!(hall.refusals(), [Refusal::NoSound]);
    assert_eq!(hall.present(), (0, 0));
}

#[test]
fn orders_for_who_is_not_there_change_nothing() {
    let mut hall = Hall::new(&[PCMU]);
    let (id, seat) = (EndpointId::new(0, 0, 9, 0), Seat::default());
    hall.rig.order(Command::Attend {
        id,
        room: ONE,
        seat,
    });
    hall.rig.order(Command::Reseat { id, seat });
    assert_eq!(hall.rig.road.figures().stale_commands, 2);
    hall.reseat(0, muted());
    assert_eq!(hall.present(), (0, 0), "a seat is no membership");
}

#[test]
fn the_last_one_ends_the_room() {
    let mut hall = Hall::together(&[OPUS, PCMU]);
    hall.run(500);
    for n in 0..2 {
        hall.order(n, |id| Command::Close { id });
    }
    assert_eq!(hall.present(), (0, 0));
    assert_eq!(hall.rig.road.timers.len(), 0);
    hall.forget();
    hall.listen(500);
    assert!(hall.phones.iter().all(|phone| phone.heard.is_empty()));
}

#[test]
fn an_endpoint_in_the_place_of_a_member_is_none() {
    let mut hall = Hall::together(&[PCMU, PCMU]);
    hall.run(400);
    let expects = hall.phones[0].expects(PCMU, Wants::default());
    let port = hall.phones[0].port;
    let next = EndpointId::new(0, 0, 0, 1);
    // Its Close got lost: the place is given to another all the same.
    hall.rig.open_as(next, port, expects);
    assert_eq!(hall.present(), (1, 1));
    hall.phones[0].id = next;
    hall.run(100);
    hall.forget();
    hall.run(500);
    assert!(hall.phones[0].heard.is_empty());
    hall.assert_heard(&[(1, &[])]);
}

#[test]
fn a_late_wake_makes_up_for_no_more_than_it_may() {
    let mut hall = Hall::together(&[PCMU]);
    hall.listen(200);
    let before = hall.phones[0].heard.last().unwrap().1;
    hall.forget();
    hall.rig.pass_ms(1_000);
    hall.listen(0);
    assert_eq!(hall.phones[0].heard.len(), 5);
    hall.listen(40);
    let numbers = hall.phones[0].numbers();
    assert!(in_a_row(&numbers) && numbers[0] == before.seq.wrapping_add(1));
    let after = hall.phones[0].heard[5].1;
    let passed = after.ts.wrapping_sub(before.ts);
    assert!((5 * 160 + 160..=8_400).contains(&passed), "{passed}");
    assert!(after.marker, "what was given up is a gap of time");
}

#[test]
fn a_recording_of_a_room_has_all_who_are_heard_there() {
    let mut hall = Hall::together(&[PCMU, G722, OPUS]);
    let tap = crate::Tap {
        recording: 7,
        side: crate::Side::Left,
    };
    for _ in 0..2 {
        hall.order(1, |id| Command::TapRoom { id, tap: Some(tap) });
        hall.run(400);
    }
    let tapped = hall.rig.road.take_tapped(Box::default()).unwrap();
    let packets: Vec<_> = tapped.packets().collect();
    assert!((39..=41).contains(&packets.len()), "{}", packets.len());
    let mut decoder = audio::Decoder::new(audio::Codec::G722);
    let mut sound = Vec::new();
    for (number, packet) in (0_u16..).zip(&packets) {
        assert_eq!((packet.tap, packet.header.seq), (tap, number));
        assert_eq!(
            packet.header.ts.wrapping_sub(packets[0].header.ts),
            160 * u32::from(number)
        );
        let mut room = [0; 320];
        let made = decoder.decode(packet.payload, &mut room);
        sound.extend_from_slice(&room[..made]);
    }
    let steady = &sound[sound.len() - 3_200..];
    for pitch in &PITCHES[..3] {
        let loud = amplitude(steady, Rate::Wide, *pitch);
        assert!(loud > LEVEL / 3.0, "{pitch} Hz: {loud}");
    }
    hall.order(0, |id| Command::TapRoom { id, tap: None });
    hall.run(200);
    assert!(hall.rig.road.take_tapped(Box::default()).is_err());
}

#[test]
fn a_recording_of_a_member_copies_nothing() {
    let mut hall = Hall::together(&[PCMU, PCMU]);
    let tap = crate::Tap {
        recording: 1,
        side: crate::Side::Left,
    };
    hall.order(0, |id| Command::Tap { id, tap: Some(tap) });
    hall.run(200);
    assert_eq!(hall.rig.road.tap_figures().copied, 0);
}
