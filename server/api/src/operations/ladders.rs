//! Operations on ladders: the SIP messages of one call.

use admin::ladders;
use domain::{Ladder, Permission, Topic, Verb};
use ports::StoreError;

use crate::call::{Answer, Call};
use crate::operation::Operation;
use crate::problem::Problem;
use crate::view::ladder::LadderView;

const ONE: &str = "/api/v1/tenants/{tenant}/calls/{call}/ladder";
const DRAWN: &str = "/api/v1/tenants/{tenant}/calls/{call}/ladder/drawing";

/// Media type of a drawing.
const PLAIN: &str = "text/plain; charset=utf-8";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get(ONE, "getCallLadder", get)
            .needs(Permission::of(Topic::Call, Verb::Read))
            .tells(
                "Show the SIP messages of a call",
                "All legs, in order, with what was decided between them. Of a live call as far as \
                 it has come; of an ended one when the tenant keeps such ladders (`ladders`). What \
                 proves somebody, decrypts media or was written by people is taken out.",
            )
            .gives::<LadderView>("The ladder."),
        Operation::get(DRAWN, "drawCallLadder", drawing)
            .needs(Permission::of(Topic::Call, Verb::Read))
            .tells(
                "Draw the SIP messages of a call",
                "The same as a drawing for people.",
            )
            .prints(PLAIN, "The drawing."),
    ];
    operations.map(|operation| operation.tag("Calls")).into()
}

impl Call {
    /// The ladder of the call that the path names: from the exchange while it has it, else as kept.
    async fn ladder(&self) -> Result<Ladder, Problem> {
        let scope = self.scope().await?;
        let id = self.call_id()?;
        let missing = match self.front.parts.live.ladder(&scope, id).await {
            Ok(ladder) => return Ok(ladder),
            Err(missing) => missing,
        };
        match ladders::kept(&self.office, &scope, id).await {
            // the exchange may have it, if only it could be asked
            Err(StoreError::NotFound) => Err(missing.into()),
            kept => Ok(kept?),
        }
    }
}

async fn get(call: Call) -> Result<Answer, Problem> {
    Answer::json(&LadderView::from(call.ladder().await?))
}

async fn drawing(call: Call) -> Result<Answer, Problem> {
    Ok(Answer::text(PLAIN, ladders::draw(&call.ladder().await?)))
}
