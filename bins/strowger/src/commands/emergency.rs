//! `strowger emergency-report`.

use std::collections::BTreeMap;

use admin::emergency_report::{Phone, of_tenant};
use domain::Event;
use store::block_on;

use crate::arguments::emergency::EmergencyReportArguments;
use crate::console::Console;
use crate::failure::Failure;
use crate::print;

/// Shows what each telephone's call for help would tell, and which such calls there were.
///
/// # Errors
/// There is no such company, and what the store says.
pub(crate) fn run(arguments: &EmergencyReportArguments) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    let entered = console.enter(&arguments.company)?;
    let seen = BTreeMap::new();
    let report = block_on(of_tenant(&console.office, &entered.scope, &seen))?;
    let rows: Vec<_> = report.phones.iter().map(row).collect();
    let head = [
        "TELEPHONE",
        "EXTENSION",
        "LOCATION",
        "CONFIRMED",
        "SHOWN",
        "TRUNKS",
    ];
    print::table(&head, &rows);
    for number in &report.hidden {
        print::line(&format!(
            "{number} is an extension, and calls for help at one of the locations"
        ));
    }
    for call in &report.calls {
        print::line(&called(call));
    }
    Ok(())
}

fn row(phone: &Phone) -> Vec<String> {
    let of = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    let confirmed = if phone.confirmed { "yes" } else { "no" };
    vec![
        phone.username.clone(),
        phone.extension.clone(),
        of(&phone.location),
        confirmed.to_owned(),
        of(&phone.callback),
        phone.trunks.join(", "),
    ]
}

fn called(event: &Event) -> String {
    let text = |pointer: &str| event.data.pointer(pointer).and_then(|value| value.as_str());
    let of = |pointer: &str| text(pointer).unwrap_or("?").to_owned();
    let (at, caller, number) = (event.at.to_rfc3339(), of("/caller/number"), of("/number"));
    let place = text("/location/name").unwrap_or("an unknown place");
    format!("{at}  {caller} called {number} from {place}")
}
