//! Minutes talked by trunks: when a conversation begins and ends, what is told of it, and what of
//! it outlives the process.

use super::Shard;
use super::deadlines::Wake;
use super::questions::{Answer, TrunkQuestion};
use crate::calls::CallKey;
use crate::trunks::{Mark, Talk};
use call::{CallEvent, Direction, LegId, LegStage, LegView, What};
use domain::Event;
use ids::{EventId, TenantId, TrunkId};
use machine::{Instant, WallTime};
use ports::{Bucket, LiveTrunk};
use std::time::Duration;
use tenancy::TenantScope;

/// How often it is looked at how much is used, and written down, while somebody talks.
const EVERY: Duration = Duration::from_secs(15);

impl Shard {
    /// Notes what a call's event means for the minutes of a trunk.
    pub(super) fn note_talk(&mut self, key: CallKey, event: &CallEvent) {
        match event.what {
            What::Answered(leg) => self.talk_begins(key, leg, None, event.at),
            What::LegClosed { leg, .. } => {
                let owner = self.calls.get(key).and_then(|entry| entry.owner(leg));
                let entry = owner.and_then(|owner| self.legs.get_mut(owner));
                let talk = entry.and_then(|entry| entry.talk.take());
                self.end_talk(talk, event.at);
            }
            What::Opened { .. }
            | What::Explained(_)
            | What::LegOpened { .. }
            | What::Ringing(_)
            | What::AnsweredBeside(_)
            | What::Held(_)
            | What::Resumed(_)
            | What::FellSilent { .. }
            | What::HeardAgain(_)
            | What::AnsweredBy { .. }
            | What::Beeped(_)
            | What::WentToFax(_)
            | What::WentToSound(_)
            | What::Diverted(_)
            | What::TransferRequested { .. }
            | What::TransferCompleted { .. }
            | What::TransferFailed { .. }
            | What::MergedInto(_)
            | What::Ended(_) => {}
        }
    }

    /// A leg was answered, now or at a moment before this process; where it is one that goes out
    /// by a trunk, its minutes are counted from then.
    fn talk_begins(&mut self, key: CallKey, leg: LegId, since: Option<WallTime>, now: Instant) {
        let Some(entry) = self.calls.get(key) else {
            return;
        };
        let (tenant, owner) = (entry.tenant, entry.owner(leg));
        let mut out = entry
            .call
            .legs()
            .filter(|one| one.direction == Direction::Outbound);
        let found = out.find(|one| one.id == leg);
        let trunk = found.and_then(|one| Some(one.party.trunk.as_ref()?.trunk));
        let (Some(trunk), Some(owner)) = (trunk, owner) else {
            return;
        };
        let at = self.clock.wall(now);
        let trunks = &mut self.tenants.trunks;
        let (Some(line), Some(leg)) = (trunks.lines.get(&trunk), self.legs.get_mut(owner)) else {
            return;
        };
        if leg.talk.is_none() {
            let since = since.unwrap_or(at);
            let of = (trunk, line.spec());
            leg.talk = Some(trunks.minutes.begins(of, tenant, since, at));
        }
        if line.spec().caps.counts_minutes() && !trunks.minutes.awaited {
            trunks.minutes.awaited = true;
            self.timers.arm(now + EVERY, Wake::Minutes);
        }
    }

    /// A conversation by a trunk is over.
    pub(super) fn end_talk(&mut self, talk: Option<Talk>, now: Instant) {
        let Some(talk) = talk else { return };
        self.tenants
            .trunks
            .minutes
            .ends(&talk, self.clock.wall(now));
        self.tell_minutes(talk.trunk, now);
        self.keep_minutes(talk.trunk, talk.tenant, now);
    }

    /// Looks at the minutes of all trunks by which somebody talks.
    pub(super) fn count_minutes(&mut self, now: Instant) {
        let minutes = &mut self.tenants.trunks.minutes;
        minutes.awaited = false;
        minutes.cool(self.clock.wall(now));
        for trunk in self.tenants.trunks.minutes.busy() {
            if !self.counts_minutes(trunk) {
                continue;
            }
            self.tell_minutes(trunk, now);
            for tenant in self.tenants.trunks.minutes.talking(trunk) {
                self.keep_minutes(trunk, tenant, now);
            }
            self.tenants.trunks.minutes.awaited = true;
        }
        if self.tenants.trunks.minutes.awaited {
            self.timers.arm(now + EVERY, Wake::Minutes);
        }
    }

    fn counts_minutes(&self, trunk: TrunkId) -> bool {
        let line = self.tenants.trunks.get(trunk);
        line.is_some_and(|line| line.spec().caps.counts_minutes())
    }

    /// Writes down what a company has talked by a trunk today.
    fn keep_minutes(&mut self, trunk: TrunkId, tenant: TenantId, now: Instant) {
        let row = self
            .tenants
            .trunks
            .minutes
            .row(trunk, tenant, self.clock.wall(now));
        if let Some(row) = row.filter(|_| self.counts_minutes(trunk)) {
            let (snapshots, key) = (&mut self.stores.snapshots, trunk.as_u128());
            snapshots.put(tenant, Bucket::Minutes, key, &row);
        }
    }

    /// Tells whose share of a day's minutes is nearly used up, or is. The owner of a trunk that is
    /// shared has no log of events, and nobody else is told of the whole.
    fn tell_minutes(&mut self, trunk: TrunkId, now: Instant) {
        let at = self.clock.wall(now);
        let trunks = &mut self.tenants.trunks;
        let Some(line) = trunks.lines.get(&trunk) else {
            return;
        };
        let marks = trunks.minutes.marks((trunk, line.spec()), at);
        let (owner, name) = (line.owner, line.spec().name.clone());
        for Mark { of, percent, most } in marks {
            let cap = match of {
                Some(_) => "each.minutes_per_day",
                None => "minutes_per_day",
            };
            self.figures.trunks.caps.minutes_told += 1;
            let Some(told) = of.or(owner) else { continue };
            let id = EventId::new(self.unix_ms(now), self.random.next_u128());
            let event = Event::of_minutes(id, told, (trunk, &name), (cap, most), percent, at);
            self.outbox.events.push(event);
        }
    }

    /// Takes back what was talked today before this process.
    pub(super) fn restore_minutes(&mut self, now: Instant) {
        let at = self.clock.wall(now);
        for (tenant, key, bytes) in self.stores.snapshots.load(Bucket::Minutes) {
            let of = (TrunkId::from_u128(key), tenant);
            if !self.tenants.trunks.minutes.restore(of, &bytes, at) {
                self.stores.snapshots.remove(tenant, Bucket::Minutes, key);
            }
        }
    }

    /// The minutes of a call that outlived its process count on from its answer.
    pub(super) fn resume_talks(&mut self, key: CallKey, now: Instant) {
        let Some(entry) = self.calls.get(key) else {
            return;
        };
        let record = entry.recorder.cdr();
        let answered = |leg: &LegView<'_>| {
            let index = usize::from(leg.id.number());
            let up = (leg.stage == LegStage::Up).then_some(leg.id)?;
            Some((up, record.legs.get(index)?.answered_at?))
        };
        let talks: Vec<_> = entry.call.legs().filter_map(|leg| answered(&leg)).collect();
        for (leg, since) in talks {
            self.talk_begins(key, leg, Some(since), now);
        }
    }
}

impl Shard {
    /// What is used of the trunks that a tenant may use: of its own all, of others its part.
    pub(super) fn trunks_used(&mut self, scope: &TenantScope, now: Instant) -> Vec<LiveTrunk> {
        let (tenant, at) = (scope.tenant(), self.clock.wall(now));
        let Some(compiled) = self.tenants.compiled(tenant) else {
            return Vec::new();
        };
        let trunks = compiled.trunks().iter().map(|trunk| trunk.id);
        let used = trunks.filter_map(|id| {
            let line = self.tenants.trunks.lines.get(&id)?;
            let own = line.owner == Some(tenant);
            let used = self.tenants.trunks.used(id, &[tenant], at)?;
            Some(LiveTrunk {
                own,
                all: used.all.filter(|_| own),
                quality: used.quality.filter(|_| own),
                ..used
            })
        });
        used.collect()
    }

    /// Answers a question about a trunk of an account's.
    pub fn ask_of_trunk(&mut self, question: &TrunkQuestion, now: Instant) {
        let (trunks, at) = (&mut self.tenants.trunks, self.clock.wall(now));
        let line = trunks.lines.get(&question.trunk);
        let line = line.filter(|line| line.owner.is_none());
        let users: Vec<TenantId> = line.iter().flat_map(|line| &line.users).copied().collect();
        let used = match users.is_empty() {
            true => None,
            false => trunks.used(question.trunk, &users, at),
        };
        let answer = Answer::Trunks(question.ticket, used.into_iter().collect());
        self.outbox.answers.push(answer);
    }
}
