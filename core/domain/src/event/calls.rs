//! Events of calls. What a call's record tells as well is made of the record, with the same ids,
//! so that an event which a crash has swallowed can be made again from it.

use ids::{CallId, EventId, TenantId};
use machine::WallTime;
use serde_json::{Value, json};

use super::{Event, EventKind};
use crate::cdr::Cdr;

impl Event {
    /// Something that happened to a call at one of its legs (0 for the call as a whole).
    pub fn of_call(
        (tenant, call): (TenantId, CallId),
        kind: EventKind,
        (leg, at): (u8, WallTime),
        mut data: Value,
    ) -> Event {
        data["call"] = json!(call);
        Event {
            id: id_of(call, kind, leg, at),
            tenant,
            kind,
            at,
            cursor: 0,
            subject: call.to_string(),
            data,
        }
    }

    /// The beginning of a call, from its record so far.
    pub fn call_started(cdr: &Cdr) -> Event {
        let data = json!({ "caller": cdr.caller, "dialled": cdr.dialled });
        of_record(cdr, EventKind::CallStarted, cdr.started, data)
    }

    /// The first ringing of a call, when its record tells of it.
    pub fn call_ringing(cdr: &Cdr) -> Option<Event> {
        let data = json!({ "caller": cdr.caller, "dialled": cdr.dialled });
        let at = cdr.ringing_at?;
        Some(of_record(cdr, EventKind::CallRinging, at, data))
    }

    /// The answer of a call, when its record tells of it.
    pub fn call_answered(cdr: &Cdr) -> Option<Event> {
        let data = json!({
            "caller": cdr.caller,
            "dialled": cdr.dialled,
            "destination": cdr.destination,
        });
        let at = cdr.answered_at?;
        Some(of_record(cdr, EventKind::CallAnswered, at, data))
    }

    /// The end of a call, from its finished record.
    pub fn call_ended(cdr: &Cdr) -> Event {
        let data = json!({
            "record": cdr.id,
            "caller": cdr.caller,
            "dialled": cdr.dialled,
            "destination": cdr.destination,
            "started": cdr.started.to_rfc3339(),
            "answered": cdr.answered_at.map(WallTime::to_rfc3339),
            "talk_ms": cdr.talk_ms(),
            "end": cdr.end,
            "recovered": cdr.recovered,
        });
        of_record(cdr, EventKind::CallEnded, cdr.ended, data)
    }

    /// All events that a finished record tells, in their order.
    pub fn of_finished(cdr: &Cdr) -> Vec<Event> {
        let begun = [
            Some(Event::call_started(cdr)),
            Event::call_ringing(cdr),
            Event::call_answered(cdr),
        ];
        let begun = begun.into_iter().flatten();
        begun.chain([Event::call_ended(cdr)]).collect()
    }
}

fn of_record(cdr: &Cdr, kind: EventKind, at: WallTime, data: Value) -> Event {
    Event::of_call((cdr.tenant, cdr.call), kind, (0, at), data)
}

/// An id that is the same whoever makes it: of the call's own randomness, the type and the leg.
fn id_of(call: CallId, kind: EventKind, leg: u8, at: WallTime) -> EventId {
    let place = EventKind::ALL.iter().position(|other| *other == kind);
    let place = place.and_then(|place| u128::try_from(place).ok());
    let mark = (place.unwrap_or(0) << 8) | u128::from(leg);
    let at = u64::try_from(at.unix_ms()).unwrap_or(0);
    EventId::new(at, call.as_u128() ^ mark)
}
