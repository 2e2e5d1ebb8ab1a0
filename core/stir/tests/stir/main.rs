//! Proofs of callers as others see them: the examples of the standards, chains of an authority of
//! our own, and whatever comes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod authority;
mod judged;
mod keys;
mod spoilt;
mod vectors;
