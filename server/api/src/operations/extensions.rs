//! Operations on extensions.

use admin::{extensions, parse_spec};
use domain::{Extension, Resource};

use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::{Operation, PAGE, text};
use crate::problem::{Kind, Problem};
use crate::view::audit::VersionView;
use crate::view::extension::{ExtensionSpec, ExtensionView};

const ALL: &str = "/api/v1/tenants/{tenant}/extensions";
const ONE: &str = "/api/v1/tenants/{tenant}/extensions/{extension}";
const HISTORY: &str = "/api/v1/tenants/{tenant}/extensions/{extension}/history";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get(ALL, "listExtensions", list)
            .tells("List extensions", "")
            .query(&PAGE)
            .query(&[
                text("filter", "Only extensions whose number contains this text."),
                text(
                    "sort",
                    "`created` (default) or `name`, which is the number.",
                ),
            ])
            .gives::<List<ExtensionView>>("One page of extensions."),
        Operation::post(ALL, "createExtension", create)
            .tells("Create an extension", "")
            .takes::<ExtensionSpec>()
            .creates::<ExtensionView>("The extension.")
            .tagged()
            .refuses(&[Kind::Taken]),
        Operation::get(ONE, "getExtension", get)
            .tells(
                "Show an extension",
                "`{extension}` is its id or its number.",
            )
            .gives::<ExtensionView>("The extension.")
            .tagged(),
        Operation::put(ONE, "replaceExtension", replace)
            .tells("Replace an extension", "What is left out has its default.")
            .takes::<ExtensionSpec>()
            .gives::<ExtensionView>("The extension as it is now.")
            .tagged()
            .refuses(&[Kind::Taken]),
        Operation::patch(ONE, "changeExtension", change)
            .tells("Change an extension", "What is left out stays as it is.")
            .merges::<ExtensionSpec>()
            .gives::<ExtensionView>("The extension as it is now.")
            .tagged()
            .refuses(&[Kind::Taken]),
        Operation::delete(ONE, "deleteExtension", delete)
            .tells(
                "Delete an extension",
                "Its devices must be deleted or moved before.",
            )
            .may_be_revised()
            .refuses(&[Kind::InUse]),
        Operation::get(HISTORY, "getExtensionHistory", history)
            .tells(
                "Show the revisions of an extension",
                "The latest 100, newest first.",
            )
            .gives::<List<VersionView>>("All revisions that are kept."),
    ];
    operations
        .map(|operation| operation.tag("Extensions"))
        .into()
}

fn shown(extension: Resource<Extension>) -> Result<Answer, Problem> {
    let revision = extension.revision;
    Ok(Answer::json(&ExtensionView::from(extension))?.at_revision(revision))
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let page = extensions::list(&call.office, &scope, &call.page()?).await?;
    Answer::json(&List::<ExtensionView>::of(page.items, page.next))
}

async fn create(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let spec = parse_spec(&call.json()?)?;
    let extension = extensions::create(&call.office, &scope, spec).await?;
    let location = format!(
        "/api/v1/tenants/{}/extensions/{}",
        extension.owner, extension.id
    );
    Ok(shown(extension)?.created(location))
}

async fn get(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("extension"));
    let (_, extension) = extensions::find(&call.office, &scope, &reference).await?;
    if call.has_revision(extension.revision) {
        return Ok(Answer::not_modified(extension.revision));
    }
    shown(extension)
}

async fn replace(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("extension"));
    let (located, present) = extensions::find(&call.office, &scope, &reference).await?;
    let revision = call.required_revision()?;
    let spec = parse_spec(&call.replacement(&ExtensionView::from(present))?)?;
    shown(extensions::replace(&call.office, &scope, located, revision, spec).await?)
}

async fn change(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("extension"));
    let (located, _) = extensions::find(&call.office, &scope, &reference).await?;
    let revision = call.required_revision()?;
    let patch = call.json()?;
    shown(extensions::patch(&call.office, &scope, located, revision, &patch).await?)
}

async fn delete(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("extension"));
    let (located, _) = extensions::find(&call.office, &scope, &reference).await?;
    extensions::delete(&call.office, &scope, located, call.optional_revision()?).await?;
    Ok(Answer::empty())
}

async fn history(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("extension"));
    let (located, _) = extensions::find(&call.office, &scope, &reference).await?;
    let versions = extensions::history(&call.office, &scope, located).await?;
    Answer::json(&List::<VersionView>::of(versions, None))
}
