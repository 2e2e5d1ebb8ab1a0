//! Words that are always the same.

/// Words that are always the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// "Extension", before its number.
    Extension,
    /// "This call is being recorded."
    Recorded,
    /// "You are currently the only person in this conference."
    OnlyPerson,
    /// "There are currently", before how many others are in a conference.
    ThereAre,
    /// "Other participants in the conference", behind their number.
    Others,
}

impl Standing {
    /// All of them.
    pub const ALL: [Standing; 5] = [
        Standing::Extension,
        Standing::Recorded,
        Standing::OnlyPerson,
        Standing::ThereAre,
        Standing::Others,
    ];

    /// The file in which every set has it, where they have it.
    pub(crate) fn file(self) -> Option<&'static str> {
        match self {
            Standing::Extension => Some("vm-extension"),
            Standing::Recorded => None,
            Standing::OnlyPerson => Some("conf-onlyperson"),
            Standing::ThereAre => Some("conf-thereare"),
            Standing::Others => Some("conf-otherinparty"),
        }
    }
}
