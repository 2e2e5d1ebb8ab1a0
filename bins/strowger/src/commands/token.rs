//! `strowger token`.

use std::time::Duration;

use admin::tokens;
use domain::TokenRecord;
use ids::TokenId;
use machine::WallTime;
use store::block_on;
use tenancy::Owner;

use crate::arguments::{TokenArguments, TokenVerb};
use crate::console::Console;
use crate::failure::Failure;
use crate::print;

/// Carries the command out.
///
/// # Errors
/// What the use case says.
pub(crate) fn run(arguments: TokenArguments) -> Result<(), Failure> {
    let console = Console::open(&arguments.folder)?;
    let (office, platform) = (&console.office, &console.platform);
    match arguments.verb {
        TokenVerb::List => {
            let known = block_on(tokens::list(office, platform, None))?;
            let rows: Vec<_> = known.iter().map(|token| row(token, office.now())).collect();
            print::table(&["ID", "NAME", "FOR", "STATE"], &rows);
            Ok(())
        }
        TokenVerb::Create { name, tenant, days } => {
            let owner = match tenant {
                Some(tenant) => console.enter(&tenant)?.tenant.id.into(),
                None => Owner::PLATFORM,
            };
            let day = Duration::from_secs(24 * 3600);
            let expires = days.map(|days| office.now() + day * days);
            let made = block_on(tokens::create(office, platform, &name, owner, expires))?;
            print::line(&format!("key {} (shown this once):", made.0.id));
            print::line(made.1.reveal());
            Ok(())
        }
        TokenVerb::Revoke { token } => {
            let rule = "must be the id of a key, as `strowger token list` shows it";
            let id: TokenId = token
                .parse()
                .map_err(|_| Failure::new(format!("{token}: {rule}")))?;
            block_on(tokens::revoke(office, platform, id))?;
            print::line(&format!("revoked {id}"));
            Ok(())
        }
    }
}

fn row(token: &TokenRecord, now: WallTime) -> Vec<String> {
    let whose = match token.owner {
        Owner::PLATFORM => "operator".to_owned(),
        Owner::Account(_) | Owner::Tenant(_) => token.owner.to_string(),
    };
    let state = match (token.revoked, token.expires) {
        (Some(at), _) => format!("revoked {at}"),
        (None, Some(end)) if end <= now => format!("expired {end}"),
        (None, Some(end)) => format!("live until {end}"),
        (None, None) => "live".to_owned(),
    };
    vec![token.id.to_string(), token.name.clone(), whose, state]
}
