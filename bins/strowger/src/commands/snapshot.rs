//! `strowger snapshot`, `strowger plan FILE` and `strowger apply`.

use std::fs;
use std::io::{self, BufReader, Read};
use std::path::Path;

use admin::apply::{self, Act, Pile, Progress, Step, Sums, Trouble, What};
use ports::Fault;
use serde::de::DeserializeOwned;
use store::block_on;

use crate::arguments::Folder;
use crate::arguments::snapshot::{ApplyArguments, SnapshotArguments};
use crate::console::Console;
use crate::failure::Failure;
use crate::print;
use crate::progress_bar::ProgressBar;

/// Longest snapshot that is read, in bytes.
const SNAPSHOT_MAX: u64 = 256 << 20;

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
    let mut bar = ProgressBar::begin(false);
    let progress = |done: usize, all: usize| bar.show(done, all, "companies");
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
    let snapshot: Pile = read(file)?;
    let console = Console::open(folder)?;
    let steps = apply::plan(&console.office, &console.platform, &snapshot);
    let steps = block_on(steps).map_err(|trouble| refused(&trouble))?;
    let mut sums = Sums::default();
    steps.iter().for_each(|step| sums.add(&step.act));
    show(&steps, sums);
    Ok(())
}

/// Applies a snapshot.
///
/// # Errors
/// As [`plan`]; the failure tells what was done before, if anything was.
pub(crate) fn carry_out(arguments: &ApplyArguments) -> Result<(), Failure> {
    let snapshot: Pile = read(&arguments.file)?;
    let console = Console::open(&arguments.folder)?;
    let mut bar = ProgressBar::begin(arguments.quiet);
    let progress = |now: &Progress| match now.of_companies {
        0 => bar.show(now.documents, now.of_documents, "documents"),
        companies => bar.show(now.companies, companies, "companies"),
    };
    let applied = apply::carry_out(&console.office, &console.platform, &snapshot, progress);
    let applied = block_on(applied).map_err(|trouble| refused(&trouble))?;
    if !arguments.quiet {
        show(&applied.steps, applied.sums);
        let transactions = applied.transactions;
        if transactions > 1 {
            print::line(&format!("in {transactions} transactions"));
        }
    }
    Ok(())
}

/// What is wrong, what was done in spite of it, and what to do next.
fn refused(trouble: &Trouble) -> Failure {
    let failure = match trouble.error.whose_fault() {
        Fault::Asker => Failure::new(trouble.to_string()),
        Fault::World | Fault::Ourselves => Failure::internal(trouble.to_string()),
    };
    failure.next(aftermath(&trouble.done))
}

fn aftermath(done: &Progress) -> String {
    if done.transactions == 0 {
        return "nothing was changed".to_owned();
    }
    let Progress {
        companies,
        of_companies,
        documents,
        of_documents,
        ..
    } = done;
    let up_to = match &done.up_to {
        Some(company) => format!(" ({companies} of {of_companies} companies, up to {company})"),
        None => String::new(),
    };
    format!(
        "done, and kept: {documents} of {of_documents} documents{up_to}; nothing of the others\n  \
         put it right and apply the same file again: what is done is passed over"
    )
}

/// What happens: the documents that do not stay as they are, as far as they are told, and the
/// sums.
fn show(steps: &[Step], sums: Sums) {
    let mut told = 0;
    for step in steps {
        let within = step.within.as_ref();
        let within = within
            .map(|within| format!(" in {within}"))
            .unwrap_or_default();
        let document = format!("{} {}{within}", step.kind, step.name);
        match &step.act {
            Act::Create => print::line(&format!("+ {document}")),
            Act::Change(members) => print::line(&format!("~ {document}: {}", members.join(", "))),
            Act::Keep => continue,
        }
        told += 1;
    }
    let Sums {
        made,
        changed,
        kept,
    } = sums;
    let all = made + changed;
    if let Some(more) = all.checked_sub(told).filter(|more| *more > 0) {
        print::line(&format!("… and {more} more"));
    }
    print::line(&format!(
        "{made} new, {changed} changed, {kept} as they are"
    ));
}

/// Reads a snapshot.
///
/// # Errors
/// The file cannot be read, or is none.
pub(super) fn read<T: DeserializeOwned>(file: &Path) -> Result<T, Failure> {
    let name = file.display();
    let bad = |error: io::Error| Failure::new(format!("{name}: {error}"));
    let source: Box<dyn Read> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(fs::File::open(file).map_err(bad)?)
    };
    let source = BufReader::new(Bounded {
        source,
        left: SNAPSHOT_MAX,
    });
    // the length is bounded above; the reader's own bounds are made for small settings
    let options = serde_saphyr::options! { budget: None };
    serde_saphyr::from_reader_with_options(source, options).map_err(|error| {
        Failure::new(format!("{name}: {error}")).next("a snapshot looks like: strowger snapshot")
    })
}

/// A source that fails where it is longer than it may be, rather than ending there.
struct Bounded {
    source: Box<dyn Read>,
    left: u64,
}

impl Read for Bounded {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(into)?;
        let read_now = u64::try_from(read).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(read_now).ok_or_else(|| {
            let mib = SNAPSHOT_MAX >> 20;
            io::Error::other(format!("it is longer than {mib} MiB"))
        })?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_refused_hears_what_was_done_and_how_to_go_on() {
        let mut done = Progress {
            of_companies: 12,
            of_documents: 100,
            ..Progress::default()
        };
        assert_eq!(aftermath(&done), "nothing was changed");
        done.transactions = 1;
        done.documents = 3;
        let text = aftermath(&done);
        assert!(text.starts_with("done, and kept: 3 of 100 documents; nothing of the others"));
        done.companies = 9;
        done.up_to = Some("i.example".to_owned());
        let text = aftermath(&done);
        assert!(
            text.contains("(9 of 12 companies, up to i.example)"),
            "{text}"
        );
        assert!(text.contains("apply the same file again"), "{text}");
    }
}
