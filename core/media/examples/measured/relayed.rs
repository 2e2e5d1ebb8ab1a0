//! Legs of G.711 that are relayed, each on a port of its own.

use std::net::SocketAddr;

use machine::Instant;
use media::{Codec, Command, EndpointId, Expect, Format, LocalMedia, Road};

/// The first port.
pub(crate) const FIRST_PORT: u16 = 10_000;

const PCMU: Format = Format {
    payload: 0,
    codec: Codec::Pcmu,
    clock: 8_000,
};

/// Where the party of a leg is.
pub(crate) fn party(place: u16) -> SocketAddr {
    SocketAddr::from(([203, 0, 113, 7], FIRST_PORT + 2 * place))
}

/// Opens a leg whose party is there.
pub(crate) fn leg(road: &mut Road, place: u16, now: Instant) -> EndpointId {
    let id = EndpointId::new(0, 0, place, 0);
    let rtp = FIRST_PORT + 2 * place;
    let local = LocalMedia {
        ip: [192, 0, 2, 1].into(),
        rtp,
        rtcp: rtp + 1,
    };
    let at = party(place);
    let expects = Expect::described(at, at.ip(), [PCMU].into_iter().collect());
    road.command(Command::Open { id, local, expects }, now, &mut Vec::new());
    id
}
