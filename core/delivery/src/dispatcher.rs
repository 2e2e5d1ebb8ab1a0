//! Which job is tried next: tenants take turns, endpoints within a tenant, subjects within an
//! endpoint.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use ids::{TenantId, WebhookId};
use machine::{Instant, Random};

use crate::backoff;
use crate::job::{Attempt, Full, Job, Outcome, Receiver, Verdict};
use crate::lane::Lane;
use crate::limits::Limits;

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// An attempt is to be made; [`Dispatcher::finished`] wants to hear how it went.
    Try(Attempt),
    /// A job has become too old and is a dead letter. It is forgotten here.
    Dead(Job),
}

/// One tenant's endpoints.
#[derive(Debug, Default)]
struct Tenant {
    lanes: BTreeMap<WebhookId, Lane>,
    /// The endpoint that had its turn last.
    last: Option<WebhookId>,
    jobs: usize,
    under_way: usize,
    /// Whether it stands in the ring.
    in_ring: bool,
    /// What it may still start in this turn, in the unit of the weights.
    credit: u16,
    /// When it is woken, as the dispatcher has noted it.
    wakes: Option<Instant>,
}

/// Decides what is delivered when. It holds what is due soon; the rest waits where it is stored.
#[derive(Debug)]
pub struct Dispatcher {
    limits: Limits,
    random: Random,
    tenants: BTreeMap<TenantId, Tenant>,
    /// Tenants that may have something to try, in the order of their turns.
    ring: VecDeque<TenantId>,
    wakes: BTreeSet<(Instant, TenantId)>,
    /// Weights that differ from the usual one.
    weights: BTreeMap<TenantId, u16>,
    jobs: usize,
    under_way: usize,
}

/// Cost of an attempt, which is also the usual weight: then a turn is one attempt.
const ATTEMPT: u16 = 10;

impl Dispatcher {
    /// A dispatcher without jobs; `random` spreads the pauses.
    pub fn new(limits: Limits, random: Random) -> Dispatcher {
        Dispatcher {
            limits,
            random,
            tenants: BTreeMap::new(),
            ring: VecDeque::new(),
            wakes: BTreeSet::new(),
            weights: BTreeMap::new(),
            jobs: 0,
            under_way: 0,
        }
    }

    /// States how much a tenant is owed beside others: at weight 20 it starts two attempts in a
    /// turn, at weight 5 one in every second. The usual weight is 10; a weight is at least 1.
    /// Whoever has a weight of its own is remembered until its weight is stated as 10 again.
    pub fn set_weight(&mut self, tenant: TenantId, weight: u16) {
        if weight == ATTEMPT {
            self.weights.remove(&tenant);
        } else {
            self.weights.insert(tenant, weight.max(1));
        }
    }

    /// Jobs held.
    pub fn jobs(&self) -> usize {
        self.jobs
    }

    /// Attempts under way.
    pub fn under_way(&self) -> usize {
        self.under_way
    }

    /// How many more jobs of a tenant there is room for.
    pub fn room(&self, tenant: TenantId) -> usize {
        let held = self.tenants.get(&tenant).map_or(0, |tenant| tenant.jobs);
        let own = self.limits.jobs_per_tenant.saturating_sub(held);
        own.min(self.limits.jobs.saturating_sub(self.jobs))
    }

    /// Takes a job. One that is held already is not taken twice.
    ///
    /// # Errors
    /// [`Full`] beyond `jobs_per_tenant` or `jobs`; nothing has changed then.
    pub fn accept(&mut self, job: Job) -> Result<(), Full> {
        let id = job.receiver.tenant;
        if self.room(id) == 0 {
            return Err(Full(job));
        }
        let tenant = self.tenants.entry(id).or_default();
        let lane = tenant.lanes.entry(job.receiver.webhook).or_default();
        if lane.add(job) {
            tenant.jobs += 1;
            self.jobs += 1;
            self.enter_ring(id);
        }
        Ok(())
    }

    /// The next thing to do now; nothing when all else waits for its time or for room.
    pub fn next(&mut self, now: Instant) -> Option<Step> {
        self.wake(now);
        while self.under_way < self.limits.attempts_at_once {
            let id = self.ring.pop_front()?;
            let Some(tenant) = self.tenants.get_mut(&id) else {
                continue;
            };
            tenant.in_ring = false;
            if tenant.credit < ATTEMPT {
                let weight = self.weights.get(&id).copied().unwrap_or(ATTEMPT);
                tenant.credit = tenant.credit.saturating_add(weight);
            }
            if tenant.credit < ATTEMPT {
                self.enter_ring(id);
                continue;
            }
            let Some((webhook, job)) = tenant.start(&self.limits, now) else {
                tenant.credit = 0;
                self.sleep(id);
                continue;
            };
            tenant.credit -= ATTEMPT;
            let goes_on = tenant.credit >= ATTEMPT;
            self.under_way += 1;
            self.go_on(id, goes_on);
            let receiver = job.receiver;
            if job.expires <= now {
                self.conclude(receiver, job.event);
                return Some(Step::Dead(job));
            }
            debug_assert_eq!(webhook, receiver.webhook);
            return Some(Step::Try(Attempt {
                receiver,
                event: job.event,
                number: job.tries.saturating_add(1),
            }));
        }
        None
    }

    /// Tells how an attempt went, and hears what becomes of its job. `None` when the job was
    /// forgotten meanwhile.
    pub fn finished(
        &mut self,
        attempt: &Attempt,
        outcome: Outcome,
        now: Instant,
    ) -> Option<Verdict> {
        let receiver = attempt.receiver;
        let lane = self
            .tenants
            .get_mut(&receiver.tenant)?
            .lanes
            .get_mut(&receiver.webhook)?;
        let job = lane.started(attempt.event)?;
        let wait = match outcome {
            Outcome::Delivered => {
                lane.circuit.succeeded();
                self.conclude(receiver, attempt.event);
                return Some(Verdict::Delivered);
            }
            Outcome::Gone => {
                lane.circuit.failed(&self.limits, now, &mut self.random);
                self.conclude(receiver, attempt.event);
                return Some(Verdict::Dead);
            }
            Outcome::Failed { wait } => wait,
        };
        lane.circuit.failed(&self.limits, now, &mut self.random);
        let tries = job.tries.saturating_add(1);
        let (first, longest) = (self.limits.first_pause, self.limits.longest_pause);
        let own = backoff::pause(u32::from(tries), first, longest, &mut self.random);
        let at = now + wait.unwrap_or_default().max(own);
        if tries >= self.limits.tries || at >= job.expires {
            self.conclude(receiver, attempt.event);
            return Some(Verdict::Dead);
        }
        lane.postpone(attempt.event, at, tries);
        self.freed(receiver.tenant);
        Some(Verdict::Again { at, tries })
    }

    /// Forgets an endpoint with its jobs: it was removed, or switched off. Attempts under way
    /// end without a verdict.
    pub fn forget(&mut self, receiver: Receiver) {
        let Some(tenant) = self.tenants.get_mut(&receiver.tenant) else {
            return;
        };
        if let Some(lane) = tenant.lanes.remove(&receiver.webhook) {
            tenant.jobs -= lane.jobs();
            tenant.under_way -= lane.under_way();
            self.jobs -= lane.jobs();
            self.under_way -= lane.under_way();
        }
        self.tidy(receiver.tenant);
    }

    /// When [`Dispatcher::next`] may have something that it has not now.
    pub fn deadline(&self) -> Option<Instant> {
        if self.under_way >= self.limits.attempts_at_once {
            return None;
        }
        self.wakes.first().map(|(at, _)| *at)
    }

    /// Ends a job and frees its place.
    fn conclude(&mut self, receiver: Receiver, event: u64) {
        if let Some(tenant) = self.tenants.get_mut(&receiver.tenant)
            && let Some(lane) = tenant.lanes.get_mut(&receiver.webhook)
        {
            lane.finish(event);
            tenant.jobs -= 1;
            self.jobs -= 1;
        }
        self.freed(receiver.tenant);
    }

    /// An attempt is over.
    fn freed(&mut self, id: TenantId) {
        self.under_way -= 1;
        if let Some(tenant) = self.tenants.get_mut(&id) {
            tenant.under_way -= 1;
        }
        self.enter_ring(id);
        self.tidy(id);
    }

    fn enter_ring(&mut self, id: TenantId) {
        if let Some(tenant) = self.tenants.get_mut(&id)
            && !tenant.in_ring
        {
            tenant.in_ring = true;
            self.ring.push_back(id);
        }
    }

    /// Puts a tenant back into the ring: at its front while its turn goes on.
    fn go_on(&mut self, id: TenantId, goes_on: bool) {
        self.enter_ring(id);
        if goes_on && let Some(last) = self.ring.pop_back() {
            self.ring.push_front(last);
        }
    }

    /// Puts tenants into the ring whose time has come.
    fn wake(&mut self, now: Instant) {
        while let Some((at, id)) = self.wakes.first().copied()
            && at <= now
        {
            self.wakes.remove(&(at, id));
            if let Some(tenant) = self.tenants.get_mut(&id) {
                tenant.wakes = None;
            }
            self.enter_ring(id);
        }
    }

    /// A tenant has nothing to try now: notes when it will have.
    fn sleep(&mut self, id: TenantId) {
        let Some(tenant) = self.tenants.get_mut(&id) else {
            return;
        };
        let at = tenant.wakes_at(&self.limits);
        if let Some(noted) = tenant.wakes {
            self.wakes.remove(&(noted, id));
        }
        tenant.wakes = at;
        self.wakes.extend(at.map(|at| (at, id)));
    }

    /// Forgets a tenant that has no jobs and whose endpoints are well.
    fn tidy(&mut self, id: TenantId) {
        let Some(tenant) = self.tenants.get_mut(&id) else {
            return;
        };
        tenant
            .lanes
            .retain(|_, lane| lane.jobs() > 0 || lane.circuit.rests_until().is_some());
        if tenant.lanes.is_empty() {
            if let Some(noted) = tenant.wakes {
                self.wakes.remove(&(noted, id));
            }
            self.tenants.remove(&id);
            self.ring.retain(|other| *other != id);
        }
    }
}

impl Tenant {
    /// Starts the next job, the endpoints taking turns.
    fn start(&mut self, limits: &Limits, now: Instant) -> Option<(WebhookId, Job)> {
        if self.under_way >= limits.attempts_per_tenant {
            return None;
        }
        let after = |id: &WebhookId| self.last.is_some_and(|last| *id > last);
        let ids: Vec<WebhookId> = self.lanes.keys().copied().collect();
        let (later, sooner): (Vec<_>, Vec<_>) = ids.into_iter().partition(after);
        for id in later.into_iter().chain(sooner) {
            let Some(lane) = self.lanes.get_mut(&id) else {
                continue;
            };
            if lane.under_way() < lane.circuit.room(limits, now)
                && let Some(job) = lane.start(now)
            {
                self.last = Some(id);
                self.under_way += 1;
                return Some((id, job));
            }
        }
        None
    }

    /// When it may have something to try, as far as time alone decides.
    fn wakes_at(&self, limits: &Limits) -> Option<Instant> {
        if self.under_way >= limits.attempts_per_tenant {
            return None;
        }
        let time_of = |lane: &Lane| {
            let due = lane.due()?;
            match lane.circuit.rests_until() {
                // a probe is under way: its end decides
                Some(_) if lane.under_way() > 0 => None,
                Some(until) => Some(due.max(until)),
                None if lane.under_way() >= limits.attempts_per_endpoint => None,
                None => Some(due),
            }
        };
        self.lanes.values().filter_map(time_of).min()
    }
}
