//! Recording sessions (SIPREC): what a recording client (SRC) tells a recording server (SRS) of the
//! calls whose sound it sends there.
//!
//! [`Metadata`] is the document of RFC 7865: who talks in which session, and which stream of the
//! recording session is whose voice. It travels beside the session description (RFC 7866 §9.1).
//! What a peer writes is read with mistrust: no document types, no entities of its own, and nothing
//! beyond the bounds of [`limits`].

// rfc: 7866 §6.3 not: telephones are told by tone or words, and not in descriptions

mod body;
mod id;
pub mod limits;
mod metadata;
mod problem;
mod read;
mod state;
mod text;
mod write;
mod xml;

pub use body::{Said, described, said};
pub use id::Id;
pub use metadata::{Extent, Metadata, Participant, Session, Stream, Voice};
pub use problem::Problem;
pub use state::{Preference, RecordState};

/// The media type of [`Metadata`] (RFC 7865 §8, RFC 9806).
pub const METADATA: &str = "application/rs-metadata+xml";

/// The media type by which a server asks for all of it anew (RFC 7866 §9.2).
pub const METADATA_REQUEST: &str = "application/rs-metadata-request";

/// How a body with [`Metadata`] is to be taken (RFC 7866 §9.1).
pub const DISPOSITION: &str = "recording-session";

/// The option tag that a client requires of its server (RFC 7866 §11.1.1).
pub const SIPREC: &str = "siprec";

/// The option tag of a telephone that shows whether it is recorded (RFC 7866 §11.1.2).
pub const RECORD_AWARE: &str = "record-aware";

/// The parameter of a client's Contact (RFC 7866 §11.2.1).
pub const CLIENT: &str = "+sip.src";

/// The parameter of a server's Contact (RFC 7866 §11.2.2).
pub const SERVER: &str = "+sip.srs";
