//! Everything at once, in virtual time.

use crate::{Account, Company, Disk, Exchange, Network, Packet, Phone, RawPhone, Setup, Tapes};
use domain::{Cdr, CompiledTenant};
use ids::{CallId, CdrId, FaxId, TenantId};
use machine::{Instant, Random};
use node::{Answer, Ask, FaxCall, FaxDone, Question};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tenancy::TenantScope;

/// Names a phone of a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneId(pub usize);

/// Names a raw phone of a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RawId(pub usize);

#[derive(Clone, Copy, Debug)]
enum Host {
    Phone(usize),
    Raw(usize),
}

/// What a step of the world was.
#[derive(Clone, Debug)]
pub enum Happening {
    /// A packet arrived at the exchange.
    AtExchange(Packet),
    /// A packet arrived at a phone.
    AtPhone(PhoneId, Packet),
    /// A packet arrived at a raw phone.
    AtRaw(RawId, Packet),
    /// A packet arrived where nobody is.
    Nowhere(Packet),
    /// Somebody's timer.
    Timer,
}

/// What an exchange finds when it is started again.
#[derive(Default)]
struct Boot {
    tenants: BTreeMap<TenantId, Arc<CompiledTenant>>,
    /// How often it was.
    life: u64,
}

/// A world.
pub struct World {
    /// The time.
    pub now: Instant,
    /// The exchange, unless it is dead.
    pub exchange: Option<Exchange>,
    /// What it is started with.
    pub setup: Setup,
    /// Its disk.
    pub disk: Disk,
    /// The network.
    pub network: Network,
    /// The telephones.
    pub phones: Vec<Phone>,
    /// The hand-driven ones.
    pub raws: Vec<RawPhone>,
    /// All records, by id; [`World::twice`] tells of contradictions.
    pub records: BTreeMap<CdrId, Cdr>,
    /// Records that came twice with different contents.
    pub twice: Vec<(Cdr, Cdr)>,
    /// When set, packets that phones get are kept here.
    pub tap: Option<Vec<(PhoneId, Packet)>>,
    /// What was recorded, while the exchange is dead.
    tapes: Tapes,
    boot: Boot,
    hosts: BTreeMap<std::net::IpAddr, Host>,
    random: Random,
    tickets: u64,
}

impl World {
    /// A world with a running exchange and nobody in it.
    #[must_use]
    pub fn new(setup: Setup) -> World {
        let mut random = Random::from_seed(setup.seed);
        let disk = Disk::new();
        let exchange = Exchange::start(&setup, 0, &[], &disk, Instant::ZERO);
        World {
            now: Instant::ZERO,
            exchange: Some(exchange),
            network: Network::new(random.fork("network")),
            phones: Vec::new(),
            raws: Vec::new(),
            records: BTreeMap::new(),
            twice: Vec::new(),
            tap: None,
            tapes: Tapes::default(),
            boot: Boot::default(),
            hosts: BTreeMap::new(),
            tickets: 0,
            setup,
            disk,
            random,
        }
    }

    /// The exchange hears of a tenant.
    pub fn tell(&mut self, tenant: Arc<CompiledTenant>) {
        let told = Arc::clone(&tenant);
        self.with_exchange(|exchange, now, _| {
            let local = exchange.local(now);
            exchange.shard.tenant_changed(told, local);
        });
        self.boot.tenants.insert(tenant.id(), tenant);
    }

    /// The exchange hears of a company.
    pub fn add(&mut self, company: &Company) {
        self.tell(company.compile());
    }

    /// Adds a phone. Its randomness depends on its user name and the world's seed alone.
    pub fn phone(
        &mut self,
        account: &Account,
        address: SocketAddr,
        inside: Option<SocketAddr>,
    ) -> PhoneId {
        let random = Random::from_seed(self.setup.seed).fork(&account.username);
        let server = self.setup.sip;
        let phone = Phone::new(account.clone(), address, inside, server, random);
        let id = PhoneId(self.phones.len());
        self.hosts.insert(address.ip(), Host::Phone(id.0));
        self.phones.push(phone);
        id
    }

    /// Adds a raw phone.
    pub fn raw(&mut self, address: SocketAddr) -> RawId {
        let random = self.random.fork("raw");
        let id = RawId(self.raws.len());
        self.hosts.insert(address.ip(), Host::Raw(id.0));
        let server = self.setup.sip;
        self.raws.push(RawPhone::new(address, server, random));
        id
    }

    /// Lets `act` give orders to a phone, then sends what it wants to send.
    ///
    /// # Panics
    /// There is no such phone.
    pub fn with<T>(&mut self, id: PhoneId, act: impl FnOnce(&mut Phone, Instant) -> T) -> T {
        let now = self.now;
        let result = act(&mut self.phones[id.0], now);
        self.flush_phone(id.0);
        result
    }

    /// Lets `act` give orders to a raw phone, then sends what it wants to send.
    ///
    /// # Panics
    /// There is no such phone.
    pub fn with_raw<T>(&mut self, id: RawId, act: impl FnOnce(&mut RawPhone) -> T) -> T {
        let result = act(&mut self.raws[id.0]);
        self.flush_raw(id.0);
        result
    }

    fn flush_phone(&mut self, index: usize) {
        let mut out = Vec::new();
        if let Some(phone) = self.phones.get_mut(index) {
            phone.take(&mut out);
        }
        self.send(out);
    }

    fn flush_raw(&mut self, index: usize) {
        let mut out = Vec::new();
        if let Some(raw) = self.raws.get_mut(index) {
            raw.take(&mut out);
        }
        self.send(out);
    }

    /// Puts packets on their way.
    pub fn send(&mut self, packets: Vec<Packet>) {
        for packet in packets {
            self.network.send(packet, self.now);
        }
    }

    /// Lets `act` work on the exchange, if it lives, then carries out what follows.
    pub fn with_exchange<T>(
        &mut self,
        act: impl FnOnce(&mut Exchange, Instant, &mut Vec<Packet>) -> T,
    ) -> Option<T> {
        let mut out = Vec::new();
        let now = self.now;
        let exchange = self.exchange.as_mut()?;
        let result = act(exchange, now, &mut out);
        exchange.settle(now, &mut out);
        let records = std::mem::take(&mut exchange.records);
        self.keep(records);
        self.send(out);
        Some(result)
    }

    fn keep(&mut self, records: Vec<Cdr>) {
        for record in records {
            match self.records.get(&record.id) {
                Some(known) if *known == record => {}
                Some(known) => self.twice.push((known.clone(), record)),
                None => {
                    self.records.insert(record.id, record);
                }
            }
        }
    }

    /// What was recorded so far.
    #[must_use]
    pub fn tapes(&self) -> &Tapes {
        self.exchange.as_ref().map_or(&self.tapes, Exchange::tapes)
    }

    /// The process of the exchange is killed: what was not flushed is gone.
    pub fn kill(&mut self) {
        if let Some(mut exchange) = self.exchange.take() {
            self.tapes = exchange.swap_tapes(Tapes::default());
        }
    }

    /// The exchange is started again.
    pub fn restart(&mut self) {
        self.boot.life += 1;
        let tenants: Vec<_> = self.boot.tenants.values().cloned().collect();
        self.kill();
        self.setup.running = self.tapes.running();
        let (setup, life) = (&self.setup, self.boot.life);
        let mut exchange = Exchange::start(setup, life, &tenants, &self.disk, self.now);
        exchange.swap_tapes(std::mem::take(&mut self.tapes));
        self.exchange = Some(exchange);
        self.with_exchange(|_, _, _| ());
    }

    /// Asks the shard on behalf of a tenant.
    pub fn ask(&mut self, tenant: TenantId, ask: Ask) -> Option<Answer> {
        self.tickets += 1;
        let scope = TenantScope::for_job(tenant, "testkit");
        let ticket = self.tickets;
        let question = Question { ticket, scope, ask };
        self.with_exchange(|exchange, now, out| {
            exchange.ask(question, now, out);
            exchange.answers.pop()
        })?
    }

    /// Has the shard call somebody for a fax.
    pub fn send_fax(&mut self, wanted: &FaxCall) {
        self.with_exchange(|exchange, now, out| exchange.send_fax(wanted, now, out));
    }

    /// Tells the shard that a fax machine has done.
    pub fn fax_done(&mut self, done: FaxDone) {
        self.with_exchange(|exchange, now, out| exchange.fax_done(done, now, out));
    }

    /// Tells the shard that a fax machine wants to go over to T.38.
    pub fn fax_wanted(&mut self, id: FaxId) {
        self.with_exchange(|exchange, now, out| exchange.fax_wanted(id, now, out));
    }

    fn next(&self) -> Option<Instant> {
        let exchange = self.exchange.as_ref().and_then(Exchange::deadline);
        let phones = self.phones.iter().filter_map(Phone::deadline);
        let first = phones.chain(exchange).chain(self.network.next()).min()?;
        Some(first.max(self.now))
    }

    /// Does the next thing that happens at `limit` or before; `None` when there is none, and then
    /// the time is `limit`.
    pub fn step(&mut self, limit: Instant) -> Option<Happening> {
        let Some(at) = self.next().filter(|at| *at <= limit) else {
            self.now = self.now.max(limit);
            return None;
        };
        self.now = at;
        if let Some(packet) = self.network.pop(at) {
            return Some(self.deliver(packet));
        }
        if self
            .exchange
            .as_ref()
            .is_some_and(|e| e.deadline().is_some_and(|d| d <= at))
        {
            self.with_exchange(|exchange, now, out| exchange.expire(now, out));
            return Some(Happening::Timer);
        }
        for index in 0..self.phones.len() {
            let due = self.phones.get(index).and_then(Phone::deadline);
            if due.is_some_and(|due| due <= at) {
                if let Some(phone) = self.phones.get_mut(index) {
                    phone.expire(at);
                }
                self.flush_phone(index);
                break;
            }
        }
        Some(Happening::Timer)
    }

    fn deliver(&mut self, packet: Packet) -> Happening {
        let ours = packet.to == self.setup.sip || packet.to.ip() == self.setup.media;
        if ours {
            self.with_exchange(|exchange, now, out| exchange.receive(&packet, now, out));
            return Happening::AtExchange(packet);
        }
        match self.hosts.get(&packet.to.ip()) {
            Some(Host::Phone(index)) => {
                let index = *index;
                if let Some(phone) = self.phones.get_mut(index) {
                    phone.receive(&packet, self.now);
                }
                self.flush_phone(index);
                if let Some(tap) = &mut self.tap {
                    tap.push((PhoneId(index), packet.clone()));
                }
                Happening::AtPhone(PhoneId(index), packet)
            }
            Some(Host::Raw(index)) => {
                let index = *index;
                if let Some(raw) = self.raws.get_mut(index) {
                    raw.receive(packet.bytes.clone());
                }
                self.flush_raw(index);
                Happening::AtRaw(RawId(index), packet)
            }
            None => Happening::Nowhere(packet),
        }
    }

    /// Lets time pass.
    pub fn run(&mut self, time: Duration) {
        let until = self.now + time;
        while self.step(until).is_some() {}
    }

    /// Lets time pass until something holds, at most for `limit`; whether it holds.
    pub fn run_until(&mut self, limit: Duration, mut holds: impl FnMut(&World) -> bool) -> bool {
        let until = self.now + limit;
        loop {
            if holds(self) {
                return true;
            }
            if self.step(until).is_none() {
                return holds(self);
            }
        }
    }

    /// Records per call.
    #[must_use]
    pub fn records_per_call(&self) -> BTreeMap<CallId, usize> {
        let mut count = BTreeMap::new();
        for record in self.records.values() {
            *count.entry(record.call).or_default() += 1;
        }
        count
    }
}
