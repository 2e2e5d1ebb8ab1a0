//! The shard on its network loop: batches in, batches out, and the mail of other threads.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use bytes::Bytes;
use carrier::{NameReply, Replied};
use machine::Instant;
use media::{Command, Lifted, Notice};
use media_io::{Control, SendProblem};
use names::Asker;
use net::{CloseReason, Failure, Handler, Received, Transmit, Waker};
use node::{Fetched, MusicAsk, Network, Outbox, SayAsk, Searcher, Shard};
use notify::CertificateFetcher;
use sip_message::{Flow, Problem};

use super::defence::BanDesk;
use super::errands::Errands;
use super::faxes::FaxDesk;
use super::figures::Board;
use super::hep;
use super::inbox::Letter;
use super::live::Waiting;
use super::music::StationDesk;
use super::recorder::RecorderDesk;
use super::records::Desk;

/// Letters taken at once before the network gets its turn.
const LETTERS_AT_ONCE: usize = 256;

/// Messages served between two reads of the sockets, when the last read emptied them.
const SERVED_AT_ONCE: usize = 64;

/// The same while the sockets hold more: reading goes ahead, so that what waits does so where it
/// has its turn by tenant, and not in the kernel in the order of arrival.
const SERVED_WHILE_READING: usize = 4;

/// Messages of one read from which the sockets are taken to hold more.
const FULL_READ: usize = 64;

/// Notices taken at once, likewise.
const NOTICES_AT_ONCE: usize = 4_096;

/// Datagrams of ICE and DTLS taken at once: a handshake takes a while, and SIP waits for it.
const LIFTED_AT_ONCE: usize = 64;

/// How often figures are put up for others to read.
const FIGURES_EVERY: Duration = Duration::from_secs(1);

/// How soon orders that a media thread had no room for are tried again.
const RETRY_AFTER: Duration = Duration::from_millis(2);

/// Orders to media that wait at most; beyond it the newest are dropped and counted, and the
/// legs they concern stay silent until the next description.
const ORDERS_MAX: usize = 262_144;

/// Who asks outside what the shard wants to know.
pub(crate) struct Scouts {
    /// Where carriers are.
    pub(crate) names: Asker<Searcher>,
    /// What certificates callers are proved by.
    pub(crate) certificates: CertificateFetcher,
    /// What companies' own music on hold is.
    pub(crate) music: Errands<MusicAsk>,
    /// Who plays their programmes.
    pub(crate) stations: StationDesk,
    /// Who speaks to callers.
    pub(crate) speaker: Errands<SayAsk>,
}

/// Where what comes of calls goes.
pub(crate) struct Desks {
    /// Records, events and ladders.
    pub(crate) records: Desk,
    /// Bans and containments.
    pub(crate) bans: BanDesk,
    /// Recordings.
    pub(crate) recorder: RecorderDesk,
    /// Faxes.
    pub(crate) faxes: FaxDesk,
}

/// One shard and all that it is joined to.
pub(crate) struct Switchboard {
    pub(crate) shard: Shard,
    pub(crate) media: Control,
    /// Who asks outside.
    pub(crate) scouts: Scouts,
    pub(crate) inbox: Receiver<Letter>,
    pub(crate) waker: Waker,
    pub(crate) waiting: Arc<Waiting>,
    /// Where what comes of calls goes.
    pub(crate) desks: Desks,
    pub(crate) board: Arc<Board>,
    /// Where messages are collected, when they are.
    pub(crate) hep: Option<hep::Desk>,
    /// Where balancers are, whose connections are other peers'.
    pub(crate) balancers: Vec<Network>,
    waits: Waits,
    turn: Turn,
    outbox: Outbox,
    told: Told,
}

/// What media has handed over and is not taken in yet.
#[derive(Default)]
struct Told {
    notices: Vec<Notice>,
    lifted: Vec<Lifted>,
}

/// When messages are served.
struct Turn {
    /// How many at once, as the last read suggests.
    messages: usize,
    /// When some were last.
    at: Instant,
}

/// What is not done yet.
#[derive(Default)]
struct Waits {
    /// Orders that a media thread had no room for.
    orders: VecDeque<Command>,
    /// When to try again.
    retry_at: Option<Instant>,
    /// When figures are due.
    figures_at: Instant,
}

impl Switchboard {
    pub(crate) fn new(
        shard: Shard,
        (media, scouts): (Control, Scouts),
        (inbox, waker): (Receiver<Letter>, Waker),
        waiting: Arc<Waiting>,
        desks: Desks,
        board: Arc<Board>,
    ) -> Switchboard {
        Switchboard {
            shard,
            media,
            scouts,
            inbox,
            waker,
            waiting,
            desks,
            board,
            hep: None,
            balancers: Vec::new(),
            waits: Waits::default(),
            turn: Turn {
                messages: SERVED_AT_ONCE,
                at: Instant::ZERO,
            },
            outbox: Outbox::default(),
            told: Told::default(),
        }
    }

    /// Carries away what a turn of the shard has brought about.
    pub(crate) fn carry(&mut self, now: Instant, out: &mut Vec<Transmit>) {
        self.shard.take(&mut self.outbox);
        // whoever records knows of a recording before its first packet comes
        self.desks.recorder.put(&mut self.outbox.recordings);
        self.desks.faxes.put(&mut self.outbox.faxes);
        // media before messages: a leg is open before anybody is told of its port
        self.waits.orders.extend(self.outbox.media.drain(..));
        self.order(now);
        out.extend(self.outbox.transmits.drain(..).map(|transmit| Transmit {
            flow: transmit.flow,
            bytes: transmit.bytes,
        }));
        self.ask_names(now);
        self.fetch_certificates(now);
        self.fetch_music(now);
        self.ask_for_words(now);
        for answer in self.outbox.answers.drain(..) {
            self.waiting.deliver(answer);
        }
        self.desks.records.put(&mut self.outbox);
        if let Some(hep) = &self.hep {
            hep.put(&mut self.outbox.seen);
        }
        self.desks.bans.put(&mut self.outbox.bans);
        self.desks.bans.contain(&mut self.outbox.contained);
        if self.waits.figures_at <= now {
            self.waits.figures_at = now + FIGURES_EVERY;
            self.board
                .put_up(&self.shard, self.desks.records.left_out());
        }
    }

    /// Asks the name system what the shard wants to know; what finds no room has failed.
    fn ask_names(&mut self, now: Instant) {
        for ask in self.outbox.names.drain(..) {
            if let Err((whose, query)) = self.scouts.names.ask(ask.whose, ask.query) {
                let reply = NameReply::Failed;
                self.shard.named(whose, Replied { query, reply }, now);
            }
        }
    }

    /// Fetches the certificates that the shard wants; what finds no room has failed. What follows
    /// from that is carried away with the next turn.
    fn fetch_certificates(&mut self, now: Instant) {
        for ask in self.outbox.certificates.drain(..) {
            if let Err(x5u) = self.scouts.certificates.fetch(ask.x5u) {
                self.shard.certificate(&x5u, &Fetched::Failed, now);
                self.waker.wake();
            }
        }
    }

    /// Fetches the music that the shard wants; what finds no room is not there for a while.
    fn fetch_music(&mut self, now: Instant) {
        for ask in self.outbox.music.sounds.drain(..) {
            if let Err(ask) = self.scouts.music.ask(ask) {
                self.shard.music(ask, None, now);
                self.waker.wake();
            }
        }
        for ask in self.outbox.music.programmes.drain(..) {
            if let Err(ask) = self.scouts.stations.ask(ask) {
                self.shard.station(ask, None, now);
                self.waker.wake();
            }
        }
    }

    /// Has spoken what the shard has to say; what finds no room is not said for a while.
    fn ask_for_words(&mut self, now: Instant) {
        for ask in self.outbox.sayings.drain(..) {
            if let Err(ask) = self.scouts.speaker.ask(ask) {
                self.shard.said(&ask, None, now);
                self.waker.wake();
            }
        }
    }

    /// Hands orders to the media threads, in order.
    fn order(&mut self, now: Instant) {
        self.waits.retry_at = None;
        while let Some(command) = self.waits.orders.pop_front() {
            match self.media.send(command) {
                Ok(()) => {}
                Err(SendProblem::Full(command)) => {
                    self.waits.orders.push_front(command);
                    self.waits.retry_at = Some(now + RETRY_AFTER);
                    break;
                }
                Err(SendProblem::Gone(_)) => self.board.lost_order(),
            }
        }
        self.media.ring();
        while self.waits.orders.len() > ORDERS_MAX {
            self.waits.orders.pop_back();
            self.board.lost_order();
        }
    }

    fn read(&mut self, letter: Letter, now: Instant) {
        match letter {
            Letter::Ask(question) => self.shard.ask(question, now),
            Letter::AskOfTrunk(question) => self.shard.ask_of_trunk(&question, now),
            Letter::Changed(tenant) => self.shard.tenant_changed(tenant, now),
            Letter::Gone(tenant) => self.shard.tenant_removed(tenant, now),
            Letter::Followed(cursor) => {
                self.shard.followed(cursor);
                self.board.followed(cursor);
            }
            Letter::Contained(tenant, device, told_at) => {
                self.shard.containment_kept(tenant, device, told_at);
            }
            Letter::Named(whose, replied) => self.shard.named(whose, replied, now),
            Letter::Certificate(x5u, fetched) => self.shard.certificate(&x5u, &fetched, now),
            Letter::Music(ask, found) => self.shard.music(ask, found, now),
            Letter::Station(ask, air) => self.shard.station(ask, air, now),
            Letter::SendFax(wanted) => self.shard.send_fax(&wanted, now),
            Letter::FaxWanted(id) => self.shard.fax_wanted(id, now),
            Letter::FaxDone(done) => self.shard.fax_done(done, now),
            Letter::Said(ask, said) => self.shard.said(&ask, said, now),
            Letter::Bar(ban) => self.shard.bar(&ban),
            Letter::Lift(source) => self.shard.lift(source),
            Letter::Drain(patience) => self.shard.drain(patience, now),
        }
    }
}

impl Handler for Switchboard {
    fn receive(&mut self, batch: &mut Vec<Received>, now: Instant, out: &mut Vec<Transmit>) {
        self.turn.messages = if batch.len() < FULL_READ {
            SERVED_AT_ONCE
        } else {
            SERVED_WHILE_READING
        };
        for received in batch.drain(..) {
            self.shard.receive(received.flow, received.bytes, now);
        }
        self.shard.serve(self.turn.messages, now);
        self.turn.at = now;
        self.carry(now, out);
    }

    fn name(&self, flow: Flow) -> Option<Arc<str>> {
        let name = self.shard.peer_name(flow.awaited()?)?;
        Some(name.into())
    }

    fn bars(&self, ip: IpAddr, now: Instant) -> bool {
        self.shard.bars(ip, now)
    }

    fn introduces(&self, ip: IpAddr) -> bool {
        self.balancers.iter().any(|network| network.contains(ip))
    }

    fn malformed(
        &mut self,
        flow: Flow,
        _problem: &Problem,
        head: Bytes,
        now: Instant,
        out: &mut Vec<Transmit>,
    ) {
        if !head.is_empty() {
            self.shard.receive(flow, head, now);
            self.shard.serve(SERVED_WHILE_READING, now);
            self.carry(now, out);
        }
    }

    fn closed(&mut self, flow: Flow, _: CloseReason, now: Instant, out: &mut Vec<Transmit>) {
        self.shard.closed(flow, now);
        self.carry(now, out);
    }

    fn failed(&mut self, transmit: Transmit, why: Failure, now: Instant, out: &mut Vec<Transmit>) {
        match why {
            // reports of the network can be forged: only what quotes a transaction counts
            Failure::Unreachable => self.shard.reported(transmit.flow, &transmit.bytes, now),
            Failure::NoSocket
            | Failure::TooLong
            | Failure::Refused
            | Failure::TimedOut
            | Failure::Overflow
            | Failure::Limit
            | Failure::Closed => self.shard.failed(transmit.flow, now),
        }
        self.carry(now, out);
    }

    fn deadline(&self) -> Option<Instant> {
        // what has no turn yet gets one as soon as timers and other threads had theirs
        let turn = (self.shard.waiting() > 0).then_some(self.turn.at);
        let own = [Some(self.waits.figures_at), self.waits.retry_at, turn];
        own.into_iter().flatten().chain(self.shard.deadline()).min()
    }

    fn expire(&mut self, now: Instant, out: &mut Vec<Transmit>) {
        if self.shard.deadline().is_some_and(|at| at <= now) {
            self.shard.expire(now);
        }
        if self.turn.at < now {
            self.shard.serve(self.turn.messages, now);
            self.turn.messages = SERVED_AT_ONCE;
            self.turn.at = now;
        }
        self.carry(now, out);
    }

    fn inbox(&mut self, now: Instant, out: &mut Vec<Transmit>) {
        let mut read = 0;
        while read < LETTERS_AT_ONCE
            && let Ok(letter) = self.inbox.try_recv()
        {
            self.read(letter, now);
            read += 1;
        }
        self.media.notices(&mut self.told.notices, NOTICES_AT_ONCE);
        // whoever sent the rest has rung already and will not ring again
        if read == LETTERS_AT_ONCE || self.told.notices.len() == NOTICES_AT_ONCE {
            self.waker.wake();
        }
        for notice in self.told.notices.drain(..) {
            self.shard.media(notice, now);
        }
        self.media.lifted(&mut self.told.lifted, LIFTED_AT_ONCE);
        if self.told.lifted.len() == LIFTED_AT_ONCE {
            self.waker.wake();
        }
        for lifted in self.told.lifted.drain(..) {
            self.shard.lifted(lifted, now);
        }
        self.carry(now, out);
    }
}
