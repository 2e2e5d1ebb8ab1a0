//! Operations on bans: whose messages are not read for a while.

use admin::bans::NewBan;
use admin::{bans, read_object};
use domain::{Permission, SourceAddress, Topic, Verb};
use ports::StoreError;

use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::{Operation, PAGE};
use crate::problem::{Kind, Problem};
use crate::view::ban::{BanOrder, BanView};

const ALL: &str = "/api/v1/bans";
const ONE: &str = "/api/v1/bans/{source}";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get(ALL, "listBans", list)
            .needs(Permission::of(Topic::Ban, Verb::Read))
            .tells(
                "List bans",
                "For operators. The sources whose SIP messages are not read at this moment, in \
                 the order of their text.",
            )
            .query(&PAGE)
            .gives::<List<BanView>>("One page of bans.")
            .refuses(&[Kind::NotFound]),
        Operation::post(ALL, "addBan", add)
            .needs(Permission::of(Topic::Ban, Verb::Create))
            .tells(
                "Ban a source",
                "For operators. All nodes heed it within some seconds. A source that is banned \
                 for longer already stays so. Networks of the setting `ban_never` are not banned \
                 whatever is said here.",
            )
            .takes::<BanOrder>()
            .gives::<BanView>("The ban in force.")
            .refuses(&[Kind::NotFound]),
        Operation::delete(ONE, "liftBan", lift)
            .needs(Permission::of(Topic::Ban, Verb::Remove))
            .tells(
                "Lift a ban",
                "For operators. The source is forgiven what led to it. An IPv6 network is named \
                 by any of its addresses.",
            )
            .refuses(&[Kind::NotFound]),
    ];
    operations.map(|operation| operation.tag("Bans")).into()
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let scope = call.platform()?;
    let (after, limit) = (call.after()?, call.limit()?);
    let all = bans::list(&call.office, &scope).await?;
    let all = all.into_iter().map(|ban| (ban.source.to_string(), ban));
    Answer::json(&List::<BanView>::cut(all.collect(), after.as_ref(), limit))
}

async fn add(call: Call) -> Result<Answer, Problem> {
    let scope = call.platform()?;
    let order: BanOrder = read_object(&call.json()?)?;
    let new = NewBan::try_from(order).map_err(StoreError::from)?;
    let ban = bans::add(&call.office, &scope, new).await?;
    Answer::json(&BanView::from(ban))
}

async fn lift(call: Call) -> Result<Answer, Problem> {
    let scope = call.platform()?;
    // what is no source is not banned
    let source: SourceAddress = call
        .segment("source")
        .parse()
        .map_err(|_| Problem::not_found())?;
    bans::lift(&call.office, &scope, source).await?;
    Ok(Answer::empty())
}
