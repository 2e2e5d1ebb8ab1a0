//! Log lines to standard error.

use std::fmt;
use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

/// What should be logged cannot be understood, or logging was begun before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadFilter(String);

impl fmt::Display for BadFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "log: {}; try info, or info,net=debug", self.0)
    }
}

impl std::error::Error for BadFilter {}

/// Begins to log what `filter` lets through, as text or as one JSON object a line.
///
/// # Errors
/// [`BadFilter`] for a filter that says nothing sensible, and at a second call.
pub fn start_log(filter: &str, json: bool) -> Result<(), BadFilter> {
    let bad = |error: &dyn fmt::Display| BadFilter(error.to_string());
    let filter = EnvFilter::try_new(filter).map_err(|error| bad(&error))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    let begun = if json {
        builder.json().try_init()
    } else {
        builder.with_target(false).try_init()
    };
    begun.map_err(|error| bad(&error))
}
