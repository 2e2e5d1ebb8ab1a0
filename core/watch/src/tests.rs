//! Watches and lines, without a network.

#![allow(clippy::unwrap_used)]

mod lines;
mod publications;
mod told;
