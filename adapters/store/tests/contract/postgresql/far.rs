//! A server far away: how often it is asked, since each time costs the way there and back.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use ports::{ExchangeStore, Store};
use store::{SqlStore, block_on};
use tenancy::TenantScope;

use domain::KindName;

use crate::server::Database;
use crate::world::{World, cdr};

/// Connections that a store makes before those that read: one that looks whether the tables are
/// right, one that writes, one that watches.
const BEFORE_READERS: usize = 3;

/// The connection that writes, among those.
const WRITER: usize = 1;

/// How long answers are on the way to a reader: what is asked without waiting for them is asked
/// before they are there, on a busy machine, too.
const LENGTH: Duration = Duration::from_millis(2);

/// Tries of which the fewest trips count: a connection prepares its statements in the first ones.
const TRIES: usize = 40;

/// Counts, on the way to a server, how often each connection spoke after it was answered.
struct Way {
    port: u16,
    trips: Arc<Mutex<Vec<Trips>>>,
}

/// The trips of one connection.
#[derive(Default)]
struct Trips {
    /// How often the client spoke after it was answered: as many trips or, where an answer overtook
    /// the rest of what was asked at once, more.
    begun: usize,
    /// The server was the last to speak.
    answered: bool,
    asked: Questions,
}

/// Counts what a client asks a server, whatever pieces it comes in: each message after which it
/// wants an answer (PostgreSQL's protocol, "Message Formats": Sync and Query).
#[derive(Default)]
struct Questions {
    number: usize,
    /// The beginning of the message that is being read.
    head: Vec<u8>,
    /// How much of it is still to come and is of no interest.
    rest: usize,
    /// The first message has gone by, which has no type.
    begun: bool,
}

impl Questions {
    /// Type and length; the first message has its length and a code in place of them.
    fn head_length(&self) -> usize {
        if self.begun { 5 } else { 8 }
    }

    fn see(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let gone = self.rest.min(bytes.len());
            self.rest -= gone;
            bytes = &bytes[gone..];
            let wanted = self.head_length() - self.head.len();
            let (head, after) = bytes.split_at(wanted.min(bytes.len()));
            self.head.extend(head);
            bytes = after;
            if self.head.len() == self.head_length() {
                self.begin_message();
            }
        }
    }

    fn begin_message(&mut self) {
        let head = std::mem::take(&mut self.head);
        let length = |at: usize| {
            let bytes: [u8; 4] = head[at..at + 4].try_into().unwrap();
            usize::try_from(u32::from_be_bytes(bytes)).unwrap()
        };
        if self.begun {
            self.number += usize::from(matches!(head[0], b'S' | b'Q'));
            self.rest = length(1) - 4;
        } else {
            self.begun = true;
            self.rest = length(0) - 8;
        }
    }
}

impl Way {
    fn to(server: (&'static str, u16)) -> Way {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let way = Way {
            port: listener.local_addr().unwrap().port(),
            trips: Arc::default(),
        };
        let trips = Arc::clone(&way.trips);
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let far = TcpStream::connect(server).unwrap();
                near.set_nodelay(true).unwrap();
                far.set_nodelay(true).unwrap();
                let number = {
                    let mut trips = trips.lock().unwrap();
                    trips.push(Trips::default());
                    trips.len() - 1
                };
                let back = (far.try_clone().unwrap(), near.try_clone().unwrap());
                let (asks, answers) = (Arc::clone(&trips), Arc::clone(&trips));
                thread::spawn(move || {
                    carry((near, far), |bytes| {
                        let of = &mut asks.lock().unwrap()[number];
                        of.begun += usize::from(std::mem::take(&mut of.answered));
                        of.asked.see(bytes);
                    });
                });
                thread::spawn(move || {
                    carry(back, |_| {
                        if number >= BEFORE_READERS {
                            on_the_way();
                        }
                        answers.lock().unwrap()[number].answered = true;
                    });
                });
            }
        });
        way
    }

    /// Trips and questions of the connections that read.
    fn of_readers(&self) -> (usize, usize) {
        let trips = self.trips.lock().unwrap();
        let readers = trips.iter().skip(BEFORE_READERS);
        readers.fold((0, 0), |(trips, questions), of| {
            (trips + of.begun, questions + of.asked.number)
        })
    }

    /// What the connection that writes has asked.
    fn asked_by_the_writer(&self) -> usize {
        self.trips.lock().unwrap()[WRITER].asked.number
    }

    /// The fewest trips that something needs, and how many questions it mostly asks: what ends a
    /// transaction may go by only when the next try has begun.
    fn needed<T>(&self, mut ask: impl FnMut() -> T) -> (usize, usize) {
        let tries = (0..TRIES).map(|_| {
            let before = self.of_readers();
            ask();
            let after = self.of_readers();
            (after.0 - before.0, after.1 - before.1)
        });
        let (trips, mut questions): (Vec<_>, Vec<_>) = tries.unzip();
        questions.sort_unstable();
        (trips.into_iter().min().unwrap(), questions[TRIES / 2])
    }
}

#[expect(clippy::disallowed_methods, reason = "the way itself takes time")]
fn on_the_way() {
    thread::sleep(LENGTH);
}

/// Carries bytes one way until the end.
fn carry((mut from, mut to): (TcpStream, TcpStream), mut seen: impl FnMut(&[u8])) {
    let mut some = [0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut some) {
        seen(&some[..length]);
        if to.write_all(&some[..length]).is_err() {
            break;
        }
    }
    let _closed = to.shutdown(Shutdown::Both);
}

/// A store whose server is at the end of a way.
fn far(database: &Database) -> (Way, SqlStore) {
    let way = Way::to((Database::server(), 5432));
    let url = database.url_at("worker", &format!("127.0.0.1:{}", way.port));
    let store = database.try_open(1, &url).unwrap();
    (way, store)
}

/// Makes companies with an extension and a device each.
fn companies(world: &World<'_>, numbers: std::ops::Range<u32>) -> Vec<TenantScope> {
    let each = numbers.map(|number| {
        let scope = world.tenant(&format!("c{number}.example"));
        let extension = world.extension(&scope, "100");
        world.device(&scope, &extension, &format!("u{number}"));
        scope
    });
    each.collect()
}

#[test]
fn a_start_asks_a_far_server_as_often_for_two_hundred_companies_as_for_two() {
    let database = Database::new();
    let (way, store) = far(&database);
    let world = World::over(&store);
    let mut all = companies(&world, 0..2);
    let start = |scopes: &[TenantScope]| {
        block_on(store.tenant_ids()).unwrap();
        block_on(store.load_tenants(scopes)).unwrap().len()
    };
    let ((trips, few), found) = (way.needed(|| start(&all)), start(&all));
    assert_eq!(found, 2);
    // eight, and some more where a busy machine parts what is asked at once
    assert!(trips <= 12, "{trips} trips for {few} questions");
    all.extend(companies(&world, 2..200));
    let ((_, many), found) = (way.needed(|| start(&all)), start(&all));
    assert_eq!(found, 200);
    assert!(few > 0);
    assert_eq!(many, few);
}

#[test]
fn a_look_up_takes_the_trips_of_its_statement_and_its_transaction() {
    let database = Database::new();
    let (way, store) = far(&database);
    let world = World::over(&store);
    let acme = world.tenant("acme.example");
    let id = acme.tenant().to_string();
    let (trips, _) = way.needed(|| {
        let found = block_on(store.get(&acme, KindName::Tenant, &id)).unwrap();
        assert!(found.is_some());
    });
    assert!(trips <= 3, "{trips} trips");
}

#[test]
fn records_of_many_calls_ask_a_far_server_as_often_as_those_of_two() {
    let database = Database::new();
    let (way, store) = far(&database);
    let world = World::over(&store);
    let all = companies(&world, 0..20);
    let written = |calls: std::ops::Range<u64>| {
        let before = way.asked_by_the_writer();
        let records = calls.zip(all.iter().cycle());
        let records = records.map(|(call, scope)| cdr(scope.tenant(), call));
        let records: Vec<_> = records.collect();
        let number = records.len();
        assert_eq!(block_on(store.write_cdrs(records)), Ok(number));
        way.asked_by_the_writer() - before
    };
    written(0..2); // statements are prepared
    let (few, many) = (written(10..12), written(100..200));
    assert!((1..=16).contains(&few), "{few} questions");
    assert!(many <= few + 1, "{many} questions instead of {few}");
}
