//! `strowger extension`.

use admin::{extensions, parse_spec};
use domain::Extension;
use serde_json::Value;
use store::block_on;
use tenancy::Unresolved;

use super::{each_page, fields, yes_or_no};
use crate::arguments::{ExtensionArguments, ExtensionVerb};
use crate::console::Console;
use crate::failure::Failure;
use crate::print;

/// Fields whose values are text whatever they look like.
const TEXTS: [&str; 2] = ["number", "display_name"];

/// Carries the command out.
///
/// # Errors
/// What the use case says.
pub(crate) fn run(arguments: ExtensionArguments) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    let office = &console.office;
    match arguments.verb {
        ExtensionVerb::List { tenant } => list(&console, &tenant),
        ExtensionVerb::Show { tenant, extension } => {
            let scope = console.enter(&tenant)?.scope;
            let reference = named(&extension);
            let (_, found) = block_on(extensions::find(office, &scope, &reference))?;
            print::resource(&found)
        }
        ExtensionVerb::Add {
            tenant,
            number,
            fields,
        } => {
            let scope = console.enter(&tenant)?.scope;
            let mut spec = fields::object(&fields, &TEXTS)?;
            if let Some(members) = spec.as_object_mut() {
                members.insert("number".to_owned(), Value::String(number.clone()));
            }
            let spec = parse_spec(&spec).map_err(ports::StoreError::from)?;
            let made = block_on(extensions::create(office, &scope, spec))?;
            print::line(&format!("added {number} of {tenant} ({})", made.id));
            Ok(())
        }
        ExtensionVerb::Set {
            tenant,
            extension,
            fields,
        } => {
            let scope = console.enter(&tenant)?.scope;
            let patch = fields::object(&fields, &TEXTS)?;
            let (located, _) = block_on(extensions::find(office, &scope, &named(&extension)))?;
            let changed = extensions::patch(office, &scope, located, None, &patch);
            print::resource(&block_on(changed)?)
        }
        ExtensionVerb::Remove { tenant, extension } => {
            let scope = console.enter(&tenant)?.scope;
            let (located, _) = block_on(extensions::find(office, &scope, &named(&extension)))?;
            block_on(extensions::delete(office, &scope, located, None))?;
            print::line(&format!("removed {extension} of {tenant}"));
            Ok(())
        }
    }
}

fn named(text: &str) -> Unresolved<Extension> {
    Unresolved::new(text)
}

fn list(console: &Console, tenant: &str) -> Result<(), Failure> {
    let scope = console.enter(tenant)?.scope;
    let mut rows = Vec::new();
    each_page(
        async |page| extensions::list(&console.office, &scope, &page).await,
        |extension| {
            let destination = serde_json::to_value(extension.spec.destination);
            let destination = destination
                .ok()
                .and_then(|value| value.as_str().map(str::to_owned));
            rows.push(vec![
                extension.spec.number,
                extension.spec.display_name,
                extension.spec.ring_seconds.to_string(),
                destination.unwrap_or_default(),
                yes_or_no(extension.spec.enabled),
                extension.id.to_string(),
            ]);
        },
    )?;
    let headings = ["NUMBER", "NAME", "RINGS", "DESTINATION", "ENABLED", "ID"];
    print::table(&headings, &rows);
    Ok(())
}
