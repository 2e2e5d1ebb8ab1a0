//! Signing in by way of a company's own sign-in server.
//!
//! `identity::oidc` decides; here its questions are put to the server and its answers carried
//! back.

mod servers;

pub use servers::{NoSignOn, SignInServers};
