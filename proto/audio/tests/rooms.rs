//! A room under orders of every kind: who is in a mix is read from the mix itself.
#![allow(clippy::unwrap_used)]

use audio::mix::{Heard, MemberId, Mixer, Settings};
use proptest::prelude::*;

/// Members of the room, all of whom may be heard at once.
const MEMBERS: usize = 6;
/// Samples of a frame.
const SAMPLES: usize = 16;
/// What member `n` says is this, doubled `n` times: a sum tells who is in it.
const UNIT: i16 = 200;

/// What is done before a frame.
#[derive(Clone, Copy, Debug)]
enum Order {
    Mute(usize, bool),
    Deafen(usize, bool),
    Coach(usize, Option<usize>),
    Replace(usize),
    Speak(usize, bool),
}

fn order() -> impl Strategy<Value = Order> {
    let member = 0..MEMBERS;
    prop_oneof![
        (member.clone(), any::<bool>()).prop_map(|(n, on)| Order::Mute(n, on)),
        (member.clone(), any::<bool>()).prop_map(|(n, on)| Order::Deafen(n, on)),
        (member.clone(), proptest::option::of(member.clone()))
            .prop_map(|(n, pupil)| Order::Coach(n, pupil)),
        member.clone().prop_map(Order::Replace),
        (member, any::<bool>()).prop_map(|(n, on)| Order::Speak(n, on)),
    ]
}

/// What is known of a member.
#[derive(Clone, Copy, Debug)]
struct Known {
    id: MemberId,
    muted: bool,
    deaf: bool,
    speaks: bool,
    pupil: Option<MemberId>,
}

impl Known {
    fn new(id: MemberId) -> Self {
        Self {
            id,
            muted: false,
            deaf: false,
            speaks: true,
            pupil: None,
        }
    }
}

fn obey(mixer: &mut Mixer, known: &mut [Known], order: Order) {
    match order {
        Order::Mute(n, on) => {
            mixer.set_muted(known[n].id, on);
            known[n].muted = on;
        }
        Order::Deafen(n, on) => {
            mixer.set_deaf(known[n].id, on);
            known[n].deaf = on;
        }
        Order::Coach(n, pupil) => {
            let pupil = pupil.map(|pupil| known[pupil].id);
            if mixer.coach(known[n].id, pupil) {
                known[n].pupil = pupil;
            } else {
                assert_eq!(pupil, Some(known[n].id));
            }
        }
        Order::Replace(n) => {
            mixer.leave(known[n].id);
            known[n] = Known::new(mixer.join().unwrap());
        }
        Order::Speak(n, on) => known[n].speaks = on,
    }
}

/// Who is in a mix: every fade is over with a frame's last sample.
fn voices(mix: &[i16]) -> Vec<usize> {
    let sum = mix.last().unwrap() / UNIT;
    (0..MEMBERS).filter(|n| sum >> n & 1 == 1).collect()
}

fn expected(known: &[Known], listener: &Known) -> Vec<usize> {
    let in_mix = |speaker: &Known| {
        let meant = match speaker.pupil {
            Some(pupil) => pupil == listener.id,
            None => speaker.id != listener.id,
        };
        meant && speaker.speaks && !speaker.muted
    };
    let numbers = (0..known.len()).filter(|n| in_mix(&known[*n]));
    numbers.collect()
}

proptest! {
    #[test]
    fn everybody_hears_exactly_whom_it_may(
        orders in proptest::collection::vec(order(), 1..60),
    ) {
        let mut mixer = Mixer::new(&Settings {
            members: MEMBERS,
            loudest: MEMBERS,
            coaches: MEMBERS,
            samples: SAMPLES,
        });
        let mut known: Vec<Known> = (0..MEMBERS)
            .map(|_| Known::new(mixer.join().unwrap()))
            .collect();
        for order in orders {
            obey(&mut mixer, &mut known, order);
            for (n, member) in known.iter().enumerate() {
                if member.speaks {
                    mixer.push(member.id, &[UNIT << n; SAMPLES]);
                }
            }
            mixer.mix();
            for member in &known {
                let mut output = [0; SAMPLES];
                let heard = match mixer.hear(member.id, &mut output) {
                    Heard::Own => voices(&output),
                    Heard::Common => voices(mixer.common()),
                    Heard::Nothing => {
                        prop_assert!(member.deaf);
                        continue;
                    }
                };
                prop_assert!(!member.deaf);
                prop_assert_eq!(heard, expected(&known, member), "after {:?}", order);
            }
        }
    }
}
