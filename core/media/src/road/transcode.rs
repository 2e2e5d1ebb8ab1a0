//! Packets that their listener does not understand as they are.
//!
//! Sound in a codec that the partner does not speak is put into a [`Transcoder`], which lies with
//! the leg that speaks and is there from the first such packet on until the two part, one of them
//! hears something else, or a packet comes that can be relayed. What accompanies such sound goes
//! the same way: key presses among the packets that are made, and comfort noise becomes silence.

use std::net::SocketAddr;

use machine::Instant;
use rtp::jitter::Content;
use rtp::{Event, HEADER_BYTES, Header, set_pt, set_seq, set_ssrc, set_ts};

use super::leg::Leg;
use super::made::MadePacket;
use super::secure::Kind;
use super::to_partner::Transcoding;
use super::{DropReason, ROOM, Road, TimerKey, Verdict};
use crate::format::{COMFORT_NOISE, Codec, Format};
use crate::transcoder::{LONGEST_PAYLOAD, Made, Transcoder, scale};

/// Octets of the longest packet before it is protected.
const LONGEST: usize = HEADER_BYTES + LONGEST_PAYLOAD;

/// The identity of what is made, as a source. It never leaves: the leg's own stands in its place.
const SSRC: u32 = 0x5452_5343;

/// What is to be done with a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Crossing {
    /// It was dealt with.
    Judged(Verdict),
    /// It is relayed as it is, with this number, or dropped where there is none.
    Relayed(Option<u8>),
}

/// What a packet carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Load {
    Sound(Format),
    Press(Format),
    Noise,
    Unknown,
}

impl Road {
    /// Looks after a leg's packet `buffer[..length]` that its partner does not understand, or that
    /// comes among such packets.
    pub(super) fn cross(
        &mut self,
        slot: u32,
        header: &Header,
        buffer: &mut [u8],
        length: usize,
        now: Instant,
    ) -> Crossing {
        let Some(leg) = self.leg(slot) else {
            return Crossing::Relayed(None);
        };
        let relayed = leg.to_partner.numbers.get(header.pt);
        let under_way = leg.to_partner.transcoding.is_some();
        let load = leg.load_of(header.pt);
        let Some(listener) = self.listener_of(slot) else {
            return Crossing::Relayed(relayed);
        };
        let judged = match (load, relayed) {
            (Load::Sound(_), Some(_)) => {
                self.end_transcoding(slot);
                None
            }
            (Load::Sound(format), None) => {
                let payload = header.payload(buffer.get(..length).unwrap_or_default());
                self.transcode((slot, listener), format, header, payload, now)
            }
            (Load::Press(format), _) if under_way => {
                self.pass_press((slot, listener), format, header, buffer, length, now)
            }
            (Load::Press(format), None) => {
                let number = self.scale_press(listener, format, header, buffer);
                return Crossing::Relayed(number);
            }
            (Load::Noise, _) if under_way => self.put(slot, header, Content::Quiet, &[], now),
            (Load::Press(_) | Load::Noise | Load::Unknown, _) => None,
        };
        judged.map_or(Crossing::Relayed(relayed), Crossing::Judged)
    }

    /// Makes the packets that are due of a leg's sound.
    pub(super) fn transcode_due(
        &mut self,
        slot: u32,
        now: Instant,
        send: &mut impl FnMut(u16, SocketAddr, &[u8]),
    ) {
        let frames = self.limits.catch_up;
        let leg = self.leg_mut(slot);
        let Some(mut transcoding) = leg.and_then(|leg| leg.to_partner.transcoding.take()) else {
            return;
        };
        let Transcoding { transcoder, timer } = &mut *transcoding;
        let mut packet = [0; LONGEST + ROOM];
        transcoder.catch_up(now, frames);
        while let Some(room) = packet.get_mut(HEADER_BYTES..LONGEST)
            && let Some(made) = transcoder.make(now, room)
        {
            self.send_made(slot, transcoder.to(), made, &mut packet, now, send);
        }
        let due = transcoder.due();
        *timer = due.map(|at| self.timers.arm(at, TimerKey::Transcode(slot)));
        if let Some(leg) = self.leg_mut(slot) {
            leg.inflow.concealed += transcoding.transcoder.take_concealed();
            leg.to_partner.transcoding = Some(transcoding);
        }
    }

    /// Ends the transcoding of what a leg hears and of what it says.
    pub(super) fn end_transcodings_around(&mut self, slot: u32) {
        self.end_transcoding(slot);
        if let Some(partner) = self.leg(slot).and_then(|leg| leg.tie.partner()) {
            self.end_transcoding(partner);
        }
    }

    /// Ends the transcoding of what a leg says, if it is transcoded.
    fn end_transcoding(&mut self, slot: u32) {
        let Some(leg) = self.leg_mut(slot) else {
            return;
        };
        let Some(mut ended) = leg.to_partner.transcoding.take() else {
            return;
        };
        leg.inflow.concealed += ended.transcoder.take_concealed();
        let partner = leg.tie.partner();
        if let Some(timer) = ended.timer {
            self.timers.cancel(timer);
        }
        self.present.transcodings = self.present.transcodings.saturating_sub(1);
        if let Some(partner) = partner.and_then(|partner| self.leg_mut(partner)) {
            partner.outflow.change_source();
        }
    }

    /// The partner of a leg, if it hears it now and can be reached: a fax is not heard by whoever
    /// takes sound, nor the reverse.
    pub(super) fn listener_of(&self, slot: u32) -> Option<u32> {
        let leg = self.leg(slot).filter(|leg| !leg.held)?;
        let listener = leg.tie.partner()?;
        let alike = |to: &Leg| to.is_fax() == leg.is_fax();
        let hears = |to: &&Leg| to.hears_others() && to.way_out().is_some() && alike(to);
        self.leg(listener).filter(hears).map(|_| listener)
    }

    /// Takes sound that the listener does not understand; `None` where it cannot be made into any
    /// that it does.
    fn transcode(
        &mut self,
        (slot, listener): (u32, u32),
        from: Format,
        header: &Header,
        payload: &[u8],
        now: Instant,
    ) -> Option<Verdict> {
        let to = self.leg(listener)?;
        let wants = to.expects.wants;
        let target = to.expects.made_format()?;
        let same = |present: &Transcoding| present.transcoder.is_between(from, target, &wants);
        let present = self.leg(slot)?.to_partner.transcoding.as_deref();
        if !present.is_some_and(same) {
            self.end_transcoding(slot);
            if self.present.transcodings >= self.limits.transcodings {
                return Some(self.drop(DropReason::Crowded));
            }
            let transcoder = Transcoder::new(from, target, wants, payload, now)?;
            let timer = None;
            self.leg_mut(slot)?.to_partner.transcoding =
                Some(Box::new(Transcoding { transcoder, timer }));
            self.present.transcodings += 1;
            self.leg_mut(listener)?.outflow.change_source();
        }
        self.put(slot, header, Content::Sound, payload, now)
    }

    /// Puts a packet where it waits for its turn.
    fn put(
        &mut self,
        slot: u32,
        header: &Header,
        content: Content,
        payload: &[u8],
        now: Instant,
    ) -> Option<Verdict> {
        let transcoding = self.leg_mut(slot)?.to_partner.transcoding.as_mut()?;
        if transcoding.transcoder.put(header, content, payload, now) {
            let timer = self.timers.arm(now, TimerKey::Transcode(slot));
            self.leg_mut(slot)?.to_partner.transcoding.as_mut()?.timer = Some(timer);
        }
        Some(Verdict::Kept)
    }

    /// Sends a packet that was made of a leg's sound, if its partner still hears it.
    fn send_made(
        &mut self,
        slot: u32,
        format: Format,
        made: Made,
        packet: &mut [u8],
        now: Instant,
        send: &mut impl FnMut(u16, SocketAddr, &[u8]),
    ) {
        let partner = self.leg(slot).and_then(|leg| leg.tie.partner());
        let listener = self.listener_of(slot);
        let Some(to) = partner.and_then(|partner| self.leg_mut(partner)) else {
            return;
        };
        let Some((port, remote)) = to.way_out().filter(|_| listener.is_some()) else {
            to.outflow.paused = true;
            return;
        };
        let head = MadePacket::of(SSRC, format, made);
        let size = HEADER_BYTES + made.octets;
        if let Some(sent) = to.finish(&head, packet, size, now) {
            to.outflow.transcoded += 1;
            send(port, remote, packet.get(..sent).unwrap_or_default());
            self.figures.transcoding.made += 1;
        }
    }

    /// Sends a packet of a key press among those that are made of a leg's sound.
    fn pass_press(
        &mut self,
        (slot, listener): (u32, u32),
        from: Format,
        header: &Header,
        buffer: &mut [u8],
        length: usize,
        now: Instant,
    ) -> Option<Verdict> {
        self.put(slot, header, Content::Quiet, &[], now)?;
        let transcoder = &mut self
            .leg_mut(slot)?
            .to_partner
            .transcoding
            .as_mut()?
            .transcoder;
        let sound = transcoder.to();
        let event = Event::parse(header.payload(buffer.get(..length)?));
        let numbers = event.and_then(|event| transcoder.press(header, event, now));
        let to = self.leg_mut(listener)?;
        let way = to.way_out().zip(to.press_format(sound.clock)).zip(numbers);
        let Some((((local_port, remote), format), made)) = way else {
            return Some(Verdict::Kept);
        };
        to.outflow.resume();
        let clock = sound.clock;
        let continuity = &mut to.outflow.continuity;
        let Some(stamp) = continuity.stamp(SSRC, made.seq, made.ts, clock, now) else {
            return Some(self.absorb());
        };
        scale(
            buffer.get_mut(header.payload_range())?,
            (from.clock, format.clock),
        );
        set_ssrc(buffer, stamp.ssrc);
        set_seq(buffer, stamp.seq);
        set_ts(buffer, stamp.ts);
        set_pt(buffer, format.payload);
        let Some(sent) = to.secure.protect(Kind::Rtp, buffer, length) else {
            return Some(self.absorb());
        };
        to.outflow.count(length, None);
        self.figures.forwarded += 1;
        Some(Verdict::Send {
            local_port,
            to: remote,
            length: sent,
        })
    }

    /// Brings the durations of a press among relayed sound to a clock that the listener named; by
    /// which number it knows them.
    fn scale_press(
        &mut self,
        listener: u32,
        from: Format,
        header: &Header,
        buffer: &mut [u8],
    ) -> Option<u8> {
        let format = self.leg(listener)?.press_format(from.clock)?;
        scale(
            buffer.get_mut(header.payload_range())?,
            (from.clock, format.clock),
        );
        Some(format.payload)
    }
}

impl Leg {
    pub(super) fn load_of(&self, payload: u8) -> Load {
        let format = self.format_of(payload);
        match format.map(|format| (format, format.codec)) {
            Some((format, Codec::Event)) => Load::Press(format),
            Some((_, Codec::Comfort)) => Load::Noise,
            Some((
                format,
                Codec::Pcmu | Codec::Pcma | Codec::G722 | Codec::Opus | Codec::Other(_),
            )) => Load::Sound(format),
            None if payload == COMFORT_NOISE => Load::Noise,
            None => Load::Unknown,
        }
    }

    /// The format of key presses for its peer: that of this clock, if it named one, or any.
    fn press_format(&self, clock: u32) -> Option<Format> {
        let understood = self.expects.understood();
        let presses = || {
            understood
                .iter()
                .filter(|format| format.codec == Codec::Event)
        };
        presses()
            .find(|format| format.clock == clock)
            .or_else(|| presses().next())
    }
}
