//! Bounds of one call, each with its name and its default.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Most legs a call may ever open, ended ones included.
pub(crate) const LEGS_MAX: usize = 32;
/// Most places to which one phone sends a call on; those after them are not looked at.
pub(crate) const REDIRECTS_MAX: usize = 4;
/// Most events a call reports before it reports only its end.
pub(crate) const EVENTS_MAX: u32 = 512;

/// Most times that it is told of one party that nothing is heard of it.
pub(crate) const MAX_SILENCES: u8 = 4;

/// How long the exchange's own fax machine waits before it asks a party that holds it, or that is
/// busy with another offer.
pub(crate) const FAX_PAUSE: Duration = Duration::from_secs(2);

/// Times and counts of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Longest a call may last. Default 12 h: nobody talks longer, but a forgotten phone does.
    pub call_max: Duration,
    /// Longest a transfer's new party may ring. Default 60 s.
    pub transfer_ring: Duration,
    /// Longest an answered caller may leave a late offer without its answer. Default 32 s (64·T1).
    pub late_answer: Duration,
    /// Longest phones may ring beside a call. Default 60 s.
    pub ring_beside: Duration,
    /// Whether the caller hears sound before the answer. Default true.
    pub early_media: bool,
    /// Most contacts rung at once by one step. Default 16.
    pub fork_max: usize,
    /// Whether a party on hold hears the exchange's music. Default false.
    pub music: bool,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            call_max: Duration::from_secs(12 * 3600),
            transfer_ring: Duration::from_secs(60),
            late_answer: Duration::from_secs(32),
            ring_beside: Duration::from_secs(60),
            early_media: true,
            fork_max: 16,
            music: false,
        }
    }
}
