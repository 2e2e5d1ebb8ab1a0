//! The work itself: changes of webhooks, news, attempts, and what became of them, in turns.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use delivery::{Attempt, Dispatcher, Job, Outcome, Receiver, Step, Verdict};
use domain::{Delivery, DeliveryState, FeedEntry, KindName, LastTry};
use ids::{TenantId, WebhookId};
use machine::{Clock, Instant, Random, WallTime};
use ports::{CourierError, EventQuery, Receipt, StoreError};
use tenancy::Weight;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::desk::Hooks;
use crate::endpoints::{Endpoint, of_tenant, scope_of, weight_of};
use crate::figures::count;

/// How often news are looked for; two atomic reads.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How long everything rests when the store is away.
const REST: Duration = Duration::from_secs(1);

/// Every how many looks the store is asked even though nothing seems to be new: another process
/// may have changed something.
const LOOKS: u32 = 20;

/// News taken at once.
const HEADS_AT_ONCE: usize = 1_000;

/// Events or deliveries of one endpoint taken at once.
const TAKEN_AT_ONCE: usize = 100;

/// Longest text that is noted of a failure.
const DETAIL_MAX: usize = 200;

/// An attempt and how it went; no receipt when it could not be made.
type Done = (Attempt, Result<Result<Receipt, CourierError>, StoreError>);

/// Delivers for ever. Whoever drops it repeats after the next start what was under way.
pub async fn run(hooks: Arc<Hooks>) {
    Runner::over(hooks).run().await;
}

/// Whoever works.
struct Runner {
    hooks: Arc<Hooks>,
    clock: Clock,
    now: Instant,
    dispatcher: Dispatcher,
    endpoints: BTreeMap<Receiver, Endpoint>,
    held: BTreeMap<(Receiver, u64), Delivery>,
    unnoted: Vec<(TenantId, Delivery)>,
    attempts: JoinSet<Done>,
    seen: Seen,
}

/// How far the feed and the news were read.
#[derive(Default)]
struct Seen {
    feed: Option<u64>,
    turn: u64,
    looks: u32,
}

impl Runner {
    fn over(hooks: Arc<Hooks>) -> Runner {
        let (limits, seed) = (hooks.parts.limits, hooks.parts.seed);
        Runner {
            clock: Clock::new(hooks.parts.clock.now()),
            now: Instant::ZERO,
            dispatcher: Dispatcher::new(limits, Random::from_seed(seed)),
            endpoints: BTreeMap::new(),
            held: BTreeMap::new(),
            unnoted: Vec::new(),
            attempts: JoinSet::new(),
            seen: Seen::default(),
            hooks,
        }
    }

    async fn run(mut self) {
        loop {
            if let Err(error) = self.turn().await {
                tracing::warn!(%error, "webhooks wait for the store");
                sleep(REST).await;
            }
            self.begin_attempts();
            let held = u64::try_from(self.dispatcher.jobs()).unwrap_or(u64::MAX);
            self.hooks.figures.held.store(held, Ordering::Relaxed);
            self.wait().await;
        }
    }

    /// What the store has to say, and is to be told.
    async fn turn(&mut self) -> Result<(), StoreError> {
        self.note().await?;
        self.follow_changes().await?;
        self.hear_news().await?;
        self.take_replayed();
        let all: Vec<Receiver> = self.endpoints.keys().copied().collect();
        for receiver in all {
            self.fill(receiver).await?;
        }
        Ok(())
    }

    /// The time, which never goes back.
    fn tick(&mut self) -> (Instant, WallTime) {
        let wall = self.hooks.parts.clock.now();
        self.now = self.now.max(self.clock.instant(wall));
        (self.now, wall)
    }

    /// Waits for an attempt to end, for something new, or for a little while.
    async fn wait(&mut self) {
        if self.attempts.is_empty() {
            let _rang = timeout(LOOK_EVERY, self.hooks.bell.notified()).await;
            return;
        }
        let first = tokio::select! {
            done = self.attempts.join_next() => done,
            () = sleep(LOOK_EVERY) => None,
        };
        let mut done = first.and_then(Result::ok);
        while let Some((attempt, outcome)) = done {
            self.conclude(&attempt, outcome);
            done = self.attempts.try_join_next().and_then(Result::ok);
        }
    }

    /// Reads webhooks anew where they have changed.
    async fn follow_changes(&mut self) -> Result<(), StoreError> {
        let store = Arc::clone(&self.hooks.parts.store);
        self.seen.looks = self.seen.looks.wrapping_add(1);
        let Some(mut at) = self.seen.feed else {
            let at = store.changed();
            for tenant in store.tenants_with_webhooks().await? {
                self.reload(tenant).await?;
            }
            self.seen.feed = Some(at);
            return Ok(());
        };
        if store.changed() <= at && !self.seen.looks.is_multiple_of(LOOKS) {
            return Ok(());
        }
        let page = store.feed(at, HEADS_AT_ONCE).await?;
        let mut tenants = BTreeSet::new();
        for entry in &page.entries {
            tenants.extend(self.concerns(entry).await?);
        }
        if page.lost {
            tenants.extend(store.tenants_with_webhooks().await?);
            tenants.extend(self.endpoints.keys().map(|receiver| receiver.tenant));
        }
        for tenant in tenants {
            self.reload(tenant).await?;
        }
        at = page.cursor;
        self.seen.feed = Some(at);
        Ok(())
    }

    /// The tenants whose webhooks, or whose weight, a change may have changed.
    async fn concerns(&self, entry: &FeedEntry) -> Result<Vec<TenantId>, StoreError> {
        let mut tenants: Vec<TenantId> = entry.owner.tenant().into_iter().collect();
        if entry.kind == KindName::Webhook {
            return Ok(tenants);
        }
        if entry.kind == KindName::Plan
            && let Ok(plan) = entry.id.parse()
        {
            tenants = self.hooks.parts.store.tenants_on(plan).await?;
        } else if entry.kind != KindName::Tenant {
            return Ok(Vec::new());
        }
        // a plan may have left webhooks out until now, so those in memory are not all
        let having = self.hooks.parts.store.tenants_with_webhooks().await?;
        let having: BTreeSet<TenantId> = having.into_iter().collect();
        tenants.retain(|tenant| having.contains(tenant));
        Ok(tenants)
    }

    async fn reload(&mut self, tenant: TenantId) -> Result<(), StoreError> {
        let (store, scope) = (&*self.hooks.parts.store, scope_of(tenant));
        let found = of_tenant(store, &scope).await?;
        let weight = match found.is_empty() {
            true => Weight::default(),
            false => weight_of(store, &scope).await?,
        };
        self.dispatcher.set_weight(tenant, weight.get());
        let known = self.endpoints.keys().copied();
        let gone: Vec<Receiver> = known
            .filter(|receiver| receiver.tenant == tenant && !found.contains_key(receiver))
            .collect();
        for receiver in gone {
            self.dispatcher.forget(receiver);
            self.endpoints.remove(&receiver);
            self.held.retain(|(of, _), _| *of != receiver);
        }
        self.endpoints.extend(found);
        Ok(())
    }

    /// Marks the endpoints whose tenants have something new in their logs.
    async fn hear_news(&mut self) -> Result<(), StoreError> {
        let store = &self.hooks.parts.store;
        if store.told() <= self.seen.turn && !self.seen.looks.is_multiple_of(LOOKS) {
            return Ok(());
        }
        let heads = store.event_heads(self.seen.turn, HEADS_AT_ONCE).await?;
        if let Some(last) = heads.last() {
            self.seen.turn = last.turn;
        } else {
            self.seen.turn = self.seen.turn.max(store.told());
        }
        let tenants: BTreeSet<TenantId> = heads.iter().map(|head| head.tenant).collect();
        for (receiver, endpoint) in &mut self.endpoints {
            endpoint.behind |= tenants.contains(&receiver.tenant);
        }
        Ok(())
    }

    fn take_replayed(&mut self) {
        for receiver in self.hooks.take_replayed() {
            if let Some(endpoint) = self.endpoints.get_mut(&receiver) {
                endpoint.backlog = true;
            }
        }
    }

    /// Brings into memory what is to be delivered to an endpoint: first what waits in the store,
    /// then what is new in the log.
    async fn fill(&mut self, receiver: Receiver) -> Result<(), StoreError> {
        let Some(endpoint) = self.endpoints.get(&receiver) else {
            return Ok(());
        };
        let (backlog, behind) = (endpoint.backlog, endpoint.behind);
        if !(backlog || behind) {
            return Ok(());
        }
        let room = self.room(receiver).min(TAKEN_AT_ONCE);
        match (room, backlog) {
            (0, _) => Ok(()),
            (_, true) => self.recall(receiver, room).await,
            (_, false) => self.take_in(receiver, room).await,
        }
    }

    /// How many more deliveries of an endpoint there is room for: each has an equal part of what
    /// its tenant may hold, so that a dead one does not take the place of the others.
    fn room(&self, receiver: Receiver) -> usize {
        let at = |bits| Receiver {
            webhook: WebhookId::from_u128(bits),
            ..receiver
        };
        let endpoints = self.endpoints.range(at(0)..=at(u128::MAX)).count();
        let share = self.hooks.parts.limits.jobs_per_tenant / endpoints.max(1);
        let own = share.max(1).saturating_sub(self.held_of(receiver));
        own.min(self.dispatcher.room(receiver.tenant))
    }

    fn held_of(&self, receiver: Receiver) -> usize {
        self.held
            .range((receiver, 0)..=(receiver, u64::MAX))
            .count()
    }

    async fn recall(&mut self, receiver: Receiver, room: usize) -> Result<(), StoreError> {
        let (store, scope) = (&self.hooks.parts.store, scope_of(receiver.tenant));
        // those that are held already wait there, too
        let most = self.held_of(receiver) + room;
        let waiting = store.waiting(&scope, receiver.webhook, most).await?;
        let all = waiting.len() < most;
        for delivery in waiting {
            self.hold(receiver, delivery);
        }
        if all && let Some(endpoint) = self.endpoints.get_mut(&receiver) {
            endpoint.backlog = false;
        }
        Ok(())
    }

    async fn take_in(&mut self, receiver: Receiver, room: usize) -> Result<(), StoreError> {
        let (_, wall) = self.tick();
        let (store, scope) = (&self.hooks.parts.store, scope_of(receiver.tenant));
        let Some(endpoint) = self.endpoints.get_mut(&receiver) else {
            return Ok(());
        };
        let query = EventQuery {
            after: endpoint.place,
            limit: room,
            filter: endpoint.filter.clone(),
        };
        let page = store.events(&scope, &query).await?;
        if page.lost {
            let lost = page.begin.saturating_sub(endpoint.place);
            count(&self.hooks.figures.lost, lost);
            tracing::warn!(tenant = %receiver.tenant, webhook = %receiver.webhook, lost,
                "a webhook came too late for some events");
        }
        let events = page.events.into_iter();
        let each = events.map(|event| Delivery::begin(receiver.webhook, event, wall));
        let each: Vec<Delivery> = each.collect();
        if page.next != endpoint.place {
            let taken = store.take_in(&scope, receiver.webhook, page.next, each.clone());
            match taken.await {
                // it was deleted just now, which the feed will tell
                Err(StoreError::NotFound) => return Ok(()),
                other => other?,
            }
        }
        endpoint.place = page.next;
        endpoint.behind = page.next < page.latest;
        for delivery in each {
            self.hold(receiver, delivery);
        }
        Ok(())
    }

    fn hold(&mut self, receiver: Receiver, delivery: Delivery) {
        let (now, wall) = self.tick();
        let ahead = |at: WallTime| now + at.saturating_since(wall);
        let job = Job {
            receiver,
            event: delivery.event.cursor,
            subject: subject_of(&delivery.event.subject),
            tries: delivery.tries,
            due: ahead(delivery.due),
            expires: ahead(delivery.since + self.hooks.parts.limits.age),
        };
        let key = (receiver, job.event);
        if self.dispatcher.accept(job).is_ok() {
            self.held.entry(key).or_insert(delivery);
        } else if let Some(endpoint) = self.endpoints.get_mut(&receiver) {
            endpoint.backlog = true;
        }
    }

    /// Begins all attempts that may be made now.
    fn begin_attempts(&mut self) {
        let (now, wall) = self.tick();
        while let Some(step) = self.dispatcher.next(now) {
            match step {
                Step::Try(attempt) => self.begin(attempt),
                Step::Dead(job) => {
                    let last = LastTry {
                        at: wall,
                        status: None,
                        detail: "too old to be tried".to_owned(),
                    };
                    self.bury(job.receiver, job.event, (job.tries, last));
                }
            }
        }
    }

    fn begin(&mut self, attempt: Attempt) {
        let key = (attempt.receiver, attempt.event);
        let found = self
            .held
            .get(&key)
            .zip(self.endpoints.get(&attempt.receiver));
        let Some((delivery, endpoint)) = found else {
            self.dispatcher.forget(attempt.receiver);
            return;
        };
        let (event, url) = (delivery.event.clone(), endpoint.url.clone());
        let hooks = Arc::clone(&self.hooks);
        self.attempts.spawn(async move {
            let Receiver { tenant, webhook } = attempt.receiver;
            let scope = scope_of(tenant);
            let outcome = hooks.attempt(&scope, (webhook, &url), &event).await;
            (attempt, outcome)
        });
    }

    /// An attempt has ended.
    fn conclude(
        &mut self,
        attempt: &Attempt,
        outcome: Result<Result<Receipt, CourierError>, StoreError>,
    ) {
        let (now, wall) = self.tick();
        let (what, status, detail) = match outcome {
            Ok(Ok(Receipt {
                status,
                retry_after,
            })) => (
                Outcome::of_status(status, retry_after),
                Some(status),
                String::new(),
            ),
            Ok(Err(error)) => (Outcome::Failed { wait: None }, None, error.to_string()),
            Err(error) => (Outcome::Failed { wait: None }, None, error.outsiders_hear()),
        };
        let last = LastTry {
            at: wall,
            status,
            detail: detail.chars().take(DETAIL_MAX).collect(),
        };
        match self.dispatcher.finished(attempt, what, now) {
            None => {}
            Some(Verdict::Delivered) => {
                count(&self.hooks.figures.delivered, 1);
                let state = DeliveryState::Delivered;
                self.settle(
                    attempt.receiver,
                    attempt.event,
                    (state, attempt.number, last),
                );
            }
            Some(Verdict::Dead) => {
                count(&self.hooks.figures.failed, 1);
                self.bury(attempt.receiver, attempt.event, (attempt.number, last));
            }
            Some(Verdict::Again { at, tries }) => {
                count(&self.hooks.figures.failed, 1);
                let key = (attempt.receiver, attempt.event);
                if let Some(delivery) = self.held.get_mut(&key) {
                    delivery.tries = tries;
                    delivery.due = wall + at.saturating_since(now);
                    delivery.last = Some(last);
                    self.unnoted
                        .push((attempt.receiver.tenant, delivery.clone()));
                }
            }
        }
    }

    fn bury(&mut self, receiver: Receiver, event: u64, (tries, last): (u16, LastTry)) {
        count(&self.hooks.figures.dead, 1);
        self.settle(receiver, event, (DeliveryState::Dead, tries, last));
    }

    fn settle(
        &mut self,
        receiver: Receiver,
        event: u64,
        (state, tries, last): (DeliveryState, u16, LastTry),
    ) {
        if let Some(mut delivery) = self.held.remove(&(receiver, event)) {
            delivery.state = state;
            delivery.tries = tries;
            delivery.last = Some(last);
            self.unnoted.push((receiver.tenant, delivery));
        }
    }

    /// Notes what became of deliveries. What the store does not take now is noted later; there
    /// is never more of it than was held.
    async fn note(&mut self) -> Result<(), StoreError> {
        let mut of_tenants: BTreeMap<TenantId, Vec<Delivery>> = BTreeMap::new();
        for (tenant, delivery) in &self.unnoted {
            of_tenants
                .entry(*tenant)
                .or_default()
                .push(delivery.clone());
        }
        for (tenant, deliveries) in of_tenants {
            let scope = scope_of(tenant);
            self.hooks
                .parts
                .store
                .note_deliveries(&scope, deliveries)
                .await?;
        }
        self.unnoted.clear();
        Ok(())
    }
}

/// A subject's text as a number: equal texts give equal numbers (FNV-1a in 128 bits).
fn subject_of(text: &str) -> u128 {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let step = |hash: u128, byte: u8| (hash ^ u128::from(byte)).wrapping_mul(PRIME);
    text.bytes().fold(BASIS, step)
}
