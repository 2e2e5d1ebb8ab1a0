//! What a tenant uses of its caps at this moment.

/// One cap: how much of it is used, and how often somebody was refused because of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Metered {
    /// How much is used. Of a rate per second: how much of one second's worth is spent.
    pub in_use: u64,
    /// How often the cap was met since the exchange started.
    pub refused: u64,
}

impl Metered {
    /// So much used, and refused so often.
    pub fn new(in_use: u64, refused: u64) -> Metered {
        Metered { in_use, refused }
    }
}

/// The caps that telephones meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LiveUsage {
    /// Calls at the same time.
    pub concurrent_calls: Metered,
    /// New calls.
    pub calls_per_second: Metered,
    /// REGISTER requests.
    pub registrations_per_second: Metered,
    /// Bindings.
    pub bindings: Metered,
}
