//! Which limit of a budget it is.

use std::fmt;

/// A limit of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// Calls at the same time.
    CallsAtOnce,
    /// Calls begun within a minute.
    CallsPerMinute,
    /// Calls begun within an hour.
    CallsPerHour,
    /// Different numbers within an hour.
    NumbersPerHour,
    /// Money within an hour.
    SpendPerHour,
    /// Money within a day.
    SpendPerDay,
}

impl Limit {
    /// All of them.
    pub const ALL: [Limit; 6] = [
        Limit::CallsAtOnce,
        Limit::CallsPerMinute,
        Limit::CallsPerHour,
        Limit::NumbersPerHour,
        Limit::SpendPerHour,
        Limit::SpendPerDay,
    ];

    /// The member of the document that sets it.
    pub fn as_str(self) -> &'static str {
        match self {
            Limit::CallsAtOnce => "calls_at_once",
            Limit::CallsPerMinute => "calls_per_minute",
            Limit::CallsPerHour => "calls_per_hour",
            Limit::NumbersPerHour => "numbers_per_hour",
            Limit::SpendPerHour => "spend_per_hour",
            Limit::SpendPerDay => "spend_per_day",
        }
    }

    /// Whether a device that meets it is contained. Many calls at once are a full house, and no
    /// sign of a thief by themselves.
    pub(crate) fn contains(self) -> bool {
        self != Limit::CallsAtOnce
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
