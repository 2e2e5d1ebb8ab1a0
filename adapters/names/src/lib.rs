//! The domain name system asked: questions by which carriers are found go out, answers come back.
//!
//! [`Asker`] has a thread of its own, on which many questions may be open at a time. What was
//! answered is remembered for as long as its records live, whoever asks again.

mod asker;
mod resolver;

pub use asker::{AT_ONCE, Asker, QUESTIONS_MAX};
pub use resolver::{ANSWERS_MAX, Servers};
