//! Watches and lines, without a network.

#![allow(clippy::unwrap_used, clippy::panic)]

mod lines;
mod listing;
mod publications;
mod told;
