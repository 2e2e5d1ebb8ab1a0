//! Runs a machine in virtual time and holds it to the contract of [`Machine`].
//!
//! The [`Driver`] wakes the machine at each of its deadlines, in order and on time (or late, when
//! a test wants a stalled thread), writes down all that goes in and comes out, and checks after
//! every step that the deadline is not in the past after an expiry, that the machine does not
//! expire without end at one instant, and whatever invariants the test adds.

mod spoiler;
mod transcript;

use std::fmt::{self, Debug};
use std::time::Duration;

use crate::{Deadline, Instant, Machine};

pub use spoiler::Spoiler;
pub use transcript::{Line, Mark, Transcript};

/// How often a machine may expire at one instant, unless [`Driver::with_most_expiries`] says
/// otherwise.
pub const MOST_EXPIRIES: usize = 10_000;

/// A machine broke its contract or an invariant of the test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// When, in virtual time.
    pub at: Instant,
    /// The rule that was broken.
    pub rule: &'static str,
    /// How.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}: {}: {}", self.at, self.rule, self.detail)
    }
}

impl std::error::Error for Violation {}

type Check<M> = Box<dyn Fn(&M) -> Result<(), String>>;

/// A machine in virtual time.
///
/// The methods whose names begin with `try_` give a [`Violation`] as a value; the others panic
/// with it and with the transcript, as tests like it.
pub struct Driver<M: Machine> {
    machine: M,
    now: Instant,
    most_expiries: usize,
    invariants: Vec<(&'static str, Check<M>)>,
    transcript: Transcript,
}

impl<M> Driver<M>
where
    M: Machine,
    M::Input: Debug,
    M::Output: Debug,
{
    /// Drives this machine from [`Instant::ZERO`] on.
    pub fn new(machine: M) -> Driver<M> {
        Driver::starting_at(Instant::ZERO, machine)
    }

    /// Drives this machine from this instant on.
    pub fn starting_at(now: Instant, machine: M) -> Driver<M> {
        Driver {
            machine,
            now,
            most_expiries: MOST_EXPIRIES,
            invariants: Vec::new(),
            transcript: Transcript::with_bound(transcript::MOST_LINES),
        }
    }

    /// Adds a rule to be checked after every step; `check` says how it is broken.
    #[must_use]
    pub fn with_invariant(
        mut self,
        rule: &'static str,
        check: impl Fn(&M) -> Result<(), String> + 'static,
    ) -> Self {
        self.invariants.push((rule, Box::new(check)));
        self
    }

    /// Lets the machine expire so often at one instant, instead of [`MOST_EXPIRIES`] times.
    #[must_use]
    pub fn with_most_expiries(mut self, most: usize) -> Self {
        self.most_expiries = most;
        self
    }

    /// Keeps so many lines of transcript, the newest ones, instead of
    /// [`MOST_LINES`](Transcript::MOST_LINES).
    #[must_use]
    pub fn with_transcript_bound(mut self, lines: usize) -> Self {
        self.transcript = Transcript::with_bound(lines);
        self
    }

    /// The present virtual time.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The machine.
    pub fn machine(&self) -> &M {
        &self.machine
    }

    /// The machine, for what has no input of its own.
    pub fn machine_mut(&mut self) -> &mut M {
        &mut self.machine
    }

    /// Puts another machine in place of this one, such as one restored from its snapshot.
    pub fn restore(&mut self, from: impl FnOnce(&M) -> M) -> &mut Self {
        self.machine = from(&self.machine);
        self.note("restored");
        self
    }

    /// The machine, taken out.
    pub fn into_machine(self) -> M {
        self.machine
    }

    /// When the machine wants to be woken next, and why.
    pub fn deadline(&self) -> Option<Deadline<M::Reason>> {
        self.machine.deadline()
    }

    /// What went in and came out, and when.
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// Forgets the transcript so far.
    pub fn clear_transcript(&mut self) {
        self.transcript.clear();
    }

    /// Writes a remark into the transcript.
    pub fn note(&mut self, remark: &str) {
        self.transcript
            .write(self.now, Mark::Note, remark.to_owned());
    }

    /// Gives the machine an input at the present time; what is due by now is done first.
    ///
    /// # Panics
    /// When the machine breaks its contract or an invariant.
    pub fn input(&mut self, input: M::Input) -> Vec<M::Output> {
        let outcome = self.try_input(input);
        self.judge(outcome)
    }

    /// Like [`Driver::input`].
    ///
    /// # Errors
    /// When the machine breaks its contract or an invariant.
    pub fn try_input(&mut self, input: M::Input) -> Result<Vec<M::Output>, Violation> {
        let mut out = Vec::new();
        self.settle(&mut out)?;
        self.transcript
            .write(self.now, Mark::Input, format!("{input:?}"));
        let before = out.len();
        self.machine.handle(input, self.now, &mut out);
        self.write_outputs(&out[before..]);
        self.check()?;
        Ok(out)
    }

    /// Lets so much time pass; the machine is woken at each of its deadlines, exactly.
    ///
    /// # Panics
    /// When the machine breaks its contract or an invariant.
    pub fn advance(&mut self, by: Duration) -> Vec<(Instant, M::Output)> {
        self.advance_to(self.now + by)
    }

    /// Lets time pass until this instant, its own deadlines included; never goes back.
    ///
    /// # Panics
    /// When the machine breaks its contract or an invariant.
    pub fn advance_to(&mut self, until: Instant) -> Vec<(Instant, M::Output)> {
        let outcome = self.try_advance_to(until);
        self.judge(outcome)
    }

    /// Like [`Driver::advance_to`].
    ///
    /// # Errors
    /// When the machine breaks its contract or an invariant.
    pub fn try_advance_to(&mut self, until: Instant) -> Result<Timed<M>, Violation> {
        let mut all = Vec::new();
        while let Some(deadline) = self.machine.deadline().filter(|next| next.at <= until) {
            self.now = self.now.max(deadline.at);
            self.settle_timed(&mut all)?;
        }
        self.now = self.now.max(until);
        Ok(all)
    }

    /// Goes to the machine's next deadline and wakes it; nothing when it has none.
    ///
    /// # Panics
    /// When the machine breaks its contract or an invariant.
    pub fn step(&mut self) -> Option<Vec<M::Output>> {
        let deadline = self.machine.deadline()?;
        self.now = self.now.max(deadline.at);
        let mut out = Vec::new();
        let outcome = self.settle(&mut out);
        self.judge(outcome);
        Some(out)
    }

    /// Lets time pass until the machine has no deadline left, but no longer than `most`.
    ///
    /// # Panics
    /// When the machine breaks its contract or an invariant.
    pub fn run_until_idle(&mut self, most: Duration) -> Vec<(Instant, M::Output)> {
        let until = self.now + most;
        let mut all = Vec::new();
        while let Some(deadline) = self.machine.deadline().filter(|next| next.at <= until) {
            self.now = self.now.max(deadline.at);
            let outcome = self.settle_timed(&mut all);
            self.judge(outcome);
        }
        if self.machine.deadline().is_some() {
            self.now = until;
        }
        all
    }

    /// Lets time pass without waking the machine, as a stalled thread would. What is due by then
    /// is done, late, before the next input or with the next advance.
    pub fn stall(&mut self, by: Duration) -> &mut Self {
        self.now += by;
        self.note("stalled");
        self
    }

    /// Wakes the machine though nothing is due, as a thread with many machines may.
    ///
    /// # Panics
    /// When something is due, when the machine does anything, or when it breaks an invariant.
    pub fn poke(&mut self) {
        let outcome = self.try_poke();
        self.judge(outcome);
    }

    /// Like [`Driver::poke`].
    ///
    /// # Errors
    /// When something is due, when the machine does anything, or when it breaks an invariant.
    pub fn try_poke(&mut self) -> Result<(), Violation> {
        let before = self.machine.deadline();
        if before.is_some_and(|deadline| deadline.is_due(self.now)) {
            return Err(self.violation("poke only what is not due", format!("{before:?} is due")));
        }
        let mut out = Vec::new();
        self.machine.expire(self.now, &mut out);
        self.write_outputs(&out);
        if !out.is_empty() {
            let detail = format!("{out:?} came out");
            return Err(self.violation("an expiry before the deadline does nothing", detail));
        }
        self.check()
    }

    /// Wakes the machine until nothing is due any more.
    fn settle(&mut self, out: &mut Vec<M::Output>) -> Result<(), Violation> {
        let mut expiries = 0;
        while let Some(deadline) = self.machine.deadline().filter(|next| next.at <= self.now) {
            if expiries == self.most_expiries {
                let detail = format!("{expiries} expiries, and again {:?}", deadline.reason);
                return Err(self.violation("no endless expiry at one instant", detail));
            }
            expiries += 1;
            self.transcript
                .write(self.now, Mark::Due, format!("{:?}", deadline.reason));
            let before = out.len();
            self.machine.expire(self.now, out);
            self.write_outputs(&out[before..]);
            if let Some(next) = self.machine.deadline().filter(|next| next.at < self.now) {
                let detail = format!("{:?} still due at {}", next.reason, next.at);
                return Err(self.violation("no deadline in the past after an expiry", detail));
            }
            self.check()?;
        }
        Ok(())
    }

    fn settle_timed(&mut self, all: &mut Timed<M>) -> Result<(), Violation> {
        let mut out = Vec::new();
        self.settle(&mut out)?;
        all.extend(out.into_iter().map(|output| (self.now, output)));
        Ok(())
    }

    fn write_outputs(&mut self, out: &[M::Output]) {
        for output in out {
            self.transcript
                .write(self.now, Mark::Output, format!("{output:?}"));
        }
    }

    fn check(&self) -> Result<(), Violation> {
        for (rule, check) in &self.invariants {
            if let Err(detail) = check(&self.machine) {
                return Err(self.violation(rule, detail));
            }
        }
        Ok(())
    }

    fn violation(&self, rule: &'static str, detail: String) -> Violation {
        Violation {
            at: self.now,
            rule,
            detail,
        }
    }

    fn judge<T>(&self, outcome: Result<T, Violation>) -> T {
        match outcome {
            Ok(value) => value,
            Err(violation) => panic!("{violation}\n{}", self.transcript),
        }
    }
}

/// Outputs with the instants at which they came.
pub type Timed<M> = Vec<(Instant, <M as Machine>::Output)>;

#[cfg(test)]
mod tests;
