//! `strowger import` and `strowger export`: a company's or the operator's documents as a sheet.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use admin::apply::Act;
use admin::sheet::{self, Bad, Imported, SHEET_BYTES_MAX};
use domain::{ForKind, Kind, KindName};
use store::block_on;
use tenancy::{AccountScope, TenantScope};

use crate::arguments::sheet::{ExportArguments, ImportArguments};
use crate::console::Console;
use crate::failure::Failure;
use crate::print;

/// Makes and changes what a sheet says.
///
/// # Errors
/// The file cannot be read, there is no such company, or a row is bad: each is printed.
pub(crate) fn import(arguments: &ImportArguments) -> Result<(), Failure> {
    let text = read(&arguments.file)?;
    let console = Console::open(&arguments.folder)?;
    let whose = whose(&console, arguments.kind, arguments.tenant.as_deref())?;
    let imported = arguments.kind.with(Import {
        console: &console,
        whose: &whose,
        text: &text,
        trial: arguments.dry_run,
    })?;
    if imported.bad.is_empty() {
        show(&imported);
        return Ok(());
    }
    let failure = faults(&imported.bad);
    if arguments.dry_run {
        show(&imported);
    }
    Err(failure)
}

/// Prints the bad rows of a sheet of which nothing was done.
pub(super) fn faults(bad: &[Bad]) -> Failure {
    for bad in bad {
        print::line(&bad.to_string());
    }
    let (bad, rows) = match bad.len() {
        1 => (1, "fault"),
        bad => (bad, "faults"),
    };
    Failure::new(format!("{bad} {rows}, and nothing was changed"))
}

/// Whose documents a sheet has.
enum Whose {
    Company(TenantScope),
    Operator(AccountScope),
}

/// Numbers and plans are accounts', all else is a company's.
fn whose(console: &Console, kind: KindName, tenant: Option<&str>) -> Result<Whose, Failure> {
    let many = kind.many();
    match (tenant, kind.place().is_in_tenants()) {
        (Some(tenant), true) => Ok(Whose::Company(console.enter(tenant)?.scope)),
        (None, false) => Ok(Whose::Operator(console.platform.clone())),
        (None, true) => Err(Failure::new(format!("say whose {many} with --tenant"))),
        (Some(_), false) => Err(Failure::new(format!(
            "{many} are the operator's: leave --tenant out"
        ))),
    }
}

struct Import<'a> {
    console: &'a Console,
    whose: &'a Whose,
    text: &'a [u8],
    trial: bool,
}

impl ForKind for Import<'_> {
    type Output = Result<Imported, Failure>;

    fn run<K: Kind>(self) -> Self::Output {
        let office = &self.console.office;
        let (text, trial) = (self.text, self.trial);
        Ok(match self.whose {
            Whose::Company(scope) => block_on(sheet::import::<K, _>(office, scope, text, trial))?,
            Whose::Operator(scope) => block_on(sheet::import::<K, _>(office, scope, text, trial))?,
        })
    }
}

/// Writes documents of a kind as a sheet.
///
/// # Errors
/// There is no such company, or the file cannot be written.
pub(crate) fn export(arguments: &ExportArguments) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    let whose = whose(&console, arguments.kind, arguments.tenant.as_deref())?;
    let text = arguments.kind.with(Export {
        console: &console,
        whose: &whose,
    })?;
    match &arguments.output {
        None => {
            print::say(&text);
            Ok(())
        }
        Some(path) => fs::write(path, text)
            .map_err(|error| Failure::new(format!("{}: {error}", path.display()))),
    }
}

struct Export<'a> {
    console: &'a Console,
    whose: &'a Whose,
}

impl ForKind for Export<'_> {
    type Output = Result<String, Failure>;

    fn run<K: Kind>(self) -> Self::Output {
        let office = &self.console.office;
        Ok(match self.whose {
            Whose::Company(scope) => block_on(sheet::export::<K, _>(office, scope))?,
            Whose::Operator(scope) => block_on(sheet::export::<K, _>(office, scope))?,
        })
    }
}

/// What became of the good rows, with the passwords that were made.
fn show(imported: &Imported) {
    let (mut made, mut changed, mut kept) = (0_usize, 0_usize, 0_usize);
    for line in &imported.lines {
        match &line.act {
            Act::Create => {
                made += 1;
                print::line(&format!("+ {}", line.name));
            }
            Act::Change(members) => {
                changed += 1;
                print::line(&format!("~ {}: {}", line.name, members.join(", ")));
            }
            Act::Keep => kept += 1,
        }
    }
    let told = |line: &sheet::Line| {
        let secret = line.secret.as_ref()?;
        Some(vec![line.name.clone(), secret.reveal().to_owned()])
    };
    let secrets: Vec<_> = imported.lines.iter().filter_map(told).collect();
    if !secrets.is_empty() {
        print::table(&["NAME", "SECRET (SHOWN THIS ONCE)"], &secrets);
    }
    print::line(&format!(
        "{made} new, {changed} changed, {kept} as they are"
    ));
}

/// The bytes of a sheet, one more than are allowed at most, so that its reader says what is wrong.
pub(super) fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let bad = |error: io::Error| Failure::new(format!("{}: {error}", file.display()));
    let most = u64::try_from(SHEET_BYTES_MAX)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut text = Vec::new();
    if file == Path::new("-") {
        io::stdin().take(most).read_to_end(&mut text).map_err(bad)?;
    } else {
        let file = File::open(file).map_err(bad)?;
        file.take(most).read_to_end(&mut text).map_err(bad)?;
    }
    Ok(text)
}
