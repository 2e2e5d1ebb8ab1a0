//! Which revision is put back.

use admin::read_object;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::call::Call;
use crate::problem::Problem;

/// The revision whose spec is put back.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rollback {
    /// A revision that the history still has.
    #[schema(minimum = 1)]
    pub(crate) revision: u64,
}

impl Rollback {
    /// Reads the body of a request.
    pub(crate) fn of(call: &Call) -> Result<Rollback, Problem> {
        Ok(read_object(&call.json()?)?)
    }
}
