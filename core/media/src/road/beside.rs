//! What goes beside a leg: video beside sound, and a copy beside what it is of.

/// The other stream of a leg's peer, or what a copy is of, by its slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Beside {
    /// There is none.
    #[default]
    Nothing,
    /// The leg is sound, and this is its video.
    Video {
        slot: u32,
        /// It goes by the sound's way and keys.
        bundled: bool,
    },
    /// The leg is video, and this is its sound.
    Sound {
        slot: u32,
        /// The leg goes by the sound's way and keys.
        bundled: bool,
    },
    /// The leg is a copy, and says what this one says.
    Source { slot: u32 },
}

impl Beside {
    /// Whether the leg goes by another's way.
    pub(super) fn is_bundled(self) -> bool {
        self.carrier().is_some()
    }

    /// Whether the leg is video.
    pub(super) fn is_video(self) -> bool {
        self.sound().is_some()
    }

    /// What a copy is of.
    pub(super) fn source(self) -> Option<u32> {
        match self {
            Beside::Source { slot } => Some(slot),
            Beside::Nothing | Beside::Video { .. } | Beside::Sound { .. } => None,
        }
    }

    /// The video of a sound.
    pub(super) fn video(self) -> Option<u32> {
        match self {
            Beside::Video { slot, .. } => Some(slot),
            Beside::Nothing | Beside::Sound { .. } | Beside::Source { .. } => None,
        }
    }

    /// The sound of a video.
    pub(super) fn sound(self) -> Option<u32> {
        match self {
            Beside::Sound { slot, .. } => Some(slot),
            Beside::Nothing | Beside::Video { .. } | Beside::Source { .. } => None,
        }
    }

    /// The video that comes by the way of a sound.
    pub(super) fn carried(self) -> Option<u32> {
        match self {
            Beside::Video {
                slot,
                bundled: true,
            } => Some(slot),
            Beside::Nothing
            | Beside::Video { .. }
            | Beside::Sound { .. }
            | Beside::Source { .. } => None,
        }
    }

    /// The sound by whose way a video goes.
    pub(super) fn carrier(self) -> Option<u32> {
        match self {
            Beside::Sound {
                slot,
                bundled: true,
            } => Some(slot),
            Beside::Nothing
            | Beside::Video { .. }
            | Beside::Sound { .. }
            | Beside::Source { .. } => None,
        }
    }
}
