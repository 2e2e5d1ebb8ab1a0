//! `strowger snapshot`, `strowger plan FILE` and `strowger apply`.

use std::fs;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use admin::apply::{self, Act, Snapshot, Step, Trouble, What};
use store::block_on;

use crate::arguments::Folder;
use crate::arguments::snapshot::{ApplyArguments, SnapshotArguments};
use crate::console::Console;
use crate::failure::Failure;
use crate::print;

/// Longest snapshot that is read, in bytes.
const SNAPSHOT_MAX: u64 = 256 << 20;

/// Documents between two lines of progress.
const PROGRESS: usize = 500;

/// What stands before the documents, for whoever opens the file.
const HEAD: &str = "\
# What an exchange has, without ids and passwords. See what applying it would change:
#   strowger plan FILE        and then:        strowger apply FILE
";

/// Takes a snapshot.
///
/// # Errors
/// There is no such company or reseller, or the file cannot be written.
pub(crate) fn take(arguments: SnapshotArguments) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    let what = match (arguments.tenant, arguments.reseller) {
        (Some(tenant), _) => {
            console.enter(&tenant)?;
            What::Tenant(tenant)
        }
        (None, Some(reseller)) => What::Reseller(reseller),
        (None, None) => What::All,
    };
    let progress = |done: usize, all: usize| {
        if io::stderr().is_terminal() && (done.is_multiple_of(PROGRESS) || done == all) {
            print::progress(&format!("{done} of {all} companies"), done == all);
        }
    };
    let taken = apply::export(&console.office, &console.platform, &what, progress);
    let text = serde_saphyr::to_string(&block_on(taken)?);
    let text = text.map_err(|error| Failure::internal(format!("the snapshot: {error}")))?;
    let text = format!("{HEAD}{text}");
    match arguments.output {
        None => {
            print::say(&text);
            Ok(())
        }
        Some(path) => fs::write(&path, text)
            .map_err(|error| Failure::new(format!("{}: {error}", path.display()))),
    }
}

/// Shows what applying a snapshot would do.
///
/// # Errors
/// The file is none, or a document cannot be as it says.
pub(crate) fn plan(folder: &Folder, file: &Path) -> Result<(), Failure> {
    let snapshot = read(file)?;
    let console = Console::open(folder)?;
    let steps = apply::plan(&console.office, &console.platform, &snapshot);
    let steps = block_on(steps).map_err(|trouble| refused(&trouble))?;
    show(&steps);
    Ok(())
}

/// Applies a snapshot.
///
/// # Errors
/// As [`plan`]; of the transaction at hand nothing was done.
pub(crate) fn carry_out(arguments: &ApplyArguments) -> Result<(), Failure> {
    let snapshot = read(&arguments.file)?;
    let console = Console::open(&arguments.folder)?;
    let progress = |done: usize, all: usize| {
        if !arguments.quiet && all > PROGRESS {
            print::progress(&format!("{done} of {all} documents"), done == all);
        }
    };
    let applied = apply::carry_out(&console.office, &console.platform, &snapshot, progress);
    let applied = block_on(applied).map_err(|trouble| refused(&trouble))?;
    if !arguments.quiet {
        show(&applied.steps);
        let transactions = applied.transactions;
        if transactions > 1 {
            print::line(&format!("in {transactions} transactions"));
        }
    }
    Ok(())
}

fn refused(trouble: &Trouble) -> Failure {
    Failure::new(trouble.to_string()).next("nothing of it was done")
}

/// What happens, a line for each document that does not stay as it is, and the sums.
fn show(steps: &[Step]) {
    let (mut made, mut changed, mut kept) = (0_usize, 0_usize, 0_usize);
    for step in steps {
        let within = step.within.as_ref();
        let within = within
            .map(|within| format!(" in {within}"))
            .unwrap_or_default();
        let document = format!("{} {}{within}", step.kind, step.name);
        match &step.act {
            Act::Create => {
                made += 1;
                print::line(&format!("+ {document}"));
            }
            Act::Change(members) => {
                changed += 1;
                print::line(&format!("~ {document}: {}", members.join(", ")));
            }
            Act::Keep => kept += 1,
        }
    }
    print::line(&format!(
        "{made} new, {changed} changed, {kept} as they are"
    ));
}

fn read(file: &Path) -> Result<Snapshot, Failure> {
    let name = file.display();
    let bad = |error: io::Error| Failure::new(format!("{name}: {error}"));
    let mut text = String::new();
    if file == Path::new("-") {
        io::stdin()
            .take(SNAPSHOT_MAX)
            .read_to_string(&mut text)
            .map_err(bad)?;
    } else {
        let file = fs::File::open(file).map_err(bad)?;
        file.take(SNAPSHOT_MAX)
            .read_to_string(&mut text)
            .map_err(bad)?;
    }
    // the length is bounded above; the reader's own bounds are made for small settings
    let options = serde_saphyr::options! { budget: None };
    serde_saphyr::from_str_with_options(&text, options).map_err(|error| {
        Failure::new(format!("{name}: {error}")).next("a snapshot looks like: strowger snapshot")
    })
}
