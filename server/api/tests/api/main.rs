//! The API as its users meet it: over real connections, against an exchange that says
//! what the tests tell it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod archives;
mod bodies;
mod ceilings;
mod conditions;
mod connections;
mod events;
mod exchange;
mod gate;
mod http;
mod isolation;
mod keys;
mod lists;
mod live;
mod mailbox;
mod metrics;
mod openapi;
mod operations;
mod own_forwards;
mod pages;
mod passkeys;
mod people;
mod place;
mod plans;
mod repetition;
mod scopes;
mod secrets;
mod sign_on;
mod totp;
mod world;
