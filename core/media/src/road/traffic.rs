//! The way of an RTP packet.

use std::net::SocketAddr;
use std::time::Duration;

use machine::Instant;
use rtp::event::Digit;
use rtp::{Arrival, Event, Header, Traffic, set_marker, set_pt};

use super::leg::{Feed, Leg};
use super::owner::Owned;
use super::secure::Kind;
use super::transcode::Crossing;
use super::{DropReason, ROOM, Road, Verdict};
use crate::command::Notice;
use crate::format::{COMFORT_NOISE, Codec, Format};

impl Road {
    /// Judges the packet `buffer[..length]` that came to a local port, and rewrites it in place if
    /// it is to be sent. Behind it the buffer needs [`ROOM`] octets, by which it may grow; without
    /// them it is malformed. The family of `from` is that of the local port. RTP comes to even
    /// ports, RTCP to either.
    pub fn packet(
        &mut self,
        local_port: u16,
        from: SocketAddr,
        buffer: &mut [u8],
        length: usize,
        now: Instant,
        out: &mut Vec<Notice>,
    ) -> Verdict {
        self.figures.packets += 1;
        let roomy = length.saturating_add(ROOM) <= buffer.len();
        let Some(packet) = buffer.get(..length).filter(|_| roomy) else {
            return self.drop(DropReason::Malformed);
        };
        if let Some(slot) = self.faxing(local_port, from, packet) {
            return self.fax(slot, from, packet, now, out);
        }
        match Traffic::of(packet) {
            Traffic::Rtcp => self.rtcp(local_port, from, buffer, length, now),
            Traffic::Rtp if local_port.is_multiple_of(2) => {
                self.rtp(local_port, from, buffer, length, now, out)
            }
            Traffic::Stun if local_port.is_multiple_of(2) => {
                let asked = self.asked_of(local_port, from, packet);
                self.lift(asked, now)
            }
            Traffic::Dtls if local_port.is_multiple_of(2) => {
                let shaken = self.shaken_with(local_port, from);
                self.lift(shaken, now)
            }
            Traffic::Unknown => self.unknown(local_port, from),
            Traffic::Rtp | Traffic::Stun | Traffic::Dtls => self.drop(DropReason::Malformed),
        }
    }

    fn rtp(
        &mut self,
        local_port: u16,
        from: SocketAddr,
        buffer: &mut [u8],
        length: usize,
        now: Instant,
        out: &mut Vec<Notice>,
    ) -> Verdict {
        let packet = buffer.get_mut(..length).unwrap_or_default();
        let Owned {
            slot,
            header,
            length,
        } = match self.owner(local_port, from, packet, now) {
            Ok(owned) => owned,
            Err(reason) => return self.drop(reason),
        };
        let (carrier, slot) = (slot, self.addressee(slot, header.pt));
        if !self.within_rate(slot, length, now) {
            return self.drop(DropReason::Flood);
        }
        let Some(leg) = self.leg_mut(slot) else {
            return self.drop(DropReason::Stranger);
        };
        if !leg.payloads.contains(header.pt) {
            leg.inflow.refused = leg.inflow.refused.saturating_add(1);
            return self.drop(DropReason::Unnegotiated);
        }
        if self
            .leg(carrier)
            .is_some_and(|leg| leg.lock.source != Some(from))
        {
            self.learn(carrier, from, out);
        }
        let plain = buffer.get(..length).unwrap_or_default();
        match self.receive(slot, &header, plain, now, out) {
            // A number far from all others: of another stream, or from another time.
            Some(Arrival::Stray) | None => self.absorb(),
            Some(Arrival::First | Arrival::Next { .. } | Arrival::Late | Arrival::Duplicate) => {
                self.pass_on(slot, &header, buffer, length, now)
            }
        }
    }

    pub(super) fn within_rate(&mut self, slot: u32, octets: usize, now: Instant) -> bool {
        let (per_second, burst) = (self.limits.packets_per_second, self.limits.burst);
        let (bits, ahead) = (self.limits.video_bits_per_second, self.limits.video_burst);
        let Some(leg) = self.leg_mut(slot) else {
            return false;
        };
        let passes = if leg.entries.beside.is_video() {
            leg.rates.media.pass_bits(now, octets, bits, ahead)
        } else {
            leg.rates.media.pass(now, per_second, burst)
        };
        if !passes {
            leg.inflow.refused = leg.inflow.refused.saturating_add(1);
        }
        passes
    }

    pub(super) fn learn(&mut self, slot: u32, from: SocketAddr, out: &mut Vec<Notice>) {
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
        leg.inflow.gauge.listen(format, header.payload(bytes));
        let unseen = leg.watch.look.is_none();
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
        self.hear_answer(slot, header, bytes, out);
        if unseen {
            self.look_after(slot, now);
        }
        Some(arrival)
    }

    /// Sends a leg's packet, `buffer[..length]`, to who hears it.
    pub(super) fn pass_on(
        &mut self,
        slot: u32,
        header: &Header,
        buffer: &mut [u8],
        length: usize,
        now: Instant,
    ) -> Verdict {
        let packet = buffer.get(..length).unwrap_or_default();
        self.copy(slot, header, packet, now);
        self.fork(slot, header, packet, now);
        if let Some(verdict) = self.pass_aside(slot, header, packet, now) {
            return verdict;
        }
        let Some(leg) = self.leg(slot) else {
            return self.absorb();
        };
        let (listener, mut payload) = match leg.feed {
            Feed::Echo => (Some(slot), Some(header.pt)),
            Feed::Tied | Feed::Play(_) | Feed::Line(_) => {
                (leg.tie.partner(), leg.to_partner.numbers.get(header.pt))
            }
        };
        if payload.is_none() || leg.to_partner.transcoding.is_some() {
            match self.cross(slot, header, buffer, length, now) {
                Crossing::Judged(verdict) => return verdict,
                Crossing::Relayed(number) => payload = number,
            }
        }
        match listener {
            Some(listener) => self.relay((slot, listener), payload, header, buffer, length, now),
            None => self.absorb(),
        }
    }

    /// Sends a leg's packet, `buffer[..length]`, to this listener, by this number.
    fn relay(
        &mut self,
        (slot, listener): (u32, u32),
        payload: Option<u8>,
        header: &Header,
        buffer: &mut [u8],
        length: usize,
        now: Instant,
    ) -> Verdict {
        let Some(leg) = self.leg(slot) else {
            return self.absorb();
        };
        let held = leg.held;
        let clock = leg
            .format_of(header.pt)
            .map_or(leg.inflow.clock(), |format| format.clock);
        let seen = self.may_be_seen(slot, listener);
        let way = self.way_to(listener, Kind::Rtp);
        let Some(to) = self.leg_mut(listener) else {
            return self.absorb();
        };
        let hears = match to.feed {
            Feed::Echo => listener == slot && to.expects.receives,
            Feed::Tied => seen && !held && to.hears_others() && !to.is_fax(),
            Feed::Play(_) | Feed::Line(_) => false,
        };
        let way = way.filter(|_| hears);
        let (Some((local_port, remote)), Some(payload)) = (way, payload) else {
            to.outflow.paused = true;
            if way.is_some() {
                return self.drop(DropReason::Unnegotiated);
            }
            return self.absorb();
        };
        to.outflow.resume();
        let video = to.entries.beside.is_video();
        let Some(stamp) = to.outflow.continuity.rewrite(buffer, header, clock, now) else {
            return self.absorb();
        };
        set_pt(buffer, payload);
        if video {
            // there it is the end of a picture, and not the beginning of talk
            set_marker(buffer, header.marker);
        }
        let anew = video && (stamp.changed || to.outflow.packets() == 0);
        let sound = to.expects.formats.of(payload).filter(Format::is_sound);
        let Some(sent) = self.protect_for(listener, Kind::Rtp, buffer, length) else {
            return self.absorb();
        };
        if let Some(to) = self.leg_mut(listener) {
            to.outflow.count(length, sound);
        }
        if anew {
            self.refresh(slot, now);
        }
        self.figures.forwarded += 1;
        Verdict::Send {
            local_port,
            to: remote,
            length: sent,
        }
    }

    /// Takes a leg's packet to its room or to its line, where it has one of them.
    fn pass_aside(
        &mut self,
        slot: u32,
        header: &Header,
        packet: &[u8],
        now: Instant,
    ) -> Option<Verdict> {
        let leg = self.leg(slot)?;
        let payload = header.payload(packet);
        if let Some(room) = leg.tie.room() {
            return Some(self.converse(slot, room, header, payload, now));
        }
        match leg.feed {
            Feed::Line(_) => Some(self.hear_on_line(slot, header, payload)),
            Feed::Tied | Feed::Echo | Feed::Play(_) => None,
        }
    }

    pub(super) fn drop(&mut self, reason: DropReason) -> Verdict {
        let counter = match reason {
            DropReason::Malformed => &mut self.figures.malformed,
            DropReason::Stranger => &mut self.figures.strangers,
            DropReason::Unnegotiated => &mut self.figures.unnegotiated,
            DropReason::Flood => &mut self.figures.floods,
            DropReason::Crowded => &mut self.figures.transcoding.crowded,
            DropReason::Forged => &mut self.figures.forged,
            DropReason::Replayed => &mut self.figures.replayed,
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
    /// The format of a payload number; that of the last packet needs no search.
    pub(super) fn format_of(&self, payload: u8) -> Option<Format> {
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
    pub(super) fn is_sound(&self) -> bool {
        match self.codec {
            Codec::Event | Codec::Comfort => false,
            Codec::Pcmu | Codec::Pcma | Codec::G722 | Codec::Opus | Codec::Other(_) => {
                self.payload != COMFORT_NOISE
            }
        }
    }
}
