//! Streams of events: a company's programs follow its log over one long answer.
//!
//! A stream holds nothing but a place in the log, and, where it is wanted, up to when it has told
//! how calls sound. What a slow reader has not taken stays there,
//! so a stream costs the same however slow its reader is; only a reader that falls behind what
//! the log keeps loses something, and it is told.

mod body;
mod follow;
mod hub;
mod pump;
mod socket;
mod sounds;

pub(crate) use body::{SSE, sent_events};
pub(crate) use follow::{Follow, Place};
pub(crate) use hub::{Hub, Refusal, Seat};
pub(crate) use pump::pump;
pub(crate) use socket::{agree, is_asked_for};
pub(crate) use sounds::{EVERY_MAX, Sounds};

use std::sync::Arc;

use crate::limits::Limits;

/// All streams.
pub(crate) struct Streams {
    /// Those that follow logs.
    pub(crate) log: Arc<Hub>,
    /// Those of them that are told how calls sound as well.
    pub(crate) sounds: Arc<Hub>,
}

impl Streams {
    /// Nobody's yet.
    pub(crate) fn within(limits: &Limits) -> Streams {
        let log = Hub::new(limits.streams_per_tenant, limits.streams);
        let sounds = Hub::new(limits.sounding_per_tenant, limits.sounding);
        Streams {
            log: Arc::new(log),
            sounds: Arc::new(sounds),
        }
    }
}
