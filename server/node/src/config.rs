//! What a shard is told at its start.

use sip_leg::PromptBook;
use std::net::SocketAddr;
use std::time::Duration;

/// Bounds of a shard, each with its default.
// tidy: config
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Legs at once. Default 200,000.
    pub legs: usize,
    /// Calls at once. Default 100,000.
    pub calls: usize,
    /// Of the calls, those kept for calls for help, and twice as many legs. Default 64.
    pub kept_for_help: usize,
    /// Messages that may wait for their tenants' turns. Default 16,384; beyond it the newest of
    /// the tenant with the longest backlog relative to its weight is refused.
    pub waiting: usize,
    /// Messages of one tenant that may wait for its turn. Default 4,096.
    pub waiting_per_tenant: usize,
    /// How long a tenant's new calls may have waited for its turn before more of them are refused.
    /// Default 150 ms.
    pub overload_after: Duration,
    /// The same for registrations and whatever else is outside calls. Default 400 ms, which is
    /// before a phone repeats itself (RFC 3261 §17.1.2.1: T1 is 500 ms).
    pub overload_after_others: Duration,
    /// Refusals per second answered to one tenant, with a burst of as many; what is refused beyond
    /// that is dropped. Default 1,000: whoever hears nothing repeats itself, and reading four
    /// repetitions takes longer than one refusal.
    pub refusals_per_second: u32,
    /// What a refused caller is told to wait. Default 5 s.
    pub retry_after: Duration,
    /// How old a call must be before it is carried over a restart. Default 2 s: most of those that
    /// end sooner need never be written.
    pub snapshot_after: Duration,
    /// The memory of messages.
    pub ladders: capture::Bounds,
    /// Octets of companies' own music on hold that are at hand, in all codecs together. Default
    /// 64 MiB, three quarters of an hour; beyond it what was used longest ago goes.
    pub music_octets: usize,
    /// Octets of what was said to callers lately that are at hand, in all codecs together. Default
    /// 32 MiB, twenty minutes; beyond it what was used longest ago goes.
    pub speech_octets: usize,
    /// Calls that are recorded at once. Default 100: what one processor encodes with room to spare;
    /// those beyond it are not recorded, and say so.
    pub recordings: usize,
    /// Faxes that are on their way at once. Default 30: each is a process of its own, whose modem
    /// takes a few hundredths of a processor. Callers beyond it are turned away (503), and what is
    /// to be sent waits.
    pub faxes: usize,
    /// Silence of a party that ought to send before it is asked whether it is still there.
    /// Default 30 s.
    pub silence: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            legs: 200_000,
            calls: 100_000,
            kept_for_help: 64,
            waiting: 16_384,
            waiting_per_tenant: 4_096,
            overload_after: Duration::from_millis(150),
            overload_after_others: Duration::from_millis(400),
            refusals_per_second: 1_000,
            retry_after: Duration::from_secs(5),
            snapshot_after: Duration::from_secs(2),
            ladders: capture::Bounds::default(),
            music_octets: 64 << 20,
            speech_octets: 32 << 20,
            recordings: 100,
            faxes: 30,
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

/// Where a shard listens.
#[derive(Clone, Copy)]
pub(crate) struct Listeners<'a> {
    /// All addresses.
    pub(crate) all: &'a [SocketAddr],
    /// Those for TLS.
    pub(crate) tls: &'a [SocketAddr],
}

impl Config {
    pub(crate) fn listening(&self) -> Listeners<'_> {
        Listeners {
            all: &self.listeners,
            tls: &self.tls_listeners,
        }
    }
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
    /// Those of them that are for TLS; carriers are reached by it from the first of their family.
    pub tls_listeners: Vec<SocketAddr>,
    /// Where edge proxies are: phones that register by way of them are reached by the path that
    /// they wrote down (RFC 3327).
    pub edges: Vec<defence::Network>,
    /// User-Agent and Server.
    pub agent: String,
    /// Which prompt is which.
    pub prompts: PromptBook,
    /// Whether messages are handed out to be collected, but for those of companies that opt out.
    pub collects: bool,
    /// Who is trusted to say who may sign calls; nobody where it is empty.
    pub authorities: stir::Roots,
    /// Bounds.
    pub limits: Limits,
    /// When a source is slowed and banned.
    pub defence: defence::Rules,
    /// Bounds of registration.
    pub registration: registrar::Limits,
    /// Bounds of watching.
    pub watching: watch::Limits,
    /// Bounds of a call.
    pub call: call::Config,
}
