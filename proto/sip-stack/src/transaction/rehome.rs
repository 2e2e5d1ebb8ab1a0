//! Transactions whose peer has come to be reached by another flow (RFC 5626 §5.3).

use sip_message::Flow;

use super::event::{ClientKey, ServerKey};
use super::transactions::{ClientState, Transactions};

impl Transactions {
    /// What is still to be sent of a request, its repetitions and ACKs, goes by this flow from now
    /// on. A request that nothing was heard of is said again at once: it may be lost with the flow
    /// before.
    pub fn rehome(&mut self, key: ClientKey, flow: Flow) {
        let Some(client) = self.clients.get_mut(key.0) else {
            return;
        };
        if client.flow == flow {
            return;
        }
        let before = std::mem::replace(&mut client.flow, flow);
        let unheard = match &client.state {
            ClientState::Invite(state) => state.unheard(),
            ClientState::Other(state) => state.unheard(),
        };
        if let Some(request) = unheard {
            self.out.repeat(client.owner, flow, &request.clone());
        }
        self.streams.remove(&(before, key.0));
        if flow.transport.is_reliable() {
            self.streams.insert((flow, key.0));
        }
    }

    /// Answers to a request go by this flow from now on.
    pub fn answer_by(&mut self, key: ServerKey, flow: Flow) {
        if let Some(server) = self.servers.get_mut(key.0) {
            server.flow = flow;
        }
    }
}
