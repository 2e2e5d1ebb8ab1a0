//! The form of a file: a head, then parts and segments.
//!
//! ```text
//! head     "STRWREC1", the recording's id (16 octets)
//! part     'P', length 16 (4 octets), a salt drawn at random
//! segment  'S', length (4 octets), what was sealed and its tag
//! ```
//!
//! Whoever opens a file to write begins a part. The nonce of a segment is the salt of its part and
//! the number of the segment in the file, so that a number that is used again after a crash, for a
//! segment that was cut off, is sealed with another nonce. With it are proved the head, the tenant
//! and the salt: a segment in another place, or another file, does not open.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use domain::Recording;
use zeroize::Zeroizing;

/// How a file begins.
const MAGIC: &[u8; 8] = b"STRWREC1";

/// Octets of a head.
pub(crate) const HEAD: usize = MAGIC.len() + 16;

/// Octets of a salt.
pub(crate) const SALT: usize = 16;

/// Octets before the content of a part or a segment.
pub(crate) const LABEL: usize = 5;

/// Octets of the longest segment; a second of the best Opus has a quarter of it.
pub(crate) const LONGEST: usize = 256 * 1024;

const NONCE: usize = SALT + 8;
const TAG: usize = 16;

/// What comes next in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The salt of a part.
    Part,
    /// A segment.
    Segment,
}

/// The label of what comes next: its kind, and how many octets it has.
pub(crate) fn label(kind: Kind, length: usize) -> [u8; LABEL] {
    let length = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    let kind = match kind {
        Kind::Part => b'P',
        Kind::Segment => b'S',
    };
    [kind, length[0], length[1], length[2], length[3]]
}

/// Reads a label; `None` for what is none.
pub(crate) fn read_label(octets: [u8; LABEL]) -> Option<(Kind, usize)> {
    let [kind, length @ ..] = octets;
    let length = usize::try_from(u32::from_be_bytes(length)).ok()?;
    match kind {
        b'P' if length == SALT => Some((Kind::Part, length)),
        b'S' if (TAG..=LONGEST).contains(&length) => Some((Kind::Segment, length)),
        _ => None,
    }
}

/// The head of a recording's file.
pub(crate) fn head(recording: &Recording) -> [u8; HEAD] {
    let mut head = [0; HEAD];
    let (magic, id) = head.split_at_mut(MAGIC.len());
    magic.copy_from_slice(MAGIC);
    id.copy_from_slice(&recording.id.as_u128().to_be_bytes());
    head
}

/// Seals and opens the segments of one recording.
pub(crate) struct Sealer {
    cipher: XChaCha20Poly1305,
    /// Head and tenant.
    place: Zeroizing<Vec<u8>>,
}

/// A segment does not open: another key, another place, or damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sealed;

impl Sealer {
    pub(crate) fn of(recording: &Recording) -> Sealer {
        let key = Zeroizing::new(recording.key.0);
        let tenant = recording.tenant.as_u128().to_be_bytes();
        Sealer {
            cipher: XChaCha20Poly1305::new(&Key::from(*key)),
            place: Zeroizing::new([head(recording).as_slice(), &tenant].concat()),
        }
    }

    /// Seals the segment of this number.
    pub(crate) fn seal(
        &self,
        (salt, number): (&[u8; SALT], u64),
        plain: &[u8],
    ) -> Result<Vec<u8>, Sealed> {
        let payload = Payload {
            msg: plain,
            aad: &self.place,
        };
        let sealed = self.cipher.encrypt(&nonce(salt, number), payload);
        sealed.map_err(|_| Sealed)
    }

    /// Opens it again.
    pub(crate) fn open(
        &self,
        (salt, number): (&[u8; SALT], u64),
        sealed: &[u8],
    ) -> Result<Vec<u8>, Sealed> {
        let payload = Payload {
            msg: sealed,
            aad: &self.place,
        };
        let plain = self.cipher.decrypt(&nonce(salt, number), payload);
        plain.map_err(|_| Sealed)
    }
}

fn nonce(salt: &[u8; SALT], number: u64) -> XNonce {
    let mut nonce = [0; NONCE];
    let (first, last) = nonce.split_at_mut(SALT);
    first.copy_from_slice(salt);
    last.copy_from_slice(&number.to_be_bytes());
    XNonce::from(nonce)
}
