//! Music for whoever is on hold: the company's own where it has some, else the exchange's.

use super::Shard;
use crate::calls::CallKey;
use crate::music::{MusicAsk, Own, WAITING_MAX};
use call::{LegId, MediaOrder, Prompt};
use machine::Instant;
use media::Prompt as Recording;
use std::sync::Arc;

impl Shard {
    /// The own music of a call's company. Where it has to be fetched first, the exchange's is
    /// played until it comes.
    pub(super) fn own_music(&mut self, key: CallKey, now: Instant) -> Option<Arc<Recording>> {
        let scope = self.calls.get(key)?.call.scope();
        let compiled = self.tenants.compiled(scope.tenant())?;
        match self.tenants.music.of(scope, &compiled, now) {
            Own::Here(prompt) => Some(prompt),
            Own::None | Own::Comes => None,
            Own::Wanted(ask) => {
                self.outbox.music.push(ask);
                None
            }
        }
    }

    /// What was asked for has come, or there is nothing of the kind. Whoever is on hold in the
    /// company changes over to it.
    pub fn music(&mut self, ask: MusicAsk, found: Option<Arc<Recording>>, now: Instant) {
        self.guard(now, |shard| {
            let playable = found.is_some();
            if !shard.tenants.music.came(ask, found, now) || !playable {
                return;
            }
            let held = |(key, entry): (CallKey, &crate::calls::Entry)| {
                let leg = entry.call.entertained()?;
                (entry.tenant == ask.tenant).then_some((key, leg))
            };
            let held: Vec<(CallKey, LegId)> = shard.calls.iter().filter_map(held).collect();
            for (key, leg) in held.into_iter().take(WAITING_MAX) {
                let music = MediaOrder::Play(leg, Prompt::Music);
                shard.follow(key, vec![call::Output::Media(music)], now);
            }
        });
    }
}
