//! What SQLite alone must do: survive, keep secrets on the disk, share a file, refuse in time.

mod at_hand;
mod process;
mod schema;
mod sealing;
mod sharing;
mod strays;
