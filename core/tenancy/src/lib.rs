//! Authority: who may act, for which tenant, and how much of it.
//!
//! Nothing in Strowger touches a tenant's data without a [`TenantScope`], and a scope comes from
//! one of four mints: a device's SIP admission, a called number, API authorisation, or the start
//! of a job. Every other
//! crate passes scopes on; none can make, widen or redirect one.

mod access;
mod admission;
mod below;
mod caps;
mod location;
mod owner;
mod scope;
mod token;
mod trunk_admission;

pub use access::{Actor, KeyLimits, Principal};
pub use admission::{AdmittedDevice, DeviceEntry, Proof, trusted_source, verified_digest};
pub use below::Below;
pub use caps::{CapOverrides, Caps, TokenBucket, Wait, Weight};
pub use location::{Identified, Located, Locator, UNRESOLVED_MAX, Unresolved};
pub use owner::{Account, NoOwner, Owner};
pub use scope::{AccountScope, Narrowing, PlatformScope, TenantScope};
pub use token::{TOKEN_PREFIX, TokenHash, TokenText};
pub use trunk_admission::{AdmittedCall, AdmittedTrunk, NumberEntry, TrunkProof, verified_gateway};
