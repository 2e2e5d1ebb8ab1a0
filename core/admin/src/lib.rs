//! Provisioning use cases, one file per resource, over the ports alone.
//!
//! Everything an API, a command line or a portal does goes through here, so all of them obey
//! the same rules and leave the same audit trail. An [`Office`] is where the use cases work;
//! scopes say for whom.

pub mod access;
pub mod alarms;
pub mod apply;
pub mod archive;
pub mod bans;
pub mod calls;
pub mod certificates;
pub mod containments;
pub mod demo;
mod desk;
pub mod documents;
mod draft;
pub mod emergency_report;
pub mod erasure;
pub mod events;
pub mod explain;
pub mod fax_sending;
pub mod faxes;
mod holds;
pub mod key_uses;
pub mod keys;
pub mod ladders;
pub mod lines;
pub mod live;
pub mod music;
mod office;
pub mod own_forwards;
mod patch;
pub mod people;
pub mod persons;
pub mod quality;
mod reach;
pub mod recordings;
mod reference;
pub mod replay;
mod resource;
pub mod retention;
mod rights;
mod secrets;
pub mod sheet;
pub mod signon;
pub mod sounds;
mod spec;
pub mod support;
pub mod tenants;
pub mod tokens;
pub mod usage;
mod waiting_uses;
pub mod webhooks;

pub use office::{DEFAULT_REALM, Office, REALM_SETTING};
pub use patch::merge_patch;
pub use reach::Reach;
pub use resource::Resources;
pub use spec::{parse_spec, read_object};
