//! What a usage is told once: our identity and policy.

use std::time::Duration;

/// Session timers (RFC 4028).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTimers {
    /// The interval we ask for, in seconds; 0 switches them off. Default 1,800.
    pub expires: u32,
    /// The least interval we accept, in seconds; at least 90 (RFC 4028 §4). Default 90.
    pub min_se: u32,
    /// Refresh alone when the peer does not know session timers, to notice that it is gone.
    /// Default true.
    pub alone: bool,
}

impl Default for SessionTimers {
    fn default() -> Self {
        Self {
            expires: 1_800,
            min_se: 90,
            alone: true,
        }
    }
}

/// Reliable provisional responses (RFC 3262) in our INVITEs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reliability {
    /// Not offered.
    Never,
    /// `Supported: 100rel`. Not offered in an INVITE without an offer of media.
    #[default]
    Supported,
    /// `Require: 100rel`; in an INVITE without an offer not offered either.
    Required,
}

/// Identity and policy shared by the usages of one listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Our Contact value, such as `<sip:192.0.2.1:5060>`.
    pub contact: String,
    /// Host and port for our Via; none for the flow's local address.
    pub sent_by: Option<String>,
    /// User-Agent in requests and Server in responses.
    pub agent: Option<String>,
    /// Session timers.
    pub session: SessionTimers,
    /// Reliable provisional responses as a caller. As a callee we send them when asked by
    /// [`InviteUsage::ring`](super::InviteUsage::ring) or required by the caller.
    pub reliability: Reliability,
    /// Send requests inside a dialog on UDP to the address its Contact (or first Route) names
    /// instead of back along the flow the peer speaks on. Right without NAT only. Default
    /// false.
    pub follow_contact: bool,
    /// How long we wait for our own side to answer an offer of the peer before the peer is
    /// told 504. Default 20 s for UPDATE and PRACK; a re-INVITE gets three times as long.
    pub offer_patience: Duration,
    /// Whether its sessions are recording sessions (RFC 7866): `siprec` is required of the peer and
    /// known to us, and bodies of metadata are taken. Default false.
    pub recording: bool,
}

impl Config {
    /// The defaults for a Contact.
    #[must_use]
    pub fn for_contact(contact: impl Into<String>) -> Self {
        Self {
            contact: contact.into(),
            sent_by: None,
            agent: None,
            session: SessionTimers::default(),
            reliability: Reliability::default(),
            follow_contact: false,
            offer_patience: Duration::from_secs(20),
            recording: false,
        }
    }
}

/// Early dialogs of one INVITE (forks) followed at once; further ones ring but have no dialog.
pub const MAX_FORKS: usize = 12;
/// Reliable provisional responses waiting for the PRACK of the one before.
pub const MAX_WAITING_PROVISIONALS: usize = 4;
/// Transfers asked for by the peer and not yet ended.
pub const MAX_REFERRALS: usize = 4;
/// How often a re-INVITE or UPDATE is tried again after 491 or an overlap. Whoever waits the
/// shorter time (0 to 2 s, RFC 3261 §14.1) may have to try several times before the other side,
/// which waits up to 4 s, has had its turn.
pub const MAX_RETRIES: u8 = 8;
/// How often an INVITE is sent again with a longer session interval (422).
pub const MAX_INTERVAL_RETRIES: u8 = 2;
/// INFOs of ours that may await their answers at once.
pub const MAX_INFOS: usize = 16;
