//! Recording calls: which are recorded, from when, and whose packets go there.

use super::Shard;
use crate::calls::CallKey;
use crate::recordings::{Beginning, RecordingOrder, Standing};
use call::{Bridge, LegId, LegStage, Party};
use domain::{CompiledTenant, RecordingRule};
use ids::{CallId, RecordingId};
use machine::Instant;
use media::{Command, EndpointId, Side, Tap};
use ports::{LiveError, RecordingWish};
use std::collections::BTreeMap;

/// The rule that explains why a call is recorded without being asked.
const RULE: &str = "record.extension";
/// The rule that explains why it is recorded, or no more, on somebody's wish.
const WISH: &str = "record.wish";
/// The rule that explains why it is not recorded although it ought to be.
const CROWDED: &str = "record.crowded";

/// The two that talk with each other, who has called first.
type Pair = (LegId, LegId);

/// Why a recording begins.
struct Cause {
    rule: &'static str,
    because: String,
    by_phone: bool,
}

impl Shard {
    /// Tells of recordings that a former process has begun and not ended. To be called before
    /// [`Shard::restore`]; what of it belongs to no call that goes on is over.
    pub fn resume_recordings(&mut self, former: BTreeMap<CallId, RecordingId>) {
        self.calls.recordings.former = former;
    }

    /// Looks whether a call in which two parties have just been joined is recorded, and lets their
    /// packets go there.
    pub(super) fn record(&mut self, key: CallKey, now: Instant) {
        let Some(pair) = self.talking(key) else {
            return;
        };
        if self.calls.recordings.get(key).is_none() {
            let why = self.recorded_because(key, pair);
            if let Some(former) = self.former(key) {
                self.resume_recording(key, pair, (former, why.is_none()), now);
            } else if let Some(because) = why {
                let cause = Cause {
                    rule: RULE,
                    because,
                    by_phone: false,
                };
                self.begin_recording(key, pair, cause, now);
            }
        }
        self.tap(key, pair);
    }

    /// Begins, pauses or ends the recording of a call on somebody's wish.
    pub(super) fn wish(
        &mut self,
        key: CallKey,
        wish: RecordingWish,
        whose: &str,
        now: Instant,
    ) -> Result<(), LiveError> {
        let standing = self
            .calls
            .recordings
            .live(key)
            .map(|taping| taping.standing);
        match (wish, standing) {
            (RecordingWish::On, Some(Standing::On))
            | (RecordingWish::Paused, Some(Standing::Paused))
            | (RecordingWish::Off, None | Some(Standing::Ended)) => Ok(()),
            (RecordingWish::Paused, None | Some(Standing::Ended)) => Err(LiveError::NotNow),
            (RecordingWish::On, None | Some(Standing::Ended)) => {
                self.begin_by_wish(key, (whose, false), now)
            }
            (RecordingWish::On, Some(Standing::Paused)) => {
                self.set_standing(key, Standing::On);
                self.explain(key, WISH, format!("goes on: {whose}"), now);
                if let Some(pair) = self.talking(key) {
                    self.tap(key, pair);
                }
                Ok(())
            }
            (RecordingWish::Paused, Some(Standing::On)) => {
                self.untap_all(key);
                self.set_standing(key, Standing::Paused);
                self.explain(key, WISH, format!("paused: {whose}"), now);
                Ok(())
            }
            (RecordingWish::Off, Some(Standing::On | Standing::Paused)) => {
                self.untap_all(key);
                self.stop_recording(key, now);
                self.explain(key, WISH, format!("ended: {whose}"), now);
                Ok(())
            }
        }
    }

    /// A telephone's key for recording was pressed. What its extension does not allow it, and what
    /// it has not begun and would end, changes nothing.
    pub(super) fn phone_records(&mut self, key: CallKey, leg: LegId, on: bool, now: Instant) {
        let Some(number) = self.may_record(key, leg) else {
            return;
        };
        let whose = format!("the key of a phone of {number}");
        let ends = self.calls.recordings.live(key).is_some_and(|t| t.by_phone);
        let _refused = match on {
            true if self.calls.recordings.live(key).is_none() => {
                self.begin_by_wish(key, (&whose, true), now)
            }
            false if ends => self.wish(key, RecordingWish::Off, &whose, now),
            true | false => Ok(()),
        };
    }

    /// The call has ended, and its recording with it.
    pub(super) fn end_recording(&mut self, key: CallKey, now: Instant) {
        self.stop_recording(key, now);
        self.calls.recordings.forget(key);
    }

    /// The packets of a leg that goes over to another call go to this one's recording no more.
    pub(super) fn untap(&mut self, key: CallKey, endpoint: EndpointId) {
        let Some(taping) = self.calls.recordings.get_mut(key) else {
            return;
        };
        if let Some(at) = taping.taps.iter().position(|tapped| *tapped == endpoint) {
            taping.taps.swap_remove(at);
            let (id, tap) = (endpoint, None);
            self.outbox.media.push(Command::Tap { id, tap });
        }
    }

    fn untap_all(&mut self, key: CallKey) {
        let taping = self.calls.recordings.get_mut(key);
        let taps = taping.map(|taping| std::mem::take(&mut taping.taps));
        for id in taps.unwrap_or_default() {
            self.outbox.media.push(Command::Tap { id, tap: None });
        }
    }

    fn stop_recording(&mut self, key: CallKey, now: Instant) {
        if let Some(taping) = self.calls.recordings.end(key) {
            let (id, at) = (taping.id, now);
            self.outbox.recordings.push(RecordingOrder::End { id, at });
        }
    }

    fn set_standing(&mut self, key: CallKey, standing: Standing) {
        if let Some(taping) = self.calls.recordings.get_mut(key) {
            taping.standing = standing;
        }
    }

    /// The two that talk with each other, who has called first; `None` before the call is answered
    /// and while there are not two.
    fn talking(&self, key: CallKey) -> Option<Pair> {
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

    /// The rule of the extension at the end of a leg, and its number.
    fn rule_of(&self, key: CallKey, leg: LegId) -> Option<(RecordingRule, String)> {
        let entry = self.calls.get(key)?;
        let compiled = self.tenants.compiled(entry.tenant)?;
        rule(&compiled, entry.call.leg(leg)?.0)
    }

    /// The number of a leg's extension, if its phones may have calls recorded.
    fn may_record(&self, key: CallKey, leg: LegId) -> Option<String> {
        let (rule, number) = self.rule_of(key, leg)?;
        rule.by_phone.then_some(number)
    }

    /// Whose calls this one is recorded for without being asked; `None` where it is nobody's.
    fn recorded_because(&self, key: CallKey, pair: Pair) -> Option<String> {
        let entry = self.calls.get(key)?;
        let by_trunk = |leg| {
            let party = entry.call.leg(leg).map(|(party, _)| party);
            party.is_some_and(|party| party.trunk.is_some())
        };
        let external = by_trunk(pair.0) || by_trunk(pair.1);
        let rules = [pair.0, pair.1].map(|leg| self.rule_of(key, leg));
        let mut wishes = rules.into_iter().flatten();
        let (_, number) = wishes.find(|(rule, _)| rule.calls.has(external))?;
        Some(format!("calls of extension {number} are recorded"))
    }

    fn begin_by_wish(
        &mut self,
        key: CallKey,
        (whose, by_phone): (&str, bool),
        now: Instant,
    ) -> Result<(), LiveError> {
        let pair = self.talking(key).ok_or(LiveError::NotNow)?;
        let cause = Cause {
            rule: WISH,
            because: whose.to_owned(),
            by_phone,
        };
        if !self.begin_recording(key, pair, cause, now) {
            return Err(LiveError::NotNow);
        }
        self.tap(key, pair);
        Ok(())
    }

    fn begin_recording(&mut self, key: CallKey, pair: Pair, cause: Cause, now: Instant) -> bool {
        let id = RecordingId::new(self.unix_ms(now), self.random.next_u128());
        if !self.open_recording(key, pair, (id, cause.by_phone), false, now) {
            return false;
        }
        self.explain(key, cause.rule, cause.because, now);
        let rules = [pair.0, pair.1].map(|leg| self.rule_of(key, leg));
        if rules.iter().flatten().any(|(rule, _)| rule.beep) {
            self.beep(key, pair, now);
        }
        true
    }

    /// A recording of a former process goes on with its call.
    fn resume_recording(
        &mut self,
        key: CallKey,
        pair: Pair,
        former: (RecordingId, bool),
        now: Instant,
    ) {
        self.open_recording(key, pair, former, true, now);
    }

    fn open_recording(
        &mut self,
        key: CallKey,
        pair: Pair,
        (id, by_phone): (RecordingId, bool),
        resumed: bool,
        now: Instant,
    ) -> bool {
        let most = self.config.limits.recordings;
        if !self.calls.recordings.begin(key, (id, by_phone), most) {
            let because = format!("{most} calls are being recorded, as many as may be");
            self.explain(key, CROWDED, because, now);
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
            caller: number(pair.0),
            called: number(pair.1),
            began: self.clock.wall(now),
            at: now,
            resumed,
        };
        let order = RecordingOrder::Begin(Box::new(beginning));
        self.outbox.recordings.push(order);
        true
    }

    /// Both sides hear that they are recorded from now on.
    fn beep(&mut self, key: CallKey, pair: Pair, now: Instant) {
        let book = self.config.prompts;
        for leg in [pair.0, pair.1] {
            let owner = self.calls.get(key).and_then(|entry| entry.owner(leg));
            if let Some(owner) = owner {
                self.with_leg(owner, now, |sip, desk, _| sip.beep(&book, desk));
            }
        }
    }

    /// Lets the packets of two legs go to their call's recording, while it is on.
    fn tap(&mut self, key: CallKey, (left, right): Pair) {
        let (Some(entry), Some(taping)) = (self.calls.get(key), self.calls.recordings.get(key))
        else {
            return;
        };
        match taping.standing {
            Standing::On => {}
            Standing::Paused | Standing::Ended => return,
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
        if let Some(taping) = self.calls.recordings.get_mut(key) {
            taping.taps = taps;
        }
    }
}

/// The rule of the extension at the end of a leg, and its number.
fn rule(compiled: &CompiledTenant, party: &Party) -> Option<(RecordingRule, String)> {
    let extension = compiled.extension(party.extension?)?;
    Some((extension.recording, extension.number.to_string()))
}
