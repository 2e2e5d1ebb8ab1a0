//! Certificates of those who sign calls: what was found where proofs say, for a while.

use ids::TenantId;
use machine::Instant;
use std::collections::BTreeMap;
use std::time::Duration;
use stir::{Chain, Seen};

/// Addresses of which it is remembered what was found there, at most; beyond it what would be
/// forgotten soonest is.
pub(crate) const CERTIFICATES_MAX: usize = 1_024;
/// Certificates that are being fetched at a time, at most.
pub(crate) const FETCHES_MAX: usize = 32;
/// Of them, those for calls of one company.
pub(crate) const FETCHES_PER_TENANT: usize = 8;
/// Longest address that is asked, in octets.
pub(crate) const ADDRESS_MAX: usize = 512;
/// How long a certificate is kept where its server does not say.
const KEPT: Duration = Duration::from_secs(3_600);
/// How long it is kept at least, whatever its server says.
const KEPT_LEAST: Duration = Duration::from_secs(60);
/// How long it is kept at most.
const KEPT_MOST: Duration = Duration::from_secs(24 * 3_600);
/// How long it is believed that what is there is no certificate.
const BAD_FOR: Duration = Duration::from_secs(300);
/// How long it is believed that nothing can be got there.
const UNFETCHABLE_FOR: Duration = Duration::from_secs(30);
/// When a fetch of which nothing was heard is forgotten.
const ANSWERED_WITHIN: Duration = Duration::from_secs(10);

/// What came of fetching a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// This was there.
    Found {
        /// As it came: PEM or DER.
        body: Vec<u8>,
        /// How long its server says it may be kept.
        keep: Option<Duration>,
    },
    /// Nothing could be got.
    Failed,
}

/// What is known of an address.
enum Known {
    Chain(Box<Chain>),
    Bad,
    Unfetchable,
}

/// What was found, and what is being fetched.
#[derive(Default)]
pub(crate) struct Certificates {
    known: BTreeMap<String, (Known, Instant)>,
    fetching: BTreeMap<String, (TenantId, Instant)>,
}

/// How it stands with a certificate that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// It is known what is there.
    Known,
    /// It is being fetched.
    Fetching,
    /// It is to be fetched now.
    Fetch,
    /// It is not fetched: too many others are, or the address is none that is asked.
    Refused,
}

impl Certificates {
    /// What is known now of an address; what is not known counts as what could not be got.
    pub(crate) fn seen(&self, x5u: &str, now: Instant) -> Seen<'_> {
        match self.known.get(x5u).filter(|(_, until)| now < *until) {
            Some((Known::Chain(chain), _)) => Seen::Chain(chain),
            Some((Known::Bad, _)) => Seen::Bad,
            Some((Known::Unfetchable, _)) | None => Seen::Unfetchable,
        }
    }

    /// Whether nothing is to be waited for at this address.
    pub(crate) fn is_settled(&self, x5u: &str, now: Instant) -> bool {
        let known = self.known.get(x5u);
        known.is_some_and(|(_, until)| now < *until) || !self.fetching.contains_key(x5u)
    }

    /// A call of a tenant wants the certificate at an address. Where it is to be fetched, that is
    /// taken to have begun.
    pub(crate) fn want(&mut self, x5u: &str, tenant: TenantId, now: Instant) -> Wanted {
        let known = self.known.get(x5u);
        if known.is_some_and(|(_, until)| now < *until) {
            return Wanted::Known;
        }
        self.fetching.retain(|_, (_, until)| now < *until);
        if self.fetching.contains_key(x5u) {
            return Wanted::Fetching;
        }
        let of_tenant = self.fetching.values().filter(|(whose, _)| *whose == tenant);
        let full = of_tenant.count() >= FETCHES_PER_TENANT || self.fetching.len() >= FETCHES_MAX;
        if full || !is_asked(x5u) {
            return Wanted::Refused;
        }
        let until = now + ANSWERED_WITHIN;
        self.fetching.insert(x5u.to_owned(), (tenant, until));
        Wanted::Fetch
    }

    /// It was fetched, or could not be. False where nobody had asked.
    pub(crate) fn fetched(&mut self, x5u: &str, fetched: &Fetched, now: Instant) -> bool {
        let Some((x5u, _)) = self.fetching.remove_entry(x5u) else {
            return false;
        };
        let (known, lasts) = match fetched {
            Fetched::Found { body, keep } => match Chain::read(body) {
                Ok(chain) => {
                    let keep = keep.unwrap_or(KEPT).clamp(KEPT_LEAST, KEPT_MOST);
                    (Known::Chain(Box::new(chain)), keep)
                }
                Err(_) => (Known::Bad, BAD_FOR),
            },
            Fetched::Failed => (Known::Unfetchable, UNFETCHABLE_FOR),
        };
        if self.known.len() >= CERTIFICATES_MAX && !self.known.contains_key(&x5u) {
            let soonest = self.known.iter().min_by_key(|(_, (_, until))| *until);
            if let Some(soonest) = soonest.map(|(address, _)| address.clone()) {
                self.known.remove(&soonest);
            }
        }
        self.known.insert(x5u, (known, now + lasts));
        true
    }
}

/// Whether an address is one that is asked at all: within TLS, and no longer than any needs to be.
/// Where it leads is judged by whoever asks.
fn is_asked(x5u: &str) -> bool {
    let scheme = x5u.get(..8);
    x5u.len() <= ADDRESS_MAX && scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const X5U: &str = "https://theirs.example/chain.pem";
    const CHAIN: &str = include_str!("../../../core/domain/tests/signing/chain.pem");

    fn tenant(n: u64) -> TenantId {
        TenantId::new(n, 1)
    }

    fn found(keep: Option<u64>) -> Fetched {
        Fetched::Found {
            body: CHAIN.as_bytes().to_vec(),
            keep: keep.map(Duration::from_secs),
        }
    }

    fn after(seconds: u64) -> Instant {
        Instant::ZERO + Duration::from_secs(seconds)
    }

    #[test]
    fn what_was_found_is_kept_as_long_as_its_server_says_within_bounds() {
        for (keep, lasts) in [
            (None, 3_600),
            (Some(0), 60),
            (Some(600), 600),
            (Some(99_999_999), 86_400),
        ] {
            let mut all = Certificates::default();
            assert_eq!(all.want(X5U, tenant(1), after(0)), Wanted::Fetch);
            assert_eq!(all.want(X5U, tenant(2), after(0)), Wanted::Fetching);
            assert!(!all.is_settled(X5U, after(0)));
            assert!(all.fetched(X5U, &found(keep), after(0)));
            assert_eq!(all.want(X5U, tenant(1), after(lasts - 1)), Wanted::Known);
            assert!(matches!(all.seen(X5U, after(lasts - 1)), Seen::Chain(_)));
            assert!(matches!(all.seen(X5U, after(lasts)), Seen::Unfetchable));
            assert_eq!(all.want(X5U, tenant(1), after(lasts)), Wanted::Fetch);
        }
    }

    #[test]
    fn a_failure_is_remembered_for_a_short_while_and_what_is_no_certificate_longer() {
        let odd = Fetched::Found {
            body: b"<html>".to_vec(),
            keep: None,
        };
        for (fetched, lasts) in [(Fetched::Failed, 30), (odd, 300)] {
            let mut all = Certificates::default();
            all.want(X5U, tenant(1), after(0));
            all.fetched(X5U, &fetched, after(0));
            assert_eq!(all.want(X5U, tenant(1), after(lasts - 1)), Wanted::Known);
            assert!(!matches!(all.seen(X5U, after(1)), Seen::Chain(_)));
            assert_eq!(all.want(X5U, tenant(1), after(lasts)), Wanted::Fetch);
        }
    }

    #[test]
    fn what_nobody_asked_for_is_not_believed() {
        let mut all = Certificates::default();
        assert!(!all.fetched(X5U, &found(None), after(0)));
        assert!(matches!(all.seen(X5U, after(0)), Seen::Unfetchable));
    }

    #[test]
    fn only_addresses_within_tls_and_of_bounded_length_are_asked() {
        let mut all = Certificates::default();
        let long = format!("https://theirs.example/{}", "a".repeat(ADDRESS_MAX));
        for x5u in [
            "http://theirs.example/c",
            "file:///a",
            "",
            "https:/éx",
            &long,
        ] {
            let wanted = all.want(x5u, tenant(1), after(0));
            assert_eq!(wanted, Wanted::Refused, "{x5u}");
        }
        let wanted = all.want("HTTPS://x.example", tenant(1), after(0));
        assert_eq!(wanted, Wanted::Fetch);
    }

    #[test]
    fn one_company_cannot_take_all_fetches_and_lost_answers_free_their_places() {
        let mut all = Certificates::default();
        let address = |who: u64, n: usize| format!("https://theirs.example/{who}/{n}");
        for n in 0..FETCHES_PER_TENANT {
            let wanted = all.want(&address(1, n), tenant(1), after(0));
            assert_eq!(wanted, Wanted::Fetch);
        }
        let more = address(1, FETCHES_PER_TENANT);
        assert_eq!(all.want(&more, tenant(1), after(0)), Wanted::Refused);
        for who in 2..=4 {
            for n in 0..FETCHES_PER_TENANT {
                let wanted = all.want(&address(who, n), tenant(who), after(0));
                assert_eq!(wanted, Wanted::Fetch);
            }
        }
        let wanted = all.want(X5U, tenant(9), after(0));
        assert_eq!(wanted, Wanted::Refused, "in all");
        assert_eq!(all.want(X5U, tenant(9), after(10)), Wanted::Fetch);
    }

    #[test]
    fn a_full_memory_forgets_what_it_would_forget_soonest() {
        let mut all = Certificates::default();
        let address = |n: usize| format!("https://theirs.example/{n}");
        for n in 0..=CERTIFICATES_MAX {
            let keep = if n == 7 { 100 } else { 1_000 };
            all.want(&address(n), tenant(1), after(0));
            all.fetched(&address(n), &found(Some(keep)), after(0));
        }
        assert_eq!(all.known.len(), CERTIFICATES_MAX);
        assert!(matches!(all.seen(&address(7), after(1)), Seen::Unfetchable));
        assert!(matches!(all.seen(&address(8), after(1)), Seen::Chain(_)));
    }
}
