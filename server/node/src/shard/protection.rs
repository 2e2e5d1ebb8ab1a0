//! Which legs have their packets protected, when they agree on other keys, and which may go over to
//! fax, whose packets nothing protects.

use super::Shard;
use super::admission::Admitted;
use super::dialling::trunk_of;
use crate::calls::CallKey;
use call::LegId;
use domain::{CompiledTenant, KeyAgreement, Srtp, T38};
use ids::{DeviceId, TrunkId};
use machine::Instant;
use routing::Caller;
use sip_leg::{Askings, Keying, Secrets, Security, Terms};
use sip_message::{Flow, Transport};
use sip_stack::transaction::Owner;
use std::sync::Arc;

impl Shard {
    /// What may be agreed on with a party, and what it has offered already.
    pub(crate) fn security(&mut self, terms: Terms, asked: Askings) -> Security {
        Security::new(terms, self.secrets(), asked)
    }

    /// What the secrets of one leg are drawn from.
    pub(crate) fn secrets(&mut self) -> Secrets {
        let mut seed = [0; 32];
        self.random.fill(&mut seed);
        Secrets {
            seed,
            identity: Arc::clone(&self.sip.identity),
        }
    }

    /// Whether the sound of a trunk is protected.
    pub(crate) fn srtp_of_trunk(&self, trunk: Option<TrunkId>) -> Srtp {
        let line = trunk.and_then(|trunk| self.tenants.trunks.get(trunk));
        line.map(|line| line.spec().srtp).unwrap_or_default()
    }

    /// Whether a leg of the caller's may go over to fax.
    pub(crate) fn t38_of_caller(&self, caller: &Caller, tenant: &CompiledTenant) -> T38 {
        match caller.trunk {
            Some(trunk) => self.t38_of_trunk(trunk),
            None => t38_of_device(tenant, caller.device),
        }
    }

    /// Whether a leg that is dialled may go over to fax.
    pub(crate) fn t38_of_callee(&self, key: CallKey, leg: LegId) -> T38 {
        let Some(entry) = self.calls.get(key) else {
            return T38::default();
        };
        if let Some(trunk) = trunk_of(entry, leg) {
            return self.t38_of_trunk(trunk);
        }
        let device = entry.call.leg(leg).and_then(|(party, _)| party.device);
        let tenant = self.tenants.compiled(entry.tenant);
        let t38 = tenant.map(|tenant| t38_of_device(&tenant, device));
        t38.unwrap_or_default()
    }

    fn t38_of_trunk(&self, trunk: TrunkId) -> T38 {
        let line = self.tenants.trunks.get(trunk);
        line.map(|line| line.spec().t38).unwrap_or_default()
    }

    /// What may be agreed on with whoever calls by a trunk: no video goes to carriers.
    pub(crate) fn terms_of_trunk(&self, trunk: Option<TrunkId>) -> Terms {
        Terms {
            srtp: self.srtp_of_trunk(trunk),
            ..Terms::default()
        }
    }

    fn terms_of_dialled_trunk(&self, trunk: TrunkId, flow: &Flow) -> Terms {
        let line = self.tenants.trunks.get(trunk);
        let agreement = line.map(|line| line.spec().key_agreement);
        Terms {
            keying: keying(agreement.unwrap_or_default(), flow),
            ..self.terms_of_trunk(Some(trunk))
        }
    }

    /// What may be agreed on with a leg that is dialled by this flow.
    pub(crate) fn terms_of_callee(&self, key: CallKey, leg: LegId, flow: &Flow) -> Terms {
        let Some(entry) = self.calls.get(key) else {
            return Default::default();
        };
        if let Some(trunk) = trunk_of(entry, leg) {
            return self.terms_of_dialled_trunk(trunk, flow);
        }
        let device = entry.call.leg(leg).and_then(|(party, _)| party.device);
        let tenant = self.tenants.compiled(entry.tenant);
        let device = tenant.as_ref().zip(device);
        let device = device.and_then(|(tenant, id)| tenant.device(id));
        let Some(device) = device else {
            return Default::default();
        };
        Terms {
            srtp: device.srtp,
            keying: keying(device.key_agreement, flow),
            video: device.video.is_allowed(),
        }
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

/// Whether a leg to or from a device may go over to fax.
fn t38_of_device(tenant: &CompiledTenant, device: Option<DeviceId>) -> T38 {
    let device = device.and_then(|device| tenant.device(device));
    device.map(|device| device.t38).unwrap_or_default()
}

/// How keys are offered by a flow.
fn keying(agreement: KeyAgreement, flow: &Flow) -> Keying {
    let by_web_socket = match flow.transport {
        Transport::Ws | Transport::Wss => true,
        Transport::Udp | Transport::Tcp | Transport::Tls => false,
    };
    if agreement.shakes(by_web_socket) {
        Keying::Dtls
    } else {
        Keying::Sdes
    }
}

/// What may be agreed on with a device that calls. Whoever calls for help is heard, however it
/// speaks.
pub(crate) fn terms_of_caller(admitted: &Admitted, for_help: bool) -> Terms {
    let device = admitted.tenant.device(admitted.device);
    let srtp = match device.map(|device| device.srtp).unwrap_or_default() {
        Srtp::Never | Srtp::Require if for_help => Srtp::Offer,
        srtp @ (Srtp::Never | Srtp::Accept | Srtp::Offer | Srtp::Require) => srtp,
    };
    let video = device.map(|device| device.video).unwrap_or_default();
    Terms {
        srtp,
        video: video.is_allowed(),
        ..Terms::default()
    }
}
