//! The media plane without its sockets: which local port a leg gets, whose packets are believed,
//! and where each packet goes.
//!
//! Two halves that meet only in [`Command`] and [`Notice`]:
//!
//! * [`Ports`], the control half, lives on the signalling shard. It mints endpoints and shares
//!   the local ports among legs so that packets can always be told apart.
//! * [`Road`], the road half, lives on a media thread. Packets and time go in, verdicts and
//!   notices come out; nothing on the way of a packet allocates, locks or logs.

mod command;
mod conference;
mod expect;
mod figures;
mod format;
mod id;
mod limits;
mod line;
mod ports;
mod prompts;
mod recorder;
mod road;
mod room;
mod second;
mod station;
mod tapped;
mod transcoder;
mod wants;

pub use audio::answer::Answerer;
pub use command::{Command, Keys, Lifted, Notice, PlayCodec, Refusal};
pub use expect::{Expect, Ufrag, trusted};
pub use figures::{
    FaxFigures, LegFigures, RoadFigures, RoomFigures, RtcpFigures, StreamFigures, TapFigures,
    TranscodingFigures,
};
pub use format::{COMFORT_NOISE, Codec, FORMATS, Format, Formats, PayloadSet};
pub use id::EndpointId;
pub use limits::Limits;
pub use line::{
    LINE_DATAGRAM, LINE_DATAGRAMS, LINE_FRAME, LINE_HEARD, LINE_PACKET, LINE_SAID, Line,
    LineFigures, LinePacket, PACE_BEHIND, Pace, PaceFigures,
};
pub use ports::{
    Ask, BadRange, DeclareProblem, Exhausted, Family, LocalMedia, PortFigures, PortLimits,
    PortRange, Ports, RestoreProblem,
};
pub use prompts::{Prompt, PromptId, Prompts};
pub use recorder::{BROUGHT_LATE, Layout, RECORDED_BEHIND, Recorder, RecorderFigures};
pub use road::{DropReason, FORESEEN, ROOM, Road, Verdict};
pub use room::{RoomId, Seat};
pub use second::{Listening, Loudness, SECONDS, Second, Seconds, Way};
pub use station::{AIR_MS, Air, Item, Lineup, STATION_AHEAD, STATION_RATE, Station, Tuned, Wish};
pub use tapped::{Side, TAPPED_OCTETS, TAPPED_PACKETS, Tap, Tapped, TappedPacket};
pub use wants::{OpusWants, ReportWants, Wants};
