//! What leaves the exchange for people, their programs and their sign-in servers: mail by SMTP,
//! webhooks and enquiries by HTTP.
//!
//! Each call is one attempt with a bounded time; trying again is decided elsewhere. Where a
//! customer names the address, the [egress guard](Egress) judges it first.

mod egress;
mod enquiry;
mod mail;
mod relay;
mod road;
mod tls;
mod webhook;

pub use egress::{Egress, Network, is_public};
pub use enquiry::HttpEnquirer;
pub use mail::{COMMAND_TIME, SmtpMailer};
pub use relay::{BadRelay, Relay, Security};
pub use road::Times;
pub use tls::{TlsError, client_config};
pub use webhook::HttpCourier;
