//! SIP over UDP, TCP, TLS and WebSockets: one epoll loop per thread, batches of bytes.
//!
//! A [`Net`] is bound to its listeners, then [`Net::run`] owns the calling thread until its
//! [`Waker`] is told to stop. Everything that arrived together is handed to the [`Handler`] at
//! once; what the handler answers is sent right after, before the next wait.
//!
//! * Datagrams come and go in batches of [`BATCH`]; a socket bound to a wildcard answers from the
//!   address the datagram was sent to, so [`Flow::local`] is always an address of this host.
//! * Streams are cut into messages by `sip_message::Framer`; keep-alives (RFC 5626 §3.5.1 CRLF,
//!   §3.5.2 STUN) are answered here and never reach the handler.
//! * Connections of balancers begin with a header that says whose they are (`proxy-protocol`),
//!   before anything else is made of them; see [`Handler::introduces`].
//! * TLS and the opening of a WebSocket lie between the kernel's octets and the framing; who takes
//!   long over them is closed, and gives way to others before that when there are many.
//! * Every queue and table has a bound, see [`Limits`]; what is refused is counted, see
//!   [`Figures`], and what could not be sent comes back through [`Handler::failed`].
//!
//! [`Flow::local`]: sip_message::flow::Flow

mod awaiting;
mod bind;
mod clock;
mod config;
mod connection;
mod datagrams;
mod event_loop;
mod favour;
mod figures;
mod files;
mod framing;
mod handler;
mod incident;
mod intake;
mod keepalive;
mod outbox;
mod precedence;
mod streams;
mod stun;
mod sys;
mod tls;
mod token;
mod upkeep;
mod urgency;
mod waker;
mod web_intake;
mod wire;

pub use bind::{BindError, Bound};
pub use clock::LoopClock;
pub use config::{Config, DatagramLimits, Limits, Listener, StreamLimits};
pub use event_loop::Net;
pub use favour::{FAVOURED_MAX, Favour};
pub use figures::{Figure, Figures};
pub use files::raise_file_limit;
pub use handler::{CloseReason, Failure, Handler, Received, Transmit};
pub use precedence::{
    CALLING_THREAD, answer_soon, calling_thread, come_first, give_way, work_in_batches,
};
pub use sys::BATCH;
pub use tls::{BadCredentials, ClientCertificates, Credentials, Identity, Keyring, Trust};
pub use waker::Waker;
