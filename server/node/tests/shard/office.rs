//! The scene of most tests: two companies on one exchange.

use domain::Cdr;
use node::{Answer, Ask};
use ports::LiveCall;
use std::net::SocketAddr;
use std::time::Duration;
use testkit::{Company, LineId, Manner, Member, PhoneId, RawId, Setup, World};

pub const SECOND: Duration = Duration::from_secs(1);

/// Two companies; alpha has phones 101 to 103 (102 on two devices), beta has 101 and 102.
pub struct Office {
    pub world: World,
    pub alpha: Company,
    pub beta: Company,
    pub members: Vec<Member>,
    /// Alpha's 101.
    pub anna: PhoneId,
    /// Alpha's 102.
    pub bert: PhoneId,
    /// Alpha's 102 too.
    pub bert_two: PhoneId,
    /// Alpha's 103.
    pub cleo: PhoneId,
    /// Beta's 101.
    pub dora: PhoneId,
    /// Beta's 102.
    pub emil: PhoneId,
    raws: u8,
}

pub fn address(host: u8) -> SocketAddr {
    SocketAddr::from(([198, 51, 100, host], 5060))
}

impl Office {
    /// All of them, not registered yet.
    pub fn new() -> Office {
        Office::with(Setup::ordinary(7))
    }

    pub fn with(setup: Setup) -> Office {
        let mut world = World::new(setup);
        let (mut alpha, mut beta) = (Company::new("alpha", 1), Company::new("beta", 2));
        let members = vec![
            alpha.member("101"),
            alpha.member("102"),
            alpha.member("102"),
            alpha.member("103"),
            beta.member("101"),
            beta.member("102"),
        ];
        world.add(&alpha);
        world.add(&beta);
        let mut phones = Vec::new();
        for (host, member) in (11u8..).zip(&members) {
            phones.push(world.phone(&member.account, address(host), None));
        }
        Office {
            world,
            alpha,
            beta,
            members,
            anna: phones[0],
            bert: phones[1],
            bert_two: phones[2],
            cleo: phones[3],
            dora: phones[4],
            emil: phones[5],
            raws: 0,
        }
    }

    /// Everyone but the second 102 is registered.
    pub fn open() -> Office {
        let mut office = Office::new();
        office.register_all();
        office
    }

    pub fn register_all(&mut self) {
        for phone in [self.anna, self.bert, self.cleo, self.dora, self.emil] {
            self.register(phone);
        }
    }

    pub fn register(&mut self, phone: PhoneId) -> Option<u16> {
        self.world
            .with(phone, |phone, now| phone.register(600, now));
        self.world.run_until(SECOND * 40, |world| {
            world.phones[phone.0].register_status().is_some()
        });
        self.world.phones[phone.0].register_status()
    }

    pub fn manner(&mut self, phone: PhoneId, change: impl FnOnce(&mut Manner)) {
        change(&mut self.world.phones[phone.0].manner);
    }

    pub fn call(&mut self, from: PhoneId, number: &str) -> LineId {
        self.world.with(from, |phone, now| phone.call(number, now))
    }

    pub fn line(&self, phone: PhoneId, line: LineId) -> &testkit::Line {
        self.world.phones[phone.0].line(line)
    }

    /// Waits until the newest line of a phone is being rung, and gives it.
    pub fn rung(&mut self, phone: PhoneId) -> LineId {
        let before = self.world.phones[phone.0].lines.len();
        let rings = self.world.run_until(SECOND * 5, |world| {
            let phone = &world.phones[phone.0];
            phone.live().any(|line| line.incoming && !line.is_talking())
        });
        assert!(rings, "nobody rang, {before} lines");
        let phone = &self.world.phones[phone.0];
        let line = phone
            .live()
            .filter(|line| line.incoming && !line.is_talking())
            .last();
        let id = line.unwrap().id;
        self.world.run(SECOND / 10);
        id
    }

    pub fn answer(&mut self, phone: PhoneId, line: LineId) {
        self.world.with(phone, |phone, now| phone.answer(line, now));
        self.world.run(SECOND);
    }

    /// Two phones in conversation.
    pub fn talk(&mut self, from: PhoneId, to: PhoneId, number: &str) -> (LineId, LineId) {
        let caller = self.call(from, number);
        let callee = self.rung(to);
        self.answer(to, callee);
        assert!(self.line(from, caller).is_talking(), "the caller talks");
        assert!(self.line(to, callee).is_talking(), "the callee talks");
        (caller, callee)
    }

    pub fn hang_up(&mut self, phone: PhoneId, line: LineId) {
        self.world
            .with(phone, |phone, now| phone.hang_up(line, now));
        self.world.run(SECOND);
    }

    /// Whether a phone's line has heard the other's line lately.
    pub fn hears(&mut self, one: (PhoneId, LineId), other: (PhoneId, LineId)) -> bool {
        let canary = self.world.phones[other.0.0].canary(other.1);
        let count = |world: &World| {
            let heard = &world.phones[one.0.0].line(one.1).heard;
            heard.tokens.get(&canary).copied().unwrap_or(0)
        };
        let before = count(&self.world);
        self.world.run(SECOND * 5);
        count(&self.world) > before
    }

    pub fn both_hear(&mut self, one: (PhoneId, LineId), other: (PhoneId, LineId)) -> bool {
        self.hears(one, other) && self.hears(other, one)
    }

    /// Lets everything settle, then gives the only record there is.
    pub fn record(&mut self) -> Cdr {
        let records = self.settled_records();
        assert_eq!(records.len(), 1, "one call, one record: {records:#?}");
        records[0].clone()
    }

    /// Lets everything settle and checks that nothing leaks; the records in the order of calls.
    pub fn settled_records(&mut self) -> Vec<Cdr> {
        self.world.run(SECOND * 70);
        let exchange = self.world.exchange.as_ref().unwrap();
        let figures = exchange.shard.figures();
        assert_eq!(figures.live.calls, 0, "no call is left");
        assert_eq!(figures.live.legs, 0, "no leg is left");
        assert_eq!(figures.faulted_calls, 0, "nothing of ours broke");
        assert_eq!(exchange.shard.port_figures().used, 0, "no port is left");
        assert_eq!(exchange.road.figures().open, 0, "no endpoint is left");
        let transactions = exchange.shard.transaction_figures();
        assert_eq!((transactions.clients, transactions.servers), (0, 0));
        assert!(self.world.twice.is_empty(), "{:?}", self.world.twice);
        let per_call = self.world.records_per_call();
        assert!(per_call.values().all(|count| *count == 1), "{per_call:?}");
        self.world.records.values().cloned().collect()
    }

    pub fn live_calls(&mut self, company: &Company) -> Vec<LiveCall> {
        let id = company.id();
        match self.world.ask(id, Ask::Calls) {
            Some(Answer::Calls(_, calls)) => calls,
            other => panic!("no list of calls: {other:?}"),
        }
    }

    pub fn raw(&mut self) -> RawId {
        self.raws += 1;
        self.world.raw(address(100 + self.raws))
    }

    /// The status a raw phone got last, after a while.
    pub fn status(&mut self, raw: RawId) -> Option<u16> {
        self.world.run(SECOND);
        self.world.raws[raw.0].status()
    }
}
