//! Fax against fax: each end a real process with the real library, time as it is told to them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod breaking;
mod documents;
mod packets;
mod sound;
mod support;
