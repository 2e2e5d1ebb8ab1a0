//! What was said on the wire about each call, for as long as there is room.
//!
//! A [`Ring`] holds the latest messages of a shard as they came and went, sharing their bytes with
//! whoever else has them. A [`Strip`](StripId) is one call's part of it. What overflows is the
//! oldest, whosever it is, so that watching costs a fixed amount of memory. Secrets are taken out
//! by [`redacted`] when a message leaves the ring, and not before: most never leave it.

mod bounds;
mod prelude;
mod redact;
mod ring;
mod strips;

pub use bounds::Bounds;
pub use prelude::Preludes;
pub use redact::redacted;
pub use ring::{Figures, Ring, Sighting};
pub use strips::StripId;

#[cfg(test)]
mod tests;
