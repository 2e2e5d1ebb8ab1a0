//! Datagrams of a fax (UDPTL, ITU-T T.38 §9.1) on a leg's port, in place of RTP: they go to the
//! leg's partner as they are, or to its line. Whose they are is decided as with RTP, by where they
//! come from.

use std::net::SocketAddr;

use machine::Instant;
use rtp::Traffic;
use udptl::Packet;

use super::leg::Leg;
use super::lock::{Fit, Mark};
use super::table::Key;
use super::{DropReason, Road, Verdict};
use crate::command::Notice;

impl Road {
    /// The leg whose fax a datagram is of, if it is of any; without faxes on the road nothing is
    /// looked up.
    pub(super) fn faxing(
        &mut self,
        local_port: u16,
        from: SocketAddr,
        datagram: &[u8],
    ) -> Option<u32> {
        if self.present.faxes == 0 {
            return None;
        }
        match self.table.get(&Key::new(local_port, from)) {
            Some(slot) => self
                .leg(slot)
                .is_some_and(|leg| leg.is_fax() && leg.local.rtp == local_port)
                .then_some(slot),
            None => self.fax_newcomer(local_port, from, datagram),
        }
    }

    /// The one faxing leg of the port that a datagram from a new source can be meant for. What
    /// looks like anything else is for the other legs of the port: a fax begins with low numbers,
    /// and its first octet is 0 then.
    fn fax_newcomer(&mut self, local_port: u16, from: SocketAddr, datagram: &[u8]) -> Option<u32> {
        if Traffic::of(datagram) != Traffic::Unknown {
            return None;
        }
        let packet = Packet::parse(datagram).ok()?;
        let most = self.limits.legs_per_port;
        let legs = self
            .on_port
            .of(&self.legs, from.is_ipv4(), local_port, most);
        let fits = legs.filter_map(|slot| {
            let leg = self.leg(slot).filter(|leg| leg.is_fax())?;
            let fit = leg.lock.fit(&leg.expects, from);
            (fit != Fit::No).then_some((slot, fit))
        });
        let mut two = fits.take(2);
        let (first, second) = (two.next(), two.next());
        drop(two);
        let (slot, fit) = first.filter(|_| second.is_none())?;
        let probation = self.limits.probation;
        let mark = Mark::of_fax(packet.seq);
        let believed = match fit {
            Fit::Now => true,
            Fit::OnTrial => self.leg_mut(slot)?.lock.try_out(from, mark, probation),
            Fit::No => false,
        };
        believed.then_some(slot)
    }

    /// Judges a datagram that comes from where the leg's peer faxes from.
    pub(super) fn fax(
        &mut self,
        slot: u32,
        from: SocketAddr,
        datagram: &[u8],
        now: Instant,
        out: &mut Vec<Notice>,
    ) -> Verdict {
        if !self.within_rate(slot, datagram.len(), now) {
            return self.drop(DropReason::Flood);
        }
        let Some(leg) = self.leg_mut(slot) else {
            return self.drop(DropReason::Stranger);
        };
        let source = leg.inflow.ssrc();
        if source.is_some_and(|ssrc| is_sound(datagram, ssrc)) {
            return self.absorb();
        }
        if Packet::parse(datagram).is_err() {
            leg.inflow.refused = leg.inflow.refused.saturating_add(1);
            return self.drop(DropReason::Malformed);
        }
        leg.inflow.faxed += 1;
        leg.inflow.last = Some(now);
        let learnt = leg.lock.source != Some(from);
        if learnt {
            self.learn(slot, from, out);
        }
        self.pass_fax_on(slot, datagram)
    }

    /// A datagram that is of nothing known, on a port where a fax may be awaited.
    pub(super) fn unknown(&mut self, local_port: u16, from: SocketAddr) -> Verdict {
        if self.present.faxes > 0
            && let Some(slot) = self.only_leg(local_port, from)
            && let Some(leg) = self.leg_mut(slot).filter(|leg| leg.is_fax())
        {
            leg.inflow.strangers = leg.inflow.strangers.saturating_add(1);
            return self.drop(DropReason::Stranger);
        }
        self.drop(DropReason::Malformed)
    }

    fn pass_fax_on(&mut self, slot: u32, datagram: &[u8]) -> Verdict {
        let leg = self.leg(slot).filter(|leg| !leg.held);
        if let Some(line) = leg.and_then(|leg| leg.to_partner.line.as_ref()) {
            line.take_datagram(datagram);
            return Verdict::Kept;
        }
        let listener = self.listener_of(slot);
        let Some(to) = listener.and_then(|listener| self.leg_mut(listener)) else {
            return self.absorb();
        };
        let Some((local_port, remote)) = to.way_out() else {
            return self.absorb();
        };
        to.outflow.faxed += 1;
        self.figures.forwarded += 1;
        Verdict::Send {
            local_port,
            to: remote,
            length: datagram.len(),
        }
    }

    /// A leg was described anew, and goes over to fax, or back.
    pub(super) fn go_over(&mut self, slot: u32, was_fax: bool) {
        let is_fax = self.leg(slot).is_some_and(Leg::is_fax);
        self.count_fax(was_fax, is_fax);
        if let Some(leg) = self.leg(slot) {
            leg.tell_line();
        }
        if was_fax == is_fax {
            return;
        }
        self.end_transcodings_around(slot);
        if let Some(leg) = self.leg_mut(slot) {
            leg.outflow.change_source();
        }
    }

    /// A leg's stream of a fax has begun or ended.
    pub(super) fn count_fax(&mut self, was_fax: bool, is_fax: bool) {
        let faxes = self.present.faxes;
        self.present.faxes = match (was_fax, is_fax) {
            (false, true) => faxes.saturating_add(1),
            (true, false) => faxes.saturating_sub(1),
            (true, true) | (false, false) => faxes,
        };
    }
}

/// Whether a datagram is one more of this source's sound, or of its reports, such as come for a
/// moment yet when a leg has gone over.
fn is_sound(datagram: &[u8], ssrc: u32) -> bool {
    let named = match Traffic::of(datagram) {
        Traffic::Rtp => datagram.get(8..12),
        Traffic::Rtcp => datagram.get(4..8),
        Traffic::Stun | Traffic::Dtls | Traffic::Unknown => None,
    };
    named == Some(&ssrc.to_be_bytes()[..])
}

impl Leg {
    /// Whether it is a fax that it carries.
    pub(super) fn is_fax(&self) -> bool {
        self.expects.udptl
    }

    /// Tells its line, if it has one, whether it is a fax that it carries.
    pub(super) fn tell_line(&self) {
        if let Some(line) = &self.to_partner.line {
            let longest = self.expects.max_datagram.unwrap_or(u16::MAX);
            line.go_over(self.is_fax().then_some(longest));
        }
    }
}
