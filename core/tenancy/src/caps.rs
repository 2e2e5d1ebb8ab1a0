//! How much one tenant may use, and the bucket that measures rates.

use std::time::Duration;

use machine::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A tenant's share of every place where tenants meet, relative to the others who want it at the
/// same time: of signalling, of the API. With nobody else there it means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weight(u16);

impl Weight {
    /// The smallest weight.
    pub const ONE: Weight = Weight(1);
    /// The largest weight.
    pub const MAX: u16 = 1_000;

    /// A weight from 1 to [`Weight::MAX`]; what lies outside is moved to the nearer end.
    pub fn new(weight: u16) -> Weight {
        Weight(weight.clamp(1, Weight::MAX))
    }

    /// The number.
    pub fn get(self) -> u16 {
        self.0.clamp(1, Weight::MAX)
    }
}

impl Default for Weight {
    fn default() -> Self {
        Weight(10)
    }
}

/// The caps of one tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Caps {
    /// Calls at the same time.
    #[schema(default = 200)]
    pub concurrent_calls: u32,
    /// New calls per second.
    #[schema(default = 20)]
    pub calls_per_second: u32,
    /// REGISTER requests per second that may change or refresh a binding.
    #[schema(default = 200)]
    pub registrations_per_second: u32,
    /// Bindings at the same time, over all devices.
    #[schema(default = 5000)]
    pub bindings: u32,
    /// API requests per second by the tenant's own keys.
    #[schema(default = 50)]
    pub api_requests_per_second: u32,
    /// Share of contended places, relative to other tenants.
    #[schema(value_type = u16, default = 10, minimum = 1, maximum = 1_000)]
    pub weight: Weight,
    /// Days that call records are kept; 0 keeps them for ever.
    #[schema(default = 400)]
    pub cdr_days: u32,
    /// Days that entries of the audit trail are kept; 0 keeps them for ever.
    #[schema(default = 800)]
    pub audit_days: u32,
}

impl Caps {
    /// Each by its name, in the order of its fields.
    pub fn each(&self) -> [(&'static str, u32); 8] {
        [
            ("concurrent_calls", self.concurrent_calls),
            ("calls_per_second", self.calls_per_second),
            ("registrations_per_second", self.registrations_per_second),
            ("bindings", self.bindings),
            ("api_requests_per_second", self.api_requests_per_second),
            ("weight", self.weight.get().into()),
            ("cdr_days", self.cdr_days),
            ("audit_days", self.audit_days),
        ]
    }

    /// No cap that could be reached; for measuring.
    pub const UNLIMITED: Caps = Caps {
        concurrent_calls: u32::MAX,
        calls_per_second: u32::MAX,
        registrations_per_second: u32::MAX,
        bindings: u32::MAX,
        api_requests_per_second: u32::MAX,
        weight: Weight(10),
        cdr_days: 0,
        audit_days: 0,
    };
}

impl Default for Caps {
    fn default() -> Self {
        Caps {
            concurrent_calls: 200,
            calls_per_second: 20,
            registrations_per_second: 200,
            bindings: 5_000,
            api_requests_per_second: 50,
            weight: Weight::default(),
            cdr_days: 400,
            audit_days: 800,
        }
    }
}

/// Caps of one tenant that differ from those of its plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CapOverrides {
    /// Calls at the same time. 200 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrent_calls: Option<u32>,
    /// New calls per second, with a burst of one second's worth. 20 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls_per_second: Option<u32>,
    /// REGISTER requests per second that may change or refresh a binding. 200 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registrations_per_second: Option<u32>,
    /// Bindings at the same time, over all devices. 5,000 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bindings: Option<u32>,
    /// API requests per second by the tenant's own keys. 50 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_requests_per_second: Option<u32>,
    /// Share of contended places, relative to other tenants. 10 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u16>, minimum = 1, maximum = 1_000)]
    pub weight: Option<Weight>,
    /// Days that call records are kept; 0 keeps them for ever. 400 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cdr_days: Option<u32>,
    /// Days that entries of the audit trail are kept; 0 keeps them for ever. 800 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit_days: Option<u32>,
}

impl CapOverrides {
    /// Whether a cap of this name is among those that differ.
    pub fn names(&self, cap: &str) -> bool {
        match cap {
            "concurrent_calls" => self.concurrent_calls.is_some(),
            "calls_per_second" => self.calls_per_second.is_some(),
            "registrations_per_second" => self.registrations_per_second.is_some(),
            "bindings" => self.bindings.is_some(),
            "api_requests_per_second" => self.api_requests_per_second.is_some(),
            "weight" => self.weight.is_some(),
            "cdr_days" => self.cdr_days.is_some(),
            "audit_days" => self.audit_days.is_some(),
            _ => false,
        }
    }

    /// The caps with these in place of those that differ.
    pub fn over(self, caps: Caps) -> Caps {
        Caps {
            concurrent_calls: self.concurrent_calls.unwrap_or(caps.concurrent_calls),
            calls_per_second: self.calls_per_second.unwrap_or(caps.calls_per_second),
            registrations_per_second: self
                .registrations_per_second
                .unwrap_or(caps.registrations_per_second),
            bindings: self.bindings.unwrap_or(caps.bindings),
            api_requests_per_second: self
                .api_requests_per_second
                .unwrap_or(caps.api_requests_per_second),
            weight: self.weight.unwrap_or(caps.weight),
            cdr_days: self.cdr_days.unwrap_or(caps.cdr_days),
            audit_days: self.audit_days.unwrap_or(caps.audit_days),
        }
    }
}

impl From<Caps> for CapOverrides {
    fn from(caps: Caps) -> CapOverrides {
        CapOverrides {
            concurrent_calls: Some(caps.concurrent_calls),
            calls_per_second: Some(caps.calls_per_second),
            registrations_per_second: Some(caps.registrations_per_second),
            bindings: Some(caps.bindings),
            api_requests_per_second: Some(caps.api_requests_per_second),
            weight: Some(caps.weight),
            cdr_days: Some(caps.cdr_days),
            audit_days: Some(caps.audit_days),
        }
    }
}

/// A refusal by a [`TokenBucket`]: not now, but after this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Time until one more would be let through.
    pub after: Duration,
}

/// A rate limit with a burst of one second's worth, in constant space.
///
/// It keeps the instant at which an evenly spaced stream would be due (the generic cell rate
/// algorithm), so an idle bucket costs nothing and never needs a timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenBucket {
    interval: Duration,
    tolerance: Duration,
    due: Instant,
}

impl TokenBucket {
    /// A bucket that lets `rate` through per second, with a burst of as many. Rate 0 lets
    /// nothing through.
    pub fn per_second(rate: u32) -> TokenBucket {
        TokenBucket::with_burst(rate, rate)
    }

    /// A bucket of `rate` per second that may be drained of `burst` (at least 1) at once.
    pub fn with_burst(rate: u32, burst: u32) -> TokenBucket {
        let interval = Duration::from_secs(1)
            .checked_div(rate)
            .unwrap_or(Duration::MAX);
        let tolerance = interval
            .saturating_mul(burst.max(1))
            .saturating_sub(interval);
        TokenBucket {
            interval,
            tolerance,
            due: Instant::ZERO,
        }
    }

    /// Takes one, or says how long to wait. A refused attempt costs nothing.
    pub fn take(&mut self, now: Instant) -> Result<(), Wait> {
        if self.interval == Duration::MAX {
            return Err(Wait {
                after: Duration::MAX,
            });
        }
        let backlog = self.due.saturating_since(now);
        if backlog > self.tolerance {
            return Err(Wait {
                after: backlog - self.tolerance,
            });
        }
        self.due = self.due.max(now) + self.interval;
        Ok(())
    }

    /// How much of one burst is spent at this moment; it comes back evenly.
    pub fn spent(&self, now: Instant) -> u64 {
        let backlog = self.due.saturating_since(now).as_nanos();
        let spent = backlog.div_ceil(self.interval.as_nanos().max(1));
        u64::try_from(spent).unwrap_or(u64::MAX)
    }

    /// Changes the rate and keeps the backlog, when a tenant's caps change.
    pub fn set_rate(&mut self, rate: u32) {
        *self = TokenBucket {
            due: self.due,
            ..TokenBucket::per_second(rate)
        };
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_second_lets_exactly_the_rate_through_after_the_burst() {
        let mut bucket = TokenBucket::per_second(10);
        let mut passed = 0;
        for millis in 0..3_000 {
            passed += u32::from(bucket.take(Instant::from_millis(millis)).is_ok());
        }
        assert_eq!(passed, 10 + 29, "a burst of ten, then one each 100 ms");
    }

    #[test]
    fn every_cap_has_the_name_that_documents_give_it() {
        let caps = Caps::default();
        let written = serde_json::to_value(caps).unwrap();
        let each = caps.each().map(|(name, cap)| (name.to_owned(), cap.into()));
        let each: serde_json::Map<_, _> = each.into_iter().collect();
        assert_eq!(written, serde_json::Value::Object(each.clone()));
        for name in each.keys() {
            assert!(CapOverrides::from(caps).names(name), "{name}");
            assert!(!CapOverrides::default().names(name), "{name}");
        }
    }

    #[test]
    fn what_is_spent_comes_back_evenly() {
        let mut bucket = TokenBucket::per_second(10);
        let now = Instant::from_millis(1_000);
        assert_eq!(bucket.spent(now), 0);
        for spent in 1..=10 {
            bucket.take(now).unwrap();
            assert_eq!(bucket.spent(now), spent);
        }
        bucket.take(now).unwrap_err();
        assert_eq!(bucket.spent(now), 10, "a refusal spends nothing");
        assert_eq!(bucket.spent(Instant::from_millis(1_500)), 5);
        assert_eq!(bucket.spent(Instant::from_millis(9_000)), 0);
    }

    #[test]
    fn a_refusal_names_the_time_after_which_one_is_let_through() {
        let mut bucket = TokenBucket::with_burst(10, 1);
        let now = Instant::from_millis(5_000);
        bucket.take(now).unwrap();
        let wait = bucket.take(now).unwrap_err();
        assert_eq!(wait.after, Duration::from_millis(100));
        let too_early = (now + wait.after).saturating_sub(Duration::from_nanos(1));
        assert!(bucket.take(too_early).is_err());
        bucket.take(now + wait.after).unwrap();
    }

    #[test]
    fn refused_attempts_do_not_lengthen_the_wait() {
        let mut bucket = TokenBucket::with_burst(1, 1);
        bucket.take(Instant::ZERO).unwrap();
        for _ in 0..100 {
            bucket.take(Instant::from_millis(10)).unwrap_err();
        }
        bucket.take(Instant::from_millis(1_000)).unwrap();
    }

    #[test]
    fn rate_zero_lets_nothing_through_and_the_unlimited_rate_everything() {
        assert!(
            TokenBucket::per_second(0)
                .take(Instant::from_millis(9))
                .is_err()
        );
        let mut open = TokenBucket::per_second(Caps::UNLIMITED.calls_per_second);
        assert!((0..10_000).all(|_| open.take(Instant::ZERO).is_ok()));
    }

    #[test]
    fn an_idle_bucket_gathers_no_more_than_its_burst() {
        let mut bucket = TokenBucket::per_second(5);
        let late = Instant::from_millis(3_600_000);
        assert_eq!((0..50).filter(|_| bucket.take(late).is_ok()).count(), 5);
    }

    #[test]
    fn weights_stay_between_one_and_their_maximum() {
        assert_eq!(Weight::new(0), Weight::ONE);
        assert_eq!(Weight::new(u16::MAX).get(), Weight::MAX);
    }
}
