//! A quota that was met: what every refusal for want of room says, wherever it is heard.

use std::fmt;

use domain::{Limit, SetBy, Topic};

/// As many as may be are there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaMet {
    /// What is counted: documents of a kind, or keys.
    pub kind: Topic,
    /// How many are allowed, and who says so.
    pub limit: Limit,
    /// How many there are.
    pub in_use: u64,
    /// How many more were wanted.
    pub wanted: u64,
}

impl QuotaMet {
    /// Refuses `wanted` more than `in_use` where that is beyond a limit.
    ///
    /// # Errors
    /// [`QuotaMet`].
    pub fn check(kind: Topic, limit: Limit, in_use: u64, wanted: u64) -> Result<(), QuotaMet> {
        if wanted > 0 && in_use.saturating_add(wanted) > u64::from(limit.most) {
            return Err(QuotaMet {
                kind,
                limit,
                in_use,
                wanted,
            });
        }
        Ok(())
    }

    /// The word for several of what is counted, as in `maximum` of a plan.
    pub fn many(&self) -> &'static str {
        match self.kind {
            Topic::Kind(kind) => kind.many(),
            Topic::Key => "keys",
            Topic::Archive
            | Topic::Audit
            | Topic::Call
            | Topic::Certificate
            | Topic::Cdr
            | Topic::Delivery
            | Topic::Event
            | Topic::Fax
            | Topic::Ban
            | Topic::Metric
            | Topic::Person
            | Topic::Recording
            | Topic::Registration
            | Topic::Seal
            | Topic::Support
            | Topic::Usage => self.kind.as_str(),
        }
    }
}

impl fmt::Display for QuotaMet {
    /// `extensions: limit 50 by the plan, in use 50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (many, limit, in_use) = (self.many(), self.limit.most, self.in_use);
        let by = match self.limit.set_by {
            SetBy::Tenant => "by the company's own document",
            SetBy::Plan => "by the plan",
            SetBy::Reseller => "by the reseller's limits",
            SetBy::Exchange => "for everybody",
        };
        write!(f, "{many}: limit {limit} {by}, in use {in_use}")?;
        if self.wanted > 1 {
            write!(f, ", wanted {} more", self.wanted)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use domain::KindName;

    const USERS: Topic = Topic::Kind(KindName::User);

    #[test]
    fn as_many_as_may_be_are_let_in_and_not_one_more() {
        let limit = Limit::by_plan(3);
        assert_eq!(QuotaMet::check(USERS, limit, 2, 1), Ok(()));
        assert_eq!(QuotaMet::check(USERS, limit, 0, 3), Ok(()));
        let met = QuotaMet::check(USERS, limit, 3, 1).unwrap_err();
        assert_eq!(met.to_string(), "users: limit 3 by the plan, in use 3");
        let met = QuotaMet::check(USERS, limit, 1, 3).unwrap_err();
        let said = "users: limit 3 by the plan, in use 1, wanted 3 more";
        assert_eq!(met.to_string(), said);
    }

    #[test]
    fn whoever_has_more_than_may_be_keeps_it_and_gets_no_more() {
        let limit = Limit::by_exchange(1);
        assert_eq!(QuotaMet::check(Topic::Key, limit, 5, 0), Ok(()));
        let met = QuotaMet::check(Topic::Key, limit, 5, 1).unwrap_err();
        assert_eq!(met.to_string(), "keys: limit 1 for everybody, in use 5");
    }
}
