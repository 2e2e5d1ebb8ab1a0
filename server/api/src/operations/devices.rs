//! Operations on devices. A generated secret is in the answer that tells of it and nowhere else.

use admin::devices::{self, Written};
use domain::{Device, Resource};

use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::{Operation, PAGE, text};
use crate::problem::{Kind, Problem};
use crate::query::Meant;
use crate::view::audit::VersionView;
use crate::view::device::{DeviceSpec, DeviceView};

const ALL: &str = "/api/v1/tenants/{tenant}/devices";
const ONE: &str = "/api/v1/tenants/{tenant}/devices/{device}";
const SECRET: &str = "/api/v1/tenants/{tenant}/devices/{device}/secret";
const HISTORY: &str = "/api/v1/tenants/{tenant}/devices/{device}/history";

const CREATE: &str = "\
Without a `secret` one is generated, which is in this answer and never again. A repeated request \
with the same `Idempotency-Key` is answered without it.";

const REPLACE: &str = "\
What is left out has its default, but the secret stays. What is kept of a secret depends on the \
user name, so a new user name needs a `secret`.";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get(ALL, "listDevices", list)
            .tells("List devices", "")
            .query(&PAGE)
            .query(&[
                text("filter", "Only devices whose user name contains this text."),
                text(
                    "sort",
                    "`created` (default) or `name`, which is the user name.",
                ),
                text(
                    "extension",
                    "Only devices of this extension, by id or number.",
                ),
            ])
            .gives::<List<DeviceView>>("One page of devices."),
        Operation::post(ALL, "createDevice", create)
            .tells("Create a device", CREATE)
            .takes::<DeviceSpec>()
            .creates::<DeviceView>("The device, with its generated secret.")
            .tagged()
            .refuses(&[Kind::Taken]),
        Operation::get(ONE, "getDevice", get)
            .tells("Show a device", "`{device}` is its id or its user name.")
            .gives::<DeviceView>("The device.")
            .tagged(),
        Operation::put(ONE, "replaceDevice", replace)
            .tells("Replace a device", REPLACE)
            .takes::<DeviceSpec>()
            .gives::<DeviceView>("The device as it is now.")
            .tagged()
            .refuses(&[Kind::Taken]),
        Operation::patch(ONE, "changeDevice", change)
            .tells(
                "Change a device",
                "What is left out stays as it is. A new user name needs a `secret`.",
            )
            .merges::<DeviceSpec>()
            .gives::<DeviceView>("The device as it is now.")
            .tagged()
            .refuses(&[Kind::Taken]),
        Operation::delete(ONE, "deleteDevice", delete)
            .tells(
                "Delete a device",
                "It is no longer registered from then on.",
            )
            .may_be_revised(),
        Operation::post(SECRET, "rotateDeviceSecret", rotate)
            .tells(
                "Give a device a new secret",
                "The old one is void at once. The new one is in this answer and never again.",
            )
            .gives::<DeviceView>("The device, with its new secret.")
            .tagged()
            .may_be_revised(),
        Operation::get(HISTORY, "getDeviceHistory", history)
            .tells(
                "Show the revisions of a device",
                "The latest 100, newest first.",
            )
            .gives::<List<VersionView>>("All revisions that are kept."),
    ];
    operations.map(|operation| operation.tag("Devices")).into()
}

fn shown(device: Resource<Device>) -> Result<Answer, Problem> {
    let revision = device.revision;
    Ok(Answer::json(&DeviceView::from(device))?.at_revision(revision))
}

/// The answer with a secret; what is remembered of it is without.
fn told(written: Written) -> Result<Answer, Problem> {
    let revision = written.device.revision;
    let bare = DeviceView::from(written.device.clone());
    let answer = Answer::json(&DeviceView::from(written))?;
    answer.at_revision(revision).remembered_as(&bare)
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let mut page = call.page()?;
    page.filter.refers_to = match call.extension_meant(&scope).await? {
        Meant::Any => None,
        Meant::This(extension) => Some(extension.to_string()),
        Meant::Nobody => return Answer::json(&List::<DeviceView>::empty()),
    };
    let found = devices::list(&call.office, &scope, &page).await?;
    Answer::json(&List::<DeviceView>::of(found.items, found.next))
}

async fn create(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let draft = devices::draft(&call.office, &scope, call.json()?).await?;
    let written = devices::create(&call.office, &scope, draft).await?;
    let (tenant, id) = (written.device.owner, written.device.id);
    let location = format!("/api/v1/tenants/{tenant}/devices/{id}");
    Ok(told(written)?.created(location))
}

async fn get(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("device"));
    let (_, device) = devices::find(&call.office, &scope, &reference).await?;
    if call.has_revision(device.revision) {
        return Ok(Answer::not_modified(device.revision));
    }
    shown(device)
}

async fn replace(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("device"));
    let (located, present) = devices::find(&call.office, &scope, &reference).await?;
    let revision = call.required_revision()?;
    let value = call.replacement(&DeviceView::from(present))?;
    let draft = devices::draft(&call.office, &scope, value).await?;
    shown(devices::replace(&call.office, &scope, located, revision, draft).await?)
}

async fn change(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("device"));
    let (located, _) = devices::find(&call.office, &scope, &reference).await?;
    let revision = call.required_revision()?;
    let patch = call.json()?;
    shown(devices::patch(&call.office, &scope, located, revision, &patch).await?)
}

async fn delete(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("device"));
    let (located, _) = devices::find(&call.office, &scope, &reference).await?;
    devices::delete(&call.office, &scope, located, call.optional_revision()?).await?;
    Ok(Answer::empty())
}

async fn rotate(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("device"));
    let (located, _) = devices::find(&call.office, &scope, &reference).await?;
    let revision = call.optional_revision()?;
    told(devices::rotate_secret(&call.office, &scope, located, revision).await?)
}

async fn history(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("device"));
    let (located, _) = devices::find(&call.office, &scope, &reference).await?;
    let versions = devices::history(&call.office, &scope, located).await?;
    Answer::json(&List::<VersionView>::of(versions, None))
}
