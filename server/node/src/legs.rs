//! The table of legs: who owns a transaction, and which leg of which call that is.

use crate::calls::CallKey;
use crate::remembered::Seat;
use capture::StripId;
use ids::TrunkId;
use sip_leg::SipLeg;
use sip_stack::transaction::Owner;

/// One leg and where it belongs.
pub(crate) struct Entry {
    pub(crate) sip: SipLeg,
    pub(crate) call: CallKey,
    /// Its call's messages.
    pub(crate) strip: StripId,
    /// Our tag, as the dialog directory knows it.
    pub(crate) tag: String,
    pub(crate) call_id: String,
    /// The trunk's peer that it tries.
    pub(crate) attempt: Option<(TrunkId, u8)>,
    pub(crate) wake: Option<machine::TimerHandle>,
    pub(crate) wake_at: Option<machine::Instant>,
}

impl Entry {
    /// Where its messages are.
    pub(crate) fn seat(&self) -> Seat {
        (self.strip, self.sip.leg().number())
    }
}

enum Place {
    Free { next: Option<u32> },
    Taken(Box<Entry>),
}

/// Legs by their owner number, which is never given twice.
#[derive(Default)]
pub(crate) struct Legs {
    places: Vec<(u32, Place)>,
    free: Option<u32>,
    taken: usize,
}

impl Legs {
    pub(crate) fn len(&self) -> usize {
        self.taken
    }

    /// The owner number the next leg will have.
    pub(crate) fn next_owner(&self) -> Owner {
        let index = self
            .free
            .unwrap_or(u32::try_from(self.places.len()).unwrap_or(u32::MAX));
        let at = usize::try_from(index).unwrap_or(usize::MAX);
        owner(
            index,
            self.places.get(at).map_or(1, |(generation, _)| *generation),
        )
    }

    /// Puts a leg where [`Legs::next_owner`] said it would be.
    pub(crate) fn insert(&mut self, entry: Entry) -> Owner {
        let number = self.next_owner();
        let taken = Place::Taken(Box::new(entry));
        self.taken += 1;
        if let Some(index) = self.free {
            let at = usize::try_from(index).unwrap_or(usize::MAX);
            if let Some((_, place)) = self.places.get_mut(at) {
                if let Place::Free { next } = place {
                    self.free = *next;
                }
                *place = taken;
            }
        } else {
            self.places.push((1, taken));
        }
        number
    }

    pub(crate) fn get(&self, number: Owner) -> Option<&Entry> {
        let (index, generation) = split(number);
        match self.places.get(index)? {
            (known, Place::Taken(entry)) if *known == generation => Some(entry),
            _ => None,
        }
    }

    pub(crate) fn get_mut(&mut self, number: Owner) -> Option<&mut Entry> {
        let (index, generation) = split(number);
        match self.places.get_mut(index)? {
            (known, Place::Taken(entry)) if *known == generation => Some(entry),
            _ => None,
        }
    }

    pub(crate) fn remove(&mut self, number: Owner) -> Option<Entry> {
        self.get(number)?;
        let (index, _) = split(number);
        let (generation, place) = self.places.get_mut(index)?;
        // the two highest bits of an owner number are for watches and messages
        *generation = (generation.wrapping_add(1) & (u32::MAX >> 2)).max(1);
        let gone = std::mem::replace(place, Place::Free { next: self.free });
        self.free = u32::try_from(index).ok();
        self.taken -= 1;
        match gone {
            Place::Taken(entry) => Some(*entry),
            Place::Free { .. } => None,
        }
    }
}

fn owner(index: u32, generation: u32) -> Owner {
    Owner(u64::from(generation) << 32 | u64::from(index))
}

fn split(number: Owner) -> (usize, u32) {
    let bytes = number.0.to_be_bytes();
    let [g0, g1, g2, g3, i0, i1, i2, i3] = bytes;
    let index = u32::from_be_bytes([i0, i1, i2, i3]);
    (
        usize::try_from(index).unwrap_or(usize::MAX),
        u32::from_be_bytes([g0, g1, g2, g3]),
    )
}
