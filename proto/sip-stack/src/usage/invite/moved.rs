//! The peer has come to be reached by another flow: its phone came back on a new connection, or
//! from another port (RFC 5626 §5.3, §7).

use std::sync::Arc;

use sip_message::Flow;

use super::{InviteUsage, State};
use crate::transaction::Transactions;
use crate::usage::business::Business;
use crate::usage::config::Config;
use crate::usage::peer::Peer;

impl InviteUsage {
    /// What is sent from now on goes by this flow, on which we are who `config` says. What awaits
    /// its first answer is said there again.
    pub fn moved(&mut self, flow: Flow, config: Arc<Config>, transactions: &mut Transactions) {
        self.config = config;
        match &mut self.state {
            State::Incoming(called) => {
                transactions.answer_by(called.key, flow);
                called.peer.moved(flow, transactions);
            }
            State::Outgoing(calling) => calling.moved(flow, transactions),
            State::Live(live) => live.peer.moved(flow, transactions),
            State::Leaving(leaving) => leaving.peer.moved(flow, transactions),
            State::Over => {}
        }
    }
}

impl InviteUsage {
    /// The flow that an INVITE of ours took last, while it has no final response.
    #[must_use]
    pub fn way(&self) -> Option<Flow> {
        match &self.state {
            State::Outgoing(calling) => Some(calling.plan.flow),
            State::Incoming(_) | State::Live(_) | State::Leaving(_) | State::Over => None,
        }
    }
}

impl Peer {
    pub(in crate::usage) fn moved(&mut self, flow: Flow, transactions: &mut Transactions) {
        self.dialog.flow = flow;
        match &mut self.business {
            Business::Idle => {}
            Business::Ours(ours) => {
                ours.sent.flow = flow;
                transactions.rehome(ours.sent.key, flow);
            }
            Business::Confirming { key, .. } => transactions.rehome(*key, flow),
            Business::Theirs(theirs) => transactions.answer_by(theirs.key, flow),
            Business::Unacknowledged(answer) => transactions.answer_by(answer.key, flow),
        }
    }
}
