//! Packets through the exchange beside the same through a relay with nothing in it and through
//! nothing at all, in turns and in one run.

use crate::callees::Callees;
use crate::callers::Callers;
use crate::clock::{Clock, Pace};
use crate::description::Ports;
use crate::meter::{Meter, Parties, Window};
use crate::metrics::Metrics;
use crate::near::Near;
use crate::process::Process;
use crate::rtpengine::Running;
use crate::sides::Sides;
use crate::sys::Core;
use crate::tally::Outcome;
use crate::target::Target;
use crate::voices::Voices;
use crate::windows::{Change, Lane, Turns};
use crate::wire::{Way, Wire, Work, drive};
use machine::Instant;
use serde::Serialize;
use std::io::{self, Write};
use std::net::SocketAddrV4;
use std::time::Duration;

/// Calls begun per second.
const RATE: f64 = 300.0;
/// All calls are up for so long before anything is measured.
const SETTLE: Duration = Duration::from_secs(1);
/// Calls stay up for so long after the last window.
const SLACK: Duration = Duration::from_millis(1_500);
/// Every window may begin so much late.
const LATE: Duration = Duration::from_millis(150);
/// Fewest packets that may be under way.
const FEWEST: usize = 64;

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Calls that are up.
    pub(crate) calls: u32,
    /// Windows of each lane.
    pub(crate) rounds: u32,
    /// How long one is.
    pub(crate) length: Duration,
    /// Nobody talks, and the exchange plays: there is one lane.
    pub(crate) listens: bool,
    /// Where the bare relay runs.
    pub(crate) core: Option<Core>,
    /// Another relay to be compared with.
    pub(crate) rtpengine: Option<Running>,
    /// Where the exchange tells its figures.
    pub(crate) api: SocketAddrV4,
    /// The key for that.
    pub(crate) key: String,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Found {
    pub(crate) calls: u32,
    /// Sockets of the exchange with all calls up.
    pub(crate) sockets: f64,
    /// Octets by which the exchange's private memory grew for each call.
    pub(crate) octets_per_call: f64,
    /// Parties that heard packets which nobody protected.
    pub(crate) plain: u32,
    /// Parties that heard nobody.
    pub(crate) deaf: u32,
    /// Packets heard of somebody else than who was called.
    pub(crate) strange: u64,
    pub(crate) windows: Vec<Window>,
    pub(crate) outcome: Outcome,
}

struct Beside<'t> {
    asked: &'t Asked,
    clock: Clock,
    process: Process,
    sides: Sides<'t>,
    near: Option<Near>,
    turns: Turns,
    meter: Meter,
    seen: Seen,
}

/// What was seen so far.
#[derive(Default)]
struct Seen {
    /// When the last call had begun.
    begun: Option<Instant>,
    memory: u64,
    sockets: f64,
    octets: f64,
    windows: Vec<Window>,
    trouble: Option<io::Error>,
}

/// Measures.
///
/// # Errors
/// The driver's addresses are in use, nobody says whose process to watch, or figures cannot be had.
pub(crate) fn run(target: &Target, asked: &Asked) -> io::Result<Found> {
    let process = target.process.ok_or(io::ErrorKind::InvalidInput)?;
    let lanes = match (asked.listens, target.suite, asked.rtpengine) {
        (true, _, _) => &[Lane::Exchange][..],
        (false, Some(_), _) => &[Lane::Exchange, Lane::Bare],
        (false, None, None) => &[Lane::Exchange, Lane::Bare, Lane::Direct],
        (false, None, Some(_)) => &[Lane::Exchange, Lane::Bare, Lane::Direct, Lane::Rtpengine],
    };
    let turns = Turns::new(asked.rounds, lanes, asked.length);
    let windows = asked.rounds * u32::try_from(lanes.len()).unwrap_or(1);
    let ramp = Duration::from_secs_f64(f64::from(asked.calls) / RATE);
    let hold = ramp + SETTLE + turns.span() + LATE * windows + SLACK;
    let clock = Clock::start();
    let mut wire = Wire::bind(&[target.local, target.callee])?;
    let mut ports = Ports::new();
    let mut near = match asked.listens {
        true => None,
        false => Some(Near::start(
            target,
            asked.calls,
            (asked.core, asked.rtpengine),
            (&mut ports, &wire),
        )?),
    };
    let mut far = Voices::new(*target.local.ip());
    far.pause();
    let voices = near.as_mut().map(|near| &mut near.voices);
    for voices in voices.into_iter().chain([&mut far]) {
        // half of a frame: 10 ms of what all say
        voices.restrain(usize::try_from(asked.calls).unwrap_or(0).max(FEWEST));
    }
    let mut beside = Beside {
        asked,
        clock,
        process,
        sides: Sides {
            callers: Callers::new(target, Pace::new(asked.calls, RATE), hold),
            callees: Callees::new(target),
            voices: Some(far),
            ports,
        },
        near,
        turns,
        meter: Meter::new(process, Metrics::open(asked.api, &asked.key)?),
        seen: Seen {
            memory: process.memory().unwrap_or(0),
            ..Seen::default()
        },
    };
    let limit = ramp * 2 + hold + Duration::from_secs(20);
    drive(&mut beside, &mut wire, clock, limit);
    beside.found(hold)
}

impl Beside<'_> {
    fn found(mut self, hold: Duration) -> io::Result<Found> {
        if let Some(trouble) = self.seen.trouble.take() {
            return Err(trouble);
        }
        let far = self.sides.voices.map(|far| (far.heard(), far.plain()));
        let (heard, plain) = far.unwrap_or_default();
        Ok(Found {
            calls: self.asked.calls,
            sockets: self.seen.sockets,
            octets_per_call: self.seen.octets,
            plain,
            deaf: heard.deaf,
            strange: heard.strange,
            windows: self.seen.windows,
            outcome: self.sides.callers.tally.outcome(RATE, hold, None),
        })
    }

    /// Does what is due with the lanes.
    fn measure(&mut self, now: Instant) -> io::Result<()> {
        if self.sides.callers.tally.begun < self.asked.calls {
            return Ok(());
        }
        let begun = *self.seen.begun.get_or_insert(now);
        if now < begun + SETTLE {
            return Ok(());
        }
        while let Some((lane, change)) = self.turns.take(now) {
            self.change(lane, change, now)?;
        }
        Ok(())
    }

    fn change(&mut self, lane: Lane, change: Change, now: Instant) -> io::Result<()> {
        let Some(far) = &mut self.sides.voices else {
            return Ok(());
        };
        let near = self.near.as_mut();
        let mut parties = Parties { far, near };
        match change {
            Change::Warm => {
                match (lane, &mut parties.near) {
                    (Lane::Bare, Some(near)) => near.through_the_relay(now),
                    (Lane::Direct, Some(near)) => near.among_themselves(now),
                    (Lane::Rtpengine, Some(near)) => near.through_rtpengine(now),
                    (Lane::Exchange, _) | (Lane::Bare | Lane::Direct | Lane::Rtpengine, None) => {}
                }
                self.talk(lane, now);
            }
            Change::Still => parties.voices(lane).pause(),
            Change::Count => {
                self.meter.begin(lane, &mut parties)?;
                // it took a while, which is no delay of a packet
                let now = self.clock.now();
                self.talk(lane, now);
                self.meter.talks(now);
            }
            Change::Drain => {
                parties.voices(lane).pause();
                self.meter.is_still(now);
            }
            Change::End => {
                if self.asked.listens {
                    // what is played does not pause
                    self.meter.is_still(now);
                }
                let window = self.meter.end(lane, &mut parties)?;
                self.end(window)?;
            }
        }
        Ok(())
    }

    fn talk(&mut self, lane: Lane, now: Instant) {
        if let (Some(far), false) = (&mut self.sides.voices, self.asked.listens) {
            let near = self.near.as_mut();
            Parties { far, near }.voices(lane).resume(now);
        }
    }

    /// Keeps a window. With the first, all calls have been heard: what they take of memory is
    /// there.
    fn end(&mut self, window: Window) -> io::Result<()> {
        if self.seen.windows.is_empty() {
            let grown = self.process.memory().unwrap_or(0);
            let grown = grown.saturating_sub(self.seen.memory);
            let grown = f64::from(u32::try_from(grown).unwrap_or(u32::MAX));
            self.seen.octets = grown / f64::from(self.asked.calls.max(1));
            self.seen.sockets = self.meter.figures()?.sum("media_sockets");
        }
        tell(&window);
        self.seen.windows.push(window);
        Ok(())
    }
}

/// Progress goes to the standard error.
fn tell(window: &Window) {
    let lane = match window.lane {
        Lane::Exchange => "exchange",
        Lane::Bare => "bare relay",
        Lane::Direct => "direct",
        Lane::Rtpengine => "rtpengine",
    };
    let (rate, loss) = (
        window.per_core_second,
        window.sent.max(window.moved) - window.heard,
    );
    // Nobody is left to be told when this fails.
    let _told = writeln!(
        io::stderr(),
        "   {lane:<10} {:>9.0} packets, {rate:>9.0} per core second, {:>7} us p50, {:>7} us p99, \
         {loss:.0} not heard",
        window.moved,
        window.micros.p50,
        window.micros.p99,
    );
}

impl Work for Beside<'_> {
    fn turn(&mut self, now: Instant, wire: &mut Wire) {
        self.sides.turn(now, wire);
        if let Err(error) = self.measure(now) {
            self.seen.trouble.get_or_insert(error);
        }
        let now = self.clock.now();
        let near = self.near.as_mut().map(|near| &mut near.voices);
        for voices in self.sides.voices.as_mut().into_iter().chain(near) {
            voices.turn(now);
        }
    }

    fn message(&mut self, way: Way, octets: &[u8], now: Instant, wire: &mut Wire) {
        self.sides.message(way, octets, now, wire);
    }

    fn ready(&mut self, token: u64, now: Instant) {
        let near = self.near.as_mut();
        if near.is_some_and(|near| near.ready(token, now)) {
            return;
        }
        if let Some(far) = &mut self.sides.voices {
            far.ready(token, now);
        }
    }

    fn is_over(&self) -> bool {
        let done = self.turns.is_over() && self.sides.callers.is_over();
        done || self.seen.trouble.is_some()
    }
}
