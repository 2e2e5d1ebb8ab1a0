//! The page of figures: what each part counted, as of its last look.

mod board;
mod page;
mod requests;

pub(crate) use board::{Board, Sources};
pub(crate) use requests::Requests;
