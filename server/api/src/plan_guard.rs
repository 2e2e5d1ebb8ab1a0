//! The one place where what an operation belongs to is held against the company's plan.

use admin::access::Entered;
use domain::Feature;
use ports::StoreError;

use crate::call::Call;
use crate::operation::Operation;
use crate::problem::Problem;

/// Lets a call pass that works on a company whose plan includes what the operation belongs to.
///
/// # Errors
/// 403 naming the feature; what the caller may not see is not found.
pub(crate) async fn check(operation: &Operation, call: &Call) -> Result<(), Problem> {
    let Some(feature) = operation.part_of else {
        return Ok(());
    };
    let entered = call.oversee(&call.reference("tenant")).await?;
    included(&entered, feature)
}

/// The refusal for want of a feature.
///
/// # Errors
/// 403 naming the feature when the company's plan has it not.
pub(crate) fn included(entered: &Entered, feature: Feature) -> Result<(), Problem> {
    if entered.includes(feature) {
        return Ok(());
    }
    Err(StoreError::NotInPlan(feature).into())
}
