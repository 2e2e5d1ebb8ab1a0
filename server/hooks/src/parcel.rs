//! An event as a signed parcel, in the form of Standard Webhooks.

use delivery::{SigningKey, signatures};
use domain::{Event, SigningKeys};
use machine::WallTime;
use ports::{CourierError, Parcel};

/// The parcel of an event, signed now with every key that is valid.
pub(crate) fn signed(
    url: &str,
    event: &Event,
    keys: &SigningKeys,
    now: WallTime,
) -> Result<Parcel, CourierError> {
    let body = serde_json::to_vec(event).map_err(|error| CourierError::Invalid {
        detail: error.to_string(),
    })?;
    let (id, timestamp) = (event.id.to_string(), now.unix_ms() / 1_000);
    let (mut numbers, mut signing) = (Vec::new(), Vec::new());
    for (number, bytes) in keys.valid(now) {
        numbers.push(number.to_string());
        signing.push(SigningKey::from_entropy(bytes));
    }
    let signature = signatures(&signing, &id, timestamp, &body);
    Ok(Parcel {
        url: url.to_owned(),
        headers: vec![
            ("webhook-id", id),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-signature", signature),
            ("webhook-key", numbers.join(" ")),
        ],
        body,
    })
}
