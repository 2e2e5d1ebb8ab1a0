//! The rule by which a repeated request is recognised; both stores decide by it.

use domain::Invalid;
use machine::WallTime;
use ports::{IDEMPOTENCY_HOURS, RESPONSE_MAX, Reply, StoreError, Turn};

/// Requests remembered at most; the oldest is forgotten for a new one.
pub const REMEMBERED_MAX: usize = 100_000;

/// A request that has not finished after this time was cut off, in milliseconds.
const UNDERWAY_MS: i64 = 60_000;

/// Longest key, in bytes.
const KEY_MAX: usize = 512;

/// A remembered request.
#[derive(Clone, Debug)]
pub(crate) struct Remembered {
    pub(crate) fingerprint: [u8; 32],
    pub(crate) begun: WallTime,
    pub(crate) reply: Option<Reply>,
}

/// Requests begun before this are forgotten.
pub(crate) fn horizon(now: WallTime) -> WallTime {
    let kept = i64::from(IDEMPOTENCY_HOURS) * 3_600_000;
    WallTime::from_unix_ms(now.unix_ms().saturating_sub(kept))
}

/// What to do with a request whose key may have been used before.
pub(crate) fn decide(known: Option<&Remembered>, fingerprint: &[u8; 32], now: WallTime) -> Turn {
    let Some(known) = known.filter(|known| known.begun > horizon(now)) else {
        return Turn::Begin;
    };
    if known.fingerprint != *fingerprint {
        return Turn::Mismatch;
    }
    match &known.reply {
        Some(reply) => Turn::Again(reply.clone()),
        None if now.unix_ms() - known.begun.unix_ms() < UNDERWAY_MS => Turn::Underway,
        None => Turn::Begin,
    }
}

/// Refuses keys that are empty or too long.
pub(crate) fn check_key(key: &str) -> Result<(), StoreError> {
    if (1..=KEY_MAX).contains(&key.len()) {
        return Ok(());
    }
    Err(Invalid::new("Idempotency-Key", "must have 1 to 512 bytes").into())
}

/// The reply as it is remembered: without a body that is too long.
pub(crate) fn remembered(reply: &Reply) -> Reply {
    let mut kept = reply.clone();
    if kept.body.len() > RESPONSE_MAX {
        kept.body.clear();
    }
    kept
}
