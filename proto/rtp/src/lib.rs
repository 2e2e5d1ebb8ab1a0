//! RTP and RTCP on the wire (RFC 3550), rewritten in place; continuity of a stream across changes
//! of its source; a jitter buffer; reception statistics, with bursts of loss (RFC 3611); key
//! presses (RFC 4733); quality by the E-model (G.107).
//!
//! Nothing here allocates once it is constructed.

mod bursts;
mod continuity;
pub mod event;
mod header;
pub mod jitter;
pub mod quality;
mod receiver;
pub mod rtcp;
mod traffic;

pub use bursts::{Bursts, GAP_LEAST, Part};
pub use continuity::{Continuity, ReportMap, Stamp};
pub use event::{Digit, Digits, Event, EventEnds};
pub use header::{
    HEADER_BYTES, Header, NewHeader, set_marker, set_pt, set_seq, set_ssrc, set_ts, write_header,
};
pub use jitter::JitterBuffer;
pub use quality::{Mos, mos};
pub use receiver::{Arrival, Receiver, Statistics};
pub use rtcp::{Map, keep_feedback};
pub use traffic::{Traffic, looks_like_rtcp, looks_like_stun};

/// Level of comfort noise in -dBov, 0 (loudest) to 127 (RFC 3389 section 3.1); `None` for an
/// empty payload.
#[must_use]
pub fn comfort_noise_level(payload: &[u8]) -> Option<u8> {
    payload.first().map(|level| level & 0x7f)
}
