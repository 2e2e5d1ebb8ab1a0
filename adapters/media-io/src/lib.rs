//! The media plane's sockets and threads: epoll with batches of 64, or `io_uring` ([`Way`]), and
//! buffers that are never allocated on the way of a packet. What a packet is and where it goes,
//! [`media::Road`] decides.
//!
//! Each thread has a road and the sockets of its endpoints' ports, opened when the first endpoint
//! needs them and kept. Orders come by a bounded ring per signalling shard and an event
//! descriptor, notices leave by another ring and the node's own waking function.

mod arrived;
mod batches;
mod config;
mod control;
mod figures;
mod rings;
mod sockets;
mod sys;
mod taps;
mod threads;
mod transmit;
mod wire;
mod worker;

pub use config::{Config, Way};
pub use control::{Control, SendProblem, Wake};
pub use figures::WorkerFigures;
pub use sys::ring::RING_BUFFERS;
pub use taps::TapLine;
pub use threads::{Lines, MediaThreads};
