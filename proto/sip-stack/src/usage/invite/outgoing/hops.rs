//! Other ways to the same callee: tried one after the other while the one before turns out to be
//! gone (RFC 5626 §7). Once the callee has been heard, no other is tried: it would ring twice.

use std::sync::Arc;
use std::time::Duration;

use sip_message::{Flow, Message};

use super::{Calling, Outgoing, cancel};
use crate::transaction::ClientKey;
use crate::usage::business::Sent;
use crate::usage::config::Config;
use crate::usage::dismiss::dismiss_within;
use crate::usage::invite::State;
use crate::usage::step::Cx;

/// A flow that was closed, as an edge proxy says (RFC 5626 §11.6).
pub(super) const FLOW_FAILED: u16 = 430;

/// Octets beyond which a request is too long for a datagram on an unknown path (RFC 3261 §18.1.1).
const DATAGRAM: usize = 1_300;

/// One more way to the callee.
#[derive(Clone, Debug)]
pub struct Hop {
    /// The Request-URI.
    pub request_uri: String,
    /// Route values, first hop first.
    pub routes: Vec<String>,
    /// The flow to send on.
    pub flow: Flow,
    /// Who we are on that flow.
    pub config: Arc<Config>,
    /// How long nothing may be heard on it before the next is tried; none to wait for the
    /// transaction.
    pub patience: Option<Duration>,
}

/// An INVITE of which nothing was heard by the way it took. Should it arrive after all, it is taken
/// back.
#[derive(Debug)]
pub(super) struct Left {
    sent: Sent,
    plan: Outgoing,
    cancelled: bool,
}

impl Outgoing {
    /// Takes a way that keeps an INVITE of this length whole, where the first is one of datagrams
    /// and there is such a way; the first is tried after it. Gives who we are on it.
    pub(super) fn widen(&mut self, octets: usize, config: &Config) -> Option<Arc<Config>> {
        let stream = self.stream.take();
        if octets <= DATAGRAM || self.flow.transport.is_reliable() {
            return None;
        }
        if let Some(stream) = stream {
            let patience = self.patience;
            self.further.insert(0, Hop { patience, ..stream });
        }
        let mut ways = self.further.iter_mut();
        let hop = ways.find(|hop| hop.flow.transport.is_reliable())?;
        let config = std::mem::replace(&mut hop.config, Arc::new(config.clone()));
        std::mem::swap(&mut hop.request_uri, &mut self.request_uri);
        std::mem::swap(&mut hop.routes, &mut self.routes);
        std::mem::swap(&mut hop.flow, &mut self.flow);
        Some(config)
    }
}

impl Calling {
    /// Whether there is another way, we still want the call, and the callee does not ring.
    pub(super) fn may_go_on(&self) -> bool {
        !self.is_given_up() && !self.plan.further.is_empty() && self.forks.latest().is_none()
    }

    /// The same INVITE by the next way; `silent` when the one before may still arrive.
    pub(super) fn by_next_hop(mut self: Box<Self>, silent: bool, cx: &mut Cx<'_, '_>) -> State {
        if self.plan.further.is_empty() {
            return State::Outgoing(self);
        }
        if silent {
            cx.step.transactions.forsake(self.invite.key, cx.step.now);
            let plan = Outgoing {
                offer: None,
                wider: None,
                beside: None,
                stream: None,
                further: Vec::new(),
                ..self.plan.clone()
            };
            self.left.push(Left {
                sent: self.invite,
                plan,
                cancelled: false,
            });
        }
        let hop = self.plan.further.remove(0);
        self.plan.request_uri = hop.request_uri;
        self.plan.routes = hop.routes;
        self.plan.flow = hop.flow;
        self.plan.patience = hop.patience;
        self.config = Some(Arc::clone(&hop.config));
        let mut cx = Cx {
            config: &hop.config,
            owner: cx.owner,
            step: cx.step,
        };
        self.again(&mut cx)
    }

    /// A response to an INVITE that was left behind; whether it was one.
    pub(super) fn heard_of_left(
        &mut self,
        key: ClientKey,
        flow: Flow,
        response: &Message,
        cx: &mut Cx<'_, '_>,
    ) -> bool {
        let Some(at) = self.left.iter().position(|left| left.sent.key == key) else {
            return false;
        };
        let provisional = response.status().is_some_and(|status| status < 200);
        if !provisional {
            self.left.swap_remove(at);
            dismiss_within(key, flow, response, None, cx);
        } else if let Some(left) = self.left.get_mut(at)
            && !left.cancelled
        {
            left.cancelled = true;
            let reason = "SIP;cause=430;text=\"Flow Failed\"";
            cancel((&left.sent, &left.plan, &self.name), Some(reason), cx);
        }
        true
    }
}
