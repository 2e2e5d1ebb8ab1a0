//! RTP and RTCP that nobody on the way can read or change (SRTP, RFC 3711): packets are protected
//! and unprotected in place, with keys that others have agreed on.
//!
//! Nothing here allocates once it is constructed.

mod key;
mod suite;

pub use key::MasterKey;
pub use suite::Suite;
