//! The receiving side: each IFP packet once and in order, with what was lost made good from later
//! datagrams.

use crate::{Malformed, Packet};

/// A number further ahead than this is no loss but another stream (RFC 3550 §A.1, `MAX_DROPOUT`).
const MAX_DROPOUT: u16 = 3_000;

/// A number further back than this is no straggler but another stream (RFC 3550 §A.1,
/// `MAX_MISORDER`).
const MAX_MISORDER: u16 = 100;

/// Takes the datagrams of one fax.
#[derive(Clone, Copy, Debug, Default)]
pub struct Receiver {
    /// The number that comes next; none before the first datagram.
    next: Option<u16>,
    /// The number that would show that the peer has begun anew.
    anew: Option<u16>,
    lost: u64,
    repaired: u64,
}

impl Receiver {
    /// One that has taken nothing yet.
    #[must_use]
    pub fn new() -> Receiver {
        Receiver::default()
    }

    /// Takes a datagram and gives out, with their numbers, the IFP packets that it makes known:
    /// first those that were lost before it and that it carries, then its own. What comes late was
    /// made good or given up already, and what comes twice was given: neither gives out anything.
    ///
    /// A number far away is believed with the next one in a row.
    ///
    /// # Errors
    /// It is no datagram of UDPTL; everything is as it was.
    pub fn take(
        &mut self,
        datagram: &[u8],
        mut out: impl FnMut(u16, &[u8]),
    ) -> Result<(), Malformed> {
        let packet = Packet::parse(datagram)?;
        let Some(missing) = self.missing_before(packet.seq) else {
            return Ok(());
        };
        self.next = Some(packet.seq.wrapping_add(1));
        self.anew = None;
        for distance in (1..=missing).rev() {
            match packet.before(distance) {
                Some(ifp) => {
                    self.repaired += 1;
                    out(packet.seq.wrapping_sub(distance), ifp);
                }
                None => self.lost += 1,
            }
        }
        if !packet.primary.is_empty() {
            out(packet.seq, packet.primary);
        }
        Ok(())
    }

    /// How many IFP packets were lost for good: no datagram that came carried them in time.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost
    }

    /// How many were lost and made good.
    #[must_use]
    pub fn repaired(&self) -> u64 {
        self.repaired
    }

    /// How many packets are missing before the one with this number; none where this one is not to
    /// be given out.
    fn missing_before(&mut self, seq: u16) -> Option<u16> {
        let Some(next) = self.next else {
            // The first number of a stream is 0 (T.38 §9.1.3); of one that began elsewhere or long
            // ago nothing is missed.
            return Some(if seq <= MAX_MISORDER { seq } else { 0 });
        };
        let ahead = seq.wrapping_sub(next);
        if ahead <= MAX_DROPOUT {
            return Some(ahead);
        }
        if ahead.wrapping_neg() <= MAX_MISORDER {
            return None;
        }
        if self.anew == Some(seq) {
            return Some(0);
        }
        self.anew = Some(seq.wrapping_add(1));
        None
    }
}
