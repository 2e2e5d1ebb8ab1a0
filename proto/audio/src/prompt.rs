//! What the exchange plays by itself: music, a chime, and the tones of a line.
//!
//! Each piece is rendered from notes once, encoded once per codec, and shared: playing is copying
//! octets. All of them together take about 2 MB.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use crate::synth::{self, Note, Timbre, samples_of};
use crate::{Codec, Encoder, resample, saturated, score};

/// A piece that can be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Prompt {
    /// Music for those who wait, 69 s, seamless when looped.
    Music,
    /// Three falling bells, 3.6 s: something follows.
    Chime,
    /// One short high tone: speak now.
    Beep,
    /// It rings at the other end: 425 Hz, 1 s on, 4 s off (ITU-T E.180).
    Ringback,
    /// Busy: 425 Hz, 0.48 s on and off.
    Busy,
    /// The way is blocked: 425 Hz, 0.24 s on and off.
    Congestion,
    /// Nothing, 1.2 s.
    Silence,
}

impl Prompt {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Music,
        Self::Chime,
        Self::Beep,
        Self::Ringback,
        Self::Busy,
        Self::Congestion,
        Self::Silence,
    ];

    /// Its name, in one lower-case word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Music => "music",
            Self::Chime => "chime",
            Self::Beep => "beep",
            Self::Ringback => "ringback",
            Self::Busy => "busy",
            Self::Congestion => "congestion",
            Self::Silence => "silence",
        }
    }

    /// The piece of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|prompt| prompt.name() == name)
    }

    /// Milliseconds; a multiple of 120, so that packets of every usual length fit evenly.
    fn length_ms(self) -> u32 {
        match self {
            Self::Music => score::LENGTH_MS,
            Self::Chime => 3600,
            Self::Beep => 600,
            Self::Ringback => 5040,
            Self::Busy => 960,
            Self::Congestion => 480,
            Self::Silence => 1200,
        }
    }

    fn notes(self) -> Vec<Note> {
        let line = |length_ms| {
            let start_ms = 0;
            vec![Note {
                millihertz: 425_000,
                start_ms,
                length_ms,
                level: 4000,
                timbre: &LINE,
            }]
        };
        match self {
            Self::Music => score::notes(),
            Self::Chime => chime(),
            Self::Beep => vec![Note {
                millihertz: 1_000_000,
                start_ms: 100,
                length_ms: 300,
                level: 6000,
                timbre: &LINE,
            }],
            Self::Ringback => line(1000),
            Self::Busy => line(480),
            Self::Congestion => line(240),
            Self::Silence => Vec::new(),
        }
    }

    /// The linear sound at 16 kHz.
    #[must_use]
    pub fn render_wide(self) -> Vec<i16> {
        let mut sound = vec![0; samples_of(self.length_ms())];
        for note in self.notes() {
            synth::add(&mut sound, &note);
        }
        sound.into_iter().map(saturated).collect()
    }

    /// The linear sound at 8 kHz.
    #[must_use]
    pub fn render_narrow(self) -> Vec<i16> {
        resample::halve_loop(&self.render_wide())
    }
}

const LINE: Timbre = Timbre {
    overtones: &[256],
    attack_ms: 5,
    half_life_ms: 0,
    release_ms: 5,
};
const BELL: Timbre = Timbre {
    overtones: &[256, 20, 80, 8, 24],
    attack_ms: 6,
    half_life_ms: 420,
    release_ms: 300,
};

/// E, C and G of falling height.
fn chime() -> Vec<Note> {
    let bells = [(52, 60), (48, 660), (43, 1260)];
    let note = |(half_tones, start_ms)| Note {
        millihertz: score::millihertz(half_tones),
        start_ms,
        length_ms: 2200,
        level: 6500,
        timbre: &BELL,
    };
    bells.map(note).to_vec()
}

/// A piece encoded for one codec. Cloning shares the octets.
#[derive(Clone, Debug)]
pub struct Recording {
    codec: Codec,
    octets: Arc<[u8]>,
}

impl Recording {
    /// Encodes a loop of linear sound of the codec's rate. The codec's memory is first led through
    /// the end of it, so that repeating it makes no seam.
    #[must_use]
    pub fn of_loop(codec: Codec, samples: &[i16]) -> Self {
        let mut encoder = Encoder::new(codec);
        let whole = samples.len() / codec.samples_per_octet();
        let mut octets = vec![0; whole];
        let second = Codec::OCTETS_PER_MS * 1000 * codec.samples_per_octet();
        let end = samples
            .get(samples.len().saturating_sub(second)..)
            .unwrap_or_default();
        encoder.encode(end, &mut octets);
        encoder.encode(samples, &mut octets);
        Self {
            codec,
            octets: octets.into(),
        }
    }

    /// Its codec.
    #[must_use]
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// All of it.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// How long it is.
    #[must_use]
    pub fn duration(&self) -> Duration {
        let ms = self.octets.len() / Codec::OCTETS_PER_MS;
        Duration::from_millis(u64::try_from(ms).unwrap_or(0))
    }

    /// Whole packets of `ms` milliseconds in it.
    #[must_use]
    pub fn frames(&self, ms: u16) -> usize {
        self.octets
            .len()
            .checked_div(Codec::OCTETS_PER_MS * usize::from(ms))
            .unwrap_or(0)
    }

    /// The octets of packet `index`, counted from 0, of `ms` milliseconds each; `None` past the
    /// last whole one.
    #[must_use]
    pub fn frame(&self, index: usize, ms: u16) -> Option<&[u8]> {
        if index >= self.frames(ms) {
            return None;
        }
        let length = Codec::OCTETS_PER_MS * usize::from(ms);
        self.octets.get(index * length..(index + 1) * length)
    }

    /// [`Recording::frame`] of the piece repeated without end; `None` only when it has not one
    /// whole packet.
    #[must_use]
    pub fn looped(&self, index: usize, ms: u16) -> Option<&[u8]> {
        self.frame(index.checked_rem(self.frames(ms))?, ms)
    }
}

/// Every piece in every codec.
#[derive(Clone, Debug)]
pub struct Prompts {
    pieces: [[Recording; Codec::ALL.len()]; Prompt::ALL.len()],
}

impl Prompts {
    /// Renders and encodes all of them; takes some tenths of a second.
    #[must_use]
    pub fn render() -> Self {
        Self {
            pieces: Prompt::ALL.map(encode),
        }
    }

    /// The pieces, rendered at the first call and shared by the whole process.
    #[must_use]
    pub fn shared() -> Arc<Self> {
        static SHARED: LazyLock<Arc<Prompts>> = LazyLock::new(|| Arc::new(Prompts::render()));
        Arc::clone(&SHARED)
    }

    /// A piece for a codec.
    #[must_use]
    pub fn get(&self, prompt: Prompt, codec: Codec) -> &Recording {
        let row = match prompt {
            Prompt::Music => 0,
            Prompt::Chime => 1,
            Prompt::Beep => 2,
            Prompt::Ringback => 3,
            Prompt::Busy => 4,
            Prompt::Congestion => 5,
            Prompt::Silence => 6,
        };
        let column = match codec {
            Codec::Pcmu => 0,
            Codec::Pcma => 1,
            Codec::G722 => 2,
        };
        &self.pieces[row][column]
    }
}

/// One piece in every codec, in the order of [`Codec::ALL`].
fn encode(prompt: Prompt) -> [Recording; Codec::ALL.len()] {
    let wide = prompt.render_wide();
    let narrow = resample::halve_loop(&wide);
    Codec::ALL.map(|codec| {
        let samples = match codec {
            Codec::Pcmu | Codec::Pcma => &narrow,
            Codec::G722 => &wide,
        };
        Recording::of_loop(codec, samples)
    })
}

#[cfg(test)]
mod tests;
