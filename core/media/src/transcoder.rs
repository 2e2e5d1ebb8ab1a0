//! Sound in one codec made into sound in another: packets go in as the network brings them,
//! payloads come out one after another.
//!
//! The jitter buffer gives a frame whenever the one before has run out; it is decoded, or made up
//! where it was lost, brought to the rate that both codecs can do, and waits until a packet of the
//! listener's own length is full. Where nothing comes for long nothing is made either.

mod hearing;
mod incoming;
mod presses;
mod writing;

use std::time::Duration;

use machine::Instant;
use rtp::jitter::{Content, LEAST_DELAY};
use rtp::{Event, Header};

use crate::format::Format;
use crate::wants::Wants;
use presses::Presses;

pub(crate) use hearing::{Hearing, rate_of};
pub(crate) use incoming::{Incoming, Pulled, SHORTEST};
pub(crate) use presses::scale;
pub(crate) use writing::{LONGEST_PAYLOAD, Writing, ptime_of};

/// A payload that was made, with its numbers as of a source of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Made {
    pub(crate) octets: usize,
    pub(crate) seq: u16,
    pub(crate) ts: u32,
    /// The first after silence.
    pub(crate) marker: bool,
}

/// How far the way has come in time and in numbers.
#[derive(Clone, Copy, Debug)]
struct Course {
    /// When the next frame is pulled.
    pull_at: Instant,
    /// When the next packet may be sent.
    send_at: Instant,
    seq: u16,
    ts: u32,
    /// Nothing was sent between the last packet and the next.
    gap: bool,
}

/// Makes the packets of one stream into those of another. It allocates when it is made and never
/// again.
#[derive(Debug)]
pub(crate) struct Transcoder {
    incoming: Incoming,
    to: Format,
    wants: Wants,
    writing: Writing,
    course: Course,
    presses: Presses,
}

impl Transcoder {
    /// From a format to another as its listener wants it; `first` is a payload that tells how long
    /// packets are. `None` where one of the two is not spoken here, or both are the same codec.
    pub(crate) fn new(
        from: Format,
        to: Format,
        wants: Wants,
        first: &[u8],
        now: Instant,
    ) -> Option<Transcoder> {
        if !from.is_spoken() || !to.is_spoken() {
            return None;
        }
        let hearing = Hearing::new(from.codec, to.codec)?;
        Some(Transcoder {
            to,
            wants,
            writing: Writing::new(to, &wants, hearing.rate())?,
            incoming: Incoming::new(from, hearing, first, LEAST_DELAY),
            course: Course {
                pull_at: now,
                send_at: now,
                seq: 0,
                ts: 0,
                gap: true,
            },
            presses: Presses::default(),
        })
    }

    /// Whether it is the one from this format to that one, as the listener wants it.
    pub(crate) fn is_between(&self, from: Format, to: Format, wants: &Wants) -> bool {
        self.incoming.format() == from && self.to == to && self.wants == *wants
    }

    /// What is made.
    pub(crate) fn to(&self) -> Format {
        self.to
    }

    /// Takes a packet that arrives now; whether it begins to run by it.
    pub(crate) fn put(
        &mut self,
        header: &Header,
        content: Content,
        payload: &[u8],
        now: Instant,
    ) -> bool {
        let ts = self.present_ts(now);
        let begins = self.incoming.put(header, content, payload, now);
        if begins {
            self.course = Course {
                pull_at: now,
                send_at: now,
                ts,
                gap: true,
                ..self.course
            };
        }
        begins
    }

    /// When there is something to do; `None` while nobody speaks.
    pub(crate) fn due(&self) -> Option<Instant> {
        let course = self.course;
        let next = if self.writing.is_full() {
            course.pull_at.min(course.send_at)
        } else {
            course.pull_at
        };
        self.incoming.is_running().then_some(next)
    }

    /// Gives up what is late by more than so many frames.
    pub(crate) fn catch_up(&mut self, now: Instant, frames: u8) {
        let most = self.incoming.length() * u32::from(frames);
        if now.saturating_since(self.course.pull_at) > most {
            self.course.pull_at = now;
            self.course.send_at = now;
        }
    }

    /// Makes the next payload that is due by now.
    pub(crate) fn make(&mut self, now: Instant, payload: &mut [u8]) -> Option<Made> {
        while self.incoming.is_running() {
            if self.writing.is_full() && self.course.send_at <= now {
                match self.write(payload) {
                    Some(made) => return Some(made),
                    None => continue,
                }
            }
            if self.course.pull_at > now {
                break;
            }
            self.pull();
        }
        None
    }

    /// The numbers of a packet of a key press among those that are made; `None` for one that came
    /// too late to be of use.
    pub(crate) fn press(&mut self, header: &Header, event: Event, now: Instant) -> Option<Made> {
        let clocks = (self.incoming.format().clock, self.to.clock);
        let next = self.present_ts(now);
        let ts = self.presses.take(header, event, next, clocks)?;
        let seq = self.course.seq;
        self.course.seq = seq.wrapping_add(1);
        // No silence is sent beside it.
        self.incoming.hush();
        Some(Made {
            octets: 0,
            seq,
            ts,
            marker: header.marker,
        })
    }

    /// Frames that were made up since it was last asked.
    pub(crate) fn take_concealed(&mut self) -> u64 {
        self.incoming.take_concealed()
    }

    /// The timestamp of what is made next: while nothing is, time goes on.
    fn present_ts(&self, now: Instant) -> u32 {
        let Course { ts, pull_at, .. } = self.course;
        if self.incoming.is_running() {
            ts
        } else {
            let idle = now.saturating_since(pull_at);
            ts.wrapping_add(units(idle, self.to.clock))
        }
    }

    /// Pulls one frame, at the moment it was due.
    fn pull(&mut self) {
        let at = self.course.pull_at;
        match self.incoming.pull(at) {
            Pulled::Frame(lasts) => {
                self.pass_on(at);
                self.course.pull_at = at + lasts;
            }
            Pulled::Pause(lasts) => {
                let passed = units(lasts, self.to.clock);
                self.course.ts = self.course.ts.wrapping_add(passed);
                self.course.pull_at = at + lasts;
            }
            Pulled::Rest => {
                let forgotten = self.writing.clear();
                self.course.ts = self.course.ts.wrapping_add(forgotten);
            }
        }
    }

    /// Hands what was heard at this moment to the writing half.
    fn pass_on(&mut self, at: Instant) {
        if !self.writing.is_full() {
            self.course.send_at = self.course.send_at.max(at);
        }
        self.writing.take(self.incoming.frame());
    }

    /// Writes one packet; `None` where nothing need be sent of it.
    fn write(&mut self, payload: &mut [u8]) -> Option<Made> {
        let octets = self.writing.write(payload);
        let Course {
            seq, ts, send_at, ..
        } = self.course;
        self.course.ts = ts.wrapping_add(self.writing.units());
        self.course.send_at = send_at + self.writing.lasts();
        if octets == 0 {
            self.course.gap = true;
            return None;
        }
        self.course.seq = seq.wrapping_add(1);
        let marker = std::mem::take(&mut self.course.gap);
        Some(Made {
            octets,
            seq,
            ts,
            marker,
        })
    }
}

/// A time in units of a clock, as timestamps count it.
fn units(time: Duration, clock: u32) -> u32 {
    let units = time.as_micros() * u128::from(clock) / 1_000_000;
    u32::try_from(units & u128::from(u32::MAX)).unwrap_or(0)
}

#[cfg(test)]
pub(crate) mod tests;
