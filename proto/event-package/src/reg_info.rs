//! `application/reginfo+xml` (RFC 3680 §5): where an address is registered.

use crate::xml::{DECLARATION, Text};
use std::fmt::{self, Display};

/// One contact of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegContact {
    /// Its name among the contacts of the address.
    pub id: String,
    /// Its URI.
    pub uri: String,
    /// Seconds left.
    pub expires: u64,
    /// Preference, 0 to 1000.
    pub q: u16,
}

/// One document, always with the whole state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegInfo {
    /// The address of record.
    pub aor: String,
    /// Counts up from document to document of one subscription.
    pub version: u32,
    /// Its contacts.
    pub contacts: Vec<RegContact>,
}

impl Display for RegInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.contacts.is_empty() {
            "terminated"
        } else {
            "active"
        };
        writeln!(
            f,
            "{DECLARATION}<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"{}\" \
             state=\"full\">\n<registration aor=\"{}\" id=\"aor\" state=\"{state}\">",
            self.version,
            Text(&self.aor)
        )?;
        for contact in &self.contacts {
            let RegContact {
                id,
                uri,
                expires,
                q,
            } = contact;
            writeln!(
                f,
                "<contact id=\"{}\" state=\"active\" event=\"registered\" expires=\"{expires}\" \
                 q=\"{}.{:03}\"><uri>{}</uri></contact>",
                Text(id),
                q / 1000,
                q % 1000,
                Text(uri)
            )?;
        }
        f.write_str("</registration>\n</reginfo>\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registered_address_lists_its_contacts() {
        let info = RegInfo {
            aor: "sip:101@example.com".into(),
            version: 1,
            contacts: vec![RegContact {
                id: "bnd_1".into(),
                uri: "sip:101@192.0.2.9:5060;ob".into(),
                expires: 60,
                q: 500,
            }],
        };
        let text = info.to_string();
        assert!(text.contains("id=\"aor\" state=\"active\""));
        assert!(text.contains("expires=\"60\" q=\"0.500\""), "{text}");
        assert!(text.contains("<uri>sip:101@192.0.2.9:5060;ob</uri>"));
    }

    #[test]
    fn an_address_without_contacts_is_terminated() {
        let info = RegInfo {
            aor: "sip:101@example.com".into(),
            version: 0,
            contacts: Vec::new(),
        };
        assert!(info.to_string().contains("state=\"terminated\""));
    }
}
