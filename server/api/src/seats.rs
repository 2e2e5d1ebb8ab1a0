//! How many connections one source has.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::front::network;

/// Connections by source. A front end on this machine speaks for many, so loopback is free.
#[derive(Debug)]
pub(crate) struct Seats {
    taken: Mutex<HashMap<IpAddr, usize>>,
    most: usize,
}

/// One connection's place; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    seats: Arc<Seats>,
    source: Option<IpAddr>,
}

impl Seats {
    pub(crate) fn new(most: usize) -> Arc<Seats> {
        Arc::new(Seats {
            taken: Mutex::default(),
            most,
        })
    }

    /// A place for a connection from this address; `None` when its source has all it may have.
    pub(crate) fn take(self: &Arc<Self>, from: IpAddr) -> Option<Seat> {
        let seat = |source| Seat {
            seats: Arc::clone(self),
            source,
        };
        if from.to_canonical().is_loopback() {
            return Some(seat(None));
        }
        let source = network(from);
        // a count is never half changed, so a poisoned lock is as good as any
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.get(&source).copied().unwrap_or(0);
        (count < self.most).then(|| {
            taken.insert(source, count + 1);
            seat(Some(source))
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some(source) = self.source else { return };
        let mut taken = self
            .seats
            .taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let left = taken
            .get(&source)
            .map_or(0, |count| count.saturating_sub(1));
        if left == 0 {
            taken.remove(&source);
        } else {
            taken.insert(source, left);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_source_has_so_many_places_and_gives_them_back() {
        let seats = Seats::new(2);
        let first = seats.take(ip("192.0.2.1")).unwrap();
        let second = seats.take(ip("::ffff:192.0.2.1")).unwrap();
        assert!(seats.take(ip("192.0.2.1")).is_none());
        let other = seats.take(ip("192.0.2.2")).unwrap();
        drop(first);
        assert!(seats.take(ip("192.0.2.1")).is_some());
        drop((second, other));
        assert!(seats.taken.lock().unwrap().is_empty());
    }

    #[test]
    fn all_of_a_slash_64_is_one_source_and_the_machine_itself_is_none() {
        let seats = Seats::new(1);
        let _held = seats.take(ip("2001:db8::1")).unwrap();
        assert!(seats.take(ip("2001:db8::2")).is_none());
        assert!(seats.take(ip("2001:db8:0:1::1")).is_some());
        let nearby: Vec<_> = (0..5).map(|_| seats.take(ip("127.0.0.1"))).collect();
        assert!(nearby.iter().all(Option::is_some));
    }
}
