//! Challenges: random, made for one occasion, good for a few minutes, and answered once.

use std::time::Duration;

use ids::UserId;
use machine::WallTime;
use subtle::ConstantTimeEq;

use super::refusal::Refusal;
use crate::base64url;
use crate::flow_key::FlowKey;
use crate::spent::Spent;

/// How long a person may take to answer. Longer than a browser asks (§5.4.1 names five minutes).
pub const CHALLENGE_LIFE: Duration = Duration::from_secs(5 * 60);

/// What a challenge is for. One sort never passes for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// A person who is signed in adds a passkey.
    Register(UserId),
    /// Somebody signs in and says who by the passkey itself.
    SignIn,
    /// A person who gave another factor confirms it.
    Confirm(UserId),
}

impl Occasion {
    fn label(self) -> &'static str {
        match self {
            Occasion::Register(_) => "passkey to register",
            Occasion::SignIn => "passkey to sign in",
            Occasion::Confirm(_) => "passkey to confirm",
        }
    }

    /// The person it is made for, when that is known.
    pub(super) fn person(self) -> Option<UserId> {
        match self {
            Occasion::Register(user) | Occasion::Confirm(user) => Some(user),
            Occasion::SignIn => None,
        }
    }
}

/// A challenge that was answered: random bytes, when it ends, and the proof that we made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Challenge {
    random: [u8; 16],
    end: WallTime,
    proof: [u8; 32],
}

impl Challenge {
    /// Makes one of 128 random bits.
    pub(super) fn new(key: &FlowKey, now: WallTime, on: Occasion, random: [u8; 16]) -> Challenge {
        let end = now + CHALLENGE_LIFE;
        Challenge {
            random,
            end,
            proof: proof(key, on, &random, end),
        }
    }

    /// Its text, as it goes to the browser.
    pub(super) fn text(&self) -> String {
        let end = self.end.unix_ms().to_be_bytes();
        base64url::encode(&[&self.random[..], &end, &self.proof].concat())
    }

    /// Reads the text that came back.
    pub(super) fn parse(text: &str) -> Option<Challenge> {
        let bytes = base64url::decode(text)?;
        let (random, rest) = bytes.split_first_chunk::<16>()?;
        let (end, proof) = rest.split_first_chunk::<8>()?;
        Some(Challenge {
            random: *random,
            end: WallTime::from_unix_ms(i64::from_be_bytes(*end)),
            proof: proof.try_into().ok()?,
        })
    }

    /// Whether it was made here, for this, and is not over.
    pub(super) fn check(&self, key: &FlowKey, now: WallTime, on: Occasion) -> Result<(), Refusal> {
        let expected = proof(key, on, &self.random, self.end);
        if !bool::from(expected.ct_eq(&self.proof)) {
            return Err(Refusal::Challenge);
        }
        if now >= self.end {
            return Err(Refusal::Late);
        }
        Ok(())
    }

    /// Spends it, when all else was found in order.
    pub(super) fn spend(&self, now: WallTime, spent: &mut Spent) -> Result<(), Refusal> {
        Ok(spent.take(now, self.proof, self.end)?)
    }
}

fn proof(key: &FlowKey, on: Occasion, random: &[u8; 16], end: WallTime) -> [u8; 32] {
    let person = on.person().map_or(0, UserId::as_u128).to_be_bytes();
    let end = end.unix_ms().to_be_bytes();
    key.mac(on.label(), &[random, &end, &person])
}
