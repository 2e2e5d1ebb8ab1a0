//! Who follows which company's log, and the bell that tells them of news.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ids::TenantId;
use tokio::sync::watch;

/// Why there is no seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The company has as many streams as it may have.
    OfTenant,
    /// The exchange has.
    OfAll,
}

/// The streams of one company.
struct Room {
    streams: usize,
    bell: watch::Sender<u64>,
}

/// All streams.
pub(crate) struct Hub {
    rooms: Mutex<BTreeMap<TenantId, Room>>,
    closing: watch::Sender<bool>,
    per_tenant: usize,
    most: usize,
}

impl Hub {
    /// A hub for at most so many streams of one company, and of all.
    pub(crate) fn new(per_tenant: usize, most: usize) -> Hub {
        Hub {
            rooms: Mutex::default(),
            closing: watch::Sender::new(false),
            per_tenant,
            most,
        }
    }

    fn rooms(&self) -> MutexGuard<'_, BTreeMap<TenantId, Room>> {
        // a room is never half changed, so a poisoned lock is as good as any
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a seat.
    pub(crate) fn enter(self: &Arc<Self>, tenant: TenantId) -> Result<Seat, Refusal> {
        let mut rooms = self.rooms();
        let all: usize = rooms.values().map(|room| room.streams).sum();
        if all >= self.most {
            return Err(Refusal::OfAll);
        }
        let room = rooms.entry(tenant).or_insert_with(|| Room {
            streams: 0,
            bell: watch::Sender::new(0),
        });
        if room.streams >= self.per_tenant {
            return Err(Refusal::OfTenant);
        }
        room.streams += 1;
        Ok(Seat {
            hub: Arc::clone(self),
            tenant,
            bell: room.bell.subscribe(),
            closing: self.closing.subscribe(),
        })
    }

    /// Whether nobody follows anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.rooms().is_empty()
    }

    /// Something new is in a company's log.
    pub(crate) fn ring(&self, tenant: TenantId, cursor: u64) {
        if let Some(room) = self.rooms().get(&tenant) {
            room.bell.send_replace(cursor);
        }
    }

    /// Ends all streams, now and from now on.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }
}

/// A place among the listeners; given back when it is dropped.
pub(crate) struct Seat {
    hub: Arc<Hub>,
    tenant: TenantId,
    bell: watch::Receiver<u64>,
    closing: watch::Receiver<bool>,
}

impl Seat {
    /// Waits until there may be something new, which is true, or until all streams are to end.
    /// What came since the last time counts.
    pub(crate) async fn news(&mut self) -> bool {
        tokio::select! {
            // both hang as long as this seat is taken
            rang = self.bell.changed() => rang.is_ok(),
            _closing = self.closing.wait_for(|closing| *closing) => false,
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut rooms = self.hub.rooms();
        if let Some(room) = rooms.get_mut(&self.tenant) {
            room.streams -= 1;
            if room.streams == 0 {
                rooms.remove(&self.tenant);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn tenant(number: u128) -> TenantId {
        TenantId::new(1, number)
    }

    #[test]
    fn a_company_that_has_its_streams_leaves_room_for_its_neighbours() {
        let hub = Arc::new(Hub::new(2, 3));
        let first = hub.enter(tenant(1)).ok().unwrap();
        let _second = hub.enter(tenant(1)).ok().unwrap();
        assert_eq!(hub.enter(tenant(1)).err(), Some(Refusal::OfTenant));
        let neighbour = hub.enter(tenant(2)).ok().unwrap();
        assert_eq!(hub.enter(tenant(3)).err(), Some(Refusal::OfAll));
        drop((first, neighbour));
        assert!(hub.enter(tenant(1)).is_ok());
        assert!(hub.enter(tenant(3)).is_ok());
    }

    #[tokio::test]
    async fn the_bell_rings_for_its_own_company() {
        let hub = Arc::new(Hub::new(2, 4));
        let (mut acme, globex) = (hub.enter(tenant(1)).ok(), hub.enter(tenant(2)).ok());
        hub.ring(tenant(1), 5);
        assert!(acme.as_mut().unwrap().news().await);
        assert!(!globex.unwrap().bell.has_changed().unwrap());
        hub.close();
        assert!(
            !acme.as_mut().unwrap().news().await,
            "all streams are to end"
        );
        drop(acme);
        assert!(hub.is_empty(), "who leaves is forgotten");
    }
}
