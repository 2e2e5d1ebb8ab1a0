//! What a window of one lane cost, and what it brought.

use crate::metrics::{Figures, Metrics};
use crate::near::Near;
use crate::process::Process;
use crate::rtpengine::Rtpengine;
use crate::spread::Quantiles;
use crate::voices::Voices;
use crate::windows::Lane;
use machine::Instant;
use serde::Serialize;
use std::io;
use std::time::Duration;

/// How the exchange calls its media threads.
const MEDIA: &str = "media-";

/// One window.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Window {
    pub(crate) lane: Lane,
    /// How long parties talked.
    pub(crate) seconds: f64,
    /// Packets that parties said.
    pub(crate) sent: f64,
    /// Packets that the relay handed to the kernel, by its own count where it tells.
    pub(crate) moved: f64,
    /// Packets that parties heard.
    pub(crate) heard: f64,
    /// Processor time of the thread that moves packets.
    pub(crate) thread_seconds: f64,
    /// The same of its whole process, where that is not the driver's.
    pub(crate) process_seconds: f64,
    /// Packets moved per second of the thread's processor time.
    pub(crate) per_core_second: f64,
    /// From the packet's sender to its hearer, microseconds.
    pub(crate) micros: Quantiles,
}

/// Counters of a lane; they only grow.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    sent: f64,
    moved: f64,
    heard: f64,
}

/// Processor times of a lane; they only grow.
#[derive(Clone, Copy, Debug, Default)]
struct Times {
    thread: Duration,
    process: Duration,
}

/// The parties of all lanes.
pub(crate) struct Parties<'p> {
    pub(crate) far: &'p mut Voices,
    pub(crate) near: Option<&'p mut Near>,
}

/// Reads counters before and after.
pub(crate) struct Meter {
    process: Process,
    metrics: Metrics,
    counts: Counts,
    times: Times,
    begun: Instant,
    seconds: f64,
}

impl Meter {
    pub(crate) fn new(process: Process, metrics: Metrics) -> Meter {
        Meter {
            process,
            metrics,
            counts: Counts::default(),
            times: Times::default(),
            begun: Instant::ZERO,
            seconds: 0.0,
        }
    }

    /// The exchange's own figures.
    ///
    /// # Errors
    /// They cannot be had.
    pub(crate) fn figures(&mut self) -> io::Result<Figures> {
        self.metrics.read()
    }

    /// A window begins. Asking the exchange costs it time, so times are read after that.
    ///
    /// # Errors
    /// Figures cannot be had.
    pub(crate) fn begin(&mut self, lane: Lane, parties: &mut Parties<'_>) -> io::Result<()> {
        self.counts = self.counts(lane, parties)?;
        parties.voices(lane).take_delays();
        self.times = self.times(lane, parties);
        Ok(())
    }

    /// Parties begin to talk.
    pub(crate) fn talks(&mut self, now: Instant) {
        self.begun = now;
    }

    /// Parties are silent again.
    pub(crate) fn is_still(&mut self, now: Instant) {
        self.seconds = now.saturating_since(self.begun).as_secs_f64();
    }

    /// The window is over.
    ///
    /// # Errors
    /// Figures cannot be had.
    pub(crate) fn end(&mut self, lane: Lane, parties: &mut Parties<'_>) -> io::Result<Window> {
        let times = self.times(lane, parties);
        let counts = self.counts(lane, parties)?;
        let moved = counts.moved - self.counts.moved;
        let seconds = |now: Duration, before: Duration| now.saturating_sub(before).as_secs_f64();
        let thread_seconds = seconds(times.thread, self.times.thread);
        Ok(Window {
            lane,
            seconds: self.seconds,
            sent: counts.sent - self.counts.sent,
            moved,
            heard: counts.heard - self.counts.heard,
            thread_seconds,
            process_seconds: seconds(times.process, self.times.process),
            per_core_second: per(moved, thread_seconds),
            micros: parties.voices(lane).take_delays(),
        })
    }

    fn counts(&mut self, lane: Lane, parties: &mut Parties<'_>) -> io::Result<Counts> {
        let voices = parties.voices(lane);
        let all = voices.heard();
        let heard = count(all.received + voices.foreign());
        let moved = match lane {
            Lane::Exchange => self.figures()?.sum("rtp_sent_total"),
            Lane::Bare => parties
                .near
                .as_ref()
                .map_or(0.0, |near| count(near.bare.moved())),
            // what it hands to the kernel it does not say
            Lane::Direct | Lane::Rtpengine => heard,
        };
        Ok(Counts {
            sent: count(all.sent),
            moved,
            heard,
        })
    }

    fn times(&self, lane: Lane, parties: &Parties<'_>) -> Times {
        let (thread, process) = match lane {
            Lane::Exchange => (
                self.process.cpu_of_threads(MEDIA),
                self.process.cpu_of_threads(""),
            ),
            Lane::Bare => (parties.near.as_ref().and_then(|near| near.bare.cpu()), None),
            Lane::Direct => (None, None),
            Lane::Rtpengine => {
                let relay = parties
                    .near
                    .as_ref()
                    .and_then(|near| near.rtpengine.as_ref());
                let all = relay.and_then(Rtpengine::cpu);
                (all, all)
            }
        };
        Times {
            thread: thread.unwrap_or_default(),
            process: process.unwrap_or_default(),
        }
    }
}

impl Parties<'_> {
    /// Those of a lane.
    pub(crate) fn voices(&mut self, lane: Lane) -> &mut Voices {
        match (lane, &mut self.near) {
            (Lane::Bare | Lane::Direct | Lane::Rtpengine, Some(near)) => &mut near.voices,
            (Lane::Bare | Lane::Direct | Lane::Rtpengine, None) | (Lane::Exchange, _) => self.far,
        }
    }
}

/// So many for each second; 0 when there was no time.
fn per(count: f64, seconds: f64) -> f64 {
    if seconds > 0.0 { count / seconds } else { 0.0 }
}

fn count(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_is_no_rate() {
        assert!((per(30.0, 1.5) - 20.0).abs() < 1e-9);
        assert!(per(30.0, 0.0).abs() < 1e-9);
    }
}
