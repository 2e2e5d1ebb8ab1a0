//! What the exchange has said lately, at hand for whoever hears it next.

use crate::at_hand::{AtHand, Found};
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

/// When a question of which nothing was heard is asked again: a voice takes twenty seconds at most.
pub(crate) const SAID_WITHIN: Duration = Duration::from_secs(25);

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

/// The memory of what was said.
pub(crate) struct Sayings(AtHand<SayAsk>);

impl Default for Sayings {
    fn default() -> Self {
        Sayings::new(0)
    }
}

impl Sayings {
    /// A memory of so many octets.
    pub(crate) fn new(most: usize) -> Sayings {
        Sayings(AtHand::new(most, SAID_WITHIN))
    }

    /// How it stands with this.
    pub(crate) fn of(&mut self, ask: &SayAsk, now: Instant) -> Found {
        self.0.of(ask, now)
    }

    /// What was asked for has come, or there is nothing. What was forgotten meanwhile, such as the
    /// sound of a company that has changed, stays forgotten.
    pub(crate) fn came(&mut self, ask: &SayAsk, found: Option<Arc<Prompt>>, now: Instant) {
        self.0.came(ask, found, now);
    }

    /// The company has changed, and its sounds may have; or it is gone.
    pub(crate) fn forget(&mut self, tenant: TenantId) {
        self.0.forget(.., |ask| ask.tenant == tenant);
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
    use crate::at_hand::NOTHING_FOR;
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
        assert!(matches!(sayings.of(&ask, now), Found::Wanted));
        assert!(matches!(sayings.of(&ask, now), Found::Comes));
        sayings.came(&ask, Some(prompt(1_600)), now);
        assert!(matches!(sayings.of(&ask, now), Found::Here(_)));
    }

    #[test]
    fn what_never_came_is_asked_for_again_and_what_nobody_can_say_after_a_while() {
        let (mut sayings, now) = (Sayings::new(1 << 20), Instant::from_secs(9));
        let ask = ask(1, 7);
        sayings.of(&ask, now);
        let later = now + SAID_WITHIN;
        assert!(matches!(sayings.of(&ask, later), Found::Wanted));
        sayings.came(&ask, None, later);
        assert!(matches!(sayings.of(&ask, later), Found::Nothing));
        let later = later + NOTHING_FOR;
        assert!(matches!(sayings.of(&ask, later), Found::Wanted));
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
        assert!(matches!(sayings.of(&own, now), Found::Wanted));
        assert!(matches!(sayings.of(&other, now), Found::Here(_)));
    }

    #[test]
    fn what_was_used_longest_ago_goes() {
        let (mut sayings, now) = (Sayings::new(5_000), Instant::from_secs(9));
        for number in 0..3 {
            sayings.of(&ask(1, number), now);
            sayings.came(&ask(1, number), Some(prompt(1_600)), now);
        }
        assert!(sayings.0.octets() <= 5_000);
        assert!(matches!(sayings.of(&ask(1, 2), now), Found::Here(_)));
        assert!(matches!(sayings.of(&ask(1, 0), now), Found::Wanted));
    }
}
