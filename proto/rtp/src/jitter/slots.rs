//! Where packets wait: fixed places, found by their numbers.

/// Packets that can wait at once: 1.28 s of frames of 20 ms.
pub(super) const SLOTS: usize = 64;

/// A packet that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) seq: i64,
    pub(super) ts: i64,
    /// Is there nothing to play in it?
    pub(super) quiet: bool,
}

/// A place and how much of its payload is used.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    entry: Option<Entry>,
    octets: usize,
}

/// A younger packet has the place: this one's time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Passed;

/// All places. A payload stays readable after its place was given free, until another comes.
#[derive(Debug)]
pub(super) struct Slots {
    slots: [Slot; SLOTS],
    payloads: Vec<u8>,
    payload_bytes: usize,
}

impl Slots {
    /// Empty places for payloads of so many octets.
    pub(super) fn new(payload_bytes: usize) -> Self {
        Self {
            slots: [Slot::default(); SLOTS],
            payloads: vec![0; SLOTS * payload_bytes],
            payload_bytes,
        }
    }

    pub(super) fn payload_bytes(&self) -> usize {
        self.payload_bytes
    }

    /// Keeps a packet; true when an older one had to give way, by a whole buffer's length.
    pub(super) fn keep(&mut self, entry: Entry, payload: &[u8]) -> Result<bool, Passed> {
        let index = index_of(entry.seq);
        let start = index * self.payload_bytes;
        let Some(slot) = self.slots.get_mut(index) else {
            return Err(Passed);
        };
        if slot.entry.is_some_and(|old| old.seq > entry.seq) {
            return Err(Passed);
        }
        let pushed_out = slot.entry.replace(entry).is_some();
        slot.octets = payload.len();
        if let Some(place) = self.payloads.get_mut(start..start + payload.len()) {
            place.copy_from_slice(payload);
        }
        Ok(pushed_out)
    }

    /// Does this packet wait?
    pub(super) fn holds(&self, seq: i64) -> bool {
        let slot = self.slots.get(index_of(seq));
        let entry = slot.and_then(|slot| slot.entry);
        entry.is_some_and(|entry| entry.seq == seq)
    }

    /// The packet whose turn is first, and its place.
    pub(super) fn first(&self) -> Option<(usize, Entry)> {
        let taken = self.slots.iter().enumerate();
        let taken = taken.filter_map(|(index, slot)| Some((index, slot.entry?)));
        taken.min_by_key(|(_, entry)| entry.seq)
    }

    /// Gives a place free.
    pub(super) fn free(&mut self, index: usize) {
        if let Some(slot) = self.slots.get_mut(index) {
            slot.entry = None;
        }
    }

    /// Gives all places free; tells how many were taken.
    pub(super) fn clear(&mut self) -> u64 {
        let entries = self.slots.iter_mut().map(|slot| slot.entry.take());
        entries.map(|entry| u64::from(entry.is_some())).sum()
    }

    /// The payload last kept in a place.
    pub(super) fn payload(&self, index: usize) -> &[u8] {
        let start = index * self.payload_bytes;
        let octets = self.slots.get(index).map_or(0, |slot| slot.octets);
        self.payloads.get(start..start + octets).unwrap_or_default()
    }
}

/// The place of a number.
fn index_of(seq: i64) -> usize {
    let [.., low] = seq.to_be_bytes();
    usize::from(low) % SLOTS
}
