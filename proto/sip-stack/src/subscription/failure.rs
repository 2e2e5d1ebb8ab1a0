//! What a refused NOTIFY means for its subscription (RFC 6665 §4.2.2, RFC 5057 §5.1).

use sip_message::Message;
use std::time::Duration;

/// How long a refused NOTIFY waits before the state is told again, where the peer does not say.
const RETRY_AFTER: Duration = Duration::from_secs(5);
/// The longest wait a peer can ask for.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(300);

/// What follows from the final response to a NOTIFY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The peer has it.
    Told,
    /// The peer could not take it now: tell it again after so long.
    Later(Duration),
    /// The peer knows no such subscription, or no such dialog.
    Over,
}

/// Judges a final response.
pub(super) fn judge(response: &Message) -> Verdict {
    match response.status().unwrap_or(0) {
        200..=299 => Verdict::Told,
        404 | 405 | 408 | 410 | 416 | 480..=485 | 489 | 501 | 502 | 604 => Verdict::Over,
        _ => {
            let asked = response.retry_after().map(u64::from);
            let wait = asked.map_or(RETRY_AFTER, Duration::from_secs);
            Verdict::Later(wait.clamp(RETRY_AFTER, RETRY_AFTER_MAX))
        }
    }
}
