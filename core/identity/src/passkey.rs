//! Passkeys: the relying party's half of W3C Web Authentication Level 3, §7.
//!
//! A person registers an authenticator ([`Gate::register`], §7.1) and signs in with it
//! ([`Gate::admit`], §7.2), without typing a name, or as a second factor.
//!
//! Attestation is not asked for and nothing is trusted because of it: the statement `none` must be
//! empty, `packed` self attestation must be a true signature, and what any other statement says
//! about the maker of an authenticator is left unread, as §7.1 lets a relying party decide whose
//! policy takes all authenticators.
//!
//! That a credential id is new on the whole platform (§7.1 step 26) is not asked: a person is
//! found by the user handle, and only their own passkeys are looked at, so another's id registered
//! twice opens nothing but the door of whoever did it.

mod admit;
mod answer;
mod attestation;
mod authenticator;
mod cbor;
mod challenge;
mod client;
mod cose;
mod gate;
mod kept;
mod offer;
mod refusal;
mod register;
mod site;

pub use answer::{AssertionAnswer, RegistrationAnswer, SignedAnswer, StatedAnswer};
pub use challenge::{CHALLENGE_LIFE, Occasion};
pub use gate::{Gate, Owner};
pub use kept::{PASSKEYS_MAX, Passkey, Passkeys};
pub use offer::{
    Algorithm, CreationOffer, CredentialRef, RequestOffer, Selection, SiteOffer, UserOffer,
};
pub use refusal::Refusal;
pub use site::{BadSite, Site};

#[cfg(test)]
mod tests;
