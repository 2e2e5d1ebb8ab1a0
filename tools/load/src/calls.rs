//! Whole calls: callers and callees in one process, the exchange between them.

use crate::callees::Callees;
use crate::callers::Callers;
use crate::clock::{Clock, Pace, whole};
use crate::description::Ports;
use crate::process::{CpuSpan, Process};
use crate::sides::Sides;
use crate::tally::Outcome;
use crate::target::Target;
use crate::voices::{Heard, Voices};
use crate::wire::{Way, Wire, Work, drive};
use machine::Instant;
use serde::Serialize;
use std::io;
use std::time::Duration;

/// What is called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Calling {
    /// How many calls.
    pub(crate) count: u32,
    /// How many per second.
    pub(crate) rate: f64,
    /// How long each is up.
    pub(crate) hold: Duration,
    /// Whether both parties talk: 50 packets of G.711 per second each.
    pub(crate) voices: bool,
}

impl Calling {
    /// Calls in which nobody talks, for so many seconds.
    pub(crate) fn silent(rate: f64, seconds: f64, hold: Duration) -> Calling {
        Calling {
            count: whole(rate * seconds),
            rate,
            hold,
            voices: false,
        }
    }

    /// Calls in which both talk; all are up at once for so many seconds.
    pub(crate) fn talking(count: u32, rate: f64, seconds: f64) -> Calling {
        let ramp = f64::from(count) / rate.max(0.001);
        Calling {
            count,
            rate,
            hold: Duration::from_secs_f64(ramp + seconds),
            voices: true,
        }
    }
}

/// What became of the calls.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Called {
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
    /// Most calls at once.
    pub(crate) most_live: u32,
    /// 200s of callees that had to be said again.
    pub(crate) answers_repeated: u32,
    /// Octets of the exchange's memory per call, while all were up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) octets_per_call: Option<f64>,
    /// Share of a core the exchange used while all calls were up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cores_while_up: Option<f64>,
    /// What the parties heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) heard: Option<Heard>,
}

struct Parties<'t> {
    sides: Sides<'t>,
    gauge: Gauge,
}

/// Looks at the exchange while all calls are up.
struct Gauge {
    process: Option<Process>,
    wanted: u32,
    before: Option<u64>,
    span: Option<(Instant, CpuSpan)>,
    octets: Option<f64>,
    cores: Option<f64>,
}

/// Processor time is watched from the moment all calls are up for at least so long.
const WATCH: Duration = Duration::from_secs(2);

impl Gauge {
    fn look(&mut self, live: u32, now: Instant) {
        if live < self.wanted {
            if let Some((since, span)) = self.span.take()
                && self.cores.is_none()
                && now.saturating_since(since) >= WATCH
            {
                let seconds = now.saturating_since(since).as_secs_f64();
                self.cores = span.seconds().map(|cpu| cpu / seconds);
                self.octets = self.memory();
            }
        } else if self.span.is_none() {
            self.span = Some((now, CpuSpan::begin(self.process)));
        }
    }

    fn memory(&self) -> Option<f64> {
        let now = self.process?.memory()?;
        let grown = u32::try_from(now.saturating_sub(self.before?)).ok()?;
        Some(f64::from(grown) / f64::from(self.wanted.max(1)))
    }
}

/// Makes the calls.
///
/// # Errors
/// The driver's addresses are in use.
pub(crate) fn run(target: &Target, calling: Calling) -> io::Result<Called> {
    let pace = Pace::new(calling.count, calling.rate);
    let clock = Clock::start();
    let mut parties = Parties {
        sides: Sides {
            callers: Callers::new(target, pace, calling.hold),
            callees: Callees::new(target),
            voices: calling.voices.then(|| Voices::new(*target.local.ip())),
            ports: Ports::new(),
        },
        gauge: Gauge {
            process: target.process,
            wanted: calling.count,
            before: target.process.and_then(Process::memory),
            span: None,
            octets: None,
            cores: None,
        },
    };
    let mut wire = Wire::bind(&[target.local, target.callee])?;
    let cpu = CpuSpan::begin(target.process);
    let length = Duration::from_secs_f64(f64::from(calling.count) / calling.rate.max(0.001));
    let limit = length * 2 + calling.hold + Duration::from_secs(20);
    drive(&mut parties, &mut wire, clock, limit);
    let tally = &parties.sides.callers.tally;
    Ok(Called {
        outcome: tally.outcome(calling.rate, calling.hold, cpu.seconds()),
        most_live: parties.sides.callers.most_live,
        answers_repeated: parties.sides.callees.repeats,
        octets_per_call: parties.gauge.octets,
        cores_while_up: parties.gauge.cores,
        heard: parties.sides.voices.map(|voices| voices.heard()),
    })
}

impl Work for Parties<'_> {
    fn turn(&mut self, now: Instant, wire: &mut Wire) {
        self.sides.turn(now, wire);
        if let Some(voices) = &mut self.sides.voices {
            voices.turn(now);
        }
        self.gauge.look(self.sides.callers.live, now);
    }

    fn message(&mut self, way: Way, octets: &[u8], now: Instant, wire: &mut Wire) {
        self.sides.message(way, octets, now, wire);
    }

    fn ready(&mut self, token: u64, now: Instant) {
        if let Some(voices) = &mut self.sides.voices {
            voices.ready(token, now);
        }
    }

    fn is_over(&self) -> bool {
        self.sides.callers.is_over()
    }
}
