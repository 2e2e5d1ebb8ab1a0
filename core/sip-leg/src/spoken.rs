//! The codecs that are made of each other for parties who have none in common.

use sdp::Codec;

/// Payload number of Opus where the party has not given it one.
const OPUS: u8 = 111;

/// What the road decodes and encodes, in the order in which it is offered behind what a party
/// offers itself: what costs least to make first.
#[must_use]
pub fn spoken() -> [Codec; 4] {
    [
        Codec::pcmu(),
        Codec::pcma(),
        Codec::g722(),
        Codec::opus(OPUS),
    ]
}
