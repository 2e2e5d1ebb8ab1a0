//! Whether a request within a dialog comes from who is in it.
//!
//! Whoever has seen a dialog's Call-ID and tags could end it, hold it or send its parties
//! elsewhere (RFC 3261 §22.1 leaves that to authentication). So a request from anywhere but the
//! peer's own address is challenged, and what it proves to be must be the device of that very leg.

use super::Shard;
use super::admission::Proven;
use ids::{DeviceId, TrunkId};
use machine::Instant;
use sip_message::{Flow, Message};
use sip_stack::transaction::{Owner, ServerKey};

impl Shard {
    /// Whether this flow leads to the peer of the leg: to where it was before, or to the address
    /// that the operator has set for its device.
    pub(crate) fn is_peer(&self, owner: Owner, flow: &Flow) -> bool {
        let Some(entry) = self.legs.get(owner) else {
            return false;
        };
        let known = entry.sip.flow();
        let same = (known.transport, known.remote) == (flow.transport, flow.remote);
        same || (known.remote.ip() == flow.remote.ip() && self.is_vouched_for(owner))
            || self.is_carrier(owner, flow)
    }

    /// Whether this flow comes from the carrier of the leg's trunk, which may speak from any of its
    /// addresses, or from its gateway, which may speak from where it has registered.
    fn is_carrier(&self, owner: Owner, flow: &Flow) -> bool {
        let trunk = self.trunk_of_leg(owner);
        trunk.is_some_and(|trunk| self.tenants.trunks.speaks_by(trunk, flow))
    }

    /// The trunk at whose end a leg's party is.
    pub(crate) fn trunk_of_leg(&self, owner: Owner) -> Option<TrunkId> {
        let entry = self.legs.get(owner)?;
        let (party, _) = self.calls.get(entry.call)?.call.leg(entry.sip.leg())?;
        Some(party.trunk.as_ref()?.trunk)
    }

    /// The trunk at whose end a leg's party is, if a gateway registers there.
    pub(crate) fn gateway_of_leg(&self, owner: Owner) -> Option<TrunkId> {
        let trunk = self.trunk_of_leg(owner)?;
        self.tenants.trunks.get(trunk)?.gateway()?;
        Some(trunk)
    }

    /// Whether a request may enter the dialog of this leg. It is answered when it may not. A peer
    /// that proves itself is spoken to where it is now.
    pub(crate) fn may_speak(
        &mut self,
        owner: Owner,
        key: ServerKey,
        flow: Flow,
        message: &Message,
        now: Instant,
    ) -> bool {
        if self.is_peer(owner, &flow) {
            return true;
        }
        let its_own = match self.prove(key, flow, message, now) {
            Some(Proven::Device(admitted)) => self.device_of(owner) == Some(admitted.device),
            Some(Proven::Gateway(trunk)) => self.trunk_of_leg(owner) == Some(trunk.trunk()),
            None => return false,
        };
        if !its_own {
            // the same as for a dialog that is not there
            self.refuse(key, message, 481, now);
            return false;
        }
        self.rehome(owner, flow, now);
        true
    }

    pub(crate) fn device_of(&self, owner: Owner) -> Option<DeviceId> {
        let entry = self.legs.get(owner)?;
        let (party, _) = self.calls.get(entry.call)?.call.leg(entry.sip.leg())?;
        party.device
    }

    /// Whether the leg's device is known by its address and has no password to prove itself with.
    fn is_vouched_for(&self, owner: Owner) -> bool {
        let tenant = self
            .legs
            .get(owner)
            .and_then(|entry| self.calls.get(entry.call))
            .and_then(|entry| self.tenants.compiled(entry.tenant));
        let device = self.device_of(owner);
        tenant
            .zip(device)
            .and_then(|(tenant, id)| {
                let device = tenant.device(id)?;
                Some(device.address.is_some() || device.trusted_source.is_some())
            })
            .unwrap_or(false)
    }
}
