//! The contract of stores, told as tests that run on every implementation.
//!
//! Each topic has a file. Its tests take any store; [`on_every_store`] runs them on memory and on
//! SQLite. What only SQLite can do is in `sqlite`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod atomicity;
mod audit;
mod availability;
mod cdrs;
mod disk;
mod documents;
mod events;
mod feed;
mod history;
mod keys;
mod lists;
mod random;
mod references;
mod requests;
mod secrets;
mod settings;
mod sqlite;
mod strangers;
mod tenants;
mod tokens;
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
    };
}

pub(crate) use on_every_store;
