//! Whom a leg is tied to.

/// Whoever a leg hears and is heard by, unless it hears something else at the moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Tie {
    /// Nobody.
    #[default]
    None,
    /// The leg of this slot, which is tied to this one.
    Partner(u32),
    /// The other members of the room of this number.
    Room(u32),
}

impl Tie {
    /// The other leg of its bridge.
    pub(super) fn partner(self) -> Option<u32> {
        match self {
            Tie::Partner(slot) => Some(slot),
            Tie::None | Tie::Room(_) => None,
        }
    }

    /// The room that it is a member of.
    pub(super) fn room(self) -> Option<u32> {
        match self {
            Tie::Room(number) => Some(number),
            Tie::None | Tie::Partner(_) => None,
        }
    }
}
