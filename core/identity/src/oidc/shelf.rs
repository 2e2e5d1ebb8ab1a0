//! What was fetched of sign-in servers, kept for a while.

use std::collections::HashMap;
use std::time::Duration;

use machine::WallTime;

use super::issuer::Issuer;

/// How long a document is used before it is fetched again. A key that a server withdraws is
/// trusted at most this long.
pub const SHELF_LIFE: Duration = Duration::from_secs(15 * 60);

/// Most servers whose documents are kept; the one fetched longest ago makes room.
pub const SHELF_MAX: usize = 1_024;

/// How often documents may be fetched before their time because a token names an unknown key.
const RENEWAL: Duration = Duration::from_secs(60);

/// Documents of servers, by issuer.
#[derive(Debug)]
pub struct Shelf<T>(HashMap<Issuer, (WallTime, T)>);

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Shelf(HashMap::new())
    }
}

impl<T> Shelf<T> {
    /// What is kept of a server, when it is not too old.
    pub fn get(&self, now: WallTime, issuer: &Issuer) -> Option<&T> {
        let (at, kept) = self.0.get(issuer)?;
        (now.saturating_since(*at) < SHELF_LIFE).then_some(kept)
    }

    /// Whether what is kept may be fetched anew before its time: not more than once a minute, so
    /// that tokens with invented keys do not make us hammer a server.
    pub fn may_renew(&self, now: WallTime, issuer: &Issuer) -> bool {
        let kept = self.0.get(issuer);
        kept.is_none_or(|(at, _)| now.saturating_since(*at) >= RENEWAL)
    }

    /// Keeps what was fetched.
    pub fn put(&mut self, now: WallTime, issuer: Issuer, fetched: T) {
        if self.0.len() >= SHELF_MAX && !self.0.contains_key(&issuer) {
            let oldest = self.0.iter().min_by_key(|(_, (at, _))| *at);
            if let Some(oldest) = oldest.map(|(issuer, _)| issuer.clone()) {
                self.0.remove(&oldest);
            }
        }
        self.0.insert(issuer, (now, fetched));
    }
}
