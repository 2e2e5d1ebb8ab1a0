//! A timeline in few octets, as it stands in a record.
//!
//! Each sample is an octet that says what follows, and what follows. A number has seven bits in
//! each octet, the lowest first, and the highest bit where more come. An octet of zero stands for
//! samples of which nothing is known, and their number follows. All of it is written in Base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use machine::WallTime;
use serde::{Deserialize, Serialize};

use super::{Listening, QualitySample, TIMELINE_SAMPLES, Timeline};

/// Expected packets and jitter follow, always.
const KNOWN: u8 = 1;
/// Lost packets, and the most in a row.
const LOST: u8 = 1 << 1;
/// The round trip.
const ROUND_TRIP: u8 = 1 << 2;
/// Frames that were made up.
const CONCEALED: u8 = 1 << 3;
/// The score.
const SCORE: u8 = 1 << 4;
/// The level.
const LEVEL: u8 = 1 << 5;
/// Samples that were clipped.
const CLIPPED: u8 = 1 << 6;

/// How the peer heard it: what it threw away, its bursts' density and length, its score or 0.
const LISTENING: u8 = 1 << 7;

/// How a timeline is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Packed {
    begin: WallTime,
    seconds: u32,
    samples: String,
}

impl From<Timeline> for Packed {
    fn from(timeline: Timeline) -> Packed {
        Packed {
            begin: timeline.begin,
            seconds: timeline.seconds,
            samples: STANDARD_NO_PAD.encode(pack(&timeline.samples)),
        }
    }
}

/// What of it cannot be read is left out: a record is no worse for it otherwise.
impl From<Packed> for Timeline {
    fn from(packed: Packed) -> Timeline {
        let octets = STANDARD_NO_PAD.decode(packed.samples).unwrap_or_default();
        Timeline {
            begin: packed.begin,
            seconds: packed.seconds.max(1),
            samples: unpack(&octets),
        }
    }
}

fn pack(samples: &[Option<QualitySample>]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(samples.len() * 8);
    for run in samples.chunk_by(|one, other| one.is_none() && other.is_none()) {
        match run.first().copied().flatten() {
            Some(sample) => put_sample(&sample, &mut octets),
            None => {
                octets.push(0);
                put(u32::try_from(run.len()).unwrap_or(u32::MAX), &mut octets);
            }
        }
    }
    octets
}

fn put_sample(sample: &QualitySample, octets: &mut Vec<u8>) {
    let losses = [sample.lost, sample.longest_loss.into()];
    let one = |flag, value: u32| (flag, vec![value]);
    let parts = [
        (sample.lost > 0).then(|| (LOST, losses.to_vec())),
        sample
            .round_trip_ms
            .map(|trip| one(ROUND_TRIP, trip.into())),
        (sample.concealed > 0).then(|| one(CONCEALED, sample.concealed)),
        sample.mos_x100.map(|score| one(SCORE, score.into())),
        sample.level.map(|level| one(LEVEL, level.into())),
        (sample.clipped > 0).then(|| one(CLIPPED, sample.clipped.into())),
        sample
            .listening
            .map(|of| (LISTENING, listening(of).to_vec())),
    ];
    let flags = parts.iter().flatten().map(|(flag, _)| flag);
    octets.push(flags.fold(KNOWN, |all, flag| all | flag));
    let always = [sample.expected, sample.jitter.into()];
    let others = parts.iter().flatten().flat_map(|(_, values)| values);
    for value in always.iter().chain(others) {
        put(*value, octets);
    }
}

fn listening(of: Listening) -> [u32; 4] {
    let score = of.mos_x10.unwrap_or(0);
    [
        of.discarded.into(),
        of.burst_density.into(),
        of.burst_ms.into(),
        score.into(),
    ]
}

fn put(mut value: u32, octets: &mut Vec<u8>) {
    loop {
        let [low, ..] = (value & 0x7f).to_le_bytes();
        value >>= 7;
        if value == 0 {
            return octets.push(low);
        }
        octets.push(low | 0x80);
    }
}

fn unpack(octets: &[u8]) -> Vec<Option<QualitySample>> {
    let mut rest = octets;
    let mut samples = Vec::new();
    while let Some((flags, behind)) = rest.split_first() {
        rest = behind;
        let left = TIMELINE_SAMPLES - samples.len();
        if *flags == 0 {
            let Some(count) = take(&mut rest) else { break };
            let count = usize::try_from(count).unwrap_or(left).min(left);
            samples.extend(std::iter::repeat_n(None, count));
        } else {
            let Some(sample) = take_sample(*flags, &mut rest).filter(|_| left > 0) else {
                break;
            };
            samples.push(Some(sample));
        }
    }
    samples
}

fn take_sample(flags: u8, rest: &mut &[u8]) -> Option<QualitySample> {
    let mut sample = QualitySample {
        expected: take(rest)?,
        jitter: cut(take(rest)?),
        ..QualitySample::default()
    };
    let has = |flag| flags & flag != 0;
    if has(LOST) {
        sample.lost = take(rest)?;
        sample.longest_loss = cut(take(rest)?);
    }
    if has(ROUND_TRIP) {
        sample.round_trip_ms = Some(cut(take(rest)?));
    }
    if has(CONCEALED) {
        sample.concealed = take(rest)?;
    }
    if has(SCORE) {
        sample.mos_x100 = Some(cut(take(rest)?));
    }
    if has(LEVEL) {
        sample.level = Some(octet(take(rest)?));
    }
    if has(CLIPPED) {
        sample.clipped = cut(take(rest)?);
    }
    if has(LISTENING) {
        sample.listening = Some(Listening {
            discarded: octet(take(rest)?),
            burst_density: octet(take(rest)?),
            burst_ms: cut(take(rest)?),
            mos_x10: Some(octet(take(rest)?)).filter(|score| *score > 0),
        });
    }
    Some(sample)
}

fn octet(value: u32) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

fn take(rest: &mut &[u8]) -> Option<u32> {
    let mut value = 0_u32;
    for place in 0..5 {
        let (octet, behind) = rest.split_first()?;
        *rest = behind;
        value |= u32::from(octet & 0x7f) << (7 * place);
        if octet & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn cut(value: u32) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}
