//! What is counted, per leg and per road.

use serde::{Deserialize, Serialize};

/// One direction of a leg's RTP.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct StreamFigures {
    /// RTP packets.
    pub packets: u64,
    /// Octets of RTP packets with their headers, without IP and UDP.
    pub octets: u64,
    /// Packets that did not arrive (received: by sequence numbers, RFC 3550 A.3; sent: as the peer
    /// reported by RTCP).
    pub lost: u64,
    /// Interarrival jitter, microseconds (RFC 3550 A.8; sent: as the peer reported).
    pub jitter_us: u32,
    /// Estimated listening quality, hundredths of a MOS (100 to 450); 0 = nothing to judge.
    pub mos_centi: u16,
}

/// A leg's figures. "Received" is what came from its peer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct LegFigures {
    /// From the peer to us.
    pub received: StreamFigures,
    /// From us to the peer.
    pub sent: StreamFigures,
    /// Packets from sources that are not this leg's peer, as far as they can be laid at its door
    /// (it was the only leg, or the only undecided leg, of the port), and packets that came from
    /// where its peer is and did not prove themselves.
    pub strangers: u32,
    /// Packets of its peer dropped: not negotiated, too many, malformed.
    pub refused: u32,
    /// RTCP packets of its peer.
    pub rtcp: u32,
    /// Keys pressed.
    pub digits: u32,
    /// Packets sent to its peer that were made of its partner's, in another codec.
    #[serde(default)]
    pub transcoded: u64,
    /// Frames of its peer that were lost and made up on their way into another codec or into a
    /// conference.
    #[serde(default)]
    pub concealed: u64,
    /// Datagrams of a fax.
    #[serde(default)]
    pub fax: FaxFigures,
}

/// A leg's datagrams of a fax (UDPTL, ITU-T T.38 §9.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct FaxFigures {
    /// From its peer to us.
    pub received: u64,
    /// From us to its peer.
    pub sent: u64,
}

/// Counters of a whole road. All count packets or orders since the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RoadFigures {
    /// Given to the road.
    pub packets: u64,
    /// Passed on to a partner or back to the sender (echo).
    pub forwarded: u64,
    /// Made here (prompts).
    pub played: u64,
    /// Of sound in another codec.
    pub transcoding: TranscodingFigures,
    /// Of a leg, but with nobody to hear it.
    pub absorbed: u64,
    /// Of STUN or DTLS and a leg's: handed to the control half.
    pub lifted: u64,
    /// From a source that is no leg's peer.
    pub strangers: u64,
    /// Neither RTP nor RTCP.
    pub malformed: u64,
    /// Payload type not negotiated by the sender or not understood by the partner.
    pub unnegotiated: u64,
    /// Above the leg's rate.
    pub floods: u64,
    /// Not proved with the key of the leg they would be of.
    pub forged: u64,
    /// Proved before, or too old to tell.
    pub replayed: u64,
    /// Of RTCP.
    pub rtcp: RtcpFigures,
    /// Orders for an unknown or older endpoint.
    pub stale_commands: u64,
    /// Endpoints open now.
    pub open: u64,
}

/// What is counted of RTCP, since the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RtcpFigures {
    /// Packets that came, which are among all packets.
    pub came: u64,
    /// Reports of our own to peers.
    pub reports: u64,
    /// Questions of our own for a whole picture.
    pub refreshes: u64,
    /// Goodbyes to peers whose legs ended.
    pub goodbyes: u64,
    /// Ends of legs that no goodbye was kept of, since too many waited to be sent.
    pub unsaid: u64,
    /// Empty packets that kept the way to a peer open, which are RTP.
    pub kept_open: u64,
}

/// What is counted of transcoding.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TranscodingFigures {
    /// Packets made of those in another codec, since the start.
    pub made: u64,
    /// Packets that were to be transcoded beyond what may be at one time, since the start.
    pub crowded: u64,
    /// Directions transcoded now.
    pub present: u64,
}

/// What is counted of packets for recordings, since the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TapFigures {
    /// Packets copied.
    pub copied: u64,
    /// Packets that were to be copied and for which there was no room.
    pub missed: u64,
}

/// What is counted of conferences.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RoomFigures {
    /// Conferences now.
    pub present: u64,
    /// Their members now.
    pub members: u64,
    /// Packets made for members, since the start.
    pub made: u64,
    /// Frames of members that were lost and made up, since the start.
    pub concealed: u64,
}
