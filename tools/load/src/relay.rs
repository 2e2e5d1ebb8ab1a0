//! The most packets that are relayed without loss: more and more calls in which both talk.

use crate::calls::{Called, Calling, run as call};
use crate::search::rest;
use crate::target::Target;
use serde::Serialize;
use std::io;
use std::time::Duration;

/// Calls begun per second.
const RAMP: f64 = 200.0;
/// How long all calls are up, seconds.
const UP: f64 = 5.0;
/// Rest between two tries.
const REST: Duration = Duration::from_secs(1);

/// One number of calls.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Step {
    pub(crate) calls: u32,
    /// Packets per second that ought to arrive: 50 each way.
    pub(crate) offered: f64,
    /// Whether fewer than one packet in a thousand was lost and every party was heard.
    pub(crate) clean: bool,
    /// Packets relayed per second of the exchange's processor time.
    pub(crate) per_core_second: Option<f64>,
    pub(crate) called: Called,
}

/// Tries these numbers of calls, until one loses packets.
///
/// # Errors
/// The driver's addresses are in use.
pub(crate) fn run(target: &Target, numbers: &[u32]) -> io::Result<Vec<Step>> {
    let mut steps: Vec<Step> = Vec::new();
    for calls in numbers {
        let called = call(target, Calling::talking(*calls, RAMP, UP))?;
        steps.push(step(*calls, called));
        if steps.last().is_some_and(|step| !step.clean) {
            break;
        }
        rest(REST)?;
    }
    Ok(steps)
}

fn step(calls: u32, called: Called) -> Step {
    let offered = f64::from(calls) * 100.0;
    let heard = called.heard.unwrap_or_default();
    let clean = called.outcome.failed == 0
        && heard.deaf == 0
        && heard.strange == 0
        && heard.lost.saturating_mul(1000) <= heard.received;
    Step {
        calls,
        offered,
        clean,
        per_core_second: called
            .cores_while_up
            .map(|cores| offered / cores.max(0.001)),
        called,
    }
}
