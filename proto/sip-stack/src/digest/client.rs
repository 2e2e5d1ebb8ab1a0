//! The client's side: an answer to the best challenge we understand.

use sip_message::Challenge;

use super::algorithm::{Algorithm, Asked, Digests, response};

/// Who answers.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// The user name.
    pub username: &'a str,
    /// The password; never printed by us.
    pub password: Password<'a>,
}

/// A borrowed password whose debug form shows nothing.
#[derive(Clone, Copy)]
pub struct Password<'a>(&'a str);

impl<'a> From<&'a str> for Password<'a> {
    fn from(text: &'a str) -> Self {
        Self(text)
    }
}

impl std::fmt::Debug for Password<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// The strongest challenge we understand (RFC 8760 §2.4).
pub(super) fn best<'c>(
    challenges: impl IntoIterator<Item = Challenge<'c>>,
) -> Option<(Algorithm, Challenge<'c>)> {
    challenges
        .into_iter()
        .filter(Challenge::is_digest)
        .filter_map(|challenge| {
            let token = challenge.param("algorithm");
            Some((Algorithm::from_token(token.as_deref())?, challenge))
        })
        .max_by_key(|(algorithm, _)| *algorithm)
}

/// The value of Authorization or Proxy-Authorization that answers the strongest challenge we
/// understand (RFC 8760 §2.4); none when there is no such.
///
/// `count` is how often this nonce was used, from 1; `cnonce` a random text without quotes.
pub fn answer<'c>(
    challenges: impl IntoIterator<Item = Challenge<'c>>,
    account: Account<'_>,
    method: &str,
    uri: &str,
    count: u32,
    cnonce: &str,
) -> Option<String> {
    let (algorithm, challenge) = best(challenges)?;
    let (realm, nonce) = (challenge.param("realm")?, challenge.param("nonce")?);
    let counts = match challenge.param("qop") {
        None => false,
        Some(qop)
            if qop
                .split(',')
                .any(|one| one.trim().eq_ignore_ascii_case("auth")) =>
        {
            true
        }
        Some(_) => return None,
    };
    let username = account.username;
    let digests = Digests::compute(username, &realm, account.password.0);
    let nc = format!("{count:08x}");
    let counted = counts.then_some((nc.as_str(), cnonce));
    let right = response(
        algorithm,
        &digests,
        &Asked {
            method,
            uri,
            nonce: &nonce,
            counted,
        },
    );
    let (token, right) = (algorithm.token(), right.as_str());
    let mut value = format!(
        "Digest username=\"{}\", realm=\"{}\", nonce=\"{nonce}\", uri=\"{uri}\", \
         response=\"{right}\", algorithm={token}",
        quoted(username),
        quoted(&realm),
    );
    if counts {
        value.push_str(&format!(", qop=auth, nc={nc}, cnonce=\"{cnonce}\""));
    }
    if let Some(opaque) = challenge.param("opaque") {
        value.push_str(&format!(", opaque=\"{}\"", quoted(&opaque)));
    }
    Some(value)
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
