//! Companies as wholes, out into answers and in from bodies.
//!
//! A store hands things over, and reads them, on a thread that may wait; a connection must not
//! wait. Between the two is a pipe that holds a few pieces: whoever is faster waits for the other,
//! and a peer that is too slow for too long is cut off.

mod depot;
mod feed;
mod model;
mod places;
mod refusal;
mod work;

pub(crate) use depot::Depot;
pub(crate) use model::clone;
pub(crate) use places::Errand;
pub(crate) use refusal::{PASSPHRASE, too_large};
pub(crate) use work::{Coming, Leaving, opened, sent};
