//! Copies of a leg's packets for whoever records them: of what its partner can hear, and of
//! nothing else. What is said in a room is copied as a whole.

use std::net::SocketAddr;

use machine::Instant;
use rtp::Header;

use super::Road;
use super::fork::Forked;
use crate::figures::TapFigures;
use crate::tapped::{Tap, Tapped, TappedPacket};

/// Packets that were copied, and how many.
#[derive(Debug, Default)]
pub(super) struct Taps {
    /// What waits for the worker; made when the first leg is forked.
    forked: Option<Box<Forked>>,
    /// Made when the first leg is tapped.
    batch: Option<Box<Tapped>>,
    figures: TapFigures,
}

impl Road {
    /// What was counted of packets for recordings.
    #[must_use]
    pub fn tap_figures(&self) -> TapFigures {
        self.taps.figures
    }

    /// What was tapped and not taken yet; whoever takes it gives an empty batch for the next.
    ///
    /// # Errors
    /// The empty one, where nothing was.
    pub fn take_tapped(&mut self, empty: Box<Tapped>) -> Result<Box<Tapped>, Box<Tapped>> {
        if self.tapped_since().is_none() {
            return Err(empty);
        }
        match self.taps.batch.replace(empty) {
            Some(tapped) => Ok(tapped),
            None => Ok(Box::default()),
        }
    }

    /// When the first of what was tapped and not taken came.
    #[must_use]
    pub fn tapped_since(&self) -> Option<Instant> {
        self.taps.batch.as_ref().and_then(|tapped| tapped.since())
    }

    /// A leg's packets go to a recording as well, or no more.
    pub(super) fn set_tap(&mut self, slot: u32, tap: Option<Tap>) {
        if let Some(leg) = self.leg_mut(slot) {
            leg.to_partner.tap = tap;
        }
        self.taps.expect(tap);
    }

    /// A leg's packets go to a recording and to nobody else, or no more.
    pub(super) fn keep(&mut self, slot: u32, tap: Option<Tap>) {
        if let Some(leg) = self.leg_mut(slot) {
            leg.to_partner.kept_alone = tap.is_some();
        }
        self.set_tap(slot, tap);
    }

    /// What is said in a member's room goes to a recording as well, or no more.
    pub(super) fn set_room_tap(&mut self, slot: u32, tap: Option<Tap>, now: Instant) {
        let number = self.leg(slot).and_then(|leg| leg.tie.room());
        if let Some(room) = number.and_then(|number| self.rooms.get_mut(number)) {
            room.conference.record(tap, now);
        }
        self.taps.expect(tap);
    }

    /// Copies a leg's packet, if it is tapped and its partner hears it now, or nobody is to.
    pub(super) fn copy(&mut self, slot: u32, header: &Header, packet: &[u8], now: Instant) {
        let Some(leg) = self.leg(slot) else { return };
        let (Some(tap), Some(format)) = (leg.to_partner.tap, leg.format_of(header.pt)) else {
            return;
        };
        let heard = leg.to_partner.kept_alone || self.listener_of(slot).is_some();
        if !format.is_sound() || !heard {
            return;
        }
        let packet = TappedPacket {
            tap,
            format,
            header: *header,
            payload: header.payload(packet),
            at: now,
        };
        self.taps.take(&packet);
    }
}

impl Taps {
    /// Packets are to be copied, perhaps for the first time.
    fn expect(&mut self, tap: Option<Tap>) {
        if tap.is_some() && self.batch.is_none() {
            self.batch = Some(Box::default());
        }
    }

    /// Packets are to be forked, perhaps for the first time.
    pub(super) fn expect_forks(&mut self) {
        self.forked.get_or_insert_default();
    }

    /// Takes a packet of a fork, to be sent this way.
    pub(super) fn take_fork(&mut self, way: (u16, SocketAddr), packet: &[u8], at: Instant) {
        let taken = self.forked.as_mut();
        if !taken.is_some_and(|forked| forked.take(way, packet, at)) {
            self.miss();
        }
    }

    /// When the first packet of a fork that waits for the worker was made.
    pub(super) fn forked_since(&self) -> Option<Instant> {
        self.forked.as_ref().and_then(|forked| forked.since())
    }

    /// Sends the packets of forks that wait.
    pub(super) fn send_forked(&mut self, send: &mut impl FnMut(u16, SocketAddr, &[u8])) {
        if let Some(forked) = &mut self.forked {
            forked.send(send);
        }
    }

    /// A packet that was to be copied was not.
    pub(super) fn miss(&mut self) {
        self.figures.missed += 1;
    }

    /// Copies a packet. A batch that is full is full because nobody has come for it in time: what
    /// is beyond it is missed and counted.
    pub(super) fn take(&mut self, packet: &TappedPacket<'_>) {
        match self.batch.as_mut().is_some_and(|to| to.take(packet)) {
            true => self.figures.copied += 1,
            false => self.figures.missed += 1,
        }
    }
}
