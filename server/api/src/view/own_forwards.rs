//! The view of where calls of one's own extension go on to.

use domain::{Extension, Forwards};
use serde::Serialize;
use utoipa::ToSchema;

/// Where calls of one's own extension go on to.
#[derive(Serialize, ToSchema)]
#[schema(as = OwnForwards)]
pub(crate) struct OwnForwardsView {
    /// The extension's number.
    #[schema(example = "101")]
    extension: String,
    /// Where its calls go on to.
    forwards: Forwards,
}

impl From<Extension> for OwnForwardsView {
    fn from(extension: Extension) -> Self {
        OwnForwardsView {
            extension: extension.number,
            forwards: extension.forwards,
        }
    }
}
