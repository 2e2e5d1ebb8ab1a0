//! The lines a description is made of (RFC 8866 section 5).

use std::fmt;
use std::net::IpAddr;

/// An address as `c=` and `o=` write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A literal address.
    Ip(IpAddr),
    /// A host name, or an address of a network type that is not ours; kept as text.
    Name {
        /// `IN` for the Internet.
        network: String,
        /// `IP4` or `IP6`.
        family: String,
        /// The name.
        host: String,
    },
}

impl Address {
    /// The literal address, when it is one.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Ip(ip) => Some(*ip),
            Self::Name { .. } => None,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(IpAddr::V4(ip)) => write!(f, "IN IP4 {ip}"),
            Self::Ip(IpAddr::V6(ip)) => write!(f, "IN IP6 {ip}"),
            Self::Name {
                network,
                family,
                host,
            } => write!(f, "{network} {family} {host}"),
        }
    }
}

/// The `o=` line (RFC 8866 section 5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// User name, `-` for none.
    pub user: String,
    /// Identifier of the description; digits, of any length.
    pub id: String,
    /// Version; digits, of any length, higher by one with each change (RFC 3264 section 8).
    pub version: String,
    /// Where it was made.
    pub address: Address,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {} {}",
            self.user, self.id, self.version, self.address
        )
    }
}

/// A `c=` line (RFC 8866 section 5.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Where packets are wanted.
    pub address: Address,
    /// What follows the first `/` of a multicast address (time to live, count), without it.
    pub multicast: Option<String>,
}

impl Connection {
    /// A unicast connection to this address.
    #[must_use]
    pub fn to(ip: IpAddr) -> Self {
        Self {
            address: Address::Ip(ip),
            multicast: None,
        }
    }

    /// Is this the unspecified address, the old way to put on hold (RFC 3264 section 8.4)?
    #[must_use]
    pub fn is_unspecified(&self) -> bool {
        self.address.ip().is_some_and(|ip| ip.is_unspecified())
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.address)?;
        match &self.multicast {
            Some(rest) => write!(f, "/{rest}"),
            None => Ok(()),
        }
    }
}

/// An `a=` line (RFC 8866 section 5.13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Name, as written; names are case-sensitive.
    pub name: String,
    /// What follows the colon, when there is one.
    pub value: Option<String>,
}

impl Attribute {
    /// A property attribute, `a=name`.
    #[must_use]
    pub fn flag(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: None,
        }
    }

    /// A value attribute, `a=name:value`.
    #[must_use]
    pub fn with(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: Some(value.into()),
        }
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{}:{value}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// One line other than `v=` and `m=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// `o=`
    Origin(Origin),
    /// `s=`
    Name(String),
    /// `c=`
    Connection(Connection),
    /// `t=`: start and end, kept as text.
    Time(String),
    /// `b=`: type and value, kept as text.
    Bandwidth(String),
    /// `a=`
    Attribute(Attribute),
    /// Every other line, known to the standard or not.
    Other {
        /// The letter before `=`.
        letter: char,
        /// The text after it.
        value: String,
    },
}

impl Line {
    /// The letter before `=`.
    #[must_use]
    pub fn letter(&self) -> char {
        match self {
            Self::Origin(_) => 'o',
            Self::Name(_) => 's',
            Self::Connection(_) => 'c',
            Self::Time(_) => 't',
            Self::Bandwidth(_) => 'b',
            Self::Attribute(_) => 'a',
            Self::Other { letter, .. } => *letter,
        }
    }

    /// Place of the line among its section's lines (RFC 8866 section 5); `None` for letters the
    /// standard does not know, which stay behind the line they followed.
    pub(crate) fn rank(letter: char) -> Option<u8> {
        let rank = match letter {
            'v' => 0,
            'o' => 1,
            's' => 2,
            'i' => 3,
            'u' => 4,
            'e' => 5,
            'p' => 6,
            'c' => 7,
            'b' => 8,
            't' | 'r' | 'z' => 9,
            'k' => 10,
            'a' => 11,
            _ => return None,
        };
        Some(rank)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=", self.letter())?;
        match self {
            Self::Origin(origin) => write!(f, "{origin}"),
            Self::Connection(connection) => write!(f, "{connection}"),
            Self::Attribute(attribute) => write!(f, "{attribute}"),
            Self::Name(text) | Self::Time(text) | Self::Bandwidth(text) => f.write_str(text),
            Self::Other { value, .. } => f.write_str(value),
        }
    }
}
