//! SIP messages: reading them lazily over the received bytes, and writing them.
//!
//! Reading is one pass that notes where each header lies; a header is understood only when it
//! is asked for. Nothing here knows a clock, a socket or a dialog.
//!
//! Sources: RFC 3261 §7, §18, §19, §20, §25; RFC 3581 (`rport`), RFC 3966 (`tel`), RFC 5118
//! (IPv6), RFC 4475 (the torture messages, all of which are tests here); RFC 6455 and RFC 7118
//! (WebSockets).
//!
//! ```
//! use sip_message::{Limits, Message, Method};
//!
//! let bytes = bytes::Bytes::from_static(b"OPTIONS sip:a@example.com SIP/2.0\r\n\
//!     Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
//!     From: <sip:b@example.com>;tag=1\r\nTo: <sip:a@example.com>\r\n\
//!     Call-ID: 1\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n\r\n");
//! let message = Message::parse(bytes, &Limits::DEFAULT)?;
//! message.check_request()?;
//! assert_eq!(message.method(), Some(Method::Options));
//! assert_eq!(message.top_via()?.branch(), Some("z9hG4bK1"));
//! # Ok::<(), sip_message::Problem>(())
//! ```

mod address;
mod auth;
mod builder;
mod check;
mod date;
mod fields;
pub mod flow;
mod framer;
mod limits;
mod message;
mod method;
mod name;
mod problem;
mod response;
mod restraint;
mod scan;
mod text;
mod typed;
mod uri;
mod via;
pub mod web_socket;

pub use address::{Contacts, NameAddr};
pub use auth::{Challenge, Credentials};
pub use builder::Builder;
pub use date::{http_date, read_http_date};
pub use fields::{
    CSeq, ContentType, Parameterised, RAck, Reason, Refresher, Replaces, SessionExpires,
};
pub use flow::{Flow, Transport};
pub use framer::{Frame, Framer};
pub use limits::Limits;
pub use message::{Kind, Message, Parsed};
pub use method::{Method, OwnedMethod};
pub use name::Name;
pub use problem::{Problem, reason_phrase};
pub use response::{response_to, restraining_response_to};
pub use restraint::Restraint;
pub use text::{Params, Values, is_token, quote, unquote};
pub use uri::{Host, Scheme, Uri, escape_param, escape_user, unescape};
pub use via::{BRANCH_COOKIE, Via};
