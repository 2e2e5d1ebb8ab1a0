//! What protects a party's packets: its own key and that of the exchange.

use crate::description::Peer;
use crate::sdes::Line;
use crate::tag::PACKET;
use srtp::{MAX_GROWTH, Receiver, Sender};

/// Octets of a packet with what protects it.
pub(crate) const ROOM: usize = PACKET + MAX_GROWTH;

/// Both directions of one party.
pub(crate) struct Guard {
    sends: Sender,
    takes: Receiver,
}

impl Guard {
    /// Between a party at this port and a peer; none where the peer tells no key.
    pub(crate) fn between(port: u16, peer: &Peer) -> Option<Box<Guard>> {
        let theirs = &peer.key.as_ref()?.key;
        let own = Line::own(theirs.suite(), 1, port)?;
        Some(Box::new(Guard {
            sends: Sender::new(&own.key),
            takes: Receiver::new(theirs),
        }))
    }

    /// Protects a packet of so many octets in place.
    pub(crate) fn protect<'p>(
        &mut self,
        packet: &'p mut [u8; ROOM],
        length: usize,
    ) -> Option<&'p [u8]> {
        let length = self.sends.protect_rtp(packet, length).ok()?;
        packet.get(..length)
    }

    /// The packet as it was before it was protected; none when this was not done with the peer's
    /// key.
    pub(crate) fn unprotect<'p>(&mut self, packet: &'p mut [u8]) -> Option<&'p [u8]> {
        let length = self.takes.unprotect_rtp(packet).ok()?;
        packet.get(..length)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::tag::Tag;
    use machine::Instant;
    use srtp::Suite;

    #[test]
    fn two_parties_understand_each_other_and_nobody_else() {
        for suite in [Suite::AesGcm128, Suite::AesCm128Sha1Tag80] {
            let peer = |port| Peer {
                key: Line::own(suite, 1, port),
                ..Peer::from(std::net::SocketAddrV4::new([127, 0, 0, 1].into(), port))
            };
            let mut anna = Guard::between(8_002, &peer(8_004)).unwrap();
            let mut bert = Guard::between(8_004, &peer(8_002)).unwrap();
            let mut other = Guard::between(8_006, &peer(8_004)).unwrap();
            let tag = Tag {
                from: 3,
                number: 9,
                at: Instant::ZERO,
            };
            let mut packet = [0; ROOM];
            tag.write(packet.first_chunk_mut().unwrap());
            let said = anna.protect(&mut packet, PACKET).unwrap().to_vec();
            assert!(other.unprotect(&mut said.clone()).is_none());
            let heard = bert.unprotect(&mut said.clone()).and_then(Tag::read);
            assert_eq!(heard, Some(tag));
        }
    }
}
