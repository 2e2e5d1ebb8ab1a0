//! The contract of stores, told as tests that run on every implementation.
//!
//! Each topic has a file. Its tests take any store; [`on_every_store`] runs them on memory, on
//! SQLite and on PostgreSQL. What only one of them can do is in `sqlite` and in `postgresql`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod archive;
mod atomicity;
mod audit;
mod availability;
mod bans;
mod blobs;
mod cdrs;
mod credentials;
mod deliveries;
mod disk;
mod documents;
mod erasure;
mod events;
mod facts;
mod faxes;
mod feed;
mod history;
mod keys;
mod ladders;
mod lines;
mod lists;
mod neighbours;
mod once;
mod postgresql;
mod quality;
mod random;
mod recordings;
mod references;
mod rehearsal;
mod requests;
mod sealed;
mod secrets;
mod server;
mod settings;
mod sqlite;
mod strangers;
mod support;
mod tenants;
mod tokens;
mod twins;
mod world;

/// Pages that a test's list has at most; one that goes on is a list without an end.
const PAGES: usize = 1_000;

/// Runs tests that take a store on each implementation.
macro_rules! on_every_store {
    ($($test:ident),+ $(,)?) => {
        mod memory {
            $(#[test]
            fn $test() {
                super::$test(&crate::world::World::over(&store::MemoryStore::new()));
            })+
        }

        mod sqlite {
            $(#[test]
            fn $test() {
                let disk = crate::disk::Disk::new();
                super::$test(&crate::world::World::over(&disk.open()));
            })+
        }

        mod postgresql {
            $(#[test]
            fn $test() {
                let database = crate::server::Database::new();
                super::$test(&crate::world::World::over(&database.open()));
            })+
        }
    };
}

pub(crate) use on_every_store;
