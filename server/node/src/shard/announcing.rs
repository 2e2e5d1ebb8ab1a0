//! What is heard of a recording: words before it, a tone when it begins, and again and again.

use super::Shard;
use super::deadlines::Wake;
use crate::at_hand::Found;
use crate::calls::CallKey;
use crate::recordings::{Announcing, Cause, Recorded, Standing};
use crate::sayings::{SayAsk, Wording};
use call::LegId;
use domain::{NoticeTo, RecordedCalls, RecordingNotice, RecordingRule};
use machine::Instant;
use media::{EndpointId, Prompt};
use phrases::{Part, Phrase};
use std::sync::Arc;
use std::time::Duration;

/// How long a voice is waited for before a tone is heard in place of words.
const WORDS_WITHIN: Duration = Duration::from_secs(5);
/// How long words may last before the recording begins all the same: whoever holds, or is held,
/// hears nothing meanwhile.
const HEARD_WITHIN: Duration = Duration::from_secs(15);

/// What is heard of a recording, and by whom.
pub(super) struct Notice {
    pub(super) what: RecordingNotice,
    pub(super) legs: Vec<LegId>,
    /// After how long the tone is heard again.
    every: Option<Duration>,
}

impl Shard {
    /// What is heard of the recording of a call, or of the conference that it attends. Of two
    /// extensions that say something of it, it is the clearer one, for all whom either names.
    pub(super) fn notice_of(&self, key: CallKey) -> Notice {
        let rules = self.notice_rules(key);
        let speaks =
            |rule: &&RecordingRule| rule.announce != RecordingNotice::None || rule.beep_every > 0;
        let all = rules
            .iter()
            .filter(speaks)
            .any(|rule| rule.announce_to == NoticeTo::All);
        let legs = self.parties(key).into_iter();
        let told = legs.filter(|leg| all || self.is_outside(key, *leg));
        let what = rules.iter().map(|rule| rule.announce).max();
        let every = rules.iter().map(|rule| rule.beep_every);
        let every = every.filter(|seconds| *seconds > 0).min();
        Notice {
            what: what.unwrap_or(RecordingNotice::None),
            legs: told.collect(),
            every: every.map(|seconds| Duration::from_secs(seconds.into())),
        }
    }

    /// Who hears or is heard: the two who talk, or the member.
    fn parties(&self, key: CallKey) -> Vec<LegId> {
        if let Some(member) = self.calls.conferences.member(key) {
            return vec![member.leg];
        }
        let pair = self.talking(key);
        pair.map_or_else(Vec::new, |(left, right)| vec![left, right])
    }

    /// The rules by which it is recorded; where it was asked for, those of all who talk.
    fn notice_rules(&self, key: CallKey) -> Vec<RecordingRule> {
        if let Some(member) = self.calls.conferences.member(key) {
            let (tenant, at) = member.place;
            let compiled = self.tenants.compiled(tenant);
            let extension = compiled.as_ref().and_then(|tenant| tenant.extension(at));
            return extension.map(|found| found.recording).into_iter().collect();
        }
        let legs = self.parties(key).into_iter();
        let all: Vec<RecordingRule> = legs
            .filter_map(|leg| Some(self.rule_of(key, leg)?.0))
            .collect();
        let records = |rule: &&RecordingRule| rule.calls != RecordedCalls::None;
        let recording: Vec<RecordingRule> = all.iter().filter(records).copied().collect();
        if recording.is_empty() { all } else { recording }
    }

    /// Words are said to those who are to hear them, and what is to begin begins behind them; false
    /// where nobody is to hear them, or nobody can say them.
    pub(super) fn say_first(
        &mut self,
        key: CallKey,
        notice: &Notice,
        cause: &Cause,
        now: Instant,
    ) -> bool {
        self.announce(key, &notice.legs, Some(cause.clone()), now)
    }

    /// Whoever has come to a conference that is recorded hears it.
    pub(super) fn announce_to_member(&mut self, key: CallKey, now: Instant) {
        let notice = self.notice_of(key);
        match notice.what {
            RecordingNotice::None => {}
            RecordingNotice::Beep => self.beep(key, &notice.legs, now),
            RecordingNotice::Words => {
                if !self.announce(key, &notice.legs, None, now) {
                    self.beep(key, &notice.legs, now);
                }
            }
        }
    }

    fn announce(
        &mut self,
        key: CallKey,
        legs: &[LegId],
        then: Option<Cause>,
        now: Instant,
    ) -> bool {
        self.hush_notice(key);
        let Some(ask) = self.words_for(key, legs).filter(|_| !legs.is_empty()) else {
            return false;
        };
        let (mut hearing, mut waits, mut within) = (Vec::new(), None, HEARD_WITHIN);
        match self.tenants.sayings.of(&ask, now) {
            Found::Here(prompt) => hearing = self.speak_to(key, legs, &prompt, now),
            Found::Nothing => return false,
            Found::Comes => (waits, within) = (Some(ask), WORDS_WITHIN),
            Found::Wanted => {
                self.outbox.sayings.push(ask.clone());
                (waits, within) = (Some(ask), WORDS_WITHIN);
            }
        }
        let announcing = Announcing {
            legs: legs.to_vec(),
            hearing,
            waits,
            then,
            timer: self.timers.arm(now + within, Wake::Announce(key)),
        };
        self.calls.recordings.announcing.insert(key, announcing);
        true
    }

    /// The words, in the language of the first of those who hear them that is of the company.
    fn words_for(&self, key: CallKey, legs: &[LegId]) -> Option<SayAsk> {
        let entry = self.calls.get(key)?;
        let tenant = entry.tenant;
        let mut extensions = legs
            .iter()
            .filter_map(|leg| entry.call.leg(*leg)?.0.extension);
        let language = self
            .tenants
            .compiled(tenant)?
            .language_of(extensions.next());
        let said = vec![Part::Standing(phrases::Standing::Recorded)];
        let wording = Wording::Phrase(language, Phrase(said));
        Some(SayAsk { tenant, wording })
    }

    /// Those of these legs that hear something now.
    fn speak_to(
        &mut self,
        key: CallKey,
        legs: &[LegId],
        prompt: &Arc<Prompt>,
        now: Instant,
    ) -> Vec<EndpointId> {
        let mut hearing = Vec::with_capacity(legs.len());
        for leg in legs {
            let Some(owner) = self.calls.get(key).and_then(|entry| entry.owner(*leg)) else {
                continue;
            };
            let prompt = Arc::clone(prompt);
            self.with_leg(owner, now, |sip, desk, _| sip.play_own(prompt, false, desk));
            hearing.extend(self.legs.get(owner).map(|leg| leg.sip.sound().endpoint()));
        }
        hearing
    }

    /// The words that were waited for have come, or nobody can say them.
    pub(super) fn words_came(&mut self, ask: &SayAsk, found: Option<&Arc<Prompt>>, now: Instant) {
        let announcing = self.calls.recordings.announcing.iter();
        let waiting = announcing.filter(|(_, one)| one.waits.as_ref() == Some(ask));
        let waiting: Vec<CallKey> = waiting.map(|(key, _)| *key).collect();
        for key in waiting {
            let Some(one) = self.calls.recordings.announcing.get_mut(&key) else {
                continue;
            };
            one.waits = None;
            let legs = one.legs.clone();
            let Some(prompt) = found else {
                self.notice_over(key, false, now);
                continue;
            };
            let hearing = self.speak_to(key, &legs, prompt, now);
            let timer = self.timers.arm(now + HEARD_WITHIN, Wake::Announce(key));
            if let Some(one) = self.calls.recordings.announcing.get_mut(&key) {
                one.hearing = hearing;
                let before = std::mem::replace(&mut one.timer, timer);
                self.timers.cancel(before);
            }
        }
    }

    /// Somebody has heard to its end what was said to it.
    pub(super) fn notice_heard(&mut self, id: EndpointId, now: Instant) {
        let Some((key, _)) = self.calls.of_endpoint(id) else {
            return;
        };
        let Some(one) = self.calls.recordings.announcing.get_mut(&key) else {
            return;
        };
        one.hearing.retain(|hearing| *hearing != id);
        if one.hearing.is_empty() && one.waits.is_none() {
            self.notice_over(key, true, now);
        }
    }

    /// It was waited long enough: for a voice, or for the end of what it says.
    pub(super) fn notice_late(&mut self, key: CallKey, now: Instant) {
        let one = self.calls.recordings.announcing.get(&key);
        let said = one.is_some_and(|one| one.waits.is_none());
        self.notice_over(key, said, now);
    }

    /// All have heard it, or nobody will; then a tone says it. What is to begin begins.
    fn notice_over(&mut self, key: CallKey, said: bool, now: Instant) {
        let Some(one) = self.hush_notice(key) else {
            return;
        };
        if let Some(cause) = one.then {
            let pair = self.talking(key);
            let Some(pair) = pair.filter(|_| self.calls.recordings.live(key).is_none()) else {
                return;
            };
            if !self.start_recording(key, pair, cause, now) {
                return;
            }
            self.tap(key, pair, now);
        }
        if !said {
            self.beep(key, &one.legs, now);
        }
    }

    /// Nothing is announced any more in a call; what was.
    pub(super) fn hush_notice(&mut self, key: CallKey) -> Option<Announcing> {
        let one = self.calls.recordings.announcing.remove(&key)?;
        self.timers.cancel(one.timer);
        Some(one)
    }

    /// Parties hear the tone once.
    pub(super) fn beep(&mut self, key: CallKey, legs: &[LegId], now: Instant) {
        let book = self.config.prompts;
        for leg in legs {
            let owner = self.calls.get(key).and_then(|entry| entry.owner(*leg));
            if let Some(owner) = owner {
                self.with_leg(owner, now, |sip, desk, _| sip.beep(&book, desk));
            }
        }
    }

    /// The tone is to be heard again after a while, if it is at all.
    pub(super) fn beep_later(&mut self, of: Recorded, now: Instant) {
        let first = self.calls_of(of).first().copied();
        let every = first.and_then(|key| self.notice_of(key).every);
        if let Some(taping) = self.calls.recordings.get_mut(of) {
            taping.beeps = every.map(|every| self.timers.arm(now + every, Wake::Beep(of)));
        }
    }

    /// The tone is heard again, unless the recording is paused.
    pub(super) fn beep_again(&mut self, of: Recorded, now: Instant) {
        let Some(standing) = self.calls.recordings.live(of).map(|taping| taping.standing) else {
            return;
        };
        if standing == Standing::On {
            for key in self.calls_of(of) {
                let notice = self.notice_of(key);
                self.beep(key, &notice.legs, now);
            }
        }
        self.beep_later(of, now);
    }

    /// The calls that a recording is of.
    fn calls_of(&self, of: Recorded) -> Vec<CallKey> {
        match of {
            Recorded::Call(key) => vec![key],
            Recorded::Room(place) => {
                let members = self.calls.conferences.of(place);
                members.map(|(key, _)| key).collect()
            }
        }
    }
}
