//! Operations on live calls.

use admin::read_object;
use ids::CallId;
use ports::LiveCall;

use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::{Operation, PAGE};
use crate::problem::Problem;
use crate::view::call::{CallReasonsView, CallView, NewCallRecording};
use domain::{Permission, Topic, Verb};

const ALL: &str = "/api/v1/tenants/{tenant}/calls";
const ONE: &str = "/api/v1/tenants/{tenant}/calls/{call}";
const RECORDING: &str = "/api/v1/tenants/{tenant}/calls/{call}/recording";
const WHY: &str = "/api/v1/tenants/{tenant}/calls/{call}/why";

/// What the record of a call says that was hung up here.
const HUNG_UP: &str = "hung up by an API request";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get(ALL, "listCalls", list)
            .needs(Permission::of(Topic::Call, Verb::Read))
            .tells("List live calls", "Calls of this moment, oldest first.")
            .query(&PAGE)
            .gives::<List<CallView>>("One page of calls."),
        Operation::get(ONE, "getCall", get)
            .needs(Permission::of(Topic::Call, Verb::Read))
            .tells(
                "Show a live call",
                "A call that has ended is found among the call records.",
            )
            .gives::<CallView>("The call."),
        Operation::delete(ONE, "hangUpCall", hang_up)
            .needs(Permission::of(Topic::Call, Verb::End))
            .tells(
                "Hang a live call up",
                "Its record says that an API request ended it.",
            ),
        Operation::put(RECORDING, "recordCall", record)
            .needs(Permission::of(Topic::Recording, Verb::Ask))
            .tells(
                "Have a live call recorded, or not",
                "`on` begins a recording, or goes on with a paused one. While it is `paused`, what is \
                 said is nowhere, and the recording is silent for as long. `off` ends it: another \
                 `on` begins another recording. Two parties must be talking with each other; or the call attends \
                 a conference that may be recorded, and then it is about that as a whole.",
            )
            .takes::<NewCallRecording>()
            .gives::<CallView>("The call.")
            .unrevised(),
        Operation::get(WHY, "explainCall", why)
            .needs(Permission::of(Topic::Call, Verb::Read))
            .tells(
                "Explain a live call",
                "Why the call is where it is: the rules that applied, and because of what.",
            )
            .gives::<CallReasonsView>("The reasons."),
    ];
    operations.map(|operation| operation.tag("Calls")).into()
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let (after, limit) = (call.after()?, call.limit()?);
    let all = call.front.parts.live.calls(&scope).await?;
    let all = all
        .into_iter()
        .map(|one| (one.id.to_string(), one))
        .collect();
    Answer::json(&List::<CallView>::cut(all, after.as_ref(), limit))
}

impl Call {
    /// The call's id that the path names. What has not the form of one names nothing.
    pub(super) fn call_id(&self) -> Result<CallId, Problem> {
        self.segment("call")
            .parse()
            .map_err(|_| Problem::not_found())
    }

    async fn live_call(&self) -> Result<LiveCall, Problem> {
        let scope = self.scope().await?;
        Ok(self.front.parts.live.call(&scope, self.call_id()?).await?)
    }
}

async fn get(call: Call) -> Result<Answer, Problem> {
    Answer::json(&CallView::from(call.live_call().await?))
}

async fn hang_up(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let id = call.call_id()?;
    call.front.parts.live.hang_up(&scope, id, HUNG_UP).await?;
    Ok(Answer::empty())
}

async fn record(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let id = call.call_id()?;
    let wish: NewCallRecording = read_object(&call.json()?)?;
    let live = &call.front.parts.live;
    live.record(&scope, id, wish.into()).await?;
    Answer::json(&CallView::from(call.live_call().await?))
}

async fn why(call: Call) -> Result<Answer, Problem> {
    Answer::json(&CallReasonsView::from(call.live_call().await?))
}
