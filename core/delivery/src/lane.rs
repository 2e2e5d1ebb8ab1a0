//! All jobs of one endpoint: a line for each subject, of which only the head may be tried.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use machine::Instant;

use crate::circuit::Circuit;
use crate::job::Job;

/// A head that waits for its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Head {
    due: Instant,
    event: u64,
    subject: u128,
}

/// The jobs of one endpoint.
#[derive(Debug, Default)]
pub(crate) struct Lane {
    pub(crate) circuit: Circuit,
    lines: BTreeMap<u128, VecDeque<Job>>,
    waiting: BTreeSet<Head>,
    /// Subjects whose head is under way, by event.
    under_way: BTreeMap<u64, u128>,
    jobs: usize,
}

impl Lane {
    pub(crate) fn jobs(&self) -> usize {
        self.jobs
    }

    pub(crate) fn under_way(&self) -> usize {
        self.under_way.len()
    }

    /// Adds a job behind those of its subject with earlier events. A job that is there already
    /// is not added again.
    pub(crate) fn add(&mut self, job: Job) -> bool {
        let line = self.lines.entry(job.subject).or_default();
        let place = line.partition_point(|other| other.event < job.event);
        if line
            .get(place)
            .is_some_and(|other| other.event == job.event)
        {
            return false;
        }
        let busy = line
            .front()
            .is_some_and(|head| self.under_way.contains_key(&head.event));
        // what is under way stays at the head, whatever comes late
        let place = if busy { place.max(1) } else { place };
        if place == 0 {
            if let Some(head) = line.front() {
                self.waiting.remove(&head_of(head));
            }
            self.waiting.insert(head_of(&job));
        }
        line.insert(place, job);
        self.jobs += 1;
        true
    }

    /// When the earliest head is due.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.waiting.first().map(|head| head.due)
    }

    /// Takes the head that is due first, and leaves it at the head of its line.
    pub(crate) fn start(&mut self, now: Instant) -> Option<Job> {
        let head = *self.waiting.first().filter(|head| head.due <= now)?;
        self.waiting.remove(&head);
        self.under_way.insert(head.event, head.subject);
        self.lines.get(&head.subject)?.front().copied()
    }

    /// The job of an attempt under way.
    pub(crate) fn started(&self, event: u64) -> Option<Job> {
        let subject = self.under_way.get(&event)?;
        self.lines.get(subject)?.front().copied()
    }

    /// A job is over: the next of its subject may be tried.
    pub(crate) fn finish(&mut self, event: u64) {
        let Some(subject) = self.under_way.remove(&event) else {
            return;
        };
        let Some(line) = self.lines.get_mut(&subject) else {
            return;
        };
        if line.pop_front().is_some() {
            self.jobs -= 1;
        }
        match line.front() {
            Some(next) => {
                self.waiting.insert(head_of(next));
            }
            None => {
                self.lines.remove(&subject);
            }
        }
    }

    /// A job waits for another try at the head of its line.
    pub(crate) fn postpone(&mut self, event: u64, due: Instant, tries: u16) {
        let Some(subject) = self.under_way.remove(&event) else {
            return;
        };
        if let Some(head) = self.lines.get_mut(&subject).and_then(VecDeque::front_mut) {
            head.due = due;
            head.tries = tries;
            self.waiting.insert(head_of(head));
        }
    }
}

fn head_of(job: &Job) -> Head {
    Head {
        due: job.due,
        event: job.event,
        subject: job.subject,
    }
}
