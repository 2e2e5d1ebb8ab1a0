//! Datagrams of STUN and DTLS: whose they are. The control half answers them.

use std::net::SocketAddr;

use machine::Instant;
use webrtc::asker_of;
use webrtc::stun::{Class, Message};

use super::table::Key;
use super::{DropReason, Road, Verdict};
use crate::expect::Ufrag;

impl Road {
    /// The leg that a request asks for by its name, or whose request is answered. Whether its
    /// writer may, the control half finds out.
    pub(super) fn asked_of(
        &self,
        local_port: u16,
        from: SocketAddr,
        datagram: &[u8],
    ) -> Result<u32, DropReason> {
        let message = Message::read(datagram).ok_or(DropReason::Malformed)?;
        let name = match message.class {
            Class::Request | Class::Indication => message.asked().and_then(Ufrag::of),
            Class::Success | Class::Error => Ufrag::of(&asker_of(message.transaction)),
        };
        let name = name.ok_or(DropReason::Stranger)?;
        let most = self.limits.legs_per_port;
        let mut legs = self
            .on_port
            .of(&self.legs, from.is_ipv4(), local_port, most);
        legs.find(|slot| {
            let leg = self.leg(*slot);
            leg.is_some_and(|leg| leg.expects.ufrag == Some(name))
        })
        .ok_or(DropReason::Stranger)
    }

    /// The leg whose peer shakes hands from here: the one that has chosen this way, or the one of
    /// the port that has not chosen yet. Should there be two of those it is for neither.
    pub(super) fn shaken_with(&self, local_port: u16, from: SocketAddr) -> Result<u32, DropReason> {
        if let Some(slot) = self.table.get(&Key::new(local_port, from)) {
            let leg = self.leg(slot);
            let seeks = leg.is_some_and(|leg| leg.expects.ufrag.is_some());
            return seeks.then_some(slot).ok_or(DropReason::Stranger);
        }
        let most = self.limits.legs_per_port;
        let legs = self
            .on_port
            .of(&self.legs, from.is_ipv4(), local_port, most);
        let mut undecided = legs.filter(|slot| {
            let leg = self.leg(*slot);
            leg.is_some_and(|leg| leg.expects.ufrag.is_some() && leg.expects.declared.is_none())
        });
        match (undecided.next(), undecided.next()) {
            (Some(slot), None) => Ok(slot),
            (None, _) | (Some(_), Some(_)) => Err(DropReason::Stranger),
        }
    }

    /// Has the control half answer a leg's datagram.
    pub(super) fn lift(&mut self, whose: Result<u32, DropReason>, now: Instant) -> Verdict {
        let slot = match whose {
            Ok(slot) => slot,
            Err(reason) => return self.drop(reason),
        };
        let (per_second, burst) = (self.limits.lifts_per_second, self.limits.lift_burst);
        let Some(leg) = self.leg_mut(slot) else {
            return self.drop(DropReason::Stranger);
        };
        if !leg.rates.lifts.pass(now, per_second, burst) {
            leg.inflow.refused = leg.inflow.refused.saturating_add(1);
            return self.drop(DropReason::Flood);
        }
        let id = leg.id;
        self.figures.lifted += 1;
        Verdict::Lift(id)
    }
}
