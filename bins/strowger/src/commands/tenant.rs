//! `strowger tenant`.

use admin::{parse_spec, tenants};
use serde_json::json;
use store::block_on;

use super::{each_page, fields, yes_or_no};
use crate::arguments::{TenantArguments, TenantVerb};
use crate::console::Console;
use crate::failure::Failure;
use crate::print;

/// Fields whose values are text whatever they look like.
const TEXTS: [&str; 1] = ["display_name"];

/// Carries the command out.
///
/// # Errors
/// What the use case says.
pub(crate) fn run(arguments: TenantArguments) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    match arguments.verb {
        TenantVerb::List => list(&console),
        TenantVerb::Show { tenant } => print::resource(&console.enter(&tenant)?.tenant),
        TenantVerb::Add { domain, fields } => {
            let mut spec = fields::object(&fields, &TEXTS)?;
            if let Some(members) = spec.as_object_mut() {
                members
                    .entry("domains")
                    .or_insert_with(|| json!([domain.clone()]));
            }
            let spec = parse_spec(&spec).map_err(ports::StoreError::from)?;
            let made = block_on(tenants::create(&console.office, &console.platform, spec))?;
            print::line(&format!("added {domain} ({})", made.id));
            Ok(())
        }
        TenantVerb::Set { tenant, fields } => {
            let entered = console.enter(&tenant)?;
            let patch = fields::object(&fields, &TEXTS)?;
            let (office, platform) = (&console.office, &console.platform);
            let changed = tenants::patch(office, platform, entered.located, None, &patch);
            print::resource(&block_on(changed)?)
        }
        TenantVerb::Remove { tenant } => {
            let entered = console.enter(&tenant)?;
            let (office, platform) = (&console.office, &console.platform);
            block_on(tenants::delete(office, platform, entered.located, None))?;
            print::line(&format!("removed {tenant}"));
            Ok(())
        }
    }
}

fn list(console: &Console) -> Result<(), Failure> {
    let mut rows = Vec::new();
    let (office, platform) = (&console.office, &console.platform);
    each_page(
        async |page| tenants::list(office, platform, &page).await,
        |tenant| {
            rows.push(vec![
                tenant.spec.domains.join(","),
                tenant.spec.display_name,
                yes_or_no(tenant.spec.enabled),
                tenant.id.to_string(),
            ]);
        },
    )?;
    print::table(&["DOMAINS", "NAME", "ENABLED", "ID"], &rows);
    Ok(())
}
