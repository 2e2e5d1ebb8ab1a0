//! Legs, one sentence each.
