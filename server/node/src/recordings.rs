//! Which calls are being recorded. What is said in them goes past the shard, from the road to
//! whoever makes the recordings.

use crate::call_key::CallKey;
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
    /// After a restart, once: every recording that goes on has said so, and what else ran before
    /// is over.
    Resumed,
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

/// How it stands with a call's recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// What is said goes there.
    On,
    /// Nothing goes there for now.
    Paused,
    /// It has ended before its call, and nothing but a wish begins another.
    Ended,
}

/// The recording of a call.
#[derive(Clone, Debug)]
pub(crate) struct Taping {
    pub(crate) id: RecordingId,
    pub(crate) standing: Standing,
    /// Whose packets go there.
    pub(crate) taps: Vec<EndpointId>,
    /// A phone has asked for it, so a phone may end it.
    pub(crate) by_phone: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Recordings {
    of: BTreeMap<CallKey, Taping>,
    /// Those that a former process has begun, until their calls go on or have proved to be gone.
    pub(crate) former: BTreeMap<CallId, RecordingId>,
    /// Of all, those that have not ended.
    present: usize,
    figures: RecordingFigures,
}

impl Recordings {
    /// That of a call, also after its end.
    pub(crate) fn get(&self, key: CallKey) -> Option<&Taping> {
        self.of.get(&key)
    }

    pub(crate) fn get_mut(&mut self, key: CallKey) -> Option<&mut Taping> {
        self.of.get_mut(&key)
    }

    /// That of a call, unless it has ended.
    pub(crate) fn live(&self, key: CallKey) -> Option<&Taping> {
        self.get(key)
            .filter(|taping| taping.standing != Standing::Ended)
    }

    /// Takes one more; false where there are as many as may be.
    pub(crate) fn begin(
        &mut self,
        key: CallKey,
        (id, by_phone): (RecordingId, bool),
        most: usize,
    ) -> bool {
        if self.present >= most {
            self.figures.crowded += 1;
            return false;
        }
        self.present += 1;
        self.figures.begun += 1;
        let taping = Taping {
            id,
            standing: Standing::On,
            taps: Vec::with_capacity(2),
            by_phone,
        };
        self.of.insert(key, taping);
        true
    }

    /// Ends that of a call, which goes on; the recording and its taps, if it had not ended.
    pub(crate) fn end(&mut self, key: CallKey) -> Option<Taping> {
        let taping = self.of.get_mut(&key)?;
        if taping.standing == Standing::Ended {
            return None;
        }
        taping.standing = Standing::Ended;
        self.present = self.present.saturating_sub(1);
        let ended = taping.clone();
        taping.taps.clear();
        Some(ended)
    }

    /// The call is gone.
    pub(crate) fn forget(&mut self, key: CallKey) {
        self.of.remove(&key);
    }

    pub(crate) fn figures(&self) -> RecordingFigures {
        RecordingFigures {
            present: u64::try_from(self.present).unwrap_or(u64::MAX),
            ..self.figures
        }
    }
}
