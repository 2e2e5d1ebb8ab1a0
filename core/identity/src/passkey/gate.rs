//! The gate of one site: what it asks of browsers, and what it lets pass.

use ids::UserId;
use machine::WallTime;

use super::challenge::{CHALLENGE_LIFE, Challenge, Occasion};
use super::cose;
use super::kept::Passkeys;
use super::offer::{Algorithm, CreationOffer, RequestOffer, Selection, SiteOffer, UserOffer};
use super::refusal::Refusal;
use super::site::Site;
use crate::base64url;
use crate::flow_key::FlowKey;

/// A person, as their authenticator will show them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner<'a> {
    /// Who.
    pub user: UserId,
    /// What they sign in with, a mail address.
    pub name: &'a str,
    /// What people call them.
    pub display_name: &'a str,
}

/// Registers passkeys for a site and checks them.
#[derive(Clone, Debug)]
pub struct Gate {
    pub(super) site: Site,
    pub(super) key: FlowKey,
}

impl Gate {
    /// The gate of a site. Its challenges are proved by a key of the platform.
    pub fn new(site: Site, key: FlowKey) -> Gate {
        Gate { site, key }
    }

    /// Asks for a new passkey. `random` is the operating system's.
    ///
    /// # Errors
    /// [`Refusal::TooMany`] when the person has as many as fit.
    pub fn ask_new(
        &self,
        now: WallTime,
        owner: Owner<'_>,
        kept: &Passkeys,
        random: [u8; 16],
    ) -> Result<CreationOffer, Refusal> {
        kept.check_room()?;
        let on = Occasion::Register(owner.user);
        let algorithm = |alg| Algorithm {
            kind: "public-key",
            alg,
        };
        Ok(CreationOffer {
            rp: SiteOffer {
                id: self.site.id().to_owned(),
                name: self.site.name().to_owned(),
            },
            user: UserOffer {
                id: base64url::encode(&owner.user.as_u128().to_be_bytes()),
                name: owner.name.to_owned(),
                display_name: owner.display_name.to_owned(),
            },
            challenge: Challenge::new(&self.key, now, on, random).text(),
            pub_key_cred_params: cose::OFFERED.map(algorithm).to_vec(),
            timeout: patience(),
            exclude_credentials: kept.references(),
            authenticator_selection: Selection {
                resident_key: "required",
                require_resident_key: true,
                user_verification: "required",
            },
            attestation: "none",
        })
    }

    /// Asks for a passkey of whoever is there. It must verify the person, as it stands for both
    /// factors. `random` is the operating system's.
    pub fn ask_anyone(&self, now: WallTime, random: [u8; 16]) -> RequestOffer {
        self.ask(now, Occasion::SignIn, Vec::new, random)
    }

    /// Asks for one of a person's passkeys, as a second factor.
    pub fn ask_person(
        &self,
        now: WallTime,
        user: UserId,
        kept: &Passkeys,
        random: [u8; 16],
    ) -> RequestOffer {
        self.ask(now, Occasion::Confirm(user), || kept.references(), random)
    }

    fn ask(
        &self,
        now: WallTime,
        on: Occasion,
        allowed: impl FnOnce() -> Vec<super::CredentialRef>,
        random: [u8; 16],
    ) -> RequestOffer {
        RequestOffer {
            challenge: Challenge::new(&self.key, now, on, random).text(),
            timeout: patience(),
            rp_id: self.site.id().to_owned(),
            allow_credentials: allowed(),
            user_verification: if must_verify(on) {
                "required"
            } else {
                "preferred"
            },
        }
    }
}

/// Whether the authenticator must ask who is there: where a passkey is all that is asked, and
/// where one is made that will be.
pub(super) fn must_verify(on: Occasion) -> bool {
    match on {
        Occasion::Register(_) | Occasion::SignIn => true,
        Occasion::Confirm(_) => false,
    }
}

fn patience() -> u64 {
    u64::try_from(CHALLENGE_LIFE.as_millis()).unwrap_or(u64::MAX)
}
