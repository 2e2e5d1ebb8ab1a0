//! Who refers to what should be deleted, as a member of a problem.

use domain::Referrer;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::referrer::ReferrerView;

/// Users named in one problem.
const NAMED: usize = 20;

/// Who refers to what should be deleted (an extension member of the problem, RFC 9457 section 3.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InUse {
    /// The first 20.
    pub by: Vec<ReferrerView>,
    /// How many more there are; `GET …/used-by` lists those who refer, page after page.
    pub more: u64,
}

impl InUse {
    pub(crate) fn of(mut by: Vec<Referrer>, more: u64) -> InUse {
        let cut = by.len().saturating_sub(NAMED);
        by.truncate(NAMED);
        let cut = u64::try_from(cut).unwrap_or(u64::MAX);
        InUse {
            by: by.into_iter().map(ReferrerView::from).collect(),
            more: more.saturating_add(cut),
        }
    }
}
