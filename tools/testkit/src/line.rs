//! One line of a telephone: a call as its phone sees it.

use crate::sound::Direction;
use crate::token::Heard;
use machine::Instant;
use sip_stack::dialog::DialogName;
use sip_stack::usage::{Ending, InviteUsage};
use std::net::SocketAddr;

/// Names a line of one phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId(pub u64);

/// What a line was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It rings over there: 101 to 199.
    Ringing(u16),
    /// A provisional answer with a description: early media.
    Progressed(u16),
    /// The call was answered over there.
    Answered,
    /// Our answer was acknowledged.
    Confirmed,
    /// The call was refused.
    Refused {
        /// The status.
        status: u16,
        /// Seconds, when Retry-After named them.
        retry_after: Option<u32>,
    },
    /// The caller gave up.
    Cancelled(Option<String>),
    /// The call ended over there.
    Ended(Ending, Option<String>),
    /// A new offer came, with this direction; `None` when we were asked to offer.
    Offered(Option<Direction>),
    /// Our new offer was answered, with this direction.
    ReofferAnswered(Option<Direction>),
    /// Our new offer was refused.
    ReofferRefused(u16),
    /// An INFO body.
    Info(String),
    /// How the transfer we asked for goes.
    Transfer(u16, bool),
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// We called; no final answer yet.
    Calling,
    /// We are called and have not answered.
    Ringing,
    /// Both may talk.
    Talking,
    /// Over.
    Over,
}

/// One line.
pub struct Line {
    /// Its name.
    pub id: LineId,
    /// Whether we were called.
    pub incoming: bool,
    /// The number we called, or the user part of who called us.
    pub peer: String,
    /// The Call-ID of the INVITE that came in, or of the newest that went out.
    pub call_id: String,
    /// Where it stands.
    pub stage: Stage,
    /// What it was told, oldest first.
    pub told: Vec<Told>,
    /// What it has heard.
    pub heard: Heard,
    /// When it was opened.
    pub opened: Instant,
    /// When it was over.
    pub over_at: Option<Instant>,
    pub(crate) usage: Option<InviteUsage>,
    pub(crate) sound: Sound,
    pub(crate) offers: Offers,
    pub(crate) request: Request,
}

/// A line's sound: where it goes, what was agreed, what was said.
pub(crate) struct Sound {
    /// Where the line listens.
    pub(crate) here: SocketAddr,
    /// Where the exchange wants to hear it.
    pub(crate) there: Option<SocketAddr>,
    /// What the line wants.
    pub(crate) own: Direction,
    pub(crate) agreed: Direction,
    /// Descriptions written so far.
    pub(crate) version: u64,
    pub(crate) voices: u32,
    pub(crate) speaking: bool,
}

impl Sound {
    pub(crate) fn at(here: SocketAddr) -> Sound {
        Sound {
            here,
            there: None,
            own: Direction::SendRecv,
            agreed: Direction::SendRecv,
            version: 0,
            voices: 0,
            speaking: false,
        }
    }
}

/// Which offers are open on a line.
#[derive(Default)]
pub(crate) struct Offers {
    /// The INVITE had none.
    pub(crate) late: bool,
    /// We asked the other side to offer.
    pub(crate) asked: bool,
    /// One came that is not answered yet.
    pub(crate) waiting: bool,
}

/// How a line calls.
#[derive(Default)]
pub(crate) struct Request {
    /// Proofs of who we are, shown so far.
    pub(crate) proofs: u8,
    /// Further headers.
    pub(crate) extra: Vec<(sip_message::Name<'static>, String)>,
}

impl Line {
    /// Whether the line was told this.
    #[must_use]
    pub fn was_told(&self, told: &Told) -> bool {
        self.told.contains(told)
    }

    /// The status the call was refused with.
    #[must_use]
    pub fn refused(&self) -> Option<u16> {
        self.told.iter().rev().find_map(|told| match told {
            Told::Refused { status, .. } => Some(*status),
            Told::Ringing(_)
            | Told::Progressed(_)
            | Told::Answered
            | Told::Confirmed
            | Told::Cancelled(_)
            | Told::Ended(..)
            | Told::Offered(_)
            | Told::ReofferAnswered(_)
            | Told::ReofferRefused(_)
            | Told::Info(_)
            | Told::Transfer(..) => None,
        })
    }

    /// Whether it is being talked on this line.
    #[must_use]
    pub fn is_talking(&self) -> bool {
        self.stage == Stage::Talking
    }

    /// Whether the line is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    /// The dialog's name from this side.
    #[must_use]
    pub fn dialog(&self) -> Option<DialogName> {
        self.usage.as_ref()?.dialog_name()
    }

    /// Where the exchange wants this line's sound.
    #[must_use]
    pub fn peer_media(&self) -> Option<SocketAddr> {
        self.sound.there
    }

    /// Where this line listens.
    #[must_use]
    pub fn media(&self) -> SocketAddr {
        self.sound.here
    }

    /// The directions both sides agreed on, as this side sees them.
    #[must_use]
    pub fn agreed(&self) -> Direction {
        self.sound.agreed
    }
}
