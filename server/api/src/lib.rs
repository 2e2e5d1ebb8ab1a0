//! HTTP: converts a request, calls a use case, converts what comes of it.
//!
//! All operations are in one list; routes and the OpenAPI text are made of it. On its way to an
//! operation each request passes the same gate: who asks, how often, how much, and for what. The
//! rules of the domain are not here.

mod archives;
mod bad_row;
mod bearer;
mod body;
mod call;
mod front;
mod gate;
mod giving;
mod heavy;
mod in_use;
mod kinds;
mod limits;
mod list;
mod listening;
mod media_type;
mod once;
mod openapi;
mod operation;
mod operations;
mod pages;
mod patience;
mod permission;
mod pipe;
mod presumed;
mod problem;
mod processor;
mod query;
mod quota;
mod rate;
mod referrer;
mod roles;
mod routes;
mod seats;
mod server;
mod shares;
mod stream;
#[cfg(test)]
mod trial;
mod turnstile;
mod view;
mod who;
mod words;

pub use bad_row::BadRow;
pub use front::{Parts, Seen};
pub use in_use::InUse;
pub use kinds::kinds;
pub use limits::Limits;
pub use openapi::{ambiguous, openapi};
pub use problem::{FieldError, Kind, PROBLEM_JSON, ProblemView, TYPE_PREFIX};
pub use quota::Quota;
pub use roles::roles;
pub use server::serve;
