//! A signalling shard: everything that happens to SIP messages between a socket and a socket.
//!
//! [`Shard`] joins the sans-IO hearts and adds no policy of its own: transactions and dialogs from
//! `sip-stack`, legs from `sip-leg`, calls from `call`, bindings from `registrar`, records from
//! `records`, media ports from `media`. It has no socket, no thread and no clock: batches of bytes
//! and the time go in; bytes to send, orders to media and answers come out. The binary runs it on
//! a network loop, the simulator runs whole clusters of them in one thread.

mod at_hand;
mod budgets;
mod call_key;
mod callbacks;
mod called;
mod calls;
mod capped;
mod certificates;
mod conferences;
mod config;
mod door;
mod ended_legs;
mod faxes;
mod figures;
mod former_told;
mod intake;
mod lamps;
mod legs;
mod letters;
mod music;
mod recording_sessions;
mod recordings;
mod relief;
mod remembered;
mod sayings;
mod shard;
mod signalling;
mod stations;
mod tenants;
mod toll;
mod trunks;
mod turn;
mod waiting_calls;
mod waiting_texts;
mod whose;

pub use budgets::Contained;
pub use certificates::Fetched;
pub use config::{Challenges, Config, Limits};
pub use defence::{Figures as DefenceFigures, Network, Rules as DefenceRules};
pub use faxes::{FaxBeginning, FaxCall, FaxDone, FaxFigures, FaxMissed, FaxOrder, FaxTask};
pub use figures::{
    DoorFigures, Figures, HeardFigures, LiveFigures, ProofFigures, ToldFigures, TrunkCapFigures,
    TrunkCounts, TrunkFigures,
};
pub use fraud::Figures as FraudFigures;
pub use music::{MusicAsk, MusicAsks, MusicFigures};
pub use recordings::{Beginning, FormerRecording, RecordingFigures, RecordingOrder};
pub use remembered::Seen;
pub use sayings::{SayAsk, Wording};
pub use shard::{
    Answer, Ask, CertificateAsk, Late, NameAsk, Outbox, Question, Searcher, Shard, Stores, Ticket,
    TrunkQuestion,
};
pub use sip_leg::{PromptBook, Secrets};
pub use stations::StationAsk;
pub use toll::Toll;
pub use waiting_texts::TextFigures;

#[cfg(test)]
mod tests;
