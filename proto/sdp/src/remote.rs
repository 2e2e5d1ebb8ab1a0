//! What a description tells about one of its writer's streams, in one value.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::{Codec, Description, Direction, ExtendedReports, Media};

/// The other party's stream of sound, or of video: where it wants packets and which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remote {
    /// Where it wants RTP. The address is unspecified (0.0.0.0) when it put us on hold the old
    /// way; then [`Remote::direction`] does not receive.
    pub rtp: SocketAddr,
    /// Where it wants RTCP unless both sides agreed on one port: `a=rtcp`, else the next port.
    pub rtcp: SocketAddr,
    /// Did it say `a=rtcp-mux` (RFC 5761)? When both did, RTCP goes to [`Remote::rtp`].
    pub mux: bool,
    /// Its direction, seen from it.
    pub direction: Direction,
    /// Its codecs, most wanted first.
    pub codecs: Vec<Codec>,
    /// Milliseconds of sound per packet it wants to receive.
    pub ptime: Option<u16>,
    /// Extended reports that it wants.
    #[serde(default)]
    pub extended: ExtendedReports,
}

impl Remote {
    /// The first codec that carries sound.
    #[must_use]
    pub fn speech(&self) -> Option<&Codec> {
        self.codecs.iter().find(|codec| codec.is_speech())
    }
}

/// The first sound stream of a served protocol that is neither refused nor ended; `None` when
/// there is none, or its address is a host name, which we do not resolve.
#[must_use]
pub fn remote_of(description: &Description) -> Option<Remote> {
    let index = description.media.iter().position(Media::is_served_audio)?;
    Remote::read(description, index)
}

impl Remote {
    /// The stream of this place; `None` when its address is a host name.
    pub(crate) fn read(description: &Description, index: usize) -> Option<Remote> {
        let media = description.media.get(index)?;
        let ip = description.connection_of(index)?.address.ip()?;
        // a port of 65535 has no neighbour; RTCP then has no place of its own
        let next = media.port.checked_add(1).unwrap_or(media.port);
        let (rtcp_port, rtcp_ip) = media.rtcp().unwrap_or((next, None));
        Some(Remote {
            rtp: SocketAddr::new(ip, media.port),
            rtcp: SocketAddr::new(rtcp_ip.unwrap_or(ip), rtcp_port),
            mux: media.rtcp_mux(),
            direction: description.direction_of(index),
            codecs: media.codecs(),
            ptime: media.ptime(),
            extended: ExtendedReports::of(description, media),
        })
    }
}
