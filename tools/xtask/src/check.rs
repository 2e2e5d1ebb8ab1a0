//! The rules, one file each. A check reads sources or crates and returns findings.

pub(crate) mod banned;
pub(crate) mod cycles;
pub(crate) mod edges;
pub(crate) mod layout;
pub(crate) mod links;
pub(crate) mod mints;
pub(crate) mod reasons;
pub(crate) mod sizes;
pub(crate) mod words;
