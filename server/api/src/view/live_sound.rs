//! The data of `call.quality`: how a call that goes on was in its latest seconds.

use ids::CallId;
use machine::WallTime;
use ports::{CallLately, Lately, LegLately};
use serde::Serialize;
use serde_json::Value;

use super::cdr::PartyView;
use super::cdr::leg::DirectionView;

/// One direction of a leg.
#[derive(Serialize)]
// tidy: wire
struct LatelyView {
    /// When the last of the seconds ended.
    #[serde(with = "machine::rfc3339")]
    until: WallTime,
    /// Packets that should have come.
    expected: u32,
    /// Those of them that were lost.
    lost: u32,
    /// The most in a row; of what is sent not known, and 0.
    longest_loss: u16,
    /// Interarrival jitter, milliseconds; the highest.
    jitter_ms: f64,
    /// Milliseconds to the peer and back; the longest.
    round_trip_ms: Option<u16>,
    /// Frames that were made up; of what is sent not known, and 0.
    concealed: u32,
    /// Mean opinion score, times 100; that of the worst second.
    mos_x100: Option<u16>,
    /// How loud it was, -dBov; the loudest.
    level: Option<u8>,
}

impl From<Lately> for LatelyView {
    fn from(lately: Lately) -> Self {
        let sample = lately.sample;
        LatelyView {
            until: lately.until,
            expected: sample.expected,
            lost: sample.lost,
            longest_loss: sample.longest_loss,
            jitter_ms: f64::from(sample.jitter) / 10.0,
            round_trip_ms: sample.round_trip_ms,
            concealed: sample.concealed,
            mos_x100: sample.mos_x100,
            level: sample.level,
        }
    }
}

/// One leg.
#[derive(Serialize)]
struct LegSoundView {
    /// Its number in the call, from 0.
    leg: u8,
    /// Which way it was set up.
    direction: DirectionView,
    /// Who is at its other end.
    party: PartyView,
    /// From the party to the exchange.
    received: Option<LatelyView>,
    /// From the exchange to the party, as far as the party reported it.
    sent: Option<LatelyView>,
}

/// A call.
#[derive(Serialize)]
struct CallSoundView {
    /// The call.
    call: CallId,
    /// Seconds that each direction tells of, up to its own `until`; fewer where it is younger.
    seconds: u32,
    /// Its legs of which something is known.
    legs: Vec<LegSoundView>,
}

/// What is told of a call in its latest so many seconds.
pub(crate) fn told(call: &CallLately, seconds: u32) -> Value {
    serde_json::to_value(CallSoundView::of(call, seconds)).unwrap_or_default()
}

impl CallSoundView {
    fn of(call: &CallLately, seconds: u32) -> CallSoundView {
        let leg = |leg: &LegLately| LegSoundView {
            leg: leg.leg,
            direction: leg.direction.into(),
            party: leg.party.clone().into(),
            received: leg.received.map(LatelyView::from),
            sent: leg.sent.map(LatelyView::from),
        };
        CallSoundView {
            call: call.call,
            seconds,
            legs: call.legs.iter().map(leg).collect(),
        }
    }
}
