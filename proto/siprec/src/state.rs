//! What a session description says of recording (RFC 7866 §7.1.2, §7.3): whether the call is
//! recorded, and whether a party wishes that it be.

/// Whether a stream is recorded, as `a=record` says it to the parties of a call (RFC 7866 §11.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordState {
    /// It is.
    On,
    /// It is not.
    Off,
    /// It was, and will be again.
    Paused,
}

/// What a party wishes, as `a=recordpref` says it (RFC 7866 §11.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Preference {
    /// To be recorded.
    On,
    /// Not to be recorded.
    Off,
    /// That it be paused.
    Pause,
    /// Nothing.
    None,
}

impl RecordState {
    /// The attribute's name.
    pub const NAME: &str = "record";

    /// Reads the attribute's value.
    #[must_use]
    pub fn parse(value: &str) -> Option<RecordState> {
        match &*value.trim().to_ascii_lowercase() {
            "on" => Some(RecordState::On),
            "off" => Some(RecordState::Off),
            "paused" => Some(RecordState::Paused),
            _ => None,
        }
    }

    /// The attribute's value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            RecordState::On => "on",
            RecordState::Off => "off",
            RecordState::Paused => "paused",
        }
    }
}

impl Preference {
    /// The attribute's name.
    pub const NAME: &str = "recordpref";

    /// Reads the attribute's value.
    #[must_use]
    pub fn parse(value: &str) -> Option<Preference> {
        match &*value.trim().to_ascii_lowercase() {
            "on" => Some(Preference::On),
            "off" => Some(Preference::Off),
            "pause" => Some(Preference::Pause),
            "nopreference" => Some(Preference::None),
            _ => None,
        }
    }

    /// The attribute's value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Preference::On => "on",
            Preference::Off => "off",
            Preference::Pause => "pause",
            Preference::None => "nopreference",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // rfc: 7866 §11.4
    #[test]
    fn each_word_reads_as_it_is_written() {
        for state in [RecordState::On, RecordState::Off, RecordState::Paused] {
            assert_eq!(RecordState::parse(state.as_str()), Some(state));
        }
        assert_eq!(RecordState::parse("pause"), None);
        let all = [
            Preference::On,
            Preference::Off,
            Preference::Pause,
            Preference::None,
        ];
        for preference in all {
            assert_eq!(Preference::parse(preference.as_str()), Some(preference));
        }
        assert_eq!(Preference::parse("paused"), None);
        assert_eq!(Preference::parse(" ON "), Some(Preference::On));
    }
}
