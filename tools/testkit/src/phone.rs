//! A telephone that obeys the standards: the product's own SIP stack as a user agent.

mod calls;
mod faxing;
mod lamps;
mod registering;
mod voice;

use crate::line::{Line, LineId, Stage};
use crate::{Account, Packet};
use bytes::Bytes;
pub use lamps::{Key, KeyId};
use machine::{Instant, Random};
use registering::Registering;
use sip_message::{Flow, Limits as MessageLimits, Message, Method};
use sip_stack::dialog::Dialogs;
use sip_stack::transaction::{self, Event, Owner, Transactions};
use sip_stack::usage;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// What a phone does when it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// It rings and waits for orders.
    Manual,
    /// It answers after a while.
    Answer(Duration),
    /// It refuses after a while.
    Refuse(u16, Duration),
}

/// How a phone behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// When called.
    pub reaction: Reaction,
    /// How long it takes to say that it rings.
    pub rings_after: Duration,
    /// Whether it sends its description (and sound) while ringing.
    pub early: bool,
    /// Whether it calls without an offer.
    pub late: bool,
    /// After the answer it hangs up by itself after this time.
    pub talks: Option<Duration>,
    /// How often it speaks once the first words are said.
    pub voice_every: Duration,
    /// Whether it answers new offers by itself.
    pub answers_offers: bool,
    /// Whether it knows MD5 only.
    pub md5_only: bool,
    /// Whether it refreshes its registration by itself.
    pub keeps_registered: bool,
    /// After hearing nothing for so long it offers anew, to learn whether anyone is there.
    pub listens: Option<Duration>,
}

impl Default for Manner {
    fn default() -> Manner {
        Manner {
            reaction: Reaction::Manual,
            rings_after: Duration::from_millis(20),
            early: false,
            late: false,
            talks: None,
            voice_every: Duration::from_secs(2),
            answers_offers: true,
            md5_only: false,
            keeps_registered: true,
            listens: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alarm {
    Register,
    Ring(LineId),
    React(LineId),
    HangUp(LineId),
    Voice(LineId),
    GiveUp(LineId),
    Listen(LineId, u64),
    Watch(KeyId),
}

/// Owner of the registration's transactions.
const REGISTRATION: Owner = Owner(1);
/// First owner of lines.
const LINES: u64 = 16;

/// The phone's SIP.
struct Agent {
    transactions: Transactions,
    dialogs: Dialogs,
    config: Arc<usage::Config>,
}

/// Which line or key is meant.
#[derive(Default)]
struct Index {
    owners: BTreeMap<Owner, LineId>,
    live: BTreeSet<LineId>,
    ports: BTreeMap<u16, LineId>,
    keys: Vec<Key>,
    texts: Vec<(String, String)>,
}

/// A telephone.
pub struct Phone {
    /// Who it is.
    pub account: Account,
    /// Where the network sees it.
    pub address: SocketAddr,
    /// How it behaves.
    pub manner: Manner,
    /// Without power: it neither hears nor sends, and its memory is as it was.
    pub dead: bool,
    /// Its lines, over or not.
    pub lines: BTreeMap<LineId, Line>,
    /// Sound that came for a line that was over.
    pub stray_sound: u64,
    inside: SocketAddr,
    server: SocketAddr,
    agent: Agent,
    registering: Registering,
    index: Index,
    alarms: BTreeMap<(Instant, u64), Alarm>,
    count: u64,
    random: Random,
    out: Vec<Packet>,
}

impl Phone {
    /// A phone at `address` that uses `server`. With `inside` it is behind a NAT and believes to
    /// be there.
    #[must_use]
    pub fn new(
        account: Account,
        address: SocketAddr,
        inside: Option<SocketAddr>,
        server: SocketAddr,
        mut random: Random,
    ) -> Phone {
        let inside = inside.unwrap_or(address);
        let contact = format!("<sip:{}@{inside}>", account.username);
        let mut config = usage::Config::for_contact(contact);
        config.agent = Some(format!("Testphone of {}", account.username));
        config.sent_by = Some(inside.to_string());
        Phone {
            agent: Agent {
                transactions: Transactions::new(
                    transaction::Limits::default(),
                    random.fork("transactions"),
                ),
                dialogs: Dialogs::with_bound(1_000, &mut random),
                config: Arc::new(config),
            },
            registering: Registering::new(&mut random),
            index: Index::default(),
            manner: Manner::default(),
            dead: false,
            lines: BTreeMap::new(),
            stray_sound: 0,
            alarms: BTreeMap::new(),
            count: LINES,
            out: Vec::new(),
            account,
            address,
            inside,
            server,
            random,
        }
    }

    /// Changes what its usages are told; for calls from now on.
    pub fn configure(&mut self, change: impl FnOnce(&mut usage::Config)) {
        let mut config = (*self.agent.config).clone();
        change(&mut config);
        self.agent.config = Arc::new(config);
    }

    /// One line.
    ///
    /// # Panics
    /// There is no such line.
    #[must_use]
    pub fn line(&self, id: LineId) -> &Line {
        let found = self.lines.get(&id);
        assert!(found.is_some(), "{} has no {id:?}", self.account.username);
        let Some(line) = found else { unreachable!() };
        line
    }

    /// The newest line.
    #[must_use]
    pub fn newest(&self) -> Option<LineId> {
        self.lines.keys().next_back().copied()
    }

    /// Lines that are not over.
    pub fn live(&self) -> impl Iterator<Item = &Line> {
        self.index.live.iter().filter_map(|id| self.lines.get(id))
    }

    /// Transactions and usages that are still alive.
    #[must_use]
    pub fn under_way(&self) -> u64 {
        let figures = self.agent.transactions.figures();
        figures.clients + figures.servers
    }

    /// Forgets its calls, as after a power cut. The other side is not told.
    pub fn reboot(&mut self, now: Instant) {
        for id in std::mem::take(&mut self.index.live) {
            if let Some(line) = self.lines.get_mut(&id) {
                line.stage = Stage::Over;
                line.over_at = Some(now);
                line.usage = None;
            }
        }
        let random = self.random.fork("reboot");
        self.agent.transactions = Transactions::new(transaction::Limits::default(), random);
        self.agent.dialogs = Dialogs::with_bound(1_000, &mut self.random);
        self.index.owners.clear();
        self.index.ports.clear();
        self.index.keys.clear();
        self.alarms.clear();
        self.registering.forget();
        self.dead = false;
    }

    pub(crate) fn flow(&self) -> Flow {
        Flow::udp(self.inside, self.server)
    }

    pub(crate) fn set_alarm(&mut self, at: Instant, alarm: Alarm) {
        self.count += 1;
        self.alarms.insert((at, self.count), alarm);
    }

    /// Takes a datagram.
    pub fn receive(&mut self, packet: &Packet, now: Instant) {
        if self.dead {
            return;
        }
        if packet.to.port() != self.address.port() {
            return self.hear(packet);
        }
        let flow = Flow::udp(self.inside, packet.from);
        if let Ok(message) = Message::parse(packet.bytes.clone(), &MessageLimits::DEFAULT) {
            self.agent.transactions.receive(flow, message, now);
        }
        self.pump(now);
    }

    /// When it wants to be woken.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        if self.dead {
            return None;
        }
        let usages = self.live().filter_map(|line| {
            let deadline = line.usage.as_ref()?.deadline();
            deadline.map(|deadline| deadline.at)
        });
        let alarm = self.alarms.first_key_value().map(|((at, _), _)| *at);
        let others = [self.agent.transactions.next_deadline(), alarm];
        usages.chain(others.into_iter().flatten()).min()
    }

    /// Does what is due.
    pub fn expire(&mut self, now: Instant) {
        if self.dead {
            return;
        }
        self.agent.transactions.expire(now);
        while let Some(first) = self.alarms.first_entry() {
            if first.key().0 > now {
                break;
            }
            let alarm = first.remove();
            self.ring_alarm(alarm, now);
        }
        let due = |line: &Line| {
            let usage = line.usage.as_ref()?;
            usage.deadline().filter(|deadline| deadline.at <= now)
        };
        let due: Vec<LineId> = self
            .live()
            .filter(|line| due(line).is_some())
            .map(|line| line.id)
            .collect();
        for id in due {
            self.with_usage(id, now, |usage, step| {
                usage.expire(step);
                Ok(())
            });
        }
        self.pump(now);
    }

    fn ring_alarm(&mut self, alarm: Alarm, now: Instant) {
        match alarm {
            Alarm::Register => self.refresh_registration(now),
            Alarm::Ring(id) => self.say_ringing(id, now),
            Alarm::React(id) => self.react(id, now),
            Alarm::HangUp(id) => self.hang_up(id, now),
            Alarm::Voice(id) => self.speak(id, now),
            Alarm::GiveUp(id) => self.give_up(id, now),
            Alarm::Listen(id, heard) => self.listen(id, heard, now),
            Alarm::Watch(id) => self.watch_again(id, now),
        }
    }

    /// Hands over what is to be sent.
    pub fn take(&mut self, out: &mut Vec<Packet>) {
        let mut transmits = Vec::new();
        self.agent.transactions.take_transmits(&mut transmits);
        if self.dead {
            self.out.clear();
            return;
        }
        let from = self.address;
        out.extend(transmits.into_iter().map(|transmit| Packet {
            from,
            to: transmit.flow.remote,
            bytes: transmit.bytes,
        }));
        out.append(&mut self.out);
    }

    pub(crate) fn pump(&mut self, now: Instant) {
        while let Some(event) = self.agent.transactions.poll() {
            if !self.is_for_key(&event, now) {
                self.dispatch(event, now);
            }
        }
    }

    fn dispatch(&mut self, event: Event, now: Instant) {
        match &event {
            Event::Request { key, flow, message } => {
                let (key, flow) = (*key, *flow);
                let inside = message.to().is_ok_and(|to| to.tag().is_some());
                if inside {
                    return match self.agent.dialogs.find(message) {
                        Some(owner) => {
                            self.agent.transactions.adopt(key, owner);
                            self.give(owner, event, now);
                        }
                        None => {
                            let message = message.clone();
                            self.agent
                                .transactions
                                .respond_simply(key, &message, 481, now);
                        }
                    };
                }
                let message = message.clone();
                match message.method() {
                    Some(Method::Invite) => self.called(key, flow, message, now),
                    Some(Method::Options) => {
                        self.agent
                            .transactions
                            .respond_simply(key, &message, 200, now);
                    }
                    Some(_) | None => {
                        self.agent
                            .transactions
                            .respond_simply(key, &message, 405, now);
                    }
                }
            }
            Event::Ack { message, .. } => {
                if let Some(owner) = self.agent.dialogs.find(message) {
                    self.give(owner, event, now);
                }
            }
            Event::Response { owner, message, .. } if *owner == REGISTRATION => {
                let message = message.clone();
                self.registered(&message, now);
            }
            Event::Response {
                key,
                owner,
                flow,
                message,
            } if !self.index.owners.contains_key(owner) => {
                let (key, flow, message) = (*key, *flow, message.clone());
                let config = Arc::clone(&self.agent.config);
                let transactions = &mut self.agent.transactions;
                usage::dismiss(key, flow, &message, &config, now, transactions);
            }
            Event::ClientTimedOut { owner, .. } | Event::ClientTransportFailed { owner, .. }
                if *owner == REGISTRATION =>
            {
                self.registration_failed(now);
            }
            Event::Response { owner, .. }
            | Event::Cancelled { owner, .. }
            | Event::ClientTimedOut { owner, .. }
            | Event::ClientTransportFailed { owner, .. }
            | Event::ServerTimedOut { owner, .. } => {
                let owner = *owner;
                self.give(owner, event, now);
            }
        }
    }

    fn give(&mut self, owner: Owner, event: Event, now: Instant) {
        if let Some(id) = self.index.owners.get(&owner).copied() {
            self.with_usage(id, now, |usage, step| {
                usage.take(event, step);
                Ok(())
            });
        }
    }

    /// Sends bytes to the exchange outside any transaction.
    pub fn send_raw(&mut self, bytes: Bytes) {
        let (from, to) = (self.address, self.server);
        self.out.push(Packet { from, to, bytes });
    }
}
