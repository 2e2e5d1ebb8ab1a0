//! Proof that a SIP request comes from a device: the only way from a packet to a scope.

use std::net::IpAddr;

use ids::{DeviceId, TenantId};
use subtle::ConstantTimeEq;

/// Shortest digest response accepted as evidence, in bytes (MD5, RFC 2617: 128 bits).
pub(crate) const RESPONSE_MIN: usize = 16;

/// What the store says about one device, as far as admission needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceEntry {
    /// The tenant the device belongs to.
    pub tenant: TenantId,
    /// The device.
    pub device: DeviceId,
    /// Requests from this address are the device's without a digest.
    pub trusted_source: Option<IpAddr>,
    /// A disabled device is never admitted.
    pub enabled: bool,
}

/// How a device proved itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A digest response under the device's secret (RFC 7616, RFC 8760).
    Digest,
    /// The request's source address is the device's trusted one.
    Source,
}

/// A device that proved itself. Spent by `TenantScope::from_sip_admission`.
#[derive(Debug, PartialEq, Eq)]
pub struct AdmittedDevice {
    tenant: TenantId,
    device: DeviceId,
    proof: Proof,
}

impl AdmittedDevice {
    /// The tenant of the device.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The device.
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// How it proved itself.
    pub fn proof(&self) -> Proof {
        self.proof
    }
}

/// Admits a device whose received digest response equals the computed one.
///
/// The comparison takes the same time wherever they differ. Responses shorter than 16 bytes
/// (raw or hexadecimal) prove nothing and are refused.
pub fn verified_digest(
    entry: &DeviceEntry,
    computed: &[u8],
    received: &[u8],
) -> Option<AdmittedDevice> {
    let equal: bool = computed.ct_eq(received).into();
    (equal && computed.len() >= RESPONSE_MIN && entry.enabled).then_some(AdmittedDevice {
        tenant: entry.tenant,
        device: entry.device,
        proof: Proof::Digest,
    })
}

/// Admits a device by the source address of its packet, when its entry trusts that address.
pub fn trusted_source(entry: &DeviceEntry, source: IpAddr) -> Option<AdmittedDevice> {
    let trusted = entry
        .trusted_source
        .is_some_and(|t| t.to_canonical() == source.to_canonical());
    (trusted && entry.enabled).then_some(AdmittedDevice {
        tenant: entry.tenant,
        device: entry.device,
        proof: Proof::Source,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn entry() -> DeviceEntry {
        DeviceEntry {
            tenant: TenantId::new(1, 1),
            device: DeviceId::new(1, 2),
            trusted_source: Some("127.0.0.51".parse().unwrap()),
            enabled: true,
        }
    }

    #[test]
    fn equal_responses_admit_the_device_of_the_entry() {
        let admitted = verified_digest(&entry(), &[7; 16], &[7; 16]).unwrap();
        assert_eq!(admitted.device(), entry().device);
        assert_eq!(admitted.tenant(), entry().tenant);
        assert_eq!(admitted.proof(), Proof::Digest);
    }

    #[test]
    fn responses_that_differ_in_one_bit_admit_nobody() {
        let mut wrong = [7u8; 32];
        wrong[31] ^= 1;
        assert_eq!(verified_digest(&entry(), &[7; 32], &wrong), None);
    }

    #[test]
    fn two_empty_or_short_responses_are_equal_but_prove_nothing() {
        assert_eq!(verified_digest(&entry(), b"", b""), None);
        assert_eq!(verified_digest(&entry(), &[1; 15], &[1; 15]), None);
    }

    #[test]
    fn a_disabled_device_is_never_admitted() {
        let entry = DeviceEntry {
            enabled: false,
            ..entry()
        };
        assert_eq!(verified_digest(&entry, &[7; 16], &[7; 16]), None);
        assert_eq!(trusted_source(&entry, "127.0.0.51".parse().unwrap()), None);
    }

    #[test]
    fn a_trusted_source_is_known_in_its_mapped_form_too() {
        assert!(trusted_source(&entry(), "::ffff:127.0.0.51".parse().unwrap()).is_some());
        assert!(trusted_source(&entry(), "127.0.0.52".parse().unwrap()).is_none());
    }

    #[test]
    fn without_a_trusted_source_no_address_is_trusted() {
        let entry = DeviceEntry {
            trusted_source: None,
            ..entry()
        };
        assert_eq!(trusted_source(&entry, "127.0.0.51".parse().unwrap()), None);
    }
}
