//! When the shard must be woken, and for whom.

use super::Shard;
use crate::calls::CallKey;
use crate::recordings::Recorded;
use ids::TrunkId;
use machine::Instant;
use sip_stack::transaction::Owner;

/// Whom a timer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    /// A leg's usage.
    Leg(Owner),
    /// A call.
    Call(CallKey),
    /// An ended call's record has waited long enough for its figures.
    Record(CallKey),
    /// A call has been quiet long enough to be stored.
    Store(CallKey),
    /// The sender of a message has waited long enough for its telephones.
    Letter(Owner),
    /// Texts that wait: some may have waited too long.
    Texts,
    /// A trunk's registration or probes.
    Trunk(TrunkId),
    /// A carrier's call has waited long enough for certificates.
    Proof(Owner),
    /// Calls by trunks whose minutes are counted go on.
    Minutes,
    /// Something is to be said again to somebody.
    Say(CallKey),
    /// Words before a recording were waited for long enough.
    Announce(CallKey),
    /// The tone of a recording is to be heard again.
    Beep(Recorded),
    /// What came of calls by trunks is to be written down.
    Quality,
    /// A recording session.
    Session(Owner),
    /// Legs that ended are remembered: some for too long.
    EndedLegs,
}

impl Shard {
    /// When [`Shard::expire`] wants to be called.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let others = [
            self.sip.transactions.next_deadline(),
            self.registrar.deadline(),
            self.tenants.trunks.gateways.registrar.deadline(),
            self.sip.remembered.deadline(),
            self.sip.lamps.watches.deadline(),
            self.sip.lamps.publications.deadline(),
            self.tenants.budgets.fraud.deadline(),
            self.door
                .drain_until
                .filter(|_| self.calls.len() + self.calls.sessions.len() > 0),
        ];
        others.into_iter().flatten().chain(self.timers.next()).min()
    }

    pub(crate) fn fire(&mut self, now: Instant) {
        self.sip.transactions.expire(now);
        self.registrar.expire(now, &mut self.turn.bindings);
        let since = self.turn.gateways.len();
        let gateways = &mut self.tenants.trunks.gateways.registrar;
        gateways.expire(now, &mut self.turn.gateways);
        self.gateways_ended(since, now);
        self.tenants.cool(now);
        self.pay_tolls(now);
        self.finish_ladders(now);
        self.wake_watches(now);
        if self.door.drain_until.is_some_and(|until| until <= now) {
            self.door.drain_until = None;
            self.hang_up_all(now);
            self.end_clients(None, now);
        }
        while let Some((_, wake)) = self.timers.pop_due(now) {
            match wake {
                Wake::Leg(owner) => self.wake_leg(owner, now),
                Wake::Call(key) => self.wake_call(key, now),
                Wake::Record(key) => self.close_record(key, now),
                Wake::Store(key) => self.store_call(key, now),
                Wake::Letter(owner) => self.give_letter_up(owner, now),
                Wake::Texts => self.sweep_texts(now),
                Wake::Trunk(trunk) => self.wake_trunk(trunk, now),
                Wake::Proof(owner) => self.stop_waiting(owner, now),
                Wake::Minutes => self.count_minutes(now),
                Wake::Say(key) => self.say_again(key, now),
                Wake::Announce(key) => self.notice_late(key, now),
                Wake::Beep(of) => self.beep_again(of, now),
                Wake::Quality => self.keep_quality(now),
                Wake::Session(owner) => self.wake_session(owner, now),
                Wake::EndedLegs => self.sweep_ended_legs(now),
            }
        }
    }

    fn wake_leg(&mut self, owner: Owner, now: Instant) {
        if let Some(entry) = self.legs.get_mut(owner) {
            entry.wake = None;
            entry.wake_at = None;
        }
        self.with_leg(owner, now, |leg, desk, reports| leg.expire(desk, reports));
    }

    fn wake_call(&mut self, key: CallKey, now: Instant) {
        let Some(entry) = self.calls.get_mut(key) else {
            return;
        };
        entry.wake = None;
        entry.wake_at = None;
        let mut outputs = Vec::new();
        entry.call.expire(now, &mut outputs);
        self.follow(key, outputs, now);
    }

    /// Sets a leg's timer to what its usage wants now.
    pub(crate) fn rearm_leg(&mut self, owner: Owner) {
        let Some(entry) = self.legs.get_mut(owner) else {
            return;
        };
        let wanted = entry.sip.deadline();
        if wanted == entry.wake_at {
            return;
        }
        if let Some(handle) = entry.wake.take() {
            self.timers.cancel(handle);
        }
        entry.wake = wanted.map(|at| self.timers.arm(at, Wake::Leg(owner)));
        entry.wake_at = wanted;
    }

    /// Sets a call's timer to what it wants now.
    pub(crate) fn rearm_call(&mut self, key: CallKey) {
        let Some(entry) = self.calls.get_mut(key) else {
            return;
        };
        let wanted = entry.call.deadline().map(|deadline| deadline.at);
        if wanted == entry.wake_at {
            return;
        }
        if let Some(handle) = entry.wake.take() {
            self.timers.cancel(handle);
        }
        entry.wake = wanted.map(|at| self.timers.arm(at, Wake::Call(key)));
        entry.wake_at = wanted;
    }
}
