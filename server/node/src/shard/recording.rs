//! Recording calls: which are recorded, from when, and whose packets go there.

use super::Shard;
use crate::calls::CallKey;
use crate::recordings::{Beginning, RecordingOrder};
use call::{Bridge, CallEvent, LegId, LegStage, Party, What};
use domain::CompiledTenant;
use ids::{CallId, RecordingId};
use machine::Instant;
use media::{Command, EndpointId, Side, Tap};
use routing::Reason;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The rule that explains why a call is recorded.
const RULE: &str = "record.extension";
/// The rule that explains why it is not although it ought to be.
const CROWDED: &str = "record.crowded";

impl Shard {
    /// Tells of recordings that a former process has begun and not ended. To be called before
    /// [`Shard::restore`]; what of it belongs to no call that goes on is over.
    pub fn resume_recordings(&mut self, former: BTreeMap<CallId, RecordingId>) {
        self.calls.recordings.former = former;
    }

    /// Looks whether a call in which two parties have just been joined is recorded, and lets their
    /// packets go there.
    pub(super) fn record(&mut self, key: CallKey, now: Instant) {
        let Some((left, right)) = self.talking(key) else {
            return;
        };
        if !self.calls.recordings.under_way.contains_key(&key) {
            let former = self.former(key);
            let why = self.recorded_because(key, (left, right));
            if former.is_none() && why.is_none() {
                return;
            }
            if !self.begin_recording(key, (left, right), former, now) {
                return;
            }
            if let Some(because) = why.filter(|_| former.is_none()) {
                self.explain_recording(key, RULE, because, now);
            }
        }
        self.tap(key, (left, right));
    }

    /// Ends a call's recording, if it has one.
    pub(super) fn end_recording(&mut self, key: CallKey, now: Instant) {
        if let Some(taping) = self.calls.recordings.under_way.remove(&key) {
            let (id, at) = (taping.id, now);
            self.outbox.recordings.push(RecordingOrder::End { id, at });
        }
    }

    /// The packets of a leg that goes over to another call go to this one's recording no more.
    pub(super) fn untap(&mut self, key: CallKey, endpoint: EndpointId) {
        let Some(taping) = self.calls.recordings.under_way.get_mut(&key) else {
            return;
        };
        if let Some(at) = taping.taps.iter().position(|tapped| *tapped == endpoint) {
            taping.taps.swap_remove(at);
            self.outbox.media.push(Command::Tap {
                id: endpoint,
                tap: None,
            });
        }
    }

    /// The two that talk with each other, who has called first; `None` before the call is answered
    /// and while there are not two.
    fn talking(&self, key: CallKey) -> Option<(LegId, LegId)> {
        let entry = self.calls.get(key)?;
        let Bridge::Legs(a, b) = entry.call.bridge() else {
            return None;
        };
        let is_up = |leg| matches!(entry.call.leg(leg), Some((_, LegStage::Up)));
        (is_up(a) && is_up(b)).then_some(if a <= b { (a, b) } else { (b, a) })
    }

    /// The recording that a former process has begun of this call.
    fn former(&mut self, key: CallKey) -> Option<RecordingId> {
        let id = self.calls.get(key)?.call.id();
        self.calls.recordings.former.remove(&id)
    }

    /// Whose wish it is that the call be recorded; `None` where it is nobody's.
    fn recorded_because(&self, key: CallKey, legs: (LegId, LegId)) -> Option<String> {
        let entry = self.calls.get(key)?;
        let compiled = self.tenants.compiled(entry.tenant)?;
        let (one, _) = entry.call.leg(legs.0)?;
        let (other, _) = entry.call.leg(legs.1)?;
        let external = one.trunk.is_some() || other.trunk.is_some();
        let wishes = |party: &Party| wish(&compiled, party, external);
        wishes(one).or_else(|| wishes(other))
    }

    fn begin_recording(
        &mut self,
        key: CallKey,
        legs: (LegId, LegId),
        former: Option<RecordingId>,
        now: Instant,
    ) -> bool {
        let minted = RecordingId::new(self.unix_ms(now), self.random.next_u128());
        let most = self.config.limits.recordings;
        let id = former.unwrap_or(minted);
        if !self.calls.recordings.begin(key, id, most) {
            let because = format!("{most} calls are being recorded, as many as may be");
            self.explain_recording(key, CROWDED, because, now);
            return false;
        }
        let Some(entry) = self.calls.get(key) else {
            return false;
        };
        let number = |leg| {
            let party = entry.call.leg(leg).map(|(party, _)| party.number.clone());
            party.unwrap_or_default()
        };
        let beginning = Beginning {
            id,
            tenant: entry.tenant,
            call: entry.call.id(),
            caller: number(legs.0),
            called: number(legs.1),
            began: self.clock.wall(now),
            at: now,
            resumed: former.is_some(),
        };
        let order = RecordingOrder::Begin(Box::new(beginning));
        self.outbox.recordings.push(order);
        true
    }

    fn explain_recording(&mut self, key: CallKey, rule: &'static str, text: String, now: Instant) {
        let reason = Reason {
            rule: Cow::Borrowed(rule),
            because: text,
        };
        let what = What::Explained(reason);
        self.call_event(key, &CallEvent { at: now, what });
    }

    /// Lets the packets of two legs go to their call's recording, unless it is paused.
    fn tap(&mut self, key: CallKey, (left, right): (LegId, LegId)) {
        let (Some(entry), Some(taping)) = (
            self.calls.get(key),
            self.calls.recordings.under_way.get(&key),
        ) else {
            return;
        };
        if taping.paused {
            return;
        }
        let recording = taping.id.as_u128();
        let mut taps = Vec::with_capacity(2);
        for (leg, side) in [(left, Side::Left), (right, Side::Right)] {
            let sip = entry.owner(leg).and_then(|owner| self.legs.get(owner));
            if let Some(id) = sip.map(|leg| leg.sip.sound().endpoint()) {
                let tap = Some(Tap { recording, side });
                self.outbox.media.push(Command::Tap { id, tap });
                taps.push(id);
            }
        }
        if let Some(taping) = self.calls.recordings.under_way.get_mut(&key) {
            taping.taps = taps;
        }
    }
}

/// The wish of the extension at the end of a leg.
fn wish(compiled: &CompiledTenant, party: &Party, external: bool) -> Option<String> {
    let extension = compiled.extension(party.extension?)?;
    let wishes = extension.recorded.has(external);
    wishes.then(|| format!("calls of extension {} are recorded", extension.number))
}
