//! `strowger recording`.

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use admin::recordings::{self, Refusal};
use domain::{Recording, RecordingState};
use ids::{CallId, RecordingId};
use ports::{AtOnce, RecordedForm, RecordingQuery};
use serde_json::json;
use store::block_on;

use crate::arguments::recording::{RecordingArguments, RecordingVerb};
use crate::console::Console;
use crate::failure::Failure;
use crate::print;
use crate::progress_bar::ProgressBar;

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
            conference,
            limit,
        } => {
            let of = (call.as_deref(), conference.as_deref());
            list(&console, &tenant, of, limit)
        }
        RecordingVerb::Show { tenant, recording } => show(&console, &tenant, &recording),
        RecordingVerb::Fetch {
            tenant,
            recording,
            file,
        } => fetch(&console, &tenant, &recording, &file),
        RecordingVerb::Delete { tenant, recording } => delete(&console, &tenant, &recording),
    }
}

fn list(
    console: &Console,
    tenant: &str,
    (call, conference): (Option<&str>, Option<&str>),
    limit: usize,
) -> Result<(), Failure> {
    let rule = "must be the id of a call, as its record has it";
    let call: Option<CallId> = call
        .map(|call| {
            let read = call.parse();
            read.map_err(|_| Failure::new(format!("{call}: {rule}")))
        })
        .transpose()?;
    let scope = console.enter(tenant)?.scope;
    let mut query = RecordingQuery {
        limit,
        call,
        ..RecordingQuery::default()
    };
    if let Some(named) = conference {
        let found = block_on(recordings::conference(&console.office, &scope, named))?;
        let none = || {
            Failure::new(format!(
                "{named}: must be the number of a conference, or its id"
            ))
        };
        query.conference = Some(found.ok_or_else(none)?);
    }
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
    let id = id_of(recording)?;
    let found = block_on(recordings::read(&console.office, &scope, id))?;
    print::json(&json!({
        "id": found.id,
        "call": found.call,
        "conference": found.conference,
        "client": found.client,
        "caller": found.caller,
        "called": found.called,
        "members": found.members,
        "sides": found.sides,
        "began": found.began.to_string(),
        "lasts_ms": found.lasts_ms,
        "octets": found.octets,
        "state": found.state,
        "paused": found.paused,
    }))
}

/// The id that somebody has typed.
fn id_of(recording: &str) -> Result<RecordingId, Failure> {
    let rule = "must be the id of a recording, as `strowger recording list` shows it";
    recording
        .parse()
        .map_err(|_| Failure::new(format!("{recording}: {rule}")))
}

/// Writes what was said into a file that is not there yet.
fn fetch(console: &Console, tenant: &str, recording: &str, path: &Path) -> Result<(), Failure> {
    let scope = console.enter(tenant)?.scope;
    let id = id_of(recording)?;
    // who hears nothing is not noted as one who has heard
    if path.exists() {
        let there = format!("{} is there already", path.display());
        return Err(Failure::new(there).next("name another file"));
    }
    let form = match path.extension().and_then(OsStr::to_str) {
        Some("wav") => RecordedForm::Wave,
        Some("mp3") => RecordedForm::Mp3,
        Some(_) | None => RecordedForm::Ogg,
    };
    let known = block_on(recordings::read(&console.office, &scope, id))?;
    let said = recordings::heard(&console.office, &scope, &AtOnce, (id, form));
    let pieces = block_on(said).map_err(refused)?;
    let unwritten = |error: io::Error| Failure::new(format!("{}: {error}", path.display()));
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    let mut file = BufWriter::new(made.map_err(unwritten)?);
    let mut progress = ProgressBar::begin(false);
    let all = usize::try_from(known.lasts_ms / 1_000).unwrap_or(0);
    for (seconds, piece) in pieces.enumerate() {
        let piece = piece.map_err(|error| Failure::internal(error.to_string()))?;
        file.write_all(&piece).map_err(unwritten)?;
        progress.show(seconds.min(all), all, "seconds");
    }
    file.flush().map_err(unwritten)?;
    print::line(&format!("{} is there", path.display()));
    Ok(())
}

fn delete(console: &Console, tenant: &str, recording: &str) -> Result<(), Failure> {
    let scope = console.enter(tenant)?.scope;
    let id = id_of(recording)?;
    let removed = recordings::remove(&console.office, &scope, &AtOnce, id);
    block_on(removed).map_err(refused)?;
    print::line(&format!("{recording} is gone"));
    Ok(())
}

fn refused(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Store(error) => error.into(),
        other @ Refusal::NotMade(_) => Failure::new(other.to_string())
            .next("apt-get install libmp3lame0, or name a file that ends with .ogg or .wav"),
        other @ (Refusal::Running | Refusal::Busy) => Failure::new(other.to_string()),
    }
}
