//! `strowger archive`.

use std::io::{self, IsTerminal};
use std::path::Path;

use ::archive::ArchiveKey;
use admin::archive::{self, Counts, Extent, Report, Wanted};
use ids::TenantId;
use ports::{ArchiveError, LentTaker};
use store::block_on;

use crate::archive_file::{self, Draft, failed};
use crate::arguments::archive::{ArchiveArguments, ArchiveVerb};
use crate::arguments::backup::KeyArguments;
use crate::console::{self, Console};
use crate::failure::Failure;
use crate::print;

/// Carries the command out.
///
/// # Errors
/// There is no such company, the archive is not whole, or something is taken here.
pub(crate) fn run(said: ArchiveArguments) -> Result<(), Failure> {
    let open = || Console::open(&said.folder);
    match said.verb {
        ArchiveVerb::Take { tenant, file, key } => {
            let (console, key) = (open()?, archive_file::key_or_new(&key)?);
            take(&console, &tenant, &file, &key).map(|_| ())
        }
        ArchiveVerb::Restore {
            file,
            key,
            domains,
            replace,
        } => {
            let key = archive_file::key(&key)?;
            let mut given = archive_file::open(&file, &key)?;
            let console = open()?;
            let replace = match Replace::of(&replace) {
                Some(Replace { tenant, before }) => Some(take(&console, tenant, before, &key)?),
                None => None,
            };
            let wanted = Wanted {
                domains,
                replace,
                suffix: None,
            };
            let scope = console::platform()?;
            let mut told = |now: Counts| progress(now, false);
            let office = &console.office;
            let restored = archive::restore(office, &scope, &mut given, &wanted, &mut told);
            report(&block_on(restored).map_err(refused)?);
            Ok(())
        }
        ArchiveVerb::Clone {
            file,
            key,
            domains,
            suffix,
        } => {
            let mut given = archive_file::open(&file, &archive_file::key(&key)?)?;
            let wanted = Wanted {
                domains,
                suffix,
                replace: None,
            };
            let console = open()?;
            let office = &console.office;
            let cloned = archive::bring_clone(office, &console.platform, &mut given, &wanted);
            report(&block_on(cloned).map_err(refused)?);
            Ok(())
        }
        ArchiveVerb::Show { file, key } => show(&file, &key),
    }
}

/// A company that is to be replaced, and the archive that it is taken into first.
struct Replace<'a> {
    tenant: &'a str,
    before: &'a Path,
}

impl Replace<'_> {
    fn of(said: &[String]) -> Option<Replace<'_>> {
        let [tenant, before] = said else {
            return None;
        };
        let before = Path::new(before);
        Some(Replace { tenant, before })
    }
}

fn refused(error: ArchiveError) -> Failure {
    failed(error).next("nothing of it was kept")
}

/// Takes a company out into a file; gives its id.
fn take(
    console: &Console,
    tenant: &str,
    file: &Path,
    key: &ArchiveKey,
) -> Result<TenantId, Failure> {
    let entered = console.enter(tenant)?;
    let Draft { items, place } = Draft::begin(file, key)?;
    let lent = LentTaker::new(items);
    let taken = archive::take_out(
        &console.office,
        (&entered.scope, Some(&console.platform)),
        &entered.tenant,
        Extent::Whole,
        Box::new(lent.clone()),
    );
    let taken = block_on(taken).map_err(failed);
    let items = lent.into_inner();
    let (counts, items) = match (taken, items) {
        (Ok(counts), Some(items)) => (counts, items),
        (Err(failure), _) => {
            place.abandon();
            return Err(failure);
        }
        (Ok(_), None) => {
            place.abandon();
            return Err(Failure::internal("a thread kept the archive"));
        }
    };
    let length = Draft { items, place }.finish()?;
    progress(counts, true);
    print::line(&format!(
        "{tenant} in {}, {length} bytes: {}",
        file.display(),
        words(counts)
    ));
    Ok(entered.scope.tenant())
}

/// Prints an archive whose end is proved only by the last line: a failure may follow.
fn show(file: &Path, key: &KeyArguments) -> Result<(), Failure> {
    let mut text = archive_file::reader(file, &archive_file::key(key)?)?;
    let mut out = io::stdout().lock();
    let copied = io::copy(&mut text, &mut out);
    copied.map(|_| ()).map_err(|error| {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
        match inner {
            Some(error) => failed(ArchiveError::clone(error)),
            None => Failure::internal(error.to_string()),
        }
    })
}

fn report(report: &Report) {
    progress(report.counts, true);
    for note in &report.notes {
        print::line(&format!("note: {note}"));
    }
    if !report.passwords.is_empty() {
        print::line("these devices need new passwords, shown now and never again:");
        let row =
            |new: &archive::NewPassword| vec![new.username.clone(), new.secret.reveal().to_owned()];
        let rows: Vec<Vec<String>> = report.passwords.iter().map(row).collect();
        print::table(&["USER NAME", "PASSWORD"], &rows);
    }
    print::line(&format!(
        "{} ({}): {}",
        report.domain,
        report.tenant,
        words(report.counts)
    ));
}

fn words(counts: Counts) -> String {
    let Counts {
        documents,
        secrets,
        people,
        versions,
        audit,
        cdrs,
        events,
        deliveries,
        tokens,
    } = counts;
    format!(
        "{documents} documents with {secrets} secrets and the credentials of {people} people, \
         {versions} revisions, {audit} entries of the audit trail, {cdrs} call records, \
         {events} events, {deliveries} deliveries, {tokens} API keys"
    )
}

fn progress(now: Counts, done: bool) {
    if io::stderr().is_terminal() {
        let facts = now.versions + now.audit + now.cdrs + now.events + now.deliveries;
        print::progress(&format!("{facts} facts, {} documents", now.documents), done);
    }
}
