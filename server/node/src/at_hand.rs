//! Sound of companies that is encoded and at hand while it is used: what was used longest ago goes
//! first. Whoever still plays what has gone holds it until it has played it.

use machine::Instant;
use media::Prompt;
use std::collections::BTreeMap;
use std::ops::RangeBounds;
use std::sync::Arc;
use std::time::Duration;

/// What an entry counts for beside the octets of its sound.
const ENTRY: usize = 512;
/// How long it is believed that there is nothing to be heard.
pub(crate) const NOTHING_FOR: Duration = Duration::from_secs(60);

/// How it stands with a sound.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    /// Here it is.
    Here(Arc<Prompt>),
    /// There is nothing to be heard.
    Nothing,
    /// It is on its way.
    Comes,
    /// It is to be asked for, and counts as asked for from now on.
    Wanted,
}

enum What {
    Asked(Instant),
    Nothing(Instant),
    Here(Arc<Prompt>),
}

struct Entry {
    what: What,
    /// The turn in which it was used last.
    used: u64,
}

impl Entry {
    fn octets(&self) -> usize {
        match &self.what {
            What::Here(prompt) => ENTRY + prompt.len(),
            What::Asked(_) | What::Nothing(_) => ENTRY,
        }
    }
}

/// A memory of sounds, each by what was asked for.
pub(crate) struct AtHand<K> {
    most: usize,
    /// When a question of which nothing was heard is asked again.
    patience: Duration,
    entries: BTreeMap<K, Entry>,
    octets: usize,
    dropped: u64,
    turn: u64,
}

impl<K: Ord + Clone> AtHand<K> {
    /// A memory of so many octets, of which questions are answered within so long.
    pub(crate) fn new(most: usize, patience: Duration) -> AtHand<K> {
        AtHand {
            most,
            patience,
            entries: BTreeMap::new(),
            octets: 0,
            dropped: 0,
            turn: 0,
        }
    }

    /// Octets at hand.
    pub(crate) fn octets(&self) -> usize {
        self.octets
    }

    /// How often one had to go for another.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// How it stands with a sound.
    pub(crate) fn of(&mut self, key: &K, now: Instant) -> Found {
        self.turn += 1;
        if let Some(entry) = self.entries.get_mut(key) {
            entry.used = self.turn;
            match &entry.what {
                What::Here(prompt) => return Found::Here(Arc::clone(prompt)),
                What::Asked(at) if now < *at + self.patience => return Found::Comes,
                What::Nothing(at) if now < *at + NOTHING_FOR => return Found::Nothing,
                What::Asked(_) | What::Nothing(_) => {}
            }
        }
        self.put(key, What::Asked(now));
        Found::Wanted
    }

    /// What was asked for has come, or there is nothing; whether anybody still wants it.
    pub(crate) fn came(&mut self, key: &K, found: Option<Arc<Prompt>>, now: Instant) -> bool {
        let wanted = self.entries.contains_key(key);
        if wanted {
            self.put(key, found.map_or(What::Nothing(now), What::Here));
        }
        wanted
    }

    /// Forgets all of a range for which this holds.
    pub(crate) fn forget(&mut self, range: impl RangeBounds<K>, which: impl Fn(&K) -> bool) {
        let gone = self.entries.extract_if(range, |key, _| which(key));
        let octets: usize = gone.map(|(_, entry)| entry.octets()).sum();
        self.octets = self.octets.saturating_sub(octets);
    }

    fn put(&mut self, key: &K, what: What) {
        self.remove(key);
        let used = self.turn;
        let entry = Entry { what, used };
        self.octets += entry.octets();
        self.entries.insert(key.clone(), entry);
        while self.octets > self.most
            && let Some(oldest) = self.oldest_but(key)
        {
            self.remove(&oldest);
            self.dropped += 1;
        }
    }

    fn remove(&mut self, key: &K) {
        if let Some(entry) = self.entries.remove(key) {
            self.octets = self.octets.saturating_sub(entry.octets());
        }
    }

    /// What was used longest ago, of all others.
    fn oldest_but(&self, key: &K) -> Option<K> {
        let others = self.entries.iter().filter(|(other, _)| *other != key);
        let oldest = others.min_by_key(|(_, entry)| entry.used);
        oldest.map(|(key, _)| key.clone())
    }
}
