//! What a device may prove itself with: its present secret and, for a while, the one before.

use std::time::Duration;

use machine::WallTime;

use crate::secret::Digests;

/// Longest time that a replaced secret may stay valid beside the new one: 30 days.
pub const OVERLAP_MAX: Duration = Duration::from_secs(30 * 24 * 3600);

/// A secret that was replaced and is still valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Former {
    /// What is kept of it.
    pub digests: Digests,
    /// The moment from which it is void.
    pub until: WallTime,
}

/// What is kept of a device's secrets: two at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The secret that was set last.
    pub present: Digests,
    /// The one before, if it was to stay. Most devices have none, so it takes room only then.
    pub former: Option<Box<Former>>,
}

impl From<Digests> for Credentials {
    fn from(present: Digests) -> Credentials {
        Credentials {
            present,
            former: None,
        }
    }
}

impl Credentials {
    /// These after the present secret was replaced and stays valid until a moment. One that was
    /// replaced before is void at once: never are three valid.
    #[must_use]
    pub fn replaced(&self, present: Digests, until: WallTime) -> Credentials {
        let former = Former {
            digests: self.present,
            until,
        };
        Credentials {
            present,
            former: Some(Box::new(former)),
        }
    }

    /// The secret before the present one, where it is valid at a moment.
    pub fn former_at(&self, now: WallTime) -> Option<Former> {
        self.former
            .as_deref()
            .copied()
            .filter(|former| now < former.until)
    }

    /// All of it, to be sealed: 48 bytes, and 56 more when there is a former secret.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.present.to_bytes().to_vec();
        if let Some(former) = &self.former {
            bytes.extend_from_slice(&former.digests.to_bytes());
            bytes.extend_from_slice(&former.until.unix_ms().to_be_bytes());
        }
        bytes
    }

    /// Reads what [`Credentials::to_bytes`] wrote; `None` for any other length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Credentials> {
        let (present, rest) = bytes.split_at_checked(Digests::LENGTH)?;
        let present = Digests::from_bytes(present)?;
        if rest.is_empty() {
            return Some(present.into());
        }
        let (former, until) = rest.split_at_checked(Digests::LENGTH)?;
        let former = Former {
            digests: Digests::from_bytes(former)?,
            until: WallTime::from_unix_ms(i64::from_be_bytes(until.try_into().ok()?)),
        };
        Some(Credentials {
            present,
            former: Some(Box::new(former)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    fn digests(number: u8) -> Digests {
        Digests {
            md5: [number; 16],
            sha256: [number; 32],
        }
    }

    #[test]
    fn the_secret_before_is_valid_until_its_moment_and_no_third_ever_is() {
        let now = WallTime::from_unix_ms(1_000);
        let former = |kept: &Credentials, at| kept.former_at(at).map(|former| former.digests);
        let once = Credentials::from(digests(1)).replaced(digests(2), now + LONG);
        assert_eq!(once.present, digests(2));
        assert_eq!(former(&once, now), Some(digests(1)));
        assert_eq!(former(&once, now + LONG), None);
        let twice = once.replaced(digests(3), now + LONG);
        assert_eq!(twice.present, digests(3));
        assert_eq!(former(&twice, now), Some(digests(2)));
    }

    #[test]
    fn credentials_read_back_from_their_bytes_and_from_no_others() {
        let one = Credentials::from(digests(1));
        let two = one.replaced(digests(2), WallTime::from_unix_ms(-7));
        for credentials in [&one, &two] {
            let bytes = credentials.to_bytes();
            assert_eq!(Credentials::from_bytes(&bytes).as_ref(), Some(credentials));
            assert_eq!(Credentials::from_bytes(&bytes[1..]), None);
        }
        assert_eq!(one.to_bytes(), digests(1).to_bytes());
    }
}
