//! Who has answered a call that goes out, as far as it was listened for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who has answered at the other end of a trunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answerer {
    /// It is listened for, and nothing is known yet; or nothing was, when the call was over.
    Unknown,
    /// Somebody who says little and waits for an answer.
    Person,
    /// An answering machine, or a mailbox.
    Machine,
    /// A fax.
    Fax,
    /// Nobody has said anything.
    Silence,
}
