//! Operations on API keys: of accounts with all below them, and of one tenant. A key's text is in
//! the answer that tells of its making or its rotation, never again.

use std::time::Duration;

use admin::tokens::{self, NewKey};
use admin::{access, key_uses, read_object};
use domain::{Invalid, Permission, Reseller, TOKEN_OVERLAP, TokenRecord, Topic, Verb};
use ids::TokenId;
use machine::WallTime;
use ports::{StoreError, TokenReach, locate_below};
use tenancy::{AccountScope, Owner, TokenText, Unresolved};

use crate::call::{Answer, Call};
use crate::giving;
use crate::list::List;
use crate::operation::{Access, Operation, PAGE, text};
use crate::problem::{Kind, Problem};
use crate::view::token::{NewTenantToken, NewToken, Rotation, TokenView, WhoAmI};

const ALL: &str = "/api/v1/tokens";
const ONE: &str = "/api/v1/tokens/{token}";
const ROTATE: &str = "/api/v1/tokens/{token}/rotate";
const OF_TENANT: &str = "/api/v1/tenants/{tenant}/tokens";
const ONE_OF_TENANT: &str = "/api/v1/tenants/{tenant}/tokens/{token}";
const ROTATE_OF_TENANT: &str = "/api/v1/tenants/{tenant}/tokens/{token}/rotate";
const WHOAMI: &str = "/api/v1/whoami";

const ROTATING: &str = "The new text is in this answer and never again. The present one stays good \
                        for `overlap_seconds`, 30 days at most; one from a rotation before ends at \
                        once.";

pub(super) fn operations() -> Vec<Operation> {
    let who = Operation::get(WHOAMI, "whoAmI", who_am_i)
        .free(Access::Key)
        .tells(
            "Show what the presented key may do",
            "With every permission that it has at this moment: what its role or its scopes give, \
             without what a ceiling above takes away.",
        )
        .gives::<WhoAmI>("The caller.");
    let all = of_accounts().into_iter().chain(of_tenants()).chain([who]);
    all.map(|operation| operation.tag("API keys")).collect()
}

fn of_accounts() -> [Operation; 5] {
    [
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
                "For operators and resellers. The key itself is in this answer and never again. A \
                 repeated request with the same `Idempotency-Key` is answered without it.",
            )
            .takes::<NewToken>()
            .creates::<TokenView>("What is kept of the key, and the key itself.")
            .refuses(&[Kind::NotFound, Kind::NotLetIn, Kind::NotInPlan]),
        Operation::get(ONE, "getToken", get)
            .needs(Permission::of(Topic::Key, Verb::Read))
            .tells("Show an API key", "For operators and resellers.")
            .gives::<TokenView>("What is kept of the key."),
        Operation::post(ROTATE, "rotateToken", rotate)
            .needs(Permission::of(Topic::Key, Verb::Rotate))
            .tells("Give an API key a new text", ROTATING)
            .takes::<Rotation>()
            .gives::<TokenView>("What is kept of the key, and the key itself."),
        Operation::delete(ONE, "revokeToken", revoke)
            .needs(Permission::of(Topic::Key, Verb::Remove))
            .tells(
                "Revoke an API key",
                "For operators and resellers. It opens nothing from then on; what is known of it \
                 is kept.",
            ),
    ]
}

fn of_tenants() -> [Operation; 5] {
    [
        Operation::get(OF_TENANT, "listTenantTokens", list)
            .needs(Permission::of(Topic::Key, Verb::Read))
            .tells("List a tenant's API keys", "Revoked ones are listed, too.")
            .query(&PAGE)
            .gives::<List<TokenView>>("One page of keys, without their texts."),
        Operation::post(OF_TENANT, "createTenantToken", create_inside)
            .needs(Permission::of(Topic::Key, Verb::Create))
            .tells(
                "Make an API key of a tenant",
                "The key itself is in this answer and never again. A repeated request with the \
                 same `Idempotency-Key` is answered without it. Nobody makes a key that may do \
                 more than the maker.",
            )
            .takes::<NewTenantToken>()
            .creates::<TokenView>("What is kept of the key, and the key itself."),
        Operation::get(ONE_OF_TENANT, "getTenantToken", get)
            .needs(Permission::of(Topic::Key, Verb::Read))
            .tells("Show an API key of a tenant", "")
            .gives::<TokenView>("What is kept of the key."),
        Operation::post(ROTATE_OF_TENANT, "rotateTenantToken", rotate)
            .needs(Permission::of(Topic::Key, Verb::Rotate))
            .tells("Give an API key of a tenant a new text", ROTATING)
            .takes::<Rotation>()
            .gives::<TokenView>("What is kept of the key, and the key itself."),
        Operation::delete(ONE_OF_TENANT, "revokeTenantToken", revoke)
            .needs(Permission::of(Topic::Key, Verb::Remove))
            .tells(
                "Revoke an API key of a tenant",
                "It opens nothing from then on; what is known of it is kept.",
            ),
    ]
}

/// Whose keys the path is about: the tenant's that it names, or the account's and all below it.
async fn reach(call: &Call) -> Result<TokenReach, Problem> {
    if call.segment("tenant").is_empty() {
        return Ok(TokenReach::from(&call.account()?));
    }
    Ok(TokenReach::from(&call.scope().await?))
}

/// The id that the path names, and the right to ask for it.
async fn named(call: &Call) -> Result<(TokenReach, TokenId), Problem> {
    let reach = reach(call).await?;
    let id = call.segment("token").parse();
    Ok((reach, id.map_err(|_| Problem::not_found())?))
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let (reach, after, limit) = (reach(&call).await?, call.after()?, call.limit()?);
    let owner = match call.parameter("tenant") {
        None => None,
        Some(text) => Some(call.oversee(&Unresolved::new(text)).await?.tenant.id.into()),
    };
    let all = tokens::list(&call.office, &reach, owner).await?.into_iter();
    let all = all.map(|token| (token.id.to_string(), shown(&call, token)));
    Answer::json(&List::<TokenView>::cut(
        all.collect(),
        after.as_ref(),
        limit,
    ))
}

/// What is shown of a key, with its last use.
fn shown(call: &Call, token: TokenRecord) -> TokenView {
    TokenView::of(key_uses::shown(&call.office, token), call.office.now())
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
    let key = NewKey {
        owner: owner(&call, &scope, &new).await?,
        expires: time(new.expires.as_deref())?,
        scopes: scopes(new.scopes)?,
        name: new.name,
    };
    make(&call, &TokenReach::from(&scope), key, ALL).await
}

async fn create_inside(call: Call) -> Result<Answer, Problem> {
    let new: NewTenantToken = read_object(&call.json()?)?;
    let scope = call.scope().await?;
    let key = NewKey {
        owner: scope.owner(),
        expires: time(new.expires.as_deref())?,
        scopes: scopes(new.scopes)?,
        name: new.name,
    };
    let base = OF_TENANT.replace("{tenant}", &scope.tenant().to_string());
    make(&call, &TokenReach::from(&scope), key, &base).await
}

fn time(text: Option<&str>) -> Result<Option<WallTime>, Problem> {
    let time = text.map(str::parse).transpose();
    time.map_err(|_| Invalid::new("/expires", "must be a time of RFC 3339").into())
}

/// A list of scopes. To name none of all permissions is a mistake, not a key without limits.
fn scopes(named: Option<Vec<String>>) -> Result<Vec<String>, Problem> {
    match named {
        Some(none) if none.is_empty() => {
            let rule = "must name a permission, or be left out for all";
            Err(Invalid::new("/scopes", rule).into())
        }
        named => Ok(named.unwrap_or_default()),
    }
}

async fn make(call: &Call, reach: &TokenReach, new: NewKey, base: &str) -> Result<Answer, Problem> {
    giving::key(call, new.owner, &new.scopes, new.expires).await?;
    let (token, text) = tokens::create(&call.office, reach, new).await?;
    let location = format!("{base}/{}", token.id);
    let bare = TokenView::of(token.clone(), call.office.now());
    showing(call, token, &text)?
        .created(location)
        .remembered_as(&bare)
}

/// The answer that has the key itself in it.
fn showing(call: &Call, token: TokenRecord, text: &TokenText) -> Result<Answer, Problem> {
    Answer::json(&TokenView::of(token, call.office.now()).showing(text))
}

async fn get(call: Call) -> Result<Answer, Problem> {
    let (reach, id) = named(&call).await?;
    let found = tokens::get(&call.office, &reach, id).await?;
    Answer::json(&shown(&call, found))
}

async fn rotate(call: Call) -> Result<Answer, Problem> {
    let wish: Rotation = read_object(&call.json()?)?;
    let (reach, id) = named(&call).await?;
    let known = tokens::get(&call.office, &reach, id).await?;
    giving::key(&call, known.owner, &known.scopes, known.expires).await?;
    let overlap = wish.overlap_seconds.map(u64::from);
    let overlap = overlap.map_or(TOKEN_OVERLAP, Duration::from_secs);
    let (token, text) = tokens::rotate(&call.office, &reach, id, overlap).await?;
    let bare = TokenView::of(token.clone(), call.office.now());
    showing(&call, token, &text)?.remembered_as(&bare)
}

async fn revoke(call: Call) -> Result<Answer, Problem> {
    let (reach, id) = named(&call).await?;
    tokens::revoke(&call.office, &reach, id).await?;
    Ok(Answer::empty())
}

async fn who_am_i(call: Call) -> Result<Answer, Problem> {
    let caller = call.caller.as_ref().ok_or_else(Problem::not_found)?;
    let rights = access::rights(&call.office, caller).await?;
    Answer::json(&WhoAmI::of(caller, &rights))
}
