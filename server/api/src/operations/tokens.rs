//! Operations on API keys. A key's text is in the answer that tells of its making, never again.

use admin::{read_object, tokens};
use domain::{Invalid, Level, Permission, Reseller, Rights, TokenRecord, Topic, Verb};
use ids::TokenId;
use ports::{StoreError, locate_below};
use tenancy::{AccountScope, Owner, Unresolved};

use crate::call::{Answer, Call};
use crate::giving;
use crate::list::List;
use crate::operation::{Access, Operation, PAGE, text};
use crate::problem::{Kind, Problem};
use crate::view::token::{NewToken, TokenView, WhoAmI};

const ALL: &str = "/api/v1/tokens";
const ONE: &str = "/api/v1/tokens/{token}";
const WHOAMI: &str = "/api/v1/whoami";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get(ALL, "listTokens", list)
            .needs(Permission::of(Topic::Key, Verb::Read))
            .tells(
                "List API keys",
                "For operators and resellers. Revoked ones are listed, too.",
            )
            .query(&PAGE)
            .query(&[text("tenant", "Only keys of this tenant, by id or domain.")])
            .gives::<List<TokenView>>("One page of keys, without their texts.")
            .refuses(&[Kind::NotFound]),
        Operation::post(ALL, "createToken", create)
            .needs(Permission::of(Topic::Key, Verb::Create))
            .tells(
                "Make an API key",
                "For operators and resellers. The key itself is in this answer and never again. A repeated \
                 request with the same `Idempotency-Key` is answered without it.",
            )
            .takes::<NewToken>()
            .creates::<TokenView>("What is kept of the key, and the key itself.")
            .refuses(&[Kind::NotFound, Kind::NotLetIn]),
        Operation::get(ONE, "getToken", get)
            .needs(Permission::of(Topic::Key, Verb::Read))
            .tells("Show an API key", "For operators and resellers.")
            .gives::<TokenView>("What is kept of the key."),
        Operation::delete(ONE, "revokeToken", revoke)
            .needs(Permission::of(Topic::Key, Verb::Remove))
            .tells(
            "Revoke an API key",
            "For operators and resellers. It opens nothing from then on; what is known of it is \
             kept.",
        ),
        Operation::get(WHOAMI, "whoAmI", who_am_i).free(Access::Key)
            .tells("Show what the presented key may do", "")
            .gives::<WhoAmI>("The caller."),
    ];
    operations.map(|operation| operation.tag("API keys")).into()
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let scope = call.account()?;
    let (after, limit) = (call.after()?, call.limit()?);
    let owner = match call.parameter("tenant") {
        None => None,
        Some(text) => Some(call.oversee(&Unresolved::new(text)).await?.tenant.id.into()),
    };
    let all = tokens::list(&call.office, &scope, owner).await?;
    let all = all
        .into_iter()
        .map(|token| (token.id.to_string(), token))
        .collect();
    Answer::json(&List::<TokenView>::cut(all, after.as_ref(), limit))
}

/// Whose a new key shall be: a tenant's that lets the caller in, a reseller's below the caller's
/// account, or the account's own.
async fn owner(call: &Call, scope: &AccountScope, new: &NewToken) -> Result<Owner, Problem> {
    match (&new.tenant, &new.reseller) {
        (None, None) => Ok(scope.owner()),
        (Some(_), Some(_)) => {
            Err(Invalid::new("/reseller", "must not be named beside a tenant").into())
        }
        (Some(text), None) => match call.enter(&Unresolved::new(text)).await {
            Ok(entered) => Ok(entered.tenant.id.into()),
            Err(problem) if problem.kind() == Kind::NotFound => {
                Err(Invalid::new("/tenant", "must be the id or a domain of a tenant").into())
            }
            Err(problem) => Err(problem),
        },
        (None, Some(text)) => {
            let reference = Unresolved::<Reseller>::new(text);
            let found = locate_below(call.office.store(), scope, &reference).await;
            match found {
                Ok((below, _)) => Ok(below.id().into()),
                Err(StoreError::NotFound) => {
                    let rule = "must be the id or the name of a reseller";
                    Err(Invalid::new("/reseller", rule).into())
                }
                Err(error) => Err(error.into()),
            }
        }
    }
}

async fn create(call: Call) -> Result<Answer, Problem> {
    let scope = call.account()?;
    let new: NewToken = read_object(&call.json()?)?;
    let expires = new.expires.as_deref().map(str::parse).transpose();
    let expires = expires.map_err(|_| Invalid::new("/expires", "must be a time of RFC 3339"))?;
    let owner = owner(&call, &scope, &new).await?;
    giving::within(&call, &Rights::of_level(Level::of(owner))).await?;
    let (token, text) = tokens::create(&call.office, &scope, &new.name, owner, expires).await?;
    let (location, bare) = (
        format!("{ALL}/{}", token.id),
        TokenView::from(token.clone()),
    );
    let shown = TokenView::from(token).showing(&text);
    Answer::json(&shown)?.created(location).remembered_as(&bare)
}

/// The id that the path names, and the right to ask for it.
fn named(call: &Call) -> Result<(AccountScope, TokenId), Problem> {
    let scope = call.account()?;
    let id = call.segment("token").parse();
    Ok((scope, id.map_err(|_| Problem::not_found())?))
}

async fn get(call: Call) -> Result<Answer, Problem> {
    let (scope, id) = named(&call)?;
    let all: Vec<TokenRecord> = tokens::list(&call.office, &scope, None).await?;
    let found = all.into_iter().find(|token| token.id == id);
    Answer::json(&TokenView::from(found.ok_or_else(Problem::not_found)?))
}

async fn revoke(call: Call) -> Result<Answer, Problem> {
    let (scope, id) = named(&call)?;
    tokens::revoke(&call.office, &scope, id).await?;
    Ok(Answer::empty())
}

async fn who_am_i(call: Call) -> Result<Answer, Problem> {
    let caller = call.caller.as_ref().ok_or_else(Problem::not_found)?;
    Answer::json(&WhoAmI::from(caller))
}
