//! Registration, one sentence each, in virtual time.

mod bounds;
mod expiry;
mod flows;
mod gateways;
mod gruus;
mod isolation;
mod order;
mod outbound;
mod refresh;
mod scene;
mod storage;
