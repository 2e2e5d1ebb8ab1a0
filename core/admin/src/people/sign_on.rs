//! Signing in by way of the company's own server: sent there, back from there, let in.
//!
//! Nothing is kept of a visit that was begun. The state proves that it was begun here by this
//! browser, the cookie says for which company, and the code with which it ends is a signed link
//! that is good for a minute in the same browser. The store remembers which states and codes were
//! used, so each is good once, whichever process of the exchange it comes to.

mod arrival;
mod door;
mod enforced;
mod entry;
mod visit;

pub use arrival::{Back, arrive};
pub(super) use enforced::{Ways, elsewhere};
pub use entry::enter_by_code;
pub use visit::{Outset, base, set_out};
