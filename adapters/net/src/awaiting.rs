//! Since when something of a peer is awaited: its first message, or the rest of one.

use machine::Instant;

/// Nothing is awaited of a peer between two messages.
#[derive(Debug)]
pub(crate) struct Awaiting(Option<Instant>);

impl Awaiting {
    /// Since then, or nothing yet.
    pub(crate) fn new(since: Option<Instant>) -> Awaiting {
        Awaiting(since)
    }

    pub(crate) fn since(&self) -> Option<Instant> {
        self.0
    }

    /// Something was read: whether anything came to its end, and whether there is the beginning of
    /// something further. The time of that counts from when it began.
    pub(crate) fn read(&mut self, ended: bool, begun: bool, now: Instant) {
        if !begun {
            if ended {
                self.0 = None;
            }
        } else if ended || self.0.is_none() {
            self.0 = Some(now);
        }
    }
}
