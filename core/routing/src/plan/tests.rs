//! Routing rules, one sentence each.
