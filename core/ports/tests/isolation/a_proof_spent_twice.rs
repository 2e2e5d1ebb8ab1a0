//! One proof is one admission.

use tenancy::{AdmittedDevice, TenantScope};

fn admit(proof: AdmittedDevice) -> (TenantScope, TenantScope) {
    let first = TenantScope::from_sip_admission(proof);
    (first, TenantScope::from_sip_admission(proof))
}

fn main() {}
