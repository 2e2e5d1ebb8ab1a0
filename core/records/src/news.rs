//! From what happens in a call to what its company's programs are told.

use call::{CallEvent, LegId, What};
use domain::{Cdr, CdrLeg, Event, EventKind, Way};
use machine::{Clock, WallTime};
use serde_json::{Value, json};

/// The event to tell of a call that has just begun to ring, or has just been answered: once each,
/// whatever its further phones and legs do.
pub(crate) fn milestone(cdr: &Cdr, what: &What) -> Option<Event> {
    if matches!(what, What::Answered(_)) {
        Event::call_answered(cdr)
    } else {
        Event::call_ringing(cdr)
    }
}

/// The event to tell, if any, of what else has just been taken into a call's record. The call's
/// end is told by its finished record, in one transaction with it, and not from here.
pub(crate) fn news(cdr: &Cdr, event: &CallEvent, clock: &Clock) -> Option<Event> {
    let at = clock.wall(event.at);
    let tell = |kind, leg: LegId, data| {
        let of = (cdr.tenant, cdr.call);
        Some(Event::of_call(of, kind, (leg.number(), at), data))
    };
    let by = |leg| json!({ "by": party(cdr, leg) });
    let whom = |leg| json!({ "party": party(cdr, leg) });
    match &event.what {
        What::Opened { .. } => Some(Event::call_started(cdr)),
        What::Held(leg) => tell(EventKind::CallHeld, *leg, by(*leg)),
        What::Resumed(leg) => tell(EventKind::CallResumed, *leg, by(*leg)),
        What::FellSilent { leg, one_way } => {
            tell(EventKind::CallSilent, *leg, silent(cdr, *leg, *one_way))
        }
        What::HeardAgain(leg) => tell(EventKind::CallHeard, *leg, whom(*leg)),
        What::AnsweredBy { leg, who } => tell(
            EventKind::CallAnswerer,
            *leg,
            json!({ "party": party(cdr, *leg), "leg": leg.number(), "answerer": who }),
        ),
        What::Beeped(leg) => tell(
            EventKind::CallBeeped,
            *leg,
            json!({ "party": party(cdr, *leg), "leg": leg.number() }),
        ),
        What::TransferRequested { by, to, attended } => tell(
            EventKind::CallTransferring,
            *by,
            json!({ "by": party(cdr, *by), "to": to, "attended": attended }),
        ),
        What::TransferCompleted { by, to } => tell(
            EventKind::CallTransferred,
            *by,
            json!({ "by": party(cdr, *by), "to": party(cdr, *to) }),
        ),
        What::TransferFailed { by, status } => tell(
            EventKind::CallTransferFailed,
            *by,
            json!({ "by": party(cdr, *by), "status": status }),
        ),
        What::Diverted(diversion) => {
            // several may be of one moment: each is named by its place among them
            let place = u8::try_from(cdr.moves.diversions.len()).unwrap_or(u8::MAX);
            let data = json!({
                "by": cdr.moves.diversions.last().map(|note| &note.by),
                "reason": diversion.reason,
                "to": diversion.to,
            });
            let of = (cdr.tenant, cdr.call);
            Some(Event::of_call(
                of,
                EventKind::CallForwarded,
                (place, at),
                data,
            ))
        }
        What::MergedInto(call) => Some(merged(cdr, at, json!({ "into": call }))),
        What::Explained(_)
        | What::WentToFax(_)
        | What::WentToSound(_)
        | What::LegOpened { .. }
        | What::Ringing(_)
        | What::Answered(_)
        | What::AnsweredBeside(_)
        | What::LegClosed { .. }
        | What::Ended(_) => None,
    }
}

/// Who is not heard: what is missing is what the party sends and the exchange receives.
fn silent(cdr: &Cdr, leg: LegId, one_way: bool) -> Value {
    json!({
        "party": party(cdr, leg),
        "leg": leg.number(),
        "direction": Way::Received,
        "one_way": one_way,
    })
}

fn merged(cdr: &Cdr, at: WallTime, data: Value) -> Event {
    Event::of_call((cdr.tenant, cdr.call), EventKind::CallMerged, (0, at), data)
}

fn party(cdr: &Cdr, leg: LegId) -> Option<&domain::Party> {
    let leg: Option<&CdrLeg> = cdr.legs.get(usize::from(leg.number()));
    leg.map(|leg| &leg.party)
}
