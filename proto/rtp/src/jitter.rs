//! The jitter buffer: packets go in as the network brings them, frames come out one after another,
//! as late as the network makes necessary and no later.
//!
//! Each packet's transit (its arrival minus its timestamp) is compared with the least one of the
//! last seconds. What nearly all packets stay below is the delay that is aimed at. Where the delay
//! falls short of it, a frame is put in between at once; where it is too long, silence is
//! shortened, and failing that a frame is left out now and then. Drift of clocks and a changed
//! route look just the same and are cured in the same way.

mod course;
mod delays;
mod playhead;
mod slots;

use std::time::Duration;

use machine::Instant;

use course::{Course, Step};
use delays::Delays;
use playhead::{Judgement, Pace, Playhead};
use slots::{Entry, SLOTS, Slots};

pub use playhead::CONCEALED_IN_A_ROW;

/// The shortest delay, unless [`Settings`] say otherwise.
pub const LEAST_DELAY: Duration = Duration::from_millis(20);

/// The longest delay, unless [`Settings`] say otherwise. A packet that comes later is lost.
pub const MOST_DELAY: Duration = Duration::from_millis(400);

/// The delay that is aimed at before anything was measured.
pub const START_DELAY: Duration = Duration::from_millis(60);

/// The longest payload a buffer can be made for, in octets.
pub const MOST_PAYLOAD: usize = 2_048;

/// A transit that differs by more than this from the others is of a sender that set its
/// timestamps anew, or of a network that stood still.
const RESYNC: Duration = Duration::from_secs(2);

/// So many packets in a row beyond the longest delay are no stragglers: the route has changed.
const LATE_IN_A_ROW: u32 = 8;

/// What a buffer is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Timestamp units per second.
    pub clock: u32,
    /// The length of a packet's sound until two packets in a row have shown another.
    pub frame: Duration,
    /// The shortest delay.
    pub least: Duration,
    /// The longest delay.
    pub most: Duration,
    /// Octets of the longest payload, at most [`MOST_PAYLOAD`].
    pub payload: usize,
}

impl Settings {
    /// Frames of 20 ms and the usual delays, for payloads of at most so many octets.
    #[must_use]
    pub fn new(clock: u32, payload: usize) -> Self {
        Self {
            clock,
            frame: Duration::from_millis(20),
            least: LEAST_DELAY,
            most: MOST_DELAY,
            payload,
        }
    }
}

/// What a packet carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Content {
    /// Sound to be played.
    Sound,
    /// Nothing to be played: comfort noise (RFC 3389) or a key press (RFC 4733). Until the next
    /// sound nothing is missing.
    Quiet,
}

/// A packet on its way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Synchronisation source.
    pub ssrc: u32,
    /// Sequence number.
    pub seq: u16,
    /// Timestamp in units of the buffer's clock.
    pub ts: u32,
    /// Marker bit: the first of a spurt of talk (RFC 3551 section 4.1).
    pub marker: bool,
    /// What it carries.
    pub content: Content,
    /// The payload; it is copied.
    pub payload: &'a [u8],
}

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Put {
    /// It waits for its turn.
    Kept,
    /// It came before.
    Duplicate,
    /// Its place was passed, or it took longer than the longest delay.
    Late,
    /// Too far from the others; it begins the stream anew if the next one follows it.
    Stray,
    /// Longer than the buffer's payloads.
    TooLong,
}

/// What is to be heard next, for the time of one frame ([`JitterBuffer::frame`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// This payload, whose packet came in time.
    Sound(&'a [u8]),
    /// Something that is not there and must be concealed.
    Lost {
        /// The payload of the very next packet, if that is there: it may tell of the lost one.
        fec: Option<&'a [u8]>,
    },
    /// Nothing: nobody speaks.
    Silence,
}

/// Figures of a buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Packets that came, all of them.
    pub received: u64,
    /// Packets whose sound was given out.
    pub played: u64,
    /// Packets passed over that had not come; some of them are `late` afterwards.
    pub lost: u64,
    /// Packets that came when their place was passed.
    pub late: u64,
    /// Packets that came again.
    pub duplicates: u64,
    /// Packets that were there and were left out to shorten the delay or to make room.
    pub skipped: u64,
    /// Frames given out as lost, those that lengthen the delay included.
    pub concealed: u64,
    /// How often the stream began anew after its first beginning.
    pub restarts: u64,
    /// How long the last packet that was played had waited, beyond the fastest one's transit.
    pub delay: Duration,
    /// The delay that is aimed at.
    pub target: Duration,
}

/// What is given out next, and from which slot.
enum Next {
    Sound(usize),
    Lost(Option<usize>),
    Silence,
}

/// The jitter buffer of one stream. It allocates when it is made and never again.
#[derive(Debug)]
pub struct JitterBuffer {
    clock: u32,
    course: Option<Course>,
    slots: Slots,
    delays: Delays,
    pace: Pace,
    head: Playhead,
    /// Packets in a row beyond the longest delay.
    late_in_a_row: u32,
    figures: Figures,
}

impl JitterBuffer {
    /// Packets that can wait at once.
    pub const SLOTS: usize = SLOTS;

    /// An empty buffer. Bounds that contradict each other are drawn together: the longest delay
    /// has room for at least two frames beyond the shortest.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let clock = settings.clock.max(1);
        let frame = units(settings.frame, clock).max(1);
        let least = units(settings.least, clock);
        let most = units(settings.most, clock).max(least + 2 * frame);
        let start = units(START_DELAY, clock);
        Self {
            clock,
            course: None,
            slots: Slots::new(settings.payload.min(MOST_PAYLOAD)),
            delays: Delays::new(least, most, start),
            pace: Pace::new(frame),
            head: Playhead::new(),
            late_in_a_row: 0,
            figures: Figures::default(),
        }
    }

    /// The length of a packet's sound as it was found: that of the next frame given out.
    #[must_use]
    pub fn frame(&self) -> Duration {
        time(self.pace.step(), self.clock)
    }

    /// The figures so far.
    #[must_use]
    pub fn figures(&self) -> Figures {
        Figures {
            target: time(self.delays.target(self.pace.step()), self.clock),
            ..self.figures
        }
    }

    /// Takes a packet that arrives now.
    pub fn put(&mut self, packet: &Packet<'_>, now: Instant) -> Put {
        self.figures.received += 1;
        if packet.payload.len() > self.slots.payload_bytes() {
            return Put::TooLong;
        }
        let now = arrival(now, self.clock);
        let Some((seq, ts)) = self.place(packet, now) else {
            return Put::Stray;
        };
        if self.head.was_given(seq) || self.slots.holds(seq) {
            self.figures.duplicates += 1;
            return Put::Duplicate;
        }
        let passed = self.head.is_behind(seq);
        let in_time = match packet.content {
            Content::Quiet => true,
            Content::Sound => self.measure(seq, ts, now, passed),
        };
        if passed || !in_time {
            self.figures.late += 1;
            return Put::Late;
        }
        self.keep(seq, ts, packet)
    }

    /// Gives the next frame. To be called whenever the one before has run out, with the present
    /// moment: that is how the buffer sees how far it is behind.
    pub fn pull(&mut self, now: Instant) -> Frame<'_> {
        let now = arrival(now, self.clock);
        match self.next(now) {
            Next::Sound(slot) => Frame::Sound(self.slots.payload(slot)),
            Next::Lost(fec) => {
                self.figures.concealed += 1;
                let fec = fec.map(|slot| self.slots.payload(slot));
                Frame::Lost { fec }
            }
            Next::Silence => Frame::Silence,
        }
    }

    /// Where the packet lies in the stream; `None` for a stray one.
    fn place(&mut self, packet: &Packet<'_>, now: i64) -> Option<(i64, i64)> {
        let usual = self.delays.least_transit();
        let resync = units(RESYNC, self.clock).unsigned_abs();
        let jumps = |ts: i64| {
            packet.content == Content::Sound
                && usual.is_some_and(|usual| usual.abs_diff(now - ts) > resync)
        };
        let Some(course) = &mut self.course else {
            return Some(self.begin(packet));
        };
        match course.follow(packet.ssrc, packet.seq, packet.ts) {
            Step::Here { seq, ts } if !jumps(ts) => {
                course.advance(seq, ts);
                return Some((seq, ts));
            }
            // a spurt of talk that begins somewhere else needs no second witness
            Step::Here { .. } | Step::Far => {
                if !packet.marker && !course.repeats(packet.seq) {
                    return None;
                }
            }
            Step::Other => {}
        }
        Some(self.begin(packet))
    }

    /// Learns from when a packet of sound came; false when that is beyond the longest delay. Where
    /// many in a row are, transits are found anew.
    fn measure(&mut self, seq: i64, ts: i64, now: i64, passed: bool) -> bool {
        let transit = now - ts;
        if passed {
            self.delays.take(transit, true);
            return true;
        }
        if self.delays.are_beyond(transit) {
            self.late_in_a_row += 1;
            if self.late_in_a_row < LATE_IN_A_ROW {
                return false;
            }
            self.figures.restarts += 1;
            self.delays.forget();
            self.head.rest();
        }
        self.late_in_a_row = 0;
        self.delays.take(transit, false);
        self.pace.take(seq, ts);
        true
    }

    /// Begins the stream anew with this packet; what waits of the old one is left out. The delay
    /// aimed at stays, for the network is the same.
    fn begin(&mut self, packet: &Packet<'_>) -> (i64, i64) {
        if self.course.is_some() {
            self.figures.restarts += 1;
            self.figures.skipped += self.slots.clear();
        }
        let course = Course::new(packet.ssrc, packet.seq, packet.ts);
        self.course = Some(course);
        self.head = Playhead::new();
        self.late_in_a_row = 0;
        self.delays.forget();
        course.position()
    }

    fn keep(&mut self, seq: i64, ts: i64, packet: &Packet<'_>) -> Put {
        let entry = Entry {
            seq,
            ts,
            quiet: packet.content == Content::Quiet,
        };
        match self.slots.keep(entry, packet.payload) {
            Ok(pushed_out) => {
                self.figures.skipped += u64::from(pushed_out);
                Put::Kept
            }
            Err(slots::Passed) => {
                self.figures.late += 1;
                Put::Late
            }
        }
    }

    fn next(&mut self, now: i64) -> Next {
        let Some(usual) = self.delays.least_transit() else {
            self.pass_quiet();
            return Next::Silence;
        };
        // what the playhead would be at without any delay
        let now = now - usual;
        let step = self.pace.step();
        let target = self.delays.target(step);
        self.leave_out_overdue(now);
        match self.head.judge(now, target, step) {
            Judgement::Steady => {}
            Judgement::TooShort => return Next::Lost(None),
            Judgement::Long if self.at_hole() => self.head.pass_hole(step),
            Judgement::Long => {}
            Judgement::TooLong => self.leave_out(step),
        }
        self.pass_quiet();
        self.frame_at_head(now, step)
    }

    fn frame_at_head(&mut self, now: i64, step: i64) -> Next {
        let Some((slot, entry)) = self.slots.first() else {
            return if self.head.run_dry(step) {
                Next::Silence
            } else {
                Next::Lost(None)
            };
        };
        if self.head.is_due(&entry, step) {
            self.slots.free(slot);
            self.figures.lost += self.head.give(&entry, step);
            self.figures.played += 1;
            self.figures.delay = time(now - entry.ts, self.clock);
            return Next::Sound(slot);
        }
        match self.head.missing_before(&entry) {
            0 => {
                self.head.rest();
                Next::Silence
            }
            missing => {
                self.head.pass_hole(step);
                Next::Lost((missing == 1 && !entry.quiet).then_some(slot))
            }
        }
    }

    /// Is what comes next known to be missing?
    fn at_hole(&self) -> bool {
        let step = self.pace.step();
        self.slots.first().is_some_and(|(_, entry)| {
            !self.head.is_due(&entry, step) && self.head.missing_before(&entry) > 0
        })
    }

    /// Leaves out one frame, there or not.
    fn leave_out(&mut self, step: i64) {
        match self.slots.first() {
            Some((slot, entry)) if self.head.is_due(&entry, step) => self.skip(slot, &entry),
            Some(_) | None => self.head.pass_hole(step),
        }
    }

    /// Leaves out what has waited longer than the longest delay: frames were not asked for.
    fn leave_out_overdue(&mut self, now: i64) {
        let oldest = now - self.delays.most();
        while let Some((slot, entry)) = self.slots.first() {
            if entry.ts >= oldest || entry.quiet {
                break;
            }
            self.skip(slot, &entry);
        }
        self.head.not_before(oldest);
    }

    fn skip(&mut self, slot: usize, entry: &Entry) {
        self.slots.free(slot);
        self.figures.lost += self.head.give(entry, self.pace.step());
        self.figures.skipped += 1;
    }

    /// Takes out what has nothing to play as its turn comes.
    fn pass_quiet(&mut self) {
        while let Some((slot, entry)) = self.slots.first() {
            if !entry.quiet || !self.head.is_due(&entry, self.pace.step()) {
                break;
            }
            self.slots.free(slot);
            self.figures.lost += self.head.give(&entry, 0);
            self.head.rest();
        }
    }
}

/// A time in units of a clock.
fn units(time: Duration, clock: u32) -> i64 {
    let units = time.as_nanos().saturating_mul(clock.into()) / 1_000_000_000;
    // beyond this nothing is added to it that could overflow
    i64::try_from(units).unwrap_or(i64::MAX).min(i64::MAX / 8)
}

fn arrival(now: Instant, clock: u32) -> i64 {
    units(Duration::from_nanos(now.as_nanos()), clock)
}

/// Units of a clock as time; none for a negative number.
fn time(units: i64, clock: u32) -> Duration {
    let nanos = u128::try_from(units).unwrap_or(0) * 1_000_000_000 / u128::from(clock);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
