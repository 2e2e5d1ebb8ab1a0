//! Operations on the conferences of this moment.

use admin::read_object;
use domain::{Permission, Topic, Verb};
use ports::{LiveConference, Seat};

use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::{Operation, PAGE};
use crate::problem::Problem;
use crate::view::conference::{ConferenceView, SeatView};

const ALL: &str = "/api/v1/tenants/{tenant}/conferences";
const SEAT: &str = "/api/v1/tenants/{tenant}/calls/{call}/seat";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get(ALL, "listConferences", list)
            .needs(Permission::of(Topic::Call, Verb::Read))
            .tells(
                "List conferences in which there is somebody",
                "A conference is an extension with the destination `conference`. Each is listed with \
                 its members, who of them are heard now, and who has the floor.",
            )
            .query(&PAGE)
            .gives::<List<ConferenceView>>("One page of conferences."),
        Operation::put(SEAT, "seatMember", seat)
            .needs(Permission::of(Topic::Call, Verb::Change))
            .tells(
                "Change what a member of a conference may",
                "Its call names it. A member that `coaches` another is heard by that one alone. A \
                 member may mute itself and be heard again by `*6`, too. It is taken out of the \
                 conference by hanging its call up.",
            )
            .takes::<SeatView>()
            .gives::<SeatView>("What it may from now on.")
            .unrevised(),
    ];
    operations
        .map(|operation| operation.tag("Conferences"))
        .into()
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let (after, limit) = (call.after()?, call.limit()?);
    let all = call.front.parts.live.conferences(&scope).await?;
    let keyed = |one: LiveConference| (one.extension.to_string(), one);
    let all = all.into_iter().map(keyed).collect();
    Answer::json(&List::<ConferenceView>::cut(all, after.as_ref(), limit))
}

async fn seat(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let id = call.call_id()?;
    let seat: SeatView = read_object(&call.json()?)?;
    if seat.gain_percent > Seat::MOST_GAIN {
        let invalid = domain::Invalid::new("/gain_percent", "must be at most 400");
        return Err(invalid.into());
    }
    call.front.parts.live.seat(&scope, id, seat.into()).await?;
    Answer::json(&seat)
}
