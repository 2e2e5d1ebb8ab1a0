//! Video beside sound. It is a leg of its own with ports of its own, or goes by the way and keys of
//! the sound (BUNDLE, RFC 8843), told apart by its payload numbers. Whoever hears the sound gets
//! the video: the two are joined and parted together.
//!
//! A picture is mostly made of those before it. So whenever somebody gets video that it did not get
//! until then, whoever makes it is asked for one that stands alone (PLI, RFC 4585 section 6.3.1).

use std::net::SocketAddr;
use std::time::Duration;

use machine::Instant;
use rtp::rtcp::{PICTURE_LOSS_BYTES, Packet, Packets, picture_loss};

use super::beside::Beside;
use super::flow::{Outflow, Refresh};
use super::leg::Leg;
use super::secure::Kind;
use super::tie::Tie;
use super::{ROOM, Road, TimerKey};
use crate::command::{Notice, Refusal};
use crate::expect::Expect;
use crate::id::EndpointId;
use crate::ports::LocalMedia;

/// Between two questions for a whole picture to the same maker.
const REFRESH_PAUSE: Duration = Duration::from_millis(500);

impl Road {
    /// Opens the video `id` beside a sound.
    pub(super) fn open_video(
        &mut self,
        (id, beside): (EndpointId, EndpointId),
        local: LocalMedia,
        expects: Expect,
        now: Instant,
        out: &mut Vec<Notice>,
    ) {
        let sound = self.slot_of(beside);
        let Some((sound, leg)) = sound.and_then(|slot| Some((slot, self.leg(slot)?))) else {
            self.figures.stale_commands += 1;
            return;
        };
        if leg.entries.beside != Beside::Nothing {
            let because = Refusal::NoSuchLeg;
            return out.push(Notice::Refused { id, because });
        }
        let bundled = leg.local == local;
        let (name, ssrc) = (
            leg.outflow.own_reports.name(),
            leg.outflow.continuity.ssrc(),
        );
        let Some(slot) = self.take_in(id, local, expects, now, out) else {
            return;
        };
        let mut outflow = Outflow::new(&mut self.random);
        while outflow.continuity.ssrc() == ssrc {
            outflow = Outflow::new(&mut self.random);
        }
        if let Some(leg) = self.leg_mut(sound) {
            leg.entries.beside = Beside::Video { slot, bundled };
        }
        if let Some(leg) = self.leg_mut(slot) {
            leg.entries.beside = Beside::Sound {
                slot: sound,
                bundled,
            };
            leg.outflow = outflow;
            // by one name the peer knows what it is to show together
            leg.outflow.own_reports.call(name);
        }
        if !bundled {
            self.on_port.add(&mut self.legs, slot);
            self.key_or_tell(slot, out);
        }
        if let Some(partner) = self.leg(sound).and_then(|leg| leg.tie.partner()) {
            self.join_videos(sound, partner, now);
        }
    }

    /// Joins the videos of two sounds that are joined, if both have some.
    pub(super) fn join_videos(&mut self, a: u32, b: u32, now: Instant) {
        let video = |slot| self.leg(slot).and_then(|leg| leg.entries.beside.video());
        let (Some(a), Some(b)) = (video(a), video(b)) else {
            return;
        };
        if self.leg(a).is_some_and(|leg| leg.tie != Tie::Partner(b)) {
            self.join(a, b);
            self.join(b, a);
        }
        self.map_payloads(a, b);
        self.watch(a, now);
        self.watch(b, now);
    }

    /// Parts the video of a sound that was parted.
    pub(super) fn part_videos(&mut self, sound: u32, now: Instant) {
        if let Some(video) = self.leg(sound).and_then(|leg| leg.entries.beside.video()) {
            self.part(video, now);
        }
    }

    /// A leg ends, and what goes beside it stands alone.
    pub(super) fn part_beside(&mut self, slot: u32) {
        let Some(leg) = self.leg(slot) else { return };
        let beside = leg.entries.beside;
        let other = beside.video().or(beside.sound());
        for slot in [Some(slot), other].into_iter().flatten() {
            if let Some(leg) = self.leg_mut(slot) {
                leg.entries.beside = Beside::Nothing;
            }
        }
    }

    /// The leg that a packet of this payload number is of, which came by the way of `slot`.
    pub(super) fn addressee(&self, slot: u32, payload: u8) -> u32 {
        let Some(leg) = self.leg(slot) else {
            return slot;
        };
        let carried = leg.entries.beside.carried();
        let is_its = |video: &u32| {
            let video = self.leg(*video);
            video.is_some_and(|video| video.payloads.contains(payload))
        };
        let sounds = leg.payloads.contains(payload);
        carried.filter(|_| !sounds).filter(is_its).unwrap_or(slot)
    }

    /// The leg that a compound of this sender speaks of, which came by the way of `slot`.
    pub(super) fn spoken_of(&self, slot: u32, sender: u32, compound: Packets<'_>) -> u32 {
        let carried = self.leg(slot).and_then(|leg| leg.entries.beside.carried());
        let video = carried.and_then(|video| Some((video, self.leg(video)?)));
        match video {
            Some((slot, leg)) if leg.is_spoken_of(sender, compound) => slot,
            Some(_) | None => slot,
        }
    }

    /// Local port and remote address of what is sent to a leg.
    pub(super) fn way_to(&self, slot: u32, kind: Kind) -> Option<(u16, SocketAddr)> {
        let leg = self.leg(slot)?;
        let carrier = leg.entries.beside.carrier();
        let leg = match carrier {
            Some(sound) => self.leg(sound)?,
            None => leg,
        };
        match kind {
            Kind::Rtp => leg.way_out(),
            Kind::Rtcp => leg.rtcp_way_out(),
        }
    }

    /// Protects what is sent to a leg; its octets then.
    pub(super) fn protect_for(
        &mut self,
        slot: u32,
        kind: Kind,
        buffer: &mut [u8],
        length: usize,
    ) -> Option<usize> {
        let carrier = self.leg(slot)?.entries.beside.carrier();
        let leg = self.leg_mut(carrier.unwrap_or(slot))?;
        leg.secure.protect(kind, buffer, length)
    }

    /// Whether a listener may get what a leg shows: it hears the sound that goes beside. Sound goes
    /// beside nothing.
    pub(super) fn may_be_seen(&self, slot: u32, listener: u32) -> bool {
        let sound = |slot| {
            let beside = self.leg(slot).map(|leg| leg.entries.beside);
            beside.and_then(Beside::sound)
        };
        let Some(from) = sound(slot) else { return true };
        let to = sound(listener).and_then(|to| self.leg(to));
        let held = self.leg(from).is_none_or(|leg| leg.held);
        !held && to.is_some_and(|to| to.feed.is_tied() && !to.held)
    }

    /// Has the maker of a video asked for a whole picture, if it was not asked just now.
    pub(super) fn refresh(&mut self, slot: u32, now: Instant) {
        let Some(leg) = self.leg(slot).filter(|leg| leg.entries.beside.is_video()) else {
            return;
        };
        let pauses = |asked: Instant| now.saturating_since(asked) < REFRESH_PAUSE;
        let Refresh { timer, asked } = leg.inflow.refresh;
        if timer.is_some() || asked.is_some_and(pauses) {
            return;
        }
        let timer = self.timers.arm(now, TimerKey::Refresh(slot));
        if let Some(leg) = self.leg_mut(slot) {
            leg.inflow.refresh = Refresh {
                timer: Some(timer),
                asked: Some(now),
            };
        }
    }

    pub(super) fn refresh_due(&mut self, slot: u32, send: &mut impl FnMut(u16, SocketAddr, &[u8])) {
        let Some(leg) = self.leg_mut(slot) else {
            return;
        };
        leg.inflow.refresh.timer = None;
        let own = leg.outflow.continuity.ssrc();
        let (Some(maker), Some((port, to))) = (leg.inflow.ssrc(), self.way_to(slot, Kind::Rtcp))
        else {
            return;
        };
        let mut buffer = [0; PICTURE_LOSS_BYTES + ROOM];
        let length = picture_loss(&mut buffer, own, maker);
        let length = length.and_then(|all| self.protect_for(slot, Kind::Rtcp, &mut buffer, all));
        if let Some(octets) = length.and_then(|length| buffer.get(..length)) {
            send(port, to, octets);
            self.figures.rtcp.refreshes += 1;
        }
    }
}

impl Leg {
    /// Whether a compound is about this video, or by whoever makes it.
    fn is_spoken_of(&self, sender: u32, compound: Packets<'_>) -> bool {
        let own = self.outflow.continuity.ssrc();
        let mut about = None;
        for packet in compound {
            match packet {
                Packet::SenderReport(_, blocks) | Packet::ReceiverReport(_, blocks) => {
                    about = blocks.map(|block| block.ssrc).next().or(about);
                }
                Packet::Other { bytes, .. } if packet.is_feedback() => {
                    let source = rtp::rtcp::feedback_source(bytes);
                    about = source.or(about);
                }
                Packet::SourceDescription(_)
                | Packet::Bye(_)
                | Packet::ExtendedReport(..)
                | Packet::Other { .. } => {}
            }
        }
        match about {
            Some(source) => source == own,
            None => self.inflow.ssrc() == Some(sender),
        }
    }
}
