//! The way in: which transaction a message belongs to, and what a new request begins.

use machine::Instant;
use sip_message::{Flow, Kind, Message, Method, Name};

use super::event::{ClientKey, Event, ServerKey};
use super::transactions::{ClientState, ServerState, Transactions, client_id};
use super::{server_invite, server_other, via};
use crate::owner::Owner;
use crate::token::{Branch, Tag};

impl Transactions {
    /// Takes a message from the network. Requests of wrong form are answered, responses of
    /// wrong form dropped; both are counted.
    pub fn receive(&mut self, flow: Flow, message: Message, now: Instant) {
        match message.kind() {
            Kind::Response { .. } => self.receive_response(flow, message, now),
            Kind::Request {
                method: Method::Ack,
                ..
            } => self.receive_ack(flow, message, now),
            Kind::Request { method, .. } => {
                if let Err(problem) = message.check_request() {
                    self.out.figures.malformed += 1;
                    self.refuse_statelessly(flow, &message, problem.status);
                    return;
                }
                let Some(id) = via::fingerprint(self.key, &message, method) else {
                    self.out.figures.malformed += 1;
                    return;
                };
                self.receive_request(flow, message, id, now);
            }
        }
    }

    fn receive_response(&mut self, flow: Flow, message: Message, now: Instant) {
        let (Ok(()), Ok(via), Ok(cseq)) =
            (message.check_response(), message.top_via(), message.cseq())
        else {
            self.out.figures.malformed += 1;
            return;
        };
        let branch = via.branch().and_then(Branch::parse);
        let is_invite = cseq.method == Method::Invite;
        let is_cancel = cseq.method == Method::Cancel;
        let slot = branch.and_then(|branch| self.clients.find(client_id(branch, is_cancel)));
        let Some((slot, client)) = slot
            .and_then(|slot| Some((slot, self.clients.get_mut(slot)?)))
            // a branch alone is not enough: the method must be that of the request (§17.1.3)
            .filter(|(_, client)| client.state.is_invite() == is_invite)
        else {
            self.out.figures.stray_responses += 1;
            return;
        };
        self.out.figures.responses += 1;
        let head = client.head(ClientKey(slot));
        match &mut client.state {
            ClientState::Invite(state) => state.response(head, flow, message, now, &mut self.out),
            ClientState::Other(state) => state.response(head, flow, message, now, &mut self.out),
        }
        self.settle_client(slot);
    }

    fn receive_ack(&mut self, flow: Flow, message: Message, now: Instant) {
        let Some(id) = via::fingerprint(self.key, &message, Method::Invite) else {
            self.out.figures.malformed += 1;
            return;
        };
        if let Some(slot) = self.servers.find(id)
            && let Some(server) = self.servers.get_mut(slot)
        {
            let head = server.head(ServerKey(slot));
            let taken = match &mut server.state {
                ServerState::Invite(state) => state.ack(head, now),
                ServerState::Other(_) => false,
            };
            self.settle_server(slot);
            if taken {
                return;
            }
        }
        self.out.tell(Event::Ack { flow, message });
    }

    fn receive_request(&mut self, flow: Flow, message: Message, id: u128, now: Instant) {
        if let Some(slot) = self.servers.find(id)
            && let Some(server) = self.servers.get_mut(slot)
        {
            let head = server.head(ServerKey(slot));
            match &mut server.state {
                ServerState::Invite(state) => state.repeated(head, &mut self.out),
                ServerState::Other(state) => state.repeated(head, &mut self.out),
            }
            return;
        }
        let method = message.method();
        let merge = via::merge_id(self.key, &message).filter(|_| method != Some(Method::Cancel));
        if self.is_merged(merge) {
            self.out.figures.merged += 1;
            self.refuse_statelessly(flow, &message, 482);
            return;
        }
        let state = if method == Some(Method::Invite) {
            ServerState::Invite(server_invite::State::begin(message.clone(), now))
        } else {
            ServerState::Other(server_other::State::begin(now))
        };
        let answers = via::response_flow(&message, flow);
        let Some(slot) = self.add_server(id, merge, answers, state) else {
            self.out.figures.refused += 1;
            self.refuse_statelessly(flow, &message, 503);
            return;
        };
        self.out.figures.requests += 1;
        let key = ServerKey(slot);
        if method == Some(Method::Cancel) {
            self.receive_cancel(key, flow, message, now);
        } else {
            self.out.tell(Event::Request { key, flow, message });
        }
    }

    /// RFC 3261 §9.2: 200 when the INVITE is known, else 481; an effect only before its answer.
    fn receive_cancel(&mut self, key: ServerKey, flow: Flow, cancel: Message, now: Instant) {
        let invite = via::fingerprint(self.key, &cancel, Method::Invite);
        let invite = invite.and_then(|id| self.servers.find(id));
        let Some((slot, server)) = invite.and_then(|s| Some((s, self.servers.get(s)?))) else {
            self.respond_simply(key, &cancel, 481, now);
            return;
        };
        let (tag, owner) = (server.tag, server.owner);
        let effective = match &server.state {
            ServerState::Invite(state) => state.is_unanswered(),
            ServerState::Other(_) => false,
        };
        if let Some(own) = self.servers.get_mut(key.0) {
            own.tag = tag;
        }
        self.respond_simply(key, &cancel, 200, now);
        if effective {
            self.out.tell(Event::Cancelled {
                invite: ServerKey(slot),
                owner,
                flow,
                message: cancel,
            });
        }
    }

    fn refuse_statelessly(&mut self, flow: Flow, request: &Message, status: u16) {
        let id = request.raw();
        let tag = Tag::of_fingerprint(self.key.begin(3).field(id).end());
        let answers = via::response_flow(request, flow);
        let mut response = via::answer(request, status, tag, answers, self.restraint);
        if status == 503 {
            response.header(Name::RetryAfter, self.limits.retry_after);
        }
        self.out.send(Owner::NOBODY, answers, response.finish());
    }
}
