//! The way of an RTP packet.

use std::net::SocketAddr;
use std::time::Duration;

use machine::Instant;
use rtp::event::Digit;
use rtp::{Arrival, Event, Header, Traffic, set_pt};

use super::leg::{Feed, Leg};
use super::lock::Fit;
use super::table::Key;
use super::{DropReason, Road, Verdict};
use crate::command::Notice;
use crate::format::{COMFORT_NOISE, Codec, Format};

impl Road {
    /// Judges a packet that came to a local port, and rewrites it in place if it is to be sent.
    /// The family of `from` is that of the local port. RTP comes to even ports, RTCP to either.
    pub fn packet(
        &mut self,
        local_port: u16,
        from: SocketAddr,
        bytes: &mut [u8],
        now: Instant,
        out: &mut Vec<Notice>,
    ) -> Verdict {
        self.figures.packets += 1;
        match Traffic::of(bytes) {
            Traffic::Rtcp => self.rtcp(local_port, from, bytes, now),
            Traffic::Rtp if local_port.is_multiple_of(2) => {
                self.rtp(local_port, from, bytes, now, out)
            }
            Traffic::Rtp | Traffic::Stun | Traffic::Dtls | Traffic::Unknown => {
                self.drop(DropReason::Malformed)
            }
        }
    }

    fn rtp(
        &mut self,
        local_port: u16,
        from: SocketAddr,
        bytes: &mut [u8],
        now: Instant,
        out: &mut Vec<Notice>,
    ) -> Verdict {
        let Some(header) = Header::parse(bytes) else {
            return self.drop(DropReason::Malformed);
        };
        let Some(slot) = self.owner(local_port, from, &header, now) else {
            return self.drop(DropReason::Stranger);
        };
        if !self.within_rate(slot, now) {
            return self.drop(DropReason::Flood);
        }
        let Some(leg) = self.leg_mut(slot) else {
            return self.drop(DropReason::Stranger);
        };
        if !leg.payloads.contains(header.pt) {
            leg.inflow.refused = leg.inflow.refused.saturating_add(1);
            return self.drop(DropReason::Unnegotiated);
        }
        if leg.lock.source != Some(from) {
            self.learn(slot, from, out);
        }
        match self.receive(slot, &header, bytes, now, out) {
            // A number far from all others: of another stream, or from another time.
            Some(Arrival::Stray) | None => self.absorb(),
            Some(Arrival::First | Arrival::Next { .. } | Arrival::Late | Arrival::Duplicate) => {
                self.pass_on(slot, &header, bytes, now)
            }
        }
    }

    /// The leg whose peer this is: found by the address, or by elimination.
    fn owner(
        &mut self,
        local_port: u16,
        from: SocketAddr,
        header: &Header,
        now: Instant,
    ) -> Option<u32> {
        match self.table.get(&Key::new(local_port, from)) {
            Some(slot) => Some(slot),
            None => self.newcomer(local_port, from, header, now),
        }
    }

    /// The one leg of the port that a packet from a new source can be meant for. If it could be
    /// meant for two it is for none; a stream that is some leg's is for no other.
    fn newcomer(
        &mut self,
        local_port: u16,
        from: SocketAddr,
        header: &Header,
        now: Instant,
    ) -> Option<u32> {
        let (mut found, mut several) = (None, false);
        let (mut blame, mut several_open) = (None, false);
        let mut owned = None;
        let most = self.limits.legs_per_port;
        for slot in self
            .on_port
            .of(&self.legs, from.is_ipv4(), local_port, most)
        {
            let Some(leg) = self.leg(slot) else { continue };
            if leg.sends_stream(from, header.ssrc) && !leg.lock.is_open() {
                owned = Some(slot);
                break;
            }
            if leg.lock.is_open() {
                several_open |= blame.replace(slot).is_some();
            }
            let fit = leg.lock.fit(&leg.expects, from);
            if fit != Fit::No && leg.payloads.contains(header.pt) {
                several |= found.replace((slot, fit)).is_some();
            }
        }
        if let Some(slot) = owned {
            return self.rebind(slot, header, now);
        }
        let probation = self.limits.probation;
        let owner = match found.filter(|_| !several) {
            Some((slot, Fit::Now)) => Some(slot),
            Some((slot, Fit::OnTrial)) => {
                let leg = self.leg_mut(slot)?;
                leg.lock.try_out(from, header, probation).then_some(slot)
            }
            Some((_, Fit::No)) | None => None,
        };
        if owner.is_none() {
            let blamed = blame
                .filter(|_| !several_open)
                .or_else(|| self.only_leg(local_port, from));
            if let Some(leg) = blamed.and_then(|slot| self.leg_mut(slot)) {
                leg.inflow.strangers = leg.inflow.strangers.saturating_add(1);
            }
        }
        owner
    }

    /// The leg of a port that has one only.
    fn only_leg(&self, local_port: u16, from: SocketAddr) -> Option<u32> {
        let mut legs = self.on_port.of(&self.legs, from.is_ipv4(), local_port, 2);
        legs.next().filter(|_| legs.next().is_none())
    }

    /// A locked leg's stream from another port of its IP: a NAT forgot its binding and made
    /// another, if the old one has been quiet.
    fn rebind(&mut self, slot: u32, header: &Header, now: Instant) -> Option<u32> {
        let after = self.limits.rebind_after;
        let leg = self.leg_mut(slot)?;
        let quiet = leg
            .inflow
            .last
            .is_none_or(|last| now.saturating_since(last) >= after);
        if quiet && leg.payloads.contains(header.pt) {
            return Some(slot);
        }
        leg.inflow.strangers = leg.inflow.strangers.saturating_add(1);
        None
    }

    pub(super) fn within_rate(&mut self, slot: u32, now: Instant) -> bool {
        let rate = u32::from(self.limits.packets_per_second.max(1));
        let interval = Duration::from_secs(1) / rate;
        let tolerance = interval * u32::from(self.limits.burst);
        let Some(leg) = self.leg_mut(slot) else {
            return false;
        };
        let passes = leg.rate.pass(now, interval, tolerance);
        if !passes {
            leg.inflow.refused = leg.inflow.refused.saturating_add(1);
        }
        passes
    }

    fn learn(&mut self, slot: u32, from: SocketAddr, out: &mut Vec<Notice>) {
        let Some(leg) = self.leg_mut(slot) else {
            return;
        };
        leg.lock.close_on(from);
        out.push(Notice::Learnt { id: leg.id, from });
        self.rekey(slot);
    }

    /// Counts a packet of the leg's peer and sees what it tells.
    fn receive(
        &mut self,
        slot: u32,
        header: &Header,
        bytes: &[u8],
        now: Instant,
        out: &mut Vec<Notice>,
    ) -> Option<Arrival> {
        let leg = self.leg_mut(slot)?;
        let format = leg.format_of(header.pt);
        let arrival = leg.inflow.take(header, bytes.len(), format, now);
        if leg.watch.silent {
            leg.watch.silent = false;
            out.push(Notice::Resumed { id: leg.id });
        }
        let event = format.filter(|format| format.codec == Codec::Event);
        if event.is_some()
            && let Some(event) = Event::parse(header.payload(bytes))
        {
            for digit in leg
                .inflow
                .events
                .receive(header.ssrc, header.ts, event, now)
            {
                leg.tell_digit(digit, out);
            }
            self.await_event_end(slot);
        }
        Some(arrival)
    }

    /// Sends a leg's packet to who hears it.
    fn pass_on(&mut self, slot: u32, header: &Header, bytes: &mut [u8], now: Instant) -> Verdict {
        let Some(leg) = self.leg(slot) else {
            return self.absorb();
        };
        let clock = leg
            .format_of(header.pt)
            .map_or(leg.inflow.clock(), |format| format.clock);
        let (listener, payload) = match leg.feed {
            Feed::Echo => (Some(slot), Some(header.pt)),
            Feed::Partner | Feed::Play(_) => (leg.partner, leg.to_partner.get(header.pt)),
        };
        let held = leg.held;
        let Some(to) = listener.and_then(|listener| self.leg_mut(listener)) else {
            return self.absorb();
        };
        let hears = match to.feed {
            Feed::Echo => listener == Some(slot) && to.expects.receives,
            Feed::Partner => !held && to.hears_partner(),
            Feed::Play(_) => false,
        };
        let way = to.way_out().filter(|_| hears);
        let (Some((local_port, remote)), Some(payload)) = (way, payload) else {
            to.outflow.paused = true;
            if way.is_some() {
                return self.drop(DropReason::Unnegotiated);
            }
            return self.absorb();
        };
        to.outflow.resume();
        if to
            .outflow
            .continuity
            .rewrite(bytes, header, clock, now)
            .is_none()
        {
            return self.absorb();
        }
        let sound = to.expects.formats.of(payload).filter(Format::is_sound);
        to.outflow.count(bytes.len(), sound);
        set_pt(bytes, payload);
        self.figures.forwarded += 1;
        Verdict::Send {
            local_port,
            to: remote,
            length: bytes.len(),
        }
    }

    pub(super) fn drop(&mut self, reason: DropReason) -> Verdict {
        let counter = match reason {
            DropReason::Malformed => &mut self.figures.malformed,
            DropReason::Stranger => &mut self.figures.strangers,
            DropReason::Unnegotiated => &mut self.figures.unnegotiated,
            DropReason::Flood => &mut self.figures.floods,
        };
        *counter += 1;
        Verdict::Drop(reason)
    }

    pub(super) fn absorb(&mut self) -> Verdict {
        self.figures.absorbed += 1;
        Verdict::Absorbed
    }
}

impl Leg {
    /// Whether this stream is already the leg's, from another port of the same IP.
    fn sends_stream(&self, from: SocketAddr, ssrc: u32) -> bool {
        self.inflow.ssrc() == Some(ssrc)
            && self
                .lock
                .source
                .is_some_and(|source| source.ip() == from.ip())
    }

    /// The format of a payload number; that of the last packet needs no search.
    fn format_of(&self, payload: u8) -> Option<Format> {
        self.inflow
            .format_of(payload)
            .or_else(|| self.expects.formats.of(payload))
    }

    pub(super) fn tell_digit(&mut self, digit: Digit, out: &mut Vec<Notice>) {
        self.inflow.digits = self.inflow.digits.saturating_add(1);
        let events = self
            .expects
            .formats
            .iter()
            .find(|format| format.codec == Codec::Event);
        let clock = u64::from(events.map_or(8000, |format| format.clock).max(1));
        let nanos = u64::from(digit.duration) * 1_000_000_000 / clock;
        let lasts = Duration::from_nanos(nanos);
        out.push(Notice::Digit {
            id: self.id,
            digit: digit.symbol,
            lasts,
        });
    }
}

impl Format {
    /// Not an accompaniment of sound, whose clock and quality say nothing of it.
    fn is_sound(&self) -> bool {
        match self.codec {
            Codec::Event | Codec::Comfort => false,
            Codec::Pcmu | Codec::Pcma | Codec::G722 | Codec::Other(_) => {
                self.payload != COMFORT_NOISE
            }
        }
    }
}
