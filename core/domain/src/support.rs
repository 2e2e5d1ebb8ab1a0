//! Support access: an operator or a reseller inside a tenant, with the tenant's consent, for a
//! time, and in sight.

use std::fmt;
use std::time::Duration;

use ids::{SupportId, TenantId};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use tenancy::{Account, Actor};
use utoipa::ToSchema;

/// How long an access lasts that nobody asked for, under [`SupportPolicy::Open`].
pub const SUPPORT_HOUR: Duration = Duration::from_secs(3_600);

/// Longest access that can be asked for.
pub const SUPPORT_LONGEST: Duration = Duration::from_secs(7 * 24 * 3_600);

/// Longest reason, in characters.
pub const SUPPORT_REASON_MAX: usize = 256;

/// Most accesses of one tenant that wait to be granted.
pub const SUPPORT_WAITING_MAX: usize = 16;

/// Accesses kept of each tenant: the latest so many.
pub const SUPPORT_KEPT: usize = 1_000;

/// Whether those above a tenant may enter it. It is the tenant's own to decide, so it is no part
/// of the tenant's document, which the account above writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SupportPolicy {
    /// They may enter at any time; each hour in which they do is an access that is listed.
    #[default]
    Open,
    /// Each access must be asked for, and granted by the tenant.
    Ask,
    /// Nobody enters.
    Forbidden,
}

impl SupportPolicy {
    /// Its word, as stored and as shown.
    pub fn as_str(self) -> &'static str {
        match self {
            SupportPolicy::Open => "open",
            SupportPolicy::Ask => "ask",
            SupportPolicy::Forbidden => "forbidden",
        }
    }
}

impl fmt::Display for SupportPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where an access stands. Whether a granted one is over by itself is told by its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SupportState {
    /// It was asked for, and waits for the tenant.
    Asked,
    /// It holds until its end.
    Granted,
    /// The tenant said no.
    Refused,
    /// It was ended before its time.
    Ended,
}

/// One access of one actor of an account.
// tidy: wire
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportAccess {
    /// Its id.
    pub id: SupportId,
    /// The tenant entered.
    pub tenant: TenantId,
    /// The operator or reseller whose actor it is; none stands for the operator.
    pub reseller: Option<ids::ResellerId>,
    /// Who enters, as the audit trail names it.
    pub actor: String,
    /// Why; empty for one that nobody asked for.
    pub reason: String,
    /// When it was asked for, or begun.
    pub asked: WallTime,
    /// How long it is to last, in seconds.
    pub seconds: u64,
    /// Where it stands.
    pub state: SupportState,
    /// When it ends, or did; none while it is asked for.
    pub until: Option<WallTime>,
    /// Who granted, refused or ended it, as the audit trail names it.
    pub decided_by: Option<String>,
}

impl SupportAccess {
    /// An access that is asked for.
    pub fn asked(
        id: SupportId,
        tenant: TenantId,
        (account, actor): (Account, Actor),
        (reason, lasts): (String, Duration),
        now: WallTime,
    ) -> SupportAccess {
        SupportAccess {
            id,
            tenant,
            reseller: match account {
                Account::Platform => None,
                Account::Reseller(reseller) => Some(reseller),
            },
            actor: actor.to_string(),
            reason,
            asked: now,
            seconds: lasts.as_secs(),
            state: SupportState::Asked,
            until: None,
            decided_by: None,
        }
    }

    /// The same, granted at `now`; by nobody under a policy that grants by itself.
    #[must_use]
    pub fn granted(self, now: WallTime, by: Option<Actor>) -> SupportAccess {
        SupportAccess {
            state: SupportState::Granted,
            until: Some(now + Duration::from_secs(self.seconds)),
            decided_by: by.map(|by| by.to_string()),
            ..self
        }
    }

    /// The same, decided against: refused when it was only asked for, else ended at `now`.
    #[must_use]
    pub fn ended(self, now: WallTime, by: Actor) -> SupportAccess {
        let (state, until) = match self.state {
            SupportState::Asked | SupportState::Refused => (SupportState::Refused, self.until),
            SupportState::Granted | SupportState::Ended => (SupportState::Ended, Some(now)),
        };
        SupportAccess {
            state,
            until,
            decided_by: Some(by.to_string()),
            ..self
        }
    }

    /// Whether it lets its actor in at `now`. One that nobody granted rests on the policy.
    pub fn lets_in(&self, policy: SupportPolicy, now: WallTime) -> bool {
        let rests = self.decided_by.is_some() || policy == SupportPolicy::Open;
        rests && self.holds(now)
    }

    /// Whether it is granted and its time is not over at `now`.
    pub fn holds(&self, now: WallTime) -> bool {
        self.state == SupportState::Granted && self.until.is_some_and(|until| now < until)
    }

    /// Whether it is of importance at `now`: it holds, or waits to be granted.
    pub fn is_live(&self, now: WallTime) -> bool {
        self.state == SupportState::Asked || self.holds(now)
    }
}

#[cfg(test)]
mod tests {
    use ids::TokenId;

    use super::*;

    const NOON: WallTime = WallTime::from_unix_ms(1_000_000);

    fn asked() -> SupportAccess {
        let who = (Account::Platform, Actor::Token(TokenId::new(1, 1)));
        let why = ("a call that fails".to_owned(), Duration::from_secs(60));
        SupportAccess::asked(SupportId::new(1, 1), TenantId::new(1, 1), who, why, NOON)
    }

    #[test]
    fn an_access_lets_in_once_it_is_granted_and_until_its_end() {
        let asked = asked();
        assert!(!asked.holds(NOON) && asked.is_live(NOON));
        let granted = asked.granted(NOON, Some(Actor::Operator));
        let end = NOON + Duration::from_secs(60);
        assert!(granted.holds(NOON) && !granted.holds(end));
        assert!(!granted.is_live(end));
    }

    #[test]
    fn one_that_was_refused_or_ended_lets_nobody_in() {
        let refused = asked().ended(NOON, Actor::Operator);
        assert_eq!(refused.state, SupportState::Refused);
        let ended = asked().granted(NOON, None).ended(NOON, Actor::Operator);
        assert_eq!(
            (ended.state, ended.until),
            (SupportState::Ended, Some(NOON))
        );
        assert!(!refused.is_live(NOON) && !ended.is_live(NOON));
    }
}
