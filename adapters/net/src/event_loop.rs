//! The loop: wait, read, ask the handler, write.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use machine::Instant;
use sip_message::flow::Transport;

use crate::bind::{BindError, Bound, Opened, first_connection};
use crate::clock::LoopClock;
use crate::config::{Config, Limits};
use crate::datagrams::Datagrams;
use crate::figures::Figures;
use crate::handler::{Handler, Received, Transmit};
use crate::incident::Incident;
use crate::streams::{Context, Doors, Streams};
use crate::sys::{BATCH, Epoll, Event, Interest};
use crate::token::Token;
use crate::upkeep::Upkeep;
use crate::urgency::Urgency;
use crate::waker::Waker;

/// Full batches taken from one socket before others get their turn.
const ROUNDS: usize = 4;
/// Incidents told to the handler before others get their turn.
const INCIDENTS: usize = 256;

/// A loop with its sockets open, to be run by the thread that shall own it.
#[derive(Debug)]
pub struct Net {
    clock: LoopClock,
    farewell: Duration,
    waker: Waker,
    epoll: Epoll,
    datagrams: Datagrams,
    streams: Streams,
    bound: Vec<Bound>,
    figures: Arc<Figures>,
    incidents: VecDeque<Incident>,
    batch: Vec<Received>,
    out: Vec<Transmit>,
    urgent: bool,
    upkeep: Option<Upkeep>,
}

impl Net {
    /// Opens every listener of `config`; from here on the kernel keeps what arrives until
    /// [`Net::run`].
    ///
    /// # Errors
    /// [`BindError`] names the listener the kernel refused, or the bound `config` passes.
    pub fn bind(config: Config, waker: &Waker) -> Result<Net, BindError> {
        let epoll = Epoll::new().map_err(BindError::Poll)?;
        let watched = epoll.add(waker.fd(), Token::Waker.pack(), Interest::READ);
        watched.map_err(BindError::Poll)?;
        let opened = Opened::open(&config, &epoll)?;
        let figures = Arc::new(Figures::default());
        let Limits {
            datagrams,
            streams,
            farewell,
        } = config.limits;
        let first = first_connection(config.shard);
        let doors = Doors::new(opened.streams, config.keyring, config.origins);
        let doors = doors.believing(config.trust);
        Ok(Net {
            clock: config.clock,
            farewell,
            waker: waker.clone(),
            epoll,
            datagrams: Datagrams::new(opened.datagrams, datagrams, Arc::clone(&figures)),
            streams: Streams::new(doors, first, streams, Arc::clone(&figures)),
            bound: opened.bound,
            figures,
            incidents: VecDeque::new(),
            batch: Vec::with_capacity(2 * BATCH),
            out: Vec::with_capacity(2 * BATCH),
            urgent: false,
            upkeep: None,
        })
    }

    /// The thread that runs the loop comes before all others of the machine, as far as the kernel
    /// lets it, while it uses no more than three quarters of its processor.
    #[must_use]
    pub fn urgent(self) -> Net {
        Net {
            urgent: true,
            ..self
        }
    }

    /// The thread that runs the loop does this between two turns, so often, also when nothing
    /// arrives. It must take no longer than a message may wait.
    #[must_use]
    pub fn upkeep(self, every: Duration, work: fn()) -> Net {
        let upkeep = Some(Upkeep::new(every, work));
        Net { upkeep, ..self }
    }

    /// The listeners as they were bound, in the order of the configuration.
    #[must_use]
    pub fn bound(&self) -> &[Bound] {
        &self.bound
    }

    /// What the loop counts; stays readable while and after it runs.
    #[must_use]
    pub fn figures(&self) -> Arc<Figures> {
        Arc::clone(&self.figures)
    }

    /// Serves `handler` until the waker is told to stop; then gives what still waits to be written
    /// [`crate::Limits::farewell`] and closes everything.
    ///
    /// # Errors
    /// Only when the kernel refuses to wait, which it has no reason to.
    pub fn run<H: Handler>(mut self, handler: &mut H) -> io::Result<()> {
        let mut events = Vec::new();
        let mut urgency = self.urgent.then(|| Urgency::begin(self.clock.now()));
        loop {
            let timeout = self.timeout(handler.deadline());
            self.epoll.wait(timeout, &mut events)?;
            self.figures.turns.one();
            if self.turn(&events, handler) {
                break;
            }
            if let Some(urgency) = &mut urgency {
                urgency.look(self.clock.now(), &self.figures);
            }
            if let Some(upkeep) = &mut self.upkeep {
                upkeep.look(self.clock.now());
            }
        }
        self.say_farewell()
    }

    /// How long to wait at most.
    fn timeout(&self, handler: Option<Instant>) -> Option<Duration> {
        if !self.incidents.is_empty() {
            return Some(Duration::ZERO);
        }
        let (streams, datagrams) = (self.streams.deadline(), self.datagrams.deadline());
        let upkeep = self.upkeep.as_ref().map(Upkeep::deadline);
        let due = [handler, streams, datagrams, upkeep];
        let first = due.into_iter().flatten().min()?;
        Some(first.saturating_since(self.clock.now()))
    }

    /// Everything between two waits; tells whether to stop.
    fn turn<H: Handler>(&mut self, events: &[Event], handler: &mut H) -> bool {
        let mut woken = false;
        for event in events {
            match Token::unpack(event.token) {
                Token::Waker => woken = true,
                Token::Datagrams(index) => self.datagrams_happened(index, *event, handler),
                Token::Listener(index) => {
                    let (streams, _, mut context) = self.parts();
                    let now = context.now;
                    let (bars, introduces) =
                        (|ip| handler.bars(ip, now), |ip| handler.introduces(ip));
                    streams.accept(index, bars, introduces, &mut context);
                }
                Token::Connection => {
                    let (streams, batch, mut context) = self.parts();
                    let now = context.now;
                    let bars = |ip| handler.bars(ip, now);
                    if !streams.bar(event.token, bars, &mut context) {
                        streams.happened(*event, bars, batch, &mut context);
                    }
                }
            }
            if self.batch.len() >= BATCH {
                self.deliver(handler);
            }
        }
        self.deliver(handler);
        let now = self.clock.now();
        if handler.deadline().is_some_and(|at| at <= now) {
            handler.expire(now, &mut self.out);
            self.dispatch(handler);
        }
        self.expire();
        if woken {
            self.waker.take();
            handler.inbox(self.clock.now(), &mut self.out);
            self.dispatch(handler);
        }
        self.tell(handler);
        woken && self.waker.is_stopping()
    }

    fn parts(&mut self) -> (&mut Streams, &mut Vec<Received>, Context<'_>) {
        let now = self.clock.now();
        let context = Context {
            epoll: &self.epoll,
            now,
            incidents: &mut self.incidents,
        };
        (&mut self.streams, &mut self.batch, context)
    }

    fn datagrams_happened<H: Handler>(&mut self, index: usize, event: Event, handler: &mut H) {
        if event.broken {
            self.datagrams.read_reports(index, &mut self.incidents);
        }
        if event.writable {
            let now = self.clock.now();
            self.datagrams
                .writable(index, &self.epoll, now, &mut self.incidents);
        }
        if event.readable {
            for _ in 0..ROUNDS {
                let now = self.clock.now();
                let bars = |ip| handler.bars(ip, now);
                let more = self.datagrams.receive(index, bars, &mut self.batch);
                if self.batch.len() >= BATCH {
                    self.deliver(handler);
                }
                if !more {
                    break;
                }
            }
        }
    }

    /// Hands over what arrived, then what happened.
    fn deliver<H: Handler>(&mut self, handler: &mut H) {
        if !self.batch.is_empty() {
            handler.receive(&mut self.batch, self.clock.now(), &mut self.out);
            self.batch.clear();
        }
        // also sends what needed no handler: keep-alives' answers
        self.dispatch(handler);
        self.tell(handler);
    }

    /// Tells the handler what happened. What its answers bring about in turn may wait for the next
    /// turn, so that a handler that always answers a failure with another cannot stop the loop.
    fn tell<H: Handler>(&mut self, handler: &mut H) {
        for _ in 0..INCIDENTS {
            let Some(incident) = self.incidents.pop_front() else {
                return;
            };
            let now = self.clock.now();
            match incident {
                Incident::Failed(transmit, why) => {
                    self.figures.failed.one();
                    handler.failed(transmit, why, now, &mut self.out);
                }
                Incident::Closed(flow, why) => handler.closed(flow, why, now, &mut self.out),
                Incident::Malformed {
                    flow,
                    problem,
                    head,
                } => {
                    handler.malformed(flow, &problem, head, now, &mut self.out);
                }
                Incident::Answered { connection } => {
                    let (streams, _, mut context) = self.parts();
                    streams.answered(connection, &mut context);
                }
            }
            self.dispatch(handler);
        }
    }

    /// Sends what the handler wants sent.
    fn dispatch<H: Handler>(&mut self, handler: &H) {
        let now = self.clock.now();
        let epoll = &self.epoll;
        for transmit in self.out.drain(..) {
            match transmit.flow.transport {
                Transport::Udp => {
                    if self.datagrams.queue(transmit, &mut self.incidents) {
                        self.datagrams.flush(epoll, now, &mut self.incidents);
                    }
                }
                Transport::Tcp | Transport::Tls | Transport::Ws | Transport::Wss => {
                    let mut context = Context {
                        epoll,
                        now,
                        incidents: &mut self.incidents,
                    };
                    let flow = transmit.flow;
                    let name = flow.awaited().and_then(|_| handler.name(flow));
                    self.streams.send(transmit, name, &mut context);
                }
            }
        }
        self.datagrams.flush(epoll, now, &mut self.incidents);
        self.streams.flush(&mut Context {
            epoll,
            now,
            incidents: &mut self.incidents,
        });
    }

    fn expire(&mut self) {
        let now = self.clock.now();
        let epoll = &self.epoll;
        self.datagrams.expire(epoll, now, &mut self.incidents);
        self.streams.expire(&mut Context {
            epoll,
            now,
            incidents: &mut self.incidents,
        });
    }

    /// Writes what still waits, for a while.
    fn say_farewell(mut self) -> io::Result<()> {
        let until = self.clock.now() + self.farewell;
        self.datagrams.stop_reading(&self.epoll);
        let (streams, _, mut context) = self.parts();
        streams.stop_reading(until, &mut context);
        let mut events = Vec::new();
        loop {
            self.incidents.clear();
            self.batch.clear();
            let left = until.saturating_since(self.clock.now());
            let waiting = self.datagrams.is_waiting() || self.streams.is_waiting();
            if left.is_zero() || !waiting {
                return Ok(());
            }
            // an UDP socket without memory has no event to wait for
            let retry = self.datagrams.deadline();
            let wait = retry.map_or(left, |at| left.min(at.saturating_since(self.clock.now())));
            self.epoll.wait(Some(wait), &mut events)?;
            for event in &events {
                match Token::unpack(event.token) {
                    Token::Waker => self.waker.take(),
                    Token::Datagrams(index) => {
                        let now = self.clock.now();
                        self.datagrams
                            .writable(index, &self.epoll, now, &mut self.incidents);
                    }
                    Token::Listener(_) => {}
                    Token::Connection => {
                        let (streams, batch, mut context) = self.parts();
                        streams.happened(*event, |_| true, batch, &mut context);
                    }
                }
            }
            self.expire();
        }
    }
}
