//! Proof of who is calling: STIR (RFC 8224, 8225, 8226) as SHAKEN (RFC 8588) and for diverted
//! calls (RFC 8946).
//!
//! A [`Passport`] is a statement about one call, signed with the [`PrivateKey`] of whoever vouches
//! for it; an [`Identity`] is the header in which it travels. A [`Claimed`] is one that came in:
//! first it must be about this call and fresh, then its signature and its [`Chain`] must stand. All
//! that came with one call are [`Examined`] together. What comes of it is a [`Verdict`], never an
//! error.
//!
//! It knows no tenants and no trunks: which number a call may show, who is to sign, and what a
//! verdict leads to, is decided above. Keys, certificates and the present time are given to it.

mod attestation;
mod certificate;
mod chain;
mod claimed;
mod claims;
mod diversion;
mod examined;
mod identity;
mod key;
mod number;
mod origid;
mod party;
mod passport;
mod tn_auth_list;
mod verdict;

pub use attestation::Attestation;
pub use certificate::{BadCertificate, CHAIN_MAX, Certificate};
pub use chain::{Chain, ROOTS_MAX, Roots};
pub use claimed::{Claimed, FRESH, Standing};
pub use claims::{Claims, PASSPORT_MAX, Says, Unreadable};
pub use diversion::{Broken, DIVERSIONS_MAX, course, follows, original};
pub use examined::{DIVERTED_WITHIN, Examined, Seen, Signalled};
pub use identity::{ALG, Identity};
pub use key::{BadKey, PrivateKey, PublicKey};
pub use number::{NUMBER_MAX, Number};
pub use origid::OrigId;
pub use party::{Destination, Party};
pub use passport::{Passport, Signed};
pub use tn_auth_list::{ENTRIES_MAX, TnAuthList, TnEntry};
pub use verdict::{Verdict, Verstat};
