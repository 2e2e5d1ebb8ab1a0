//! Legs that are joined to a line: what they say goes there, and what comes from there is sent to
//! them frame by frame, each when it is due. While a leg carries a fax, its line gives datagrams in
//! place of frames, as many as wait.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use machine::Instant;
use rtp::{HEADER_BYTES, Header};

use super::leg::{Feed, Leg};
use super::lined::Lined;
use super::made::MadePacket;
use super::{ROOM, Road, TimerKey, Verdict};
use crate::expect::Expect;
use crate::format::{Codec, Format};
use crate::line::{LINE_DATAGRAM, LINE_DATAGRAMS, LINE_FRAME, Line};

/// A packet as it is sent, before it is protected.
const PACKET: usize = HEADER_BYTES + LINE_FRAME;

/// How long a frame lasts.
const STEP: Duration = Duration::from_millis(20);

/// A line's identity as a source. It never leaves: the leg's own stands in its place.
const SSRC: u32 = 0x4c49_4e45;

impl Road {
    /// Joins a leg to a line, and to nothing else.
    pub(super) fn line(&mut self, slot: u32, line: Arc<Line>, now: Instant) {
        self.part(slot, now);
        let lined = Lined {
            seq: 0,
            ts: 0,
            due: now,
            timer: self.timers.arm(now, TimerKey::Line(slot)),
        };
        self.set_feed(slot, Feed::Line(lined));
        if let Some(leg) = self.leg_mut(slot) {
            leg.to_partner.line = Some(line);
            leg.tell_line();
        }
    }

    /// Tells a line that its leg is gone.
    pub(super) fn part_line(&mut self, slot: u32) {
        let line = self
            .leg_mut(slot)
            .and_then(|leg| leg.to_partner.line.take());
        if let Some(line) = line {
            line.part();
        }
    }

    /// A leg's packet goes to its line.
    pub(super) fn hear_on_line(&mut self, slot: u32, header: &Header, payload: &[u8]) -> Verdict {
        let leg = self.leg(slot).filter(|leg| !leg.held);
        let line = leg.and_then(|leg| leg.to_partner.line.as_ref());
        let format = leg.and_then(|leg| leg.format_of(header.pt));
        let (Some(line), Some(format)) = (line, format) else {
            return self.absorb();
        };
        if !is_g711(&format) {
            return self.absorb();
        }
        line.take(format.codec, (header.ts, header.ssrc), payload);
        Verdict::Kept
    }

    /// Sends the frames that are due. Frames that are long overdue are left out, as those of a
    /// prompt are.
    pub(super) fn line_due(
        &mut self,
        slot: u32,
        now: Instant,
        send: &mut impl FnMut(u16, SocketAddr, &[u8]),
    ) {
        let Some(Feed::Line(mut lined)) = self.leg(slot).map(|leg| leg.feed) else {
            return;
        };
        let mut frames = 0;
        while lined.due <= now {
            frames += 1;
            if frames > self.limits.catch_up {
                lined.due = now + STEP;
                break;
            }
            if self.leg(slot).is_some_and(Leg::is_fax) {
                self.line_datagrams(slot, send);
            } else {
                self.line_frame(slot, &mut lined, now, send);
            }
            lined.due += STEP;
        }
        lined.timer = self.timers.arm(lined.due, TimerKey::Line(slot));
        if let Some(leg) = self.leg_mut(slot) {
            leg.feed = Feed::Line(lined);
        }
    }

    /// The datagrams of a fax that wait. Those that cannot be sent are gone, as they would be on
    /// any other way.
    fn line_datagrams(&mut self, slot: u32, send: &mut impl FnMut(u16, SocketAddr, &[u8])) {
        let Some(leg) = self.leg_mut(slot) else {
            return;
        };
        let hears = leg.expects.receives && !leg.held;
        let way = leg.way_out().filter(|_| hears);
        let Some(line) = leg.to_partner.line.as_deref() else {
            return;
        };
        let mut datagram = [0; LINE_DATAGRAM];
        for _ in 0..LINE_DATAGRAMS {
            let Some(length) = line.next_datagram(&mut datagram) else {
                return;
            };
            if let Some((port, to)) = way {
                leg.outflow.faxed += 1;
                send(port, to, datagram.get(..length).unwrap_or_default());
            }
        }
    }

    /// One frame. While it cannot be sent, the line goes on all the same: it is a clock to whoever
    /// is at its other end.
    fn line_frame(
        &mut self,
        slot: u32,
        lined: &mut Lined,
        now: Instant,
        send: &mut impl FnMut(u16, SocketAddr, &[u8]),
    ) {
        let Some(leg) = self.leg_mut(slot) else {
            return;
        };
        let Some(line) = leg.to_partner.line.as_deref() else {
            return;
        };
        let format = format_of(&leg.expects);
        let mut packet = [0; PACKET + ROOM];
        let room = packet.get_mut(HEADER_BYTES..PACKET).unwrap_or_default();
        line.next(format.map_or(Codec::Pcmu, |format| format.codec), room);
        let head = format.map(|format| MadePacket {
            source: SSRC,
            format,
            seq: lined.seq,
            ts: lined.ts,
            marker: lined.seq == 0 && lined.ts == 0,
        });
        lined.seq = lined.seq.wrapping_add(1);
        lined.ts = lined.ts.wrapping_add(160);
        let hears = leg.expects.receives && !leg.held;
        let way = leg.way_out().filter(|_| hears);
        let (Some((port, to)), Some(head)) = (way, head) else {
            leg.outflow.paused = true;
            return;
        };
        if let Some(sent) = leg.finish(&head, &mut packet, PACKET, now) {
            send(port, to, packet.get(..sent).unwrap_or_default());
            self.figures.played += 1;
        }
    }
}

/// Whether a line is spoken in it.
fn is_g711(format: &Format) -> bool {
    [Codec::Pcmu, Codec::Pcma].contains(&format.codec)
}

/// What a leg hears its line in: the first of G.711 that its peer understands.
fn format_of(expects: &Expect) -> Option<Format> {
    expects.understood().iter().find(is_g711)
}
