//! `strowger fax`.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use admin::documents;
use admin::fax_sending::{self, Wanted};
use admin::faxes::{self, Unremoved};
use domain::{Extension, Fax, FaxState};
use ids::{ExtensionId, FaxId};
use ports::{FaxQuery, FaxReader};
use serde_json::json;
use store::block_on;
use tenancy::{TenantScope, Unresolved};

use crate::arguments::fax::{FaxArguments, FaxVerb};
use crate::console::Console;
use crate::failure::Failure;
use crate::fax_reader::Drawing;
use crate::print;

/// Carries the command out.
///
/// # Errors
/// What the use case says.
pub(crate) fn run(arguments: FaxArguments) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    match arguments.verb {
        FaxVerb::List {
            tenant,
            extension,
            state,
            limit,
        } => {
            let of = (extension.as_deref(), state.as_deref());
            list(&console, &tenant, of, limit)
        }
        FaxVerb::Send {
            tenant,
            extension,
            number,
            file,
            attempts,
            pause,
        } => {
            let wanted = Wanted {
                extension,
                to: number,
                attempts,
                pause,
            };
            send(&console, &tenant, wanted, &file)
        }
        FaxVerb::Show { tenant, fax } => show(&console, &tenant, &fax),
        FaxVerb::Fetch { tenant, fax, file } => fetch(&console, &tenant, &fax, &file),
        FaxVerb::Delete { tenant, fax } => delete(&console, &tenant, &fax),
    }
}

fn list(
    console: &Console,
    tenant: &str,
    (extension, state): (Option<&str>, Option<&str>),
    limit: usize,
) -> Result<(), Failure> {
    let scope = console.enter(tenant)?.scope;
    let state = state.map(|word| {
        let odd = || Failure::new(format!("{word}: {}", FaxState::RULE));
        FaxState::named(word).ok_or_else(odd)
    });
    let extension = extension.map(|text| extension_meant(console, &scope, text));
    let query = FaxQuery {
        limit,
        extension: extension.transpose()?,
        state: state.transpose()?,
        ..FaxQuery::default()
    };
    let listed = block_on(faxes::list(&console.office, &scope, &query))?;
    let rows: Vec<_> = listed.faxes.iter().map(row).collect();
    let heads = ["BEGAN", "FROM", "TO", "STATE", "PAGES", "TRIED", "ID"];
    print::table(&heads, &rows);
    Ok(())
}

fn extension_meant(
    console: &Console,
    scope: &TenantScope,
    text: &str,
) -> Result<ExtensionId, Failure> {
    let reference = Unresolved::<Extension>::new(text.to_owned());
    let found = block_on(documents::find(&console.office, scope, &reference))?;
    Ok(found.1.id)
}

fn row(fax: &Fax) -> Vec<String> {
    vec![
        fax.began.to_string(),
        fax.caller.clone(),
        fax.to().to_owned(),
        fax.state.as_str().to_owned(),
        fax.pages.to_string(),
        tried(fax),
        fax.id.to_string(),
    ]
}

/// How often a fax that is sent was tried, of how often it may be.
fn tried(fax: &Fax) -> String {
    let sending = fax.sending.as_ref();
    let tried = sending.map(|sending| format!("{}/{}", sending.attempts, sending.attempts_max));
    tried.unwrap_or_default()
}

/// Hands a document over to be sent.
fn send(console: &Console, tenant: &str, wanted: Wanted, path: &Path) -> Result<(), Failure> {
    let scope = console.enter(tenant)?.scope;
    let unsent = |unsent: fax_sending::Unsent| Failure::new(unsent.to_string());
    let admitted = block_on(fax_sending::admit(&console.office, &scope, wanted));
    let admitted = admitted.map_err(unsent)?;
    let unread = |error: io::Error| Failure::new(format!("{}: {error}", path.display()));
    let document = std::fs::read(path).map_err(unread)?;
    let drawing = Drawing::by_this_program().map_err(unread)?;
    let bad = |why| Failure::new(format!("{}: {why}", path.display()));
    let pages = drawing.pages(&document).map_err(bad)?;
    let taken = (document, pages);
    let fax = block_on(fax_sending::send(&console.office, &scope, admitted, taken));
    let fax = fax.map_err(unsent)?;
    let next = format!("strowger fax show {tenant} {}", fax.id);
    print::line(&format!("{} waits to be sent: {next}", fax.id));
    Ok(())
}

/// All that is known of a fax, but for its pages.
fn show(console: &Console, tenant: &str, fax: &str) -> Result<(), Failure> {
    let scope = console.enter(tenant)?.scope;
    let id = id_of(fax)?;
    let found = block_on(faxes::read(&console.office, &scope, id))?;
    print::json(&json!({
        "id": found.id,
        "direction": found.direction(),
        "call": found.call,
        "extension": found.extension,
        "number": found.number,
        "caller": found.caller,
        "to": found.to(),
        "began": found.began.to_string(),
        "ended": (!found.state.is_open()).then(|| found.ended.to_string()),
        "state": found.state,
        "failure": found.failure,
        "pages": found.pages,
        "octets": found.octets,
        "carriage": found.carriage,
        "attempts": found.sending.as_ref().map(|sending| sending.attempts),
        "attempts_max": found.sending.as_ref().map(|sending| sending.attempts_max),
        "next_attempt": found.next_attempt().map(|at| at.to_string()),
    }))
}

/// The id that somebody has typed.
fn id_of(fax: &str) -> Result<FaxId, Failure> {
    let rule = "must be the id of a fax, as `strowger fax list` shows it";
    fax.parse()
        .map_err(|_| Failure::new(format!("{fax}: {rule}")))
}

/// Writes the pages into a file that is not there yet.
fn fetch(console: &Console, tenant: &str, fax: &str, path: &Path) -> Result<(), Failure> {
    let scope = console.enter(tenant)?.scope;
    let id = id_of(fax)?;
    // who gets nothing is not noted as one who has fetched
    if path.exists() {
        let there = format!("{} is there already", path.display());
        return Err(Failure::new(there).next("name another file"));
    }
    let octets = block_on(faxes::document(&console.office, &scope, id))?;
    let unwritten = |error: io::Error| Failure::new(format!("{}: {error}", path.display()));
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    let mut file = made.map_err(unwritten)?;
    file.write_all(&octets).map_err(unwritten)?;
    print::line(&format!("{} is there", path.display()));
    Ok(())
}

fn delete(console: &Console, tenant: &str, fax: &str) -> Result<(), Failure> {
    let scope = console.enter(tenant)?.scope;
    let id = id_of(fax)?;
    let removed = block_on(faxes::remove(&console.office, &scope, id));
    removed.map_err(|unremoved| match unremoved {
        Unremoved::Sending => Failure::new(unremoved.to_string()),
        Unremoved::Store(error) => error.into(),
    })?;
    print::line(&format!("{fax} is gone"));
    Ok(())
}
