//! Delivery as its users see it: order, turns, patience, signatures.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod order;
mod patience;
mod signature;
mod turns;

use std::time::Duration;

use ids::{TenantId, WebhookId};
use machine::{Instant, Random};

use crate::{Attempt, Dispatcher, Job, Limits, Outcome, Receiver, Step};

const FAILED: Outcome = Outcome::Failed { wait: None };

fn dispatcher(limits: Limits) -> Dispatcher {
    Dispatcher::new(limits, Random::from_seed(7))
}

fn receiver(tenant: u128, webhook: u128) -> Receiver {
    Receiver {
        tenant: TenantId::new(1, tenant),
        webhook: WebhookId::new(1, webhook),
    }
}

/// A job that is due at once, about something of its own.
fn job(receiver: Receiver, event: u64) -> Job {
    Job {
        receiver,
        event,
        subject: u128::from(event),
        tries: 0,
        due: Instant::ZERO,
        expires: Instant::ZERO + Duration::from_secs(72 * 3600),
    }
}

fn about(subject: u128, job: Job) -> Job {
    Job { subject, ..job }
}

/// All attempts that may be made now.
fn attempts(dispatcher: &mut Dispatcher, now: Instant) -> Vec<Attempt> {
    let mut all = Vec::new();
    while let Some(step) = dispatcher.next(now) {
        match step {
            Step::Try(attempt) => all.push(attempt),
            Step::Dead(job) => unreachable!("{job:?} is not too old"),
        }
    }
    all
}

fn events(attempts: &[Attempt]) -> Vec<u64> {
    attempts.iter().map(|attempt| attempt.event).collect()
}
