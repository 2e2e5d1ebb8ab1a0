//! The timers of RFC 3261 table 4 and RFC 6026 §8, and repetition with doubling gaps.

use std::time::Duration;

use machine::Instant;
use sip_message::Transport;

/// The estimate of the round trip (RFC 3261 §17.1.1.1).
pub const T1: Duration = Duration::from_millis(500);
/// The longest gap between repetitions of anything but an INVITE.
pub const T2: Duration = Duration::from_secs(4);
/// How long a message may stay in the network.
pub const T4: Duration = Duration::from_secs(5);
/// 64 × T1: Timers B, F, H, J, L and M.
pub const TRANSACTION_LIFE: Duration = Duration::from_secs(32);
/// Timer D: how long a refused INVITE waits for repetitions on UDP.
pub(super) const TIMER_D: Duration = Duration::from_secs(32);
/// When an INVITE without an answer gets its automatic 100 (RFC 3261 §17.2.1).
pub(super) const TRYING_AFTER: Duration = Duration::from_millis(200);

/// A wait that reliable transports do not need (Timers D, I, J, K).
pub(super) const fn unless_reliable(transport: Transport, wait: Duration) -> Duration {
    if transport.is_reliable() {
        Duration::ZERO
    } else {
        wait
    }
}

/// Repetition: when next, and the gap after that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Repeat {
    at: Instant,
    gap: Duration,
    ceiling: Duration,
}

impl Repeat {
    /// Repeats first after T1, then with gaps doubling up to `ceiling`.
    pub(crate) fn from_t1(now: Instant, ceiling: Duration) -> Self {
        Self {
            at: now + T1,
            gap: T1,
            ceiling,
        }
    }

    /// The same, or nothing on a transport that repeats by itself.
    pub(super) fn on(transport: Transport, now: Instant, ceiling: Duration) -> Option<Self> {
        (!transport.is_reliable()).then(|| Self::from_t1(now, ceiling))
    }

    /// When it is due.
    pub(crate) const fn at(&self) -> Instant {
        self.at
    }

    /// Whether it is due; then the next gap has begun.
    pub(crate) fn due(&mut self, now: Instant) -> bool {
        if self.at > now {
            return false;
        }
        self.gap = self.ceiling.min(self.gap * 2);
        self.at = now + self.gap;
        true
    }

    /// From now on repeats at the widest gap (RFC 3261 §17.1.2.2, Proceeding).
    pub(super) fn widest(&mut self, now: Instant) {
        self.gap = self.ceiling;
        self.at = now + self.ceiling;
    }
}

/// The earlier of a repetition and an end.
pub(super) fn first(repeat: Option<&Repeat>, end: Instant) -> Instant {
    repeat.map_or(end, |repeat| repeat.at().min(end))
}
