//! Writes when API keys were last used: many at once, and once more at the end.

use std::time::Duration;

use admin::{Office, key_uses};

/// How often what waits is written.
const EVERY: Duration = Duration::from_secs(60);

/// Writes for ever.
pub(crate) async fn write_often(office: Office) {
    loop {
        tokio::time::sleep(EVERY).await;
        write(&office).await;
    }
}

/// Writes what waits. What cannot be written waits on.
pub(crate) async fn write(office: &Office) {
    if let Err(error) = key_uses::write(office).await {
        tracing::warn!(%error, "the last uses of API keys wait for the store");
    }
}
