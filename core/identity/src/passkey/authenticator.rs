//! What the authenticator says and signs (§6.1).

use super::cbor::{self, Map};
use super::refusal::Refusal;
use super::site::Site;

/// Longest authenticator data, in bytes: a credential id of 1,023, an RSA key, extensions.
const DATA_MAX: usize = 4_096;

/// Longest credential id, in bytes (§4, *Credential ID*).
const CREDENTIAL_ID_MAX: usize = 1_023;

const PRESENT: u8 = 1 << 0;
const VERIFIED: u8 = 1 << 2;
const ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const HAS_CREDENTIAL: u8 = 1 << 6;
const HAS_EXTENSIONS: u8 = 1 << 7;

const MALFORMED: Refusal = Refusal::Malformed("authenticatorData");

/// A new credential.
#[derive(Debug)]
pub(super) struct Made<'a> {
    /// The model of the authenticator; zeros when it does not say.
    pub(super) model: [u8; 16],
    /// The credential's id.
    pub(super) id: &'a [u8],
    /// Its public key, in COSE.
    pub(super) key: &'a [u8],
}

/// Authenticator data, cut into its parts.
#[derive(Debug)]
pub(super) struct Data<'a> {
    site: [u8; 32],
    flags: u8,
    /// How often it signed; zero when it does not count.
    pub(super) counter: u32,
    /// The new credential, at registration.
    pub(super) made: Option<Made<'a>>,
}

impl<'a> Data<'a> {
    /// Reads it, to its last byte.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Data<'a>, Refusal> {
        if bytes.len() > DATA_MAX {
            return Err(MALFORMED);
        }
        parts(bytes).ok_or(MALFORMED)
    }

    /// The checks that registration and use have in common (§7.1 steps 14 to 18, §7.2 steps 15 to
    /// 19).
    pub(super) fn check(&self, site: &Site, verified: bool) -> Result<(), Refusal> {
        if self.site != site.digest() {
            return Err(Refusal::Site);
        }
        if self.flags & PRESENT == 0 {
            return Err(Refusal::Presence);
        }
        if verified && !self.is_verified() {
            return Err(Refusal::Verification);
        }
        if self.is_backed_up() && !self.is_eligible() {
            return Err(Refusal::Backup);
        }
        Ok(())
    }

    /// Whether the authenticator asked who is there.
    pub(super) fn is_verified(&self) -> bool {
        self.flags & VERIFIED != 0
    }

    /// Whether the passkey can be copied to the person's other devices.
    pub(super) fn is_eligible(&self) -> bool {
        self.flags & ELIGIBLE != 0
    }

    /// Whether it has been.
    pub(super) fn is_backed_up(&self) -> bool {
        self.flags & BACKED_UP != 0
    }
}

fn parts(bytes: &[u8]) -> Option<Data<'_>> {
    let (site, rest) = bytes.split_first_chunk::<32>()?;
    let (flags, rest) = rest.split_first()?;
    let (counter, mut rest) = rest.split_first_chunk::<4>()?;
    let mut made = None;
    if flags & HAS_CREDENTIAL != 0 {
        let (credential, after) = credential(rest)?;
        made = Some(credential);
        rest = after;
    }
    if flags & HAS_EXTENSIONS != 0 {
        let (extensions, after) = cbor::read_first(rest)?;
        Map::of(extensions)?;
        rest = after;
    }
    rest.is_empty().then_some(Data {
        site: *site,
        flags: *flags,
        counter: u32::from_be_bytes(*counter),
        made,
    })
}

fn credential(bytes: &[u8]) -> Option<(Made<'_>, &[u8])> {
    let (model, rest) = bytes.split_first_chunk::<16>()?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    if length == 0 || length > CREDENTIAL_ID_MAX {
        return None;
    }
    let (id, rest) = rest.split_at_checked(length)?;
    let (_, after) = cbor::read_first(rest)?;
    let key = rest.get(..rest.len() - after.len())?;
    let made = Made {
        model: *model,
        id,
        key,
    };
    Some((made, after))
}
