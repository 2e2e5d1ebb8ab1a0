//! The guard: budgets of all tenants, and the calls that use them.

use crate::level::Level;
use crate::limit::Limit;
use crate::news::{Contained, News, Subject, Warned};
use domain::{BudgetOf, Guarding, Toll, TollLimits};
use ids::{DeviceId, ExtensionId, TenantId, TollGuardId};
use machine::Instant;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

/// Budgets in use at once in one tenant. Beyond it calls that would open another are refused.
pub const LEVELS_MAX: usize = 10_000;

/// What is paid at once.
const MINUTE: Duration = Duration::from_secs(60);

/// How often budgets that nothing is left of are let go.
const COOL_EVERY: Duration = Duration::from_secs(300);

/// Which budget: the guard, or the plan's where there is none, and whose it is.
type Key = (TenantId, Option<TollGuardId>, Subject);

/// A call that is about to go out by a trunk.
#[derive(Clone, Copy, Debug)]
pub struct CallOut<'a> {
    /// The call; several ways out of one call are counted by themselves.
    pub call: u64,
    /// Whose.
    pub tenant: TenantId,
    /// Which device calls, where one does.
    pub device: Option<DeviceId>,
    /// Which extension it calls as.
    pub extension: Option<ExtensionId>,
    /// What is called.
    pub toll: &'a Toll,
}

/// Why a call may not go out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The limit that was met; `None` when no more budgets find room.
    pub limit: Option<Limit>,
    /// In words.
    pub reason: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

/// Counters since the start, and a count of now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Calls that were counted by a budget.
    pub counted: u64,
    /// Calls that were refused.
    pub refused: u64,
    /// Calls that were ended.
    pub ended: u64,
    /// Devices that were contained.
    pub contained: u64,
    /// Warnings that were given.
    pub warned: u64,
    /// Budgets of which something is used now.
    pub budgets_now: u64,
}

/// What a call uses of one budget.
#[derive(Debug)]
struct Charge {
    key: Key,
    limits: TollLimits,
    price: u32,
    warn_percent: u8,
    /// Whether the device is contained when a limit is met, and for how long.
    contain: Option<Option<u32>>,
    title: Box<str>,
    /// When the next minute is paid; `None` while the first is only set aside, or when the call is
    /// to be ended.
    next: Option<Instant>,
    reserved: bool,
}

/// Budgets of all tenants, and the calls that use them.
#[derive(Debug, Default)]
pub struct Fraud {
    levels: BTreeMap<TenantId, BTreeMap<(Option<TollGuardId>, Subject), Level>>,
    calls: BTreeMap<u64, Vec<Charge>>,
    due: BTreeSet<(Instant, u64)>,
    news: Vec<News>,
    cooled: Instant,
    figures: Figures,
}

impl Fraud {
    /// A call is to go out, counted by these budgets. When it may, its first minute is set aside in
    /// each of them.
    ///
    /// # Errors
    /// The first limit that it would break; then nothing was counted.
    pub fn begin(
        &mut self,
        out: &CallOut<'_>,
        guards: &[Guarding<'_>],
        now: Instant,
    ) -> Result<(), Refused> {
        let charges: Vec<Charge> = guards.iter().map(|by| charge(out, by)).collect();
        let wire = out.toll.wire.as_str();
        for charge in &charges {
            let met = match self.level(charge.key, now) {
                Some(level) => level.refuses(&charge.limits, (wire, charge.price), now),
                None => return Err(self.no_room(charge)),
            };
            if let Some(met) = met {
                self.figures.refused += 1;
                return Err(self.met(charge, met));
            }
        }
        self.figures.counted += u64::from(!charges.is_empty());
        for charge in &charges {
            if let Some(level) = self.level(charge.key, now) {
                level.begin(&charge.limits, (wire, charge.price), now);
            }
            self.warn(charge, now);
        }
        if !charges.is_empty() {
            self.calls.entry(out.call).or_default().extend(charges);
        }
        Ok(())
    }

    /// A call was answered: what was set aside for it is spent.
    pub fn answered(&mut self, call: u64, now: Instant) {
        for charge in self.calls.get_mut(&call).into_iter().flatten() {
            if !std::mem::take(&mut charge.reserved) {
                continue;
            }
            if let Some(level) = level_of(&mut self.levels, charge.key) {
                level.release(charge.price);
                level.pay(charge.price, now);
            }
            if charge.limits.counts_money() && charge.price > 0 {
                let next = now + MINUTE;
                charge.next = Some(next);
                self.due.insert((next, call));
            }
        }
    }

    /// A way out of a call came to nothing: what was set aside is free again.
    pub fn came_to_nothing(&mut self, call: u64) {
        let Some(charges) = self.calls.get_mut(&call) else {
            return;
        };
        for charge in charges.iter().filter(|charge| charge.reserved) {
            if let Some(level) = level_of(&mut self.levels, charge.key) {
                level.release(charge.price);
                level.end();
            }
        }
        charges.retain(|charge| !charge.reserved);
    }

    /// A call is over.
    pub fn ended(&mut self, call: u64) {
        self.came_to_nothing(call);
        for charge in self.calls.remove(&call).into_iter().flatten() {
            if let Some(next) = charge.next {
                self.due.remove(&(next, call));
            }
            if let Some(level) = level_of(&mut self.levels, charge.key) {
                level.end();
            }
        }
    }

    /// What was a call of its own goes on within another.
    pub fn moved(&mut self, from: u64, to: u64) {
        let charges = self.calls.remove(&from).unwrap_or_default();
        for charge in &charges {
            if let Some(next) = charge.next {
                self.due.remove(&(next, from));
                self.due.insert((next, to));
            }
        }
        if !charges.is_empty() {
            self.calls.entry(to).or_default().extend(charges);
        }
    }

    /// When [`Fraud::expire`] wants to be called.
    pub fn deadline(&self) -> Option<Instant> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Pays the minutes that begin, and tells of calls whose next minute is in no budget.
    pub fn expire(&mut self, now: Instant) {
        while let Some((at, call)) = self.due.first().copied().filter(|(at, _)| *at <= now) {
            self.due.remove(&(at, call));
            let mut charges = self.calls.remove(&call).unwrap_or_default();
            for charge in &mut charges {
                if charge.next == Some(at) {
                    charge.next = self.minute(charge, (at, now), call);
                }
            }
            let next = charges.iter().filter_map(|charge| charge.next);
            self.due.extend(next.map(|next| (next, call)));
            self.calls.insert(call, charges);
        }
        if now.saturating_since(self.cooled) >= COOL_EVERY {
            self.cool(now);
        }
    }

    /// Pays a minute of a call; gives when the next one begins.
    fn minute(
        &mut self,
        charge: &Charge,
        (at, now): (Instant, Instant),
        call: u64,
    ) -> Option<Instant> {
        let level = level_of(&mut self.levels, charge.key)?;
        let Some(met) = level.lacks(&charge.limits, charge.price, now) else {
            level.pay(charge.price, now);
            self.warn(charge, now);
            return Some(at + MINUTE);
        };
        let Refused { reason, .. } = self.met(charge, met);
        self.end(call, reason);
        None
    }

    /// A limit was met: the device is contained, if that is its budget's way, and its calls that
    /// use that budget are to be ended.
    fn met(&mut self, charge: &Charge, (limit, most): (Limit, u32)) -> Refused {
        let reason = format!("{}: {limit}: limit {most}, used up", charge.title);
        let (tenant, _, subject) = charge.key;
        let contain = charge.contain.filter(|_| limit.contains());
        if let (Some(hours), Subject::Device(device)) = (contain, subject) {
            self.figures.contained += 1;
            self.news.push(News::Contained(Contained {
                tenant,
                device,
                hours,
                reason: reason.clone(),
            }));
            let using = |charges: &Vec<Charge>| charges.iter().any(|one| one.key == charge.key);
            let calls = self.calls.iter().filter(|(_, charges)| using(charges));
            let calls: Vec<u64> = calls.map(|(call, _)| *call).collect();
            for call in calls {
                self.end(call, reason.clone());
            }
        }
        Refused {
            limit: Some(limit),
            reason,
        }
    }

    fn end(&mut self, call: u64, reason: String) {
        self.figures.ended += 1;
        self.news.push(News::End(call, reason));
    }

    fn no_room(&mut self, charge: &Charge) -> Refused {
        self.figures.refused += 1;
        Refused {
            limit: None,
            reason: format!("{}: {LEVELS_MAX} budgets are in use", charge.title),
        }
    }

    fn warn(&mut self, charge: &Charge, now: Instant) {
        let Some(level) = level_of(&mut self.levels, charge.key) else {
            return;
        };
        let (tenant, _, subject) = charge.key;
        for (limit, used, most) in level.near(&charge.limits, charge.warn_percent, now) {
            self.figures.warned += 1;
            self.news.push(News::Warned(Warned {
                tenant,
                subject,
                budget: charge.title.to_string(),
                limit,
                used,
                most,
            }));
        }
    }

    /// A device may begin anew: what it used is forgiven.
    pub fn forgive(&mut self, tenant: TenantId, device: DeviceId) {
        for (key, level) in self.levels.get_mut(&tenant).into_iter().flatten() {
            if key.1 == Subject::Device(device) {
                level.forgive();
            }
        }
    }

    /// A tenant is gone; its calls are ended by others.
    pub fn forget(&mut self, tenant: TenantId) {
        self.levels.remove(&tenant);
    }

    /// Hands over what there is to tell.
    pub fn take(&mut self) -> Vec<News> {
        std::mem::take(&mut self.news)
    }

    /// The counters.
    pub fn figures(&self) -> Figures {
        let budgets: usize = self.levels.values().map(BTreeMap::len).sum();
        Figures {
            budgets_now: u64::try_from(budgets).unwrap_or(u64::MAX),
            ..self.figures
        }
    }

    /// How much of a limit of a budget is used; 0 of one that nobody uses.
    pub fn used(
        &mut self,
        tenant: TenantId,
        (guard, subject): (Option<TollGuardId>, Subject),
        limit: Limit,
        now: Instant,
    ) -> u64 {
        let level = level_of(&mut self.levels, (tenant, guard, subject));
        level.map_or(0, |level| level.used(limit, now))
    }

    /// The level of a budget; `None` when it would be one too many.
    fn level(&mut self, (tenant, guard, subject): Key, now: Instant) -> Option<&mut Level> {
        let levels = self.levels.entry(tenant).or_default();
        let key = (guard, subject);
        if !levels.contains_key(&key) && levels.len() >= LEVELS_MAX {
            levels.retain(|_, level| !level.is_idle(now));
            if levels.len() >= LEVELS_MAX {
                return None;
            }
        }
        Some(levels.entry(key).or_default())
    }

    fn cool(&mut self, now: Instant) {
        self.cooled = now;
        for levels in self.levels.values_mut() {
            levels.retain(|_, level| !level.is_idle(now));
        }
        self.levels.retain(|_, levels| !levels.is_empty());
    }
}

fn level_of(
    levels: &mut BTreeMap<TenantId, BTreeMap<(Option<TollGuardId>, Subject), Level>>,
    (tenant, guard, subject): Key,
) -> Option<&mut Level> {
    levels.get_mut(&tenant)?.get_mut(&(guard, subject))
}

/// What a call would use of a budget. Who calls without a device uses its extension's, and who has
/// none the tenant's.
fn charge(out: &CallOut<'_>, by: &Guarding<'_>) -> Charge {
    let device = out.device.map(Subject::Device);
    let extension = out.extension.map(Subject::Extension);
    let subject = match by.budget.per {
        BudgetOf::Device => device.or(extension),
        BudgetOf::Extension => extension,
        BudgetOf::Tenant => None,
    };
    let budget = by.budget;
    let subject = subject.unwrap_or(Subject::Tenant);
    Charge {
        key: (out.tenant, by.id, subject),
        limits: budget.limits,
        price: by.price(out.toll),
        warn_percent: budget.warn_percent,
        contain: budget.contain.then_some(budget.contain_hours),
        title: by.title().into(),
        next: None,
        reserved: true,
    }
}
