//! A message as it was received.

use std::net::SocketAddr;

use hmac::Mac;

use super::attribute::{is_understood, must_be_understood};
use super::integrity::{self, DIGEST};
use super::transaction::Transaction;
use super::{
    COOKIE, FINGERPRINT, HEADER, MESSAGE_INTEGRITY, USERNAME, XOR_MAPPED_ADDRESS, crc, mapped,
};

/// Octets of the longest message that is read; those of ICE have about 120.
pub const MAX_MESSAGE: usize = 1_500;

/// Attributes of a message that is read.
pub const MAX_ATTRIBUTES: usize = 32;

/// The only method of ICE (RFC 8489 section 18.2).
pub const BINDING: u16 = 1;

/// What kind of message it is (RFC 8489 section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// It wants an answer.
    Request,
    /// It wants none.
    Indication,
    /// An answer.
    Success,
    /// A refusal.
    Error,
}

impl Class {
    /// The two bits of it within a message's type.
    pub(super) const fn bits(self) -> u16 {
        match self {
            Class::Request => 0,
            Class::Indication => 0x010,
            Class::Success => 0x100,
            Class::Error => 0x110,
        }
    }

    const ALL: [Class; 4] = [Self::Request, Self::Indication, Self::Success, Self::Error];
}

/// A message whose form is right; what it says nobody has proved.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// What kind it is.
    pub class: Class,
    /// Its method, [`BINDING`] in ICE.
    pub method: u16,
    /// Which request it is or belongs to.
    pub transaction: Transaction,
    octets: &'a [u8],
}

impl<'a> Message<'a> {
    /// Reads a message; none of what is no whole message, longer than [`MAX_MESSAGE`], or has more
    /// than [`MAX_ATTRIBUTES`].
    #[must_use]
    pub fn read(octets: &'a [u8]) -> Option<Message<'a>> {
        let (header, body) = octets.split_first_chunk::<HEADER>()?;
        let (&[k, i, l, e, c, o, o2, k2], transaction) = header.split_first_chunk()?;
        let kind = u16::from_be_bytes([k, i]);
        let length = usize::from(u16::from_be_bytes([l, e]));
        let cookie = u32::from_be_bytes([c, o, o2, k2]);
        let whole = octets.len() <= MAX_MESSAGE && length == body.len() && length % 4 == 0;
        if kind >> 14 != 0 || cookie != COOKIE || !whole {
            return None;
        }
        let class = Class::ALL.into_iter().find(|c| c.bits() == kind & 0x110)?;
        let method = kind & 0x000f | (kind & 0x00e0) >> 1 | (kind & 0x3e00) >> 2;
        let transaction = Transaction(*transaction.first_chunk()?);
        let message = Message {
            class,
            method,
            transaction,
            octets,
        };
        message.is_well_formed().then_some(message)
    }

    /// The user name of whom this request asks: what stands before the colon.
    #[must_use]
    pub fn asked(&self) -> Option<&'a str> {
        let name = std::str::from_utf8(self.value(USERNAME)?).ok()?;
        name.split_once(':').map(|(asked, _)| asked)
    }

    /// The value of the first attribute of this kind that is proved with the message; those behind
    /// MESSAGE-INTEGRITY are not looked at (RFC 8489 section 14.5).
    #[must_use]
    pub fn value(&self, kind: u16) -> Option<&'a [u8]> {
        let mut proved = self.proved();
        proved.find_map(|a| (a.kind == kind).then_some(a.value))
    }

    /// Whether it says how it is proved.
    #[must_use]
    pub fn has_integrity(&self) -> bool {
        self.attributes().any(|a| a.kind == MESSAGE_INTEGRITY)
    }

    /// Whether it was written by somebody who knows this password (RFC 8489 section 9.1.3).
    #[must_use]
    pub fn is_proved_by(&self, password: &str) -> bool {
        let Some(proof) = self.attributes().find(|a| a.kind == MESSAGE_INTEGRITY) else {
            return false;
        };
        let before = self.octets.get(..proof.at).unwrap_or_default();
        let mac = integrity::digest(before, password);
        // compared in constant time
        proof.value.len() == DIGEST && mac.is_some_and(|m| m.verify_slice(proof.value).is_ok())
    }

    /// Whether its last attribute is the sum of what stands before (RFC 8489 section 14.7).
    #[must_use]
    pub fn has_fingerprint(&self) -> bool {
        let Some(last) = self.attributes().last() else {
            return false;
        };
        let before = self.octets.get(..last.at).unwrap_or_default();
        last.kind == FINGERPRINT && last.value == crc::sum(before).to_be_bytes()
    }

    /// The kinds of attributes that must be understood in a request, and are not here.
    #[must_use]
    pub fn unknown(&self) -> Vec<u16> {
        let kinds = self.proved().map(|a| a.kind);
        kinds
            .filter(|kind| must_be_understood(*kind) && !is_understood(*kind))
            .collect()
    }

    /// Where the request had come from, in an answer.
    #[must_use]
    pub fn mapped(&self) -> Option<SocketAddr> {
        mapped::read(self.value(XOR_MAPPED_ADDRESS)?, &self.transaction)
    }

    /// The number of a refusal (RFC 8489 section 14.8).
    #[must_use]
    pub fn error(&self) -> Option<u16> {
        let (&[_, _, class, number], _) = self.value(super::ERROR_CODE)?.split_first_chunk()?;
        Some(u16::from(class & 7) * 100 + u16::from(number))
    }

    fn proved(&self) -> impl Iterator<Item = Attribute<'a>> {
        self.attributes()
            .take_while(|a| a.kind != MESSAGE_INTEGRITY)
    }

    fn attributes(&self) -> Attributes<'a> {
        Attributes {
            octets: self.octets,
            at: HEADER,
        }
    }

    fn is_well_formed(&self) -> bool {
        let mut attributes = self.attributes();
        attributes.by_ref().take(MAX_ATTRIBUTES).for_each(drop);
        attributes.at == self.octets.len()
    }
}

/// One attribute, and where its header begins.
#[derive(Clone, Copy, Debug)]
struct Attribute<'a> {
    kind: u16,
    value: &'a [u8],
    at: usize,
}

/// The attributes, up to the first that is not whole.
#[derive(Clone, Debug)]
struct Attributes<'a> {
    octets: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Attribute<'a>> {
        let at = self.at;
        let (&[k, i, l, e], rest) = self.octets.get(at..)?.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes([l, e]));
        let padded = length.next_multiple_of(4);
        if padded > rest.len() {
            return None;
        }
        self.at = at + 4 + padded;
        Some(Attribute {
            kind: u16::from_be_bytes([k, i]),
            value: rest.get(..length)?,
            at,
        })
    }
}
