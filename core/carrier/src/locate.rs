//! Locate: from a peer's name to addresses (RFC 3263 §4), as a machine.
//!
//! It asks for NAPTR, SRV, A and AAAA as far as the peer's text leaves open what they say, keeps
//! what it has found until the least of the records' lives is over, and asks again. While the
//! name system does not answer, what was found before stays good: a carrier must not be lost
//! because a name server is.

mod located;
mod query;

pub use located::{Carriage, Located, TARGETS_MAX, Target};
pub use query::{NameQuery, NameReply, Record, RecordKind};

use crate::backoff::pause;
use located::Server;
use machine::{Deadline, Instant, Machine, Random};
use std::time::Duration;

/// Services of one name that are looked at: NAPTR records at most.
const SERVICES_MAX: usize = 8;
/// Servers of one name that are looked at: SRV records at most.
const SERVERS_MAX: usize = 16;
/// Addresses of one server at most.
const ADDRESSES_MAX: usize = 4;
/// Nothing is believed for a shorter time.
const TTL_LEAST: Duration = Duration::from_secs(5);
/// Nothing is believed for a longer time.
const TTL_MOST: Duration = Duration::from_secs(3_600);
/// How long an answer is waited for; whoever asks has given up before.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a peer's text says of where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The name.
    pub host: String,
    /// The port, when the text says one.
    pub port: Option<u16>,
    /// How it is reached, when the text says so.
    pub carriage: Option<Carriage>,
}

/// What came of a question.
#[derive(Clone, Debug)]
pub struct Replied {
    /// The question.
    pub query: NameQuery,
    /// Its answer.
    pub reply: NameReply,
}

/// What is to be done, and what is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sought {
    /// Ask this and say what was answered.
    Ask(NameQuery),
    /// The name leads here.
    Found(Located),
    /// It leads nowhere, or nobody answered; what was found before is still good.
    NotFound,
}

/// How far one search has come.
#[derive(Clone, Debug)]
enum Stage {
    Resting,
    Services,
    Servers(Vec<Carriage>),
    Addresses,
}

/// A question of the present search.
#[derive(Debug)]
struct Asked {
    query: NameQuery,
    open: bool,
}

/// The search for one peer, begun anew whenever what was found is over.
#[derive(Debug)]
pub struct Locate {
    wanted: Wanted,
    /// What we can speak, the best first.
    speaks: &'static [Carriage],
    random: Random,
    stage: Stage,
    asked: Vec<Asked>,
    found: Vec<Server>,
    ttl: Duration,
    next: Instant,
    failures: u32,
}

impl Locate {
    /// A search that begins at once. It finds nothing that is reached in another way than one of
    /// `speaks`.
    #[must_use]
    pub fn new(
        wanted: Wanted,
        speaks: &'static [Carriage],
        random: Random,
        now: Instant,
    ) -> Locate {
        Locate {
            wanted,
            speaks,
            random,
            stage: Stage::Resting,
            asked: Vec::new(),
            found: Vec::new(),
            ttl: TTL_MOST,
            next: now,
            failures: 0,
        }
    }

    fn begin(&mut self, now: Instant, out: &mut Vec<Sought>) {
        self.found.clear();
        self.ttl = TTL_MOST;
        self.next = now + PATIENCE;
        let (host, carriage) = (self.wanted.host.clone(), self.wanted.carriage);
        if carriage.is_some_and(|carriage| !self.speaks.contains(&carriage)) {
            return self.failed(now, out);
        }
        match (self.wanted.port, carriage) {
            (Some(port), carriage) => {
                let carriage = carriage.unwrap_or(Carriage::Udp);
                self.seek_host(host, port, carriage, out);
            }
            (None, Some(carriage)) => self.seek_servers(&[carriage], out),
            (None, None) => {
                self.stage = Stage::Services;
                self.ask(&host, RecordKind::Naptr, out);
            }
        }
    }

    fn ask(&mut self, name: &str, kind: RecordKind, out: &mut Vec<Sought>) {
        let query = NameQuery::new(name, kind);
        if self.asked.iter().any(|asked| asked.query == query) {
            return;
        }
        out.push(Sought::Ask(query.clone()));
        self.asked.push(Asked { query, open: true });
    }

    /// The name itself is the server.
    fn seek_host(&mut self, host: String, port: u16, carriage: Carriage, out: &mut Vec<Sought>) {
        self.found.push(Server {
            rank: 0,
            priority: 0,
            weight: 0,
            host,
            port,
            carriage,
            addresses: Vec::new(),
        });
        self.seek_addresses(out);
    }

    /// Asks for the servers of the peer's domain, by each of these.
    fn seek_servers(&mut self, by: &[Carriage], out: &mut Vec<Sought>) {
        let usable = by.iter().filter(|carriage| self.speaks.contains(carriage));
        let usable: Vec<Carriage> = usable.copied().collect();
        let names: Vec<String> = usable
            .iter()
            .map(|carriage| carriage.service_of(&self.wanted.host))
            .collect();
        self.stage = Stage::Servers(usable);
        for name in names {
            self.ask(&name, RecordKind::Srv, out);
        }
    }

    fn seek_addresses(&mut self, out: &mut Vec<Sought>) {
        self.stage = Stage::Addresses;
        let hosts: Vec<String> = self.found.iter().map(|s| s.host.clone()).collect();
        for host in hosts {
            self.ask(&host, RecordKind::A, out);
            self.ask(&host, RecordKind::Aaaa, out);
        }
    }

    /// The rules of a domain name its services, the best first.
    fn services(&mut self, mut records: Vec<Record>, out: &mut Vec<Sought>) {
        records.truncate(SERVICES_MAX);
        records.sort_by_key(|record| match record {
            Record::Naptr {
                order, preference, ..
            } => (*order, *preference),
            Record::Srv { .. } | Record::Address(_) => (u16::MAX, u16::MAX),
        });
        let mut carriages = Vec::new();
        let mut names = Vec::new();
        for record in &records {
            let Record::Naptr {
                flags,
                service,
                replacement,
                ..
            } = record
            else {
                continue;
            };
            let carriage = Carriage::of_service(service);
            let carriage = carriage.filter(|carriage| self.speaks.contains(carriage));
            if let Some(carriage) = carriage
                && flags.eq_ignore_ascii_case("s")
                && !names.contains(replacement)
            {
                carriages.push(carriage);
                names.push(replacement.clone());
            }
        }
        if names.is_empty() {
            return self.seek_servers(self.speaks, out);
        }
        self.stage = Stage::Servers(carriages);
        for name in names {
            self.ask(&name, RecordKind::Srv, out);
        }
    }

    /// The servers of one service; `rank` is its place among the services.
    fn servers(&mut self, rank: usize, carriage: Carriage, records: Vec<Record>) {
        for record in records {
            if let Record::Srv {
                priority,
                weight,
                port,
                target,
            } = record
                && !target.is_empty()
                && self.found.len() < SERVERS_MAX
            {
                self.found.push(Server {
                    rank,
                    priority,
                    weight,
                    host: target,
                    port,
                    carriage,
                    addresses: Vec::new(),
                });
            }
        }
    }

    fn addresses(&mut self, host: &str, records: &[Record]) {
        for server in self.found.iter_mut().filter(|server| server.host == host) {
            for record in records {
                if let Record::Address(ip) = record
                    && server.addresses.len() < ADDRESSES_MAX
                {
                    server.addresses.push(*ip);
                }
            }
        }
    }

    /// All questions of a stage are answered.
    fn stage_over(&mut self, now: Instant, out: &mut Vec<Sought>) {
        match self.stage {
            Stage::Resting | Stage::Services => {}
            Stage::Servers(_) if self.found.is_empty() => {
                let carriage = self.wanted.carriage.unwrap_or(Carriage::Udp);
                let host = self.wanted.host.clone();
                self.seek_host(host, carriage.port(), carriage, out);
            }
            Stage::Servers(_) => self.seek_addresses(out),
            Stage::Addresses => {
                self.found.retain(|server| !server.addresses.is_empty());
                if self.found.is_empty() {
                    return self.failed(now, out);
                }
                self.failures = 0;
                self.rest(self.ttl.clamp(TTL_LEAST, TTL_MOST), now);
                out.push(Sought::Found(Located(self.found.clone())));
            }
        }
    }

    fn failed(&mut self, now: Instant, out: &mut Vec<Sought>) {
        self.failures = self.failures.saturating_add(1);
        let wait = pause(self.failures, &mut self.random);
        self.rest(wait, now);
        out.push(Sought::NotFound);
    }

    fn rest(&mut self, wait: Duration, now: Instant) {
        self.stage = Stage::Resting;
        self.asked.clear();
        self.next = now + wait;
    }

    /// Which service a question for servers was about, and its place.
    fn service_asked(&self, name: &str) -> Option<(usize, Carriage)> {
        let Stage::Servers(carriages) = &self.stage else {
            return None;
        };
        let all = self.asked.iter().map(|asked| &asked.query);
        let mut services = all.filter(|query| query.kind == RecordKind::Srv);
        let rank = services.position(|query| query.name == name)?;
        carriages.get(rank).map(|carriage| (rank, *carriage))
    }
}

impl Machine for Locate {
    type Input = Replied;
    type Output = Sought;
    type Reason = ();

    fn handle(&mut self, input: Replied, now: Instant, out: &mut Vec<Sought>) {
        let Replied { query, reply } = input;
        let mut open = self.asked.iter_mut().filter(|asked| asked.open);
        let Some(asked) = open.find(|asked| asked.query == query) else {
            return;
        };
        asked.open = false;
        let records = match reply {
            NameReply::Found { records, ttl } => {
                self.ttl = self.ttl.min(ttl);
                records
            }
            NameReply::Nothing { ttl } => {
                self.ttl = self.ttl.min(ttl);
                Vec::new()
            }
            // Of services some name servers know nothing, not even how to say so.
            NameReply::Failed if query.kind == RecordKind::Srv => return self.failed(now, out),
            NameReply::Failed => Vec::new(),
        };
        match query.kind {
            RecordKind::Naptr => self.services(records, out),
            RecordKind::Srv => {
                if let Some((rank, carriage)) = self.service_asked(&query.name) {
                    self.servers(rank, carriage, records);
                }
            }
            RecordKind::A | RecordKind::Aaaa => self.addresses(&query.name, &records),
        }
        if !self.asked.iter().any(|asked| asked.open) {
            self.stage_over(now, out);
        }
    }

    fn deadline(&self) -> Option<Deadline<()>> {
        Some(Deadline::new(self.next, ()))
    }

    fn expire(&mut self, now: Instant, out: &mut Vec<Sought>) {
        if self.next > now {
            return;
        }
        match self.stage {
            Stage::Resting => self.begin(now, out),
            Stage::Services | Stage::Servers(_) | Stage::Addresses => self.failed(now, out),
        }
    }
}
