//! A message as it is sent.

use std::net::SocketAddr;

use hmac::Mac;

use super::transaction::Transaction;
use super::{
    COOKIE, Class, ERROR_CODE, FINGERPRINT, HEADER, MESSAGE_INTEGRITY, UNKNOWN_ATTRIBUTES,
    XOR_MAPPED_ADDRESS, crc, integrity, mapped,
};

/// Writes a message, attribute by attribute.
#[derive(Clone, Debug)]
pub struct Writer {
    transaction: Transaction,
    octets: Vec<u8>,
}

impl Writer {
    /// A message of the method Binding, without attributes as yet.
    #[must_use]
    pub fn new(class: Class, transaction: Transaction) -> Writer {
        let kind = super::BINDING | class.bits();
        let mut octets = Vec::with_capacity(128);
        octets.extend_from_slice(&kind.to_be_bytes());
        octets.extend_from_slice(&[0, 0]);
        octets.extend_from_slice(&COOKIE.to_be_bytes());
        octets.extend_from_slice(&transaction.0);
        Writer {
            transaction,
            octets,
        }
    }

    /// Adds an attribute. One that would make the message longer than its length can say, 65,535
    /// octets, is left away.
    #[must_use]
    pub fn with(mut self, kind: u16, value: &[u8]) -> Writer {
        let padded = value.len().next_multiple_of(4);
        let length = (self.octets.len() + 4 + padded).saturating_sub(HEADER);
        let lengths = (u16::try_from(value.len()), u16::try_from(length));
        let (Ok(of_value), Ok(of_all)) = lengths else {
            return self;
        };
        self.octets.extend_from_slice(&kind.to_be_bytes());
        self.octets.extend_from_slice(&of_value.to_be_bytes());
        self.octets.extend_from_slice(value);
        self.octets.resize(HEADER + length, 0);
        if let Some(place) = self.octets.get_mut(2..4) {
            place.copy_from_slice(&of_all.to_be_bytes());
        }
        self
    }

    /// Says where a request has come from.
    #[must_use]
    pub fn with_mapped(self, address: SocketAddr) -> Writer {
        let value = mapped::write(address, &self.transaction);
        self.with(XOR_MAPPED_ADDRESS, &value)
    }

    /// Says why a request is refused: a number from 300 to 699, and a word for people.
    #[must_use]
    pub fn with_error(self, code: u16, reason: &str) -> Writer {
        let class = u8::try_from(code / 100).unwrap_or_default();
        let number = u8::try_from(code % 100).unwrap_or_default();
        let value = [&[0, 0, class, number], reason.as_bytes()].concat();
        self.with(ERROR_CODE, &value)
    }

    /// Says what of a request was not understood.
    #[must_use]
    pub fn with_unknown(self, kinds: &[u16]) -> Writer {
        let value: Vec<u8> = kinds.iter().flat_map(|kind| kind.to_be_bytes()).collect();
        self.with(UNKNOWN_ATTRIBUTES, &value)
    }

    /// Proves all that was written so far by this password.
    #[must_use]
    pub fn with_integrity(self, password: &str) -> Writer {
        match integrity::digest(&self.octets, password) {
            Some(mac) => {
                let digest = mac.finalize().into_bytes();
                self.with(MESSAGE_INTEGRITY, &digest)
            }
            None => self,
        }
    }

    /// The message, closed by its sum.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        // the sum is of a header whose length counts the sum's attribute too
        let mut octets = self.with(FINGERPRINT, &[0; 4]).octets;
        let at = octets.len().saturating_sub(8);
        let sum = crc::sum(octets.get(..at).unwrap_or_default());
        if let Some(place) = octets.get_mut(at + 4..) {
            place.copy_from_slice(&sum.to_be_bytes());
        }
        octets
    }
}
