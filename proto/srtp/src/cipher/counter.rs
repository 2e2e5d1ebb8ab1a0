//! AES in counter mode with HMAC-SHA1 (RFC 3711 sections 4.1.1 and 4.2, RFC 6188).

use aes::cipher::KeyInit;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{Cipher, WORD, split_end};
use crate::Problem;
use crate::key_stream::{Aes, apply_key_stream, keyed};
use crate::packet::{ENCRYPTED, RTCP_HEADER, RtpHeader};
use crate::place::Place;

/// The keys of one session.
pub(super) struct Counter<C> {
    cipher: C,
    /// The salt, 112 bits, with the 16 bits behind it that count blocks.
    salt: Zeroizing<u128>,
    /// With its key worked in: each packet begins with a copy.
    proof: Hmac<Sha1>,
    /// Octets of a tag.
    tag: usize,
}

impl<C: Aes + KeyInit> Counter<C> {
    /// The transforms of a session with these keys, and tags of so many octets.
    pub(super) fn new(key: &[u8], proof: &[u8], salt: [u8; 14], tag: usize) -> Counter<C> {
        let mut shifted = [0; 16];
        shifted[..14].copy_from_slice(&salt);
        Counter {
            cipher: keyed(key),
            salt: Zeroizing::new(u128::from_be_bytes(shifted)),
            proof: keyed(proof),
            tag,
        }
    }
}

impl<C: Aes> Counter<C> {
    /// Encrypts or decrypts what one packet has.
    fn apply(&self, at: Place, octets: &mut [u8]) {
        let first = *self.salt ^ (at.in_a_row() << 16);
        apply_key_stream(&self.cipher, first.to_be_bytes(), octets);
    }

    /// Writes the tag of `buffer[..length]`, and of what is proved with it, behind it.
    fn append_tag(
        &self,
        buffer: &mut [u8],
        length: usize,
        besides: &[u8],
    ) -> Result<usize, Problem> {
        let parts = buffer.split_at_mut_checked(length);
        let (packet, rest) = parts.ok_or(Problem::NoRoom)?;
        let proof = self.proof.clone().chain_update(packet);
        let proof = proof.chain_update(besides).finalize().into_bytes();
        let room = rest.get_mut(..self.tag).ok_or(Problem::NoRoom)?;
        for (place, octet) in room.iter_mut().zip(proof) {
            *place = octet;
        }
        Ok(length + self.tag)
    }

    /// Has this tag been made of this packet and of what is proved with it?
    fn check(&self, packet: &[u8], besides: &[u8], tag: &[u8]) -> Result<(), Problem> {
        let proof = self.proof.clone().chain_update(packet);
        let genuine = is_tag(proof.chain_update(besides), tag);
        genuine.then_some(()).ok_or(Problem::Forged)
    }
}

/// Does this tag begin the digest? Tells it in the same time wherever they differ.
fn is_tag(proof: Hmac<Sha1>, tag: &[u8]) -> bool {
    let proof = proof.finalize().into_bytes();
    let begin = proof.get(..tag.len());
    begin.is_some_and(|begin| begin.ct_eq(tag).into())
}

impl<C: Aes + Send + Sync> Cipher for Counter<C> {
    fn rtp_growth(&self) -> usize {
        self.tag
    }

    fn protect_rtp(
        &self,
        at: Place,
        head: usize,
        buffer: &mut [u8],
        length: usize,
    ) -> Result<usize, Problem> {
        if buffer.len() < length + self.tag {
            return Err(Problem::NoRoom);
        }
        let secret = buffer.get_mut(head..length);
        self.apply(at, secret.ok_or(Problem::Malformed)?);
        self.append_tag(buffer, length, &at.rollovers())
    }

    fn unprotect_rtp(&self, at: Place, head: usize, packet: &mut [u8]) -> Result<usize, Problem> {
        let (packet, tag) = split_end(packet, self.tag)?;
        self.check(packet, &at.rollovers(), tag)?;
        let secret = packet.get_mut(head..);
        self.apply(at, secret.ok_or(Problem::Malformed)?);
        Ok(packet.len())
    }

    fn find_rollovers(&self, _: RtpHeader, most: u32, packet: &[u8]) -> Option<u32> {
        let end = packet.len().checked_sub(self.tag)?;
        let (packet, tag) = packet.split_at_checked(end)?;
        let proof = self.proof.clone().chain_update(packet);
        (0..=most).find(|count| is_tag(proof.clone().chain_update(count.to_be_bytes()), tag))
    }

    fn protect_rtcp(&self, at: Place, buffer: &mut [u8], length: usize) -> Result<usize, Problem> {
        if buffer.len() < length + WORD + self.tag {
            return Err(Problem::NoRoom);
        }
        let secret = buffer.get_mut(RTCP_HEADER..length);
        self.apply(at, secret.ok_or(Problem::Malformed)?);
        let word = (ENCRYPTED | at.short_index()).to_be_bytes();
        let place = buffer.get_mut(length..length + WORD);
        place.ok_or(Problem::NoRoom)?.copy_from_slice(&word);
        self.append_tag(buffer, length + WORD, &[])
    }

    fn rtcp_word(&self, packet: &[u8]) -> Option<u32> {
        let before = packet.len().checked_sub(self.tag)?;
        before.checked_sub(RTCP_HEADER + WORD)?;
        let word = packet.get(..before)?.last_chunk::<WORD>()?;
        Some(u32::from_be_bytes(*word))
    }

    fn unprotect_rtcp(&self, at: Place, word: u32, packet: &mut [u8]) -> Result<usize, Problem> {
        let (packet, tag) = split_end(packet, self.tag)?;
        self.check(packet, &[], tag)?;
        let (packet, _) = split_end(packet, WORD)?;
        if word & ENCRYPTED != 0 {
            let secret = packet.get_mut(RTCP_HEADER..);
            self.apply(at, secret.ok_or(Problem::Malformed)?);
        }
        Ok(packet.len())
    }
}

#[cfg(test)]
mod tests;
