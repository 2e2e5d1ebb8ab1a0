//! Minutes that are talked by trunks within a day, all companies together and each of them.
//!
//! What counts is the time from the answer to the end of calls that go out. It is kept apart from
//! the lines, so that a trunk which is changed, or switched off for a while, has not begun its day
//! anew; and written down for each company by itself, so that neither has a restart.

use call::{Full, TrunkCap};
use carrier::TalkTime;
use domain::{Trunk, TrunkDay};
use ids::{TenantId, TrunkId};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// Shares of a cap, in percent, at which is told how much is used.
const MARKS: [u8; 2] = [80, 100];

/// One conversation that is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Talk {
    pub(crate) trunk: TrunkId,
    pub(crate) tenant: TenantId,
    since: WallTime,
}

/// A share of a cap that is used up now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Whose share of the trunk it is; nobody's where it is the trunk's whole.
    pub(crate) of: Option<TenantId>,
    pub(crate) percent: u8,
    pub(crate) most: u32,
}

/// What is written down of a company's minutes on a trunk.
#[derive(Serialize, Deserialize)]
struct Row {
    day: TrunkDay,
    /// Milliseconds of calls that were over.
    over: u64,
    /// With those that went on.
    used: u64,
    /// The last mark that was told of the company's share, and of the whole.
    told: [u8; 2],
}

/// All trunks by which somebody has talked today.
#[derive(Default)]
pub(crate) struct Minutes {
    trunks: BTreeMap<TrunkId, Account>,
    /// Whether the shard is to be woken for them.
    pub(crate) awaited: bool,
}

/// A day of one trunk.
struct Account {
    day: TrunkDay,
    all: Meter,
    each: BTreeMap<TenantId, Meter>,
}

#[derive(Clone, Copy, Default)]
struct Meter {
    time: TalkTime,
    /// The last mark that was told.
    told: u8,
    /// What was used when the process before was heard of last, in milliseconds.
    before: u64,
}

impl Minutes {
    /// A call by a trunk is answered.
    pub(crate) fn begins(
        &mut self,
        (trunk, spec): (TrunkId, &Trunk),
        tenant: TenantId,
        since: WallTime,
        at: WallTime,
    ) -> Talk {
        let account = self.account((trunk, spec), at);
        let began = since.max(account.day.began);
        account.all.time.begins(began);
        account.each.entry(tenant).or_default().time.begins(began);
        Talk {
            trunk,
            tenant,
            since,
        }
    }

    /// It is over.
    pub(crate) fn ends(&mut self, talk: &Talk, at: WallTime) {
        let Some(account) = self.trunks.get_mut(&talk.trunk) else {
            return;
        };
        let began = account.day.began;
        account.all.time.ends(talk.since, at, began);
        if let Some(meter) = account.each.get_mut(&talk.tenant) {
            meter.time.ends(talk.since, at, began);
        }
    }

    /// The cap that keeps a company's next call from a trunk; none where there are minutes left.
    pub(crate) fn full(
        &mut self,
        (trunk, spec): (TrunkId, &Trunk),
        tenant: TenantId,
        at: WallTime,
    ) -> Option<Full> {
        if !spec.caps.counts_minutes() {
            return None;
        }
        let account = self.account((trunk, spec), at);
        let own = account.each.get(&tenant).copied().unwrap_or_default();
        let full = |cap: Option<u32>, meter: Meter, share| {
            let limit = cap.filter(|limit| meter.time.used(at) >= minutes(*limit))?;
            let of = TrunkCap::MinutesPerDay;
            Some(Full { of, share, limit })
        };
        let share = full(spec.caps.each.minutes_per_day, own, true);
        share.or_else(|| full(spec.caps.minutes_per_day, account.all, false))
    }

    /// The marks that a trunk has reached since it was asked last.
    pub(crate) fn marks(&mut self, (trunk, spec): (TrunkId, &Trunk), at: WallTime) -> Vec<Mark> {
        let mut marks = Vec::new();
        let account = self.account((trunk, spec), at);
        if let Some(most) = spec.caps.minutes_per_day {
            marks.extend(account.all.mark(None, most, at));
        }
        if let Some(most) = spec.caps.each.minutes_per_day {
            let each = account.each.iter_mut();
            marks.extend(each.filter_map(|(tenant, meter)| meter.mark(Some(*tenant), most, at)));
        }
        marks
    }

    /// What was talked by a trunk today, and the day.
    pub(crate) fn used(
        &mut self,
        (trunk, spec): (TrunkId, &Trunk),
        at: WallTime,
    ) -> (TrunkDay, Duration) {
        let account = self.account((trunk, spec), at);
        (account.day, account.all.time.used(at))
    }

    /// The part of it that a company has talked. To be asked after [`Minutes::used`].
    pub(crate) fn used_by(&self, trunk: TrunkId, tenant: TenantId, at: WallTime) -> Duration {
        let account = self.trunks.get(&trunk);
        let meter = account.and_then(|account| account.each.get(&tenant));
        meter.map_or(Duration::ZERO, |meter| meter.time.used(at))
    }

    /// The trunks by which somebody talks now.
    pub(crate) fn busy(&self) -> Vec<TrunkId> {
        let busy = self
            .trunks
            .iter()
            .filter(|(_, day)| day.all.time.live() > 0);
        busy.map(|(trunk, _)| *trunk).collect()
    }

    /// The companies that talk by a trunk now.
    pub(crate) fn talking(&self, trunk: TrunkId) -> Vec<TenantId> {
        let each = self
            .trunks
            .get(&trunk)
            .into_iter()
            .flat_map(|day| &day.each);
        let talking = each.filter(|(_, meter)| meter.time.live() > 0);
        talking.map(|(tenant, _)| *tenant).collect()
    }

    /// What is to be written down of a company's minutes on a trunk.
    pub(crate) fn row(&self, trunk: TrunkId, tenant: TenantId, at: WallTime) -> Option<Vec<u8>> {
        let account = self.trunks.get(&trunk)?;
        let meter = account.each.get(&tenant)?;
        let (used, over) = (meter.time.used(at), meter.time.used_in_calls_over());
        let row = Row {
            day: account.day,
            over: millis(over),
            used: millis(used),
            told: [meter.told, account.all.told],
        };
        serde_json::to_vec(&row).ok()
    }

    /// Takes back what was written down; false where it is of another day, or nothing that was
    /// written here.
    pub(crate) fn restore(
        &mut self,
        (trunk, tenant): (TrunkId, TenantId),
        bytes: &[u8],
        at: WallTime,
    ) -> bool {
        let Ok(row) = serde_json::from_slice::<Row>(bytes) else {
            return false;
        };
        if at < row.day.began || row.day.ends <= at {
            return false;
        }
        let account = self
            .trunks
            .entry(trunk)
            .or_insert_with(|| Account::of(row.day));
        if account.day != row.day || account.each.contains_key(&tenant) {
            return false;
        }
        let over = Duration::from_millis(row.over);
        let [told, all_told] = row.told;
        account.all.time.adds(over);
        account.all.told = account.all.told.max(all_told);
        let mut meter = Meter {
            told,
            before: row.used,
            ..Meter::default()
        };
        meter.time.adds(over);
        account.each.insert(tenant, meter);
        true
    }

    /// All calls that go on have been taken back: what the others had talked until they were last
    /// heard of is used all the same.
    pub(crate) fn restored(&mut self, at: WallTime) {
        for account in self.trunks.values_mut() {
            for meter in account.each.values_mut() {
                let before = Duration::from_millis(std::mem::take(&mut meter.before));
                let lost = before.saturating_sub(meter.time.used(at));
                meter.time.adds(lost);
                account.all.time.adds(lost);
            }
        }
    }

    /// The day of a trunk as it is at a moment; a new one where the last is over.
    fn account(&mut self, (trunk, spec): (TrunkId, &Trunk), at: WallTime) -> &mut Account {
        let account = self.trunks.entry(trunk);
        let account = account.or_insert_with(|| Account::of(spec.day(at)));
        if account.day.ends <= at {
            account.turns(spec.day(at));
        }
        account
    }

    /// Forgets the trunks whose day is over and by which nobody talks.
    pub(crate) fn cool(&mut self, at: WallTime) {
        let goes_on = |account: &Account| at < account.day.ends || account.all.time.live() > 0;
        self.trunks.retain(|_, account| goes_on(account));
    }
}

impl Account {
    fn of(day: TrunkDay) -> Account {
        Account {
            day,
            all: Meter::default(),
            each: BTreeMap::new(),
        }
    }

    fn turns(&mut self, day: TrunkDay) {
        self.day = day;
        self.all.turns(day);
        self.each.retain(|_, meter| meter.time.live() > 0);
        for meter in self.each.values_mut() {
            meter.turns(day);
        }
    }
}

impl Meter {
    fn turns(&mut self, day: TrunkDay) {
        self.time.day_begins(day.began);
        self.told = 0;
        self.before = 0;
    }

    /// The highest mark that is reached and was not told.
    fn mark(&mut self, of: Option<TenantId>, most: u32, at: WallTime) -> Option<Mark> {
        let used = self.time.used(at);
        let reached = |percent: &u8| used >= minutes(most) * u32::from(*percent) / 100;
        let percent = MARKS.into_iter().rev().find(reached)?;
        let news = percent > self.told;
        self.told = percent;
        news.then_some(Mark { of, percent, most })
    }
}

fn minutes(count: u32) -> Duration {
    Duration::from_secs(u64::from(count) * 60)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
