//! Packets of conferences: those of members, and those that are made for them.

use std::net::SocketAddr;

use machine::Instant;
use rtp::{HEADER_BYTES, Header};

use super::made::MadePacket;
use super::rooms::Room;
use super::transcode::Load;
use super::{DropReason, ROOM, Road, TimerKey, Verdict};
use crate::command::Notice;
use crate::conference::{Conference, FRAME, Taken};
use crate::format::Format;
use crate::transcoder::{LONGEST_PAYLOAD, Made};

/// Octets of the longest packet before it is protected.
const LONGEST: usize = HEADER_BYTES + LONGEST_PAYLOAD;

/// The identity of what is made, as a source. It never leaves: the leg's own stands in its place.
const SSRC: u32 = 0x524f_4f4d;

impl Road {
    /// Takes a packet of a member's peer. What accompanies its sound is not heard by the others.
    pub(super) fn converse(
        &mut self,
        slot: u32,
        number: u32,
        header: &Header,
        payload: &[u8],
        now: Instant,
    ) -> Verdict {
        let Some(leg) = self.leg(slot) else {
            return self.absorb();
        };
        let (load, held) = (leg.load_of(header.pt), leg.held);
        let Some(room) = self.rooms.get_mut(number).filter(|_| !held) else {
            return self.absorb();
        };
        match load {
            Load::Sound(format) => match room.conference.hear(slot, format, header, payload, now) {
                Taken::Kept => Verdict::Kept,
                Taken::Unheard => self.absorb(),
                Taken::Unspoken => self.drop(DropReason::Unnegotiated),
            },
            Load::Press(_) | Load::Noise | Load::Unknown => {
                room.conference.pass_over(slot, header, now);
                self.absorb()
            }
        }
    }

    /// Mixes the frames of a room that are due.
    pub(super) fn room_due(
        &mut self,
        number: u32,
        now: Instant,
        send: &mut impl FnMut(u16, SocketAddr, &[u8]),
        out: &mut Vec<Notice>,
    ) {
        let Some(mut room) = self.rooms.lend(number) else {
            return;
        };
        let mut frames = 0;
        while room.due <= now {
            frames += 1;
            if frames > self.limits.catch_up {
                self.give_up(&mut room, now);
                break;
            }
            self.mix(&mut room.conference, room.due, now, send, out);
            room.due += FRAME;
        }
        room.timer = Some(self.timers.arm(room.due, TimerKey::Room(number)));
        self.rooms.give_back(number, room);
    }

    /// What is late by more than may be is given up. Members hear the gap as one of time.
    fn give_up(&mut self, room: &mut Room, now: Instant) {
        room.due = now + FRAME;
        for (slot, _) in room.conference.members_mut() {
            if let Some(leg) = self.leg_mut(slot).filter(|leg| leg.feed.is_tied()) {
                leg.outflow.paused = true;
            }
        }
    }

    /// Mixes the frame of this moment and sends what is full by it.
    fn mix(
        &mut self,
        conference: &mut Conference,
        at: Instant,
        now: Instant,
        send: &mut impl FnMut(u16, SocketAddr, &[u8]),
        out: &mut Vec<Notice>,
    ) {
        conference.mix(at, out);
        for (slot, member) in conference.members_mut() {
            let concealed = member.take_concealed();
            self.rooms.figures.concealed += concealed;
            let Some(leg) = self.leg_mut(slot) else {
                continue;
            };
            leg.inflow.concealed += concealed;
            let listens = leg.hears_others() && leg.way_out().is_some() && member.can_hear();
            if !listens && leg.feed.is_tied() {
                leg.outflow.paused = true;
            }
            member.listen(listens);
        }
        let taps = &mut self.taps;
        conference.write_tape(at, &mut |packet| taps.take(packet));
        conference.write(&mut |slot, format, made, payload: &[u8]| {
            self.send_mixed(slot, format, made, payload, now, send);
        });
    }

    /// Sends a packet of what a member hears.
    fn send_mixed(
        &mut self,
        slot: u32,
        format: Format,
        made: Made,
        payload: &[u8],
        now: Instant,
        send: &mut impl FnMut(u16, SocketAddr, &[u8]),
    ) {
        let Some(leg) = self.leg_mut(slot) else {
            return;
        };
        let Some((port, to)) = leg.way_out() else {
            return;
        };
        let mut packet = [0; LONGEST + ROOM];
        let size = HEADER_BYTES + payload.len();
        let Some(place) = packet.get_mut(HEADER_BYTES..size) else {
            return;
        };
        place.copy_from_slice(payload);
        let head = MadePacket::of(SSRC, format, made);
        if let Some(sent) = leg.finish(&head, &mut packet, size, now) {
            send(port, to, packet.get(..sent).unwrap_or_default());
            self.rooms.figures.made += 1;
        }
    }
}
