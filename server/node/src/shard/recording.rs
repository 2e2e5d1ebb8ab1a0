//! Recording calls: which are recorded, from when, and whose packets go there.

use super::Shard;
use crate::calls::CallKey;
use crate::recordings::{
    Beginning, Cause, FormerRecording, Recorded, RecordingOrder, Standing, Taping,
};
use call::{Bridge, LegId, LegStage, Party};
use domain::{CompiledTenant, RecordedSides, RecordingKeeper, RecordingNotice, RecordingRule};
use machine::Instant;
use media::{Command, EndpointId, Side, Tap};
use ports::{LiveError, RecordingWish};

/// The rule that explains why a call is recorded without being asked.
const RULE: &str = "record.extension";
/// The rule that explains why it is recorded, or no more, on somebody's wish.
pub(super) const WISH: &str = "record.wish";
/// The rule that explains why it is not recorded although it ought to be.
const CROWDED: &str = "record.crowded";

/// The two that talk with each other, who has called first.
pub(super) type Pair = (LegId, LegId);

/// Who has something recorded that is not by itself.
pub(super) struct Asker<'a> {
    pub(super) whose: &'a str,
    pub(super) by_phone: bool,
}

impl Shard {
    /// Tells of recordings that a former process has begun and not ended. To be called before
    /// [`Shard::restore`]; what of it belongs to nothing that goes on is over.
    pub fn resume_recordings(&mut self, former: Vec<FormerRecording>) {
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
            let id = self.calls.get(key).map(|entry| entry.call.id());
            let former = id.and_then(|id| self.calls.recordings.former_of_call(id));
            if let Some(former) = former {
                let kept_by = self.keeper_of(key, pair);
                self.resume_recording(key, pair, (former, kept_by, why.is_none()), now);
            } else if let Some(cause) = why {
                self.begin_recording(key, pair, cause, now);
            }
        }
        self.tap(key, pair, now);
    }

    /// Begins, pauses or ends the recording of a call, or of the conference that it attends, on
    /// somebody's wish.
    pub(super) fn wish(
        &mut self,
        key: CallKey,
        wish: RecordingWish,
        asker: &Asker<'_>,
        now: Instant,
    ) -> Result<(), LiveError> {
        let of = self.recorded_of(key);
        let standing = self.calls.recordings.live(of).map(|taping| taping.standing);
        let whose = asker.whose;
        match (wish, standing) {
            (RecordingWish::On(_), Some(Standing::On))
            | (RecordingWish::Paused, Some(Standing::Paused))
            | (RecordingWish::Off, None | Some(Standing::Ended)) => {
                // what is announced and has not begun does not begin
                if wish == RecordingWish::Off {
                    self.hush_notice(key);
                }
                Ok(())
            }
            (RecordingWish::Paused, None | Some(Standing::Ended)) => Err(LiveError::NotNow),
            (RecordingWish::On(sides), None | Some(Standing::Ended)) => match of {
                Recorded::Call(key) => self.begin_by_wish(key, (sides, asker), now),
                Recorded::Room(place) => self.begin_room_by_wish(key, place, asker, now),
            },
            (RecordingWish::On(_), Some(Standing::Paused)) => {
                self.set_standing(of, Standing::On, now);
                self.explain(key, WISH, format!("goes on: {whose}"), now);
                match of {
                    Recorded::Call(key) => {
                        if let Some(pair) = self.talking(key) {
                            self.tap(key, pair, now);
                        }
                    }
                    Recorded::Room(place) => self.tap_room(place),
                }
                Ok(())
            }
            (RecordingWish::Paused, Some(Standing::On)) => {
                self.untap_all(of);
                self.set_standing(of, Standing::Paused, now);
                self.explain(key, WISH, format!("paused: {whose}"), now);
                Ok(())
            }
            (RecordingWish::Off, Some(Standing::On | Standing::Paused)) => {
                self.untap_all(of);
                self.stop_recording(of, now);
                self.explain(key, WISH, format!("ended: {whose}"), now);
                self.keep_soon(key, now);
                Ok(())
            }
        }
    }

    /// A telephone's key for recording was pressed. What its extension does not allow it, and what
    /// it has not begun and would end, changes nothing.
    pub(super) fn phone_records(&mut self, key: CallKey, leg: LegId, on: bool, now: Instant) {
        let Some((rule, number)) = self.rule_of(key, leg).filter(|(rule, _)| rule.by_phone) else {
            return;
        };
        let whose = format!("the key of a phone of {number}");
        let asker = Asker {
            whose: &whose,
            by_phone: true,
        };
        let of = self.recorded_of(key);
        let live = self.calls.recordings.live(of).map(|taping| taping.by_phone);
        let _refused = match (on, live) {
            (true, None) => self.wish(key, RecordingWish::On(Some(rule.sides)), &asker, now),
            (false, Some(true)) => self.wish(key, RecordingWish::Off, &asker, now),
            (true, Some(_)) | (false, Some(false) | None) => Ok(()),
        };
    }

    /// The call has ended, and its recording with it.
    pub(super) fn end_recording(&mut self, key: CallKey, now: Instant) {
        self.hush_notice(key);
        self.stop_recording(key.into(), now);
        self.calls.recordings.forget(key.into());
    }

    /// The packets of a leg that goes over to another call go to this one's recording no more.
    pub(super) fn untap(&mut self, key: CallKey, endpoint: EndpointId) {
        self.part_from_server(key, endpoint);
        let Some(taping) = self.calls.recordings.get_mut(key) else {
            return;
        };
        if let Some(at) = taping.taps.iter().position(|tapped| *tapped == endpoint) {
            taping.taps.swap_remove(at);
            let (id, tap) = (endpoint, None);
            self.outbox.media.push(Command::Tap { id, tap });
        }
    }

    fn untap_all(&mut self, of: Recorded) {
        if let Recorded::Room(place) = of {
            return self.untap_room(place);
        }
        let taping = self.calls.recordings.get_mut(of);
        let taps = taping.map(|taping| std::mem::take(&mut taping.taps));
        for id in taps.unwrap_or_default() {
            self.outbox.media.push(Command::Tap { id, tap: None });
        }
    }

    pub(super) fn stop_recording(&mut self, of: Recorded, now: Instant) {
        if let Some(taping) = self.calls.recordings.end(of) {
            if let Some(timer) = taping.beeps {
                self.timers.cancel(timer);
            }
            let (id, at) = (taping.id, now);
            if taping.kept_by.has_exchange() {
                self.outbox.recordings.push(RecordingOrder::End { id, at });
            }
            if let Recorded::Call(key) = of {
                self.end_server(key, now);
            }
        }
    }

    fn set_standing(&mut self, of: Recorded, standing: Standing, now: Instant) {
        let Some(taping) = self.calls.recordings.get_mut(of) else {
            return;
        };
        taping.standing = standing;
        let (id, paused) = (taping.id, standing == Standing::Paused);
        if taping.kept_by.has_exchange() {
            let order = RecordingOrder::Pause { id, paused };
            self.outbox.recordings.push(order);
        }
        if let Recorded::Call(key) = of {
            self.pause_server(key, paused, now);
        }
    }

    /// What is recorded where a call is: its conference, or itself.
    pub(super) fn recorded_of(&self, key: CallKey) -> Recorded {
        let member = self.calls.conferences.member(key);
        member.map_or(key.into(), |member| member.place.into())
    }

    /// The two that talk with each other, who has called first; `None` before the call is answered
    /// and while there are not two.
    pub(super) fn talking(&self, key: CallKey) -> Option<Pair> {
        let entry = self.calls.get(key)?;
        let Bridge::Legs(a, b) = entry.call.bridge() else {
            return None;
        };
        let is_up = |leg| matches!(entry.call.leg(leg), Some((_, LegStage::Up)));
        (is_up(a) && is_up(b)).then_some(if a <= b { (a, b) } else { (b, a) })
    }

    /// The rule of the extension at the end of a leg, and its number.
    pub(super) fn rule_of(&self, key: CallKey, leg: LegId) -> Option<(RecordingRule, String)> {
        let entry = self.calls.get(key)?;
        let compiled = self.tenants.compiled(entry.tenant)?;
        rule(&compiled, entry.call.leg(leg)?.0)
    }

    /// For whose sake this call is recorded without being asked, and whose voice is kept; `None`
    /// where it is for nobody's. Of two who want it, it is the caller's.
    fn recorded_because(&self, key: CallKey, pair: Pair) -> Option<Cause> {
        let external = self.is_outside(key, pair.0) || self.is_outside(key, pair.1);
        let rules = [pair.0, pair.1].map(|leg| self.rule_of(key, leg));
        let mut wishes = rules.into_iter().flatten();
        let (rule, number) = wishes.find(|(rule, _)| rule.calls.has(external))?;
        Some(Cause {
            rule: RULE,
            because: format!("calls of extension {number} are recorded"),
            by_phone: false,
            sides: rule.sides,
            kept_by: rule.kept_by,
        })
    }

    /// Whether a leg comes or goes by a trunk.
    pub(super) fn is_outside(&self, key: CallKey, leg: LegId) -> bool {
        let entry = self.calls.get(key);
        let party = entry.and_then(|entry| Some(entry.call.leg(leg)?.0));
        party.is_some_and(|party| party.trunk.is_some())
    }

    fn begin_by_wish(
        &mut self,
        key: CallKey,
        (sides, asker): (Option<RecordedSides>, &Asker<'_>),
        now: Instant,
    ) -> Result<(), LiveError> {
        let pair = self.talking(key).ok_or(LiveError::NotNow)?;
        let usual = self.usual_rule(key, pair);
        let kept_by = usual.as_ref().map(|(rule, _)| rule.kept_by);
        let sides = sides.or(usual.map(|(rule, _)| rule.sides));
        let cause = Cause {
            rule: WISH,
            because: asker.whose.to_owned(),
            by_phone: asker.by_phone,
            sides: sides.unwrap_or_default(),
            kept_by: kept_by.unwrap_or_default(),
        };
        if !self.begin_recording(key, pair, cause, now) {
            return Err(LiveError::NotNow);
        }
        self.tap(key, pair, now);
        Ok(())
    }

    /// The rule by which a call of two is recorded where somebody asks for it: the caller's, if it
    /// has one.
    fn usual_rule(&self, key: CallKey, pair: Pair) -> Option<(RecordingRule, String)> {
        let rules = [pair.0, pair.1].map(|leg| self.rule_of(key, leg));
        rules.into_iter().flatten().next()
    }

    /// Who keeps a recording of a former process that goes on.
    fn keeper_of(&self, key: CallKey, pair: Pair) -> RecordingKeeper {
        let cause = self.recorded_because(key, pair).map(|cause| cause.kept_by);
        let usual = || Some(self.usual_rule(key, pair)?.0.kept_by);
        // the exchange has kept it, whoever is to now
        match cause.or_else(usual).unwrap_or_default().has_server() {
            true => RecordingKeeper::Both,
            false => RecordingKeeper::Exchange,
        }
    }

    /// A recording begins, behind the words that say so where there are any; whether it does.
    fn begin_recording(&mut self, key: CallKey, pair: Pair, cause: Cause, now: Instant) -> bool {
        let notice = self.notice_of(key);
        let in_words = notice.what == RecordingNotice::Words;
        if in_words && self.say_first(key, &notice, &cause, now) {
            return true;
        }
        let begun = self.start_recording(key, pair, cause, now);
        // where nobody can say the words, a tone is better than nothing
        if begun && notice.what != RecordingNotice::None {
            self.beep(key, &notice.legs, now);
        }
        begun
    }

    /// A recording begins now.
    pub(super) fn start_recording(
        &mut self,
        key: CallKey,
        pair: Pair,
        cause: Cause,
        now: Instant,
    ) -> bool {
        let id = self.recording_id(now);
        let taping = Taping {
            kept_by: cause.kept_by,
            ..Taping::new(id, cause.sides, cause.by_phone)
        };
        if !self.open_recording(key, pair, (taping, false), now) {
            return false;
        }
        self.explain(key, cause.rule, cause.because, now);
        if cause.kept_by.has_server() {
            self.call_server(key, pair, now);
        }
        true
    }

    /// A recording of a former process goes on with its call, paused if it was.
    fn resume_recording(
        &mut self,
        key: CallKey,
        pair: Pair,
        (former, kept_by, by_phone): (FormerRecording, RecordingKeeper, bool),
        now: Instant,
    ) {
        let taping = Taping {
            kept_by,
            ..former.taping(by_phone)
        };
        let opened = self.open_recording(key, pair, (taping, true), now);
        if opened && kept_by.has_server() && !former.paused {
            self.call_server(key, pair, now);
        }
    }

    fn open_recording(
        &mut self,
        key: CallKey,
        pair: Pair,
        (taping, resumed): (Taping, bool),
        now: Instant,
    ) -> bool {
        let Some(entry) = self.calls.get(key) else {
            return false;
        };
        let number = |leg| {
            let party = entry.call.leg(leg).map(|(party, _)| party.number.clone());
            party.unwrap_or_default()
        };
        let beginning = Beginning {
            id: taping.id,
            tenant: entry.tenant,
            call: entry.call.id(),
            conference: None,
            client: None,
            caller: number(pair.0),
            called: number(pair.1),
            sides: taping.sides,
            began: self.clock.wall(now),
            at: now,
            resumed,
        };
        self.open(key, (key.into(), taping), beginning, now)
    }

    /// Lets a recording begin, or says in the record of a call why it cannot.
    pub(super) fn open(
        &mut self,
        key: CallKey,
        (of, taping): (Recorded, Taping),
        beginning: Beginning,
        now: Instant,
    ) -> bool {
        let most = self.config.limits.recordings;
        let kept_here = taping.kept_by.has_exchange();
        if !self.calls.recordings.begin(of, taping, most) {
            let because = format!("{most} calls are being recorded, as many as may be");
            self.explain(key, CROWDED, because, now);
            return false;
        }
        if kept_here {
            let order = RecordingOrder::Begin(Box::new(beginning));
            self.outbox.recordings.push(order);
        }
        self.beep_later(of, now);
        true
    }

    /// Lets the packets of two legs go to their call's recording, while it is on.
    pub(super) fn tap(&mut self, key: CallKey, (left, right): Pair, now: Instant) {
        let (Some(entry), Some(taping)) = (self.calls.get(key), self.calls.recordings.get(key))
        else {
            return;
        };
        match taping.standing {
            Standing::On => {}
            Standing::Paused | Standing::Ended => return,
        }
        let (recording, sides) = (taping.id.as_u128(), taping.sides);
        let kept_here = taping.kept_by.has_exchange();
        let both = [
            (left, Side::Left, sides.has_caller()),
            (right, Side::Right, sides.has_called()),
        ];
        let mut taps = Vec::with_capacity(2);
        for (leg, side, _) in both.into_iter().filter(|(.., kept)| *kept && kept_here) {
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
        self.send_sides(key, (left, right), now);
    }
}

/// The rule of the extension at the end of a leg, and its number.
fn rule(compiled: &CompiledTenant, party: &Party) -> Option<(RecordingRule, String)> {
    let extension = compiled.extension(party.extension?)?;
    Some((extension.recording, extension.number.to_string()))
}
