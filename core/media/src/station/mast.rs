//! The encoders of a station: each frame once in every codec that music is kept in.

use audio::{Encoder, Rate, Resampler};

use super::FRAME;

/// Octets of one frame in each of the codecs.
pub(super) const FRAME_OCTETS: usize = FRAME / 2;

/// Encodes what a station plays.
#[derive(Debug)]
pub(super) struct Mast {
    narrower: Resampler,
    pcmu: Encoder,
    pcma: Encoder,
    g722: Encoder,
}

impl Mast {
    pub(super) fn new() -> Mast {
        Mast {
            narrower: Resampler::new(Rate::Wide, Rate::Narrow),
            pcmu: Encoder::new(audio::Codec::Pcmu),
            pcma: Encoder::new(audio::Codec::Pcma),
            g722: Encoder::new(audio::Codec::G722),
        }
    }

    /// A frame as PCMU, PCMA and G.722.
    pub(super) fn encode(&mut self, frame: &[i16; FRAME]) -> [[u8; FRAME_OCTETS]; 3] {
        let mut narrow = [0; FRAME_OCTETS];
        self.narrower.resample(frame, &mut narrow);
        let mut octets = [[0; FRAME_OCTETS]; 3];
        let [pcmu, pcma, g722] = &mut octets;
        self.pcmu.encode(&narrow, pcmu);
        self.pcma.encode(&narrow, pcma);
        self.g722.encode(frame, g722);
        octets
    }
}
