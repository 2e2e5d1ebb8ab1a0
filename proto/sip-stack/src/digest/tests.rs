//! Digest authentication: vectors, and a phone and an authenticator that talk to each other.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod client;
mod nonces;
mod vectors;
mod verdicts;

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use machine::Instant;
use sip_message::Credentials;

use super::{Account, Authenticator, Digests, Known, Settings, Verdict, answer};

const SECRET: [u8; 32] = [7; 32];
const REALM: &str = "acme.example";
const USER: &str = "u101";
const PASSWORD: &str = "correct horse";
const PHONE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
const URI: &str = "sip:acme.example";

/// An authenticator, the time, and what it knows of its one user.
struct Door {
    authenticator: Authenticator,
    now: Instant,
}

impl Door {
    fn new() -> Self {
        Self::with(Settings::for_realm(REALM))
    }

    fn with(settings: Settings) -> Self {
        Self {
            authenticator: Authenticator::new(settings, &SECRET),
            now: Instant::from_secs(5_000),
        }
    }

    fn challenge(&mut self) -> Vec<String> {
        self.authenticator.challenge(false, PHONE, self.now)
    }

    /// The challenge with this algorithm, alone.
    fn challenge_of(&mut self, algorithm: &str) -> String {
        let sought = format!("algorithm={algorithm},");
        self.challenge()
            .into_iter()
            .find(|value| value.contains(&sought))
            .unwrap()
    }

    /// Judges credentials for a REGISTER of the user we know.
    fn judge(&mut self, credentials: &str) -> Verdict {
        let known = Digests::compute(USER, REALM, PASSWORD);
        self.judge_as(credentials, Some(&known))
    }

    fn judge_as(&mut self, credentials: &str, digests: Option<&Digests>) -> Verdict {
        let credentials = Credentials::parse(credentials).unwrap();
        self.authenticator
            .verify(&credentials, "REGISTER", digests, PHONE, self.now)
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
    }
}

/// What a phone with this password answers to a challenge, the count-th time.
fn answered(challenge: &str, password: &str, count: u32) -> String {
    let account = Account {
        username: USER,
        password: password.into(),
    };
    let challenge = Credentials::parse(challenge).unwrap();
    answer([challenge], account, "REGISTER", URI, count, "c0ffee").unwrap()
}

/// The value of a parameter as written.
fn raw<'a>(credentials: &'a str, name: &str) -> &'a str {
    Credentials::parse(credentials).unwrap().raw(name).unwrap()
}
