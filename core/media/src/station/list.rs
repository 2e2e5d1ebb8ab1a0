//! The sounds of a station one after the other.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use machine::{Instant, Random};

use super::{Item, STATION_RATE};

/// Samples before the end of a sound at which the next is wished for: 5 s.
const AHEAD: usize = 5 * STATION_RATE as usize;

/// When a wish of which nothing was heard is made again.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);

/// How soon the list is tried again when nothing at all could be had.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

/// Samples of short sounds that are kept to be played again: 60 s.
const KEPT_SAMPLES: usize = 60 * STATION_RATE as usize;

/// How long they are. What was changed since is heard then.
const KEPT_FOR: Duration = Duration::from_secs(60);

/// The order of a playlist.
#[derive(Debug)]
struct Order {
    places: Vec<usize>,
    at: usize,
    shuffled: bool,
    random: Random,
}

impl Order {
    fn new(listed: usize, shuffled: bool, random: Random) -> Order {
        Order {
            places: (0..listed).collect(),
            // so that the first question shuffles
            at: listed,
            shuffled,
            random,
        }
    }

    fn next(&mut self) -> Item {
        if self.at >= self.places.len() {
            self.begin_anew();
        }
        let place = self.places.get(self.at).copied();
        self.at += 1;
        place.map_or(Item::Default, Item::Listed)
    }

    fn begin_anew(&mut self) {
        self.at = 0;
        if !self.shuffled {
            return;
        }
        let last = self.places.last().copied();
        self.random.shuffle(&mut self.places);
        // what was heard last is not heard first
        if self.places.len() > 1 && self.places.first().copied() == last {
            self.places.rotate_left(1);
        }
    }
}

/// What comes after what is heard.
#[derive(Debug)]
enum Next {
    /// Nothing was asked for.
    Open,
    /// It was wished for.
    Wished(Item, Instant),
    /// It is here.
    Here(Arc<[i16]>),
    /// Nothing at all could be had.
    Nothing(Instant),
}

/// A sound that was played lately.
#[derive(Debug)]
struct Kept {
    item: Item,
    samples: Arc<[i16]>,
    came: Instant,
}

/// A playlist, playing.
#[derive(Debug)]
pub(super) struct List {
    order: Order,
    listed: usize,
    playing: Option<(Arc<[i16]>, usize)>,
    next: Next,
    /// How many in a row could not be had.
    missing: usize,
    /// Latest last, at most [`KEPT_SAMPLES`] in all.
    kept: VecDeque<Kept>,
}

impl List {
    pub(super) fn new(listed: usize, shuffled: bool, random: Random) -> List {
        List {
            order: Order::new(listed, shuffled, random),
            listed,
            playing: None,
            next: Next::Open,
            missing: 0,
            kept: VecDeque::new(),
        }
    }

    /// Whether there is anything to be played.
    pub(super) fn has_sound(&self) -> bool {
        let next = match &self.next {
            Next::Here(_) => true,
            Next::Open | Next::Wished(..) | Next::Nothing(_) => false,
        };
        next || self.playing.is_some()
    }

    /// The sound that is to be fetched now.
    pub(super) fn wants(&mut self, now: Instant) -> Option<Item> {
        match &self.next {
            Next::Here(_) => return None,
            Next::Wished(_, at) if now < *at + ANSWERED_WITHIN => return None,
            Next::Wished(item, _) => {
                let item = *item;
                self.next = Next::Wished(item, now);
                return Some(item);
            }
            Next::Nothing(at) if now < *at + AGAIN_AFTER => return None,
            Next::Nothing(_) | Next::Open => {}
        }
        let left = self
            .playing
            .as_ref()
            .map_or(0, |(samples, at)| samples.len().saturating_sub(*at));
        if left > AHEAD {
            return None;
        }
        let all_missing = self.listed > 0 && self.missing >= self.listed;
        let item = if all_missing {
            Item::Default
        } else {
            self.order.next()
        };
        if let Some(samples) = self.lately(item, now) {
            self.missing = 0;
            self.next = Next::Here(samples);
            return None;
        }
        self.next = Next::Wished(item, now);
        Some(item)
    }

    /// What was wished for has come, or is not to be had.
    pub(super) fn came(&mut self, item: Item, samples: Option<Arc<[i16]>>, now: Instant) {
        let wished = match &self.next {
            Next::Wished(wished, _) => *wished == item,
            Next::Open | Next::Here(_) | Next::Nothing(_) => false,
        };
        if !wished {
            return;
        }
        match samples.filter(|samples| !samples.is_empty()) {
            Some(samples) => {
                self.missing = 0;
                self.keep(item, &samples, now);
                self.next = Next::Here(samples);
            }
            None if item == Item::Default => {
                self.missing = 0;
                self.next = Next::Nothing(now);
            }
            None => {
                self.missing += 1;
                self.next = Next::Open;
            }
        }
    }

    /// Fills a frame; what is missing of it is silence.
    pub(super) fn play(&mut self, frame: &mut [i16]) {
        let mut filled = 0;
        while filled < frame.len() {
            let Some((samples, at)) = &mut self.playing else {
                match std::mem::replace(&mut self.next, Next::Open) {
                    Next::Here(samples) => self.playing = Some((samples, 0)),
                    other @ (Next::Open | Next::Wished(..) | Next::Nothing(_)) => {
                        self.next = other;
                        return;
                    }
                }
                continue;
            };
            let rest = samples.get(*at..).unwrap_or_default();
            let room = frame.get_mut(filled..).unwrap_or_default();
            let count = rest.len().min(room.len());
            for (to, from) in room.iter_mut().zip(rest) {
                *to = *from;
            }
            filled += count;
            *at += count;
            if *at >= samples.len() {
                self.playing = None;
            }
        }
    }

    fn lately(&self, item: Item, now: Instant) -> Option<Arc<[i16]>> {
        let mut kept = self.kept.iter();
        let found = kept.find(|kept| kept.item == item && now < kept.came + KEPT_FOR);
        found.map(|kept| Arc::clone(&kept.samples))
    }

    fn keep(&mut self, item: Item, samples: &Arc<[i16]>, now: Instant) {
        self.kept.retain(|kept| kept.item != item);
        self.kept.push_back(Kept {
            item,
            samples: Arc::clone(samples),
            came: now,
        });
        let all = |kept: &VecDeque<Kept>| kept.iter().map(|one| one.samples.len()).sum::<usize>();
        while all(&self.kept) > KEPT_SAMPLES {
            self.kept.pop_front();
        }
    }
}
