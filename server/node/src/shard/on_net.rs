//! Calls between companies of this exchange: what a trunk whose other end is this exchange sends
//! comes in again, as if a carrier had sent it.
//!
//! Each company has a call of its own, with its own legs, record and rules, and nothing passes
//! between the two but what is in SIP messages to a carrier. The messages never reach a socket, and
//! no socket can bring such a one: what claims to come from where we listen is not read.

use super::Shard;
use super::coming_in::called_number;
use crate::trunks::is_home;
use bytes::Bytes;
use ids::TenantId;
use machine::Instant;
use media::Family;
use sip_message::{Flow, Limits as MessageLimits, Message, Parsed};
use sip_stack::transaction::Transmit;
use std::net::IpAddr;

impl Shard {
    /// Takes what was sent to ourselves, and lines it up as what came in. A message that is refused
    /// for want of time is answered at once, so there may be more to take.
    pub(crate) fn bring_home(&mut self, now: Instant) {
        if !self.tenants.trunks.any_on_net() {
            return;
        }
        loop {
            let home = self.take_home();
            if home.is_empty() {
                return;
            }
            for (flow, bytes) in home {
                // whatever we write, we can read
                if let Parsed::Whole(message) =
                    Message::parse_answerable(bytes, &MessageLimits::DEFAULT)
                {
                    self.line_up(flow, message, now);
                }
            }
            self.went(now);
        }
    }

    /// What was sent to ourselves; everything else stays to be sent.
    fn take_home(&mut self) -> Vec<(Flow, Bytes)> {
        let all = self.sip.transactions.transmits();
        if !all.iter().any(|sent| is_home(&sent.flow)) {
            return Vec::new();
        }
        let mut all: Vec<Transmit> = Vec::new();
        self.sip.transactions.take_transmits(&mut all);
        self.sip.remembered.noted = 0;
        let mut home = Vec::new();
        for sent in all {
            if is_home(&sent.flow) {
                home.push((sent.flow, sent.bytes));
            } else {
                self.outbox.transmits.push(sent);
            }
        }
        home
    }

    /// The company that a call which came home is for; none of what is no such call.
    pub(crate) fn tenant_called_at_home(&self, flow: &Flow, message: &Message) -> Option<TenantId> {
        let uri = message.request_uri().ok().filter(|_| is_home(flow))?;
        let trunk = self.tenants.trunks.called_by(uri.user?)?;
        let line = self.tenants.trunks.get(trunk)?;
        let number = called_number(line, message)?.to_string();
        self.tenants.directory.called_through(trunk, &number)
    }

    /// The address from which a peer's media may come that is not described yet, or not truly: its
    /// own, and for what comes home the one at which we hear media ourselves.
    pub(crate) fn media_source(&self, flow: &Flow) -> IpAddr {
        let remote = flow.remote.ip();
        let own = is_home(flow).then(|| self.ports.address(Family::of(remote)));
        own.flatten().unwrap_or(remote)
    }
}
