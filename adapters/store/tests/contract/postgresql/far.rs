//! A server far away: how often it is asked, since each time costs the way there and back.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use ports::{ExchangeStore, Store};
use store::{SqlStore, block_on};
use tenancy::TenantScope;

use domain::KindName;

use crate::server::Database;
use crate::world::World;

/// Connections that a store makes before those that read: one that looks whether the tables are
/// right, one that writes, one that watches.
const BEFORE_READERS: usize = 3;

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
    begun: usize,
    /// The server was the last to speak.
    answered: bool,
}

impl Way {
    fn to(port: u16) -> Way {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let way = Way {
            port: listener.local_addr().unwrap().port(),
            trips: Arc::default(),
        };
        let trips = Arc::clone(&way.trips);
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let far = TcpStream::connect(("127.0.0.1", port)).unwrap();
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
                    carry((near, far), || {
                        let of = &mut asks.lock().unwrap()[number];
                        of.begun += usize::from(std::mem::take(&mut of.answered));
                    });
                });
                thread::spawn(move || {
                    carry(back, || answers.lock().unwrap()[number].answered = true);
                });
            }
        });
        way
    }

    /// Trips of the connections that read.
    fn of_readers(&self) -> usize {
        let trips = self.trips.lock().unwrap();
        trips.iter().skip(BEFORE_READERS).map(|of| of.begun).sum()
    }

    /// The fewest trips that something needs.
    fn fewest<T>(&self, mut ask: impl FnMut() -> T) -> usize {
        let tries = (0..TRIES).map(|_| {
            let before = self.of_readers();
            ask();
            self.of_readers() - before
        });
        tries.min().unwrap()
    }
}

/// Carries bytes one way until the end.
fn carry((mut from, mut to): (TcpStream, TcpStream), mut seen: impl FnMut()) {
    let mut some = [0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut some) {
        seen();
        if to.write_all(&some[..length]).is_err() {
            break;
        }
    }
    let _closed = to.shutdown(Shutdown::Both);
}

/// A store whose server is at the end of a way.
fn far(database: &Database) -> (Way, SqlStore) {
    let near = database.url_by_tcp("worker");
    let port = near.rsplit_once(':').unwrap().1;
    let port: u16 = port.split_once('/').unwrap().0.parse().unwrap();
    let way = Way::to(port);
    let url = near.replace(&format!(":{port}/"), &format!(":{}/", way.port));
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
    let (few, found) = (way.fewest(|| start(&all)), start(&all));
    assert_eq!(found, 2);
    all.extend(companies(&world, 2..200));
    let (many, found) = (way.fewest(|| start(&all)), start(&all));
    assert_eq!(found, 200);
    assert_eq!(many, few);
    assert!(few <= 8, "{few} trips");
}

#[test]
fn a_look_up_takes_the_trips_of_its_statement_and_its_transaction() {
    let database = Database::new();
    let (way, store) = far(&database);
    let world = World::over(&store);
    let acme = world.tenant("acme.example");
    let id = acme.tenant().to_string();
    let trips = way.fewest(|| {
        let found = block_on(store.get(&acme, KindName::Tenant, &id)).unwrap();
        assert!(found.is_some());
    });
    assert!(trips <= 3, "{trips} trips");
}
