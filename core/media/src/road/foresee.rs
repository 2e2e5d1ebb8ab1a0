//! Bringing near what packets will need.
//!
//! What is kept of a leg is far from the processor when its next packet comes, since those of
//! thousands of others have come in between. One packet after the other, each line of it is waited
//! for in turn, and that is longer than all that is done with it. Of packets that are looked at
//! together nothing hangs on anything else, so that all their lines can be on their way at once.

use std::hint::black_box;
use std::net::SocketAddr;

use super::Road;
use super::leg::Leg;
use super::table::Key;

/// Packets that are [foreseen](Road::foresee) together, at most; of more nothing is brought near.
pub const FORESEEN: usize = 128;

/// The slot of no leg.
const NONE: u32 = u32::MAX;

impl Road {
    /// Packets to these local ports, from these senders, are the next to be
    /// [judged](Road::packet). Nothing changes by it but how long that takes.
    pub fn foresee(&self, coming: impl Iterator<Item = (u16, SocketAddr)>) {
        let mut slots = [NONE; FORESEEN];
        for (slot, (port, from)) in slots.iter_mut().zip(coming) {
            *slot = self.table.get(&Key::new(port, from)).unwrap_or(NONE);
        }
        for slot in &mut slots {
            let leg = self.leg(*slot);
            black_box(leg.map(Leg::touch_as_speaker));
            *slot = leg.and_then(|leg| leg.tie.partner()).unwrap_or(NONE);
        }
        for slot in slots {
            black_box(self.leg(slot).map(Leg::touch_as_listener));
        }
    }
}

/// Something of each line that a packet needs. The sums mean nothing: whoever adds has read.
impl Leg {
    fn touch_as_speaker(&self) -> u64 {
        let to_partner = &self.to_partner;
        sum([
            self.secure.is_on(),
            self.lock.source.is_some(),
            self.held,
            self.payloads.contains(0),
            self.entries.beside.is_video(),
            self.watch.silent,
            self.feed.is_tied(),
            to_partner.fork.is_some(),
            to_partner.numbers.get(0).is_some(),
            to_partner.numbers.get(FIRST_DYNAMIC).is_some(),
        ]) + self.inflow.touch()
    }

    fn touch_as_listener(&self) -> u64 {
        sum([
            self.secure.is_on(),
            self.lock.source.is_some(),
            self.held,
            self.entries.beside.is_video(),
            self.feed.is_tied(),
            self.expects.receives,
            self.expects.formats.is_empty(),
        ]) + u64::from(self.local.rtp)
            + self.outflow.touch()
    }
}

/// The first of the payload numbers that are given to codecs call by call (RFC 3551 section 3).
const FIRST_DYNAMIC: u8 = 96;

fn sum<const N: usize>(read: [bool; N]) -> u64 {
    read.map(u64::from).into_iter().sum()
}
