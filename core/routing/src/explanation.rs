//! The reasons behind a plan, kept with the call and shown to whoever asks *why*.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Most reasons one explanation keeps; later ones are counted, not kept.
pub const REASONS_MAX: usize = 64;

/// One rule that applied, and the fact that made it apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Stable name of the rule, such as `extension.by_number`.
    pub rule: Cow<'static, str>,
    /// A sentence for a person: what was seen, and what follows.
    pub because: String,
}

/// Reasons in the order in which they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    reasons: Vec<Reason>,
    left_out: u32,
}

impl Explanation {
    /// Adds a reason; past [`REASONS_MAX`] it is only counted.
    pub fn add(&mut self, rule: &'static str, because: impl Into<String>) {
        self.push(Reason {
            rule: Cow::Borrowed(rule),
            because: because.into(),
        });
    }

    /// Adds a reason found elsewhere, under the same bound.
    pub fn push(&mut self, reason: Reason) {
        if self.reasons.len() < REASONS_MAX {
            self.reasons.push(reason);
        } else {
            self.left_out = self.left_out.saturating_add(1);
        }
    }

    /// The reasons kept, oldest first.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// How many reasons did not fit.
    #[must_use]
    pub fn left_out(&self) -> u32 {
        self.left_out
    }

    /// Appends another explanation's reasons.
    pub fn extend(&mut self, other: Explanation) {
        self.left_out = self.left_out.saturating_add(other.left_out);
        for reason in other.reasons {
            self.push(reason);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn reasons_past_the_bound_are_counted_and_not_kept() {
        let mut explanation = Explanation::default();
        for n in 0..REASONS_MAX + 3 {
            explanation.add("test.rule", format!("reason {n}"));
        }
        assert_eq!(explanation.reasons().len(), REASONS_MAX);
        assert_eq!(explanation.left_out(), 3);
    }

    #[test]
    fn joining_two_explanations_keeps_their_order_and_the_bound() {
        let mut first = Explanation::default();
        first.add("a", "one");
        let mut second = Explanation::default();
        for n in 0..REASONS_MAX {
            second.add("b", n.to_string());
        }
        first.extend(second);
        assert_eq!(first.reasons()[0].rule, "a");
        assert_eq!(first.reasons().len(), REASONS_MAX);
        assert_eq!(first.left_out(), 1);
    }
}
