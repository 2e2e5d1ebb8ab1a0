//! Which calls are being recorded. What is said in them goes past the shard, from the road to
//! whoever makes the recordings.

use crate::calls::CallKey;
use ids::{CallId, RecordingId, TenantId};
use machine::{Instant, WallTime};
use media::EndpointId;
use std::collections::BTreeMap;

/// A recording that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// Its id, whose number taps name.
    pub id: RecordingId,
    /// Whose.
    pub tenant: TenantId,
    /// The call.
    pub call: CallId,
    /// The number on the left.
    pub caller: String,
    /// The number on the right.
    pub called: String,
    /// When, for people.
    pub began: WallTime,
    /// When, as packets count it.
    pub at: Instant,
    /// It began in a former process, and goes on.
    pub resumed: bool,
}

/// What whoever makes recordings is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordingOrder {
    /// A recording begins; its packets may come before this is heard.
    Begin(Box<Beginning>),
    /// It ends.
    End {
        /// Which.
        id: RecordingId,
        /// When.
        at: Instant,
    },
}

/// What is counted of recordings, since the start, and how many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordingFigures {
    /// Recordings begun.
    pub begun: u64,
    /// Calls that were not recorded since too many were.
    pub crowded: u64,
    /// Recordings that run.
    pub present: u64,
}

/// A call that is being recorded.
#[derive(Clone, Debug)]
pub(crate) struct Taping {
    pub(crate) id: RecordingId,
    /// Whose packets go there.
    pub(crate) taps: Vec<EndpointId>,
    /// Nothing goes there for now.
    pub(crate) paused: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Recordings {
    pub(crate) under_way: BTreeMap<CallKey, Taping>,
    /// Those that a former process has begun, until their calls go on or have proved to be gone.
    pub(crate) former: BTreeMap<CallId, RecordingId>,
    figures: RecordingFigures,
}

impl Recordings {
    /// Takes one more; false where there are as many as may be.
    pub(crate) fn begin(&mut self, key: CallKey, id: RecordingId, most: usize) -> bool {
        if self.under_way.len() >= most {
            self.figures.crowded += 1;
            return false;
        }
        self.figures.begun += 1;
        let taping = Taping {
            id,
            taps: Vec::with_capacity(2),
            paused: false,
        };
        self.under_way.insert(key, taping);
        true
    }

    pub(crate) fn figures(&self) -> RecordingFigures {
        RecordingFigures {
            present: u64::try_from(self.under_way.len()).unwrap_or(u64::MAX),
            ..self.figures
        }
    }
}
