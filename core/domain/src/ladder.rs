//! Ladders: the SIP messages of one call, in order, as they may be kept with its record.

use std::net::SocketAddr;

use ids::{CallId, CdrId, TenantId};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::cdr::{Cdr, Fault, Step};

/// Of which calls the SIP messages are kept with the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeptLadders {
    /// Of none: they are seen while the call lives, and then gone.
    None,
    /// Of those that failed.
    #[default]
    Failed,
    /// Of all.
    All,
}

impl KeptLadders {
    /// Whether that of this call is kept. One has failed that ended otherwise than by an answer
    /// and a hang-up or by a caller who gave up, or that the network or the exchange cut short.
    #[must_use]
    pub fn keep(self, cdr: &Cdr) -> bool {
        match self {
            KeptLadders::None => false,
            KeptLadders::All => true,
            KeptLadders::Failed => match cdr.end.by {
                Fault::Network | Fault::Exchange => true,
                Fault::Caller | Fault::Callee | Fault::Operator | Fault::Policy => {
                    !matches!(cdr.end.sip_status, 200 | 487)
                }
            },
        }
    }
}

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// From the peer to us.
    Received,
    /// From us to the peer.
    Sent,
}

/// One message of a ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    /// When.
    pub at: WallTime,
    /// The leg of the call that it is of, from 0.
    pub leg: u8,
    /// Which way.
    pub way: Way,
    /// `udp`, `tcp`, `tls`, `ws` or `wss`.
    pub transport: String,
    /// Our address.
    pub local: SocketAddr,
    /// The peer's.
    pub remote: SocketAddr,
    /// Steps of the call's explanation that were taken before it.
    pub steps: u16,
    /// The message, its secrets taken out.
    pub text: String,
}

/// The messages of one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ladder {
    /// The call's record; its ladder lives as long as it does.
    pub cdr: CdrId,
    /// The call.
    pub call: CallId,
    /// Whose call.
    pub tenant: TenantId,
    /// The messages, oldest first.
    pub rungs: Vec<Rung>,
    /// What was decided between them, and why, in order.
    pub explanation: Vec<Step>,
    /// Messages that there was no room for.
    pub lost: u32,
}
