//! What leaves the exchange for people and for their programs: mail, and webhooks over HTTP.
//!
//! Each call is one attempt with a bounded time; trying again is decided elsewhere. Where a
//! customer names the address, the [egress guard](Egress) judges it first.

mod egress;
mod mail;
mod relay;
mod tls;
mod webhook;

pub use egress::{Egress, Network, is_public};
pub use mail::{COMMAND_TIME, SmtpMailer};
pub use relay::{BadRelay, Relay, Security};
pub use tls::{TlsError, client_config};
pub use webhook::{HttpCourier, Times};
