//! Companies' own music on hold, on threads that may wait: sounds are fetched and encoded,
//! programmes are played as stations.

mod note;
mod radio;
mod recordings;
mod shelf;
mod stations;
mod tally;

pub(crate) use recordings::fetcher;
pub(crate) use stations::{Desk as StationDesk, Parts as StationParts, start as stations};
pub(crate) use tally::Tally;
