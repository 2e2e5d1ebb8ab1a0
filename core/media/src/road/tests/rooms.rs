//! Members of conferences hear whom they may, and nobody else. Each speaks a tone of its own.

mod apart;
mod keys;
mod orders;
mod seats;
mod ways;

use audio::Rate;

use super::*;
use crate::transcoder::tests::voices::{Ear, Mouth, Pitch};
use crate::{Refusal, RoomId, Seat, Wants};

const PCMU: &[(u8, &str, u32)] = &[(0, "PCMU", 8000), (101, "telephone-event", 8000)];
const PCMA: &[(u8, &str, u32)] = &[(8, "PCMA", 8000), (101, "telephone-event", 8000)];
const G722: &[(u8, &str, u32)] = &[(9, "G722", 8000), (101, "telephone-event", 8000)];
const OPUS: &[(u8, &str, u32)] = &[(111, "opus", 48_000), (97, "telephone-event", 48_000)];

/// Of members in their order, hertz. Whole waves fit into 20 ms, and none is an overtone of
/// another.
const PITCHES: [u32; 7] = [400, 700, 1_100, 1_550, 1_900, 2_350, 2_650];

/// The amplitude of everybody's tone.
const LEVEL: f64 = 4_000.0;

const ONE: RoomId = RoomId(1);
const OTHER: RoomId = RoomId(2);

/// A telephone: what it says and what it hears.
struct Phone {
    id: EndpointId,
    port: u16,
    at: String,
    mouth: Mouth,
    ear: Ear,
    rate: Rate,
    /// Whether it sends packets, and whether there is a tone in them.
    sends: bool,
    heard: Vec<(Instant, Rtp, Vec<u8>)>,
}

impl Phone {
    fn expects(&self, list: &[(u8, &str, u32)], wants: Wants) -> Expect {
        Expect {
            formats: formats(list),
            wants,
            ..plain(&self.at)
        }
    }

    fn says(&mut self, level: f64) {
        if let Some(pitch) = &mut self.mouth.pitch {
            pitch.level = level;
        }
    }

    fn numbers(&self) -> Vec<u16> {
        self.heard.iter().map(|(_, head, _)| head.seq).collect()
    }

    fn payloads(&self) -> Vec<&[u8]> {
        let heard = self.heard.iter();
        heard.map(|(_, _, payload)| payload.as_slice()).collect()
    }

    /// How loud a frequency was in the last 200 ms that it played.
    fn loudness(&self, hertz: u32) -> f64 {
        let samples = 200 * self.rate.per_ms();
        let from = self.ear.sound.len().saturating_sub(samples);
        amplitude(&self.ear.sound[from..], self.rate, hertz)
    }
}

/// The amplitude of a frequency in a piece of sound.
fn amplitude(sound: &[i16], rate: Rate, hertz: u32) -> f64 {
    let turn = std::f64::consts::TAU * f64::from(hertz) / f64::from(rate.hertz());
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (n, sample) in (0_u32..).zip(sound) {
        let (s, c) = (f64::from(n) * turn).sin_cos();
        sine += s * f64::from(*sample);
        cosine += c * f64::from(*sample);
    }
    let samples = u32::try_from(sound.len().max(1)).unwrap();
    2.0 * sine.hypot(cosine) / f64::from(samples)
}

/// Telephones, and the road that they talk by.
struct Hall {
    rig: Rig,
    phones: Vec<Phone>,
}

impl Hall {
    /// One telephone for each of these lists of formats; all speak, and all can be heard at once.
    fn new(of: &[&[(u8, &str, u32)]]) -> Hall {
        let limits = Limits {
            room_loudest: 8,
            ..Limits::default()
        };
        Hall::with(limits, of)
    }

    /// The same, all members of one room.
    fn together(of: &[&[(u8, &str, u32)]]) -> Hall {
        let mut hall = Hall::new(of);
        hall.attend_all(ONE);
        hall
    }

    fn with(limits: Limits, of: &[&[(u8, &str, u32)]]) -> Hall {
        let mut hall = Hall {
            rig: Rig::with(limits),
            phones: Vec::new(),
        };
        for list in of {
            hall.open(list, 20);
        }
        hall
    }

    /// One more telephone, which wants packets of this length and sends such.
    fn open(&mut self, list: &[(u8, &str, u32)], ptime_ms: u8) -> usize {
        let n = u16::try_from(self.phones.len()).unwrap();
        let format = formats(list).iter().next().unwrap();
        let rate = match format.codec {
            Codec::G722 | Codec::Opus => Rate::Wide,
            Codec::Pcmu | Codec::Pcma | Codec::Event | Codec::Comfort | Codec::Other(_) => {
                Rate::Narrow
            }
        };
        let mut mouth = Mouth::new(format, ptime_ms.into());
        mouth.pitch = Some(Pitch {
            hertz: PITCHES[usize::from(n)],
            level: LEVEL,
        });
        let (port, at) = (30_000 + 2 * n, format!("1.0.0.{}:4000", n + 1));
        let mut phone = Phone {
            id: EndpointId::new(0, 0, 0, 0),
            port,
            at,
            mouth,
            ear: Ear::new(format, rate),
            rate,
            sends: true,
            heard: Vec::new(),
        };
        let wants = Wants {
            ptime_ms,
            ..Wants::default()
        };
        phone.id = self.rig.open(port, phone.expects(list, wants));
        self.phones.push(phone);
        usize::from(n)
    }

    fn attend(&mut self, n: usize, room: RoomId) {
        self.attend_as(n, room, Seat::default());
    }

    fn attend_as(&mut self, n: usize, room: RoomId, seat: Seat) {
        let id = self.phones[n].id;
        self.rig.order(Command::Attend { id, room, seat });
    }

    fn attend_all(&mut self, room: RoomId) {
        (0..self.phones.len()).for_each(|n| self.attend(n, room));
    }

    fn reseat(&mut self, n: usize, seat: Seat) {
        let id = self.phones[n].id;
        self.rig.order(Command::Reseat { id, seat });
    }

    /// Those who send do so for this time, and all hear.
    fn run(&mut self, ms: u64) {
        for at in 0..ms / 10 {
            for phone in self.phones.iter_mut().filter(|phone| phone.sends) {
                if (at * 10).is_multiple_of(phone.mouth.ptime_ms) {
                    let (packet, payload) = phone.mouth.packet();
                    let mut bytes = vec![0; 12];
                    assert!(rtp::write_header(&mut bytes, packet));
                    bytes.extend_from_slice(&payload);
                    self.rig.datagram(phone.port, &phone.at, &mut bytes);
                }
            }
            self.listen(10);
        }
    }

    /// Nobody sends for this time, and all hear.
    fn listen(&mut self, ms: u64) {
        for (at, sent) in self.rig.run(Duration::from_millis(ms)) {
            let whose = |phone: &&mut Phone| phone.port == sent.port;
            let phone = self.phones.iter_mut().find(whose).unwrap();
            assert_eq!(sent.to, addr(&phone.at));
            let (head, payload) = (Rtp::read(&sent.bytes), sent.bytes[12..].to_vec());
            if head.pt == phone.ear.pt() {
                phone.ear.take(&payload);
            }
            phone.heard.push((at, head, payload));
        }
    }

    fn forget(&mut self) {
        for phone in &mut self.phones {
            phone.heard.clear();
            phone.ear.sound.clear();
        }
    }

    /// How loud one hears another now, as a part of what that one says.
    fn share(&self, listener: usize, speaker: usize) -> f64 {
        self.phones[listener].loudness(PITCHES[speaker]) / LEVEL
    }

    /// Judges whom each of these listeners hears, of all telephones.
    fn assert_heard(&self, expected: &[(usize, &[usize])]) {
        for (listener, speakers) in expected {
            for speaker in 0..self.phones.len() {
                let share = self.share(*listener, speaker);
                let fits = if speakers.contains(&speaker) {
                    share > 0.6 && share < 1.4
                } else {
                    share < 0.05
                };
                assert!(fits, "{listener} hears {speaker} by {share}");
            }
        }
    }
}

/// Whether numbers follow each other without a gap.
fn in_a_row(numbers: &[u16]) -> bool {
    let mut pairs = numbers.windows(2);
    pairs.all(|two| two[1] == two[0].wrapping_add(1))
}

#[test]
fn everybody_hears_all_others_and_never_itself() {
    let mut hall = Hall::together(&[PCMU, PCMU, PCMU]);
    hall.run(600);
    hall.assert_heard(&[(0, &[1, 2]), (1, &[0, 2]), (2, &[0, 1])]);
}

#[test]
fn every_codec_hears_every_other() {
    let mut hall = Hall::together(&[PCMU, PCMA, G722, OPUS]);
    hall.run(800);
    hall.assert_heard(&[
        (0, &[1, 2, 3]),
        (1, &[0, 2, 3]),
        (2, &[0, 1, 3]),
        (3, &[0, 1, 2]),
    ]);
}

#[test]
fn whoever_says_nothing_hears_all_who_speak() {
    let mut hall = Hall::together(&[G722, PCMA, OPUS, PCMU]);
    (2..4).for_each(|n| hall.phones[n].sends = false);
    hall.run(600);
    hall.assert_heard(&[(0, &[1]), (1, &[0]), (2, &[0, 1]), (3, &[0, 1])]);
}

#[test]
fn only_the_three_loudest_of_five_are_heard() {
    let mut hall = Hall::with(Limits::default(), &[PCMU; 5]);
    hall.attend_all(ONE);
    for (n, part) in [(0, 1.0), (1, 0.3), (2, 1.0), (3, 0.3), (4, 1.0)] {
        hall.phones[n].says(LEVEL * part);
    }
    hall.run(800);
    hall.assert_heard(&[
        (0, &[2, 4]),
        (1, &[0, 2, 4]),
        (2, &[0, 4]),
        (3, &[0, 2, 4]),
        (4, &[0, 2]),
    ]);
}

#[test]
fn a_room_alone_and_a_silent_one_get_a_packet_every_20_ms() {
    for members in 1..3 {
        let mut hall = Hall::together(&[PCMU, G722][..members]);
        hall.phones.iter_mut().for_each(|phone| phone.sends = false);
        hall.run(1_000);
        for phone in &hall.phones {
            assert!((49..=50).contains(&phone.heard.len()));
            assert!(phone.ear.sound.iter().all(|sample| sample.abs() < 10));
            assert!(in_a_row(&phone.numbers()));
            for two in phone.heard.windows(2) {
                assert_eq!(two[1].1.ts.wrapping_sub(two[0].1.ts), 160);
                assert_eq!(two[1].0.saturating_since(two[0].0).as_millis(), 20);
            }
        }
    }
}

#[test]
fn it_is_told_who_is_heard_and_who_has_the_floor() {
    let mut hall = Hall::together(&[PCMU, PCMU, PCMU]);
    hall.phones[1].sends = false;
    hall.phones[2].says(LEVEL / 2.0);
    hall.rig.take_notices();
    hall.run(1_000);
    let told = |hall: &mut Hall| -> Vec<Notice> {
        let notices = hall.rig.take_notices().into_iter();
        let of_rooms =
            |notice: &Notice| matches!(notice, Notice::Heard { .. } | Notice::Floor { .. });
        notices.filter(of_rooms).collect()
    };
    let ids: Vec<EndpointId> = hall.phones.iter().map(|phone| phone.id).collect();
    let begun = |n: usize| Notice::Heard {
        id: ids[n],
        heard: true,
    };
    let floor = Notice::Floor { id: ids[0] };
    assert_eq!(told(&mut hall), [begun(0), begun(2), floor]);
    hall.reseat(0, muted());
    hall.run(100);
    let ended = Notice::Heard {
        id: ids[0],
        heard: false,
    };
    assert_eq!(told(&mut hall), [ended]);
}

fn muted() -> Seat {
    Seat {
        muted: true,
        ..Seat::default()
    }
}
