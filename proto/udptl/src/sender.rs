//! The sending side: numbers, and the latest IFP packets once more in each datagram.

use std::collections::VecDeque;

use crate::{MAX_IFP_BYTES, MAX_REDUNDANCY, Packet, length};

/// Octets of a datagram before its first earlier packet, without the IFP packet it is for.
const FRAME_BYTES: usize = 4;

/// Makes the datagrams of one fax.
#[derive(Clone, Debug)]
pub struct Sender {
    seq: u16,
    redundancy: usize,
    max_datagram: usize,
    /// The latest IFP packets, the latest one first.
    latest: VecDeque<Vec<u8>>,
}

impl Sender {
    /// A sender whose datagrams carry so many earlier IFP packets, [`MAX_REDUNDANCY`] at most.
    #[must_use]
    pub fn new(redundancy: usize) -> Sender {
        let redundancy = redundancy.min(MAX_REDUNDANCY);
        Sender {
            seq: 0,
            redundancy,
            max_datagram: usize::MAX,
            latest: VecDeque::with_capacity(redundancy),
        }
    }

    /// Leaves away earlier packets, the earliest first, where a datagram would have more octets
    /// than the peer takes (`T38FaxMaxDatagram`, T.38 Annex D.2.3).
    #[must_use]
    pub fn within(mut self, max_datagram: usize) -> Sender {
        self.max_datagram = max_datagram;
        self
    }

    /// The next datagram, of this IFP packet; none where that is empty or longer than
    /// [`MAX_IFP_BYTES`].
    pub fn packet(&mut self, ifp: &[u8]) -> Option<Vec<u8>> {
        if ifp.is_empty() || ifp.len() > MAX_IFP_BYTES {
            return None;
        }
        let fitting = self.fitting(ifp);
        let earlier = self.latest.iter().take(fitting).map(Vec::as_slice);
        let datagram = Packet::print(self.seq, ifp, earlier);
        self.seq = self.seq.wrapping_add(1);
        self.latest.push_front(ifp.to_vec());
        self.latest.truncate(self.redundancy);
        Some(datagram)
    }

    /// How many earlier packets fit behind this one.
    fn fitting(&self, ifp: &[u8]) -> usize {
        let mut octets = FRAME_BYTES + length::of_string(ifp);
        let fits = |earlier: &&Vec<u8>| {
            octets += length::of_string(earlier);
            octets <= self.max_datagram
        };
        self.latest.iter().take_while(fits).count()
    }
}
