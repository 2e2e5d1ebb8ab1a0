//! `application/rlmi+xml` (RFC 4662 §5): which resources of a list a NOTIFY tells of, and in which
//! of its parts.

use crate::xml::{DECLARATION, Text};
use std::fmt::{self, Display};

/// Its media type.
pub const RLMI: &str = "application/rlmi+xml";

/// How it stands with the virtual subscription to a resource (RFC 4662 §5.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instance {
    /// It lasts, and what there is to see is in the part with this Content-ID.
    Active {
        /// Its name among the instances of the resource.
        id: String,
        /// Content-ID of its part, without angle brackets.
        cid: String,
    },
    /// There is no such resource, or none any more.
    Gone {
        /// Its name among the instances of the resource.
        id: String,
    },
}

/// One resource of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its URI.
    pub uri: String,
    /// Its name, for people; may be empty.
    pub name: String,
    /// Nothing where it is told later how it stands.
    pub instance: Option<Instance>,
}

/// One document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListInfo {
    /// URI of the list.
    pub uri: String,
    /// Counts up by one from document to document of one subscription.
    pub version: u32,
    /// Whether the list has these resources and no others; if not, these are the ones of which
    /// there is news.
    pub full: bool,
    /// The resources.
    pub resources: Vec<Resource>,
}

impl Display for ListInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{DECLARATION}<list xmlns=\"urn:ietf:params:xml:ns:rlmi\" uri=\"{}\" version=\"{}\" \
             fullState=\"{}\">",
            Text(&self.uri),
            self.version,
            self.full
        )?;
        for resource in &self.resources {
            write!(f, "{resource}")?;
        }
        f.write_str("</list>\n")
    }
}

impl Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<resource uri=\"{}\">", Text(&self.uri))?;
        if !self.name.is_empty() {
            write!(f, "<name>{}</name>", Text(&self.name))?;
        }
        match &self.instance {
            Some(Instance::Active { id, cid }) => {
                let (id, cid) = (Text(id), Text(cid));
                write!(f, "<instance id=\"{id}\" state=\"active\" cid=\"{cid}\"/>")?;
            }
            Some(Instance::Gone { id }) => {
                let id = Text(id);
                write!(
                    f,
                    "<instance id=\"{id}\" state=\"terminated\" reason=\"noresource\"/>"
                )?;
            }
            None => {}
        }
        f.write_str("</resource>\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(user: &str, name: &str, instance: Option<Instance>) -> Resource {
        Resource {
            uri: format!("sip:{user}@example.com"),
            name: name.into(),
            instance,
        }
    }

    // rfc: 4662 §5.3
    // rfc: 4662 §5.2
    // rfc: 4662 §5.5
    #[test]
    fn a_list_names_its_resources_and_where_each_is_told_of() {
        let active = Instance::Active {
            id: "i1".into(),
            cid: "1.2@example.com".into(),
        };
        let gone = Instance::Gone { id: "i2".into() };
        let list = ListInfo {
            uri: "sip:blf_101@example.com".into(),
            version: 4,
            full: true,
            resources: vec![
                resource("102", "Anna <&>", Some(active)),
                resource("103", "", Some(gone)),
                resource("104", "", None),
            ],
        };
        let text = list.to_string();
        let expected = [
            "uri=\"sip:blf_101@example.com\" version=\"4\" fullState=\"true\">",
            "<resource uri=\"sip:102@example.com\"><name>Anna &lt;&amp;&gt;</name>\
             <instance id=\"i1\" state=\"active\" cid=\"1.2@example.com\"/></resource>",
            "<resource uri=\"sip:103@example.com\">\
             <instance id=\"i2\" state=\"terminated\" reason=\"noresource\"/></resource>",
            "<resource uri=\"sip:104@example.com\"></resource>\n</list>\n",
        ];
        for piece in expected {
            assert!(text.contains(piece), "{piece}\n{text}");
        }
    }

    #[test]
    fn news_of_some_resources_say_that_there_are_others() {
        let list = ListInfo {
            uri: "sip:blf_101@example.com".into(),
            version: 5,
            full: false,
            resources: Vec::new(),
        };
        assert!(list.to_string().contains("fullState=\"false\""));
    }
}
