//! The bytes of an archive: lines of JSON, encrypted and authenticated piece by piece.
//!
//! ```text
//! head   "strowger-archive", format, sort of key, cost of the passphrase, salt, nonce
//! piece  64 KiB of text, encrypted, with a tag of 16 bytes       as often as needed
//! last   0 to 64 KiB, marked as the last one
//! ```
//! The pieces are the construction STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over
//! XChaCha20-Poly1305: each is bound to its number, to whether it is the last, and to the head. A
//! piece that is changed, moved, left out or appended does not open, and neither does an archive
//! without its end. Reading and writing hold one piece in memory, and one line.

mod head;
mod key;
mod lines;
mod packer;
mod reader;
mod writer;

pub use head::{MEMORY_KIB_MAX, PASSES_MAX};
pub use key::{ArchiveKey, BadKey, KEY_LENGTH};
pub use lines::{LINE_MAX, LineGiver, LineTaker};
pub use packer::Passphrases;
pub use reader::ArchiveReader;
pub use writer::ArchiveWriter;

/// Bytes of text in each piece but the last.
pub const PIECE: usize = 64 << 10;

/// Bytes that a piece grows by.
const TAG: usize = 16;

#[cfg(test)]
mod tests;
