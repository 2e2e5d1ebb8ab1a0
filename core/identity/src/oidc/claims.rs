//! What an ID token says, and what it must say (OpenID Connect Core 1.0 §3.1.3.7).

use std::time::Duration;

use machine::WallTime;
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq;

use super::issuer::Issuer;
use super::jws::Token;
use super::keys::KeySet;
use super::refusal::Refusal;

/// How far the server's clock may be off, either way.
const DRIFT: Duration = Duration::from_secs(60);

/// Longest name of a person at a server, in bytes (§2, `sub`).
const SUBJECT_MAX: usize = 255;

/// Longest mail address, in bytes (RFC 5321 §4.5.3.1.3).
const MAIL_MAX: usize = 254;

/// Longest name of a person, in characters.
const NAME_MAX: usize = 64;

/// What a token must say to be the answer to one visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    pub(super) issuer: Issuer,
    pub(super) client: String,
    pub(super) nonce: String,
    pub(super) began: WallTime,
}

/// Who somebody is, as a server says that can be believed about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The server's name of the person, which never becomes another's (§2, `sub`).
    pub subject: String,
    /// The mail address in lower case, when the server has verified it.
    pub mail: Option<String>,
    /// What people call them; empty when the server does not say.
    pub name: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: Seconds,
    iat: Seconds,
    nbf: Option<Seconds>,
    nonce: Option<String>,
    email: Option<String>,
    email_verified: Option<Value>,
    xms_edov: Option<Value>,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// A time in seconds since 1970 (RFC 7519 §2, *NumericDate*). Parts of a second are cut off.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "serde_json::Number")]
struct Seconds(WallTime);

impl TryFrom<serde_json::Number> for Seconds {
    type Error = &'static str;

    fn try_from(number: serde_json::Number) -> Result<Self, Self::Error> {
        let text = number.to_string();
        let whole = text.split('.').next().unwrap_or_default();
        let seconds: i64 = whole.parse().map_err(|_| "must be a time")?;
        Ok(Seconds(WallTime::from_unix_ms(
            seconds.saturating_mul(1_000),
        )))
    }
}

impl Expected {
    /// Whether a token is the answer, signed by one of the server's keys; then who it names.
    ///
    /// # Errors
    /// [`Refusal`]. With [`Refusal::Key`] the keys may be old: they may be fetched once more.
    pub fn check(&self, now: WallTime, token: &str, keys: &KeySet) -> Result<Person, Refusal> {
        let payload = Token::parse(token)?.payload(keys)?;
        let claims: Claims =
            serde_json::from_slice(&payload).map_err(|_| Refusal::Malformed("claims"))?;
        if claims.iss != self.issuer.as_str() {
            return Err(Refusal::Issuer);
        }
        self.check_audience(&claims)?;
        self.check_times(now, &claims)?;
        let nonce = claims.nonce.as_deref().unwrap_or_default();
        if !bool::from(nonce.as_bytes().ct_eq(self.nonce.as_bytes())) {
            return Err(Refusal::Nonce);
        }
        person(claims)
    }

    /// For us, and for nobody else: another client that may use the token could bring it here
    /// (steps 3 to 5).
    fn check_audience(&self, claims: &Claims) -> Result<(), Refusal> {
        let ours = match &claims.aud {
            Audience::One(aud) => *aud == self.client,
            Audience::Several(all) => !all.is_empty() && all.iter().all(|aud| *aud == self.client),
        };
        let asked = claims.azp.as_ref().is_none_or(|azp| *azp == self.client);
        if ours && asked {
            Ok(())
        } else {
            Err(Refusal::Audience)
        }
    }

    /// Steps 9 and 10.
    fn check_times(&self, now: WallTime, claims: &Claims) -> Result<(), Refusal> {
        if now >= claims.exp.0 + DRIFT {
            return Err(Refusal::Expired);
        }
        let early = claims
            .nbf
            .map_or(claims.iat.0, |nbf| nbf.0.max(claims.iat.0));
        let before = self.began.saturating_sub(DRIFT);
        if early > now + DRIFT || claims.iat.0 < before {
            return Err(Refusal::Clock);
        }
        Ok(())
    }
}

fn person(claims: Claims) -> Result<Person, Refusal> {
    if claims.sub.is_empty() || claims.sub.len() > SUBJECT_MAX {
        return Err(Refusal::Nobody);
    }
    let verified = [&claims.email_verified, &claims.xms_edov]
        .into_iter()
        .flatten()
        .any(is_true);
    let mail = claims.email.filter(|mail| verified && is_mail(mail));
    let name = claims.name.unwrap_or_default();
    let printable = name.chars().filter(|c| !c.is_control());
    Ok(Person {
        subject: claims.sub,
        mail: mail.map(|mail| mail.to_ascii_lowercase()),
        name: printable
            .take(NAME_MAX)
            .collect::<String>()
            .trim()
            .to_owned(),
    })
}

/// Servers say it in three ways. `xms_edov` is how Microsoft's says that the owner of the domain
/// has verified the address; without it, that server's addresses may be anyone's.
fn is_true(value: &Value) -> bool {
    *value == Value::Bool(true) || *value == "true" || *value == "1" || *value == 1
}

/// One `@`, something on both sides, nothing that is not printed. One form only: an address that
/// two programs read differently is not taken.
fn is_mail(mail: &str) -> bool {
    let plain = mail
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"\"(),:;<>[\\]".contains(&b));
    let parts = mail.split_once('@');
    mail.len() <= MAIL_MAX
        && plain
        && parts.is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !domain.contains('@')
        })
}
