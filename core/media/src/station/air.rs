//! What a station sends: the latest seconds of it in each codec, in a ring without locks that one
//! thread writes and any number read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use machine::Instant;

use crate::format::Codec;
use crate::prompts::OCTETS_PER_MS;

/// Milliseconds that are kept.
pub const AIR_MS: u64 = 4_096;

/// The count of listeners of what is on the air no more.
const CLOSED: u32 = u32::MAX;

/// What a station sends. It has a place for each millisecond of a codec, 8 octets, and says which
/// milliseconds are there; one that is written over while it is read is not heard.
#[derive(Debug)]
pub struct Air {
    /// The moment of millisecond 0.
    zero: Instant,
    pcmu: Box<[AtomicU64]>,
    pcma: Box<[AtomicU64]>,
    g722: Box<[AtomicU64]>,
    /// The first millisecond that was ever sent.
    first: AtomicU64,
    /// The first millisecond that is not there yet.
    next: AtomicU64,
    listeners: AtomicU32,
}

impl Air {
    /// Nothing was sent yet.
    #[must_use]
    pub fn new(zero: Instant) -> Air {
        let ring = || (0..AIR_MS).map(|_| AtomicU64::new(0)).collect();
        Air {
            zero,
            pcmu: ring(),
            pcma: ring(),
            g722: ring(),
            first: AtomicU64::new(0),
            next: AtomicU64::new(0),
            listeners: AtomicU32::new(0),
        }
    }

    /// Begins to listen; `None` where it is on the air no more.
    #[must_use]
    pub fn tune(self: &Arc<Air>) -> Option<Tuned> {
        let one_more = |count| (count < CLOSED - 1).then(|| count + 1);
        let counted = self
            .listeners
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, one_more);
        counted.ok().map(|_| Tuned(Arc::clone(self)))
    }

    /// Whether it can be listened to.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.listeners.load(Ordering::Acquire) != CLOSED
    }

    /// How many listen.
    #[must_use]
    pub fn listeners(&self) -> u32 {
        match self.listeners.load(Ordering::Acquire) {
            CLOSED => 0,
            count => count,
        }
    }

    /// Goes off the air, unless somebody listens; whether it has.
    #[must_use]
    pub fn close(&self) -> bool {
        let closed =
            self.listeners
                .compare_exchange(0, CLOSED, Ordering::AcqRel, Ordering::Acquire);
        closed.is_ok()
    }

    /// What is sent first is heard at this moment.
    pub(super) fn begin_at(&self, now: Instant) {
        let ms = self.at(now);
        self.first.store(ms, Ordering::Release);
        self.next.store(ms, Ordering::Release);
    }

    /// Leaves out what ought to have been heard by now.
    pub(super) fn skip_to(&self, now: Instant) {
        let (at, next) = (self.at(now), self.next.load(Ordering::Relaxed));
        if next < at {
            self.begin_at(now);
        }
    }

    /// Whether what is sent next is heard before a moment.
    pub(super) fn is_before(&self, until: Instant) -> bool {
        self.next.load(Ordering::Relaxed) < self.at(until)
    }

    /// Sends a frame in PCMU, PCMA and G.722, each of 8 octets for each millisecond.
    pub(super) fn send(&self, frame: [&[u8]; 3]) {
        let next = self.next.load(Ordering::Relaxed);
        let [pcmu, pcma, g722] = frame;
        let mut lasts = 0;
        for (ring, octets) in [(&self.pcmu, pcmu), (&self.pcma, pcma), (&self.g722, g722)] {
            let (words, _) = octets.as_chunks::<OCTETS_PER_MS>();
            for (ms, word) in (next..).zip(words) {
                if let Some(place) = place(ring, ms) {
                    place.store(u64::from_le_bytes(*word), Ordering::Release);
                }
            }
            lasts = words.len();
        }
        let lasts = u64::try_from(lasts).unwrap_or(0);
        self.next.store(next + lasts, Ordering::Release);
    }

    /// Copies what is heard at a moment and on, to fill the room, in whole milliseconds; its
    /// octets. None are where it is not there, or is in no such codec.
    pub(crate) fn hear(&self, codec: Codec, at: Instant, room: &mut [u8]) -> usize {
        let ring = match codec {
            Codec::Pcmu => &self.pcmu,
            Codec::Pcma => &self.pcma,
            Codec::G722 => &self.g722,
            Codec::Opus | Codec::Event | Codec::Comfort | Codec::Other(_) => return 0,
        };
        let from = self.at(at);
        let (places, _) = room.as_chunks_mut::<OCTETS_PER_MS>();
        let lasts = u64::try_from(places.len()).unwrap_or(0);
        if !self.has(from, lasts) {
            return 0;
        }
        for (ms, to) in (from..).zip(places.iter_mut()) {
            let word = place(ring, ms).map_or(0, |place| place.load(Ordering::Acquire));
            *to = word.to_le_bytes();
        }
        let octets = places.len() * OCTETS_PER_MS;
        if self.has(from, lasts) { octets } else { 0 }
    }

    fn has(&self, from: u64, lasts: u64) -> bool {
        let next = self.next.load(Ordering::Acquire);
        let first = self.first.load(Ordering::Acquire);
        // the writer may be within a frame behind what it has told of
        let kept = next.saturating_add(super::FRAME_MS).saturating_sub(AIR_MS);
        from >= first.max(kept) && from.saturating_add(lasts) <= next
    }

    fn at(&self, moment: Instant) -> u64 {
        let since = moment.saturating_since(self.zero).as_millis();
        u64::try_from(since).unwrap_or(u64::MAX)
    }
}

fn place(ring: &[AtomicU64], ms: u64) -> Option<&AtomicU64> {
    ring.get(usize::try_from(ms % AIR_MS).ok()?)
}

/// One listener. While there is one the station plays.
#[derive(Debug)]
pub struct Tuned(Arc<Air>);

impl Tuned {
    /// What is listened to.
    #[must_use]
    pub fn air(&self) -> &Arc<Air> {
        &self.0
    }
}

impl Clone for Tuned {
    /// One listener more.
    fn clone(&self) -> Tuned {
        // this one listens, so it is not closed
        self.0.listeners.fetch_add(1, Ordering::AcqRel);
        Tuned(Arc::clone(&self.0))
    }
}

impl Drop for Tuned {
    fn drop(&mut self) {
        self.0.listeners.fetch_sub(1, Ordering::AcqRel);
    }
}

impl PartialEq for Tuned {
    /// Whether both listen to the same.
    fn eq(&self, other: &Tuned) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
