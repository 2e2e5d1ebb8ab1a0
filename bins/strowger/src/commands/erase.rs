//! `strowger erase`.

use admin::erasure;
use ports::AtOnce;
use store::block_on;
use tenancy::Unresolved;

use crate::arguments::person::EraseArguments;
use crate::console::Console;
use crate::failure::Failure;
use crate::print;

/// Carries the command out.
///
/// # Errors
/// What the use case says; an erasure without `--yes`.
pub(crate) fn run(arguments: &EraseArguments) -> Result<(), Failure> {
    if !arguments.yes {
        let what = format!("this erases all of {} for good", arguments.tenant);
        return Err(Failure::new(what).next("say --yes to do it"));
    }
    let console = Console::open(&arguments.folder)?;
    let reference = Unresolved::new(arguments.tenant.as_str());
    let told = |rows| print::progress(&format!("{rows} rows erased"), false);
    let (office, platform) = (&console.office, &console.platform);
    let report = block_on(erasure::erase(office, &AtOnce, platform, &reference, told))?;
    print::progress("erased", true);
    let rows = report.rows.iter();
    let rows: Vec<_> = rows
        .map(|(table, rows)| vec![(*table).to_owned(), rows.to_string()])
        .collect();
    print::table(&["TABLE", "ROWS ERASED"], &rows);
    if let Some(why) = report.sound_left {
        print::line(&format!(
            "kept: files of its recordings, without their key: {why}"
        ));
    }
    for kept in erasure::KEPT {
        print::line(&format!("kept: {}: {}", kept.what, kept.why));
    }
    Ok(())
}
