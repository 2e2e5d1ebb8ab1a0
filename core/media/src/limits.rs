//! The road's bounds.

use std::time::Duration;

/// Bounds of one road (one media worker).
// tidy: config
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Endpoints open at one time. Past it `Open` is refused with a notice. Default 65,536.
    pub endpoints: u32,
    /// Legs of one local port that are looked through for a packet from a new source, and so the
    /// most keys that such a packet is tried with. Default 64.
    pub legs_per_port: u16,
    /// Packets in a row with one SSRC before a source on the declared IP but another port is
    /// believed. Default 5.
    pub probation: u8,
    /// Quiet time of a locked source before the same stream may go on from another port of the
    /// same IP (NAT rebinding). Default 1 s.
    pub rebind_after: Duration,
    /// No RTP for this long from a connected leg that ought to send gives a `Silent` notice.
    /// Default 2.5 s.
    pub first_silence: Duration,
    /// The same of a leg that has sent comfort noise (RFC 3389) last and may keep quiet, and the
    /// time each time after which the notice is repeated. Default 20 s.
    pub silence: Duration,
    /// Packets per second one leg may send on average; more are dropped. The shortest usual
    /// packets are 2.5 ms. Default 500.
    pub packets_per_second: u16,
    /// Packets of a burst above the average. Default 250.
    pub burst: u16,
    /// Bits per second that the video of one leg may have on average, as RTP and RTCP; what is
    /// beyond is dropped. Video of a screen in high definition has 4,000,000. Default 8,000,000.
    pub video_bits_per_second: u32,
    /// How far video may be ahead of that rate: a picture that others are drawn from comes at once.
    /// Default 1 s.
    pub video_burst: Duration,
    /// Datagrams of STUN and DTLS per second that one leg may have on average; more are dropped. A
    /// browser that seeks its way makes about 20. Default 100.
    pub lifts_per_second: u16,
    /// Such datagrams of a burst above the average. Default 100.
    pub lift_burst: u16,
    /// Directions that are transcoded at one time: the sound of one leg on its way to another in
    /// a codec of its own. Past it such sound is dropped and counted. Default 64.
    pub transcodings: u32,
    /// Frames of a played prompt, of transcoded sound or of a conference that are made at once to
    /// catch up after a late wake. Default 5.
    pub catch_up: u8,
    /// Conferences at one time. Past it `Attend` is refused with a notice. Default 1,000.
    pub rooms: u32,
    /// Members of one conference. Past it `Attend` is refused with a notice. Default 1,000, which
    /// is also the most.
    pub room_members: u16,
    /// Members of a conference that are heard at once, the loudest: 1 to 16. Default 3.
    pub room_loudest: u8,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            endpoints: 65_536,
            legs_per_port: 64,
            probation: 5,
            rebind_after: Duration::from_secs(1),
            first_silence: Duration::from_millis(2_500),
            silence: Duration::from_secs(20),
            packets_per_second: 500,
            burst: 250,
            video_bits_per_second: 8_000_000,
            video_burst: Duration::from_secs(1),
            lifts_per_second: 100,
            lift_burst: 100,
            transcodings: 64,
            catch_up: 5,
            rooms: 1_000,
            room_members: 1_000,
            room_loudest: 3,
        }
    }
}
