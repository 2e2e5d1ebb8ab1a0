//! Single sign-on by OpenID Connect Core 1.0: the relying party's half of the code flow (§3.1).
//!
//! A person who gives a mail address is sent to the sign-in server of their company
//! ([`Visit`]), comes back with a code ([`Return`]), the code is exchanged for an ID token
//! ([`Errand`]), and the token says who they are ([`Expected::check`], [`Policy::decide`]).
//!
//! Against what RFC 9700 lists: PKCE by S256 (§2.1.1), a state bound to the browser by a cookie
//! (§4.7), a nonce, and against mix-up (§4.4) both a redirect address of its own for each server
//! and the parameter `iss` (RFC 9207) where the server gives it. Implicit and hybrid flows are
//! not spoken, so no token is ever in a URL.
//!
//! Nothing here fetches: the host asks what [`Server::discovery_url`], [`Server::keys_url`] and
//! [`Errand`] name, and hands over the bytes.

mod algorithm;
mod browser;
mod claims;
mod client;
mod discovery;
mod errand;
mod issuer;
mod jws;
mod keys;
mod names;
mod person;
mod refusal;
mod returned;
mod shelf;
mod visit;

pub use browser::Browser;
pub use claims::{Expected, Person};
pub use client::{Client, ClientAuth};
pub use discovery::{DOCUMENT_MAX, Server};
pub use errand::Errand;
pub use issuer::{BadIssuer, Issuer};
pub use keys::KeySet;
pub use names::{NAMES_MAX, Names};
pub use person::{Decision, Known, Policy};
pub use refusal::Refusal;
pub use returned::{Answer, Return};
pub use shelf::{SHELF_LIFE, SHELF_MAX, Shelf};
pub use visit::{VISIT_LIFE, Visit};

#[cfg(test)]
mod tests;
