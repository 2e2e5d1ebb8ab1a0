//! `strowger token`.

use std::time::Duration;

use admin::tokens::{self, NewKey};
use domain::TokenRecord;
use ids::TokenId;
use machine::WallTime;
use ports::TokenReach;
use store::block_on;
use tenancy::{Owner, TokenText};

use crate::arguments::token::{KeyHolder, NewToken, TokenArguments, TokenVerb};
use crate::console::Console;
use crate::failure::Failure;
use crate::print;

/// Carries the command out.
///
/// # Errors
/// What the use case says.
pub(crate) fn run(arguments: TokenArguments) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    let reach = TokenReach::from(&console.platform);
    match arguments.verb {
        TokenVerb::List { whose } => list(&console, &reach, &whose),
        TokenVerb::Add(new) => add(&console, &reach, new),
        TokenVerb::Show { token } => {
            let found = tokens::get(&console.office, &reach, id(&token)?);
            show(&block_on(found)?, console.office.now());
            Ok(())
        }
        TokenVerb::Rotate { token, overlap } => {
            let overlap = Duration::from_secs(overlap.into());
            let made = tokens::rotate(&console.office, &reach, id(&token)?, overlap);
            let (token, text) = block_on(made)?;
            tell(&token, &text);
            if let Some(former) = &token.former {
                print::line(&format!("the former text is good until {}", former.until));
            }
            Ok(())
        }
        TokenVerb::Revoke { token } => {
            let id = id(&token)?;
            block_on(tokens::revoke(&console.office, &reach, id))?;
            print::line(&format!("revoked {id}"));
            Ok(())
        }
    }
}

fn id(text: &str) -> Result<TokenId, Failure> {
    let rule = "must be the id of a key, as `strowger token list` shows it";
    text.parse()
        .map_err(|_| Failure::new(format!("{text}: {rule}")))
}

/// Prints a key's text, this once.
fn tell(token: &TokenRecord, text: &TokenText) {
    print::line(&format!("key {} (shown this once):", token.id));
    print::line(text.reveal());
}

/// Whom keys are for, if anybody is named.
fn holder(console: &Console, whose: &KeyHolder) -> Result<Option<Owner>, Failure> {
    if let Some(tenant) = &whose.tenant {
        return Ok(Some(console.enter(tenant)?.tenant.id.into()));
    }
    let reseller = whose.reseller.as_deref();
    let scope = reseller.map(|reseller| console.descend(reseller));
    Ok(scope.transpose()?.map(|scope| scope.owner()))
}

fn list(console: &Console, reach: &TokenReach, whose: &KeyHolder) -> Result<(), Failure> {
    let owner = holder(console, whose)?;
    let known = block_on(tokens::list(&console.office, reach, owner))?;
    let now = console.office.now();
    let rows: Vec<_> = known.iter().map(|token| row(token, now)).collect();
    let heads = ["ID", "NAME", "FOR", "SCOPES", "STATE", "LAST USED"];
    print::table(&heads, &rows);
    Ok(())
}

fn add(console: &Console, reach: &TokenReach, new: NewToken) -> Result<(), Failure> {
    let owner = holder(console, &new.whose)?.unwrap_or(Owner::PLATFORM);
    let day = Duration::from_secs(24 * 3600);
    let after = new.days.map(|days| console.office.now() + day * days);
    let key = NewKey {
        name: new.name,
        owner,
        expires: new.expires.or(after),
        scopes: new.scopes,
    };
    let (token, text) = block_on(tokens::create(&console.office, reach, key))?;
    tell(&token, &text);
    Ok(())
}

fn whose(token: &TokenRecord) -> String {
    match token.owner {
        Owner::PLATFORM => "operator".to_owned(),
        Owner::Account(_) | Owner::Tenant(_) => token.owner.to_string(),
    }
}

fn state(token: &TokenRecord, now: WallTime) -> String {
    match (token.revoked, token.expires) {
        (Some(at), _) => format!("revoked {at}"),
        (None, Some(end)) if end <= now => format!("expired {end}"),
        (None, Some(end)) => format!("live until {end}"),
        (None, None) => "live".to_owned(),
    }
}

fn scopes(token: &TokenRecord) -> String {
    if token.scopes.is_empty() {
        return "all".to_owned();
    }
    token.scopes.join(" ")
}

fn used(token: &TokenRecord) -> String {
    token
        .used
        .map_or_else(|| "never".to_owned(), |at| at.to_string())
}

fn row(token: &TokenRecord, now: WallTime) -> Vec<String> {
    vec![
        token.id.to_string(),
        token.name.clone(),
        whose(token),
        scopes(token),
        state(token, now),
        used(token),
    ]
}

fn show(token: &TokenRecord, now: WallTime) {
    let former = token.former.as_ref().filter(|former| former.until > now);
    let former = former.map_or_else(
        || "none".to_owned(),
        |former| format!("good until {}", former.until),
    );
    let rows = [
        ("id", token.id.to_string()),
        ("name", token.name.clone()),
        ("for", whose(token)),
        ("scopes", scopes(token)),
        ("state", state(token, now)),
        ("made", token.created.to_string()),
        ("former text", former),
        ("last used", used(token)),
    ];
    let rows: Vec<_> = rows
        .map(|(name, value)| vec![name.to_owned(), value])
        .into();
    print::table(&["MEMBER", "VALUE"], &rows);
}
