//! The tones of fax machines.

/// Tones by which fax machines know each other (ITU-T T.30 §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// The calling machine: 1,100 Hz, half a second of every three and a half.
    Cng,
    /// The machine that was called: 2,100 Hz. Modems answer with the same.
    Ced,
    /// The flags of V.21 before a machine says what it can do: nothing but a fax machine does so.
    V21Preamble,
}

impl Tone {
    pub(crate) fn number(self) -> u8 {
        match self {
            Tone::Cng => 0,
            Tone::Ced => 1,
            Tone::V21Preamble => 2,
        }
    }

    pub(crate) fn numbered(number: u8) -> Option<Tone> {
        match number {
            0 => Some(Tone::Cng),
            1 => Some(Tone::Ced),
            2 => Some(Tone::V21Preamble),
            _ => None,
        }
    }
}
