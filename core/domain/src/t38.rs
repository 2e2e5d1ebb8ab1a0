//! Whether faxes go as data on their way to a telephone or a carrier.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether a call may go over from sound to fax as data (ITU-T T.38).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum T38 {
    /// It may, where its sound is not protected.
    #[default]
    Allow,
    /// It may not: what is offered is refused with 488, nothing is offered, and faxes go by sound.
    Refuse,
}
