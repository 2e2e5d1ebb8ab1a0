//! The stations of companies' programmes that are on the air.

use domain::CompiledTenant;
use ids::{ExtensionId, MusicId, SoundId, TenantId, TrunkId};
use machine::Instant;
use media::{Air, Tuned};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tenancy::TenantScope;

/// When a question of which nothing was heard is asked again.
const ANSWERED_WITHIN: Duration = Duration::from_secs(10);
/// How long it is believed that a programme cannot be heard.
const NOTHING_FOR: Duration = Duration::from_secs(30);
/// Programmes of which something is known at most; of those beyond it nothing is heard.
const KNOWN_MAX: usize = 256;

/// A programme that is wanted. Each is answered by [`Shard::station`](crate::Shard::station),
/// whatever comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StationAsk {
    /// The company.
    pub tenant: TenantId,
    /// Its programme.
    pub programme: MusicId,
    /// Revision of the programme's document.
    pub revision: u64,
    /// The sound that is the company's music, for when nothing of the programme can be had.
    pub instead: Option<SoundId>,
}

impl StationAsk {
    /// The programme that the company of a scope lets a party hear which is put on hold by an
    /// extension, or in a call by a trunk. Only whoever acts for the company gets at it.
    pub(crate) fn of(
        scope: &TenantScope,
        compiled: &CompiledTenant,
        (holder, trunk): (Option<ExtensionId>, Option<TrunkId>),
    ) -> Option<StationAsk> {
        let tenant = scope.tenant();
        if compiled.id() != tenant {
            return None;
        }
        let (programme, revision) = compiled.programme(holder, trunk)?;
        Some(StationAsk {
            tenant,
            programme,
            revision,
            instead: compiled.own_music().map(|(sound, _)| sound),
        })
    }
}

/// How it stands with a programme.
#[derive(Clone, Debug)]
pub(crate) enum OnAir {
    /// It is on the air, and this is one of its listeners.
    Here(Tuned),
    /// It cannot be heard.
    Nothing,
    /// It is on its way.
    Comes,
    /// It is to be asked for, and counts as asked for from now on.
    Wanted,
}

#[derive(Debug)]
enum Standing {
    Asked(Instant),
    Nothing(Instant),
    Here(Arc<Air>),
}

impl Standing {
    fn is_over(&self, now: Instant) -> bool {
        match self {
            Standing::Asked(at) => now >= *at + ANSWERED_WITHIN,
            Standing::Nothing(at) => now >= *at + NOTHING_FOR,
            Standing::Here(air) => !air.is_open(),
        }
    }
}

/// What is known of stations, at most [`KNOWN_MAX`].
#[derive(Debug, Default)]
pub(crate) struct Stations {
    known: BTreeMap<StationAsk, Standing>,
}

impl Stations {
    /// How it stands with a programme.
    pub(crate) fn of(&mut self, ask: StationAsk, now: Instant) -> OnAir {
        match self.known.get(&ask) {
            Some(Standing::Here(air)) => {
                if let Some(tuned) = air.tune() {
                    return OnAir::Here(tuned);
                }
            }
            Some(Standing::Asked(at)) if now < *at + ANSWERED_WITHIN => return OnAir::Comes,
            Some(Standing::Nothing(at)) if now < *at + NOTHING_FOR => return OnAir::Nothing,
            Some(Standing::Asked(_) | Standing::Nothing(_)) | None => {}
        }
        self.known.remove(&ask);
        if self.known.len() >= KNOWN_MAX {
            self.known.retain(|_, standing| !standing.is_over(now));
        }
        if self.known.len() >= KNOWN_MAX {
            return OnAir::Nothing;
        }
        self.known.insert(ask, Standing::Asked(now));
        OnAir::Wanted
    }

    /// What was asked for is on the air, or cannot be; whether anybody still wants it.
    pub(crate) fn came(&mut self, ask: StationAsk, air: Option<Arc<Air>>, now: Instant) -> bool {
        let Some(standing) = self.known.get_mut(&ask) else {
            return false;
        };
        *standing = air.map_or(Standing::Nothing(now), Standing::Here);
        true
    }

    /// Whether a programme can be heard at once.
    pub(crate) fn has(&self, ask: &StationAsk) -> bool {
        match self.known.get(ask) {
            Some(Standing::Here(air)) => air.is_open(),
            Some(Standing::Asked(_) | Standing::Nothing(_)) | None => false,
        }
    }

    /// The company is gone.
    pub(crate) fn forget(&mut self, tenant: TenantId) {
        self.known.retain(|ask, _| ask.tenant != tenant);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const NOW: Instant = Instant::from_secs(9);

    fn ask(number: u128) -> StationAsk {
        StationAsk {
            tenant: TenantId::new(1, 1),
            programme: MusicId::new(1, number),
            revision: 1,
            instead: None,
        }
    }

    #[test]
    fn a_programme_is_asked_for_once_and_then_listened_to() {
        let mut stations = Stations::default();
        assert!(matches!(stations.of(ask(1), NOW), OnAir::Wanted));
        assert!(matches!(stations.of(ask(1), NOW), OnAir::Comes));
        let air = Arc::new(Air::new(NOW));
        assert!(stations.came(ask(1), Some(Arc::clone(&air)), NOW));
        let heard = stations.of(ask(1), NOW);
        assert!(matches!(heard, OnAir::Here(_)));
        assert!(stations.has(&ask(1)));
        assert_eq!(air.listeners(), 1);
    }

    #[test]
    fn one_that_has_gone_off_the_air_is_asked_for_again() {
        let mut stations = Stations::default();
        stations.of(ask(1), NOW);
        let air = Arc::new(Air::new(NOW));
        stations.came(ask(1), Some(Arc::clone(&air)), NOW);
        assert!(air.close());
        assert!(!stations.has(&ask(1)));
        assert!(matches!(stations.of(ask(1), NOW), OnAir::Wanted));
    }

    #[test]
    fn one_that_cannot_be_heard_is_left_alone_for_a_while() {
        let mut stations = Stations::default();
        stations.of(ask(1), NOW);
        assert!(stations.came(ask(1), None, NOW));
        assert!(matches!(stations.of(ask(1), NOW), OnAir::Nothing));
        let later = NOW + NOTHING_FOR;
        assert!(matches!(stations.of(ask(1), later), OnAir::Wanted));
        stations.forget(TenantId::new(1, 1));
        assert!(!stations.came(ask(1), None, later), "nobody asks any more");
    }

    #[test]
    fn no_more_are_known_than_there_is_room_for() {
        let mut stations = Stations::default();
        for number in 0..300 {
            stations.of(ask(number), NOW);
        }
        assert_eq!(stations.known.len(), KNOWN_MAX);
        assert!(matches!(stations.of(ask(299), NOW), OnAir::Nothing));
        let later = NOW + ANSWERED_WITHIN;
        assert!(matches!(stations.of(ask(299), later), OnAir::Wanted));
    }
}
