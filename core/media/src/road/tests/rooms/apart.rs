//! Members of different rooms hear nothing of each other, whatever is ordered.

use proptest::prelude::*;

use super::*;

/// Telephones: those of even numbers are of one house, the others of another.
const PHONES: usize = 6;

/// What the houses say: no overtone of one is the tone of the other.
const TONES: [u32; 2] = [700, 1_300];

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Into one of the rooms of its house.
    Attend(usize, u8, Option<usize>),
    Reseat(usize, bool, bool, Option<usize>),
    Leave(usize),
    Hold(usize, bool),
    Play(usize),
    Stop(usize),
    Bridge(usize, usize),
    /// Closed, and its place taken by a telephone of the other house.
    Replace(usize),
    Speak(usize, bool),
    Run(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let phone = || 0..PHONES;
    let coached = || prop::option::weighted(0.3, 0..PHONES);
    prop_oneof![
        6 => (phone(), 0..2_u8, coached()).prop_map(|(n, room, coaches)| {
            Step::Attend(n, room, coaches)
        }),
        2 => (phone(), prop::bool::weighted(0.2), prop::bool::weighted(0.2), coached())
            .prop_map(|(n, muted, deaf, coaches)| Step::Reseat(n, muted, deaf, coaches)),
        1 => phone().prop_map(Step::Leave),
        1 => (phone(), any::<bool>()).prop_map(|(n, held)| Step::Hold(n, held)),
        1 => phone().prop_map(Step::Play),
        1 => phone().prop_map(Step::Stop),
        1 => (phone(), phone()).prop_map(|(a, b)| Step::Bridge(a, b)),
        2 => phone().prop_map(Step::Replace),
        2 => (phone(), any::<bool>()).prop_map(|(n, on)| Step::Speak(n, on)),
        8 => (1..30_u8).prop_map(Step::Run),
    ]
}

struct Houses {
    hall: Hall,
    /// The house of each telephone.
    house: [usize; PHONES],
    generation: u32,
}

impl Houses {
    fn new() -> Houses {
        let mut houses = Houses {
            hall: Hall::new(&[PCMU; PHONES]),
            house: std::array::from_fn(|n| n % 2),
            generation: 0,
        };
        (0..PHONES).for_each(|n| houses.pitch(n));
        houses
    }

    fn pitch(&mut self, n: usize) {
        self.hall.phones[n].mouth.pitch = Some(Pitch {
            hertz: TONES[self.house[n]],
            level: LEVEL,
        });
    }

    fn seat(&self, coaches: Option<usize>) -> Seat {
        Seat {
            coaches: coaches.map(|n| self.hall.phones[n].id),
            ..Seat::default()
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Attend(n, room, coaches) => {
                let house = u128::try_from(self.house[n]).unwrap();
                let seat = self.seat(coaches);
                self.hall
                    .attend_as(n, RoomId(10 * house + u128::from(room)), seat);
            }
            Step::Reseat(n, muted, deaf, coaches) => {
                let seat = Seat {
                    muted,
                    deaf,
                    ..self.seat(coaches)
                };
                self.hall.reseat(n, seat);
            }
            Step::Leave(n) => self.order(n, |id| Command::Unbridge { id }),
            Step::Hold(n, held) => self.order(n, |id| Command::Hold { id, held }),
            Step::Play(n) => self.order(n, |id| Command::Play {
                id,
                prompt: PROMPT,
                codec: PLAY,
                looped: true,
            }),
            Step::Stop(n) => self.order(n, |id| Command::Stop { id }),
            Step::Bridge(a, b) => {
                if a != b && self.house[a] == self.house[b] {
                    let [a, b] = [a, b].map(|n| self.hall.phones[n].id);
                    self.hall.rig.order(Command::Bridge { a, b });
                }
            }
            Step::Replace(n) => self.replace(n),
            Step::Speak(n, on) => self.hall.phones[n].sends = on,
            Step::Run(frames) => self.run(frames),
        }
    }

    fn order(&mut self, n: usize, order: impl FnOnce(EndpointId) -> Command) {
        let id = self.hall.phones[n].id;
        self.hall.rig.order(order(id));
    }

    fn replace(&mut self, n: usize) {
        self.order(n, |id| Command::Close { id });
        self.generation += 1;
        self.house[n] = 1 - self.house[n];
        let place = u16::try_from(n).unwrap();
        let phone = &mut self.hall.phones[n];
        phone.id = EndpointId::new(0, 0, place, self.generation);
        let (id, port) = (phone.id, phone.port);
        let expects = phone.expects(PCMU, Wants::default());
        self.hall.rig.open_as(id, port, expects);
        self.pitch(n);
    }

    /// Lets them talk, and judges every packet that anybody hears.
    fn run(&mut self, frames: u8) {
        for _ in 0..frames {
            for phone in self.hall.phones.iter_mut().filter(|phone| phone.sends) {
                let (packet, payload) = phone.mouth.packet();
                let mut bytes = vec![0; 12];
                assert!(rtp::write_header(&mut bytes, packet));
                bytes.extend_from_slice(&payload);
                let verdict = self.hall.rig.datagram(phone.port, &phone.at, &mut bytes);
                if let Verdict::Send { local_port, .. } = verdict {
                    let n = usize::from(local_port - 30_000) / 2;
                    judge(&self.house, n, &bytes);
                }
            }
            for (_, sent) in self.hall.rig.run(Duration::from_millis(20)) {
                let n = usize::from(sent.port - 30_000) / 2;
                judge(&self.house, n, &sent.bytes);
            }
        }
    }
}

/// Whether a packet for a telephone holds nothing of the other house.
fn judge(house: &[usize; PHONES], n: usize, bytes: &[u8]) {
    let mut sound = [0; 160];
    audio::Decoder::new(audio::Codec::Pcmu).decode(&bytes[12..], &mut sound);
    let foreign = TONES[1 - house[n]];
    let loud = amplitude(&sound, Rate::Narrow, foreign);
    assert!(loud < LEVEL / 4.0, "{n} hears the other house: {loud}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_is_ordered_nobody_hears_another_room(
        steps in prop::collection::vec(step(), 1..80)
    ) {
        let mut houses = Houses::new();
        for step in steps {
            houses.step(step);
        }
        for n in 0..PHONES {
            houses.order(n, |id| Command::Close { id });
        }
        let road = &houses.hall.rig.road;
        prop_assert_eq!((road.table.len(), road.timers.len()), (0, 0));
        let figures = road.room_figures();
        prop_assert_eq!((figures.present, figures.members), (0, 0));
    }
}

#[test]
fn two_rooms_at_once_do_not_mix() {
    let mut hall = Hall::new(&[PCMU, OPUS, G722, PCMU, PCMA, OPUS]);
    for n in 0..6 {
        hall.attend(n, if n < 3 { ONE } else { OTHER });
    }
    hall.run(800);
    hall.assert_heard(&[
        (0, &[1, 2]),
        (1, &[0, 2]),
        (2, &[0, 1]),
        (3, &[4, 5]),
        (4, &[3, 5]),
        (5, &[3, 4]),
    ]);
}
