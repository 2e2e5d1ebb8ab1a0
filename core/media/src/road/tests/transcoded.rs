//! Legs without a common codec hear each other.

use audio::Rate;
use rtp::{Event, NewHeader};

use super::secured::key;
use super::*;
use crate::transcoder::tests::voices::{Ear, Mouth, likeness, voice};
use crate::{Keys, OpusWants, Wants};

const OF_PCMA: &[(u8, &str, u32)] = &[(8, "PCMA", 8000), (101, "telephone-event", 8000)];
const OF_PCMU: &[(u8, &str, u32)] = &[(0, "PCMU", 8000), (101, "telephone-event", 8000)];
const OF_G722: &[(u8, &str, u32)] = &[(9, "G722", 8000), (101, "telephone-event", 8000)];
const OF_OPUS: &[(u8, &str, u32)] = &[(111, "opus", 48_000), (97, "telephone-event", 48_000)];

/// Two legs with these formats, bridged, and what became of the packets to the second.
struct Pair {
    rig: Rig,
    a: EndpointId,
    b: EndpointId,
    heard: Vec<(Instant, Rtp, Vec<u8>)>,
}

impl Pair {
    fn new(of_a: &[(u8, &str, u32)], of_b: &[(u8, &str, u32)]) -> Pair {
        Pair::with(Limits::default(), of_a, of_b, Wants::default())
    }

    fn with(
        limits: Limits,
        of_a: &[(u8, &str, u32)],
        of_b: &[(u8, &str, u32)],
        wants: Wants,
    ) -> Pair {
        let mut rig = Rig::with(limits);
        let formats_of = |at: &str, list| Expect {
            formats: formats(list),
            ..plain(at)
        };
        let a = rig.open(30_000, formats_of(A, of_a));
        let b = rig.open(
            30_002,
            Expect {
                wants,
                ..formats_of(B, of_b)
            },
        );
        rig.order(Command::Bridge { a, b });
        Pair {
            rig,
            a,
            b,
            heard: Vec::new(),
        }
    }

    /// A packet from the first leg, and what is relayed of it.
    fn say(&mut self, packet: NewHeader, payload: &[u8]) -> Verdict {
        let mut bytes = vec![0; 12];
        assert!(rtp::write_header(&mut bytes, packet));
        bytes.extend_from_slice(payload);
        let verdict = self.rig.datagram(30_000, A, &mut bytes);
        if let Verdict::Send { .. } = verdict {
            self.hear(self.rig.now, &bytes);
        }
        verdict
    }

    fn hear(&mut self, at: Instant, bytes: &[u8]) {
        let payload = bytes[12..].to_vec();
        self.heard.push((at, Rtp::read(bytes), payload));
    }

    fn run_ms(&mut self, ms: u64) {
        for (at, sent) in self.rig.run(Duration::from_millis(ms)) {
            assert_eq!((sent.port, sent.to), (30_002, addr(B)));
            self.hear(at, &sent.bytes);
        }
    }

    /// Says so many packets of a voice, but for those that are lost.
    fn talk(&mut self, mouth: &mut Mouth, packets: u16, lost: impl Fn(u16) -> bool) {
        for n in 0..packets {
            let (packet, payload) = mouth.packet();
            if !lost(n) {
                self.say(packet, &payload);
            }
            self.run_ms(mouth.ptime_ms);
        }
    }

    /// What the second leg's telephone plays of all it heard.
    fn played(&self, mut ear: Ear) -> Vec<i16> {
        let pt = ear.pt();
        let sound = self.heard.iter().filter(|(_, head, _)| head.pt == pt);
        for (_, _, payload) in sound {
            ear.take(payload);
        }
        ear.sound
    }

    fn numbers(&self) -> Vec<u16> {
        self.heard.iter().map(|(_, head, _)| head.seq).collect()
    }
}

/// Whether numbers follow each other without a gap.
fn in_a_row(numbers: &[u16]) -> bool {
    numbers
        .windows(2)
        .all(|two| two[1] == two[0].wrapping_add(1))
}

/// The median likeness of syllables: the delay may change between them, as jitter buffers do.
fn understood(pair: &Pair, ear: Ear, rate: Rate, least: f64) {
    let played = pair.played(ear);
    let syllable = 200 * rate.per_ms();
    let mut alike: Vec<f64> = voice(rate, 0, 1600)
        .chunks(syllable)
        .enumerate()
        .map(|(n, said)| likeness(said, &played[n * syllable * 9 / 10..], syllable / 2))
        .collect();
    alike.sort_by(f64::total_cmp);
    assert!(alike[3] > least, "{alike:?}, wanted {least}");
}

#[test]
fn two_legs_without_a_common_codec_hear_each_other() {
    for (from, to, rate, least) in [
        (OF_PCMA, OF_G722, Rate::Wide, 0.95),
        (OF_G722, OF_PCMA, Rate::Narrow, 0.95),
        (OF_PCMU, OF_PCMA, Rate::Narrow, 0.98),
        (OF_PCMU, OF_OPUS, Rate::Narrow, 0.8),
        (OF_OPUS, OF_PCMU, Rate::Narrow, 0.8),
        (OF_OPUS, OF_G722, Rate::Wide, 0.8),
    ] {
        let mut pair = Pair::new(from, to);
        let mut mouth = Mouth::new(formats(from).iter().next().unwrap(), 20);
        pair.talk(&mut mouth, 100, |_| false);
        let target = formats(to).iter().next().unwrap();
        understood(&pair, Ear::new(target, rate), rate, least);
        assert!(in_a_row(&pair.numbers()));
        assert!(pair.heard[0].1.marker && pair.heard.len() > 90);
        let step = target.clock / 50;
        for two in pair.heard.windows(2) {
            assert_eq!(two[1].1.ts.wrapping_sub(two[0].1.ts), step);
            assert_eq!(two[1].0.saturating_since(two[0].0).as_millis(), 20);
        }
        let transcoded = pair.rig.figures(pair.b).transcoded;
        assert_eq!(transcoded, pair.heard.len() as u64);
        assert_eq!(pair.rig.figures(pair.a).concealed, 0);
        assert_eq!(pair.rig.road.figures().transcoding.made, transcoded);
    }
}

#[test]
fn packets_are_as_long_as_their_listener_wants_them() {
    for (theirs, ours) in [(20, 60), (60, 20), (30, 20), (20, 30), (10, 40)] {
        let wants = Wants {
            ptime_ms: ours,
            ..Wants::default()
        };
        let mut pair = Pair::with(Limits::default(), OF_PCMA, OF_PCMU, wants);
        let mut mouth = Mouth::new(formats(OF_PCMA).iter().next().unwrap(), theirs);
        pair.talk(&mut mouth, u16::try_from(2000 / theirs).unwrap(), |_| false);
        assert!(pair.heard.len() >= 1700 / usize::from(ours));
        for (_, _, payload) in &pair.heard {
            assert_eq!(payload.len(), 8 * usize::from(ours));
        }
        for two in pair.heard.windows(2) {
            let apart = two[1].0.saturating_since(two[0].0).as_millis();
            assert!(apart >= u128::from(ours) / 2, "{theirs} to {ours}: {apart}");
        }
        let target = formats(OF_PCMU).iter().next().unwrap();
        understood(&pair, Ear::new(target, Rate::Narrow), Rate::Narrow, 0.9);
    }
}

#[test]
fn what_the_network_loses_is_made_up() {
    let lost = |n: u16| n % 12 == 7;
    for (from, to, rate) in [
        (OF_PCMA, OF_G722, Rate::Wide),
        (OF_OPUS, OF_PCMU, Rate::Narrow),
    ] {
        let mut pair = Pair::new(from, to);
        let mut mouth = Mouth::new(formats(from).iter().next().unwrap(), 20);
        pair.talk(&mut mouth, 100, lost);
        assert!(in_a_row(&pair.numbers()), "a loss does not show");
        let target = formats(to).iter().next().unwrap();
        understood(&pair, Ear::new(target, rate), rate, 0.75);
        let concealed = pair.rig.figures(pair.a).concealed;
        assert!((7..=10).contains(&concealed), "{concealed}");
    }
}

#[test]
fn a_codec_that_both_have_is_relayed_again_and_back() {
    let both: Vec<_> = [OF_PCMA, OF_G722].concat();
    let mut pair = Pair::new(&both, OF_G722);
    let present = |pair: &Pair| pair.rig.road.figures().transcoding.present;
    let mut wave = Mouth::new(formats(OF_PCMA).iter().next().unwrap(), 20);
    pair.talk(&mut wave, 20, |_| false);
    let made = pair.heard.len();
    assert!(made > 10);
    assert_eq!(present(&pair), 1);
    let mut wide = Mouth::after(&wave, formats(OF_G722).iter().next().unwrap());
    let (packet, payload) = wide.packet();
    assert!(matches!(pair.say(packet, &payload), Verdict::Send { .. }));
    assert_eq!(pair.heard.last().unwrap().2, payload, "as it came");
    assert_eq!(present(&pair), 0);
    pair.run_ms(20);
    pair.talk(&mut wide, 19, |_| false);
    assert_eq!(pair.heard.len(), made + 20);
    let mut wave = Mouth::after(&wide, formats(OF_PCMA).iter().next().unwrap());
    pair.talk(&mut wave, 20, |_| false);
    assert!(pair.heard.len() > made + 30);
    assert!(in_a_row(&pair.numbers()));
    assert!(
        pair.heard
            .iter()
            .all(|heard| heard.1.ssrc == pair.heard[0].1.ssrc)
    );
    for two in pair.heard.windows(2) {
        let step = two[1].1.ts.wrapping_sub(two[0].1.ts);
        assert!((1..8000).contains(&step), "time goes on: {step}");
    }
}

#[test]
fn a_pair_with_a_common_codec_is_relayed_as_ever() {
    let mut pair = Pair::new(OF_PCMA, OF_PCMA);
    let mut mouth = Mouth::new(formats(OF_PCMA).iter().next().unwrap(), 20);
    let (packet, payload) = mouth.packet();
    assert!(matches!(pair.say(packet, &payload), Verdict::Send { .. }));
    assert_eq!(pair.heard[0].2, payload);
    assert_eq!(
        pair.rig.road.figures().transcoding,
        crate::TranscodingFigures::default()
    );
}

#[test]
fn what_a_peer_may_send_is_not_what_it_understands() {
    let mut pair = Pair::with(
        Limits::default(),
        OF_PCMU,
        &[OF_PCMU, OF_PCMA].concat(),
        Wants {
            understands: Some([8, 101].into_iter().collect()),
            ..Wants::default()
        },
    );
    let mut mouth = Mouth::new(formats(OF_PCMU).iter().next().unwrap(), 20);
    pair.talk(&mut mouth, 20, |_| false);
    assert!(!pair.heard.is_empty());
    assert!(pair.heard.iter().all(|heard| heard.1.pt == 8));
    let back = pair.rig.rtp(30_002, B, pcmu(9, 1)).unwrap();
    assert_eq!((Rtp::read(&back.bytes).pt, back.to), (0, addr(A)));
}

#[test]
fn sound_is_made_in_the_format_that_was_agreed_on() {
    let wants = Wants {
        sound: Some(9),
        ..Wants::default()
    };
    let formats_of_b = [OF_PCMA, OF_G722].concat();
    let mut pair = Pair::with(Limits::default(), OF_PCMU, &formats_of_b, wants);
    let mut mouth = Mouth::new(formats(OF_PCMU).iter().next().unwrap(), 20);
    pair.talk(&mut mouth, 20, |_| false);
    assert!(pair.heard.iter().all(|heard| heard.1.pt == 9) && pair.heard.len() > 10);
    // agreed on anew in the middle of the call
    pair.rig.describe(
        pair.b,
        Expect {
            formats: formats(OF_PCMA),
            ..plain(B)
        },
    );
    pair.heard.clear();
    pair.talk(&mut mouth, 20, |_| false);
    let new: Vec<u8> = pair.heard.iter().map(|heard| heard.1.pt).collect();
    assert!(new.ends_with(&[8; 10]), "{new:?}");
    assert!(in_a_row(&pair.numbers()));
    assert_eq!(pair.rig.road.figures().transcoding.present, 1);
}

#[test]
fn opus_is_encoded_as_its_listener_asks() {
    let octets = |opus: OpusWants| -> usize {
        let wants = Wants {
            opus,
            ..Wants::default()
        };
        let mut pair = Pair::with(Limits::default(), OF_G722, OF_OPUS, wants);
        let mut mouth = Mouth::new(formats(OF_G722).iter().next().unwrap(), 20);
        pair.talk(&mut mouth, 60, |_| false);
        assert!(pair.heard.len() > 50);
        pair.heard.iter().map(|heard| heard.2.len()).sum()
    };
    let usual = octets(OpusWants::default());
    let few = octets(OpusWants {
        bits_per_second: Some(8_000),
        ..OpusWants::default()
    });
    assert!(2 * few < usual + usual / 4, "{few} of {usual}");
}

/// The packets of a press: three while it is held, three that end it.
fn press(pair: &mut Pair, pt: u8, (seq, ts): (u16, u32), units: u16) -> Vec<Verdict> {
    let packets = [
        (1, false),
        (2, false),
        (3, false),
        (4, true),
        (4, true),
        (4, true),
    ];
    let mut verdicts = Vec::new();
    for (n, (length, end)) in (0..).zip(packets) {
        let event = Event {
            code: 5,
            end,
            volume: 10,
            duration: length * units,
        };
        let packet = NewHeader {
            pt,
            seq: seq + n,
            ts,
            ssrc: 7,
            marker: n == 0,
        };
        verdicts.push(pair.say(packet, &event.to_bytes()));
        pair.run_ms(20);
    }
    verdicts
}

#[test]
fn keys_are_heard_among_sound_in_another_codec() {
    let mut pair = Pair::new(OF_PCMA, OF_OPUS);
    let mut mouth = Mouth::new(formats(OF_PCMA).iter().next().unwrap(), 20);
    pair.talk(&mut mouth, 20, |_| false);
    let at = mouth.numbers();
    let verdicts = press(&mut pair, 101, at, 160);
    assert!(
        verdicts.iter().all(|v| matches!(v, Verdict::Send { .. })),
        "{verdicts:?}"
    );
    mouth.skip(6);
    pair.talk(&mut mouth, 20, |_| false);
    let keys: Vec<_> = pair.heard.iter().filter(|heard| heard.1.pt == 97).collect();
    assert_eq!(keys.len(), 6);
    let lengths: Vec<u16> = keys
        .iter()
        .map(|key| Event::parse(&key.2).unwrap().duration)
        .collect();
    assert_eq!(
        lengths,
        [1, 2, 3, 4, 4, 4].map(|n| n * 960),
        "in units of 48 kHz"
    );
    assert!(
        keys.iter().all(|key| key.1.ts == keys[0].1.ts),
        "one press, one timestamp"
    );
    assert!(keys[0].1.marker);
    assert!(in_a_row(&pair.numbers()));
    assert!(
        pair.heard
            .iter()
            .all(|heard| heard.1.ssrc == pair.heard[0].1.ssrc)
    );
    let sound: Vec<_> = pair
        .heard
        .iter()
        .filter(|heard| heard.1.pt == 111)
        .collect();
    let steps = sound
        .windows(2)
        .map(|two| two[1].1.ts.wrapping_sub(two[0].1.ts));
    let steps: Vec<u32> = steps.collect();
    assert!(
        steps.iter().all(|step| (960..48_000).contains(step)),
        "{steps:?}"
    );
    let digits = pair.rig.take_notices();
    let pressed = |notice: &&Notice| matches!(notice, Notice::Digit { digit: '5', .. });
    assert_eq!(digits.iter().filter(pressed).count(), 1);
}

#[test]
fn two_presses_in_silence_have_two_timestamps() {
    let mut pair = Pair::new(OF_PCMA, OF_OPUS);
    let mut mouth = Mouth::new(formats(OF_PCMA).iter().next().unwrap(), 20);
    pair.talk(&mut mouth, 20, |_| false);
    pair.run_ms(1000);
    pair.heard.clear();
    let (seq, ts) = mouth.numbers();
    press(&mut pair, 101, (seq, ts + 8000), 160);
    pair.run_ms(500);
    press(&mut pair, 101, (seq + 6, ts + 16_000), 160);
    let stamps: Vec<u32> = pair.heard.iter().map(|heard| heard.1.ts).collect();
    assert_eq!(stamps.len(), 12);
    assert!(stamps[..6].iter().all(|ts| *ts == stamps[0]));
    assert!(stamps[6..].iter().all(|ts| *ts == stamps[6]));
    assert!((1..96_000).contains(&stamps[6].wrapping_sub(stamps[0])));
    assert!(in_a_row(&pair.numbers()));
}

#[test]
fn keys_of_another_clock_among_relayed_sound_are_brought_to_the_listeners() {
    let mut pair = Pair::new(
        &[(111, "opus", 48_000), (101, "telephone-event", 8000)],
        OF_OPUS,
    );
    let verdicts = press(&mut pair, 101, (1, 960), 160);
    assert!(verdicts.iter().all(|v| matches!(v, Verdict::Send { .. })));
    let heard: Vec<(u8, u16)> = pair
        .heard
        .iter()
        .map(|heard| (heard.1.pt, Event::parse(&heard.2).unwrap().duration))
        .collect();
    assert_eq!(heard, [1, 2, 3, 4, 4, 4].map(|n| (97, n * 960)));
}

#[test]
fn comfort_noise_becomes_silence_and_then_nothing() {
    let mut pair = Pair::new(OF_PCMA, OF_G722);
    let mut mouth = Mouth::new(formats(OF_PCMA).iter().next().unwrap(), 20);
    pair.talk(&mut mouth, 20, |_| false);
    let (seq, ts) = mouth.numbers();
    let noise = NewHeader {
        pt: 13,
        seq,
        ts,
        ssrc: 7,
        marker: false,
    };
    assert_eq!(pair.say(noise, &[60]), Verdict::Kept);
    pair.run_ms(1000);
    let before = pair.heard.len();
    assert!(before < 30, "{before}");
    pair.run_ms(5000);
    assert_eq!(pair.heard.len(), before, "nobody speaks, nothing is sent");
    assert_eq!(
        pair.rig.figures(pair.a).concealed,
        0,
        "and nothing was lost"
    );
    mouth.skip(1);
    mouth.pause(6000);
    pair.talk(&mut mouth, 20, |_| false);
    let next = &pair.heard[before].1;
    assert!(next.marker);
    let last = &pair.heard[before - 1].1;
    let step = next.ts.wrapping_sub(last.ts);
    assert!(
        (40_000..60_000).contains(&step),
        "as much time as passed: {step}"
    );
    assert!(in_a_row(&pair.numbers()));
}

// rfc: 3711 §3.3
#[test]
fn what_is_made_is_protected_where_the_listener_has_keys() {
    let mut pair = Pair::new(OF_PCMA, OF_G722);
    let suite = srtp::Suite::AesCm128Sha1Tag80;
    let keys = Keys {
        takes: key(suite, 1),
        sends: key(suite, 2),
        resumed: false,
    };
    let mut receiver = srtp::Receiver::new(&keys.sends);
    pair.rig.order(Command::Secure {
        id: pair.b,
        keys: Some(Box::new(keys)),
    });
    let mut mouth = Mouth::new(formats(OF_PCMA).iter().next().unwrap(), 20);
    let mut frames = 0;
    for _ in 0..20 {
        let (packet, payload) = mouth.packet();
        pair.say(packet, &payload);
        for (_, mut sent) in pair.rig.run(Duration::from_millis(20)) {
            assert_eq!(receiver.unprotect_rtp(&mut sent.bytes), Ok(172));
            frames += 1;
        }
    }
    assert!(frames > 10);
}

#[test]
fn beyond_the_bound_sound_is_dropped_and_counted() {
    let limits = Limits {
        transcodings: 1,
        ..Limits::default()
    };
    let mut pair = Pair::with(limits, OF_PCMA, OF_G722, Wants::default());
    let mut mouth = Mouth::new(formats(OF_PCMA).iter().next().unwrap(), 20);
    let (packet, payload) = mouth.packet();
    assert_eq!(pair.say(packet, &payload), Verdict::Kept);
    let back = Rtp {
        pt: 9,
        ..pcmu(9, 1)
    };
    let crowded = Err(Verdict::Drop(DropReason::Crowded));
    assert_eq!(pair.rig.rtp(30_002, B, back), crowded);
    let figures = pair.rig.road.figures().transcoding;
    assert_eq!((figures.present, figures.crowded), (1, 1));
    pair.rig.order(Command::Close { id: pair.a });
    assert_eq!(pair.rig.road.figures().transcoding.present, 0);
}

#[test]
fn who_is_held_or_hears_a_prompt_hears_nothing_that_was_made() {
    let mut pair = Pair::new(OF_PCMA, OF_G722);
    let mut mouth = Mouth::new(formats(OF_PCMA).iter().next().unwrap(), 20);
    pair.talk(&mut mouth, 20, |_| false);
    pair.rig.order(Command::Hold {
        id: pair.a,
        held: true,
    });
    pair.heard.clear();
    pair.talk(&mut mouth, 40, |_| false);
    assert_eq!(pair.heard, []);
    pair.rig.order(Command::Hold {
        id: pair.a,
        held: false,
    });
    pair.talk(&mut mouth, 20, |_| false);
    assert!(!pair.heard.is_empty());
    let codec = PlayCodec {
        payload: 9,
        codec: Codec::G722,
        ptime_ms: 20,
    };
    pair.rig.order(Command::Play {
        id: pair.b,
        prompt: PROMPT,
        codec,
        looped: true,
    });
    assert_eq!(pair.rig.road.figures().transcoding.present, 0);
    pair.heard.clear();
    pair.talk(&mut mouth, 20, |_| false);
    let prompt = |payload: &Vec<u8>| payload.iter().all(|octet| *octet == payload[0]);
    assert!(
        pair.heard.iter().all(|heard| prompt(&heard.2)),
        "the prompt alone"
    );
    pair.rig.order(Command::Stop { id: pair.b });
    pair.heard.clear();
    pair.talk(&mut mouth, 20, |_| false);
    assert!(pair.heard.iter().any(|heard| !prompt(&heard.2)));
}

#[test]
fn nothing_is_left_when_the_two_part() {
    let mut pair = Pair::new(OF_PCMA, OF_OPUS);
    let mut mouth = Mouth::new(formats(OF_PCMA).iter().next().unwrap(), 20);
    pair.talk(&mut mouth, 10, |_| false);
    pair.rig.order(Command::Unbridge { id: pair.b });
    assert_eq!(pair.rig.road.figures().transcoding.present, 0);
    pair.heard.clear();
    pair.talk(&mut mouth, 10, |_| false);
    assert_eq!(pair.heard, []);
    for id in [pair.a, pair.b] {
        pair.rig.order(Command::Close { id });
    }
    assert_eq!(pair.rig.road.timers.len(), 0);
}

#[test]
fn what_is_no_sound_of_its_codec_is_survived() {
    let mut pair = Pair::new(OF_OPUS, OF_PCMU);
    for seq in 0..200_u16 {
        let [high, low] = seq.wrapping_mul(40_503).to_be_bytes();
        let packet = NewHeader {
            pt: 111,
            seq,
            ts: u32::from(seq) * 960,
            ssrc: 7,
            marker: false,
        };
        let payload = vec![high ^ low; usize::from(low) * 8];
        pair.say(packet, &payload);
        pair.run_ms(20);
    }
    assert!(in_a_row(&pair.numbers()));
    pair.run_ms(5000);
    assert_eq!(
        pair.rig.road.timers.len(),
        3,
        "the silence of both is watched, and one timer looks at both"
    );
}
