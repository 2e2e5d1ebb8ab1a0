//! The key of what was begun and is not finished: ceremonies with passkeys, visits to another
//! sign-in server.
//!
//! Nothing is kept of something begun. What comes back proves by a keyed digest that it was begun
//! here, for this, and not long ago; so nobody can fill a memory by beginning and never finishing.

use std::fmt;

use crate::mac::mac;

/// The platform's key of unfinished things. `Debug` hides it.
#[derive(Clone)]
pub struct FlowKey([u8; 32]);

impl FlowKey {
    /// The key made of 256 random bits.
    pub fn new(bits: [u8; 32]) -> FlowKey {
        FlowKey(bits)
    }

    /// The digest of some parts for one use.
    pub(crate) fn mac(&self, label: &str, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.0, label, parts)
    }
}

impl fmt::Debug for FlowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FlowKey(…)")
    }
}
