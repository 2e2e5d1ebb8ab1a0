//! The documents of event packages: what a NOTIFY says of dialogs (RFC 4235), presence (RFC 3863),
//! registrations (RFC 3680) and messages (RFC 3842), and of lists of them (RFC 4662); where
//! somebody is (RFC 4119); and what phones tell of how calls sounded (RFC 6035).
//!
//! Plain values in, text out; nothing here knows subscriptions, calls or tenants.

mod dialog_info;
mod message_summary;
mod package;
mod pidf;
mod pidf_lo;
mod published;
mod reg_info;
mod related;
mod rlmi;
mod voice_report;
mod xml;

pub use dialog_info::{DialogInfo, DialogLine, DialogState, Side};
pub use message_summary::MessageSummary;
pub use package::Package;
pub use pidf::{Activity, Presence};
pub use pidf_lo::Location;
pub use published::{NotPresence, Published};
pub use reg_info::{RegContact, RegInfo};
pub use related::{Part, related};
pub use rlmi::{Instance, ListInfo, RLMI, Resource};
pub use voice_report::{
    BadVoiceReport, VoiceBursts, VoiceDelays, VoiceMetrics, VoiceReport, VoiceReportKind, VoiceTags,
};
