//! How a leg's peer wants to be spoken to, beyond the formats that it named.

use serde::{Deserialize, Serialize};

use crate::format::{Formats, PayloadSet};

/// What is sent to a peer, and what sound that is made for it is like.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Wants {
    /// The payload numbers it understands, where those are not all of its formats: what it may
    /// send can be more than what it wants to hear (RFC 3264 §5.1).
    pub understands: Option<PayloadSet>,
    /// The number of the format that sound is made in; the first that can be made where none is
    /// named.
    pub sound: Option<u8>,
    /// Milliseconds per packet (`a=ptime`), 10 to 60; others count as 20.
    pub ptime_ms: u8,
    /// How Opus is encoded for it.
    pub opus: OpusWants,
}

impl Default for Wants {
    fn default() -> Wants {
        Wants {
            understands: None,
            sound: None,
            ptime_ms: 20,
            opus: OpusWants::default(),
        }
    }
}

impl Wants {
    /// Those of a leg's formats that may be sent to its peer.
    pub(crate) fn understood(&self, formats: &Formats) -> Formats {
        match self.understands {
            Some(payloads) => formats.among(payloads),
            None => *formats,
        }
    }
}

/// Extended reports (RFC 3611) that a peer wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ReportWants {
    /// How its sound comes here (section 4.7).
    pub voip_metrics: bool,
    /// A time that it answers, where nothing is sent to it (sections 4.4 and 4.5).
    pub round_trip: bool,
}

/// What a peer said of Opus (RFC 7587 §6.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct OpusWants {
    /// It makes use of in-band forward error correction (`useinbandfec`).
    pub fec: bool,
    /// It would rather be sent nothing while nobody speaks (`usedtx`).
    pub dtx: bool,
    /// The highest sampling rate that it plays, hertz (`maxplaybackrate`).
    pub playback: Option<u32>,
    /// The most bits per second it wants (`maxaveragebitrate`).
    pub bits_per_second: Option<u32>,
}
