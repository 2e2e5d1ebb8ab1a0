//! A quota that was met, as a member of a problem.

use domain::SetBy;
use ports::QuotaMet;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The limit that was met, in figures (an extension member of the problem, RFC 9457 section 3.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quota {
    /// What is counted, by the word for several of its kind: its name in `maximum` of a plan and
    /// in `limits` of a reseller.
    #[schema(example = "users")]
    pub what: String,
    /// How many there may be.
    pub limit: u32,
    /// Who sets the limit.
    pub set_by: SetBy,
    /// How many there are.
    pub in_use: u64,
    /// How many more the request wanted.
    pub wanted: u64,
}

impl From<QuotaMet> for Quota {
    fn from(met: QuotaMet) -> Quota {
        Quota {
            what: met.many().to_owned(),
            limit: met.limit.most,
            set_by: met.limit.set_by,
            in_use: met.in_use,
            wanted: met.wanted,
        }
    }
}
