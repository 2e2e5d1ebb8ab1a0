//! Operations on plans.

use domain::Plan;

use super::below::{self, Shown, Words};
use crate::operation::Operation;
use crate::view::plan::{PlanSpec, PlanView};

impl Shown for Plan {
    type View = PlanView;
    type Spec = PlanSpec;
    const WORDS: Words = Words {
        segment: "plan",
        tag: "Plans",
        paths: [
            "/api/v1/plans",
            "/api/v1/plans/{plan}",
            "/api/v1/plans/{plan}/history",
            "/api/v1/plans/{plan}/rollback",
        ],
        names: [
            "listPlans",
            "createPlan",
            "getPlan",
            "replacePlan",
            "changePlan",
            "deletePlan",
            "getPlanHistory",
            "rollBackPlan",
        ],
        headings: [
            "List plans",
            "Create a plan",
            "Show a plan",
            "Replace a plan",
            "Change a plan",
            "Delete a plan",
            "Show the revisions of a plan",
            "Roll a plan back",
        ],
        filter: "Only plans whose name contains this text.",
        deleting: "Tenants that have it must be given another before.",
    };
}

pub(super) fn operations() -> Vec<Operation> {
    below::operations::<Plan>()
}
