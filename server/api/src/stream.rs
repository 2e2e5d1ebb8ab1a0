//! Streams of events: a company's programs follow its log over one long answer.
//!
//! A stream holds nothing but a place in the log. What a slow reader has not taken stays there,
//! so a stream costs the same however slow its reader is; only a reader that falls behind what
//! the log keeps loses something, and it is told.

mod body;
mod follow;
mod hub;
mod pump;
mod socket;

pub(crate) use body::{SSE, sent_events};
pub(crate) use follow::{Follow, Place};
pub(crate) use hub::{Hub, Refusal};
pub(crate) use pump::pump;
pub(crate) use socket::{agree, is_asked_for};
