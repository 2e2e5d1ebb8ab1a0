//! Registration, one sentence each.
