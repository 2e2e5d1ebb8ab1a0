//! Passwords: which are good enough, and how they are kept.

mod hash;
mod policy;

pub use hash::{Cost, NoHash, PasswordHash, Salt, Verdict};
pub use policy::{PASSWORD_MAX, PASSWORD_MIN, Policy, Weak};
