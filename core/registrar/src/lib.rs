//! Which device can be reached where: bindings (RFC 3261 §10), the flow each came on (RFC 5626 §5),
//! and the path back to it (RFC 3327).
//!
//! The registrar keeps no clock and no socket. Every look-up takes the scope of a tenant, and
//! bindings are kept under tenant and device, so what one company registers cannot be seen from
//! another. Each change comes out as bytes to be replicated ([`Output::Put`]); after a restart they
//! go back in ([`Registrar::restore`]).

mod binding;
mod gruu;
mod gruu_key;
mod limits;
mod push;
mod register;
mod registrant;
mod registrar;

pub use binding::{Binding, DamagedBinding};
pub use gruu_key::GruuKey;
pub use limits::Limits;
pub use push::{Push, push_of, without_prid};
pub use register::{Bound, ContactRequest, Outcome, Registration};
pub use registrant::Registrant;
pub use registrar::{Output, Registrar};

#[cfg(test)]
mod tests;
