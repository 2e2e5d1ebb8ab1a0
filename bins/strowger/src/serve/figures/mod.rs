//! The page of figures: what each part counted, as of its last look.

mod board;
pub(crate) mod deliveries;
mod faxes;
pub(crate) mod issued;
pub(crate) mod mails;
mod media;
mod page;
mod posted;
mod recordings;
mod requests;
mod rows;
mod trunks;
mod turns;

pub(crate) use board::Board;
pub(crate) use posted::Sources;
pub(crate) use requests::Requests;
