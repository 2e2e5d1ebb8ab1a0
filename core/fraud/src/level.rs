//! How much of one budget is used.

use crate::limit::Limit;
use crate::window::Window;
use domain::TollLimits;
use machine::Instant;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// What was used lately, and what is used now. Its memory is bounded: numbers are remembered as
/// far as their limit, which has a bound of its own.
#[derive(Debug)]
pub(crate) struct Level {
    calls_minute: Window<7>,
    calls_hour: Window<13>,
    spend_hour: Window<13>,
    spend_day: Window<25>,
    /// Numbers with when they were called last.
    numbers: Vec<(Box<str>, Instant)>,
    /// Calls now.
    calls: u32,
    /// Money that is set aside for calls that nobody has answered yet.
    reserved: u64,
    /// The limits of which the tenant was warned and which it is still near.
    warned: Vec<Limit>,
}

impl Default for Level {
    fn default() -> Level {
        Level {
            calls_minute: Window::new(MINUTE),
            calls_hour: Window::new(HOUR),
            spend_hour: Window::new(HOUR),
            spend_day: Window::new(DAY),
            numbers: Vec::new(),
            calls: 0,
            reserved: 0,
            warned: Vec::new(),
        }
    }
}

/// The figure that a budget sets for a limit.
pub(crate) fn most(limits: &TollLimits, limit: Limit) -> Option<u32> {
    match limit {
        Limit::CallsAtOnce => limits.calls_at_once,
        Limit::CallsPerMinute => limits.calls_per_minute,
        Limit::CallsPerHour => limits.calls_per_hour,
        Limit::NumbersPerHour => limits.numbers_per_hour,
        Limit::SpendPerHour => limits.spend_per_hour,
        Limit::SpendPerDay => limits.spend_per_day,
    }
}

impl Level {
    /// The first limit that one more call would break.
    pub(crate) fn refuses(
        &mut self,
        limits: &TollLimits,
        (wire, price): (&str, u32),
        now: Instant,
    ) -> Option<(Limit, u32)> {
        self.forget_numbers(now);
        let known = self.numbers.iter().any(|(number, _)| **number == *wire);
        self.breaks(limits, now, |limit| match limit {
            Limit::CallsAtOnce | Limit::CallsPerMinute | Limit::CallsPerHour => 1,
            Limit::NumbersPerHour => u64::from(!known),
            Limit::SpendPerHour | Limit::SpendPerDay => price.into(),
        })
    }

    /// The first limit that one more minute would break.
    pub(crate) fn lacks(
        &mut self,
        limits: &TollLimits,
        price: u32,
        now: Instant,
    ) -> Option<(Limit, u32)> {
        self.breaks(limits, now, |limit| match limit {
            Limit::SpendPerHour | Limit::SpendPerDay => price.into(),
            Limit::CallsAtOnce
            | Limit::CallsPerMinute
            | Limit::CallsPerHour
            | Limit::NumbersPerHour => 0,
        })
    }

    fn breaks(
        &mut self,
        limits: &TollLimits,
        now: Instant,
        more: impl Fn(Limit) -> u64,
    ) -> Option<(Limit, u32)> {
        Limit::ALL.into_iter().find_map(|limit| {
            let most = most(limits, limit)?;
            let more = more(limit);
            let over = more > 0 && self.used(limit, now).saturating_add(more) > most.into();
            over.then_some((limit, most))
        })
    }

    /// How much of a limit is used.
    pub(crate) fn used(&mut self, limit: Limit, now: Instant) -> u64 {
        match limit {
            Limit::CallsAtOnce => self.calls.into(),
            Limit::CallsPerMinute => self.calls_minute.sum(now),
            Limit::CallsPerHour => self.calls_hour.sum(now),
            Limit::NumbersPerHour => u64::try_from(self.numbers.len()).unwrap_or(u64::MAX),
            Limit::SpendPerHour => self.spend_hour.sum(now).saturating_add(self.reserved),
            Limit::SpendPerDay => self.spend_day.sum(now).saturating_add(self.reserved),
        }
    }

    /// A call begins, and its first minute is set aside.
    pub(crate) fn begin(&mut self, limits: &TollLimits, (wire, price): (&str, u32), now: Instant) {
        self.calls = self.calls.saturating_add(1);
        self.calls_minute.add(1, now);
        self.calls_hour.add(1, now);
        self.reserved = self.reserved.saturating_add(price.into());
        if limits.numbers_per_hour.is_none() {
            return;
        }
        match self.numbers.iter_mut().find(|(known, _)| **known == *wire) {
            Some((_, last)) => *last = now,
            None => self.numbers.push((wire.into(), now)),
        }
    }

    /// What was set aside for a call is not needed.
    pub(crate) fn release(&mut self, price: u32) {
        self.reserved = self.reserved.saturating_sub(price.into());
    }

    /// A call is over.
    pub(crate) fn end(&mut self) {
        self.calls = self.calls.saturating_sub(1);
    }

    /// A minute is paid.
    pub(crate) fn pay(&mut self, price: u32, now: Instant) {
        self.spend_hour.add(price.into(), now);
        self.spend_day.add(price.into(), now);
    }

    /// The limits that have come near since the last time, with what is used of each.
    pub(crate) fn near(
        &mut self,
        limits: &TollLimits,
        percent: u8,
        now: Instant,
    ) -> Vec<(Limit, u64, u32)> {
        let mut near = Vec::new();
        for limit in Limit::ALL {
            let Some(most) = most(limits, limit) else {
                continue;
            };
            let used = self.used(limit, now);
            let is_near = used > 0
                && used.saturating_mul(100) >= u64::from(most).saturating_mul(percent.into());
            if !is_near {
                self.warned.retain(|known| *known != limit);
            } else if !self.warned.contains(&limit) {
                self.warned.push(limit);
                near.push((limit, used, most));
            }
        }
        near
    }

    /// Forgives all that was used, but not what is used now.
    pub(crate) fn forgive(&mut self) {
        self.calls_minute.clear();
        self.calls_hour.clear();
        self.spend_hour.clear();
        self.spend_day.clear();
        self.numbers.clear();
        self.warned.clear();
    }

    /// Whether nothing is remembered that still counts.
    pub(crate) fn is_idle(&mut self, now: Instant) -> bool {
        self.forget_numbers(now);
        self.calls == 0
            && self.reserved == 0
            && self.numbers.is_empty()
            && self.calls_hour.sum(now) == 0
            && self.spend_day.sum(now) == 0
    }

    fn forget_numbers(&mut self, now: Instant) {
        let fresh = |last: Instant| now.saturating_since(last) <= HOUR;
        self.numbers.retain(|(_, last)| fresh(*last));
    }
}
