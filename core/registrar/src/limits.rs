//! Bounds of registration, each with its name and its default.

use std::time::Duration;

/// What one device and one request may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bindings a device may hold. Default 10; one more takes the place of the one that was
    /// longest not refreshed, which a phone that comes back from a new port has left behind. A
    /// request that asks for more than this is refused with 403.
    pub bindings_per_device: usize,
    /// Most flows of one phone (RFC 5626): bindings of a device with the same `+sip.instance`.
    /// Default 4; one more takes the place of the one that was longest not refreshed.
    pub flows_per_instance: usize,
    /// Most contacts one request may name. Default 10; more are refused with 400.
    pub contacts_per_request: usize,
    /// Longest text of a contact, of an instance or of one path element. Default 512 bytes.
    pub contact_bytes: usize,
    /// Most elements of a path. Default 4.
    pub path_elements: usize,
    /// Shortest expiry granted; less is refused with 423 (RFC 3261 §10.3). Default 60 s.
    pub expires_min: Duration,
    /// Longest expiry granted; more is cut. Default 7,200 s.
    pub expires_max: Duration,
    /// Granted to those who ask for none. Default 3,600 s.
    pub expires_default: Duration,
    /// Most bindings in all. Default 1,000,000; past it new devices are told 503.
    pub bindings: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            bindings_per_device: 10,
            flows_per_instance: 4,
            contacts_per_request: 10,
            contact_bytes: 512,
            path_elements: 4,
            expires_min: Duration::from_secs(60),
            expires_max: Duration::from_secs(7200),
            expires_default: Duration::from_secs(3600),
            bindings: 1_000_000,
        }
    }
}
