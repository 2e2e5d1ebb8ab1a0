//! Between a SIP dialog and a call's leg.
//!
//! A [`SipLeg`] takes the orders of a call ([`call::LegOrder`]) and carries them out on an INVITE
//! usage; it takes the events of that usage and reports them as facts ([`call::LegFact`]). On the
//! way it puts this exchange's own media address into every description, so that neither side sees
//! where the other is, and keeps headers, tags and Call-IDs of the two sides apart.
//!
//! A [`RecordingSession`] is no leg of a call: it is the dialog by which a call's sound goes to a
//! recording server, or comes from a recording client (RFC 7866).

mod association;
mod auto_answer;
mod diversion;
mod identity;
mod keyring;
mod leg;
mod offer;
mod presses;
mod reason;
mod recording_session;
mod refer;
mod security;
mod sound;
mod spoken;
mod wants;
mod way;

pub use auto_answer::{answer_headers, asks_to_answer};
pub use diversion::{Course, Diverted};
pub use identity::{Identity, contact_of};
pub use leg::{Carrier, Desk, Dial, PromptBook, Report, SipLeg, Stored, offer_of};
pub use offer::{Asked, Askings, Offer};
pub use reason::reason_value;
pub use recording_session::{RecordingCall, RecordingReport, RecordingSession, RecordingStream};
pub use refer::{Referee, redirections, referee};
pub use security::{Keying, Secrets, Security, Terms};
pub use sound::{NoPort, Sound};
pub use spoken::{proposal, widened};

#[cfg(test)]
mod tests;
