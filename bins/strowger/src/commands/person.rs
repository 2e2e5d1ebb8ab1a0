//! `strowger person`.

use admin::persons;
use store::block_on;

use crate::arguments::person::{Named, PersonArguments, PersonVerb};
use crate::console::Console;
use crate::failure::Failure;
use crate::print;

/// Carries the command out.
///
/// # Errors
/// What the use case says; an erasure without `--yes`.
pub(crate) fn run(arguments: PersonArguments) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    match arguments.verb {
        PersonVerb::Find(named) => find(&console, &named),
        PersonVerb::Export(named) => {
            let scope = console.enter(&named.tenant)?.scope;
            let exported = persons::export(&console.office, &scope, &named.person);
            print::json(&block_on(exported)?.data)
        }
        PersonVerb::Erase { named, yes: false } => {
            find(&console, &named)?;
            Err(Failure::new("nothing was erased").next("say --yes to erase all of this"))
        }
        PersonVerb::Erase { named, yes: true } => {
            let scope = console.enter(&named.tenant)?.scope;
            let erased = block_on(persons::erase(&console.office, &scope, &named.person))?;
            let changed = erased.changed.iter();
            let rows: Vec<_> = changed
                .map(|(what, count)| vec![what.clone(), count.to_string()])
                .collect();
            print::table(&["WHAT", "ERASED OR REWRITTEN"], &rows);
            print::line(&format!("pseudonym: {}", erased.pseudonym));
            Ok(())
        }
    }
}

fn find(console: &Console, named: &Named) -> Result<(), Failure> {
    let scope = console.enter(&named.tenant)?.scope;
    let found = block_on(persons::find(&console.office, &scope, &named.person))?;
    let row = |place: &persons::Place| {
        let treatment = format!("{:?}", place.treatment).to_lowercase();
        vec![
            place.what.clone(),
            place.count.to_string(),
            treatment,
            place.why.to_owned(),
        ]
    };
    let rows: Vec<_> = found.places.iter().map(row).collect();
    print::table(&["WHAT", "NUMBER", "AN ERASURE", "WHY"], &rows);
    Ok(())
}
