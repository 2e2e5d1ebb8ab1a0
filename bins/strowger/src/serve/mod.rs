//! `strowger serve`: the exchange, from the first file opened to the last thread joined.
//!
//! Threads: one signalling shard ([`switchboard`]), the media threads, one that writes call
//! records ([`records`]), the store's own, and a small async runtime for the API, the change feed
//! and signals. Between them are bounded queues only.

mod alarms;
mod backlog;
mod boot;
mod certificates;
mod changes;
mod defence;
mod errands;
mod faxes;
mod figures;
mod hep;
mod inbox;
mod issuance;
mod key_uses;
mod live;
mod media;
mod music;
mod obtained;
mod outside;
mod precedence;
mod recorder;
mod records;
mod retention;
mod running;
mod store_writer;
mod switchboard;
mod voices;
mod wires;

use config::{Given, Settings};

use crate::arguments::serve::ServeArguments;
use crate::failure::Failure;

/// Runs the exchange until it is told to stop.
///
/// # Errors
/// Settings that break a rule, or what the machine refuses at the start.
pub(crate) fn run(arguments: ServeArguments) -> Result<(), Failure> {
    let settings = settle(arguments)?;
    let json = settings.log_format == config::LogFormat::Json;
    telemetry::start_log(&settings.log, json).map_err(|bad| Failure::new(bad.to_string()))?;
    boot::boot(&settings)?.run()
}

fn settle(arguments: ServeArguments) -> Result<Settings, Failure> {
    let (file, given) = arguments.split();
    let below = match file {
        None => Given::default(),
        Some(path) => {
            let text = std::fs::read_to_string(&path).map_err(|error| {
                Failure::new(format!("the settings file {}: {error}", path.display()))
            })?;
            Given::from_toml(&text)?
        }
    };
    Ok(given.over(below).settle()?)
}
