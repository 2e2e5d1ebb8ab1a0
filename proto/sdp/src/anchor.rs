//! Making somebody's description ours: the media will flow through this node.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::extended_reports::RTCP_XR;
use crate::{Address, Attribute, Connection, Description, Direction, Line, Media, Origin};

/// Where this node takes a leg's packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MediaAddress {
    /// Address the peer can reach.
    pub ip: IpAddr,
    /// RTP port.
    pub port: u16,
    /// RTCP port.
    pub rtcp_port: u16,
}

/// Our `o=` towards one peer: the same id for the whole dialog, the version higher by one with
/// each changed description (RFC 3264 section 8). The caller counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OriginId {
    /// Identifier, below 2^63 since peers hold it in signed numbers.
    pub id: u64,
    /// Version, likewise.
    pub version: u64,
}

impl OriginId {
    /// The line, made at this address.
    #[must_use]
    pub fn at(self, ip: IpAddr) -> Origin {
        Origin {
            user: "-".into(),
            id: self.id.to_string(),
            version: self.version.to_string(),
            address: Address::Ip(ip),
        }
    }
}

/// Attributes that speak of a transport this node ends: candidates it cannot serve, keys that are
/// each side's own, sources it renumbers, addresses it hides, bundles it takes apart.
const TAKEN_AWAY: [&str; 35] = [
    // RFC 8839, 8840
    "candidate",
    "end-of-candidates",
    "remote-candidates",
    "ice-lite",
    "ice-mismatch",
    "ice-options",
    "ice-pacing",
    "ice-pwd",
    "ice-ufrag",
    // RFC 8122, 4145, 8842, 4568, 6189, 4567
    "connection",
    "crypto",
    "dtls-id",
    "fingerprint",
    "key-mgmt",
    "setup",
    "tls-id",
    "zrtp-hash",
    // RFC 5576, 8830: the sources become ours
    "msid",
    "msid-semantic",
    "ssrc",
    "ssrc-group",
    // RFC 8843, 8858
    "bundle-only",
    "rtcp-mux-only",
    // RFC 3611: each side is reported to about its own way
    RTCP_XR,
    // RFC 5939, 6947, 4091, 4570: other transports and addresses
    "acap",
    "acfg",
    "alt",
    "altc",
    "creq",
    "csup",
    "pcfg",
    "source-filter",
    "tcap",
    // marks other relays leave and obey
    "nortpproxy",
    "x-nortpproxy",
];

/// Rewrites a description so that its sound passes `at`, and its video `video`, if it may:
/// - `o=` becomes ours, every `c=` our address;
/// - the first live sound stream of a served protocol gets our ports, with `a=rtcp` where it was
///   written or where our RTCP port is not the next one; so does the first live one of video;
/// - all other streams keep their line with port 0 (RFC 3264 section 6);
/// - candidates, keys, source and bundle attributes go, and `k=`;
/// - a hold by unspecified address becomes one by direction, since the address is now ours.
pub fn anchor(
    description: &mut Description,
    at: &MediaAddress,
    video: Option<&MediaAddress>,
    origin: &OriginId,
) {
    let sound = chosen_stream(description).map(|index| (index, at));
    let shown = description.video().zip(video);
    let taken = [sound, shown];
    let place = |index: usize| {
        let mut taken = taken.into_iter().flatten();
        taken.find_map(|(taken, at)| (taken == index).then_some(at))
    };
    let deaf = taken.into_iter().flatten().filter_map(|(index, _)| {
        let deaf = description.connection_of(index)?.is_unspecified();
        deaf.then(|| (index, description.direction_of(index)))
    });
    let deaf: Vec<_> = deaf.collect();

    description.set_origin(origin.at(at.ip));
    description.set_connection(Connection::to(at.ip));
    strip(&mut description.lines);
    for (index, media) in description.media.iter_mut().enumerate() {
        match place(index) {
            Some(at) => take_over(media, at),
            None => refuse(media),
        }
    }
    for (index, direction) in deaf {
        description.set_direction(index, direction);
    }
}

/// The first live sound stream we can serve, or else the first of a fax.
fn chosen_stream(description: &Description) -> Option<usize> {
    let audio = description.media.iter().position(Media::is_served_audio);
    audio.or_else(|| description.fax())
}

fn strip(lines: &mut Vec<Line>) {
    lines.retain(|line| match line {
        Line::Attribute(attribute) => !is_taken_away(attribute),
        Line::Other { letter, .. } => *letter != 'k',
        Line::Origin(_)
        | Line::Name(_)
        | Line::Connection(_)
        | Line::Time(_)
        | Line::Bandwidth(_) => true,
    });
}

fn is_taken_away(attribute: &Attribute) -> bool {
    let name = attribute.name.as_str();
    let bundle = name == "group"
        && attribute
            .value
            .as_deref()
            .is_some_and(|value| value.starts_with("BUNDLE"));
    bundle || TAKEN_AWAY.contains(&name)
}

fn take_over(media: &mut Media, at: &MediaAddress) {
    strip(&mut media.lines);
    for line in &mut media.lines {
        if let Line::Connection(connection) = line {
            *connection = Connection::to(at.ip);
        }
    }
    media.port = at.port;
    media.ports = None;
    if !media.is_live_fax() {
        tell_rtcp(media, at);
    }
}

/// Names our port of RTCP where it was written or is not the next one (RFC 3605).
fn tell_rtcp(media: &mut Media, at: &MediaAddress) {
    let written = media.attribute("rtcp").is_some();
    let neighbour = at.port.checked_add(1) == Some(at.rtcp_port);
    let value = at.rtcp_port.to_string();
    if written {
        for line in &mut media.lines {
            if let Line::Attribute(attribute) = line
                && attribute.name == "rtcp"
            {
                attribute.value = Some(value.clone());
            }
        }
    } else if !neighbour {
        media.push_attribute(Attribute::with("rtcp", value));
    }
}

/// Port 0; of the lines only the stream's name (`a=mid`) stays, which groups may refer to.
fn refuse(media: &mut Media) {
    media.port = 0;
    media.ports = None;
    media
        .lines
        .retain(|line| matches!(line, Line::Attribute(a) if a.name == "mid"));
}

/// Writes no direction but the given one where it differs from the default.
pub(crate) fn push_direction(media: &mut Media, direction: Direction) {
    media.push_attribute(Attribute::flag(direction.as_str()));
}
