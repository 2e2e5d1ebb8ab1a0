//! Prompts, encoded once at start and shared by all roads.

use serde::{Deserialize, Serialize};

use crate::format::Codec;

/// Octets per millisecond of PCMU, PCMA and G.722 alike (64 kbit/s).
pub(crate) const OCTETS_PER_MS: usize = 8;

/// Prompts are cut to whole steps of this many octets (20 ms).
const STEP: usize = 20 * OCTETS_PER_MS;

/// A prompt's number in [`Prompts`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct PromptId(pub u16);

impl PromptId {
    /// The number of a piece in [`Prompts::built_in`].
    #[must_use]
    pub fn of(piece: audio::Prompt) -> PromptId {
        let place = audio::Prompt::ALL.iter().position(|other| *other == piece);
        PromptId(
            place
                .and_then(|place| u16::try_from(place).ok())
                .unwrap_or(0),
        )
    }
}

/// One prompt in each codec it can be played in; an empty one cannot. All have 8 octets per
/// millisecond; what does not fill 20 ms at the end is left out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Prompt {
    pcmu: Vec<u8>,
    pcma: Vec<u8>,
    g722: Vec<u8>,
}

impl Prompt {
    /// From what an encoder made.
    #[must_use]
    pub fn encoded(pcmu: Vec<u8>, pcma: Vec<u8>, g722: Vec<u8>) -> Prompt {
        let whole = |mut octets: Vec<u8>| {
            octets.truncate(octets.len() / STEP * STEP);
            octets
        };
        Prompt {
            pcmu: whole(pcmu),
            pcma: whole(pcma),
            g722: whole(g722),
        }
    }

    /// A recording of a company's own, to be played over and over: one channel at 16 kHz.
    #[must_use]
    pub fn recorded(wide: &[i16]) -> Prompt {
        let narrow = audio::resample::halve_loop(wide);
        let encode = |codec, samples: &[i16]| {
            let recording = audio::Recording::of_loop(codec, samples);
            recording.octets().to_vec()
        };
        Prompt::encoded(
            encode(audio::Codec::Pcmu, &narrow),
            encode(audio::Codec::Pcma, &narrow),
            encode(audio::Codec::G722, wide),
        )
    }

    /// Octets in all codecs together.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pcmu.len() + self.pcma.len() + self.g722.len()
    }

    /// Whether it can be played in no codec.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The octets in a codec, if it can be played in it.
    #[must_use]
    pub fn octets(&self, codec: Codec) -> Option<&[u8]> {
        let octets = match codec {
            Codec::Pcmu => &self.pcmu,
            Codec::Pcma => &self.pcma,
            Codec::G722 => &self.g722,
            Codec::Opus | Codec::Event | Codec::Comfort | Codec::Other(_) => return None,
        };
        (!octets.is_empty()).then_some(octets.as_slice())
    }
}

/// The prompts of a node, at most 65,536.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Prompts {
    list: Vec<Prompt>,
}

impl Prompts {
    /// None.
    #[must_use]
    pub fn new() -> Prompts {
        Prompts::default()
    }

    /// What the exchange plays by itself, see [`PromptId::of`]. Rendered at the first call of the
    /// process, which takes some tenths of a second.
    #[must_use]
    pub fn built_in() -> Prompts {
        let pieces = audio::Prompts::shared();
        let octets = |prompt, codec| pieces.get(prompt, codec).octets().to_vec();
        let encode = |prompt| {
            Prompt::encoded(
                octets(prompt, audio::Codec::Pcmu),
                octets(prompt, audio::Codec::Pcma),
                octets(prompt, audio::Codec::G722),
            )
        };
        Prompts {
            list: audio::Prompt::ALL.map(encode).to_vec(),
        }
    }

    /// Adds one; `None` when there are 65,536.
    pub fn add(&mut self, prompt: Prompt) -> Option<PromptId> {
        let id = u16::try_from(self.list.len()).ok()?;
        self.list.push(prompt);
        Some(PromptId(id))
    }

    /// The octets of a prompt in a codec, if it can be played in it.
    #[must_use]
    pub fn octets(&self, id: PromptId, codec: Codec) -> Option<&[u8]> {
        self.list.get(usize::from(id.0))?.octets(codec)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_prompt_is_found_in_the_codecs_it_has() {
        let mut prompts = Prompts::new();
        let id = prompts
            .add(Prompt::encoded(vec![1; 170], vec![2; 320], vec![]))
            .unwrap();
        assert_eq!(prompts.octets(id, Codec::Pcmu), Some(&[1; 160][..]));
        assert_eq!(prompts.octets(id, Codec::Pcma).map(<[u8]>::len), Some(320));
        assert_eq!(prompts.octets(id, Codec::G722), None);
        assert_eq!(prompts.octets(id, Codec::Event), None);
        assert_eq!(prompts.octets(PromptId(1), Codec::Pcmu), None);
    }

    #[test]
    fn a_recording_can_be_played_in_every_codec_and_keeps_its_length() {
        let wide: Vec<i16> = (0..16_000_i16).map(|n| (n % 37) * 300).collect();
        let prompt = Prompt::recorded(&wide);
        for codec in [Codec::Pcmu, Codec::Pcma, Codec::G722] {
            let octets = prompt.octets(codec).map(<[u8]>::len);
            assert_eq!(octets, Some(1_000 * OCTETS_PER_MS), "{codec:?}");
        }
        assert!(Prompt::recorded(&[0; 100]).is_empty(), "not one packet");
    }

    #[test]
    fn every_piece_of_the_house_can_be_played_in_every_codec() {
        let prompts = Prompts::built_in();
        for piece in audio::Prompt::ALL {
            for codec in [Codec::Pcmu, Codec::Pcma, Codec::G722] {
                let octets = prompts.octets(PromptId::of(piece), codec);
                assert!(
                    octets.is_some_and(|octets| octets.len() >= STEP),
                    "{piece:?}"
                );
            }
        }
        let music = prompts
            .octets(PromptId::of(audio::Prompt::Music), Codec::Pcma)
            .unwrap();
        assert!(music.len() >= 60_000 * OCTETS_PER_MS);
    }
}
