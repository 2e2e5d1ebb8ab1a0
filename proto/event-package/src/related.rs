//! `multipart/related` (RFC 2387): the body of a NOTIFY that tells of a list, its RLMI document
//! first (RFC 4662 §4.3).

use crate::rlmi::RLMI;
use std::fmt::Write;

/// What is between two parts. No document of this crate has a line that begins so: each line
/// begins with a mark of XML, and no text within has line breaks.
const BOUNDARY: &str = "part-of-list";

/// One part behind the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its Content-ID, without angle brackets.
    pub cid: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its document.
    pub text: String,
}

impl Part {
    /// Octets that it takes in a body.
    #[must_use]
    pub fn octets(&self) -> usize {
        let mut text = String::new();
        self.write(&mut text);
        text.len()
    }

    fn write(&self, out: &mut String) {
        let Part {
            cid,
            media_type,
            text,
        } = self;
        // writing into a text cannot fail
        let _ = write!(
            out,
            "--{BOUNDARY}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <{cid}>\r\n\
             Content-Type: {media_type}\r\n\r\n{text}\r\n"
        );
    }
}

/// A body and its media type: the RLMI document with this Content-ID, and the parts that it names.
#[must_use]
pub fn related(cid: &str, rlmi: String, parts: &[Part]) -> (String, String) {
    let media_type =
        format!("multipart/related;type=\"{RLMI}\";start=\"<{cid}>\";boundary=\"{BOUNDARY}\"");
    let root = Part {
        cid: cid.to_owned(),
        media_type: RLMI,
        text: rlmi,
    };
    let mut body = String::new();
    root.write(&mut body);
    for part in parts {
        part.write(&mut body);
    }
    let _ = write!(body, "--{BOUNDARY}--\r\n");
    (media_type, body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Package, Presence};

    // rfc: 4662 §4.3
    #[test]
    fn the_document_of_the_list_comes_first_and_is_named_as_the_start() {
        let part = Part {
            cid: "0.1@example.com".into(),
            media_type: "application/pidf+xml",
            text: "<presence/>\n".into(),
        };
        let (media_type, body) = related("0@example.com", "<list/>\n".into(), &[part]);
        assert!(media_type.contains("type=\"application/rlmi+xml\""));
        assert!(media_type.contains("start=\"<0@example.com>\""));
        let pieces: Vec<&str> = body.split("--part-of-list").collect();
        assert_eq!((pieces.len(), pieces[0], pieces[3]), (4, "", "--\r\n"));
        assert!(pieces[1].contains("Content-ID: <0@example.com>\r\n"));
        assert!(pieces[1].ends_with("application/rlmi+xml\r\n\r\n<list/>\n\r\n"));
        assert!(pieces[2].contains("Content-ID: <0.1@example.com>\r\n"));
    }

    #[test]
    fn what_somebody_says_of_themselves_cannot_end_their_part() {
        let presence = Presence {
            entity: "sip:101@example.com".into(),
            open: true,
            activity: None,
            note: "\r\n--part-of-list--\r\n".into(),
        };
        let part = Part {
            cid: "0.1@example.com".into(),
            media_type: Package::Presence.media_type(),
            text: presence.to_string(),
        };
        let (_, body) = related("0@example.com", "<list/>\n".into(), &[part]);
        assert_eq!(body.matches("\n--part-of-list").count(), 2, "{body}");
    }
}
