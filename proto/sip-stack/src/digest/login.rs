//! A login at somebody else's server: it answers challenges, and shows itself unasked with the
//! nonce it was given last (RFC 7616 §3.6, RFC 3261 §22).

use std::fmt;

use sip_message::{Challenge, Message, Name};

use super::client::{Account, answer, best};

/// How many challenges one request may answer: the first, and one more that says the nonce was
/// only too old (RFC 7616 §3.3, `stale`). A server that asks again refuses the password.
pub const MAX_ANSWERS: u8 = 2;

/// A user name with its password, and the challenge in force. Its debug form shows no password.
#[derive(Clone)]
pub struct Login {
    username: Box<str>,
    password: Box<str>,
    challenge: Option<Held>,
    /// What the last INVITE carried: its ACK repeats it (RFC 3261 §22.1).
    shown: Option<(Name<'static>, String)>,
}

#[derive(Clone)]
struct Held {
    /// Asked by a proxy (407) rather than by the server itself (401).
    proxy: bool,
    value: Box<str>,
    /// How often its nonce was used.
    uses: u32,
}

impl Login {
    /// A login that was not asked anything yet.
    #[must_use]
    pub fn new(username: impl Into<Box<str>>, password: impl Into<Box<str>>) -> Self {
        Self {
            username: username.into(),
            password: password.into(),
            challenge: None,
            shown: None,
        }
    }

    /// Takes the challenge of a 401 or 407. Whether the request is worth sending once more, with
    /// a new CSeq number and branch; `answered` says how many challenges it has answered already.
    /// When it is not worth it, the challenge is forgotten: the next request asks anew.
    pub fn challenged(&mut self, response: &Message, answered: u8) -> bool {
        self.shown = None;
        let asked = match response.status() {
            Some(401) => best(response.www_authenticate()).map(|(_, one)| (false, one)),
            Some(407) => best(response.proxy_authenticate()).map(|(_, one)| (true, one)),
            Some(_) | None => return false,
        };
        let again = asked.filter(|(_, challenge)| {
            answered == 0 || is_stale(challenge) && answered < MAX_ANSWERS
        });
        self.challenge = again.map(|(proxy, challenge)| Held {
            proxy,
            value: format!("{} {}", challenge.scheme, challenge.as_str()).into(),
            uses: 0,
        });
        self.challenge.is_some()
    }

    /// The header a request carries, once a challenge has come: each use counts the nonce up.
    /// `uri` is the Request-URI, `cnonce` a random text without quotes.
    pub fn header(
        &mut self,
        method: &str,
        uri: &str,
        cnonce: &str,
    ) -> Option<(Name<'static>, String)> {
        let held = self.challenge.as_mut()?;
        held.uses = held.uses.saturating_add(1);
        let challenge = Challenge::parse(&held.value).ok()?;
        let account = Account {
            username: &self.username,
            password: (&*self.password).into(),
        };
        let value = answer([challenge], account, method, uri, held.uses, cnonce)?;
        let name = if held.proxy {
            Name::ProxyAuthorization
        } else {
            Name::Authorization
        };
        if method == "INVITE" {
            self.shown = Some((name, value.clone()));
        }
        Some((name, value))
    }

    /// What the last INVITE carried.
    pub(crate) fn shown(&self) -> Option<(Name<'static>, &str)> {
        let (name, value) = self.shown.as_ref()?;
        Some((*name, value))
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Login({})", self.username)
    }
}

fn is_stale(challenge: &Challenge<'_>) -> bool {
    let stale = challenge.param("stale");
    stale.is_some_and(|stale| stale.eq_ignore_ascii_case("true"))
}
