//! The list of all operations, one file per kind of thing.

mod audit;
mod below;
mod calls;
mod cdrs;
mod devices;
mod events;
mod extensions;
mod plans;
mod platform;
mod registrations;
mod resellers;
mod tenants;
mod tokens;
mod webhooks;
mod written;

use crate::operation::Operation;

/// All operations, in the order in which the OpenAPI text has them.
pub(crate) fn all() -> Vec<Operation> {
    [
        resellers::operations(),
        plans::operations(),
        tenants::operations(),
        extensions::operations(),
        devices::operations(),
        registrations::operations(),
        calls::operations(),
        cdrs::operations(),
        events::operations(),
        webhooks::operations(),
        audit::operations(),
        tokens::operations(),
        platform::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
