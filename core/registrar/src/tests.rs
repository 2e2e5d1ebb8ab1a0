//! Registration, one sentence each, in virtual time.

mod bounds;
mod expiry;
mod flows;
mod isolation;
mod order;
mod refresh;
mod scene;
mod storage;
