//! A device is admitted by a proof, not by whoever says so.

use ids::{DeviceId, TenantId};
use tenancy::{AdmittedDevice, Proof};

fn main() {
    let _admitted = AdmittedDevice {
        tenant: TenantId::new(1, 1),
        device: DeviceId::new(1, 2),
        proof: Proof::Digest,
    };
}
