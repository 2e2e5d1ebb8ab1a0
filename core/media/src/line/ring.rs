//! A ring of packets of words between two threads, without locks.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// The ring. What is put there becomes visible as a whole: the count of packets is raised behind
/// their words, and their places are used again behind the count of those that were fetched.
#[derive(Debug)]
pub(super) struct Ring {
    words: Box<[AtomicU64]>,
    /// Words of one packet.
    width: usize,
    /// Packets that there is room for.
    room: usize,
    put: AtomicUsize,
    fetched: AtomicUsize,
}

impl Ring {
    /// An empty ring of so many packets of so many words each.
    pub(super) fn new(room: usize, width: usize) -> Ring {
        Ring {
            words: (0..room * width).map(|_| AtomicU64::new(0)).collect(),
            width,
            room,
            put: AtomicUsize::new(0),
            fetched: AtomicUsize::new(0),
        }
    }

    /// Packets that wait.
    pub(super) fn waiting(&self) -> usize {
        let fetched = self.fetched.load(Ordering::Acquire);
        self.put.load(Ordering::Acquire).wrapping_sub(fetched)
    }

    /// Puts a packet behind the others; false where there is no room. What is missing of its words
    /// stays as it was there, and what is too much is left out.
    pub(super) fn put(&self, words: &mut dyn Iterator<Item = u64>) -> bool {
        if self.waiting() >= self.room {
            return false;
        }
        let put = self.put.load(Ordering::Relaxed);
        for (place, word) in self.place(put).iter().zip(words) {
            place.store(word, Ordering::Relaxed);
        }
        self.put.store(put.wrapping_add(1), Ordering::Release);
        true
    }

    /// Fetches the first packet, word by word with its place; `None` where there is none.
    pub(super) fn fetch(&self, mut word: impl FnMut(usize, u64)) -> Option<()> {
        if self.waiting() == 0 {
            return None;
        }
        let fetched = self.fetched.load(Ordering::Relaxed);
        for (at, place) in self.place(fetched).iter().enumerate() {
            word(at, place.load(Ordering::Relaxed));
        }
        self.fetched
            .store(fetched.wrapping_add(1), Ordering::Release);
        Some(())
    }

    /// The words of a packet by its number.
    fn place(&self, number: usize) -> &[AtomicU64] {
        let begin = (number % self.room) * self.width;
        self.words
            .get(begin..begin + self.width)
            .unwrap_or_default()
    }
}
