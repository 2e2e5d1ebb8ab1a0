//! Legs of telephones that have ended lately, so that what their telephones tell of them afterwards
//! is known to be theirs.

use ids::{CallId, CdrId, DeviceId, TenantId};
use machine::Instant;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// Ended legs that are remembered of one company; the oldest is forgotten for a new one.
pub(crate) const ENDED_LEGS_PER_TENANT: usize = 256;

/// How long an ended leg is remembered.
pub(crate) const ENDED_LEG_KEPT: Duration = Duration::from_secs(180);

/// Time from one sweep to the next at least, however many end one after the other.
const SWEEP_PAUSE: Duration = Duration::from_secs(10);

/// A leg that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EndedLeg {
    /// Whose telephone it was with.
    pub(crate) device: DeviceId,
    /// Call-ID of its dialog.
    pub(crate) sip_call_id: String,
    /// Its call, which may go on.
    pub(crate) call: CallId,
    /// That call's record.
    pub(crate) cdr: CdrId,
    /// Its number in the call.
    pub(crate) leg: u8,
}

/// All of them, by company.
#[derive(Debug, Default)]
pub(crate) struct EndedLegs {
    of: BTreeMap<TenantId, VecDeque<(Instant, EndedLeg)>>,
}

impl EndedLegs {
    /// Remembers a leg. Whether none was remembered before, so that somebody has to come back for
    /// [`EndedLegs::sweep`].
    pub(crate) fn note(&mut self, tenant: TenantId, leg: EndedLeg, now: Instant) -> bool {
        let first = self.of.is_empty();
        let own = self.of.entry(tenant).or_default();
        if own.len() >= ENDED_LEGS_PER_TENANT {
            own.pop_front();
        }
        own.push_back((now, leg));
        first
    }

    /// The leg that a telephone of a company had in a dialog, if it ended lately.
    pub(crate) fn find(
        &self,
        tenant: TenantId,
        device: DeviceId,
        sip_call_id: &str,
    ) -> Option<&EndedLeg> {
        let own = self.of.get(&tenant)?.iter().rev().map(|(_, leg)| leg);
        let mut own = own.filter(|leg| leg.device == device);
        own.find(|leg| leg.sip_call_id == sip_call_id)
    }

    /// Forgets those that ended too long ago; when to come back for those that are left.
    pub(crate) fn sweep(&mut self, now: Instant) -> Option<Instant> {
        self.of.retain(|_, own| {
            own.retain(|(at, _)| now.saturating_since(*at) < ENDED_LEG_KEPT);
            !own.is_empty()
        });
        let oldest = self.of.values().filter_map(|own| own.front());
        let due = oldest.map(|(at, _)| *at + ENDED_LEG_KEPT).min()?;
        Some(due.max(now + SWEEP_PAUSE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leg(n: u128) -> EndedLeg {
        EndedLeg {
            device: DeviceId::from_u128(7),
            sip_call_id: format!("call-{n}"),
            call: CallId::from_u128(n),
            cdr: CdrId::from_u128(n),
            leg: 0,
        }
    }

    #[test]
    fn a_leg_is_found_by_its_own_company_and_its_own_telephone_alone() {
        let (acme, globex) = (TenantId::from_u128(1), TenantId::from_u128(2));
        let mut legs = EndedLegs::default();
        assert!(legs.note(acme, leg(1), Instant::ZERO));
        assert!(!legs.note(acme, leg(2), Instant::ZERO));
        let (own, other) = (DeviceId::from_u128(7), DeviceId::from_u128(8));
        assert_eq!(legs.find(acme, own, "call-1"), Some(&leg(1)));
        assert_eq!(legs.find(acme, other, "call-1"), None);
        assert_eq!(legs.find(globex, own, "call-1"), None);
        assert_eq!(legs.find(acme, own, "call-3"), None);
    }

    #[test]
    fn so_many_are_remembered_for_so_long() {
        let acme = TenantId::from_u128(1);
        let mut legs = EndedLegs::default();
        for n in 0..=ENDED_LEGS_PER_TENANT {
            legs.note(acme, leg(n.try_into().unwrap_or(0)), Instant::ZERO);
        }
        let own = DeviceId::from_u128(7);
        assert_eq!(legs.find(acme, own, "call-0"), None);
        assert!(legs.find(acme, own, "call-1").is_some());
        let end = Instant::ZERO + ENDED_LEG_KEPT;
        assert_eq!(legs.sweep(Instant::ZERO + ENDED_LEG_KEPT / 2), Some(end));
        let just_before = Instant::ZERO + (ENDED_LEG_KEPT - Duration::from_secs(1));
        assert_eq!(legs.sweep(just_before), Some(just_before + SWEEP_PAUSE));
        assert_eq!(legs.sweep(end), None);
        assert_eq!(legs.find(acme, own, "call-1"), None);
    }
}
