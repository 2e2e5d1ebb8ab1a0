//! Operations on a person's data: where it is, all of it, and its erasure.

use admin::persons;
use domain::{Permission, Topic, Verb};

use crate::call::{Answer, Call};
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use crate::view::privacy::{ErasedView, ExportView, FoundView};

const ONE: &str = "/api/v1/tenants/{tenant}/persons/{person}";
const EXPORT: &str = "/api/v1/tenants/{tenant}/persons/{person}/export";
const ERASE: &str = "/api/v1/tenants/{tenant}/persons/{person}/erase";

const WHO: &str = "\
`{person}` is the mail address or id of a user, the number or id of an extension, or any other \
telephone number. What belongs together is taken together: a user with the own extension, an \
extension with its people and its telephones.";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get(ONE, "findPerson", find)
            .needs(Permission::of(Topic::Person, Verb::Read))
            .tells("Show where a person's data is", WHO)
            .gives::<FoundView>("All places, and what an erasure does with them.")
            .refuses(&[Kind::Invalid]),
        Operation::get(EXPORT, "exportPerson", export)
            .needs(Permission::of(Topic::Person, Verb::Read))
            .tells(
                "Show all of a person's data",
                format!("{WHO} It is noted in the audit trail. At most 20,000 records."),
            )
            .gives::<ExportView>("Documents and records, by kind.")
            .refuses(&[Kind::Invalid, Kind::TooLarge]),
        Operation::post(ERASE, "erasePerson", erase)
            .needs(Permission::of(Topic::Person, Verb::Remove))
            .tells(
                "Erase a person",
                format!(
                    "{WHO} Users go, an extension loses its name, and records get a pseudonym. \
                     Refused while a legal hold covers the person. After a failure, repeat it."
                ),
            )
            .gives::<ErasedView>("What was erased and rewritten.")
            .refuses(&[Kind::Invalid, Kind::InUse]),
    ];
    operations.map(|operation| operation.tag("Privacy")).into()
}

async fn find(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let found = persons::find(&call.office, &scope, call.segment("person")).await?;
    Answer::json(&FoundView::from(found))
}

async fn export(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let export = persons::export(&call.office, &scope, call.segment("person")).await?;
    Answer::json(&ExportView::from(export))
}

async fn erase(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let erased = persons::erase(&call.office, &scope, call.segment("person")).await?;
    Answer::json(&ErasedView::from(erased))
}
