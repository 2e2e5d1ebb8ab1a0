//! The codecs that are made of each other for parties who have none in common.

use std::net::Ipv4Addr;

use call::Speaks;
use sdp::{Capabilities, Codec, Description, MediaAddress, OriginId, Refusal};

/// Payload number of Opus where the party has not given it one.
const OPUS: u8 = 111;

/// What the road decodes and encodes, in the order in which it is offered to whom nothing of a
/// party's own may be offered: what costs least to make first.
pub(crate) fn spoken() -> [Codec; 4] {
    let [mu, a] = g711();
    [mu, a, Codec::g722(), Codec::opus(OPUS)]
}

/// What is offered behind a party's own codecs: it costs little to make, and nearly all speak it.
fn g711() -> [Codec; 2] {
    [Codec::pcmu(), Codec::pcma()]
}

/// Makes a party's offer one to another that may speak nothing but `codecs`, or anything where
/// none is named.
///
/// # Errors
/// Nothing of it could be offered, nor what is made of it; the offer is as it was.
pub fn widened(offer: &mut Description, codecs: &[String]) -> Result<(), Refusal> {
    sdp::widen(offer, &g711(), &spoken(), codecs)
}

/// What is offered behind another party's codecs to a peer that has named its own: besides those
/// that nearly all speak, what it speaks and is made here, by its own numbers.
pub(crate) fn behind(named: &[Codec]) -> Vec<Codec> {
    let known = |made: Codec| {
        let theirs = named.iter().find(|named| named.is_same_encoding(&made))?;
        let payload = theirs.payload;
        Some(Codec { payload, ..made })
    };
    let known = spoken().into_iter().filter_map(known);
    let laws = g711().into_iter();
    let is_law = |codec: &Codec| g711().iter().any(|law| law.is_same_encoding(codec));
    laws.chain(known.filter(|codec| !is_law(codec))).collect()
}

/// What a party of our own offers whom it calls. Where it is heard is no place yet: each leg that
/// is offered this puts its own address there.
#[must_use]
pub fn proposal(speaks: Speaks) -> Description {
    let at = MediaAddress {
        ip: Ipv4Addr::LOCALHOST.into(),
        port: 9,
        rtcp_port: 9,
    };
    let origin = OriginId { id: 0, version: 0 };
    sdp::offer(&match speaks {
        Speaks::Prompts => Capabilities::guest(at, origin),
        Speaks::All => Capabilities::wide_guest(at, origin),
        Speaks::Fax => Capabilities::fax_guest(at, origin),
    })
}
