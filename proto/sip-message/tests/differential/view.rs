//! What a parser says of a message, in words that can be compared.

use std::net::IpAddr;

use crate::known::Parser;
use crate::{ezk, rsipstack};

/// A part of a message that all parsers are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Method,
    Uri,
    Branch,
    FromTag,
    ToTag,
    FromUri,
    ToUri,
    CallId,
    CSeq,
    Contact,
    Body,
}

impl Field {
    pub const ALL: [Field; 11] = [
        Field::Method,
        Field::Uri,
        Field::Branch,
        Field::FromTag,
        Field::ToTag,
        Field::FromUri,
        Field::ToUri,
        Field::CallId,
        Field::CSeq,
        Field::Contact,
        Field::Body,
    ];
}

/// The parts of a message; none where a parser does not read the part. What is absent from the
/// message is the empty text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    pub method: Option<String>,
    pub uri: Option<String>,
    pub branch: Option<String>,
    pub from_tag: Option<String>,
    pub to_tag: Option<String>,
    pub from_uri: Option<String>,
    pub to_uri: Option<String>,
    pub call_id: Option<String>,
    pub cseq: Option<String>,
    pub contact: Option<String>,
    pub body: Option<String>,
}

impl View {
    pub fn field(&self, field: Field) -> Option<&str> {
        let value = match field {
            Field::Method => &self.method,
            Field::Uri => &self.uri,
            Field::Branch => &self.branch,
            Field::FromTag => &self.from_tag,
            Field::ToTag => &self.to_tag,
            Field::FromUri => &self.from_uri,
            Field::ToUri => &self.to_uri,
            Field::CallId => &self.call_id,
            Field::CSeq => &self.cseq,
            Field::Contact => &self.contact,
            Field::Body => &self.body,
        };
        value.as_deref()
    }

    /// Whether every part was read.
    pub fn is_whole(&self) -> bool {
        Field::ALL
            .into_iter()
            .all(|field| self.field(field).is_some())
    }

    /// The parts this parser read, and otherwise than `other` did.
    pub fn differences_from(&self, other: &View) -> Vec<Field> {
        Field::ALL
            .into_iter()
            .filter(|field| self.field(*field).is_some())
            .filter(|field| self.field(*field) != other.field(*field))
            .collect()
    }
}

/// A URI as `scheme:user@host:port`; user decoded, host without case, parts that are absent empty.
pub fn uri(scheme: &str, user: &str, host: &str, port: Option<u16>) -> String {
    let port = port.map(|port| port.to_string()).unwrap_or_default();
    let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    format!("{scheme}:{user}@{host}:{port}")
}

/// An address as the views spell it.
pub fn address(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// A body as the views spell it: bytes are shown by their escapes.
pub fn body(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

/// What each foreign parser says that takes the message at all.
pub fn foreign(bytes: &[u8]) -> Vec<(Parser, View)> {
    let ezk = ezk::read(bytes).map(|view| (Parser::Ezk, view));
    let rsipstack = rsipstack::read(bytes).map(|view| (Parser::Rsipstack, view));
    ezk.into_iter().chain(rsipstack).collect()
}
