//! Operations on how calls sound, from second to second.

use domain::{Permission, Topic, Verb};

use crate::call::{Answer, Call};
use crate::operation::Operation;
use crate::problem::Problem;
use crate::view::quality::CallQualityView;

const LIVE: &str = "/api/v1/tenants/{tenant}/calls/{call}/quality";
const KEPT: &str = "/api/v1/tenants/{tenant}/cdrs/{cdr}/quality";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get(LIVE, "getCallQuality", live)
            .needs(Permission::of(Topic::Cdr, Verb::Read))
            .tells(
                "Show how a live call sounds",
                "Second by second, for each leg and direction, up to a few seconds ago.",
            )
            .gives::<CallQualityView>("How it has sounded so far.")
            .tag("Calls"),
        Operation::get(KEPT, "getCdrQuality", kept)
            .needs(Permission::of(Topic::Cdr, Verb::Read))
            .tells(
                "Show how a call sounded",
                "From its begin to its end, for each leg and direction, in samples of a second or \
                 more. A call that died with the exchange has none.",
            )
            .gives::<CallQualityView>("How it sounded.")
            .tag("Call records"),
    ]
}

async fn live(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let id = call.call_id()?;
    let legs = call.front.parts.live.quality(&scope, id).await?;
    Answer::json(&CallQualityView::so_far(id, legs))
}

async fn kept(call: Call) -> Result<Answer, Problem> {
    Answer::json(&CallQualityView::of(&call.cdr().await?))
}
