//! Which calls and conferences are being recorded. What is said in them goes past the shard, from
//! the road to whoever makes the recordings.

use crate::call_key::CallKey;
use crate::conferences::Place;
use crate::sayings::SayAsk;
use call::LegId;
use domain::{RecordedSides, RecordingKeeper};
use ids::{CallId, ExtensionId, RecordingId, TenantId, TrunkId};
use machine::{Instant, TimerHandle, WallTime};
use media::EndpointId;
use std::collections::BTreeMap;

/// A recording that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// Its id, whose number taps name.
    pub id: RecordingId,
    /// Whose.
    pub tenant: TenantId,
    /// The call; of a conference that of the member with which it begins.
    pub call: CallId,
    /// The conference, where it is of one: all who are heard are on the left.
    pub conference: Option<ExtensionId>,
    /// The trunk of the client that sends it, where it is of another exchange's call.
    pub client: Option<TrunkId>,
    /// The number of who called, on the left; or of that member.
    pub caller: String,
    /// The number of who was called, on the right; or of the conference.
    pub called: String,
    /// Whose voice is kept.
    pub sides: RecordedSides,
    /// When, for people.
    pub began: WallTime,
    /// When, as packets count it.
    pub at: Instant,
    /// It began in a former process, and goes on.
    pub resumed: bool,
}

/// A recording that a former process has begun and not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormerRecording {
    /// Which.
    pub id: RecordingId,
    /// The call with which it began.
    pub call: CallId,
    /// The conference, where it is of one.
    pub conference: Option<Place>,
    /// Whose voice is kept.
    pub sides: RecordedSides,
    /// It was paused, and is so still.
    pub paused: bool,
}

/// What whoever makes recordings is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordingOrder {
    /// A recording begins; its packets may come before this is heard.
    Begin(Box<Beginning>),
    /// After a restart, once: every recording that goes on has said so, and what else ran before
    /// is over.
    Resumed,
    /// Nothing goes there for now, or something does again: to be known to the process that comes
    /// after this one.
    Pause {
        /// Which.
        id: RecordingId,
        /// Begin or end.
        paused: bool,
    },
    /// Somebody has come to a conference that is recorded, or was there when that began.
    Join {
        /// Which.
        id: RecordingId,
        /// Its number.
        number: String,
    },
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
    /// Calls that a recording server took.
    pub sent: u64,
    /// Calls that no recording server took, or not to their end.
    pub unsent: u64,
    /// Calls that recording clients have sent.
    pub kept: u64,
}

/// What is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Recorded {
    /// Two who talk with each other.
    Call(CallKey),
    /// All who are in a conference.
    Room(Place),
}

impl From<CallKey> for Recorded {
    fn from(key: CallKey) -> Recorded {
        Recorded::Call(key)
    }
}

impl From<Place> for Recorded {
    fn from(place: Place) -> Recorded {
        Recorded::Room(place)
    }
}

/// How it stands with a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// What is said goes there.
    On,
    /// Nothing goes there for now.
    Paused,
    /// It has ended before what it is of, and nothing but a wish begins another.
    Ended,
}

/// A recording.
#[derive(Clone, Debug)]
pub(crate) struct Taping {
    pub(crate) id: RecordingId,
    pub(crate) standing: Standing,
    pub(crate) sides: RecordedSides,
    /// Who keeps it.
    pub(crate) kept_by: RecordingKeeper,
    /// Whose packets go there, of a call.
    pub(crate) taps: Vec<EndpointId>,
    /// A phone has asked for it, so a phone may end it.
    pub(crate) by_phone: bool,
    /// When the tone is heard again.
    pub(crate) beeps: Option<TimerHandle>,
}

impl Taping {
    pub(crate) fn new(id: RecordingId, sides: RecordedSides, by_phone: bool) -> Taping {
        Taping {
            id,
            standing: Standing::On,
            sides,
            kept_by: RecordingKeeper::Exchange,
            taps: Vec::with_capacity(2),
            by_phone,
            beeps: None,
        }
    }
}

impl FormerRecording {
    /// It goes on, paused if it was.
    pub(crate) fn taping(self, by_phone: bool) -> Taping {
        let standing = match self.paused {
            true => Standing::Paused,
            false => Standing::On,
        };
        Taping {
            standing,
            ..Taping::new(self.id, self.sides, by_phone)
        }
    }
}

/// Why a recording begins, whose voice is kept, and by whom.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
    pub(crate) rule: &'static str,
    pub(crate) because: String,
    pub(crate) by_phone: bool,
    pub(crate) sides: RecordedSides,
    pub(crate) kept_by: RecordingKeeper,
}

/// Words that say that a call is recorded, on their way to those who are to hear them.
#[derive(Debug)]
pub(crate) struct Announcing {
    /// Who is to hear them.
    pub(crate) legs: Vec<LegId>,
    /// Who hears them.
    pub(crate) hearing: Vec<EndpointId>,
    /// What is not there yet.
    pub(crate) waits: Option<SayAsk>,
    /// What begins behind them; `None` where it has begun.
    pub(crate) then: Option<Cause>,
    /// When it is waited no longer.
    pub(crate) timer: TimerHandle,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Recordings {
    of: BTreeMap<Recorded, Taping>,
    /// Those that a former process has begun, until what they are of goes on or has proved to be
    /// gone.
    pub(crate) former: Vec<FormerRecording>,
    /// To whom words are said: at most once for each call.
    pub(crate) announcing: BTreeMap<CallKey, Announcing>,
    /// Of all, those that have not ended.
    present: usize,
    figures: RecordingFigures,
}

impl Recordings {
    /// That of something, also after its end.
    pub(crate) fn get(&self, of: impl Into<Recorded>) -> Option<&Taping> {
        self.of.get(&of.into())
    }

    pub(crate) fn get_mut(&mut self, of: impl Into<Recorded>) -> Option<&mut Taping> {
        self.of.get_mut(&of.into())
    }

    /// That of something, unless it has ended.
    pub(crate) fn live(&self, of: impl Into<Recorded>) -> Option<&Taping> {
        self.get(of)
            .filter(|taping| taping.standing != Standing::Ended)
    }

    /// Takes one more; false where there are as many as may be.
    pub(crate) fn begin(&mut self, of: Recorded, taping: Taping, most: usize) -> bool {
        if self.present >= most {
            self.figures.crowded += 1;
            return false;
        }
        self.present += 1;
        self.figures.begun += 1;
        self.of.insert(of, taping);
        true
    }

    /// Ends that of something that goes on; the recording and its taps, if it had not ended.
    pub(crate) fn end(&mut self, of: Recorded) -> Option<Taping> {
        let taping = self.of.get_mut(&of)?;
        if taping.standing == Standing::Ended {
            return None;
        }
        taping.standing = Standing::Ended;
        self.present = self.present.saturating_sub(1);
        let ended = taping.clone();
        taping.taps.clear();
        taping.beeps = None;
        Some(ended)
    }

    /// That of a call that goes on, where somebody has ended it.
    pub(crate) fn ended(&self, key: CallKey) -> Option<RecordingId> {
        let taping = self.get(key)?;
        (taping.standing == Standing::Ended).then_some(taping.id)
    }

    /// A former process has ended that of a call on somebody's wish: nothing but a wish begins
    /// another.
    pub(crate) fn ended_before(&mut self, key: CallKey, id: RecordingId) {
        let taping = Taping {
            standing: Standing::Ended,
            ..Taping::new(id, RecordedSides::default(), false)
        };
        self.of.insert(key.into(), taping);
    }

    /// That which a former process has begun of a call.
    pub(crate) fn former_of_call(&mut self, call: CallId) -> Option<FormerRecording> {
        self.take_former(|former| former.conference.is_none() && former.call == call)
    }

    /// That which a former process has begun of a conference.
    pub(crate) fn former_of_room(&mut self, place: Place) -> Option<FormerRecording> {
        self.take_former(|former| former.conference == Some(place))
    }

    fn take_former(&mut self, is: impl Fn(&FormerRecording) -> bool) -> Option<FormerRecording> {
        let at = self.former.iter().position(is)?;
        Some(self.former.swap_remove(at))
    }

    /// What it was of is gone.
    pub(crate) fn forget(&mut self, of: Recorded) {
        self.of.remove(&of);
    }

    /// How many run.
    pub(crate) fn present(&self) -> usize {
        self.present
    }

    pub(crate) fn figures(&self) -> RecordingFigures {
        RecordingFigures {
            present: u64::try_from(self.present).unwrap_or(u64::MAX),
            ..self.figures
        }
    }
}
