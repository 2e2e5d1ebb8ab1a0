//! How many voices a stream has room for.

/// The channels of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channels {
    /// One.
    One,
    /// A left one and a right one.
    Two,
}

impl Channels {
    /// Their number.
    #[must_use]
    pub fn count(self) -> usize {
        match self {
            Channels::One => 1,
            Channels::Two => 2,
        }
    }

    /// As libopus names them.
    pub(crate) fn of_library(self) -> opusic_c::Channels {
        match self {
            Channels::One => opusic_c::Channels::Mono,
            Channels::Two => opusic_c::Channels::Stereo,
        }
    }
}
