//! From a master key to the keys of a session (RFC 3711 section 4.3).

use aes::{Aes128, Aes256};

use crate::MasterKey;
use crate::key_stream::{apply_key_stream, keyed};

/// The labels of the three keys of one protocol (RFC 3711 section 4.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Labels {
    pub(crate) encryption: u8,
    pub(crate) authentication: u8,
    pub(crate) salt: u8,
}

/// Of RTP.
pub(crate) const RTP: Labels = Labels {
    encryption: 0,
    authentication: 1,
    salt: 2,
};

/// Of RTCP.
pub(crate) const RTCP: Labels = Labels {
    encryption: 3,
    authentication: 4,
    salt: 5,
};

/// The place of the label in a master salt: seven octets of label and index, which is 0 here, lie
/// on its end (RFC 3711 section 4.3.1).
const AT: usize = 7;

/// Derives a key of as many octets as `octets` has. AES-128 makes them of a master key of 128 bits
/// (RFC 3711 section 4.3.3), AES-256 of one of 256 (RFC 6188 section 3). The shorter salts of
/// Galois/counter mode have zeros behind them (RFC 7714 section 11).
pub(crate) fn derive(master: &MasterKey, label: u8, octets: &mut [u8]) {
    let mut input = [0; 16];
    for (octet, salt) in input.iter_mut().zip(master.salt()) {
        *octet = *salt;
    }
    input[AT] ^= label;
    octets.fill(0);
    if master.suite().key_bytes() == 16 {
        apply_key_stream(&keyed::<Aes128>(master.key()), input, octets);
    } else {
        apply_key_stream(&keyed::<Aes256>(master.key()), input, octets);
    }
}

#[cfg(test)]
mod tests;
