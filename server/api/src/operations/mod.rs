//! The list of all operations, one file per kind of thing.

mod audit;
mod calls;
mod cdrs;
mod devices;
mod events;
mod extensions;
mod platform;
mod registrations;
mod tenants;
mod tokens;
mod written;

use crate::operation::Operation;

/// All operations, in the order in which the OpenAPI text has them.
pub(crate) fn all() -> Vec<Operation> {
    [
        tenants::operations(),
        extensions::operations(),
        devices::operations(),
        registrations::operations(),
        calls::operations(),
        cdrs::operations(),
        events::operations(),
        audit::operations(),
        tokens::operations(),
        platform::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
