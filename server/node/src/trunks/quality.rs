//! How well trunks do: what came of the latest calls by each, whichever company made them.
//!
//! Like the minutes it is kept apart from the lines, so that a trunk which is changed is not
//! forgotten; and written down for each company by itself.

use carrier::{Floor, Outcome, Quality, QualityFigures, Verdict};
use domain::QualityFloor;
use ids::{TenantId, TrunkId};
use machine::{Instant, WallTime};
use routing::{Judgement, Measured};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Trunks of which calls are remembered at most: those of which there are lines.
const TRUNKS_MAX: usize = super::LINES_MAX;

/// What is being measured of one leg to a carrier.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gauge {
    trunk: TrunkId,
    since: Instant,
    post_dial: Option<Duration>,
    /// What is known of what came of it.
    settled: Option<Settled>,
}

/// A call that something came of.
#[derive(Clone, Copy, Debug)]
struct Settled {
    number: u64,
    /// Since when it is talked in, where it was answered.
    answered: Option<Instant>,
}

/// A call of which more may be told than is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noted {
    trunk: TrunkId,
    number: u64,
}

/// All trunks by which somebody called lately.
#[derive(Default)]
pub(crate) struct Qualities {
    trunks: BTreeMap<TrunkId, Quality<TenantId>>,
    /// Whose calls by which trunks are to be written down.
    changed: BTreeSet<(TrunkId, TenantId)>,
    /// Whether the shard is to be woken for them.
    pub(crate) awaited: bool,
}

impl Gauge {
    /// A carrier is asked.
    pub(crate) fn begins(trunk: TrunkId, now: Instant) -> Gauge {
        Gauge {
            trunk,
            since: now,
            post_dial: None,
            settled: None,
        }
    }

    /// It rings, or sounds as if it did.
    pub(crate) fn rings(&mut self, now: Instant) {
        let delay = now.saturating_since(self.since);
        self.post_dial.get_or_insert(delay);
    }
}

impl Qualities {
    /// Something came of a company's call. What comes of it later is not counted again.
    pub(crate) fn settle(
        &mut self,
        (gauge, who): (&mut Gauge, TenantId),
        outcome: Outcome,
        now: Instant,
        at: WallTime,
    ) -> Option<Noted> {
        let trunk = gauge.trunk;
        let known = self.trunks.contains_key(&trunk);
        if gauge.settled.is_some() || (!known && self.trunks.len() >= TRUNKS_MAX) {
            return None;
        }
        let quality = self.trunks.entry(trunk).or_default();
        let number = quality.note(who, outcome, gauge.post_dial, at);
        self.changed.insert((trunk, who));
        let answered = (outcome == Outcome::Answered).then_some(now);
        gauge.settled = Some(Settled { number, answered });
        Some(Noted { trunk, number })
    }

    /// A leg to a carrier is over. One of which nothing else came was given up.
    pub(crate) fn ends(&mut self, mut gauge: Gauge, who: TenantId, now: Instant, at: WallTime) {
        self.settle((&mut gauge, who), Outcome::Unanswered, now, at);
        let Some(settled) = gauge.settled else {
            return;
        };
        let quality = self.trunks.get_mut(&gauge.trunk);
        if let Some((quality, answered)) = quality.zip(settled.answered) {
            quality.talked(settled.number, now.saturating_since(answered));
            self.changed.insert((gauge.trunk, who));
        }
    }

    /// It is known how a call sounded.
    pub(crate) fn heard(&mut self, noted: Noted, who: TenantId, mos_x100: u16) {
        if let Some(quality) = self.trunks.get_mut(&noted.trunk) {
            quality.heard(noted.number, mos_x100);
            self.changed.insert((noted.trunk, who));
        }
    }

    /// What is told of a trunk to its owner.
    pub(crate) fn figures(&self, trunk: TrunkId, at: WallTime) -> QualityFigures {
        let quality = self.trunks.get(&trunk);
        quality.map_or_else(QualityFigures::default, |quality| quality.figures(at))
    }

    /// How trunks stand for a company that is about to call.
    pub(crate) fn lately(&self, tenant: TenantId, at: WallTime) -> Lately<'_> {
        Lately {
            qualities: self,
            tenant,
            at,
            judged: RefCell::default(),
        }
    }

    /// Which trunks a company's call passed over, and which of those it tries all the same.
    pub(crate) fn passed_over(&mut self, tenant: TenantId, judged: Vec<(TrunkId, bool)>) {
        for (trunk, tried) in judged {
            if let Some(quality) = self.trunks.get_mut(&trunk) {
                quality.passed_over(tenant, tried);
            }
        }
    }

    /// What is to be written down since the last time.
    pub(crate) fn rows(&mut self) -> Vec<(TrunkId, TenantId, Vec<u8>)> {
        let changed = std::mem::take(&mut self.changed).into_iter();
        let row = |(trunk, tenant)| {
            let row = self.trunks.get(&trunk)?.row(tenant)?;
            Some((trunk, tenant, row))
        };
        changed.filter_map(row).collect()
    }

    /// Takes back what was written down; false where nothing of it counts any more.
    pub(crate) fn restore(
        &mut self,
        (trunk, tenant): (TrunkId, TenantId),
        row: &[u8],
        at: WallTime,
    ) -> bool {
        let known = self.trunks.contains_key(&trunk);
        if !known && self.trunks.len() >= TRUNKS_MAX {
            return false;
        }
        self.trunks
            .entry(trunk)
            .or_default()
            .restore(tenant, row, at)
    }

    /// Whether anything is to be written down.
    pub(crate) fn any_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// Forgets the trunks by which nobody has called for so long that it does not count.
    pub(crate) fn cool(&mut self, at: WallTime) {
        self.trunks.retain(|_, quality| !quality.is_idle(at));
    }
}

/// How trunks stand for one company's call, and which of them were found wanting.
pub(crate) struct Lately<'a> {
    qualities: &'a Qualities,
    tenant: TenantId,
    at: WallTime,
    judged: RefCell<Vec<(TrunkId, bool)>>,
}

impl Lately<'_> {
    /// Which trunks fell short, and whether it is their turn to be tried.
    pub(crate) fn judged(self) -> Vec<(TrunkId, bool)> {
        self.judged.into_inner()
    }
}

impl Measured for Lately<'_> {
    fn judge(&self, trunk: TrunkId, floor: &QualityFloor) -> Judgement {
        let floor = Floor {
            answer_percent: floor.answer_percent,
            post_dial: floor
                .post_dial_seconds
                .map(|seconds| Duration::from_secs(seconds.into())),
            mos_x100: floor.mos_x100,
        };
        let quality = self.qualities.trunks.get(&trunk);
        let verdict = quality.map(|quality| quality.judge(self.tenant, &floor, self.at));
        let mut judged = self.judged.borrow_mut();
        match verdict.unwrap_or(Verdict::Unknown) {
            Verdict::Unknown => Judgement::Unknown,
            Verdict::Reaches => Judgement::Reaches,
            Verdict::FallsShort(figures) => {
                judged.push((trunk, false));
                Judgement::FallsShort(figures.to_string())
            }
            Verdict::OnTrial(figures) => {
                judged.push((trunk, true));
                Judgement::OnTrial(figures.to_string())
            }
        }
    }
}
