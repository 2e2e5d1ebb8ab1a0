//! Operations on what a company has towards the telephone network.

use admin::replay::{REPLAYED_MAX, Replay, Window};
use admin::{explain, lines, read_object};
use domain::{KindName, Permission, Topic, Verb};

use crate::call::{Answer, Call};
use crate::operation::{Access, Operation};
use crate::problem::{Kind, Problem};
use crate::view::line::{ExplainedView, LinesView, NewRouteQuestion};
use crate::view::replay::{NewReplay, ReplayView};
use crate::view::trunk_preset::PresetsView;

const PRESETS: &str = "/api/v1/trunk_presets";
const LINES: &str = "/api/v1/tenants/{tenant}/lines";
const EXPLAIN: &str = "/api/v1/tenants/{tenant}/routes:explain";
const REPLAY: &str = "/api/v1/tenants/{tenant}/routes:replay";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get(PRESETS, "listTrunkPresets", presets)
            .free(Access::Key)
            .tells(
                "List what is known of carriers",
                "For each carrier whose public documents say it: the members of a trunk that \
                 follow from them, what its customer has to say beside, and the pages that it \
                 comes from. A request that adds a trunk has these members like any others; \
                 nothing of a preset is stored.",
            )
            .gives::<PresetsView>("All of them, by name."),
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
        Operation::post(REPLAY, "replayRoutes", replay)
            .needs(Permission::of_kind(KindName::OutboundRoute, Verb::Read))
            .and(Permission::of(Topic::Cdr, Verb::Read))
            .tells(
                "Tell what calls of the past would come to",
                "Asks routing of each call in the records again, at the call's own time: once by \
                 the present documents and once by proposed ones, and lists the calls that would \
                 differ, those for help first. Without a proposal it tells which calls would not \
                 go any more as they went. Nobody is called and nothing is changed. Telephones \
                 are taken as reachable on both sides, and caps and budgets as unused, so that \
                 what differs does so by documents alone. At most 500 calls are looked at in one \
                 go, the latest first; `next` leads on.",
            )
            .takes::<NewReplay>()
            .gives::<ReplayView>("What was looked at, and what differs.")
            .refuses(&[Kind::Invalid]),
    ];
    operations.map(|operation| operation.tag("Lines")).into()
}

async fn presets(_: Call) -> Result<Answer, Problem> {
    Answer::json(&PresetsView::known())
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

async fn replay(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let asked: NewReplay = read_object(&call.json()?)?;
    let asked = asked.understood()?;
    let window = Window::of(&call.office, asked.since, asked.until)?;
    let replay = Replay::open(&call.office, &scope, asked.proposal.as_ref()).await?;
    let page = (asked.after, asked.limit.unwrap_or(REPLAYED_MAX));
    let replayed = replay.page(&call.office, &scope, &window, page).await?;
    Answer::json(&ReplayView::of(window, replayed))
}
