//! AES in Galois/counter mode (RFC 7714).

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::{Cipher, LONGEST_TRIED, WORD, split_end};
use crate::Problem;
use crate::packet::{ENCRYPTED, RTCP_HEADER, RtpHeader};
use crate::place::Place;

/// Octets of a tag (RFC 7714 section 13.2).
const TAG: usize = 16;

/// Octets of a nonce, and of a salt (RFC 7714 section 12).
const NONCE: usize = 12;

/// The keys of one session.
pub(super) struct Galois {
    /// None only where there was no memory for it: its length is always right.
    key: Option<LessSafeKey>,
    /// 96 bits.
    salt: Zeroizing<u128>,
}

impl Galois {
    /// The transforms of a session with these keys; AES-128 or AES-256, as the key is long.
    pub(super) fn new(key: &[u8], salt: [u8; NONCE]) -> Galois {
        let algorithm = match key.len() {
            16 => &AES_128_GCM,
            _ => &AES_256_GCM,
        };
        let mut wide = [0; 16];
        wide[16 - NONCE..].copy_from_slice(&salt);
        Galois {
            key: UnboundKey::new(algorithm, key).ok().map(LessSafeKey::new),
            salt: Zeroizing::new(u128::from_be_bytes(wide)),
        }
    }

    /// The initial vector of a packet: of RTP as RFC 7714 section 8.1 has it, of RTCP as its
    /// section 9.1, whose index is the shorter one with zeros before it.
    fn nonce(&self, at: Place) -> Nonce {
        let vector = (*self.salt ^ at.in_a_row()).to_be_bytes();
        let [_, _, _, _, nonce @ ..] = vector;
        Nonce::assume_unique_for_key(nonce)
    }

    fn key(&self) -> Result<&LessSafeKey, Problem> {
        self.key.as_ref().ok_or(Problem::NoRoom)
    }

    /// Encrypts `secret` and writes the tag of both parts.
    fn seal(
        &self,
        at: Place,
        clear: &[u8],
        secret: &mut [u8],
        tag: &mut [u8],
    ) -> Result<(), Problem> {
        let (nonce, clear) = (self.nonce(at), Aad::from(clear));
        let sealed = self
            .key()?
            .seal_in_place_scatter(nonce, clear, secret, &[], tag);
        sealed.map_err(|_| Problem::NoRoom)
    }

    /// Decrypts `secret`, if the tag is that of both parts.
    fn open(&self, at: Place, clear: &[u8], secret: &mut [u8], tag: &[u8]) -> Result<(), Problem> {
        let (nonce, clear) = (self.nonce(at), Aad::from(clear));
        let opened = self
            .key()?
            .open_in_place_separate_tag(nonce, clear, tag, secret);
        opened.map(drop).map_err(|_| Problem::Forged)
    }
}

impl Cipher for Galois {
    fn rtp_growth(&self) -> usize {
        TAG
    }

    fn protect_rtp(
        &self,
        at: Place,
        head: usize,
        buffer: &mut [u8],
        length: usize,
    ) -> Result<usize, Problem> {
        let parts = buffer.split_at_mut_checked(length);
        let (packet, rest) = parts.ok_or(Problem::Malformed)?;
        let tag = rest.get_mut(..TAG).ok_or(Problem::NoRoom)?;
        let parts = packet.split_at_mut_checked(head);
        let (clear, secret) = parts.ok_or(Problem::Malformed)?;
        self.seal(at, clear, secret, tag)?;
        Ok(length + TAG)
    }

    fn unprotect_rtp(&self, at: Place, head: usize, packet: &mut [u8]) -> Result<usize, Problem> {
        let (packet, tag) = split_end(packet, TAG)?;
        let parts = packet.split_at_mut_checked(head);
        let (clear, secret) = parts.ok_or(Problem::Malformed)?;
        self.open(at, clear, secret, tag)?;
        Ok(packet.len())
    }

    /// Opening wipes what it cannot prove, so each attempt is made beside the packet.
    fn find_rollovers(&self, header: RtpHeader, most: u32, packet: &[u8]) -> Option<u32> {
        let (packet, tag) = packet.split_at_checked(packet.len().checked_sub(TAG)?)?;
        let (clear, secret) = packet.split_at_checked(header.length)?;
        let mut beside = [0; LONGEST_TRIED];
        let beside = beside.get_mut(..secret.len())?;
        let key = self.key.as_ref()?;
        (0..=most).find(|count| {
            let nonce = self.nonce(Place::of(header.ssrc, *count, header.seq));
            let clear = Aad::from(clear);
            let opened = key.open_separate_gather(nonce, clear, secret, tag, beside);
            opened.is_ok()
        })
    }

    fn protect_rtcp(&self, at: Place, buffer: &mut [u8], length: usize) -> Result<usize, Problem> {
        let parts = buffer.split_at_mut_checked(length);
        let (packet, rest) = parts.ok_or(Problem::Malformed)?;
        let rest = rest.get_mut(..TAG + WORD).ok_or(Problem::NoRoom)?;
        let (tag, place) = split_end(rest, WORD)?;
        let parts = packet.split_at_mut_checked(RTCP_HEADER);
        let (head, secret) = parts.ok_or(Problem::Malformed)?;
        let word = ENCRYPTED | at.short_index();
        self.seal(at, &clear_of_rtcp(head, word), secret, tag)?;
        place.copy_from_slice(&word.to_be_bytes());
        Ok(length + TAG + WORD)
    }

    fn rtcp_word(&self, packet: &[u8]) -> Option<u32> {
        packet.len().checked_sub(RTCP_HEADER + TAG + WORD)?;
        Some(u32::from_be_bytes(*packet.last_chunk::<WORD>()?))
    }

    fn unprotect_rtcp(&self, at: Place, word: u32, packet: &mut [u8]) -> Result<usize, Problem> {
        let (sealed, last) = split_end(packet, WORD)?;
        let (body, tag) = split_end(sealed, TAG)?;
        let length = body.len();
        if word & ENCRYPTED != 0 {
            let parts = body.split_at_mut_checked(RTCP_HEADER);
            let (head, secret) = parts.ok_or(Problem::Malformed)?;
            self.open(at, &clear_of_rtcp(head, word), secret, tag)?;
            return Ok(length);
        }
        // what is only authenticated is the packet with the word right behind it (RFC 7714
        // section 9.3): the word takes the tag's place
        let proof: [u8; TAG] = *tag.first_chunk().ok_or(Problem::Malformed)?;
        tag.split_at_mut(WORD).0.copy_from_slice(last);
        let clear = packet.get(..length + WORD).ok_or(Problem::Malformed)?;
        self.open(at, clear, &mut [], &proof)?;
        Ok(length)
    }
}

/// What is authenticated of an encrypted RTCP packet beside its secret: its head, and the word with
/// the index (RFC 7714 section 9.2).
fn clear_of_rtcp(head: &[u8], word: u32) -> [u8; RTCP_HEADER + WORD] {
    let mut clear = [0; RTCP_HEADER + WORD];
    for (place, octet) in clear.iter_mut().zip(head) {
        *place = *octet;
    }
    clear[RTCP_HEADER..].copy_from_slice(&word.to_be_bytes());
    clear
}

#[cfg(test)]
mod tests;
