//! Authority: who may act, for which tenant, and how much of it.
//!
//! Nothing in Strowger touches a tenant's data without a [`TenantScope`], and a scope comes from
//! one of three mints: SIP admission, API authorisation, or the start of a job. Every other
//! crate passes scopes on; none can make, widen or redirect one.

mod access;
mod admission;
mod caps;
mod location;
mod scope;
mod token;

pub use access::{Actor, Principal, Role};
pub use admission::{AdmittedDevice, DeviceEntry, Proof, trusted_source, verified_digest};
pub use caps::{Caps, TokenBucket, Wait, Weight};
pub use location::{Identified, Located, Locator, UNRESOLVED_MAX, Unresolved};
pub use scope::{Narrowing, PlatformScope, TenantScope};
pub use token::{TOKEN_PREFIX, TokenHash, TokenText};
