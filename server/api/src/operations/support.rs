//! Operations on support access: who of those above a tenant may enter it, and who has.

use std::time::Duration;

use admin::support::{self, Wish};
use admin::{access, read_object};
use domain::{Permission, SupportAccess, Topic, Verb};
use ids::SupportId;
use tenancy::TenantScope;

use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use crate::view::support::{AccessView, NewSupportAccess, NewSupportPolicy, SupportView};

const BASE: &str = "/api/v1/tenants/{tenant}/support";
const POLICY: &str = "/api/v1/tenants/{tenant}/support/policy";
const ALL: &str = "/api/v1/tenants/{tenant}/support/accesses";
const GRANT: &str = "/api/v1/tenants/{tenant}/support/accesses/{access}/grant";
const END: &str = "/api/v1/tenants/{tenant}/support/accesses/{access}/end";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get(BASE, "getSupport", get)
            .needs(Permission::of(Topic::Support, Verb::Read))
            .tells(
                "Show who is inside from above",
                "Whether the operator and resellers may enter the company, who of them is inside \
                 at this moment, and who waits to be let in.",
            )
            .gives::<SupportView>("How the company stands to those above it."),
        Operation::put(POLICY, "setSupportPolicy", set_policy)
            .needs(Permission::of(Topic::Support, Verb::Grant))
            .tells(
                "Say whether those above may enter",
                "For the company alone. `open` lets them in, each hour listed; `ask` wants each \
                 access to be granted; `forbidden` lets nobody in. Whoever is inside without \
                 being granted is out at once.",
            )
            .takes::<NewSupportPolicy>()
            .gives::<SupportView>("How the company stands to those above it.")
            .unrevised(),
        Operation::get(ALL, "listSupportAccesses", list)
            .needs(Permission::of(Topic::Support, Verb::Read))
            .tells(
                "List support accesses",
                "The latest 1,000, newest first, those that are over too.",
            )
            .gives::<List<AccessView>>("All accesses that are kept."),
        Operation::post(ALL, "askForSupportAccess", ask)
            .needs(Permission::of(Topic::Support, Verb::Ask))
            .tells(
                "Ask to be let in",
                "For operators and resellers above. Under an open policy it is granted at once.",
            )
            .takes::<NewSupportAccess>()
            .creates::<AccessView>("The access, as far as it is granted."),
        Operation::post(GRANT, "grantSupportAccess", grant)
            .needs(Permission::of(Topic::Support, Verb::Grant))
            .tells(
                "Let somebody in who asked",
                "For the company alone. The time begins now.",
            )
            .gives::<AccessView>("The access."),
        Operation::post(END, "endSupportAccess", end)
            .needs(Permission::of(Topic::Support, Verb::End))
            .tells(
                "Refuse or end an access",
                "The company ends any; operators and resellers end their own.",
            )
            .gives::<AccessView>("The access."),
    ];
    operations
        .map(|operation| operation.tag("Support access"))
        .into()
}

/// The scope of the company itself: to decide who enters is nobody else's.
async fn own(call: &Call) -> Result<TenantScope, Problem> {
    let entered = call.oversee(&call.reference("tenant")).await?;
    if call.principal()?.tenant().is_none() {
        let detail = "the company alone decides who enters it";
        return Err(Problem::new(Kind::NotLetIn, detail));
    }
    Ok(entered.scope)
}

fn named(call: &Call) -> Result<SupportId, Problem> {
    call.segment("access")
        .parse()
        .map_err(|_| Problem::not_found())
}

async fn shown(call: &Call, scope: &TenantScope) -> Result<Answer, Problem> {
    let standing = support::standing(&call.office, scope).await?;
    Answer::json(&SupportView::of(standing, call.office.now()))
}

async fn get(call: Call) -> Result<Answer, Problem> {
    let entered = call.oversee(&call.reference("tenant")).await?;
    shown(&call, &entered.scope).await
}

async fn set_policy(call: Call) -> Result<Answer, Problem> {
    let new: NewSupportPolicy = read_object(&call.json()?)?;
    let scope = own(&call).await?;
    support::set_policy(&call.office, &scope, new.policy).await?;
    shown(&call, &scope).await
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let entered = call.oversee(&call.reference("tenant")).await?;
    let standing = support::standing(&call.office, &entered.scope).await?;
    let now = call.office.now();
    let views = standing.accesses.into_iter();
    let policy = standing.policy;
    let view = |access: SupportAccess| {
        let inside = access.lets_in(policy, now);
        AccessView::of(access, inside)
    };
    let views: Vec<_> = views.map(view).collect();
    Answer::json(&List::<AccessView>::of(views, None))
}

async fn ask(call: Call) -> Result<Answer, Problem> {
    let reference = call.reference("tenant");
    let tenant = call.oversee(&reference).await?.tenant.id;
    let new: NewSupportAccess = read_object(&call.json()?)?;
    let wish = Wish {
        reason: new.reason.trim().to_owned(),
        lasts: Duration::from_secs(u64::from(new.minutes) * 60),
    };
    let access = access::ask(&call.office, call.principal()?, &reference, wish).await?;
    let location = format!("/api/v1/tenants/{tenant}/support/accesses");
    let inside = access.holds(call.office.now());
    Ok(Answer::json(&AccessView::of(access, inside))?.created(location))
}

async fn grant(call: Call) -> Result<Answer, Problem> {
    let scope = own(&call).await?;
    let access = support::grant(&call.office, &scope, named(&call)?).await?;
    Answer::json(&AccessView::of(access, true))
}

async fn end(call: Call) -> Result<Answer, Problem> {
    let (scope, id) = (
        call.oversee(&call.reference("tenant")).await?.scope,
        named(&call)?,
    );
    let principal = call.principal()?;
    let own = match principal.tenant() {
        Some(_) => None,
        None => Some(principal.actor()),
    };
    let access = support::end(&call.office, &scope, id, own).await?;
    Answer::json(&AccessView::of(access, false))
}
