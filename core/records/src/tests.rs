//! Records, one sentence each.
