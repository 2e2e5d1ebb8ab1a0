//! Authenticator: the server's side of digest authentication.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::time::Duration;

use machine::Instant;
use sip_message::Credentials;
use subtle::ConstantTimeEq as _;

use super::algorithm::{Algorithm, Asked, Digests, response};
use super::nonce::{Mint, Nonce, Returned};
use super::replay::Replay;

/// What is challenged for and how long an answer may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The realm of every challenge.
    pub realm: String,
    /// How long a nonce may be used. Default 5 minutes.
    pub nonce_life: Duration,
    /// Offer SHA-256, first. Default true.
    pub sha256: bool,
    /// Offer MD5. Default true.
    pub md5: bool,
    /// Take MD5 answers without `qop`, as clients of RFC 2069 give them. Default true; each
    /// nonce then serves once.
    pub md5_without_qop: bool,
    /// Used nonces remembered at once (about 100 bytes each). Default 131,072.
    pub used_nonces: usize,
}

impl Settings {
    /// The defaults for a realm.
    #[must_use]
    pub fn for_realm(realm: impl Into<String>) -> Self {
        Self {
            realm: realm.into(),
            nonce_life: Duration::from_secs(300),
            sha256: true,
            md5: true,
            md5_without_qop: true,
            used_nonces: 131_072,
        }
    }
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The sender knows the password.
    Accepted,
    /// The sender knows the password, but the nonce is too old, used up or not ours: challenge
    /// again with `stale=true` and do not ask the user.
    Stale,
    /// The sender does not know the password, or there is no such user.
    Wrong,
    /// The answer cannot be verified: which parameter and why. To be answered 400 or by a new
    /// challenge.
    Malformed(&'static str),
}

/// What is stored of the user an answer names; nothing when there is no such user.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// Of its present secret.
    pub present: Option<&'a Digests>,
    /// Of the one before, while it is still valid.
    pub former: Option<&'a Digests>,
}

impl<'a> From<Option<&'a Digests>> for Known<'a> {
    fn from(present: Option<&'a Digests>) -> Self {
        Self {
            present,
            former: None,
        }
    }
}

/// A verdict and, when it is acceptance, what it rests on: whoever gives out authority compares
/// the two once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// The response we computed, hexadecimal; empty unless accepted.
    pub computed: String,
    /// The response that was given, in lower case; empty unless accepted.
    pub received: String,
    /// It was made with the former secret.
    pub former: bool,
    /// The nonce is one of ours, still valid and sent to the address that it came back from:
    /// whoever answered hears what is sent there, so that the address is not forged. Where it is
    /// not, the address may still be true: phones move, and translators have several addresses.
    pub heard: bool,
}

impl Judgement {
    fn without_proof(verdict: Verdict) -> Self {
        Self {
            verdict,
            computed: String::new(),
            received: String::new(),
            former: false,
            heard: false,
        }
    }
}

/// Challenges and verifies for one realm.
pub struct Authenticator {
    settings: Settings,
    mint: Mint,
    replay: Replay,
}

/// The parameters of an answer, read.
struct Answer<'a> {
    algorithm: Algorithm,
    username: &'a str,
    nonce: &'a str,
    given: &'a str,
    uri: &'a str,
    counted: Option<(&'a str, &'a str, u32)>,
}

impl Authenticator {
    /// An authenticator with a secret of its own; answers to nonces made under another secret
    /// are stale.
    #[must_use]
    pub fn new(settings: Settings, secret: &[u8; 32]) -> Self {
        let replay = Replay::with_bound(settings.used_nonces);
        Self {
            mint: Mint::new(secret),
            replay,
            settings,
        }
    }

    /// The realm.
    #[must_use]
    pub fn realm(&self) -> &str {
        &self.settings.realm
    }

    /// How many used nonces are remembered now.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.replay.len()
    }

    /// The values of WWW-Authenticate or Proxy-Authenticate, one field each, strongest first
    /// (RFC 8760 §2.3), for whoever is at an address.
    pub fn challenge(&mut self, stale: bool, to: IpAddr, now: Instant) -> Vec<String> {
        let offers = [
            (Algorithm::Sha256, self.settings.sha256),
            (Algorithm::Md5, self.settings.md5),
        ];
        let mut values = Vec::with_capacity(2);
        for (algorithm, _) in offers.into_iter().filter(|(_, offered)| *offered) {
            let nonce = self.mint.mint(to, now);
            let mut value = String::with_capacity(160);
            let realm = &self.settings.realm;
            let (nonce, token) = (nonce.as_str(), algorithm.token());
            // writing to a String cannot fail
            let _ = write!(
                value,
                "Digest realm=\"{realm}\", nonce=\"{nonce}\", algorithm={token}, qop=\"auth\""
            );
            if stale {
                value.push_str(", stale=true");
            }
            values.push(value);
        }
        values
    }

    /// Judges an answer to a challenge, as [`Authenticator::judge`] does, without the proof.
    pub fn verify(
        &mut self,
        credentials: &Credentials<'_>,
        method: &str,
        digests: Option<&Digests>,
        from: IpAddr,
        now: Instant,
    ) -> Verdict {
        let known = digests.into();
        self.judge(credentials, method, known, from, now).verdict
    }

    /// Judges an answer to a challenge that came from an address. The work done is the same
    /// whatever is known of the user: nothing, one secret or two. The `uri` parameter is taken as
    /// the client wrote it.
    pub fn judge(
        &mut self,
        credentials: &Credentials<'_>,
        method: &str,
        known: Known<'_>,
        from: IpAddr,
        now: Instant,
    ) -> Judgement {
        let texts = match Texts::read(credentials) {
            Ok(texts) => texts,
            Err(problem) => return Judgement::without_proof(Verdict::Malformed(problem)),
        };
        let answer = match self.read(&texts) {
            Ok(answer) => answer,
            Err(problem) => return Judgement::without_proof(Verdict::Malformed(problem)),
        };
        let decoy = self.decoy(answer.username);
        let counted = answer.counted.map(|(nc, cnonce, _)| (nc, cnonce));
        let asked = Asked {
            method,
            uri: answer.uri,
            nonce: answer.nonce,
            counted,
        };
        let given = answer.given.to_ascii_lowercase();
        let [present, former] = [known.present, known.former].map(|digests| {
            let right = response(answer.algorithm, digests.unwrap_or(&decoy), &asked);
            let equal = bool::from(right.as_str().as_bytes().ct_eq(given.as_bytes()));
            (equal && digests.is_some()).then_some(right)
        });
        let returned = self.mint.read(answer.nonce, from);
        let heard = returned.is_some_and(|returned| self.is_heard(returned, now));
        let is_former = present.is_none();
        let Some(right) = present.or(former) else {
            return Judgement {
                heard,
                ..Judgement::without_proof(Verdict::Wrong)
            };
        };
        let count = answer.counted.map_or(1, |(_, _, count)| count);
        match returned {
            Some(returned) if self.use_nonce(returned.nonce, count, now) => Judgement {
                verdict: Verdict::Accepted,
                computed: right.as_str().to_owned(),
                received: given,
                former: is_former,
                heard,
            },
            Some(_) | None => Judgement::without_proof(Verdict::Stale),
        }
    }

    fn is_heard(&self, returned: Returned, now: Instant) -> bool {
        let life = self.settings.nonce_life;
        returned.from_where_sent && !returned.nonce.is_expired(life, now)
    }

    fn use_nonce(&mut self, nonce: Nonce, count: u32, now: Instant) -> bool {
        let life = self.settings.nonce_life;
        self.replay
            .forget_before(now.saturating_sub(life).as_millis());
        !nonce.is_expired(life, now)
            && !self.replay.is_forgotten(&nonce)
            && self.replay.take(nonce, count)
    }

    fn decoy(&self, username: &str) -> Digests {
        let sha256 = self.mint.decoy(username);
        let mut md5 = [0; 16];
        md5.copy_from_slice(&sha256[..16]);
        Digests { md5, sha256 }
    }

    fn read<'a>(&self, texts: &'a Texts<'_>) -> Result<Answer<'a>, &'static str> {
        if texts.realm != self.settings.realm {
            return Err("realm: must be that of the challenge");
        }
        let algorithm = Algorithm::from_token(texts.algorithm.as_deref());
        let offered = |algorithm: &Algorithm| match algorithm {
            Algorithm::Md5 => self.settings.md5,
            Algorithm::Sha256 => self.settings.sha256,
        };
        let algorithm = algorithm.filter(offered);
        let algorithm = algorithm.ok_or("algorithm: must be one of those offered")?;
        let counted = match texts.qop.as_deref() {
            Some(qop) if qop.eq_ignore_ascii_case("auth") => Some(texts.counted()?),
            Some(_) => return Err("qop: must be auth"),
            None if algorithm == Algorithm::Md5 && self.settings.md5_without_qop => None,
            None => return Err("qop: must be present"),
        };
        Ok(Answer {
            algorithm,
            username: &texts.username,
            nonce: &texts.nonce,
            given: &texts.response,
            uri: &texts.uri,
            counted,
        })
    }
}

type Text<'a> = std::borrow::Cow<'a, str>;

/// The parameters of an answer without their quotes.
struct Texts<'a> {
    username: Text<'a>,
    realm: Text<'a>,
    nonce: Text<'a>,
    uri: Text<'a>,
    response: Text<'a>,
    algorithm: Option<Text<'a>>,
    qop: Option<Text<'a>>,
    nc: Option<Text<'a>>,
    cnonce: Option<Text<'a>>,
}

impl<'a> Texts<'a> {
    fn read(credentials: &Credentials<'a>) -> Result<Self, &'static str> {
        if !credentials.is_digest() {
            return Err("scheme: must be Digest");
        }
        Ok(Self {
            username: credentials
                .param("username")
                .ok_or("username: must be present")?,
            realm: credentials.param("realm").ok_or("realm: must be present")?,
            nonce: credentials.param("nonce").ok_or("nonce: must be present")?,
            uri: credentials.param("uri").ok_or("uri: must be present")?,
            response: credentials
                .param("response")
                .ok_or("response: must be present")?,
            algorithm: credentials.param("algorithm"),
            qop: credentials.param("qop"),
            nc: credentials.param("nc"),
            cnonce: credentials.param("cnonce"),
        })
    }

    fn counted(&self) -> Result<(&str, &str, u32), &'static str> {
        let nc = self.nc.as_deref().ok_or("nc: must be present")?;
        let cnonce = self.cnonce.as_deref().ok_or("cnonce: must be present")?;
        let digits = nc.len() == 8 && nc.bytes().all(|b| b.is_ascii_hexdigit());
        let count = u32::from_str_radix(nc, 16).ok().filter(|_| digits);
        Ok((
            nc,
            cnonce,
            count.ok_or("nc: must be eight hexadecimal digits")?,
        ))
    }
}
