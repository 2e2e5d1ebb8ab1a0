//! A shard between two phones, one sentence each.
