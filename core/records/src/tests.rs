//! Records, one sentence each. The events come from real calls.

mod ends;
mod history;
mod news;
mod recovery;
mod scene;
