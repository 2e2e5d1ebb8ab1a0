//! Which end of a handshake we are.

use sdp::Setup;

/// Which end of a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The one that begins.
    Client,
    /// The one that waits.
    Server,
}

impl Role {
    /// How a description says that its writer has this part.
    #[must_use]
    pub fn setup(self) -> Setup {
        match self {
            Role::Client => Setup::Active,
            Role::Server => Setup::Passive,
        }
    }

    /// Our part when the two descriptions said this (RFC 5763 section 5); none where they do not
    /// fit each other.
    #[must_use]
    pub fn between(ours: Setup, theirs: Setup) -> Option<Role> {
        match (ours, theirs) {
            (Setup::Active, Setup::Passive | Setup::ActPass) | (Setup::ActPass, Setup::Passive) => {
                Some(Role::Client)
            }
            (Setup::Passive, Setup::Active | Setup::ActPass) | (Setup::ActPass, Setup::Active) => {
                Some(Role::Server)
            }
            (Setup::Active, Setup::Active | Setup::HoldConn)
            | (Setup::Passive, Setup::Passive | Setup::HoldConn)
            | (Setup::ActPass, Setup::ActPass | Setup::HoldConn)
            | (Setup::HoldConn, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // rfc: 5763 §5
    #[test]
    fn both_ends_agree_on_who_begins() {
        for offered in Setup::ALL {
            if let Some(answered) = offered.answer() {
                let answerer = Role::between(answered, offered);
                let offerer = Role::between(offered, answered);
                let pair = (offerer, answerer);
                let client_offers = (Some(Role::Client), Some(Role::Server));
                let client_answers = (Some(Role::Server), Some(Role::Client));
                assert!(pair == client_offers || pair == client_answers, "{offered}");
            }
        }
        assert_eq!(Role::between(Setup::Active, Setup::Active), None);
        assert_eq!(Role::between(Setup::Passive, Setup::Passive), None);
        assert_eq!(Role::between(Setup::ActPass, Setup::ActPass), None);
        assert_eq!(Role::between(Setup::HoldConn, Setup::Active), None);
    }
}
