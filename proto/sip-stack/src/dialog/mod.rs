//! Dialogs (RFC 3261 §12): the peer-to-peer relation that a 1xx or 2xx makes, and the table that
//! brings requests inside it to their usage.

mod directory;
mod route;
mod state;
#[cfg(test)]
mod tests;

pub use directory::{Dialogs, Full};
pub use route::next_hop;
pub use state::{Dialog, DialogName, MAX_ROUTES, Origin};
pub(crate) use state::{push_via, request_uri};
