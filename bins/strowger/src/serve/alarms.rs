//! Sends mail about calls for help, for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use admin::Office;
use admin::alarms::Alarms;
use ports::Mailer;

/// How often it is looked whether somebody has called for help.
const EVERY: Duration = Duration::from_millis(250);

/// What became of the mails.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Taken by the mail server.
    pub(crate) sent: AtomicU64,
    /// Given up.
    pub(crate) lost: AtomicU64,
}

/// Looks and sends for ever.
pub(crate) async fn send(office: Office, mailer: Arc<dyn Mailer>, tally: Arc<Tally>) {
    let mut alarms = Alarms::default();
    loop {
        tokio::time::sleep(EVERY).await;
        let before = alarms.figures().lost;
        if let Err(error) = alarms.work(&office, &*mailer).await {
            tracing::warn!(%error, "mails about calls for help wait for the store");
        }
        let figures = alarms.figures();
        if figures.lost > before {
            tracing::error!(
                mails = figures.lost - before,
                "mails about calls for help could not be sent"
            );
        }
        tally.sent.store(figures.sent, Ordering::Relaxed);
        tally.lost.store(figures.lost, Ordering::Relaxed);
    }
}
