//! The companies' own music on hold, at hand while it is used.

use crate::at_hand::{AtHand, Found};
use crate::stations::StationAsk;
use domain::CompiledTenant;
use ids::{SoundId, TenantId};
use machine::Instant;
use media::Prompt;
use std::sync::Arc;
use std::time::Duration;
use tenancy::TenantScope;

/// When a question of which nothing was heard is asked again.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);
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

/// Music of companies' own that is wanted, in the order in which it was.
#[derive(Debug, Default)]
pub struct MusicAsks {
    /// Sounds to fetch.
    pub sounds: Vec<MusicAsk>,
    /// Programmes that are to go on the air.
    pub programmes: Vec<StationAsk>,
}

impl MusicAsks {
    /// Takes all that another holds.
    pub fn append(&mut self, other: &mut MusicAsks) {
        self.sounds.append(&mut other.sounds);
        self.programmes.append(&mut other.programmes);
    }

    /// Whether nothing is wanted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sounds.is_empty() && self.programmes.is_empty()
    }
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

/// The memory of music: of each company what its document names at present.
pub(crate) struct Music {
    sounds: AtHand<MusicAsk>,
    found: u64,
    fetched: u64,
}

impl Default for Music {
    fn default() -> Self {
        Music::new(0)
    }
}

impl Music {
    /// A memory of so many octets.
    pub(crate) fn new(most: usize) -> Music {
        Music {
            sounds: AtHand::new(most, ANSWERED_WITHIN),
            found: 0,
            fetched: 0,
        }
    }

    pub(crate) fn figures(&self) -> MusicFigures {
        MusicFigures {
            octets: self.sounds.octets(),
            found: self.found,
            fetched: self.fetched,
            dropped: self.sounds.dropped(),
        }
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
        let ask = own.map(|(sound, revision)| MusicAsk {
            tenant,
            sound,
            revision,
        });
        self.forget_but(tenant, ask);
        let Some(ask) = ask else {
            return Own::None;
        };
        match self.sounds.of(&ask, now) {
            Found::Here(prompt) => {
                self.found += 1;
                Own::Here(prompt)
            }
            Found::Nothing => Own::None,
            Found::Comes => Own::Comes,
            Found::Wanted => Own::Wanted(ask),
        }
    }

    /// What was asked for has come, or there is nothing; whether anybody still wants it.
    pub(crate) fn came(&mut self, ask: MusicAsk, found: Option<Arc<Prompt>>, now: Instant) -> bool {
        let wanted = self.sounds.came(&ask, found, now);
        self.fetched += u64::from(wanted);
        wanted
    }

    /// The company is gone, or has no music of its own any more.
    pub(crate) fn forget(&mut self, tenant: TenantId) {
        self.forget_but(tenant, None);
    }

    fn forget_but(&mut self, tenant: TenantId, present: Option<MusicAsk>) {
        let edge = |sound, revision| MusicAsk {
            tenant,
            sound: SoundId::from_u128(sound),
            revision,
        };
        let own = edge(0, 0)..=edge(u128::MAX, u64::MAX);
        self.sounds.forget(own, |ask| Some(*ask) != present);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::at_hand::NOTHING_FOR;
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
