//! What the control half orders of the road, and what the road reports back.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use audio::answer::Answerer;
use serde::{Deserialize, Serialize};
use srtp::MasterKey;

use crate::expect::Expect;
use crate::figures::LegFigures;
use crate::format::Codec;
use crate::id::EndpointId;
use crate::line::Line;
use crate::ports::LocalMedia;
use crate::prompts::{Prompt, PromptId};
use crate::room::{RoomId, Seat};
use crate::second::{Seconds, Way};
use crate::station::Tuned;
use crate::tapped::Tap;

/// Codec of a played prompt.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PlayCodec {
    /// Payload number towards the leg.
    pub payload: u8,
    /// PCMU, PCMA or G.722, which prompts are kept in, or Opus, which is made of the last one while
    /// it is played; nothing else can be played.
    pub codec: Codec,
    /// Milliseconds per packet, 10 to 60; others count as 20. Of Opus, the longest frame that is no
    /// longer.
    pub ptime_ms: u8,
}

/// How the packets of a leg are protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// What the peer protects its packets with.
    pub takes: MasterKey,
    /// What ours are protected with.
    pub sends: MasterKey,
    /// The peer's stream is older than the leg, as after a restart: how often its numbers have
    /// begun anew is not known and has to be found out.
    pub resumed: bool,
}

/// An order to the road. Orders for an endpoint that is unknown or of an older generation are
/// counted and change nothing.
#[derive(Clone, Debug)]
pub enum Command {
    /// A new leg on a local port. Its peer may be known, half known or not known at all.
    Open {
        /// Which.
        id: EndpointId,
        /// Where its peer will send to.
        local: LocalMedia,
        /// What is known of its peer.
        expects: Expect,
    },
    /// Video beside the sound of a leg that is open: it is heard by whoever hears the sound, as its
    /// video. Where it has the port of the sound it goes by that one's way and keys; otherwise it
    /// is a leg as any other. Whatever is ordered of the sound holds for it as well, but `Close`.
    OpenVideo {
        /// Which.
        id: EndpointId,
        /// The endpoint of the sound.
        beside: EndpointId,
        /// Where its peer will send to.
        local: LocalMedia,
        /// What is known of its peer.
        expects: Expect,
    },
    /// What is known of the peer changed (answer, re-INVITE, UPDATE).
    Describe {
        /// Which.
        id: EndpointId,
        /// The whole of it, not the difference.
        expects: Expect,
    },
    /// The leg's packets are protected from now on, or no longer where there are no keys. Keys that
    /// are as before change nothing, so that a stream's count goes on.
    Secure {
        /// Which.
        id: EndpointId,
        /// By which keys.
        keys: Option<Box<Keys>>,
    },
    /// The two hear each other from now on; former bridges of either end, as do play and echo.
    Bridge {
        /// One leg.
        a: EndpointId,
        /// The other.
        b: EndpointId,
    },
    /// The leg and its partner no longer hear each other.
    Unbridge {
        /// Which.
        id: EndpointId,
    },
    /// The leg hears itself.
    Echo {
        /// Which.
        id: EndpointId,
    },
    /// The leg hears a prompt instead of its partner; its partner goes on hearing it.
    Play {
        /// Which.
        id: EndpointId,
        /// What.
        prompt: PromptId,
        /// How.
        codec: PlayCodec,
        /// From the start again at the end; otherwise a `Played` notice and back to the partner.
        looped: bool,
    },
    /// The leg hears a company's own recording, or speech, instead of its partner. It is held by
    /// the leg until it hears something else, whoever else has let it go.
    PlayOwn {
        /// Which.
        id: EndpointId,
        /// What.
        prompt: Arc<Prompt>,
        /// How.
        codec: PlayCodec,
        /// From the start again at the end; otherwise a `Played` notice and back to the partner.
        looped: bool,
    },
    /// The leg hears a station instead of its partner, what it sends at the time. While it does,
    /// and while the order is on its way, it is one of the station's listeners.
    Tune {
        /// Which.
        id: EndpointId,
        /// To what.
        station: Tuned,
        /// How.
        codec: PlayCodec,
    },
    /// The leg is joined to a line from now on, in packets of 20 ms of G.711: what it says goes
    /// there, and it hears what comes from there. A former bridge ends, as do play and echo. The
    /// line is held by the leg until it hears something else, and is told when it does.
    Line {
        /// Which.
        id: EndpointId,
        /// Its line, which is no other leg's.
        line: Arc<Line>,
    },
    /// The leg is a member of a conference from now on, and of no other; a former bridge ends, as
    /// do play and echo. The first member makes the room, the last one ends it. `Unbridge`,
    /// `Bridge`, `Echo` and `Close` end the membership; while the leg hears a prompt it stays a
    /// member that does not hear the others.
    Attend {
        /// Which.
        id: EndpointId,
        /// Where.
        room: RoomId,
        /// What it may there.
        seat: Seat,
    },
    /// What a member may is otherwise from now on.
    Reseat {
        /// Which.
        id: EndpointId,
        /// The whole of it, not the difference.
        seat: Seat,
    },
    /// Ends play or echo; the leg hears its partner or its room again, if it has one.
    Stop {
        /// Which.
        id: EndpointId,
    },
    /// What the leg's partner hears of it goes to a recording as well, or no more.
    Tap {
        /// Which.
        id: EndpointId,
        /// Where to.
        tap: Option<Tap>,
    },
    /// What the leg says goes to a recording and to nobody else, or no more: its peer is a
    /// recording client.
    Keep {
        /// Which.
        id: EndpointId,
        /// Where to.
        tap: Option<Tap>,
    },
    /// What the leg's partner hears of it is heard at another leg of the same worker as well, by a
    /// copy without a port of its own, which is beside that leg. A leg has one copy: a former one
    /// says nothing any more, and each is to be closed.
    Fork {
        /// The copy.
        id: EndpointId,
        /// Whose.
        of: EndpointId,
        /// Who hears it, and nobody else from now on.
        to: EndpointId,
    },
    /// What is said in a member's room goes to a recording as well, for as long as there is the
    /// room, or no more. An order that says the same once more changes nothing.
    TapRoom {
        /// A member.
        id: EndpointId,
        /// Where to.
        tap: Option<Tap>,
    },
    /// From now on it is listened who has answered at the leg's other end, for two minutes at most:
    /// answers with `Answered`, and with `Beeped` where a machine listens.
    ListenForAnswer {
        /// Which.
        id: EndpointId,
    },
    /// While held the leg and its partner do not hear each other; play goes on.
    Hold {
        /// Which.
        id: EndpointId,
        /// Begin or end.
        held: bool,
    },
    /// A datagram of STUN or DTLS goes from the leg's port to its peer. Whoever has the sockets
    /// sends it ([`Road::port_of`](crate::Road::port_of)).
    Transmit {
        /// Which.
        id: EndpointId,
        /// Where to.
        to: SocketAddr,
        /// All of it.
        octets: Vec<u8>,
    },
    /// Answers with a `Figures` notice.
    Report {
        /// Which.
        id: EndpointId,
    },
    /// The leg ends; answers with a final `Closed` notice.
    Close {
        /// Which.
        id: EndpointId,
    },
}

/// A datagram of STUN or DTLS that came for a leg, which the control half answers
/// ([`Verdict::Lift`](crate::Verdict::Lift)).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lifted {
    /// Whose.
    pub id: EndpointId,
    /// Where it came from.
    pub from: SocketAddr,
    /// All of it.
    pub octets: Vec<u8>,
}

/// What the road tells the control half.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Notice {
    /// The leg's packets come from here and only this address is believed now. `Ports` wants to
    /// know it ([`Ports::learnt`](crate::Ports::learnt)).
    Learnt {
        /// Which.
        id: EndpointId,
        /// The peer's RTP address.
        from: SocketAddr,
    },
    /// Answer to `Report`.
    Figures {
        /// Which.
        id: EndpointId,
        /// Up to now.
        figures: LegFigures,
    },
    /// Answer to `Close`; nothing more comes of this endpoint.
    Closed {
        /// Which.
        id: EndpointId,
        /// Final.
        figures: LegFigures,
    },
    /// What a direction of the leg was, second by second. What is left of the last comes before
    /// `Closed`.
    Seconds {
        /// Which.
        id: EndpointId,
        /// Which direction.
        way: Way,
        /// The seconds.
        seconds: Seconds,
    },
    /// No RTP from a connected leg that ought to send. Repeated while it lasts.
    Silent {
        /// Which.
        id: EndpointId,
        /// Since the last packet, or since it was connected.
        lasts: Duration,
    },
    /// RTP comes again after `Silent`.
    Resumed {
        /// Which.
        id: EndpointId,
    },
    /// A key was pressed (RFC 4733); once per press, at its end.
    Digit {
        /// Which.
        id: EndpointId,
        /// `0` to `9`, `*`, `#`, `A` to `D`.
        digit: char,
        /// How long it was held.
        lasts: Duration,
    },
    /// A prompt that is not looped ended.
    Played {
        /// Which.
        id: EndpointId,
        /// What; `None` for what was handed over with the order.
        prompt: Option<PromptId>,
    },
    /// A member of a conference is one of those that are heard from now on, or no longer.
    Heard {
        /// Which.
        id: EndpointId,
        /// Whether it is.
        heard: bool,
    },
    /// A member has the floor of its conference: it was the loudest for a while.
    Floor {
        /// Which.
        id: EndpointId,
    },
    /// Who has answered at the leg's other end, as far as that can be heard. Told once, and once
    /// more where a beep has told that it was a machine all the same.
    Answered {
        /// Which.
        id: EndpointId,
        /// Who.
        by: Answerer,
    },
    /// The machine that has answered has beeped, and listens now.
    Beeped {
        /// Which.
        id: EndpointId,
    },
    /// `Open`, `OpenVideo`, `Fork`, `Bridge`, `Attend` or `Play` could not be done.
    Refused {
        /// Which.
        id: EndpointId,
        /// Why.
        because: Refusal,
    },
}

impl Notice {
    /// The endpoint it speaks of.
    #[must_use]
    pub fn id(&self) -> EndpointId {
        match *self {
            Notice::Learnt { id, .. }
            | Notice::Figures { id, .. }
            | Notice::Closed { id, .. }
            | Notice::Seconds { id, .. }
            | Notice::Silent { id, .. }
            | Notice::Resumed { id }
            | Notice::Digit { id, .. }
            | Notice::Played { id, .. }
            | Notice::Heard { id, .. }
            | Notice::Floor { id }
            | Notice::Answered { id, .. }
            | Notice::Beeped { id }
            | Notice::Refused { id, .. } => id,
        }
    }
}

/// Why an order could not be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The road has as many endpoints as it may have.
    Full,
    /// The local port could not be opened; `Ports::spoil` takes it out of use.
    PortUnusable,
    /// The declared address is already the peer of another leg of the same local port: packets of
    /// the two could not be told apart. The leg can be heard by its peer, not the reverse.
    AddressTaken,
    /// A leg cannot be bridged with itself.
    Itself,
    /// No such prompt, or not in this codec.
    NoPrompt,
    /// The room has as many members as it may have, or there are as many rooms.
    RoomFull,
    /// Nothing can be made of what the leg speaks, or for what it understands.
    NoSound,
    /// There is no sound that the video could go beside, or it has video already.
    NoSuchLeg,
}
