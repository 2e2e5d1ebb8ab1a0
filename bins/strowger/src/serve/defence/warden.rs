//! Bans and contained devices on their way: what this node's shard bans goes to the store, and what
//! stands there, by another node or a person, goes to the shard. Who is contained reaches it by
//! the feed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use admin::{Office, bans};
use domain::{Ban, SourceAddress};
use machine::WallTime;
use node::Contained;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::containing::{self, Containing};
use super::tally::Tally;
use super::wall::Wall;
use crate::serve::inbox::{Letter, Postbox};

/// Bans that wait to be kept at most; what is beyond it is known to this node alone.
const WAITING_MAX: usize = 1_024;

/// Bans of one transaction at most.
const AT_ONCE: usize = 256;

/// How often the store is asked who is banned.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How many looks there are between two that also remove old bans: every hour one.
const LOOKS_BETWEEN: u32 = 1_800;

/// The shard's end.
pub(crate) struct BanDesk {
    queue: Sender<Ban>,
    contained: Sender<Contained>,
    tally: Arc<Tally>,
}

impl BanDesk {
    /// Sends contained devices on; never waits.
    pub(crate) fn contain(&self, contained: &mut Vec<Contained>) {
        for one in contained.drain(..) {
            match self.contained.try_send(one) {
                Ok(()) => {}
                Err(TrySendError::Full(_) | TrySendError::Closed(_)) => self.tally.not_kept(1),
            }
        }
    }

    /// Sends bans on; never waits.
    pub(crate) fn put(&self, bans: &mut Vec<Ban>) {
        for ban in bans.drain(..) {
            match self.queue.try_send(ban) {
                Ok(()) => {}
                Err(TrySendError::Full(_) | TrySendError::Closed(_)) => self.tally.not_kept(1),
            }
        }
    }
}

/// Who carries bans between shard, store and kernel.
pub(crate) struct Warden {
    fresh: Receiver<Ban>,
    contained: Receiver<Contained>,
    containing: Containing,
    tally: Arc<Tally>,
    wall: Option<Wall>,
    /// What the shard was told.
    told: BTreeMap<SourceAddress, Ban>,
    looks: u32,
}

impl Warden {
    /// A warden that knows what the shard was told at the start, and the shard's way to it.
    pub(crate) fn new(told: Vec<Ban>, wall: Option<Wall>, tally: Arc<Tally>) -> (BanDesk, Warden) {
        let (queue, fresh) = channel(WAITING_MAX);
        let (to_contain, contained) = channel(containing::WAITING_MAX);
        let desk = BanDesk {
            queue,
            contained: to_contain,
            tally: Arc::clone(&tally),
        };
        let told = told.into_iter().map(|ban| (ban.source, ban)).collect();
        let warden = Warden {
            fresh,
            contained,
            containing: Containing::default(),
            tally,
            wall,
            told,
            looks: 0,
        };
        (desk, warden)
    }

    /// Carries bans for ever.
    pub(crate) async fn run(mut self, office: Office, postbox: Postbox) {
        for ban in self.told.values() {
            self.brick(ban, office.now());
        }
        let mut look = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                Some(ban) = self.fresh.recv() => self.keep(ban, &office).await,
                Some(one) = self.contained.recv() => {
                    if !self.containing.add(one) {
                        self.tally.not_kept(1);
                    }
                    self.keep_contained(&office, &postbox).await;
                }
                _ = look.tick() => {
                    self.keep_contained(&office, &postbox).await;
                    self.look(&office, &postbox).await;
                }
            }
        }
    }

    /// Keeps the devices that wait to be contained.
    async fn keep_contained(&mut self, office: &Office, postbox: &Postbox) {
        let lost = self.containing.keep(office, postbox).await;
        if lost > 0 {
            self.tally.not_kept(lost);
        }
    }

    /// Keeps a ban of the shard, and those that wait behind it.
    async fn keep(&mut self, first: Ban, office: &Office) {
        let mut some = vec![first];
        while some.len() < AT_ONCE
            && let Ok(next) = self.fresh.try_recv()
        {
            some.push(next);
        }
        for ban in &some {
            let Ban {
                source,
                cause,
                until,
                strikes,
                ..
            } = ban;
            tracing::info!(%source, %cause, %until, strikes, "banned");
            self.brick(ban, office.now());
        }
        let many = some.len();
        match bans::keep(office, some.clone()).await {
            Ok(()) => {
                let told = some.into_iter().map(|ban| (ban.source, ban));
                self.told.extend(told);
            }
            Err(error) => {
                tracing::warn!(%error, bans = many, "bans are known to this node alone");
                self.tally.not_kept(many);
            }
        }
    }

    /// Tells the shard what has changed in the store since the last look.
    async fn look(&mut self, office: &Office, postbox: &Postbox) {
        if self.looks.is_multiple_of(LOOKS_BETWEEN)
            && let Err(error) = bans::forget_old(office).await
        {
            tracing::warn!(%error, "old bans stay for now");
        }
        self.looks = self.looks.wrapping_add(1);
        let kept = match bans::known(office).await {
            Ok(kept) => kept,
            // what is in force stays so, and the next look gives the same changes
            Err(error) => return tracing::warn!(%error, "bans wait for the store"),
        };
        let changed = differences(&self.told, kept);
        for ban in changed.begun {
            if postbox.post(Letter::Bar(ban.clone())).is_ok() {
                self.brick(&ban, office.now());
                self.told.insert(ban.source, ban);
            }
        }
        for source in changed.gone {
            if postbox.post(Letter::Lift(source)).is_ok() {
                self.told.remove(&source);
                if let Some(wall) = &self.wall {
                    wall.open(source);
                }
            }
        }
    }

    /// Tells the kernel, too.
    fn brick(&self, ban: &Ban, now: WallTime) {
        if let Some(wall) = &self.wall
            && ban.holds(now)
        {
            wall.put(ban.source, ban.until.saturating_since(now));
        }
    }
}

/// What differs from what was told.
#[derive(Debug, Default, PartialEq, Eq)]
struct Differences {
    begun: Vec<Ban>,
    gone: Vec<SourceAddress>,
}

fn differences(told: &BTreeMap<SourceAddress, Ban>, kept: Vec<Ban>) -> Differences {
    let kept: BTreeMap<SourceAddress, Ban> =
        kept.into_iter().map(|ban| (ban.source, ban)).collect();
    let gone = told.keys().filter(|source| !kept.contains_key(source));
    let gone = gone.copied().collect();
    let new = |ban: &Ban| told.get(&ban.source) != Some(ban);
    let begun = kept.into_values().filter(new).collect();
    Differences { begun, gone }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use domain::BanCause;

    fn ban(source: &str, until: i64) -> Ban {
        Ban {
            source: source.parse().unwrap(),
            cause: BanCause::Hand,
            begun: WallTime::UNIX_EPOCH,
            until: WallTime::from_unix_ms(until),
            strikes: 1,
            note: String::new(),
        }
    }

    #[test]
    fn the_shard_is_told_what_began_what_was_made_longer_and_what_is_gone() {
        let told = [
            ban("192.0.2.1", 5),
            ban("192.0.2.2", 5),
            ban("192.0.2.3", 5),
        ];
        let told = told.map(|ban| (ban.source, ban)).into();
        let kept = vec![
            ban("192.0.2.2", 5),
            ban("192.0.2.3", 9),
            ban("192.0.2.4", 5),
        ];
        let changed = differences(&told, kept);
        assert_eq!(changed.begun, [ban("192.0.2.3", 9), ban("192.0.2.4", 5)]);
        assert_eq!(changed.gone, ["192.0.2.1".parse().unwrap()]);
        let same = differences(&told, told.values().cloned().collect());
        assert_eq!(same, Differences::default());
    }

    #[test]
    fn bans_that_find_no_room_are_counted_and_the_shard_goes_on() {
        let tally = Arc::new(Tally::default());
        let (desk, warden) = Warden::new(Vec::new(), None, Arc::clone(&tally));
        let many = WAITING_MAX + 7;
        desk.put(&mut vec![ban("192.0.2.1", 5); many]);
        assert_eq!(warden.fresh.len(), WAITING_MAX);
        let mut page = telemetry::Exposition::new();
        tally.write(&mut page);
        assert!(page.finish().contains("bans_unkept_total 7"));
    }
}
