//! The use cases of administration over the store in memory: who may do what, what is kept, what
//! is told.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod access;
mod alarms;
mod apply;
mod archive;
mod bans;
mod certificates;
mod containments;
mod demo;
mod devices;
mod lines;
mod live;
mod office;
mod persons;
mod quotas;
mod recordings;
mod replay;
mod retention;
mod roads;
mod sheets;
mod support;
mod talks;
mod tenants;
mod tokens;
