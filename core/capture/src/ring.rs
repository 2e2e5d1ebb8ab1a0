//! The latest messages of a shard.

use std::collections::VecDeque;

use bytes::Bytes;
use domain::{Rung, Way};
use machine::{Clock, Instant};
use sip_message::Flow;

use crate::bounds::Bounds;
use crate::redact::redacted;
use crate::strips::{StripId, Strips};

/// One message, as it came or went.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// When.
    pub at: Instant,
    /// Between whom, and over what.
    pub flow: Flow,
    /// In which direction.
    pub way: Way,
    /// The message; never copied here where it came alone.
    pub bytes: Bytes,
}

/// What became of what was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Messages remembered so far.
    pub seen: u64,
    /// Of them, those of calls that had too many.
    pub left_out: u64,
    /// Messages held now.
    pub held: u64,
    /// Their octets.
    pub octets: u64,
}

/// A message in its place.
#[derive(Debug)]
struct Place {
    sighting: Sighting,
    /// The leg it is of.
    leg: u8,
    /// Steps of the call's explanation before it.
    steps: u16,
}

/// The latest messages of one shard, and which of them are whose.
#[derive(Debug)]
pub struct Ring {
    bounds: Bounds,
    places: VecDeque<Place>,
    /// Number of the oldest place.
    first: u64,
    octets: usize,
    strips: Strips,
    figures: Figures,
}

impl Ring {
    /// An empty ring.
    #[must_use]
    pub fn new(bounds: Bounds) -> Ring {
        Ring {
            bounds,
            places: VecDeque::new(),
            first: 0,
            octets: 0,
            strips: Strips::default(),
            figures: Figures::default(),
        }
    }

    /// Whether anything is remembered at all.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.bounds.octets > 0
    }

    /// Begins a strip.
    pub fn begin(&mut self) -> StripId {
        self.strips.begin()
    }

    /// Remembers a message of a leg. A strip that has ended takes nothing.
    pub fn see(&mut self, strip: StripId, leg: u8, sighting: Sighting) {
        if !self.is_on() {
            return;
        }
        let number = self.first + u64::try_from(self.places.len()).unwrap_or(u64::MAX);
        let length = sighting.bytes.len();
        let Some(added) = self.strips.add(strip, (number, length), &self.bounds) else {
            return;
        };
        self.figures.seen += 1;
        self.figures.left_out += added.left_out;
        self.octets += length;
        self.places.push_back(Place {
            sighting,
            leg,
            steps: added.steps,
        });
        while self.octets > self.bounds.octets || self.places.len() > self.bounds.messages {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.places.pop_front() {
            self.first += 1;
            self.octets -= oldest.sighting.bytes.len();
        }
    }

    /// The strip's call has explained so many steps by now.
    pub fn explained(&mut self, strip: StripId, steps: usize) {
        let steps = u16::try_from(steps).unwrap_or(u16::MAX);
        self.strips.explained(strip, steps);
    }

    /// A strip's messages become part of another, as those of this leg; the strip ends.
    pub fn join(&mut self, from: StripId, into: StripId, leg: u8) {
        for (number, length) in self.strips.end(from) {
            if let Some(place) = place_of(self.first, number)
                && let Some(found) = self.places.get_mut(place)
            {
                found.leg = leg;
                let added = self.strips.add(into, (number, length), &self.bounds);
                self.figures.left_out += added.map_or(0, |added| added.left_out);
            }
        }
    }

    /// A strip's messages without their secrets, oldest first, and how many it has lost.
    #[must_use]
    pub fn rungs(&self, strip: StripId, clock: &Clock) -> (Vec<Rung>, u32) {
        let (numbers, mut lost) = self.strips.numbers(strip);
        let mut rungs = Vec::with_capacity(numbers.len());
        for (number, _) in numbers {
            let found = place_of(self.first, *number).and_then(|place| self.places.get(place));
            match found {
                Some(place) => rungs.push(rung(place, clock)),
                None => lost = lost.saturating_add(1),
            }
        }
        (rungs, lost)
    }

    /// The strip's call is over and told: its messages stay until their room is wanted, but nobody
    /// finds them any more.
    pub fn end(&mut self, strip: StripId) {
        self.strips.end(strip);
    }

    /// The counters.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        Figures {
            held: count(self.places.len()),
            octets: count(self.octets),
            ..self.figures
        }
    }
}

fn place_of(first: u64, number: u64) -> Option<usize> {
    usize::try_from(number.checked_sub(first)?).ok()
}

fn rung(place: &Place, clock: &Clock) -> Rung {
    let Sighting {
        at,
        flow,
        way,
        bytes,
    } = &place.sighting;
    Rung {
        at: clock.wall(*at),
        leg: place.leg,
        way: *way,
        transport: flow.transport.name().to_owned(),
        local: flow.local,
        remote: flow.remote,
        steps: place.steps,
        text: redacted(bytes),
    }
}
