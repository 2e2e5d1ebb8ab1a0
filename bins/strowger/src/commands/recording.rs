//! `strowger recording`.

use admin::recordings;
use domain::{Recording, RecordingState};
use ids::{CallId, RecordingId};
use ports::RecordingQuery;
use serde_json::json;
use store::block_on;

use crate::arguments::recording::{RecordingArguments, RecordingVerb};
use crate::console::Console;
use crate::failure::Failure;
use crate::print;

/// Carries the command out.
///
/// # Errors
/// What the use case says.
pub(crate) fn run(arguments: RecordingArguments) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    match arguments.verb {
        RecordingVerb::List {
            tenant,
            call,
            limit,
        } => list(&console, &tenant, call.as_deref(), limit),
        RecordingVerb::Show { tenant, recording } => show(&console, &tenant, &recording),
    }
}

fn list(console: &Console, tenant: &str, call: Option<&str>, limit: usize) -> Result<(), Failure> {
    let rule = "must be the id of a call, as its record has it";
    let call: Option<CallId> = call
        .map(|call| {
            let read = call.parse();
            read.map_err(|_| Failure::new(format!("{call}: {rule}")))
        })
        .transpose()?;
    let query = RecordingQuery {
        limit,
        call,
        ..RecordingQuery::default()
    };
    let scope = console.enter(tenant)?.scope;
    let listed = block_on(recordings::list(&console.office, &scope, &query))?;
    let rows: Vec<_> = listed.recordings.iter().map(row).collect();
    print::table(&["BEGAN", "FROM", "TO", "LASTS", "ID"], &rows);
    Ok(())
}

fn row(recording: &Recording) -> Vec<String> {
    let lasts = match recording.state {
        RecordingState::Running => "running".to_owned(),
        RecordingState::Finished => format!("{} s", recording.lasts_ms / 1_000),
    };
    vec![
        recording.began.to_string(),
        recording.caller.clone(),
        recording.called.clone(),
        lasts,
        recording.id.to_string(),
    ]
}

/// All that is known of a recording, but for the key of its sound.
fn show(console: &Console, tenant: &str, recording: &str) -> Result<(), Failure> {
    let scope = console.enter(tenant)?.scope;
    let rule = "must be the id of a recording, as `strowger recording list` shows it";
    let id: RecordingId = recording
        .parse()
        .map_err(|_| Failure::new(format!("{recording}: {rule}")))?;
    let found = block_on(recordings::read(&console.office, &scope, id))?;
    print::json(&json!({
        "id": found.id,
        "call": found.call,
        "caller": found.caller,
        "called": found.called,
        "began": found.began.to_string(),
        "lasts_ms": found.lasts_ms,
        "octets": found.octets,
        "state": found.state,
    }))
}
