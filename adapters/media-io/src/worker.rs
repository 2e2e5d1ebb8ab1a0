//! One media thread: sleep, orders, packets, deadlines, flush, notices; then again.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver as Orders, SyncSender, TrySendError};
use std::time::{Duration, Instant};

use media::{Command, EndpointId, Lifted, LocalMedia, Notice, Refusal, Road, Verdict};

use crate::arrived::{Arrived, Datagram, TOGETHER};
use crate::config::Config;
use crate::control::{Bell, Wake};
use crate::figures::{Plain, Shared};
use crate::sys;
use crate::taps::{GATHER, Taps};
use crate::wire::Wire;

/// Orders obeyed per shard and round; the rest waits for the next round, behind packets.
const ORDERS_PER_ROUND: usize = 512;

/// Notices that a round has room for from the first.
const NOTICES: usize = 256;

/// How often processor time is read.
const CPU_EVERY: Duration = Duration::from_millis(100);

/// How soon to try again to hand over notices to a shard that is behind, milliseconds.
const RETRY_MS: i32 = 5;

/// One signalling shard as the thread sees it.
pub(crate) struct Shard {
    orders: Orders<Command>,
    reports: SyncSender<Notice>,
    lifts: SyncSender<Lifted>,
    /// Something was lifted in this round.
    lifted: bool,
    /// Notices that did not fit the ring. While there are any, no orders are taken from the
    /// shard, so that it stays small; what packets cause is dropped past the bound.
    behind: VecDeque<Notice>,
}

/// Notices kept for a shard that is behind, before those that can be lost are dropped.
const BEHIND: usize = 4096;

impl Shard {
    pub(crate) fn new(
        orders: Orders<Command>,
        reports: SyncSender<Notice>,
        lifts: SyncSender<Lifted>,
    ) -> Shard {
        Shard {
            orders,
            reports,
            lifts,
            lifted: false,
            behind: VecDeque::new(),
        }
    }

    /// Hands over what is behind; whether anything was.
    fn catch_up(&mut self) -> bool {
        let mut any = false;
        while let Some(notice) = self.behind.front() {
            match self.reports.try_send(*notice) {
                Ok(()) => any = true,
                Err(TrySendError::Full(_)) => return any,
                // The shard is gone: nobody wants them.
                Err(TrySendError::Disconnected(_)) => {
                    self.behind.clear();
                    return any;
                }
            }
            self.behind.pop_front();
        }
        any
    }
}

pub(crate) struct Worker {
    road: Road,
    shards: Vec<Shard>,
    bell: Arc<Bell>,
    wire: Wire,
    /// What has come and is to be judged.
    batch: Vec<Datagram>,
    notices: Vec<Notice>,
    plain: Plain,
    origin: Instant,
    wake: Wake,
    cpu_read: Option<machine::Instant>,
    orders_left: bool,
    taps: Taps,
}

impl Worker {
    pub(crate) fn new(
        config: &Config,
        road: Road,
        shards: Vec<Shard>,
        bell: Arc<Bell>,
        taps: Taps,
        (origin, wake): (Instant, Wake),
    ) -> io::Result<Worker> {
        let wire = Wire::new(config, bell.event.raw())?;
        Ok(Worker {
            road,
            shards,
            bell,
            wire,
            batch: Vec::with_capacity(TOGETHER),
            notices: Vec::with_capacity(NOTICES),
            plain: Plain::default(),
            origin,
            wake,
            cpu_read: None,
            orders_left: false,
            taps,
        })
    }

    pub(crate) fn run(&mut self, stop: &AtomicBool, shared: &Shared) {
        if self.wire.begin().is_err() {
            // It was tried before the thread began: only a kernel that is out of memory refuses.
            self.plain.panics += 1;
            return self.publish(shared);
        }
        while !stop.load(Ordering::Acquire) {
            self.wire.wait(self.timeout());
            self.plain.wakes += 1;
            // A panic is a bug of ours in one packet's or order's way. The thread serves
            // thousands of other calls: it drops the round, counts it and goes on.
            if catch_unwind(AssertUnwindSafe(|| self.round())).is_err() {
                self.plain.panics += 1;
                self.wire.reset();
            }
            self.publish(shared);
        }
        self.wire.end();
    }

    fn now(&self) -> machine::Instant {
        let nanos = u64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(u64::MAX);
        machine::Instant::from_nanos(nanos)
    }

    /// Milliseconds to sleep: to the road's deadline, rounded up so as not to wake for nothing.
    fn timeout(&self) -> i32 {
        if self.orders_left {
            return 0;
        }
        // batches that cannot leave yet are looked at again, not waited for
        let retry = Duration::from_millis(RETRY_MS.unsigned_abs().into());
        let tapped = self.road.tapped_since();
        let tapped = tapped.map(|at| (at + GATHER).max(self.now() + retry));
        let deadline = [self.road.deadline(), tapped].into_iter().flatten().min();
        let own = match deadline {
            Some(at) => {
                let wait = at.saturating_since(self.now()).as_micros().div_ceil(1000);
                i32::try_from(wait).unwrap_or(i32::MAX)
            }
            None => i32::MAX,
        };
        let behind = self.shards.iter().any(|shard| !shard.behind.is_empty());
        match if behind { own.min(RETRY_MS) } else { own } {
            i32::MAX => -1,
            wait => wait,
        }
    }

    fn round(&mut self) {
        if self.orders_left {
            self.obey();
        }
        self.batch.clear();
        while let Some(arrived) = self.wire.next(&mut self.batch) {
            match arrived {
                Arrived::Bell => {
                    self.bell.event.clear();
                    // Before the orders are read: one that comes later rings again.
                    self.bell.rung.swap(false, Ordering::AcqRel);
                    self.obey();
                }
                Arrived::Datagrams => self.judge(),
            }
        }
        self.expire();
        self.wire.flush();
        self.count();
        self.report();
        if self.road.tapped_since().is_some() {
            let now = self.now();
            self.taps.send(&mut self.road, now);
        }
    }

    /// Notes what the wire has done.
    fn count(&mut self) {
        let done = self.wire.tally();
        self.plain.received += done.received;
        self.plain.kernel_drops += done.dropped;
        self.plain.sent += done.sent;
        self.plain.send_failures += done.refused;
    }

    /// Takes orders from the shards that are not behind with their notices.
    fn obey(&mut self) {
        let now = self.now();
        self.orders_left = false;
        for at in 0..self.shards.len() {
            for turn in 0..=ORDERS_PER_ROUND {
                let Some(shard) = self.shards.get(at) else {
                    break;
                };
                if turn == ORDERS_PER_ROUND || !shard.behind.is_empty() {
                    self.orders_left |= shard.behind.is_empty();
                    break;
                }
                let Ok(command) = shard.orders.try_recv() else {
                    break;
                };
                self.command(command, now);
            }
        }
    }

    fn command(&mut self, command: Command, now: machine::Instant) {
        if let Command::Open { id, local, .. } | Command::OpenVideo { id, local, .. } = &command
            && self.open_sockets(local).is_err()
        {
            let (id, because) = (*id, Refusal::PortUnusable);
            self.notices.push(Notice::Refused { id, because });
            return;
        }
        if let Command::Transmit { id, to, octets } = &command
            && let Some(port) = self.road.port_of(*id)
        {
            return self.wire.send_copy(port, *to, octets);
        }
        self.road.command(command, now, &mut self.notices);
    }

    fn open_sockets(&mut self, local: &LocalMedia) -> io::Result<()> {
        let v4 = local.ip.is_ipv4();
        let rtp = self.wire.open(v4, local.rtp);
        // RTCP too, even when the peer wants both on one port: it may change its mind.
        rtp.and_then(|()| self.wire.open(v4, local.rtcp))
    }

    /// Judges what has come together.
    fn judge(&mut self) {
        let now = self.now();
        let coming = self.batch.iter();
        self.road
            .foresee(coming.map(|datagram| (datagram.port, datagram.from)));
        for at in 0..self.batch.len() {
            if let Some(datagram) = self.batch.get(at).copied() {
                self.packet(&datagram, now);
            }
        }
        self.batch.clear();
    }

    fn packet(&mut self, datagram: &Datagram, now: machine::Instant) {
        let Datagram {
            port,
            from,
            buffer,
            length,
        } = *datagram;
        let (octets, notices) = (self.wire.octets(buffer), &mut self.notices);
        match self.road.packet(port, from, octets, length, now, notices) {
            Verdict::Send {
                local_port,
                to,
                length,
            } => self.wire.send(local_port, buffer, length, to),
            Verdict::Lift(id) => {
                self.lift(id, datagram);
                self.wire.give(buffer);
            }
            Verdict::Drop(_) | Verdict::Absorbed | Verdict::Kept => self.wire.give(buffer),
        }
    }

    /// Hands a datagram to the shard of its leg. The few of a leg may be copied; where the shard
    /// is behind they are dropped, and come again.
    fn lift(&mut self, id: EndpointId, datagram: &Datagram) {
        let octets = self.wire.octets(datagram.buffer).get(..datagram.length);
        let shard = self.shards.get_mut(usize::from(id.shard()));
        let (Some(shard), Some(octets)) = (shard, octets) else {
            return;
        };
        let (from, octets) = (datagram.from, octets.to_vec());
        match shard.lifts.try_send(Lifted { id, from, octets }) {
            Ok(()) => shard.lifted = true,
            Err(_) => self.plain.lost_lifts += 1,
        }
    }

    fn expire(&mut self) {
        let now = self.now();
        if self.road.deadline().is_none_or(|at| at > now) {
            return;
        }
        let Worker {
            road,
            wire,
            notices,
            ..
        } = self;
        let mut send = |port: u16, to: SocketAddr, octets: &[u8]| wire.send_copy(port, to, octets);
        road.expire(now, &mut send, notices);
    }

    /// Hands the round's notices to their shards and wakes those that got any.
    fn report(&mut self) {
        for (number, shard) in (0_u8..).zip(&mut self.shards) {
            let was_behind = !shard.behind.is_empty();
            let mut any = shard.catch_up() | std::mem::take(&mut shard.lifted);
            let own = |notice: &&Notice| notice.id().shard() == number;
            for notice in self.notices.iter().filter(own) {
                if !shard.behind.is_empty() {
                    keep(&mut shard.behind, *notice, &mut self.plain.lost_notices);
                    continue;
                }
                match shard.reports.try_send(*notice) {
                    Ok(()) => any = true,
                    Err(TrySendError::Full(notice)) => shard.behind.push_back(notice),
                    Err(TrySendError::Disconnected(_)) => break,
                }
            }
            // Orders were left in the ring while it was behind; nobody rings for them again.
            self.orders_left |= was_behind && shard.behind.is_empty();
            if any {
                (self.wake)(number);
            }
        }
        self.notices.clear();
    }

    fn publish(&mut self, shared: &Shared) {
        let now = self.now();
        let due = self
            .cpu_read
            .is_none_or(|at| now.saturating_since(at) >= CPU_EVERY);
        if due {
            self.plain.cpu_nanos = sys::thread_cpu_nanos();
            self.cpu_read = Some(now);
        }
        self.plain.sockets = u64::try_from(self.wire.sockets()).unwrap_or(0);
        self.plain.set_road(&self.road.figures());
        self.plain.set_taps(self.road.tap_figures());
        self.plain.set_rooms(self.road.room_figures());
        shared.store(&self.plain);
    }
}

/// Keeps a notice for a shard that is behind. Past the bound only what ends something is kept.
fn keep(behind: &mut VecDeque<Notice>, notice: Notice, lost: &mut u64) {
    let must_arrive = match notice {
        Notice::Closed { .. }
        | Notice::Learnt { .. }
        | Notice::Refused { .. }
        | Notice::Played { .. } => true,
        Notice::Figures { .. }
        | Notice::Seconds { .. }
        | Notice::Silent { .. }
        | Notice::Resumed { .. }
        | Notice::Heard { .. }
        | Notice::Floor { .. }
        | Notice::Answered { .. }
        | Notice::Beeped { .. }
        | Notice::Digit { .. } => false,
    };
    if must_arrive || behind.len() < BEHIND {
        behind.push_back(notice);
    } else {
        *lost += 1;
    }
}
