//! Operations on resellers.

use domain::Reseller;

use super::below::{self, Shown, Words};
use crate::operation::Operation;
use crate::view::reseller::{ResellerSpec, ResellerView};

impl Shown for Reseller {
    type View = ResellerView;
    type Spec = ResellerSpec;
    const WORDS: Words = Words {
        segment: "reseller",
        tag: "Resellers",
        paths: [
            "/api/v1/resellers",
            "/api/v1/resellers/{reseller}",
            "/api/v1/resellers/{reseller}/history",
            "/api/v1/resellers/{reseller}/rollback",
        ],
        names: [
            "listResellers",
            "createReseller",
            "getReseller",
            "replaceReseller",
            "changeReseller",
            "deleteReseller",
            "getResellerHistory",
            "rollBackReseller",
        ],
        headings: [
            "List resellers",
            "Create a reseller",
            "Show a reseller",
            "Replace a reseller",
            "Change a reseller",
            "Delete a reseller",
            "Show the revisions of a reseller",
            "Roll a reseller back",
        ],
        filter: "Only resellers whose name contains this text.",
        deleting: "Its plans, and the resellers and tenants below it, must be deleted or moved \
                   before. Its keys open nothing any more.",
    };
}

pub(super) fn operations() -> Vec<Operation> {
    below::operations::<Reseller>()
}
