//! The view of a ladder.

use domain::{Ladder, Rung, Way};
use ids::{CallId, CdrId};
use machine::WallTime;
use serde::Serialize;
use utoipa::ToSchema;

use super::cdr::StepView;

/// Which way a message went: from the peer to the exchange, or from the exchange to the peer.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Way)]
pub(crate) enum WayView {
    /// To the exchange.
    Received,
    /// From the exchange.
    Sent,
}

/// One SIP message.
#[derive(Serialize, ToSchema)]
#[schema(as = Rung)]
pub(crate) struct RungView {
    /// When.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    at: WallTime,
    /// The leg of the call that it is of, from 0.
    leg: u8,
    /// Which way it went.
    way: WayView,
    /// `udp`, `tcp`, `tls`, `ws` or `wss`.
    transport: String,
    /// The exchange's address.
    local: String,
    /// The peer's.
    #[schema(example = "192.0.2.7:5060")]
    remote: String,
    /// Steps of the explanation that were taken before it.
    steps: u16,
    /// The message, its secrets taken out.
    text: String,
}

impl From<Rung> for RungView {
    fn from(rung: Rung) -> Self {
        RungView {
            at: rung.at,
            leg: rung.leg,
            way: match rung.way {
                Way::Received => WayView::Received,
                Way::Sent => WayView::Sent,
            },
            transport: rung.transport,
            local: rung.local.to_string(),
            remote: rung.remote.to_string(),
            steps: rung.steps,
            text: rung.text,
        }
    }
}

/// The SIP messages of one call.
#[derive(Serialize, ToSchema)]
#[schema(as = Ladder)]
pub(crate) struct LadderView {
    /// The call's id.
    #[schema(value_type = String)]
    call: CallId,
    /// The id of its record, which is there once the call has ended.
    #[schema(value_type = String)]
    cdr: CdrId,
    /// The messages, oldest first.
    rungs: Vec<RungView>,
    /// What was decided between them, in order.
    explanation: Vec<StepView>,
    /// Messages that there was no room for.
    lost: u32,
}

impl From<Ladder> for LadderView {
    fn from(ladder: Ladder) -> Self {
        LadderView {
            call: ladder.call,
            cdr: ladder.cdr,
            rungs: ladder.rungs.into_iter().map(RungView::from).collect(),
            explanation: ladder.explanation.into_iter().map(StepView::from).collect(),
            lost: ladder.lost,
        }
    }
}
