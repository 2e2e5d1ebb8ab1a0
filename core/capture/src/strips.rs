//! Which messages of the ring are one call's.

use crate::bounds::Bounds;

/// Messages of a call's beginning that are never left out.
const BEGINNING: usize = 64;

/// Names a strip; never means another one later. The default names none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StripId {
    place: usize,
    generation: u32,
}

/// The number of a message in the ring, and its octets.
type Seen = (u64, usize);

#[derive(Debug, Default)]
struct Strip {
    seen: Vec<Seen>,
    octets: usize,
    left_out: u32,
    /// Steps of the call's explanation so far.
    steps: u16,
}

/// What came of adding a message.
pub(crate) struct Added {
    /// Messages that had to be left out for it.
    pub(crate) left_out: u64,
    /// Steps of the call's explanation before it.
    pub(crate) steps: u16,
}

/// All strips, by their place.
#[derive(Debug, Default)]
pub(crate) struct Strips {
    places: Vec<(u32, Option<Strip>)>,
    free: Vec<usize>,
}

impl Strips {
    pub(crate) fn begin(&mut self) -> StripId {
        let place = self.free.pop().unwrap_or_else(|| {
            self.places.push((0, None));
            self.places.len() - 1
        });
        let mut generation = 0;
        if let Some((number, strip)) = self.places.get_mut(place) {
            *number = number.wrapping_add(1);
            *strip = Some(Strip::default());
            generation = *number;
        }
        StripId { place, generation }
    }

    /// Adds a message, unless the strip has ended.
    pub(crate) fn add(&mut self, id: StripId, seen: Seen, bounds: &Bounds) -> Option<Added> {
        let strip = self.get_mut(id)?;
        strip.seen.push(seen);
        strip.octets += seen.1;
        let mut left_out: u32 = 0;
        while strip.seen.len() > bounds.call_messages.max(1) || strip.octets > bounds.call_octets {
            let kept = BEGINNING.min(bounds.call_messages / 2);
            let middle = kept.min(strip.seen.len().saturating_sub(2));
            if strip.seen.len() <= middle.max(1) {
                break;
            }
            strip.octets -= strip.seen.remove(middle).1;
            left_out += 1;
        }
        strip.left_out = strip.left_out.saturating_add(left_out);
        Some(Added {
            left_out: left_out.into(),
            steps: strip.steps,
        })
    }

    /// The call's explanation has so many steps now.
    pub(crate) fn explained(&mut self, id: StripId, steps: u16) {
        if let Some(strip) = self.get_mut(id) {
            strip.steps = steps;
        }
    }

    /// A strip's messages, and how many were left out.
    pub(crate) fn numbers(&self, id: StripId) -> (&[Seen], u32) {
        let found = self.places.get(id.place);
        let found = found.filter(|(generation, _)| *generation == id.generation);
        match found.and_then(|(_, strip)| strip.as_ref()) {
            Some(strip) => (&strip.seen, strip.left_out),
            None => (&[], 0),
        }
    }

    /// Forgets a strip; gives its messages.
    pub(crate) fn end(&mut self, id: StripId) -> Vec<Seen> {
        let found = self.places.get_mut(id.place);
        let found = found.filter(|(generation, _)| *generation == id.generation);
        let Some(strip) = found.and_then(|(_, strip)| strip.take()) else {
            return Vec::new();
        };
        self.free.push(id.place);
        strip.seen
    }

    fn get_mut(&mut self, id: StripId) -> Option<&mut Strip> {
        let (generation, strip) = self.places.get_mut(id.place)?;
        strip.as_mut().filter(|_| *generation == id.generation)
    }
}
