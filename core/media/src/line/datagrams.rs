//! Datagrams of a fax on their way between two threads, each as it is.

use super::ring::Ring;

/// Datagrams that wait each way, at most. Those beyond it are missed and counted; the redundancy of
/// UDPTL makes some of them good.
pub const LINE_DATAGRAMS: usize = 64;

/// Octets of the longest datagram that a line carries. Longer ones are missed and counted.
pub const LINE_DATAGRAM: usize = 1_024;

/// Octets in one word of a ring.
const TOGETHER: usize = 8;

/// Words of a datagram that say what it is: its length.
const HEAD: usize = 1;

/// A queue of datagrams.
#[derive(Debug)]
pub(super) struct Datagrams(Ring);

impl Datagrams {
    /// An empty one.
    pub(super) fn new() -> Datagrams {
        Datagrams(Ring::new(LINE_DATAGRAMS, HEAD + LINE_DATAGRAM / TOGETHER))
    }

    /// Puts one behind the others; false where there is no room, or it is too long.
    pub(super) fn put(&self, datagram: &[u8]) -> bool {
        if datagram.len() > LINE_DATAGRAM {
            return false;
        }
        let length = u64::try_from(datagram.len()).unwrap_or(0);
        let octets = datagram.chunks(TOGETHER).map(|octets| {
            let mut word = [0; TOGETHER];
            for (place, octet) in word.iter_mut().zip(octets) {
                *place = *octet;
            }
            u64::from_le_bytes(word)
        });
        self.0.put(&mut [length].into_iter().chain(octets))
    }

    /// Fetches the first one; how many octets it has.
    pub(super) fn fetch(&self, into: &mut [u8; LINE_DATAGRAM]) -> Option<usize> {
        let mut length = 0;
        self.0.fetch(|at, word| match at.checked_sub(HEAD) {
            None => length = usize::try_from(word).unwrap_or(0).min(LINE_DATAGRAM),
            Some(at) => {
                let places = into.iter_mut().skip(at * TOGETHER);
                for (place, octet) in places.zip(word.to_le_bytes()) {
                    *place = octet;
                }
            }
        })?;
        Some(length)
    }
}
