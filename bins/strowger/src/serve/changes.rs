//! Follows the change feed and tells the shard what has changed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use admin::demo::LOAD_DOMAIN;
use admin::live::{Follower, Update};
use ports::Stores;

use super::inbox::{Letter, Postbox};

/// How often this process's own changes are looked for; one atomic read.
const OWN_EVERY: Duration = Duration::from_millis(50);

/// How often changes of other processes, such as the command line's, are looked for.
const OTHERS_EVERY: Duration = Duration::from_secs(1);

/// What a change is, as a letter to the shard. The company of the load drivers has devices that
/// need no password, so it is only ever let in on loopback addresses.
pub(crate) fn letter(update: Update, loopback: bool) -> Letter {
    match update {
        Update::Tenant(compiled) if !loopback && is_for_load(compiled.domains()) => {
            tracing::error!("the company {LOAD_DOMAIN} is not served on public addresses");
            Letter::Gone(compiled.id())
        }
        Update::Tenant(compiled) => Letter::Changed(compiled),
        Update::Gone(tenant) => Letter::Gone(tenant),
    }
}

/// Whether a company is the load drivers'.
fn is_for_load(domains: &[Box<str>]) -> bool {
    domains.iter().any(|domain| **domain == *LOAD_DOMAIN)
}

/// Follows the feed for ever.
pub(crate) async fn follow(
    mut follower: Follower,
    store: Arc<dyn Stores>,
    postbox: Postbox,
    loopback: bool,
) {
    let mut last = Instant::now();
    loop {
        tokio::time::sleep(OWN_EVERY).await;
        if !follower.is_behind(&*store) && last.elapsed() < OTHERS_EVERY {
            continue;
        }
        last = Instant::now();
        let updates = match follower.poll(&*store).await {
            Ok(updates) => updates,
            // calls go on with what is known; the next poll gives the same changes
            Err(error) => {
                tracing::warn!(%error, "changes wait for the store");
                continue;
            }
        };
        for update in updates {
            deliver(&postbox, || letter(update.clone(), loopback)).await;
        }
        deliver(&postbox, || Letter::Followed(follower.cursor())).await;
    }
}

/// Posts a letter, again and again while the shard is too busy: a change must not be lost.
async fn deliver(postbox: &Postbox, letter: impl Fn() -> Letter) {
    while postbox.post(letter()).is_err() {
        tokio::time::sleep(OWN_EVERY).await;
    }
}
