//! The table of legs: who owns a transaction, and which leg of which call that is.

use crate::calls::CallKey;
use crate::remembered::Seat;
use crate::trunks::{Gauge, Talk};
use capture::StripId;
use ids::{DeviceId, TrunkId};
use sip_leg::SipLeg;
use sip_stack::transaction::Owner;
use std::collections::BTreeSet;

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
    /// It began by a connection, for the length of its INVITE, or because its peer wants one.
    pub(crate) streams: bool,
    /// What is measured of that trunk.
    pub(crate) gauge: Option<Gauge>,
    /// Since when it talks by a trunk.
    pub(crate) talk: Option<Talk>,
    /// Whose phone it is with.
    pub(crate) device: Option<DeviceId>,
    /// The connection under which it is found; 0 for datagrams.
    pub(crate) connection: u64,
    /// Its connection is gone, and its phone has no other flow yet.
    pub(crate) adrift: Option<Box<Adrift>>,
    pub(crate) wake: Option<machine::TimerHandle>,
    pub(crate) wake_at: Option<machine::Instant>,
}

impl Entry {
    /// Where its messages are.
    pub(crate) fn seat(&self) -> Seat {
        (self.strip, self.sip.leg().number())
    }
}

/// What is known of a phone whose connection is gone.
pub(crate) struct Adrift {
    /// Its instance.
    pub(crate) instance: Option<Box<str>>,
    /// Its contact; none where it had registered by another flow.
    pub(crate) contact: Option<Box<str>>,
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
    /// Those on connections, and those with phones.
    by_connection: BTreeSet<(u64, Owner)>,
    by_device: BTreeSet<(DeviceId, Owner)>,
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
        if entry.connection != 0 {
            self.by_connection.insert((entry.connection, number));
        }
        if let Some(device) = entry.device {
            self.by_device.insert((device, number));
        }
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
        // the four highest bits of an owner number are for others than legs
        *generation = (generation.wrapping_add(1) & (u32::MAX >> 4)).max(1);
        let gone = std::mem::replace(place, Place::Free { next: self.free });
        self.free = u32::try_from(index).ok();
        self.taken -= 1;
        let Place::Taken(entry) = gone else {
            return None;
        };
        self.by_connection.remove(&(entry.connection, number));
        if let Some(device) = entry.device {
            self.by_device.remove(&(device, number));
        }
        Some(*entry)
    }

    /// A leg's flow may be another one than before.
    pub(crate) fn note_flow(&mut self, number: Owner) {
        let Some(entry) = self.get_mut(number) else {
            return;
        };
        let now = entry.sip.flow().connection;
        let before = std::mem::replace(&mut entry.connection, now);
        if before == now {
            return;
        }
        self.by_connection.remove(&(before, number));
        if now != 0 {
            self.by_connection.insert((now, number));
        }
    }

    /// The legs on a connection.
    pub(crate) fn on_connection(&self, connection: u64) -> Vec<Owner> {
        let span = (connection, Owner(0))..=(connection, Owner(u64::MAX));
        self.by_connection
            .range(span)
            .map(|(_, leg)| *leg)
            .collect()
    }

    /// The legs with a device's phones.
    pub(crate) fn of_device(&self, device: DeviceId) -> Vec<Owner> {
        self.with(device).collect()
    }

    /// Whether there is any.
    pub(crate) fn has_any_of(&self, device: DeviceId) -> bool {
        self.with(device).next().is_some()
    }

    fn with(&self, device: DeviceId) -> impl Iterator<Item = Owner> {
        let span = (device, Owner(0))..=(device, Owner(u64::MAX));
        self.by_device.range(span).map(|(_, leg)| *leg)
    }

    /// All legs.
    pub(crate) fn owners(&self) -> Vec<Owner> {
        let all = self.places.iter().zip(0..).filter_map(|(place, index)| {
            let (generation, place) = place;
            match place {
                Place::Taken(_) => Some(owner(index, *generation)),
                Place::Free { .. } => None,
            }
        });
        all.collect()
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
