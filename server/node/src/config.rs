//! What a shard is told at its start.

use sip_leg::PromptBook;
use std::net::SocketAddr;
use std::time::Duration;

/// Bounds of a shard, each with its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Legs at once. Default 200,000.
    pub legs: usize,
    /// Calls at once. Default 100,000.
    pub calls: usize,
    /// Wrong credentials one source may show at once. Default 20.
    pub failures_burst: u32,
    /// Wrong credentials per second answered to one source after that. Default 2; the rest is
    /// dropped unanswered, which slows whoever guesses and nobody else.
    pub failures_per_second: u32,
    /// Sources watched at once. Default 65,536, twice.
    pub sources: usize,
    /// How long full batches may follow each other before new calls are refused. Default 150 ms.
    pub overload_after: Duration,
    /// What a refused caller is told to wait. Default 5 s.
    pub retry_after: Duration,
    /// How old a call must be before it is carried over a restart. Default 2 s: most of those that
    /// end sooner need never be written.
    pub snapshot_after: Duration,
    /// Silence of a party that ought to send before it is asked whether it is still there.
    /// Default 30 s.
    pub silence: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            legs: 200_000,
            calls: 100_000,
            failures_burst: 20,
            failures_per_second: 2,
            sources: 65_536,
            overload_after: Duration::from_millis(150),
            retry_after: Duration::from_secs(5),
            snapshot_after: Duration::from_secs(2),
            silence: Duration::from_secs(30),
        }
    }
}

/// Which digests phones are challenged with; an answer to any of them is judged by what it names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Challenges {
    /// MD5 alone. The default: phones of ten years refuse a challenge with SHA-256, and many of
    /// them refuse MD5 too when SHA-256 stands beside it.
    #[default]
    Md5,
    /// SHA-256 first, then MD5 (RFC 8760 §2.3).
    Both,
    /// SHA-256 alone.
    Sha256,
}

/// Identity and policy of a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The digest realm of the platform.
    pub realm: String,
    /// What phones are challenged with.
    pub challenges: Challenges,
    /// Names, besides IP addresses and the tenants' own domains, under which this exchange is
    /// reached, in lower case.
    pub names: Vec<String>,
    /// Where it listens; fixed addresses are called from the first of their family.
    pub listeners: Vec<SocketAddr>,
    /// User-Agent and Server.
    pub agent: String,
    /// Which prompt is which.
    pub prompts: PromptBook,
    /// Bounds.
    pub limits: Limits,
    /// Bounds of registration.
    pub registration: registrar::Limits,
    /// Bounds of a call.
    pub call: call::Config,
}
