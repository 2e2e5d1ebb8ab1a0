//! Which legs have their packets protected, and when they agree on other keys.

use super::Shard;
use super::admission::Admitted;
use super::dialling::trunk_of;
use crate::calls::CallKey;
use call::LegId;
use domain::Srtp;
use ids::TrunkId;
use machine::Instant;
use sdp::Protection;
use sip_leg::Security;
use sip_stack::transaction::Owner;

impl Shard {
    /// What may be agreed on with a party, and what it has offered already.
    pub(crate) fn security(&mut self, srtp: Srtp, asked: Option<Protection>) -> Security {
        Security::new(srtp, self.seed(), asked)
    }

    /// What the keys of one leg are drawn from.
    pub(crate) fn seed(&mut self) -> [u8; 32] {
        let mut seed = [0; 32];
        self.random.fill(&mut seed);
        seed
    }

    /// Whether the sound of a trunk is protected.
    pub(crate) fn srtp_of_trunk(&self, trunk: Option<TrunkId>) -> Srtp {
        let line = trunk.and_then(|trunk| self.tenants.trunks.get(trunk));
        line.map(|line| line.spec().srtp).unwrap_or_default()
    }

    /// Whether the sound of a leg that is dialled is protected.
    pub(crate) fn srtp_of_callee(&self, key: CallKey, leg: LegId) -> Srtp {
        let Some(entry) = self.calls.get(key) else {
            return Srtp::default();
        };
        if let Some(trunk) = trunk_of(entry, leg) {
            return self.srtp_of_trunk(Some(trunk));
        }
        let device = entry.call.leg(leg).and_then(|(party, _)| party.device);
        let tenant = self.tenants.compiled(entry.tenant);
        let device = tenant.as_ref().zip(device);
        let device = device.and_then(|(tenant, id)| tenant.device(id));
        device.map(|device| device.srtp).unwrap_or_default()
    }

    /// Has every leg that a connection lives for agree on other keys, after a restart. One whose
    /// connection is gone does so when its phone is back.
    pub(crate) fn renew_all_keys(&mut self, now: Instant) {
        for owner in self.legs.owners() {
            let leg = self.legs.get(owner);
            if leg.is_some_and(|leg| leg.adrift.is_none()) {
                self.renew_keys(owner, now);
            }
        }
    }

    /// Has a leg whose keys went with the process before agree on others.
    pub(crate) fn renew_keys(&mut self, owner: Owner, now: Instant) {
        let leg = self.legs.get(owner);
        if leg.is_some_and(|leg| leg.sip.sound().wants_keys()) {
            self.with_leg(owner, now, |sip, desk, reports| sip.probe(desk, reports));
        }
    }
}

/// Whether the sound of a device that calls is protected. Whoever calls for help is heard, however
/// it speaks.
pub(crate) fn srtp_of_caller(admitted: &Admitted, for_help: bool) -> Srtp {
    let device = admitted.tenant.device(admitted.device);
    match device.map(|device| device.srtp).unwrap_or_default() {
        Srtp::Never | Srtp::Require if for_help => Srtp::Offer,
        srtp @ (Srtp::Never | Srtp::Accept | Srtp::Offer | Srtp::Require) => srtp,
    }
}
