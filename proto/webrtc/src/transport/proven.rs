//! From where requests have come that the peer has proved.

use std::collections::VecDeque;
use std::net::SocketAddr;

use crate::limits::MAX_PROVEN;

/// The latest such addresses, at most [`MAX_PROVEN`].
#[derive(Debug, Default)]
pub(super) struct Proven {
    addresses: VecDeque<SocketAddr>,
}

impl Proven {
    /// A request from here was proved.
    pub(super) fn note(&mut self, address: SocketAddr) {
        self.addresses.retain(|known| *known != address);
        if self.addresses.len() >= MAX_PROVEN {
            self.addresses.pop_front();
        }
        self.addresses.push_back(address);
    }

    /// Whether one was, not too many others ago.
    pub(super) fn has(&self, address: SocketAddr) -> bool {
        self.addresses.contains(&address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_that_was_proved_longest_ago_gives_way() {
        let mut proven = Proven::default();
        let at = |port| SocketAddr::from(([192, 0, 2, 1], port));
        for port in 1..=8 {
            proven.note(at(port));
        }
        proven.note(at(1));
        proven.note(at(9));
        assert!(proven.has(at(1)) && proven.has(at(9)));
        assert!(!proven.has(at(2)));
        assert_eq!(proven.addresses.len(), MAX_PROVEN);
    }
}
