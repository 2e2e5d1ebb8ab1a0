//! The bus as the composition root uses it, one sentence each.

mod away;
mod journal;
mod scratch;
mod snapshots;
