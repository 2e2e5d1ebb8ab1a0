//! The companies' own music on hold, encoded and at hand while it is used: what was used longest
//! ago goes first. Whoever still plays what has gone holds it until it has played it.

use domain::CompiledTenant;
use ids::{SoundId, TenantId};
use machine::Instant;
use media::Prompt;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tenancy::TenantScope;

/// What a company's entry counts for beside the octets of its music.
const ENTRY: usize = 512;
/// When a question of which nothing was heard is asked again.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);
/// How long it is believed that there is nothing to be played.
const NOTHING_FOR: Duration = Duration::from_secs(60);
/// Calls of one company that change over to its music once it comes; those beyond it hear the
/// exchange's until they are held again.
pub(crate) const WAITING_MAX: usize = 256;

/// A company's music that is wanted. Each is answered by [`Shard::music`](crate::Shard::music),
/// whatever comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MusicAsk {
    /// The company.
    pub tenant: TenantId,
    /// Its sound.
    pub sound: SoundId,
    /// Revision of the sound's document.
    pub revision: u64,
}

/// How it stands with a company's own music.
#[derive(Clone, Debug)]
pub(crate) enum Own {
    /// It has none, or none that can be played.
    None,
    /// Here it is.
    Here(Arc<Prompt>),
    /// It is on its way.
    Comes,
    /// It is to be fetched.
    Wanted(MusicAsk),
}

enum What {
    Asked(Instant),
    Nothing(Instant),
    Here(Arc<Prompt>),
}

struct Entry {
    ask: MusicAsk,
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

/// How the memory of music is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MusicFigures {
    /// Octets of music at hand.
    pub octets: usize,
    /// How often a company's music was at hand.
    pub found: u64,
    /// How often it had to be fetched.
    pub fetched: u64,
    /// How often one had to go for another.
    pub dropped: u64,
}

/// The memory of music.
#[derive(Default)]
pub(crate) struct Music {
    most: usize,
    entries: BTreeMap<TenantId, Entry>,
    turn: u64,
    figures: MusicFigures,
}

impl Music {
    /// A memory of so many octets.
    pub(crate) fn new(most: usize) -> Music {
        Music {
            most,
            entries: BTreeMap::new(),
            turn: 0,
            figures: MusicFigures::default(),
        }
    }

    pub(crate) fn figures(&self) -> MusicFigures {
        self.figures
    }

    /// The own music of the company of a scope, as its document says at present. Only whoever acts
    /// for the company gets at it.
    pub(crate) fn of(
        &mut self,
        scope: &TenantScope,
        compiled: &CompiledTenant,
        now: Instant,
    ) -> Own {
        let tenant = scope.tenant();
        let own = compiled.own_music().filter(|_| compiled.id() == tenant);
        let Some((sound, revision)) = own else {
            self.forget(tenant);
            return Own::None;
        };
        let ask = MusicAsk {
            tenant,
            sound,
            revision,
        };
        self.turn += 1;
        let known = self.entries.get_mut(&tenant).filter(|e| e.ask == ask);
        if let Some(entry) = known {
            entry.used = self.turn;
            match &entry.what {
                What::Here(prompt) => {
                    self.figures.found += 1;
                    return Own::Here(Arc::clone(prompt));
                }
                What::Asked(at) if now < *at + ANSWERED_WITHIN => return Own::Comes,
                What::Nothing(at) if now < *at + NOTHING_FOR => return Own::None,
                What::Asked(_) | What::Nothing(_) => {}
            }
        }
        self.put(ask, What::Asked(now));
        Own::Wanted(ask)
    }

    /// What was asked for has come, or there is nothing; whether anybody still wants it.
    pub(crate) fn came(&mut self, ask: MusicAsk, found: Option<Arc<Prompt>>, now: Instant) -> bool {
        let wanted = self.entries.get(&ask.tenant).is_some_and(|e| e.ask == ask);
        if wanted {
            self.figures.fetched += 1;
            self.put(ask, found.map_or(What::Nothing(now), What::Here));
        }
        wanted
    }

    /// The company is gone, or has no music of its own any more.
    pub(crate) fn forget(&mut self, tenant: TenantId) {
        if let Some(entry) = self.entries.remove(&tenant) {
            self.figures.octets = self.figures.octets.saturating_sub(entry.octets());
        }
    }

    fn put(&mut self, ask: MusicAsk, what: What) {
        self.forget(ask.tenant);
        let used = self.turn;
        let entry = Entry { ask, what, used };
        self.figures.octets += entry.octets();
        self.entries.insert(ask.tenant, entry);
        while self.figures.octets > self.most
            && let Some(oldest) = self.oldest_but(ask.tenant)
        {
            self.forget(oldest);
            self.figures.dropped += 1;
        }
    }

    /// Whose music was used longest ago, of all others.
    fn oldest_but(&self, tenant: TenantId) -> Option<TenantId> {
        let others = self.entries.iter().filter(|(whose, _)| **whose != tenant);
        let oldest = others.min_by_key(|(_, entry)| entry.used);
        oldest.map(|(whose, _)| *whose)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use testkit::Company;

    /// A company with music of its own, and its scope.
    fn company(name: &str, number: u128) -> (TenantScope, CompiledTenant) {
        let mut company = Company::new(name, number);
        company.music();
        let scope = TenantScope::for_job(company.id(), "test");
        (scope, CompiledTenant::compile(company.parts))
    }

    fn prompt(octets: usize) -> Arc<Prompt> {
        Arc::new(Prompt::encoded(vec![1; octets], Vec::new(), Vec::new()))
    }

    fn asked(own: Own) -> MusicAsk {
        match own {
            Own::Wanted(ask) => ask,
            other @ (Own::None | Own::Here(_) | Own::Comes) => panic!("not asked for: {other:?}"),
        }
    }

    #[test]
    fn music_is_asked_for_once_and_then_at_hand() {
        let (scope, acme) = company("acme", 1);
        let (mut music, now) = (Music::new(1 << 20), Instant::from_secs(9));
        let ask = asked(music.of(&scope, &acme, now));
        assert!(matches!(music.of(&scope, &acme, now), Own::Comes));
        assert!(music.came(ask, Some(prompt(1_600)), now));
        assert!(matches!(music.of(&scope, &acme, now), Own::Here(_)));
        assert_eq!(music.figures().found, 1);
    }

    #[test]
    fn what_never_came_is_asked_for_again_and_what_is_not_there_after_a_while() {
        let (scope, acme) = company("acme", 1);
        let (mut music, now) = (Music::new(1 << 20), Instant::from_secs(9));
        asked(music.of(&scope, &acme, now));
        let ask = asked(music.of(&scope, &acme, now + ANSWERED_WITHIN));
        assert!(music.came(ask, None, now));
        assert!(matches!(music.of(&scope, &acme, now), Own::None));
        asked(music.of(&scope, &acme, now + NOTHING_FOR));
    }

    #[test]
    fn a_company_is_given_no_other_companys_music() {
        let (acme_scope, acme) = company("acme", 1);
        let (globex_scope, globex) = company("globex", 2);
        let (mut music, now) = (Music::new(1 << 20), Instant::from_secs(9));
        let ask = asked(music.of(&acme_scope, &acme, now));
        music.came(ask, Some(prompt(1_600)), now);
        assert!(matches!(music.of(&globex_scope, &acme, now), Own::None));
        asked(music.of(&globex_scope, &globex, now));
        assert!(matches!(music.of(&acme_scope, &acme, now), Own::Here(_)));
    }

    #[test]
    fn what_was_used_longest_ago_goes_and_whoever_plays_it_keeps_it() {
        let (scope, acme) = company("acme", 1);
        let (other_scope, other) = company("globex", 2);
        let (mut music, now) = (Music::new(3_000), Instant::from_secs(9));
        let ask = asked(music.of(&scope, &acme, now));
        let playing = prompt(1_600);
        music.came(ask, Some(Arc::clone(&playing)), now);
        let ask = asked(music.of(&other_scope, &other, now));
        music.came(ask, Some(prompt(1_600)), now);
        assert_eq!(music.figures().dropped, 1);
        assert!(music.figures().octets <= 3_000);
        assert_eq!(playing.len(), 1_600, "still there for whoever plays it");
        asked(music.of(&scope, &acme, now));
    }
}
