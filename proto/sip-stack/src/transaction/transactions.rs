//! Transactions: all of one shard, their timers, and the doors for the layer above.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use machine::{Instant, Random, TimerHandle, TimerTable};
use sip_message::{Builder, Flow, Message, Method, Restraint};

use super::event::{ClientKey, Event, ServerKey, Transmit};
use super::limits::{Figures, Limits};
use super::linger::Linger;
use super::outbox::Outbox;
use super::table::{Slot, Table};
use super::{client_invite, client_other, server_invite, server_other, via};
use crate::fingerprint::{FingerprintMap, Key};
use crate::owner::Owner;
use crate::token::{Branch, Tag};

/// A request to be sent in a client transaction.
#[derive(Clone, Debug)]
pub struct Sending<'a> {
    /// Where to.
    pub flow: Flow,
    /// The branch in its top Via, from [`Transactions::branch`]; a CANCEL uses its INVITE's.
    pub branch: Branch,
    /// Its method; never ACK.
    pub method: Method<'a>,
    /// The whole request.
    pub bytes: Bytes,
    /// Whom its responses go to.
    pub owner: Owner,
}

pub(super) enum ClientState {
    Invite(client_invite::State),
    Other(client_other::State),
}

impl ClientState {
    pub(super) const fn is_invite(&self) -> bool {
        matches!(self, Self::Invite(_))
    }
}

pub(super) struct Client {
    pub(super) owner: Owner,
    pub(super) flow: Flow,
    pub(super) state: ClientState,
    alarm: Option<(Instant, TimerHandle)>,
}

pub(super) enum ServerState {
    Invite(server_invite::State),
    Other(server_other::State),
}

pub(super) struct Server {
    pub(super) owner: Owner,
    pub(super) flow: Flow,
    pub(super) tag: Tag,
    /// Under which the same request is known that comes by another way.
    merge: Option<u128>,
    pub(super) state: ServerState,
    alarm: Option<(Instant, TimerHandle)>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Alarm {
    Client(Slot),
    Server(Slot),
}

/// All transactions of one signalling shard.
pub struct Transactions {
    pub(super) clients: Table<Client>,
    pub(super) servers: Table<Server>,
    linger: Linger,
    /// The requests outside dialogs that are being served; no more than there are servers.
    merges: FingerprintMap<()>,
    pub(super) streams: BTreeSet<(Flow, Slot)>,
    timers: TimerTable<Alarm>,
    pub(super) out: Outbox,
    pub(super) limits: Limits,
    pub(super) key: Key,
    pub(super) restraint: Option<Restraint>,
    random: Random,
}

impl Transactions {
    /// Empty tables. Branches, tags and the key of the tables come from `random`, which in
    /// production is [`Random::secure`].
    #[must_use]
    pub fn new(limits: Limits, mut random: Random) -> Self {
        Self {
            clients: Table::with_bound(limits.clients),
            servers: Table::with_bound(limits.servers),
            linger: Linger::default(),
            merges: FingerprintMap::default(),
            streams: BTreeSet::new(),
            timers: TimerTable::new(),
            out: Outbox::default(),
            limits,
            key: Key::mint(&mut random),
            restraint: None,
            random,
        }
    }

    /// A branch nobody has used (RFC 3261 §8.1.1.7).
    pub fn branch(&mut self) -> Branch {
        Branch::mint(&mut self.random)
    }

    /// A tag nobody has used (RFC 3261 §19.3).
    pub fn tag(&mut self) -> Tag {
        Tag::mint(&mut self.random)
    }

    /// A Call-ID nobody has used: 26 letters, no host.
    pub fn call_id(&mut self) -> String {
        self.random.token(26)
    }

    /// A client nonce (RFC 7616 §3.4): 16 letters nobody has used.
    pub fn cnonce(&mut self) -> String {
        self.random.token(16)
    }

    /// How long a request of a dialog waits, in `low..high` in steps of 10 ms (RFC 3261 §14.1
    /// asks for them). Nobody outside can guess it; and since it follows from the peer's address
    /// and the request's number, it is the same whatever other dialogs draw.
    pub(crate) fn drawn_wait(
        &self,
        of: (&str, u32),
        (low, high): (Duration, Duration),
    ) -> Duration {
        let steps = u64::try_from(high.saturating_sub(low).as_millis() / 10).unwrap_or(0);
        low + Duration::from_millis(10 * self.drawn_below(of, steps))
    }

    /// A number below `n` (at least 1) for a request of a dialog, as in [`Self::drawn_wait`].
    pub(crate) fn drawn_below(&self, (peer, number): (&str, u32), n: u64) -> u64 {
        let drawn = self.key.begin(6).field(peer.as_bytes());
        let drawn = drawn.number(number.into()).end() % u128::from(n.max(1));
        u64::try_from(drawn).unwrap_or(0)
    }

    /// A random number below `n` (at least 1).
    pub(crate) fn random_below(&mut self, n: u64) -> u64 {
        self.random.below(n.max(1))
    }

    /// Sends a request in a client transaction of its own. When the table is full the request
    /// is not sent and [`Event::ClientTransportFailed`] follows.
    pub fn request(&mut self, sending: Sending<'_>, now: Instant) -> ClientKey {
        let Sending {
            flow,
            branch,
            method,
            bytes,
            owner,
        } = sending;
        if self.clients.len() >= usize::try_from(self.limits.clients).unwrap_or(usize::MAX) {
            return self.refuse_client(owner);
        }
        let state = if method == Method::Invite {
            ClientState::Invite(client_invite::State::begin(
                (owner, flow),
                bytes,
                now,
                &mut self.out,
            ))
        } else {
            ClientState::Other(client_other::State::begin(
                (owner, flow),
                bytes,
                now,
                &mut self.out,
            ))
        };
        let id = client_id(branch, method == Method::Cancel);
        let client = Client {
            owner,
            flow,
            state,
            alarm: None,
        };
        let Some(slot) = self.clients.insert(id, client) else {
            return self.refuse_client(owner);
        };
        if flow.transport.is_reliable() {
            self.streams.insert((flow, slot));
        }
        self.settle_client(slot);
        ClientKey(slot)
    }

    fn refuse_client(&mut self, owner: Owner) -> ClientKey {
        let key = ClientKey(Slot::NOWHERE);
        self.out.figures.refused += 1;
        self.out.tell(Event::ClientTransportFailed { key, owner });
        key
    }

    /// Answers a request. Responses that come after a final one are dropped, except further
    /// 2xx of an INVITE.
    pub fn respond(&mut self, key: ServerKey, bytes: Bytes, status: u16, now: Instant) {
        let Some(server) = self.servers.get_mut(key.0) else {
            return;
        };
        let (head, lingered) = (server.head(key), server.lingers());
        match &mut server.state {
            ServerState::Invite(state) => state.respond(head, status, bytes, now, &mut self.out),
            ServerState::Other(state) => state.respond(head, status, bytes, now, &mut self.out),
        }
        if !lingered && server.lingers() {
            self.linger.begin(key.0);
        }
        self.settle_server(key.0);
    }

    /// Answers a request and forgets it (RFC 3261 §8.2.7): its repetition is a new request and is
    /// answered anew. For answers that cost a stranger nothing to ask for, as challenges are.
    pub fn respond_statelessly(&mut self, key: ServerKey, bytes: Bytes) {
        let Some(server) = self.servers.get(key.0) else {
            return;
        };
        self.out.send(server.owner, server.flow, bytes);
        self.remove_server(key.0);
    }

    /// Forgets a request that gets no answer at all: its repetition is a new request. For senders
    /// who have had their answers, so that what they go on sending costs no memory.
    pub fn ignore(&mut self, key: ServerKey) {
        self.remove_server(key.0);
    }

    /// Answers a request with nothing but a status; the To tag is [`Transactions::server_tag`].
    pub fn respond_simply(&mut self, key: ServerKey, request: &Message, status: u16, now: Instant) {
        let (tag, flow) = self.answering(key);
        self.respond(
            key,
            via::answer(request, status, tag, flow, self.restraint).finish(),
            status,
            now,
        );
    }

    /// What neighbours that speak overload control are asked for in the responses made from now on
    /// (RFC 7339 §5.1).
    pub fn restrain(&mut self, restraint: Option<Restraint>) {
        self.restraint = restraint;
    }

    /// A response to a request begun: Via, From, To with our tag, Call-ID, CSeq (RFC 3261
    /// §8.2.6.2); headers and body may be added.
    #[must_use]
    pub fn response(&self, key: ServerKey, request: &Message, status: u16) -> Builder {
        let (tag, flow) = self.answering(key);
        via::answer(request, status, tag, flow, self.restraint)
    }

    fn answering(&self, key: ServerKey) -> (Tag, Flow) {
        self.servers
            .get(key.0)
            .map_or((Tag::of_fingerprint(0), NO_FLOW), |s| (s.tag, s.flow))
    }

    /// The To tag that belongs to a server transaction: the same for every response to the
    /// same request, also to its CANCEL and after a restart of the transaction.
    #[must_use]
    pub fn server_tag(&self, key: ServerKey) -> Tag {
        self.answering(key).0
    }

    /// Names the owner of a server transaction.
    pub fn adopt(&mut self, key: ServerKey, owner: Owner) {
        if let Some(server) = self.servers.get_mut(key.0) {
            server.owner = owner;
        }
    }

    /// Keeps the ACK of a 2xx and sends it; it is repeated when that 2xx is repeated
    /// (RFC 3261 §13.2.2.4), without the owner's doing.
    pub fn acknowledge(&mut self, key: ClientKey, to_tag: &str, flow: Flow, ack: Bytes) {
        let owner = self.clients.get(key.0).map(|client| client.owner);
        self.transmit(owner.unwrap_or_default(), flow, ack.clone());
        let bound = self.limits.acks;
        let Some(client) = self.clients.get_mut(key.0) else {
            return;
        };
        if let ClientState::Invite(state) = &mut client.state {
            let given = client_invite::Acknowledged {
                tag: to_tag.into(),
                flow,
                ack,
            };
            state.acknowledge(given, bound);
        }
    }

    /// Nobody waits for the response to an INVITE any more. A refusal that still comes is
    /// acknowledged and an acceptance told; without either the transaction ends in 64 × T1, for
    /// after a provisional response it would wait for ever (RFC 3261 §17.1.1.2).
    pub fn forsake(&mut self, key: ClientKey, now: Instant) {
        if let Some(client) = self.clients.get_mut(key.0)
            && let ClientState::Invite(state) = &mut client.state
        {
            state.forsake(now);
            self.settle_client(key.0);
        }
    }

    /// Forgets a client transaction without a word: nobody waits for its response any more.
    pub fn abandon(&mut self, key: ClientKey) {
        self.remove_client(key.0);
    }

    /// Sends bytes outside transactions on somebody's behalf: stateless answers, ACKs of 2xx.
    pub fn transmit(&mut self, owner: Owner, flow: Flow, bytes: Bytes) {
        self.out.send(owner, flow, bytes);
    }

    /// A send on this flow failed for good; whoever waits for an answer by it is told.
    /// Datagram flows are asked one by one, streams by index.
    pub fn failed(&mut self, flow: Flow, _now: Instant) {
        let slots: Vec<Slot> = if flow.transport.is_reliable() {
            let low = (flow, Slot::LOWEST);
            self.streams
                .range(low..=(flow, Slot::NOWHERE))
                .map(|(_, slot)| *slot)
                .collect()
        } else {
            let on_flow = self
                .clients
                .iter()
                .filter(|(_, client)| client.flow == flow);
            on_flow.map(|(slot, _)| slot).collect()
        };
        for slot in slots {
            self.fail(slot);
        }
    }

    /// The network reports that a datagram on this flow did not arrive, quoting its beginning.
    /// Such reports can be forged (RFC 5927), so only one that quotes the branch of a live
    /// transaction of ours on that flow is believed; nobody else knows the branch.
    pub fn reported(&mut self, flow: Flow, quoted: &[u8]) {
        let Some((branch, is_cancel)) = via::quoted_branch(quoted) else {
            return;
        };
        let Some(slot) = self.clients.find(client_id(branch, is_cancel)) else {
            return;
        };
        if self
            .clients
            .get(slot)
            .is_some_and(|client| client.flow == flow)
        {
            self.fail(slot);
        }
    }

    fn fail(&mut self, slot: Slot) {
        let Some(client) = self.clients.get_mut(slot) else {
            return;
        };
        let head = client.head(ClientKey(slot));
        match &mut client.state {
            ClientState::Invite(state) => state.transport_failed(head, &mut self.out),
            ClientState::Other(state) => state.transport_failed(head, &mut self.out),
        }
        self.settle_client(slot);
    }

    /// When [`Transactions::expire`] is next needed.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// Runs all timers due.
    pub fn expire(&mut self, now: Instant) {
        while let Some((_, alarm)) = self.timers.pop_due(now) {
            match alarm {
                Alarm::Client(slot) => self.expire_client(slot, now),
                Alarm::Server(slot) => self.expire_server(slot, now),
            }
        }
    }

    fn expire_client(&mut self, slot: Slot, now: Instant) {
        let Some(client) = self.clients.get_mut(slot) else {
            return;
        };
        client.alarm = None;
        let head = client.head(ClientKey(slot));
        match &mut client.state {
            ClientState::Invite(state) => state.expire(head, now, &mut self.out),
            ClientState::Other(state) => state.expire(head, now, &mut self.out),
        }
        self.settle_client(slot);
    }

    fn expire_server(&mut self, slot: Slot, now: Instant) {
        let Some(server) = self.servers.get_mut(slot) else {
            return;
        };
        server.alarm = None;
        let head = server.head(ServerKey(slot));
        match &mut server.state {
            ServerState::Invite(state) => state.expire(head, now, &mut self.out),
            ServerState::Other(state) => state.expire(head, now, &mut self.out),
        }
        self.settle_server(slot);
    }

    /// The next event; to be asked until there is none after each call that takes `now`.
    pub fn poll(&mut self) -> Option<Event> {
        self.out.events.pop_front()
    }

    /// What is to be sent and has not been taken yet, in order.
    #[must_use]
    pub fn transmits(&self) -> &[Transmit] {
        &self.out.transmits
    }

    /// Moves what is to be sent to the end of `into`, in order.
    pub fn take_transmits(&mut self, into: &mut Vec<Transmit>) {
        into.append(&mut self.out.transmits);
    }

    /// The counters.
    #[must_use]
    pub fn figures(&self) -> Figures {
        Figures {
            clients: u64::try_from(self.clients.len()).unwrap_or(u64::MAX),
            servers: u64::try_from(self.servers.len()).unwrap_or(u64::MAX),
            ..self.out.figures
        }
    }

    /// Whether this request is being served already, as it came by another way.
    pub(super) fn is_merged(&self, merge: Option<u128>) -> bool {
        merge.is_some_and(|merge| self.merges.contains_key(&merge))
    }

    pub(super) fn add_server(
        &mut self,
        id: u128,
        merge: Option<u128>,
        flow: Flow,
        state: ServerState,
    ) -> Option<Slot> {
        let server = Server {
            owner: Owner::NOBODY,
            flow,
            tag: Tag::of_fingerprint(id),
            merge,
            state,
            alarm: None,
        };
        if self.servers.is_full()
            && let Some(oldest) = self.linger.take_oldest(&self.servers)
        {
            self.out.figures.hastened += 1;
            self.remove_server(oldest);
        }
        let slot = self.servers.insert(id, server)?;
        if let Some(merge) = merge {
            self.merges.insert(merge, ());
        }
        self.settle_server(slot);
        Some(slot)
    }

    /// After every input: the transaction ends, or its alarm follows its state.
    pub(super) fn settle_client(&mut self, slot: Slot) {
        let Some(client) = self.clients.get_mut(slot) else {
            return;
        };
        let (over, wake) = match &client.state {
            ClientState::Invite(state) => (
                matches!(state, client_invite::State::Terminated),
                state.wake(),
            ),
            ClientState::Other(state) => (
                matches!(state, client_other::State::Terminated),
                state.wake(),
            ),
        };
        rearm(
            &mut self.timers,
            &mut client.alarm,
            wake,
            Alarm::Client(slot),
        );
        if over {
            self.remove_client(slot);
        }
    }

    fn remove_client(&mut self, slot: Slot) {
        let Some(client) = self.clients.remove(slot) else {
            return;
        };
        if let Some((_, handle)) = client.alarm {
            self.timers.cancel(handle);
        }
        if client.flow.transport.is_reliable() {
            self.streams.remove(&(client.flow, slot));
        }
    }

    /// After every input: the transaction ends, or its alarm follows its state.
    pub(super) fn settle_server(&mut self, slot: Slot) {
        let Some(server) = self.servers.get_mut(slot) else {
            return;
        };
        let (over, wake, is_serving) = match &server.state {
            ServerState::Invite(state) => (
                matches!(state, server_invite::State::Terminated),
                state.wake(),
                state.is_serving(),
            ),
            ServerState::Other(state) => (
                matches!(state, server_other::State::Terminated),
                state.wake(),
                state.is_serving(),
            ),
        };
        rearm(
            &mut self.timers,
            &mut server.alarm,
            wake,
            Alarm::Server(slot),
        );
        if let Some(merge) = server.merge.take_if(|_| !is_serving) {
            self.merges.remove(&merge);
        }
        if over {
            self.remove_server(slot);
            self.linger.forget_ended(&self.servers);
        }
    }

    fn remove_server(&mut self, slot: Slot) {
        let Some(server) = self.servers.remove(slot) else {
            return;
        };
        if let Some((_, handle)) = server.alarm {
            self.timers.cancel(handle);
        }
        if let Some(merge) = server.merge {
            self.merges.remove(&merge);
        }
    }
}

impl Client {
    pub(super) const fn head(&self, key: ClientKey) -> client_invite::Head {
        client_invite::Head {
            key,
            owner: self.owner,
            flow: self.flow,
        }
    }
}

impl Server {
    /// Whether it only waits to answer repetitions.
    fn lingers(&self) -> bool {
        match &self.state {
            ServerState::Other(state) => state.is_completed(),
            ServerState::Invite(_) => false,
        }
    }

    pub(super) const fn head(&self, key: ServerKey) -> server_invite::Head {
        server_invite::Head {
            key,
            owner: self.owner,
            flow: self.flow,
        }
    }
}

/// The id of a client transaction: only a CANCEL shares its branch with another method.
pub(super) fn client_id(branch: Branch, is_cancel: bool) -> u128 {
    branch.bits() | u128::from(is_cancel) << 80
}

const NO_FLOW: Flow = Flow::udp(NO_ADDRESS, NO_ADDRESS);
const NO_ADDRESS: std::net::SocketAddr =
    std::net::SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 0);

fn rearm(
    timers: &mut TimerTable<Alarm>,
    alarm: &mut Option<(Instant, TimerHandle)>,
    wake: Option<Instant>,
    key: Alarm,
) {
    if alarm.as_ref().map(|(at, _)| *at) == wake {
        return;
    }
    if let Some((_, handle)) = alarm.take() {
        timers.cancel(handle);
    }
    *alarm = wake.map(|at| (at, timers.arm(at, key)));
}
