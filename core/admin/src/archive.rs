//! A company as a whole: out into an archive, back again, elsewhere, or as a model for another.

mod arrival;
mod clone;
mod look;
mod out;
mod packer;
mod passphrase;
mod restore;
mod taken;
mod unsold;

use domain::Secret;
use serde::{Deserialize, Serialize};

pub use arrival::Wanted;
pub use clone::bring_clone;
pub use look::{Seen, look};
pub use out::take_out;
pub use packer::{NoPacker, Pack, Packer, Packing, Unpack};
pub use passphrase::{PASSPHRASE_MAX, PASSPHRASE_MIN, Passphrase};
pub use restore::restore;
pub use taken::{Counts, Extent, Line};

/// The format of a company's archive.
pub const ARCHIVE_FORMAT: u32 = 1;

/// What an archive says of itself, first of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Title {
    /// The format of what follows.
    pub format: u32,
    /// When it was made.
    pub made: machine::WallTime,
    /// The digest realm of the exchange that made it: devices' passwords hold in no other.
    pub realm: String,
    /// The company.
    pub tenant: ids::TenantId,
    /// Its domains then.
    pub domains: Vec<String>,
    /// Name of the plan it had, if any.
    #[serde(default)]
    pub plan: Option<String>,
}

/// A device that needs another password in its phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPassword {
    /// Its user name now.
    pub username: String,
    /// The generated password, to be shown now and never again.
    pub secret: Secret,
}

/// What coming in changed, in words and figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What came in.
    pub counts: Counts,
    /// The company, as it is here.
    pub tenant: ids::TenantId,
    /// Its first domain here.
    pub domain: String,
    /// Devices whose old password does not work here.
    pub passwords: Vec<NewPassword>,
    /// What else is not as it was, in sentences.
    pub notes: Vec<String>,
}
