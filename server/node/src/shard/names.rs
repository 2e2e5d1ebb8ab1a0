//! Looking up where carriers are: what the searches of trunks ask goes out, what was answered
//! comes in.

use super::Shard;
use carrier::{Heard, NameQuery, Replied, Sought};
use ids::TrunkId;
use machine::{Instant, Machine};

/// For whom a name is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Searcher {
    trunk: TrunkId,
    place: u8,
}

/// One question to the name system. Each is answered by [`Shard::named`], whatever comes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameAsk {
    /// To be given back with the answer.
    pub whose: Searcher,
    /// What.
    pub query: NameQuery,
}

impl Shard {
    /// The name system has answered, or failed to.
    pub fn named(&mut self, whose: Searcher, replied: Replied, now: Instant) {
        self.guard(now, |shard| {
            let Searcher { trunk, place } = whose;
            let mut out = Vec::new();
            let line = shard.tenants.trunks.get_mut(trunk);
            let place_now = line.and_then(|line| line.place_mut(place.into()));
            if let Some(search) = place_now.and_then(|place| place.search.as_mut()) {
                search.handle(replied, now, &mut out);
            }
            shard.search_orders(trunk, place, out, now);
            shard.rearm_trunk(trunk);
        });
    }

    /// Goes on with what is due of a trunk's searches.
    pub(crate) fn search_on(&mut self, trunk: TrunkId, now: Instant) {
        let Some(line) = self.tenants.trunks.get_mut(trunk) else {
            return;
        };
        let mut sought = Vec::new();
        for (at, place) in line.places_mut() {
            let mut out = Vec::new();
            if let Some(search) = &mut place.search {
                search.expire(now, &mut out);
            }
            sought.push((at, out));
        }
        for (at, out) in sought {
            self.search_orders(trunk, at, out, now);
        }
    }

    fn search_orders(&mut self, trunk: TrunkId, place: u8, out: Vec<Sought>, now: Instant) {
        for sought in out {
            match sought {
                Sought::Ask(query) => {
                    let whose = Searcher { trunk, place };
                    self.outbox.names.push(NameAsk { whose, query });
                }
                Sought::Found(located) => {
                    if let Some(line) = self.tenants.trunks.get_mut(trunk) {
                        line.located(place, located, &mut self.random, now);
                    }
                    self.figures.trunks.names_found += 1;
                    self.registration_hears(trunk, Heard::Begin, now);
                }
                Sought::NotFound => {
                    self.figures.trunks.names_not_found += 1;
                    self.registration_hears(trunk, Heard::Begin, now);
                }
            }
        }
    }
}
