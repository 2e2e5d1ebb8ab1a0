//! The media plane's sockets and threads: epoll, batches of 64, buffers that are never allocated
//! on the way of a packet. What a packet is and where it goes, [`media::Road`] decides.
//!
//! Each thread has a road and the sockets of its endpoints' ports, opened when the first endpoint
//! needs them and kept. Orders come by a bounded ring per signalling shard and an event
//! descriptor, notices leave by another ring and the node's own waking function.

mod config;
mod control;
mod figures;
mod sockets;
mod sys;
mod taps;
mod threads;
mod transmit;
mod worker;

pub use config::Config;
pub use control::{Control, SendProblem, Wake};
pub use figures::WorkerFigures;
pub use taps::TapLine;
pub use threads::{Lines, MediaThreads};
