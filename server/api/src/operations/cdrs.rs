//! Operations on call records.

use admin::calls;
use domain::{Cdr, Permission, Topic, Verb};
use ids::CdrId;
use ports::CdrQuery;

use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::{Operation, PAGE, text};
use crate::problem::Problem;
use crate::query::Meant;
use crate::view::cdr::{CdrReasonsView, CdrView};

const ALL: &str = "/api/v1/tenants/{tenant}/cdrs";
const ONE: &str = "/api/v1/tenants/{tenant}/cdrs/{cdr}";
const WHY: &str = "/api/v1/tenants/{tenant}/cdrs/{cdr}/why";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get(ALL, "listCdrs", list)
            .needs(Permission::of(Topic::Cdr, Verb::Read))
            .tells("List call records", "Newest first. Conditions add up.")
            .query(&PAGE)
            .query(&[
                text(
                    "from",
                    "Only calls that started at this time or later (RFC 3339).",
                ),
                text(
                    "until",
                    "Only calls that started before this time (RFC 3339).",
                ),
                text(
                    "number",
                    "Only calls from or to this number, or that dialled it.",
                ),
                text(
                    "extension",
                    "Only calls of this extension, by id or number.",
                ),
                text("call", "Only the record of the call with this id."),
            ])
            .gives::<List<CdrView>>("One page of call records."),
        Operation::get(ONE, "getCdr", get)
            .needs(Permission::of(Topic::Cdr, Verb::Read))
            .tells("Show a call record", "")
            .gives::<CdrView>("The record."),
        Operation::get(WHY, "explainCdr", why)
            .needs(Permission::of(Topic::Cdr, Verb::Read))
            .tells(
                "Explain a call that has ended",
                "The steps that were taken, each with the rule and the fact that made it apply.",
            )
            .gives::<CdrReasonsView>("The explanation."),
    ];
    operations
        .map(|operation| operation.tag("Call records"))
        .into()
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let mut query = CdrQuery {
        after: call.after()?,
        limit: call.limit()?,
        from: call.time("from")?,
        until: call.time("until")?,
        number: call.parameter("number").map(str::to_owned),
        extension: None,
        call: None,
    };
    if let Some(text) = call.parameter("call") {
        let parsed = text.parse();
        query.call = Some(parsed.map_err(|_| Problem::parameter("call", "must be a call's id"))?);
    }
    query.extension = match call.extension_meant(&scope).await? {
        Meant::Any => None,
        Meant::This(extension) => Some(extension),
        Meant::Nobody => return Answer::json(&List::<CdrView>::empty()),
    };
    let found = calls::list(&call.office, &scope, &query).await?;
    Answer::json(&List::<CdrView>::of(found.cdrs, found.next))
}

impl Call {
    /// The record that the path names.
    pub(super) async fn cdr(&self) -> Result<Cdr, Problem> {
        let scope = self.scope().await?;
        let id: CdrId = self
            .segment("cdr")
            .parse()
            .map_err(|_| Problem::not_found())?;
        Ok(calls::read(&self.office, &scope, id).await?)
    }
}

async fn get(call: Call) -> Result<Answer, Problem> {
    Answer::json(&CdrView::from(call.cdr().await?))
}

async fn why(call: Call) -> Result<Answer, Problem> {
    Answer::json(&CdrReasonsView::from(call.cdr().await?))
}
