//! The shard under test, its company, and the way messages go in and come out.

use bytes::Bytes;
use domain::Destination;
use machine::{Instant, Random, WallTime};
use media::Command;
use node::{Outbox, Shard, Stores};
use sip_message::{Flow, Limits, Message};
use std::net::SocketAddr;
use std::time::Duration;
use tenancy::Caps;
use testkit::{Account, Company, Disk, Setup};

/// Where the shard listens.
pub(crate) const SERVER: SocketAddr = address([192, 0, 2, 1], 5060);
/// Where calls come from, without a digest.
pub(crate) const CALLER: SocketAddr = address([192, 0, 2, 51], 5070);
/// Where calls go to.
pub(crate) const CALLEE: SocketAddr = address([192, 0, 2, 51], 5080);

const fn address(ip: [u8; 4], port: u16) -> SocketAddr {
    SocketAddr::new(
        std::net::IpAddr::V4(std::net::Ipv4Addr::new(ip[0], ip[1], ip[2], ip[3])),
        port,
    )
}

/// A shard, its users and what it last sent.
pub(crate) struct Scene {
    pub(crate) shard: Shard,
    pub(crate) users: Vec<Account>,
    pub(crate) now: Instant,
    pub(crate) random: Random,
    outbox: Outbox,
}

impl Scene {
    /// A company with so many users, a callee at a fixed address and a trusted source, on a shard
    /// with so many MiB for ladders.
    pub(crate) fn new(users: usize, ladders: usize) -> Scene {
        let mut company = Company::new("load", 1);
        *company.caps() = Caps::UNLIMITED.into();
        let first = company.member("u0");
        let mut users_made = vec![first.account.clone()];
        users_made.extend((1..users).map(|_| company.member("u0").account));
        let callee = company.member("callee");
        if let Some(device) = company.device(callee.device) {
            device.address = Some(format!("sip:callee@{CALLEE}"));
        }
        company.extension("source", Destination::Devices);
        let source = company.member("source");
        if let Some(device) = company.device(source.device) {
            device.trusted_source = Some(CALLER.ip());
        }
        let mut setup = Setup::ordinary(1);
        setup.ports = (20_000, 59_999);
        setup.config.limits.ladders.octets = ladders << 20;
        let mut shard = shard(&setup);
        shard.tenant_changed(company.compile(), Instant::ZERO);
        Scene {
            shard,
            users: users_made,
            now: Instant::from_secs(1),
            random: Random::from_seed(2),
            outbox: Outbox::default(),
        }
    }

    /// Gives the shard a message; it is copied as from a socket's buffer.
    pub(crate) fn give(&mut self, from: SocketAddr, bytes: &[u8]) {
        let flow = Flow::udp(SERVER, from);
        self.shard
            .receive(flow, Bytes::copy_from_slice(bytes), self.now);
        self.shard.serve(1, self.now);
    }

    /// Lets time pass and takes what the shard has to say, as its loop does after every batch.
    pub(crate) fn turn(&mut self, passed: Duration) {
        self.now += passed;
        if self.shard.deadline().is_some_and(|at| at <= self.now) {
            self.shard.expire(self.now);
        }
        self.shard.take(&mut self.outbox);
        self.outbox.events.clear();
        self.outbox
            .media
            .retain(|command| matches!(command, Command::Close { .. }));
    }

    /// Lets the road, which is not there, sum up the legs that were closed.
    pub(crate) fn close_media(&mut self) {
        let closed: Vec<Command> = self.outbox.media.drain(..).collect();
        for command in closed {
            if let Command::Close { id } = command {
                let figures = media::LegFigures::default();
                let notice = media::Notice::Closed { id, figures };
                self.shard.media(notice, self.now);
            }
        }
        self.shard.take(&mut self.outbox);
        self.outbox.records.clear();
    }

    /// What the shard sent since it was last asked: whom, and the message.
    pub(crate) fn sent(&mut self) -> Vec<(SocketAddr, Message)> {
        let all = self.outbox.transmits.drain(..);
        all.filter_map(|transmit| {
            let message = Message::parse(transmit.bytes, &Limits::DEFAULT).ok()?;
            Some((transmit.flow.remote, message))
        })
        .collect()
    }
}

fn shard(setup: &Setup) -> Shard {
    let disk = Disk::new();
    let stores = Stores {
        journal: Box::new(disk.journal()),
        snapshots: Box::new(disk.snapshots()),
    };
    let range = media::PortRange {
        v4: Some(setup.media),
        v6: None,
        first: setup.ports.0,
        last: setup.ports.1,
    };
    let clock = machine::Clock::new(WallTime::from_unix_ms(1_760_000_000_000));
    let ports = (range, media::PortLimits::default());
    let secrets = node::Secrets {
        seed: [7; 32],
        identity: std::sync::Arc::new(testkit::Unshaken),
    };
    match Shard::new(setup.config.clone(), ports, stores, clock, secrets) {
        Ok(shard) => shard,
        Err(bad) => panic!("the ports of the scene are no range: {bad:?}"),
    }
}
