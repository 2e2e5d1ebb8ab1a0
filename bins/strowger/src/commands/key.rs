//! `strowger key`.

use std::path::PathBuf;

use admin::keys;
use domain::Tenant;
use ports::{KeyStatus, MasterKeyUse};
use store::{KeyPlace, MasterKey, OsEntropy, block_on};
use tenancy::{PlatformScope, Unresolved};

use crate::arguments::Folder;
use crate::arguments::key::{KeyArguments, KeyVerb};
use crate::commands::each_page;
use crate::console::Console;
use crate::failure::Failure;
use crate::{keys as places, print};

/// Carries the command out.
///
/// # Errors
/// What the use case says; a file asked for where keys are elsewhere.
pub(crate) fn run(arguments: KeyArguments) -> Result<(), Failure> {
    let folder = arguments.folder;
    match arguments.verb {
        KeyVerb::Status => show(&status(&Console::open(&folder)?)?),
        KeyVerb::Make => print::line(&MasterKey::generate(&OsEntropy).to_text()),
        KeyVerb::Add => add(&folder)?,
        KeyVerb::Reseal => reseal(&Console::open(&folder)?)?,
        KeyVerb::Drop => drop_old(&folder)?,
        KeyVerb::Renew { tenant } => renew(&Console::open(&folder)?, tenant)?,
    }
    Ok(())
}

fn status(console: &Console) -> Result<KeyStatus, Failure> {
    let scope = operator(console)?;
    Ok(block_on(keys::status(&console.office, &scope))?)
}

/// Master keys are the platform's alone.
fn operator(console: &Console) -> Result<PlatformScope, Failure> {
    let scope = console.platform.platform();
    scope.ok_or_else(|| Failure::new("master keys are the operator's"))
}

fn show(status: &KeyStatus) {
    let row = |(at, key): (usize, &MasterKeyUse)| {
        let role = if at == 0 { "seals and opens" } else { "opens" };
        vec![key.name.clone(), role.to_owned(), key.data_keys.to_string()]
    };
    let rows: Vec<_> = status.master_keys.iter().enumerate().map(row).collect();
    print::table(&["MASTER KEY", "DOES", "DATA KEYS"], &rows);
    if status.unopened > 0 {
        print::line(&format!("{} data keys open under none", status.unopened));
    }
}

fn add(folder: &Folder) -> Result<(), Failure> {
    // opened first, so that a key is added to those of this store alone
    let console = Console::open(folder)?;
    let added = places::file(&file_of(folder)?).add();
    added.map_err(|error| Failure::new(error.to_string()))?;
    show(&status(&console)?);
    print::line("next: strowger key reseal");
    Ok(())
}

fn reseal(console: &Console) -> Result<(), Failure> {
    let scope = operator(console)?;
    let (mut after, mut anew) = (None, 0);
    loop {
        let step = block_on(keys::reseal_step(&console.office, &scope, after))?;
        anew += step.anew;
        print::progress(
            &format!("{anew} data keys sealed anew"),
            step.next.is_none(),
        );
        after = step.next;
        if after.is_none() {
            break;
        }
    }
    show(&status(console)?);
    Ok(())
}

fn drop_old(folder: &Folder) -> Result<(), Failure> {
    let status = status(&Console::open(folder)?)?;
    if status.behind() + status.unopened > 0 {
        show(&status);
        return Err(
            Failure::new("some data keys still need an older master key")
                .next("strowger key reseal"),
        );
    }
    let dropped = places::file(&file_of(folder)?).keep_newest();
    let dropped = dropped.map_err(|error| Failure::new(error.to_string()))?;
    print::line(&format!("{dropped} dropped"));
    Ok(())
}

fn file_of(folder: &Folder) -> Result<PathBuf, Failure> {
    match places::place(folder.master_key.clone(), &folder.data) {
        KeyPlace::File(path) => Ok(path),
        place @ (KeyPlace::Variable(_) | KeyPlace::Command(_)) => {
            let what = format!("the master keys are in {place}, which is changed there");
            Err(Failure::new(what).next("print a new one with: strowger key make"))
        }
    }
}

fn renew(console: &Console, tenant: Option<String>) -> Result<(), Failure> {
    if let Some(tenant) = tenant {
        return renew_one(console, &tenant);
    }
    let (office, platform) = (&console.office, &console.platform);
    let mut all = Vec::new();
    each_page::<Tenant>(
        async |page| admin::documents::list(office, platform, &page).await,
        |tenant| all.push(tenant.id.to_string()),
    )?;
    let number = all.len();
    for (at, tenant) in all.iter().enumerate() {
        renew_one(console, tenant)?;
        print::progress(
            &format!("{} of {number} companies", at + 1),
            at + 1 == number,
        );
    }
    Ok(())
}

fn renew_one(console: &Console, tenant: &str) -> Result<(), Failure> {
    let reference = Unresolved::new(tenant);
    let renewed = keys::renew(&console.office, &console.platform, &reference);
    let secrets = block_on(renewed)?;
    print::line(&format!("{tenant}: {secrets} secrets sealed anew"));
    Ok(())
}
