//! Links sent by mail: an invitation, a new password. Signed, expiring, and good once.
//!
//! Nothing is stored for a link. Its signature covers the person's state (mail address, password
//! hash): when the link is used, that state changes, and this and every other link is void.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ids::UserId;
use machine::WallTime;
use subtle::ConstantTimeEq;

use crate::mac::mac;

/// What a link is for. One sort never passes for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A new person sets the first password.
    Invitation,
    /// A person sets a new password.
    Reset,
    /// A person whose password was right goes on to the second factor. It is no link in a mail,
    /// but as short-lived and as easily overtaken.
    SecondFactor,
    /// A person whom the company's sign-in server has named fetches the tokens. Neither is this
    /// one a link in a mail.
    SignOn,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Purpose::Invitation => "link of an invitation",
            Purpose::Reset => "link of a reset",
            Purpose::SecondFactor => "challenge of a second factor",
            Purpose::SignOn => "code of a sign-on",
        }
    }
}

/// Why a link is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadLink {
    /// It is not a link of this platform, or for something else, or it was used or overtaken.
    Void,
    /// It was good, but its time is over.
    Expired,
}

impl fmt::Display for BadLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadLink::Void => f.write_str("the link is not valid, or was used already"),
            BadLink::Expired => f.write_str("the link has expired"),
        }
    }
}

impl std::error::Error for BadLink {}

/// A link as it came from outside, not checked yet.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    user: UserId,
    expires: WallTime,
    proof: [u8; 32],
}

impl Link {
    /// Reads the text that a link ends with; `None` when it has not the form of one.
    pub fn parse(text: &str) -> Option<Link> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (user, rest) = bytes.split_first_chunk::<16>()?;
        let (expires, proof) = rest.split_first_chunk::<8>()?;
        Some(Link {
            user: UserId::from_u128(u128::from_be_bytes(*user)),
            expires: WallTime::from_unix_ms(i64::from_be_bytes(*expires)),
            proof: proof.try_into().ok()?,
        })
    }

    /// The person it claims to be for: whose state to look up, not whom to trust.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// The text that goes into the mail.
    pub fn reveal(&self) -> String {
        let user = self.user.as_u128().to_be_bytes();
        let expires = self.expires.unix_ms().to_be_bytes();
        URL_SAFE_NO_PAD.encode([&user[..], &expires, &self.proof].concat())
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({}, …)", self.user)
    }
}

/// The platform's key of links. `Debug` hides it.
#[derive(Clone)]
pub struct LinkKey([u8; 32]);

impl LinkKey {
    /// The key made of 256 random bits.
    pub fn new(bits: [u8; 32]) -> LinkKey {
        LinkKey(bits)
    }

    /// A link for one person, good until a time or until `state` changes. The state is whatever
    /// using the link changes: at least the password's hash, and the mail address.
    pub fn sign(&self, purpose: Purpose, user: UserId, expires: WallTime, state: &[&str]) -> Link {
        Link {
            user,
            expires,
            proof: self.proof(purpose, user, expires, state),
        }
    }

    /// Checks a link against the person's present state.
    ///
    /// # Errors
    /// [`BadLink`].
    pub fn check(
        &self,
        now: WallTime,
        link: &Link,
        purpose: Purpose,
        state: &[&str],
    ) -> Result<(), BadLink> {
        let proof = self.proof(purpose, link.user, link.expires, state);
        if !bool::from(proof.ct_eq(&link.proof)) {
            return Err(BadLink::Void);
        }
        if now >= link.expires {
            return Err(BadLink::Expired);
        }
        Ok(())
    }

    fn proof(&self, purpose: Purpose, user: UserId, at: WallTime, state: &[&str]) -> [u8; 32] {
        let (user, at) = (user.as_u128().to_be_bytes(), at.unix_ms().to_be_bytes());
        let mut parts: Vec<&[u8]> = vec![&user, &at];
        parts.extend(state.iter().map(|part| part.as_bytes()));
        mac(&self.0, purpose.label(), &parts)
    }
}

impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkKey(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const NOW: WallTime = WallTime::from_unix_ms(1_000);
    const LATER: WallTime = WallTime::from_unix_ms(2_000);
    const STATE: &[&str] = &["ann@acme.example", "old hash"];

    fn signed() -> (LinkKey, Link) {
        let key = LinkKey::new([1; 32]);
        let link = key.sign(Purpose::Reset, UserId::new(1, 1), LATER, STATE);
        (key, link)
    }

    #[test]
    fn a_link_reads_back_and_is_good_until_it_expires() {
        let (key, link) = signed();
        let read = Link::parse(&link.reveal()).unwrap();
        assert_eq!(read.user(), UserId::new(1, 1));
        assert_eq!(key.check(NOW, &read, Purpose::Reset, STATE), Ok(()));
        let late = key.check(LATER, &read, Purpose::Reset, STATE);
        assert_eq!(late, Err(BadLink::Expired));
    }

    #[test]
    fn a_link_that_was_used_or_overtaken_is_void() {
        let (key, link) = signed();
        for state in [
            ["ann@acme.example", "new hash"],
            ["ann@other.example", "old hash"],
            // the same letters, cut elsewhere
            ["ann@acme.exampleold", " hash"],
        ] {
            let checked = key.check(NOW, &link, Purpose::Reset, &state);
            assert_eq!(checked, Err(BadLink::Void), "{state:?}");
        }
    }

    #[test]
    fn a_link_is_for_one_purpose_one_person_and_one_platform() {
        let (key, link) = signed();
        let void = Err(BadLink::Void);
        assert_eq!(key.check(NOW, &link, Purpose::Invitation, STATE), void);
        let other = LinkKey::new([2; 32]);
        assert_eq!(other.check(NOW, &link, Purpose::Reset, STATE), void);
        let stolen = Link {
            user: UserId::new(2, 2),
            ..link.clone()
        };
        assert_eq!(key.check(NOW, &stolen, Purpose::Reset, STATE), void);
        let prolonged = Link {
            expires: WallTime::MAX,
            ..link
        };
        assert_eq!(key.check(NOW, &prolonged, Purpose::Reset, STATE), void);
    }

    #[test]
    fn what_has_not_the_form_of_a_link_is_none_and_no_proof_is_printed() {
        let (_, link) = signed();
        let text = link.reveal();
        for bad in ["", "x", &text[1..], &text[..text.len() - 4]] {
            assert_eq!(Link::parse(bad), None, "{bad}");
        }
        assert_eq!(format!("{link:?}"), format!("Link({}, …)", link.user()));
    }
}
