//! Looking at each leg once a second: the road walks a tenth of its legs at each beat of 100 ms, so
//! that one timer serves all of them.

use std::net::SocketAddr;

use machine::{Instant, TimerHandle};

use super::gauge::SECOND;
use super::leg::Leg;
use super::{Road, TimerKey};
use crate::command::Notice;
use crate::second::{Second, Seconds, Way};

/// Beats of a second; a leg is looked at in the one that its slot says.
const BEATS: u32 = 10;

/// Milliseconds between two beats.
const BEAT_MS: u64 = 100;

/// The beats, and how many legs each has.
#[derive(Debug, Default)]
pub(super) struct Wheel {
    legs: [u32; BEATS as usize],
    /// The last beat that was walked, or that there was nothing to walk in.
    beat: u64,
    /// For which beat the timer is armed.
    armed: Option<(u64, TimerHandle)>,
}

fn beat_of(at: Instant) -> u64 {
    at.as_millis() / BEAT_MS
}

fn place(slot: u32) -> usize {
    usize::try_from(slot % BEATS).unwrap_or(0)
}

impl Wheel {
    /// Whether a beat has any legs.
    fn is_busy(&self, beat: u64) -> bool {
        let place = usize::try_from(beat % u64::from(BEATS)).unwrap_or(0);
        self.legs.get(place).is_some_and(|legs| *legs > 0)
    }

    /// The next beat that has any.
    fn next(&self) -> Option<u64> {
        (1..=u64::from(BEATS))
            .map(|ahead| self.beat + ahead)
            .find(|beat| self.is_busy(*beat))
    }

    fn add(&mut self, slot: u32) {
        if let Some(legs) = self.legs.get_mut(place(slot)) {
            *legs += 1;
        }
    }

    fn remove(&mut self, slot: u32) {
        if let Some(legs) = self.legs.get_mut(place(slot)) {
            *legs = legs.saturating_sub(1);
        }
    }
}

impl Road {
    /// A leg is looked at from now on, until there is nothing more to see.
    pub(super) fn look_after(&mut self, slot: u32, now: Instant) {
        let Some(leg) = self.leg_mut(slot).filter(|leg| leg.watch.look.is_none()) else {
            return;
        };
        leg.watch.look = Some(now);
        let armed = self.wheel.armed.map_or(u64::MAX, |(beat, _)| beat);
        let past = beat_of(now).min(armed.saturating_sub(1));
        self.wheel.beat = self.wheel.beat.max(past);
        self.wheel.add(slot);
        self.arm_wheel();
    }

    /// A leg that was looked at ends.
    pub(super) fn look_away(&mut self, slot: u32) {
        self.wheel.remove(slot);
        self.arm_wheel();
    }

    fn arm_wheel(&mut self) {
        let next = self.wheel.next();
        if self.wheel.armed.map(|(beat, _)| beat) == next {
            return;
        }
        if let Some((_, timer)) = self.wheel.armed.take() {
            self.timers.cancel(timer);
        }
        self.wheel.armed = next.map(|beat| {
            let at = Instant::from_millis(beat.saturating_mul(BEAT_MS));
            (beat, self.timers.arm(at, TimerKey::Look))
        });
    }

    /// Walks the legs of the beats that have passed.
    pub(super) fn look_due(
        &mut self,
        now: Instant,
        send: &mut impl FnMut(u16, SocketAddr, &[u8]),
        out: &mut Vec<Notice>,
    ) {
        self.wheel.armed = None;
        let last = beat_of(now).max(self.wheel.beat);
        // behind by more than a second, no leg is looked at twice
        let first = last.saturating_sub(u64::from(BEATS) - 1);
        for beat in first.max(self.wheel.beat + 1)..=last {
            let slots = u32::try_from(beat % u64::from(BEATS)).unwrap_or(0);
            let all = u32::try_from(self.legs.len()).unwrap_or(u32::MAX);
            for slot in (slots..all).step_by(place(BEATS - 1) + 1) {
                self.look_at(slot, now, out);
                self.report_to(slot, now, send);
                self.keep_open(slot, now, send);
            }
        }
        self.wheel.beat = last;
        self.arm_wheel();
    }

    /// Takes down the second of a leg that ends now.
    fn look_at(&mut self, slot: u32, now: Instant, out: &mut Vec<Notice>) {
        let Some(leg) = self.leg_mut(slot).filter(|leg| leg.watch.look.is_some()) else {
            return;
        };
        leg.watch.look = Some(now);
        let any = leg.take_down(now.saturating_sub(SECOND), out);
        if any || leg.is_awaited() || leg.is_reported_to() {
            return;
        }
        leg.watch.look = None;
        leg.tell_rest(out);
        self.wheel.remove(slot);
    }
}

impl Leg {
    /// Takes down the second that began at a moment; whether there was anything.
    fn take_down(&mut self, begin: Instant, out: &mut Vec<Notice>) -> bool {
        let awaited = self.watch.since.is_some_and(|since| since <= begin) && !self.inflow.rests;
        let came = self.inflow.second(awaited, self.outflow.reports.delay());
        let went = self.outflow.second();
        let came = came.map(|second| Second {
            round_trip_ms: match went {
                Some(_) => None,
                None => self.outflow.reports.lone_trip(),
            },
            ..second
        });
        let any = came.is_some() || went.is_some();
        if self.entries.beside.is_video() {
            // nothing is told of how video would sound
            return any;
        }
        let reports = &mut self.outflow.reports;
        let listening = went.and_then(|_| reports.take_listening());
        let went = reports.batch.put(begin, went, listening);
        let came = self.inflow.gauge.batch.put(begin, came, None);
        self.tell(came, went, out);
        any
    }

    /// Tells what was taken down and not told.
    fn tell_rest(&mut self, out: &mut Vec<Notice>) {
        let came = self.inflow.gauge.batch.take();
        let went = self.outflow.reports.batch.take();
        self.tell(came, went, out);
    }

    /// The leg ends: tells all, with what is left of its last second.
    pub(super) fn tell_last(&mut self, out: &mut Vec<Notice>) {
        if let Some(since) = self.watch.look.take() {
            // nothing is awaited any more, and a part of a second without packets is none
            self.watch.since = None;
            self.take_down(since, out);
        }
        self.tell_rest(out);
    }

    fn tell(&self, came: Option<Seconds>, went: Option<Seconds>, out: &mut Vec<Notice>) {
        let id = self.id;
        for (way, seconds) in [(Way::Received, came), (Way::Sent, went)] {
            out.extend(seconds.map(|seconds| Notice::Seconds { id, way, seconds }));
        }
    }
}
