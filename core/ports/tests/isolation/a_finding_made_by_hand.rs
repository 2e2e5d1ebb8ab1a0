//! Only a look-up says that something was found.

use domain::Device;
use ids::{DeviceId, TenantId};
use tenancy::Located;

fn main() {
    let _located = Located::<Device> {
        tenant: TenantId::new(1, 1),
        id: DeviceId::new(1, 2),
    };
}
