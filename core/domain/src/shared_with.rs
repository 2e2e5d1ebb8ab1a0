//! Which companies the operator or a reseller lets use something of theirs.

use ids::TenantId;
use tenancy::Owner;

use crate::invalid::{Invalid, rule};

/// Companies that one trunk or key is shared with, at most.
pub const SHARED_MAX: usize = 1_000;

/// # Errors
/// There are more than [`SHARED_MAX`].
pub(crate) fn validate(companies: &[TenantId]) -> Result<(), Invalid> {
    let few = companies.len() <= SHARED_MAX;
    rule(few, "/shared_with", "must name at most 1000 companies")
}

/// # Errors
/// `refusal`, where a company would share what it has.
pub(crate) fn validate_for(
    owner: Owner,
    companies: &[TenantId],
    refusal: &'static str,
) -> Result<(), Invalid> {
    let alone = owner.tenant().is_none() || companies.is_empty();
    rule(alone, "/shared_with", refusal)
}
