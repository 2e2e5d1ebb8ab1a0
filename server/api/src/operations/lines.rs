//! Operations on what a company has towards the telephone network.

use admin::{explain, lines, read_object};
use domain::{KindName, Permission, Verb};

use crate::call::{Answer, Call};
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use crate::view::line::{ExplainedView, LinesView, NewRouteQuestion};

const LINES: &str = "/api/v1/tenants/{tenant}/lines";
const EXPLAIN: &str = "/api/v1/tenants/{tenant}/routes:explain";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get(LINES, "getLines", get)
            .needs(Permission::of_kind(KindName::Trunk, Verb::Read))
            .tells(
                "Show trunks and numbers that a company has",
                "The trunks that it may use, its own and those shared with it from above, and the \
                 numbers that are assigned to it.",
            )
            .gives::<LinesView>("What it has."),
        Operation::post(EXPLAIN, "explainRoute", answer)
            .needs(Permission::of_kind(KindName::OutboundRoute, Verb::Read))
            .tells(
                "Tell where a call would go, and why",
                "What the exchange would do if an extension dialled something, or if somebody \
                 called by a trunk. Nobody is called. Whether telephones are registered at this \
                 moment is not looked at.",
            )
            .takes::<NewRouteQuestion>()
            .gives::<ExplainedView>("What would be done, and the reason of each step.")
            .refuses(&[Kind::Invalid]),
    ];
    operations.map(|operation| operation.tag("Lines")).into()
}

async fn get(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let lines = lines::of_tenant(&call.office, &scope).await?;
    Answer::json(&LinesView::of(lines))
}

async fn answer(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let asked: NewRouteQuestion = read_object(&call.json()?)?;
    let question = asked.question()?;
    let explained = explain::explain(&call.office, &scope, &question).await?;
    Answer::json(&ExplainedView::of(explained))
}
