//! Who registers: a device, or the gateway at the other end of a trunk. Each has a registrar of
//! its own, so what one of them has bound can never be taken for the other's.

use ids::{DeviceId, TrunkId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::hash::Hash;

/// What bindings are kept under, within a tenant.
pub trait Registrant: Copy + Eq + Hash + Debug + Serialize + DeserializeOwned {}

impl Registrant for DeviceId {}
impl Registrant for TrunkId {}
