//! Music for whoever is on hold: the programme of whoever holds, of the trunk or of the company;
//! where there is none, the sound that is the company's music; and else the exchange's.

use super::Shard;
use crate::calls::{CallKey, Entry};
use crate::music::{MusicAsk, Own, WAITING_MAX};
use crate::stations::{OnAir, StationAsk};
use call::{LegId, MediaOrder, Prompt};
use ids::{ExtensionId, TenantId, TrunkId};
use machine::Instant;
use media::{Air, Prompt as Recording, Tuned};
use std::sync::Arc;

/// Music of a company's own that is at hand.
pub(super) enum Music {
    /// A programme of its own.
    Station(Tuned),
    /// A sound of its own.
    Recording(Arc<Recording>),
}

impl Shard {
    /// The music that the company of a call has for a party on hold. What has to be fetched first
    /// is asked for, and the next best is heard until it comes; `None` for the exchange's own.
    pub(super) fn own_music(&mut self, key: CallKey, leg: LegId, now: Instant) -> Option<Music> {
        if let Some(ask) = self.programme_of(key, leg) {
            match self.tenants.stations.of(ask, now) {
                OnAir::Here(station) => return Some(Music::Station(station)),
                OnAir::Nothing | OnAir::Comes => {}
                OnAir::Wanted => self.outbox.music.programmes.push(ask),
            }
        }
        let scope = self.calls.get(key)?.call.scope();
        let compiled = self.tenants.compiled(scope.tenant())?;
        match self.tenants.music.of(scope, &compiled, now) {
            Own::Here(prompt) => Some(Music::Recording(prompt)),
            Own::None | Own::Comes => None,
            Own::Wanted(ask) => {
                self.outbox.music.sounds.push(ask);
                None
            }
        }
    }

    /// The programme that is meant for a party on hold.
    fn programme_of(&mut self, key: CallKey, leg: LegId) -> Option<StationAsk> {
        let entry = self.calls.get(key)?;
        let (parties, scope) = (holding(entry, leg), entry.call.scope().clone());
        let compiled = self.tenants.compiled(scope.tenant())?;
        StationAsk::of(&scope, &compiled, parties)
    }

    /// What was asked for has come, or there is nothing of the kind. Whoever is on hold in the
    /// company changes over to it, but for those who hear a programme.
    pub fn music(&mut self, ask: MusicAsk, found: Option<Arc<Recording>>, now: Instant) {
        self.guard(now, |shard| {
            let playable = found.is_some();
            if !shard.tenants.music.came(ask, found, now) || !playable {
                return;
            }
            for (key, leg) in shard.held_in(ask.tenant) {
                let programme = shard.programme_of(key, leg);
                if !programme.is_some_and(|ask| shard.tenants.stations.has(&ask)) {
                    shard.entertain_anew(key, leg, now);
                }
            }
        });
    }

    /// A programme that was asked for is on the air, or cannot be. Those on hold that it is meant
    /// for change over to it.
    pub fn station(&mut self, ask: StationAsk, found: Option<Arc<Air>>, now: Instant) {
        self.guard(now, |shard| {
            let plays = found.is_some();
            if !shard.tenants.stations.came(ask, found, now) || !plays {
                return;
            }
            for (key, leg) in shard.held_in(ask.tenant) {
                if shard.programme_of(key, leg) == Some(ask) {
                    shard.entertain_anew(key, leg, now);
                }
            }
        });
    }

    /// Who is on hold in a company and hears music; at most [`WAITING_MAX`] of them.
    fn held_in(&self, tenant: TenantId) -> Vec<(CallKey, LegId)> {
        let held = |(key, entry): (CallKey, &Entry)| {
            let leg = entry.call.entertained()?;
            (entry.tenant == tenant).then_some((key, leg))
        };
        let held = self.calls.iter().filter_map(held);
        held.take(WAITING_MAX).collect()
    }

    fn entertain_anew(&mut self, key: CallKey, leg: LegId, now: Instant) {
        let music = MediaOrder::Play(leg, Prompt::Music);
        self.follow(key, vec![call::Output::Media(music)], now);
    }
}

/// The extension that holds a party, and the trunk by which the call goes: that of whoever holds,
/// else that of the party.
fn holding(entry: &Entry, held: LegId) -> (Option<ExtensionId>, Option<TrunkId>) {
    let holder = entry.call.bridge().opposite(held);
    let party = |id: LegId| {
        let mut legs = entry.call.legs();
        legs.find(|leg| leg.id == id).map(|leg| leg.party)
    };
    let (holder, held) = (holder.and_then(party), party(held));
    let trunk = |party: Option<&call::Party>| Some(party?.trunk.as_ref()?.trunk);
    (
        holder.and_then(|party| party.extension),
        trunk(holder).or_else(|| trunk(held)),
    )
}
