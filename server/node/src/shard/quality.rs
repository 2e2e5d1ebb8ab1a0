//! How well trunks do: what came of attempts at carriers, how calls sounded, and what of that
//! outlives the process.

use super::Shard;
use super::deadlines::Wake;
use crate::calls::CallKey;
use crate::trunks::Gauge;
use call::{LegFact, LegId};
use carrier::Outcome;
use ids::{TenantId, TrunkId};
use machine::Instant;
use media::LegFigures;
use ports::Bucket;
use sip_stack::transaction::Owner;
use std::time::Duration;

/// How often what has changed is written down.
const EVERY: Duration = Duration::from_secs(15);

/// What a fact says of an attempt at a carrier.
enum Sign {
    Rings,
    Is(Outcome),
}

/// What it says; `None` where that is nothing.
fn sign(fact: &LegFact) -> Option<Sign> {
    Some(match fact {
        LegFact::Ringing | LegFact::Progressed { .. } => Sign::Rings,
        LegFact::Answered { .. } => Sign::Is(Outcome::Answered),
        LegFact::Refused { status, .. } | LegFact::Redirected { status, .. } => {
            Sign::Is(Outcome::of_status(*status))
        }
        LegFact::Unreachable(_) => Sign::Is(Outcome::Failed),
        LegFact::Confirmed { .. }
        | LegFact::Cancelled
        | LegFact::Ended
        | LegFact::Lost(_)
        | LegFact::FellSilent
        | LegFact::HeardAgain
        | LegFact::AnsweredBy(_)
        | LegFact::Beeped
        | LegFact::Offered { .. }
        | LegFact::ReofferAnswered { .. }
        | LegFact::ReofferRefused { .. }
        | LegFact::Referred { .. }
        | LegFact::Informed { .. } => return None,
    })
}

impl Shard {
    /// Notes what an attempt at a carrier has come to.
    pub(super) fn measure(&mut self, owner: Owner, fact: &LegFact, now: Instant) {
        let at = self.clock.wall(now);
        let Some((entry, sign)) = self.legs.get_mut(owner).zip(sign(fact)) else {
            return;
        };
        let (key, leg) = (entry.call, entry.sip.leg());
        let (Some(gauge), Some(call)) = (&mut entry.gauge, self.calls.get_mut(key)) else {
            return;
        };
        let outcome = match sign {
            Sign::Rings => return gauge.rings(now),
            Sign::Is(outcome) => outcome,
        };
        if outcome == Outcome::Answered {
            gauge.rings(now);
        }
        let qualities = &mut self.tenants.trunks.qualities;
        let noted = qualities.settle((gauge, call.tenant), outcome, now, at);
        if let Some(noted) = noted.filter(|_| outcome == Outcome::Answered) {
            call.noted.push((leg, noted));
        }
        self.keep_quality_soon(now);
    }

    /// A leg to a carrier is over.
    pub(super) fn end_measure(&mut self, key: CallKey, gauge: Option<Gauge>, now: Instant) {
        let at = self.clock.wall(now);
        if let (Some(gauge), Some(call)) = (gauge, self.calls.get(key)) {
            let qualities = &mut self.tenants.trunks.qualities;
            qualities.ends(gauge, call.tenant, now, at);
            self.keep_quality_soon(now);
        }
    }

    /// The road has told how a leg sounded to the end.
    pub(super) fn note_sound(
        &mut self,
        (key, leg): (CallKey, LegId),
        figures: &LegFigures,
        now: Instant,
    ) {
        let mos = figures.received.mos_centi;
        let Some(call) = self.calls.get(key).filter(|_| mos > 0) else {
            return;
        };
        let tenant: TenantId = call.tenant;
        let noted = call.noted.iter().find(|(of, _)| *of == leg);
        if let Some((_, noted)) = noted.copied() {
            self.tenants.trunks.qualities.heard(noted, tenant, mos);
            self.keep_quality_soon(now);
        }
    }

    fn keep_quality_soon(&mut self, now: Instant) {
        let qualities = &mut self.tenants.trunks.qualities;
        if qualities.any_changed() && !qualities.awaited {
            qualities.awaited = true;
            self.timers.arm(now + EVERY, Wake::Quality);
        }
    }

    /// Writes down what has changed.
    pub(super) fn keep_quality(&mut self, now: Instant) {
        let qualities = &mut self.tenants.trunks.qualities;
        qualities.awaited = false;
        for (trunk, tenant, row) in qualities.rows() {
            let snapshots = &mut self.stores.snapshots;
            snapshots.put(tenant, Bucket::Quality, trunk.as_u128(), &row);
        }
        qualities.cool(self.clock.wall(now));
    }

    /// Takes back what was known of trunks before this process.
    pub(super) fn restore_quality(&mut self, now: Instant) {
        let at = self.clock.wall(now);
        for (tenant, key, row) in self.stores.snapshots.load(Bucket::Quality) {
            let of = (TrunkId::from_u128(key), tenant);
            if !self.tenants.trunks.qualities.restore(of, &row, at) {
                self.stores.snapshots.remove(tenant, Bucket::Quality, key);
            }
        }
    }
}
