//! `a=setup`: who begins the handshake (RFC 4145, and for DTLS RFC 5763 and RFC 8842).

use std::fmt;

/// Which end its writer wants to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Setup {
    /// The one that begins: the client of DTLS.
    Active,
    /// The one that waits: the server of DTLS.
    Passive,
    /// Either, as the other likes; only in an offer.
    ActPass,
    /// Neither for now.
    HoldConn,
}

impl Setup {
    /// Every one there is.
    pub const ALL: [Setup; 4] = [Self::Active, Self::Passive, Self::ActPass, Self::HoldConn];

    /// Reads the value of an `a=setup`.
    #[must_use]
    pub fn parse(value: &str) -> Option<Setup> {
        let named = |setup: &Setup| setup.name().eq_ignore_ascii_case(value.trim());
        Setup::ALL.into_iter().find(named)
    }

    /// Its name in `a=setup`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Passive => "passive",
            Self::ActPass => "actpass",
            Self::HoldConn => "holdconn",
        }
    }

    /// What this offer is answered with: whoever may choose begins, since the handshake is over
    /// sooner then (RFC 5763 section 5). None where no handshake is wanted.
    #[must_use]
    pub const fn answer(self) -> Option<Setup> {
        match self {
            Self::ActPass | Self::Passive => Some(Self::Active),
            Self::Active => Some(Self::Passive),
            Self::HoldConn => None,
        }
    }
}

impl fmt::Display for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // rfc: 4145 §4
    #[test]
    fn each_is_read_by_its_name() {
        for setup in Setup::ALL {
            assert_eq!(Setup::parse(&setup.to_string()), Some(setup));
            assert_eq!(Setup::parse(&setup.name().to_uppercase()), Some(setup));
        }
        assert_eq!(Setup::parse("act pass"), None);
    }

    // rfc: 5763 §5
    #[test]
    fn of_two_ends_one_begins_and_one_waits() {
        assert_eq!(Setup::ActPass.answer(), Some(Setup::Active));
        assert_eq!(Setup::Passive.answer(), Some(Setup::Active));
        assert_eq!(Setup::Active.answer(), Some(Setup::Passive));
        assert_eq!(Setup::HoldConn.answer(), None);
    }
}
