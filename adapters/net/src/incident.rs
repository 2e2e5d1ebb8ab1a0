//! What happens beside messages, until the handler is told.

use bytes::Bytes;
use sip_message::Problem;
use sip_message::flow::Flow;

use crate::handler::{CloseReason, Failure, Transmit};

/// Something the handler is to be told when what arrived before has been told.
#[derive(Debug)]
pub(crate) enum Incident {
    Failed(Transmit, Failure),
    Closed(Flow, CloseReason),
    Malformed {
        flow: Flow,
        problem: Problem,
        head: Bytes,
    },
    /// The handler has been told everything of a connection at its end.
    Answered {
        connection: u64,
    },
}
