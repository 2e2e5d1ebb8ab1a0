//! `strowger usage`.

use admin::usage::{self, CapInForce, Count};
use store::block_on;

use crate::arguments::usage::UsageArguments;
use crate::console::Console;
use crate::failure::Failure;
use crate::print;

/// Shows limits, who set them, and what is used of them.
///
/// # Errors
/// There is no such company or reseller, and what the store says.
pub(crate) fn run(arguments: &UsageArguments) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    if let Some(company) = &arguments.company {
        let entered = console.enter(company)?;
        let used = block_on(usage::of_tenant(&console.office, &entered))?;
        let mut rows: Vec<_> = used.counts.iter().map(counted).collect();
        rows.extend(used.caps.iter().map(capped));
        table(&rows);
        if !used.without.is_empty() {
            let words = used.without.iter().map(|feature| feature.as_str());
            print::line(&format!(
                "without: {}",
                words.collect::<Vec<_>>().join(", ")
            ));
        }
        return Ok(());
    }
    let scope = match &arguments.reseller {
        Some(reseller) => console.descend(reseller)?,
        None => console.platform.clone(),
    };
    let below = block_on(usage::of_account(&console.office, &scope))?;
    table(&below.iter().map(counted).collect::<Vec<_>>());
    Ok(())
}

fn table(rows: &[Vec<String>]) {
    print::table(&["WHAT", "IN USE", "LIMIT", "SET BY", "INCLUDED"], rows);
}

fn counted(count: &Count) -> Vec<String> {
    let set_by = count.limit.map_or("", |limit| limit.set_by.as_str());
    vec![
        count.many.to_owned(),
        count.in_use.to_string(),
        count
            .limit
            .map_or("none".to_owned(), |limit| limit.most.to_string()),
        set_by.to_owned(),
        count
            .included
            .map(|some| some.to_string())
            .unwrap_or_default(),
    ]
}

fn capped(cap: &CapInForce) -> Vec<String> {
    vec![
        cap.name.to_owned(),
        String::new(),
        cap.limit.to_string(),
        cap.set_by.as_str().to_owned(),
        String::new(),
    ]
}
