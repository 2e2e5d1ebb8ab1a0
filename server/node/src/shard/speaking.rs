//! What the exchange says to callers: the clock, their own number, announcements of companies.

use super::Shard;
use super::deadlines::Wake;
use crate::at_hand::Found;
use crate::calls::CallKey;
use crate::sayings::{Listener, SAID_WITHIN, SayAsk, Wording};
use call::{HangUp, Input, LegId, Prompt};
use domain::AnnouncementRule;
use ids::ExtensionId;
use machine::Instant;
use media::{EndpointId, Prompt as Recording};
use phrases::{Part, Phrase, Standing};
use routing::Spoken;
use std::sync::Arc;
use std::time::Duration;

use crate::turn::Work;

/// How long the clock is silent between two times.
const CLOCK_PAUSE: Duration = Duration::from_secs(10);
/// The same of whatever else is said again.
const PAUSE: Duration = Duration::from_secs(2);

impl Shard {
    /// A leg hears something that is said to it: at once where that is at hand, and else when a
    /// thread that may wait has found it. Where nobody can say it, it hears the exchange's own
    /// announcement.
    pub(super) fn say(&mut self, key: CallKey, leg: LegId, spoken: Spoken, now: Instant) {
        self.fall_silent(key);
        let ask = self.wording(key, leg, spoken, now);
        let saying = match &ask {
            Some(ask) => self.tenants.sayings.of(ask, now),
            None => Found::Nothing,
        };
        let mut listener = Listener {
            leg,
            spoken,
            waits: None,
            timer: None,
        };
        match saying {
            Found::Here(prompt) => self.speak(key, leg, prompt, now),
            Found::Nothing => return self.play_instead(key, leg, now),
            Found::Comes | Found::Wanted => {
                if matches!(saying, Found::Wanted) {
                    self.outbox.sayings.extend(ask.clone());
                }
                listener.waits = ask;
                let timer = self.timers.arm(now + SAID_WITHIN, Wake::Say(key));
                listener.timer = Some(timer);
            }
        }
        self.calls.listeners.insert(key, listener);
    }

    /// Nothing is said any more to anybody of a call.
    pub(super) fn fall_silent(&mut self, key: CallKey) {
        let listener = self.calls.listeners.remove(&key);
        if let Some(timer) = listener.and_then(|listener| listener.timer) {
            self.timers.cancel(timer);
        }
    }

    /// What was to be said is there, or nobody can say it. Whoever waits for it hears it.
    pub fn said(&mut self, ask: &SayAsk, found: Option<Arc<Recording>>, now: Instant) {
        self.guard(now, |shard| {
            shard.tenants.sayings.came(ask, found.clone(), now);
            shard.words_came(ask, found.as_ref(), now);
            let waiting = shard.calls.listeners.iter();
            let waiting = waiting.filter(|(_, listener)| listener.waits.as_ref() == Some(ask));
            let waiting: Vec<(CallKey, LegId)> =
                waiting.map(|(key, who)| (*key, who.leg)).collect();
            for (key, leg) in waiting {
                let Some(prompt) = &found else {
                    shard.fall_silent(key);
                    shard.play_instead(key, leg, now);
                    continue;
                };
                shard.no_more_waiting(key);
                shard.speak(key, leg, Arc::clone(prompt), now);
            }
        });
    }

    /// The end of what was said to a leg was reached: it is said again after a pause, or the call
    /// ends.
    pub(super) fn heard_out(&mut self, id: EndpointId, now: Instant) {
        let Some((key, leg)) = self.calls.of_endpoint(id) else {
            return;
        };
        let Some(listener) = self.calls.listeners.get(&key).filter(|who| who.leg == leg) else {
            return;
        };
        let pause = match listener.spoken {
            Spoken::Clock => CLOCK_PAUSE,
            Spoken::OwnNumber => PAUSE,
            Spoken::Announcement(at) => {
                let rule = self.announcement(key, at);
                if rule.is_some_and(|rule| !rule.again) {
                    let because = "the announcement has been heard".to_owned();
                    let input = Input::HangUp(HangUp::Policy(because));
                    self.turn.work.push_back(Work::Input(key, input));
                    return;
                }
                PAUSE
            }
        };
        let timer = self.timers.arm(now + pause, Wake::Say(key));
        if let Some(listener) = self.calls.listeners.get_mut(&key) {
            listener.timer = Some(timer);
        }
    }

    /// A pause is over, or it was waited long enough for a voice.
    pub(super) fn say_again(&mut self, key: CallKey, now: Instant) {
        if let Some(listener) = self.calls.listeners.get_mut(&key) {
            listener.timer = None;
            let (leg, spoken) = (listener.leg, listener.spoken);
            self.say(key, leg, spoken, now);
        }
    }

    fn no_more_waiting(&mut self, key: CallKey) {
        let Some(listener) = self.calls.listeners.get_mut(&key) else {
            return;
        };
        listener.waits = None;
        if let Some(timer) = listener.timer.take() {
            self.timers.cancel(timer);
        }
    }

    fn speak(&mut self, key: CallKey, leg: LegId, prompt: Arc<Recording>, now: Instant) {
        let owner = self.calls.get(key).and_then(|entry| entry.owner(leg));
        if let Some(owner) = owner {
            self.with_leg(owner, now, |sip, desk, _| sip.play_own(prompt, false, desk));
        }
    }

    fn play_instead(&mut self, key: CallKey, leg: LegId, now: Instant) {
        let book = self.config.prompts;
        let owner = self.calls.get(key).and_then(|entry| entry.owner(leg));
        if let Some(owner) = owner {
            self.with_leg(owner, now, |sip, desk, _| {
                sip.play(Prompt::Announcement, &book, desk);
            });
        }
    }

    fn announcement(&self, key: CallKey, at: ExtensionId) -> Option<AnnouncementRule> {
        let entry = self.calls.get(key)?;
        let compiled = self.tenants.compiled(entry.tenant)?;
        let rule = compiled.extension(at)?.announcement.as_deref();
        rule.cloned()
    }

    /// What is said, as the company and the moment will have it; `None` for what needs no words.
    fn wording(&self, key: CallKey, leg: LegId, spoken: Spoken, now: Instant) -> Option<SayAsk> {
        let entry = self.calls.get(key)?;
        let compiled = self.tenants.compiled(entry.tenant)?;
        let party = entry.call.leg(leg)?.0;
        let theirs = compiled.language_of(party.extension);
        let wording = match spoken {
            Spoken::Clock => {
                let (date, time) = compiled.clock_shows(self.clock.wall(now))?;
                Wording::Phrase(theirs, Phrase(vec![Part::Date(date), Part::Time(time)]))
            }
            Spoken::OwnNumber => {
                let standing = Part::Standing(Standing::Extension);
                let number = Part::Digits(party.number.clone());
                Wording::Phrase(theirs, Phrase(vec![standing, number]))
            }
            Spoken::Announcement(at) => {
                let rule = compiled.extension(at)?.announcement.as_deref()?;
                match (&rule.sound, &rule.text) {
                    (Some(sound), _) => Wording::Sound(sound.clone()),
                    (None, Some(text)) => {
                        Wording::Text(compiled.language_of(Some(at)), text.clone())
                    }
                    (None, None) => return None,
                }
            }
        };
        let tenant = entry.tenant;
        Some(SayAsk { tenant, wording })
    }
}
