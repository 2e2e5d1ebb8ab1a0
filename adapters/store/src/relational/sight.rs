//! What the work of one moment may see and touch in the tables.

use std::fmt;

use ids::TenantId;

/// How far a database with row security looks. The texts of SQL name their tenant anyway: this is
/// the second wall, which holds when a text forgets to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Sight {
    /// One tenant's rows.
    Tenant(TenantId),
    /// All rows: for the platform's own work and the running exchange.
    Everything,
}

impl fmt::Display for Sight {
    /// The text that policies compare. No sight at all is the empty text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sight::Tenant(tenant) => write!(f, "={tenant}"),
            Sight::Everything => f.write_str("*"),
        }
    }
}
