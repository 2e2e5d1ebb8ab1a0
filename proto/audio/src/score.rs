//! The music: what is played when somebody waits.
//!
//! Twenty-four bars of four beats over slow chords, each with a bass, a soft pad, a broken chord
//! and a melody above; the last chord leads back to the first.

use crate::synth::{Note, Timbre};

/// Milliseconds of one beat.
const BEAT: u32 = 720;

/// Milliseconds of one bar of four beats.
const BAR: u32 = 4 * BEAT;

/// Milliseconds of the whole.
pub(crate) const LENGTH_MS: u32 = 24 * BAR;

const BASS: Timbre = Timbre {
    overtones: &[256, 90, 30],
    attack_ms: 30,
    half_life_ms: 900,
    release_ms: 250,
};
const PAD: Timbre = Timbre {
    overtones: &[256, 40, 16],
    attack_ms: 500,
    half_life_ms: 0,
    release_ms: 700,
};
const HARP: Timbre = Timbre {
    overtones: &[256, 70, 35, 12],
    attack_ms: 8,
    half_life_ms: 260,
    release_ms: 120,
};
const FLUTE: Timbre = Timbre {
    overtones: &[256, 34, 20],
    attack_ms: 60,
    half_life_ms: 1400,
    release_ms: 180,
};

/// A chord: bass and three notes above, in half-tones above the C of 32.7 Hz,
/// three octaves below middle C.
type Chord = [u32; 4];

const C: Chord = [0, 28, 31, 36];
const G_B: Chord = [11, 26, 31, 35];
const AM: Chord = [9, 28, 33, 36];
const EM: Chord = [4, 28, 31, 35];
const F: Chord = [5, 29, 33, 36];
const DM: Chord = [2, 29, 33, 38];
const G: Chord = [7, 26, 31, 35];
const G_7: Chord = [7, 29, 31, 35];

/// One chord a bar.
const CHORDS: [Chord; 24] = [
    C, G_B, AM, EM, F, C, DM, G, //
    C, G_B, AM, EM, F, G_7, C, C, //
    AM, EM, F, C, DM, AM, F, G_7,
];

/// The melody: half-tones above that C (`REST` for none) and eighths of a bar.
type Tone = (u32, u32);

const REST: u32 = u32::MAX;

const MELODY: [&[Tone]; 24] = [
    &[(52, 4), (55, 2), (52, 2)],
    &[(50, 6), (47, 2)],
    &[(48, 4), (52, 2), (48, 2)],
    &[(47, 6), (REST, 2)],
    &[(45, 2), (48, 2), (53, 4)],
    &[(52, 4), (48, 4)],
    &[(50, 2), (53, 2), (57, 2), (53, 2)],
    &[(55, 6), (REST, 2)],
    &[(52, 4), (55, 2), (60, 2)],
    &[(59, 4), (55, 4)],
    &[(57, 4), (52, 2), (48, 2)],
    &[(55, 6), (52, 2)],
    &[(53, 2), (52, 2), (48, 2), (45, 2)],
    &[(47, 4), (50, 4)],
    &[(48, 8)],
    &[(REST, 8)],
    &[(REST, 2), (57, 2), (60, 2), (57, 2)],
    &[(55, 4), (52, 4)],
    &[(REST, 2), (53, 2), (57, 2), (53, 2)],
    &[(52, 4), (48, 4)],
    &[(50, 2), (52, 2), (53, 4)],
    &[(52, 4), (48, 2), (45, 2)],
    &[(48, 4), (53, 4)],
    &[(50, 4), (47, 4)],
];

/// The notes.
pub(crate) fn notes() -> Vec<Note> {
    let bars = CHORDS.iter().zip(MELODY).zip((0..).map(|bar| bar * BAR));
    bars.flat_map(|((chord, melody), start)| {
        let mut notes = accompaniment(chord, start);
        notes.extend(melody_of(melody, start));
        notes
    })
    .collect()
}

fn accompaniment(chord: &Chord, start_ms: u32) -> Vec<Note> {
    let note = |half_tones, start_ms, length_ms, level, timbre| Note {
        millihertz: millihertz(half_tones),
        start_ms,
        length_ms,
        level,
        timbre,
    };
    let [bass, low, middle, high] = *chord;
    // what lies below 130 Hz is nothing to a telephone
    let mut notes = vec![note(bass + 24, start_ms, BAR, 2600, &BASS)];
    let chord = [low, middle, high].map(|tone| tone + 12);
    notes.extend(chord.map(|tone| note(tone, start_ms, BAR + 400, 650, &PAD)));
    let [low, middle, high] = chord;
    let broken = [low, middle, high, middle + 12, high, middle, low + 12, high];
    for (tone, at) in broken.into_iter().zip((0..).step_by(360)) {
        notes.push(note(tone, start_ms + at, 900, 1500, &HARP));
    }
    notes
}

fn melody_of(tones: &[Tone], bar_ms: u32) -> Vec<Note> {
    let mut start_ms = bar_ms;
    let mut notes = Vec::new();
    for (half_tones, eighths) in tones {
        let length_ms = eighths * BEAT / 2;
        if *half_tones != REST {
            let millihertz = millihertz(*half_tones);
            let length_ms = length_ms + 120;
            notes.push(Note {
                millihertz,
                start_ms,
                length_ms,
                level: 3400,
                timbre: &FLUTE,
            });
        }
        start_ms += length_ms;
    }
    notes
}

/// Frequency in thousandths of a Hz of so many half-tones above the C of 32.7 Hz, in equal
/// temperament.
pub(crate) fn millihertz(half_tones: u32) -> u32 {
    const OCTAVE: [u32; 12] = [
        32_703, 34_648, 36_708, 38_891, 41_203, 43_654, 46_249, 48_999, 51_913, 55_000, 58_270,
        61_735,
    ];
    let [tone, octave] = [half_tones % 12, half_tones / 12];
    let lowest = OCTAVE
        .get(usize::try_from(tone).unwrap_or(0))
        .copied()
        .unwrap_or(0);
    lowest << octave
}
