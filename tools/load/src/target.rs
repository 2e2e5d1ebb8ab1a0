//! Whom the driver drives, and as whom.

use crate::process::Process;
use crate::sdes;
use srtp::Suite;
use std::net::SocketAddrV4;

/// First T1 of an unanswered request, then twice as long each time (RFC 3261 §17.1).
pub(crate) const T1: std::time::Duration = std::time::Duration::from_millis(500);

/// An exchange and the driver's place beside it.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Where the exchange listens.
    pub(crate) exchange: SocketAddrV4,
    /// Where requests come from.
    pub(crate) local: SocketAddrV4,
    /// Where callees answer.
    pub(crate) callee: SocketAddrV4,
    /// Who is called.
    pub(crate) number: String,
    /// The company's domain.
    pub(crate) domain: String,
    /// The process to account.
    pub(crate) process: Option<Process>,
    /// How parties protect their packets, if they do.
    pub(crate) suite: Option<Suite>,
}

impl Target {
    /// The key of a party at this port, as the line of this tag.
    pub(crate) fn key(&self, tag: u32, port: u16) -> Option<sdes::Line> {
        sdes::Line::own(self.suite?, tag, port)
    }
}

/// A word that no other run of a driver uses in its Call-IDs.
pub(crate) fn run_word() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    format!("{}-{millis}", std::process::id())
}
