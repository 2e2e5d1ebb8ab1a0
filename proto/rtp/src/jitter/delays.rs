//! How late packets come: the transits of the last seconds, and the delay that lets nearly all of
//! them be in time.

/// Packets looked back at: 10 s of frames of 20 ms.
const WINDOW: usize = 500;

/// Parts into which delays from none to the longest are sorted.
const BUCKETS: usize = 128;

/// Share of packets that are to be in time, in thousandths.
const IN_TIME: usize = 980;

/// Packets between two looks at the whole window.
const LOOK_EVERY: u32 = 10;

/// Transits and what follows from them, all in timestamp units.
#[derive(Debug)]
pub(super) struct Delays {
    /// Arrival minus timestamp, of which only differences mean anything.
    transits: Vec<i64>,
    /// The place of the next one once the window is full.
    at: usize,
    /// The least of them.
    least_transit: i64,
    since_look: u32,
    least: i64,
    most: i64,
    target: i64,
}

impl Delays {
    /// Nothing measured; delays lie between these bounds, and `start` is aimed at first.
    pub(super) fn new(least: i64, most: i64, start: i64) -> Self {
        Self {
            transits: Vec::with_capacity(WINDOW),
            at: 0,
            least_transit: 0,
            since_look: 0,
            least,
            most,
            target: start.clamp(least, most),
        }
    }

    /// The transit of the fastest packet; `None` before the first.
    pub(super) fn least_transit(&self) -> Option<i64> {
        (!self.transits.is_empty()).then_some(self.least_transit)
    }

    /// The longest delay.
    pub(super) fn most(&self) -> i64 {
        self.most
    }

    /// The delay to aim at, with frames of this length: one frame of waiting for the next pull
    /// still lies within the bounds.
    pub(super) fn target(&self, step: i64) -> i64 {
        self.target.min((self.most - step).max(self.least))
    }

    /// Forgets the transits and keeps the target.
    pub(super) fn forget(&mut self) {
        self.transits.clear();
        self.at = 0;
        self.since_look = 0;
    }

    /// Is a packet of this transit beyond the longest delay?
    pub(super) fn are_beyond(&self, transit: i64) -> bool {
        self.least_transit()
            .is_some_and(|least| transit - least > self.most)
    }

    /// Takes a packet's transit; after one whose place was passed the target is found anew at
    /// once. What is beyond the longest delay says nothing of shorter ones and is left out.
    pub(super) fn take(&mut self, transit: i64, passed: bool) {
        if self.are_beyond(transit) {
            return;
        }
        self.insert(transit);
        self.since_look += 1;
        if passed || self.since_look >= LOOK_EVERY {
            self.since_look = 0;
            self.aim();
        }
    }

    fn insert(&mut self, transit: i64) {
        if self.transits.len() < WINDOW {
            self.least_transit = match self.least_transit() {
                Some(least) => least.min(transit),
                None => transit,
            };
            self.transits.push(transit);
            return;
        }
        let Some(place) = self.transits.get_mut(self.at) else {
            return;
        };
        let old = std::mem::replace(place, transit);
        self.at = (self.at + 1) % WINDOW;
        if transit <= self.least_transit {
            self.least_transit = transit;
        } else if old == self.least_transit {
            self.least_transit = self.transits.iter().copied().min().unwrap_or(transit);
        }
    }

    /// Up at once, down by a quarter of the way.
    fn aim(&mut self) {
        let wanted = self.wanted().clamp(self.least, self.most);
        self.target = if wanted >= self.target {
            wanted
        } else {
            self.target - ((self.target - wanted) / 4).max(1)
        };
    }

    /// The delay within which the share of packets came that is to be in time.
    fn wanted(&self) -> i64 {
        let width = (self.most / 128).max(1);
        let mut histogram = [0_usize; BUCKETS];
        for transit in &self.transits {
            let bucket = usize::try_from((transit - self.least_transit) / width);
            let bucket = bucket.unwrap_or(usize::MAX).min(BUCKETS - 1);
            if let Some(count) = histogram.get_mut(bucket) {
                *count += 1;
            }
        }
        let enough = (self.transits.len() * IN_TIME).div_ceil(1000);
        let mut sum = 0;
        let edges = histogram.iter().zip((1..).map(|edge| edge * width));
        let reached = edges.filter_map(|(count, edge)| {
            sum += count;
            (sum >= enough).then_some(edge)
        });
        reached.min().unwrap_or(self.most)
    }
}
