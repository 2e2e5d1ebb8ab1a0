//! What a packet becomes under one session's keys, whatever came before it.

mod counter;
mod galois;

use aes::{Aes128, Aes256};
use zeroize::Zeroizing;

use crate::derive::{Labels, RTCP, RTP, derive};
use crate::packet::RtpHeader;
use crate::place::Place;
use crate::{MasterKey, Problem, Suite};
use counter::Counter;
use galois::Galois;

/// Octets by which a packet grows when it is protected, at most: a tag of 16 and RTCP's index of 4.
pub const MAX_GROWTH: usize = 20;

/// Octets of the longest payload for which a roll-over count is searched, since Galois/counter mode
/// needs as many beside it. For a longer one none is found, and the next shorter one finds it.
pub const LONGEST_TRIED: usize = 2_048;

/// Octets of the word that an SRTCP packet bears beside its tag.
const WORD: usize = 4;

/// Octets of the key of HMAC-SHA1 (RFC 3711 section 5.2).
const AUTHENTICATION_KEY: usize = 20;

/// Octets of a tag of 80 bits: of most suites, and of every suite of counter mode on RTCP (RFC 4568
/// section 6.2).
const LONG_TAG: usize = 10;

/// Octets of a tag of 32 bits.
const SHORT_TAG: usize = 4;

/// The transforms of one session. They know nothing of what came before: their caller sees to it
/// that no [`Place`] is protected twice.
pub(crate) trait Cipher: Send + Sync {
    /// Octets by which a packet of RTP grows.
    fn rtp_growth(&self) -> usize;

    /// Protects the RTP packet in `buffer[..length]`, of which the first `head` octets stay in the
    /// clear, and gives its new length.
    fn protect_rtp(
        &self,
        at: Place,
        head: usize,
        buffer: &mut [u8],
        length: usize,
    ) -> Result<usize, Problem>;

    /// Unprotects an SRTP packet, of which the first `head` octets are in the clear, and gives its
    /// new length.
    fn unprotect_rtp(&self, at: Place, head: usize, packet: &mut [u8]) -> Result<usize, Problem>;

    /// With which of the counts from 0 to `most` an SRTP packet is genuine. The packet is not
    /// changed.
    fn find_rollovers(&self, header: RtpHeader, most: u32, packet: &[u8]) -> Option<u32>;

    /// Protects the RTCP packet in `buffer[..length]` and gives its new length.
    fn protect_rtcp(&self, at: Place, buffer: &mut [u8], length: usize) -> Result<usize, Problem>;

    /// The word with the index that an SRTCP packet bears; none if it is too short.
    fn rtcp_word(&self, packet: &[u8]) -> Option<u32>;

    /// Unprotects an SRTCP packet that bears this word, and gives its new length.
    fn unprotect_rtcp(&self, at: Place, word: u32, packet: &mut [u8]) -> Result<usize, Problem>;
}

/// The transforms of RTP under a master key.
pub(crate) fn for_rtp(master: &MasterKey) -> Box<dyn Cipher> {
    let tag = match master.suite() {
        Suite::AesCm128Sha1Tag32 | Suite::AesCm256Sha1Tag32 => SHORT_TAG,
        Suite::AesCm128Sha1Tag80
        | Suite::AesCm256Sha1Tag80
        | Suite::AesGcm128
        | Suite::AesGcm256 => LONG_TAG,
    };
    of(master, RTP, tag)
}

/// The transforms of RTCP under a master key.
pub(crate) fn for_rtcp(master: &MasterKey) -> Box<dyn Cipher> {
    of(master, RTCP, LONG_TAG)
}

/// The transforms of one session; only those of counter mode have tags of more than one length.
fn of(master: &MasterKey, labels: Labels, tag: usize) -> Box<dyn Cipher> {
    let suite = master.suite();
    let key = Zeroizing::new(derived::<32>(master, labels.encryption));
    let (key, _) = key.split_at(suite.key_bytes());
    match suite {
        Suite::AesGcm128 | Suite::AesGcm256 => {
            Box::new(Galois::new(key, derived(master, labels.salt)))
        }
        Suite::AesCm128Sha1Tag80
        | Suite::AesCm128Sha1Tag32
        | Suite::AesCm256Sha1Tag80
        | Suite::AesCm256Sha1Tag32 => {
            let proof = derived::<AUTHENTICATION_KEY>(master, labels.authentication);
            let proof = Zeroizing::new(proof);
            let salt = derived(master, labels.salt);
            if key.len() == 16 {
                Box::new(Counter::<Aes128>::new(key, &*proof, salt, tag))
            } else {
                Box::new(Counter::<Aes256>::new(key, &*proof, salt, tag))
            }
        }
    }
}

/// A packet, and so many octets of its end.
fn split_end(packet: &mut [u8], octets: usize) -> Result<(&mut [u8], &mut [u8]), Problem> {
    let end = packet.len().checked_sub(octets);
    let parts = end.and_then(|end| packet.split_at_mut_checked(end));
    parts.ok_or(Problem::Malformed)
}

fn derived<const OCTETS: usize>(master: &MasterKey, label: u8) -> [u8; OCTETS] {
    let mut octets = [0; OCTETS];
    derive(master, label, &mut octets);
    octets
}
