//! Tests of the ring and of what leaves it.

mod redaction;
mod room;
