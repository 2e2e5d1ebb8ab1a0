//! Fax to and from PDF, by `spandsp` in a process of its own.
//!
//! The exchange has an [`Engine`] for each fax: a handle to a child process, which gets 20 ms of
//! sound or a packet of T.38, and says what is to be said for it. Modems, protocol and the reading
//! of pages that strangers send are C, and PDF of strangers is drawn: all of that happens in the
//! child ([`engine`]), which has no network, no file, bounded memory and bounded time. When it
//! dies, hangs or talks nonsense, that is a [`Problem`] of one fax.

mod call;
mod convert;
pub mod engine;
mod frame;
mod message;
mod outcome;
mod pages;
mod problem;
mod program;
mod reasons;
mod sys;
#[cfg(test)]
mod tests;
mod tone;

pub use call::{Engine, FETCH_PATIENCE, Job, MOST_PACKET, Order, START_PATIENCE, TICK_PATIENCE};
pub use convert::{CONVERT_PATIENCE, convert};
pub use frame::{MOST_DOCUMENT, MOST_FRAME};
pub use outcome::{Event, FaxResult, Outcome};
pub use pages::{
    BadPdf, BadTiff, Bitmap, MOST_OCTETS, MOST_PAGES, MOST_RECEIVED, Pages, Size, WIDTH,
};
pub use problem::Problem;
pub use program::Program;
pub use tone::Tone;
