//! What the exchange has said lately, encoded and at hand: what was used longest ago goes first.
//! Whoever still hears what has gone holds it until the end.

use crate::call_key::CallKey;
use call::LegId;
use domain::Language;
use ids::TenantId;
use machine::{Instant, TimerHandle};
use media::Prompt;
use phrases::Phrase;
use routing::Spoken;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// What an entry counts for beside the octets of its sound.
const ENTRY: usize = 512;
/// When a question of which nothing was heard is asked again: a voice takes twenty seconds at most.
pub(crate) const SAID_WITHIN: Duration = Duration::from_secs(25);
/// How long it is believed that there is nothing to be heard.
const NOTHING_FOR: Duration = Duration::from_secs(60);

/// What is to be heard.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wording {
    /// A phrase, by the rules of a language.
    Phrase(Language, Phrase),
    /// A text that the company has written.
    Text(Language, String),
    /// The company's own sound of this name.
    Sound(String),
}

/// Something that is to be said in a company's name. Each is answered by
/// [`Shard::said`](crate::Shard::said), whatever comes of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SayAsk {
    /// The company.
    pub tenant: TenantId,
    /// What.
    pub wording: Wording,
}

/// How it stands with something that is to be said.
#[derive(Clone, Debug)]
pub(crate) enum Saying {
    /// Here it is.
    Here(Arc<Prompt>),
    /// Nobody can say it.
    Nothing,
    /// It is on its way.
    Comes,
    /// It is to be asked for.
    Wanted,
}

enum What {
    Asked(Instant),
    Nothing(Instant),
    Here(Arc<Prompt>),
}

struct Entry {
    what: What,
    /// The turn in which it was used last.
    used: u64,
}

impl Entry {
    fn octets(&self) -> usize {
        match &self.what {
            What::Here(prompt) => ENTRY + prompt.len(),
            What::Asked(_) | What::Nothing(_) => ENTRY,
        }
    }
}

/// The memory of what was said.
#[derive(Default)]
pub(crate) struct Sayings {
    most: usize,
    entries: BTreeMap<SayAsk, Entry>,
    octets: usize,
    turn: u64,
}

impl Sayings {
    /// A memory of so many octets.
    pub(crate) fn new(most: usize) -> Sayings {
        Sayings {
            most,
            ..Sayings::default()
        }
    }

    /// How it stands with this; what is wanted counts as asked for from now on.
    pub(crate) fn of(&mut self, ask: &SayAsk, now: Instant) -> Saying {
        self.turn += 1;
        if let Some(entry) = self.entries.get_mut(ask) {
            entry.used = self.turn;
            match &entry.what {
                What::Here(prompt) => return Saying::Here(Arc::clone(prompt)),
                What::Asked(at) if now < *at + SAID_WITHIN => return Saying::Comes,
                What::Nothing(at) if now < *at + NOTHING_FOR => return Saying::Nothing,
                What::Asked(_) | What::Nothing(_) => {}
            }
        }
        self.put(ask, What::Asked(now));
        Saying::Wanted
    }

    /// What was asked for has come, or there is nothing. What was forgotten meanwhile, such as the
    /// sound of a company that has changed, stays forgotten.
    pub(crate) fn came(&mut self, ask: &SayAsk, found: Option<Arc<Prompt>>, now: Instant) {
        if self.entries.contains_key(ask) {
            self.put(ask, found.map_or(What::Nothing(now), What::Here));
        }
    }

    /// The company has changed, and its sounds may have; or it is gone.
    pub(crate) fn forget(&mut self, tenant: TenantId) {
        let own = self.entries.keys().filter(|ask| ask.tenant == tenant);
        let own: Vec<SayAsk> = own.cloned().collect();
        for ask in own {
            self.remove(&ask);
        }
    }

    fn remove(&mut self, ask: &SayAsk) {
        if let Some(entry) = self.entries.remove(ask) {
            self.octets = self.octets.saturating_sub(entry.octets());
        }
    }

    fn put(&mut self, ask: &SayAsk, what: What) {
        self.remove(ask);
        let used = self.turn;
        let entry = Entry { what, used };
        self.octets += entry.octets();
        self.entries.insert(ask.clone(), entry);
        while self.octets > self.most
            && let Some(oldest) = self.oldest_but(ask)
        {
            self.remove(&oldest);
        }
    }

    fn oldest_but(&self, ask: &SayAsk) -> Option<SayAsk> {
        let others = self.entries.iter().filter(|(other, _)| *other != ask);
        let oldest = others.min_by_key(|(_, entry)| entry.used);
        oldest.map(|(ask, _)| ask.clone())
    }
}

/// Somebody to whom something is said.
#[derive(Clone, Debug)]
pub(crate) struct Listener {
    pub(crate) leg: LegId,
    pub(crate) spoken: Spoken,
    /// What is on its way to it.
    pub(crate) waits: Option<SayAsk>,
    /// When it is said again, or asked for again.
    pub(crate) timer: Option<TimerHandle>,
}

/// Those to whom something is said: at most one of each call.
pub(crate) type Listeners = BTreeMap<CallKey, Listener>;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use phrases::Part;

    fn ask(tenant: u128, number: i64) -> SayAsk {
        SayAsk {
            tenant: TenantId::new(1, tenant),
            wording: Wording::Phrase(Language::En, Phrase(vec![Part::Number(number)])),
        }
    }

    fn prompt(octets: usize) -> Arc<Prompt> {
        Arc::new(Prompt::encoded(vec![1; octets], Vec::new(), Vec::new()))
    }

    #[test]
    fn what_was_said_is_at_hand_for_whoever_hears_it_next() {
        let (mut sayings, now) = (Sayings::new(1 << 20), Instant::from_secs(9));
        let ask = ask(1, 7);
        assert!(matches!(sayings.of(&ask, now), Saying::Wanted));
        assert!(matches!(sayings.of(&ask, now), Saying::Comes));
        sayings.came(&ask, Some(prompt(1_600)), now);
        assert!(matches!(sayings.of(&ask, now), Saying::Here(_)));
    }

    #[test]
    fn what_never_came_is_asked_for_again_and_what_nobody_can_say_after_a_while() {
        let (mut sayings, now) = (Sayings::new(1 << 20), Instant::from_secs(9));
        let ask = ask(1, 7);
        sayings.of(&ask, now);
        let later = now + SAID_WITHIN;
        assert!(matches!(sayings.of(&ask, later), Saying::Wanted));
        sayings.came(&ask, None, later);
        assert!(matches!(sayings.of(&ask, later), Saying::Nothing));
        let later = later + NOTHING_FOR;
        assert!(matches!(sayings.of(&ask, later), Saying::Wanted));
    }

    #[test]
    fn a_company_that_has_changed_is_asked_for_anew_and_others_are_not() {
        let (mut sayings, now) = (Sayings::new(1 << 20), Instant::from_secs(9));
        let (own, other) = (ask(1, 7), ask(2, 7));
        for ask in [&own, &other] {
            sayings.of(ask, now);
            sayings.came(ask, Some(prompt(1_600)), now);
        }
        sayings.forget(own.tenant);
        assert!(matches!(sayings.of(&own, now), Saying::Wanted));
        assert!(matches!(sayings.of(&other, now), Saying::Here(_)));
    }

    #[test]
    fn what_was_used_longest_ago_goes() {
        let (mut sayings, now) = (Sayings::new(5_000), Instant::from_secs(9));
        for number in 0..3 {
            sayings.of(&ask(1, number), now);
            sayings.came(&ask(1, number), Some(prompt(1_600)), now);
        }
        assert!(sayings.octets <= 5_000);
        assert!(matches!(sayings.of(&ask(1, 2), now), Saying::Here(_)));
        assert!(matches!(sayings.of(&ask(1, 0), now), Saying::Wanted));
    }
}
