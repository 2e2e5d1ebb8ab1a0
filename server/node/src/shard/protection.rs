//! Which legs have their packets protected, and when they agree on other keys.

use super::Shard;
use super::admission::Admitted;
use super::dialling::trunk_of;
use crate::calls::CallKey;
use call::LegId;
use domain::{KeyAgreement, Srtp};
use ids::TrunkId;
use machine::Instant;
use sip_leg::{Asked, Keying, Secrets, Security};
use sip_message::{Flow, Transport};
use sip_stack::transaction::Owner;
use std::sync::Arc;

impl Shard {
    /// What may be agreed on with a party, and what it has offered already.
    pub(crate) fn security(&mut self, terms: (Srtp, Keying), asked: Option<Asked>) -> Security {
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

    /// Whether the sound of a leg that is dialled by this flow is protected, and how keys are
    /// offered.
    pub(crate) fn terms_of_callee(&self, key: CallKey, leg: LegId, flow: &Flow) -> (Srtp, Keying) {
        let Some(entry) = self.calls.get(key) else {
            return Default::default();
        };
        if let Some(trunk) = trunk_of(entry, leg) {
            return (self.srtp_of_trunk(Some(trunk)), Keying::Sdes);
        }
        let device = entry.call.leg(leg).and_then(|(party, _)| party.device);
        let tenant = self.tenants.compiled(entry.tenant);
        let device = tenant.as_ref().zip(device);
        let device = device.and_then(|(tenant, id)| tenant.device(id));
        let Some(device) = device else {
            return Default::default();
        };
        (device.srtp, keying(device.key_agreement, flow))
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

/// Whether the sound of a device that calls is protected. Whoever calls for help is heard, however
/// it speaks.
pub(crate) fn srtp_of_caller(admitted: &Admitted, for_help: bool) -> Srtp {
    let device = admitted.tenant.device(admitted.device);
    match device.map(|device| device.srtp).unwrap_or_default() {
        Srtp::Never | Srtp::Require if for_help => Srtp::Offer,
        srtp @ (Srtp::Never | Srtp::Accept | Srtp::Offer | Srtp::Require) => srtp,
    }
}
