//! `strowger device`.

use admin::devices;
use domain::{Device, Secret};
use serde_json::{Value, json};
use store::block_on;
use tenancy::Unresolved;

use super::{each_page, fields, yes_or_no};
use crate::arguments::{DeviceArguments, DeviceVerb};
use crate::console::{Console, secret_from_stdin};
use crate::failure::Failure;
use crate::print;

/// Fields whose values are text whatever they look like.
const TEXTS: [&str; 3] = ["username", "extension", "address"];

/// Carries the command out.
///
/// # Errors
/// What the use case says.
pub(crate) fn run(arguments: DeviceArguments) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    match arguments.verb {
        DeviceVerb::List { tenant } => list(&console, &tenant),
        DeviceVerb::Show { tenant, device } => {
            let scope = console.enter(&tenant)?.scope;
            let (_, found) = block_on(devices::find(&console.office, &scope, &named(&device)))?;
            print::resource(&found)
        }
        DeviceVerb::Add {
            tenant,
            username,
            fields,
            secret_stdin,
        } => add(&console, &tenant, &username, &fields, secret_stdin),
        DeviceVerb::Set {
            tenant,
            device,
            fields,
        } => {
            let patch = fields::object(&fields, &TEXTS)?;
            change(&console, &tenant, &device, &patch)
        }
        DeviceVerb::Secret {
            tenant,
            device,
            secret_stdin: true,
        } => change(
            &console,
            &tenant,
            &device,
            &json!({"secret": secret_from_stdin()?}),
        ),
        DeviceVerb::Secret {
            tenant,
            device,
            secret_stdin: false,
        } => rotate(&console, &tenant, &device),
        DeviceVerb::Remove { tenant, device } => {
            let (office, scope) = (&console.office, console.enter(&tenant)?.scope);
            let (located, _) = block_on(devices::find(office, &scope, &named(&device)))?;
            block_on(devices::delete(office, &scope, located, None))?;
            print::line(&format!("removed {device} of {tenant}"));
            Ok(())
        }
    }
}

fn named(text: &str) -> Unresolved<Device> {
    Unresolved::new(text)
}

fn add(
    console: &Console,
    tenant: &str,
    username: &str,
    fields: &[String],
    secret_stdin: bool,
) -> Result<(), Failure> {
    let (office, scope) = (&console.office, console.enter(tenant)?.scope);
    let mut spec = fields::object(fields, &TEXTS)?;
    if let Some(members) = spec.as_object_mut() {
        if members.contains_key("secret") {
            return Err(
                Failure::new("a password on the command line is seen by all users")
                    .next("give it on standard input: --secret-stdin"),
            );
        }
        members.insert("username".to_owned(), Value::String(username.to_owned()));
        if secret_stdin {
            members.insert("secret".to_owned(), Value::String(secret_from_stdin()?));
        }
    }
    let draft = block_on(devices::draft(office, &scope, spec))?;
    let written = block_on(devices::create(office, &scope, draft))?;
    print::line(&format!(
        "added {username} of {tenant} ({})",
        written.device.id
    ));
    tell(written.secret.as_ref());
    Ok(())
}

fn change(console: &Console, tenant: &str, device: &str, patch: &Value) -> Result<(), Failure> {
    let (office, scope) = (&console.office, console.enter(tenant)?.scope);
    let (located, _) = block_on(devices::find(office, &scope, &named(device)))?;
    print::resource(&block_on(devices::patch(
        office, &scope, located, None, patch,
    ))?)
}

fn rotate(console: &Console, tenant: &str, device: &str) -> Result<(), Failure> {
    let (office, scope) = (&console.office, console.enter(tenant)?.scope);
    let (located, _) = block_on(devices::find(office, &scope, &named(device)))?;
    let written = block_on(devices::rotate_secret(office, &scope, located, None))?;
    tell(written.secret.as_ref());
    Ok(())
}

fn tell(secret: Option<&Secret>) {
    if let Some(secret) = secret {
        print::line(&format!("password (shown this once): {}", secret.reveal()));
    }
}

fn list(console: &Console, tenant: &str) -> Result<(), Failure> {
    let (office, scope) = (&console.office, console.enter(tenant)?.scope);
    let mut numbers = std::collections::BTreeMap::new();
    each_page(
        async |page| admin::extensions::list(office, &scope, &page).await,
        |extension| {
            numbers.insert(extension.id, extension.spec.number);
        },
    )?;
    let mut rows = Vec::new();
    each_page(
        async |page| devices::list(office, &scope, &page).await,
        |device| {
            let number = numbers.get(&device.spec.extension);
            rows.push(vec![
                device.spec.username,
                number.cloned().unwrap_or_default(),
                yes_or_no(device.spec.enabled),
                device.id.to_string(),
            ]);
        },
    )?;
    print::table(&["USERNAME", "EXTENSION", "ENABLED", "ID"], &rows);
    Ok(())
}
