//! A call is begun under the scope of the tenant it belongs to; an id does not suffice.

use call::{Call, Incoming, LegId, Output};
use ids::TenantId;
use machine::Instant;

fn begin(tenant: TenantId, incoming: Incoming, out: &mut Vec<Output>) -> (Call, LegId) {
    Call::incoming(tenant, incoming, Instant::ZERO, out)
}

fn main() {}
