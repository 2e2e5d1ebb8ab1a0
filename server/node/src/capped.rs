//! Which cap a company has met, in the words that its phones and its records carry.

use std::fmt;

/// A cap that was met, with the figure that it stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Capped {
    /// So many calls at the same time.
    ConcurrentCalls(u32),
    /// So many new calls within a second.
    CallsPerSecond(u32),
    /// So many REGISTER requests within a second.
    RegistrationsPerSecond(u32),
    /// So many bindings, of which there are so many.
    Bindings(u32, usize),
}

impl Capped {
    /// The rule's name in explanations.
    pub(crate) fn rule(self) -> &'static str {
        match self {
            Capped::ConcurrentCalls(_) => "cap.concurrent_calls",
            Capped::CallsPerSecond(_) => "cap.calls_per_second",
            Capped::RegistrationsPerSecond(_) => "cap.registrations_per_second",
            Capped::Bindings(..) => "cap.bindings",
        }
    }
}

impl fmt::Display for Capped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Capped::ConcurrentCalls(cap) => {
                write!(f, "concurrent_calls: limit {cap}, in use {cap}")
            }
            Capped::CallsPerSecond(cap) => {
                write!(
                    f,
                    "calls_per_second: limit {cap}, all begun within this second"
                )
            }
            Capped::RegistrationsPerSecond(cap) => {
                write!(
                    f,
                    "registrations_per_second: limit {cap}, all within this second"
                )
            }
            Capped::Bindings(cap, have) => write!(f, "bindings: limit {cap}, in use {have}"),
        }
    }
}
