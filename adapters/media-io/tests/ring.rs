//! The same media threads on loopback, with the kernel asked by `io_uring`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use media_io::Way;

#[path = "loopback/audio.rs"]
mod audio;
#[path = "loopback/conference.rs"]
mod conference;
#[path = "loopback/notices.rs"]
mod notices;
#[path = "loopback/protected.rs"]
mod protected;
#[path = "loopback/support.rs"]
mod support;
#[path = "loopback/threads.rs"]
mod threads;
#[path = "loopback/transcoded.rs"]
mod transcoded;

const WAY: Way = Way::IoUring;
