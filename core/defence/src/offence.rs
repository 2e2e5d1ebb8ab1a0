//! What a source may do wrong, and how much each is held against it.

use domain::BanCause;

/// Something done wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offence {
    /// Credentials that are not right: a wrong password, an unknown user, an unknown domain. They
    /// weigh the same, or the number of tries before a ban would tell them apart.
    WrongCredentials,
    /// What came is no SIP.
    Malformed,
    /// It calls itself by the name of a program that looks for victims.
    Scanner,
    /// One more request of a sender who has not proved to be anybody, beyond what is answered.
    Unproven,
}

impl Offence {
    /// Points against its source; at [`crate::Rules::ban_at`] of them it is banned.
    pub(crate) fn points(self) -> u32 {
        match self {
            Offence::Scanner => 100,
            Offence::WrongCredentials | Offence::Malformed => 5,
            Offence::Unproven => 1,
        }
    }

    pub(crate) fn cause(self) -> BanCause {
        match self {
            Offence::WrongCredentials => BanCause::Guessing,
            Offence::Malformed => BanCause::Garbage,
            Offence::Scanner => BanCause::Scanner,
            Offence::Unproven => BanCause::Asking,
        }
    }
}
