//! Who the exchange is to a sign-in server.

use std::fmt;

/// How a client proves itself to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// In the header `Authorization` (RFC 6749 §2.3.1, `client_secret_basic`).
    Header,
    /// In the body (`client_secret_post`).
    Body,
}

/// Who we are to a server. `Debug` hides the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Client {
    /// The client id that the server gave.
    pub id: String,
    /// The secret that the server gave; `None` for a public client, which has only PKCE.
    pub secret: Option<String>,
    /// The redirect address that was registered, one for each server.
    pub redirect: String,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({}, …)", self.id)
    }
}
