//! Looks for news of all companies at once and rings where somebody listens.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ports::Stores;
use tokio::time::sleep;

use super::hub::Hub;

/// How often this process's own news are looked for; one atomic read.
const OWN_EVERY: Duration = Duration::from_millis(50);

/// How often news of other processes, such as the command line's, are looked for.
const OTHERS_EVERY: Duration = Duration::from_secs(1);

/// News taken at once.
const HEADS_AT_ONCE: usize = 1_000;

/// Rings for ever.
pub(crate) async fn pump(hub: Arc<Hub>, store: Arc<dyn Stores>) {
    let (mut turn, mut last) = (store.told(), Instant::now());
    loop {
        sleep(OWN_EVERY).await;
        if hub.is_empty() {
            // whoever comes reads the log for itself first
            turn = store.told();
            continue;
        }
        if store.told() <= turn && last.elapsed() < OTHERS_EVERY {
            continue;
        }
        last = Instant::now();
        match store.event_heads(turn, HEADS_AT_ONCE).await {
            Ok(heads) => {
                for head in heads {
                    turn = turn.max(head.turn);
                    hub.ring(head.tenant, head.cursor);
                }
                turn = turn.max(store.told());
            }
            Err(error) => tracing::warn!(%error, "streams of events wait for the store"),
        }
    }
}
