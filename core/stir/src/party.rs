//! Who calls, and who is called, as a PASSporT says it (RFC 8225 §5.2.1).

use std::fmt;

use crate::Number;

/// Who calls, or by whom a call was diverted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Party {
    /// A telephone number.
    Tn(Number),
    /// Any other address.
    Uri(String),
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Party::Tn(number) => number.fmt(f),
            Party::Uri(uri) => f.write_str(uri),
        }
    }
}

/// Who is called; never nobody.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Destination {
    /// Telephone numbers.
    pub tn: Vec<Number>,
    /// Other addresses.
    pub uri: Vec<String>,
}

impl Destination {
    /// One party.
    #[must_use]
    pub fn one(party: Party) -> Destination {
        let (mut tn, mut uri) = (Vec::new(), Vec::new());
        match party {
            Party::Tn(number) => tn.push(number),
            Party::Uri(address) => uri.push(address),
        }
        Destination { tn, uri }
    }

    /// Whether it names a party.
    #[must_use]
    pub fn names(&self, party: &Party) -> bool {
        match party {
            Party::Tn(number) => self.tn.contains(number),
            Party::Uri(uri) => self.uri.contains(uri),
        }
    }
}
