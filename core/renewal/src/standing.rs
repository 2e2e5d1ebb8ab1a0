//! How one name stands: its certificate, what came of the last attempt, and when the next is due.

use std::time::Duration;

use machine::WallTime;
use serde::{Deserialize, Serialize};

use crate::facts::Facts;

/// The pause after a first failure; each further one doubles it. Of a certificate that is valid for
/// less than five days, a 1,440th part of its lifetime, so that there are attempts before it ends.
pub const FIRST_PAUSE: Duration = Duration::from_secs(300);

/// The shortest pause, of whatever certificate.
const SHORTEST_PAUSE: Duration = Duration::from_secs(2);

/// The longest pause, also where the authority asks for a longer one.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 3_600);

/// How much of a lifetime a first pause takes at most, and the pause before advice is followed at
/// least: one part of so many.
const PARTS: u32 = 1_440;

/// Longest text of a problem, in characters; what is longer is cut.
pub const PROBLEM_MAX: usize = 500;

/// How one name stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The host.
    pub name: String,
    /// The certificate in use; `None` before the first.
    pub facts: Option<Facts>,
    /// The authority that it was asked of: the address of its directory.
    pub directory: String,
    /// When it was asked for last.
    pub tried: Option<WallTime>,
    /// What was wrong then; `None` when it was given.
    pub problem: Option<String>,
    /// Failures since it was given.
    pub failures: u32,
    /// When the next attempt is due after failures, or because somebody has asked for it.
    pub wait: Option<WallTime>,
    /// When the authority advises to renew.
    pub advised: Option<WallTime>,
    /// Until when its advice holds; then it is asked for it again.
    pub advice_until: Option<WallTime>,
    /// Whether it was told that little of its lifetime is left.
    pub warned: bool,
}

impl Standing {
    /// A name of which nothing is known.
    pub fn new(name: &str) -> Standing {
        Standing {
            name: name.to_owned(),
            facts: None,
            directory: String::new(),
            tried: None,
            problem: None,
            failures: 0,
            wait: None,
            advised: None,
            advice_until: None,
            warned: false,
        }
    }

    /// When it is asked for next, where `directory` is the authority to ask. What another
    /// authority gave is replaced at once.
    pub fn next(&self, directory: &str) -> WallTime {
        match (&self.wait, &self.facts) {
            (Some(wait), _) => *wait,
            (None, Some(facts)) if self.directory == directory => self.renewal(facts),
            (None, _) => WallTime::MIN,
        }
    }

    /// When a certificate that was given is renewed: once two thirds of its lifetime are over or
    /// when it was advised, and before the last sixth in any case. Advice that would have each new
    /// one replaced at once is followed after a pause.
    fn renewal(&self, facts: &Facts) -> WallTime {
        let lifetime = facts.lifetime();
        let latest = facts.until.saturating_sub(lifetime / 6);
        let usual = facts.from + lifetime / 3 * 2;
        let soonest = self.tried.unwrap_or(facts.from) + lifetime / PARTS;
        let advised = self.advised.map(|advised| advised.max(soonest));
        advised.unwrap_or(usual).min(latest)
    }

    /// Whether it is to be asked for now.
    pub fn is_due(&self, directory: &str, now: WallTime) -> bool {
        self.next(directory) <= now
    }

    /// It was given.
    pub fn given(&mut self, facts: Facts, directory: &str, now: WallTime) {
        *self = Standing {
            facts: Some(facts),
            directory: directory.to_owned(),
            tried: Some(now),
            ..Standing::new(&self.name)
        };
    }

    /// It was not given. `pause` is how long the authority asks not to be asked again.
    pub fn refused(&mut self, problem: &str, pause: Option<Duration>, now: WallTime) {
        self.tried = Some(now);
        self.problem = Some(problem.chars().take(PROBLEM_MAX).collect());
        self.failures = self.failures.saturating_add(1);
        let asked = pause.unwrap_or_default().min(LONGEST_PAUSE);
        self.wait = Some(now + self.pause().max(asked));
    }

    /// The pause after this many failures.
    fn pause(&self) -> Duration {
        let part = self.facts.as_ref().map(|facts| facts.lifetime() / PARTS);
        let first = part.map_or(FIRST_PAUSE, |part| part.clamp(SHORTEST_PAUSE, FIRST_PAUSE));
        let doubled = self.failures.saturating_sub(1).min(16);
        (first * 2_u32.pow(doubled)).min(LONGEST_PAUSE)
    }

    /// The authority advises to renew within a window (RFC 9773 §4.2). `dice` says where within,
    /// so that not everybody comes at once.
    pub fn advise(&mut self, (start, end): (WallTime, WallTime), dice: u64) {
        let width = u64::try_from(end.saturating_since(start).as_millis()).unwrap_or(u64::MAX);
        let into = if width == 0 { 0 } else { dice % width };
        self.advised = Some(start + Duration::from_millis(into));
    }

    /// Whether the authority is to be asked for its advice.
    pub fn wants_advice(&self, directory: &str, now: WallTime) -> bool {
        let facts = self.facts.as_ref();
        let known = facts.is_some_and(|facts| facts.identifier.is_some());
        known && self.directory == directory && self.advice_until.is_none_or(|until| until <= now)
    }

    /// Somebody asks for a new one now, whatever happened before.
    pub fn ask(&mut self, now: WallTime) {
        self.failures = 0;
        self.wait = Some(now);
    }

    /// Whether it must be told, this once, that little of its lifetime is left.
    pub fn warns(&mut self, now: WallTime) -> bool {
        let low = self.facts.as_ref().is_some_and(|facts| facts.is_low(now));
        low && !std::mem::replace(&mut self.warned, true)
    }
}

#[cfg(test)]
mod tests;
