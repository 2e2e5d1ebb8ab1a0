//! Session descriptions (RFC 8866) and the offer/answer model (RFC 3264) as pure functions.
//!
//! A [`Description`] keeps every line it was given, known or not, in order, so that a description
//! may pass through a back-to-back user agent and lose nothing but what [`anchor`] takes away.

// rfc: 8445 §5.1.1 not: candidates are not gathered; the one address that a leg has is told

mod anchor;
mod candidate;
mod codec;
mod crypto;
mod description;
mod direction;
mod dtls_srtp;
mod extended_reports;
mod fax;
mod fax_terminal;
mod fingerprint;
mod ice;
mod ice_credentials;
mod kind;
mod limit;
mod limits;
mod line;
mod line_up;
mod meet;
mod negotiate;
mod opus_parameters;
mod parse;
mod protection;
mod remote;
mod setup;
mod text;
mod video;
mod widen;

pub use anchor::{MediaAddress, OriginId, anchor};
pub use candidate::{Candidate, CandidateKind};
pub use codec::{Codec, codec_of_static_payload, parse_dtmf_payload};
pub use crypto::Crypto;
pub use description::{Description, Media};
pub use direction::Direction;
pub use dtls_srtp::{Bundled, DtlsSrtp, put_on_dtls, take_off_dtls};
pub use extended_reports::{ExtendedReports, ask_for_extended_reports};
pub use fax::{ErrorCorrection, Fax, RateManagement, fax_of};
pub use fax_terminal::FaxTerminal;
pub use fingerprint::{Fingerprint, FingerprintHash};
pub use ice::Ice;
pub use ice_credentials::IceCredentials;
pub use kind::Kind;
pub use limit::limit;
pub use limits::{MAX_BYTES, MAX_FORMATS, MAX_LINE_BYTES, MAX_LINES, MAX_MEDIA};
pub use line::{Address, Attribute, Connection, Line, Origin};
pub use line_up::{keep_places, line_up};
pub use meet::meet;
pub use negotiate::{Capabilities, Refusal, answer, match_answer, offer};
pub use opus_parameters::OpusParameters;
pub use parse::Problem;
pub use protection::{Protection, put_on, take_off};
pub use remote::{Remote, remote_of};
pub use setup::Setup;
pub use video::{MAX_VIDEO_FORMATS, close_video, limit_video, part_numbers, video_of};
pub use widen::{settle, widen};
