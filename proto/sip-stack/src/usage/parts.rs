//! A body of several parts (RFC 5621, RFC 2046 §5.1.3): a session description, and something that
//! goes beside it.

use bytes::Bytes;

use super::offer::SDP;

/// What goes beside a session description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its media type.
    pub content_type: &'static str,
    /// Its id, without angle brackets (RFC 2392).
    pub id: String,
    /// How it is to be taken (Content-Disposition), where that is to be said.
    pub disposition: Option<&'static str>,
    /// What it says; no line of it begins with two hyphens.
    pub body: Bytes,
}

impl Part {
    /// The body of both, and its Content-Type. `mark` is in no line of either.
    pub(super) fn beside(&self, sdp: Option<&Bytes>, mark: &str) -> (String, Bytes) {
        let mut body = Vec::new();
        let mut part = |head: &str, text: &[u8]| {
            body.extend_from_slice(format!("--{mark}\r\n{head}\r\n\r\n").as_bytes());
            body.extend_from_slice(text);
            body.extend_from_slice(b"\r\n");
        };
        if let Some(sdp) = sdp {
            part(&format!("Content-Type: {SDP}"), sdp);
        }
        let (kind, id) = (self.content_type, &self.id);
        let mut head = format!("Content-Type: {kind}\r\nContent-ID: <{id}>");
        if let Some(disposition) = self.disposition {
            head.push_str("\r\nContent-Disposition: ");
            head.push_str(disposition);
        }
        part(&head, &self.body);
        body.extend_from_slice(format!("--{mark}--\r\n").as_bytes());
        (format!("multipart/mixed;boundary=\"{mark}\""), body.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // rfc: 6442 §3.1
    #[test]
    fn both_parts_stand_between_their_marks_with_type_and_id() {
        let part = Part {
            content_type: "application/pidf+xml",
            id: "place@pbx.example".to_owned(),
            disposition: None,
            body: Bytes::from_static(b"<presence/>"),
        };
        let (kind, body) = part.beside(Some(&Bytes::from_static(b"v=0\r\n")), "cut");
        assert_eq!(kind, "multipart/mixed;boundary=\"cut\"");
        assert_eq!(
            body,
            "--cut\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n\
             --cut\r\nContent-Type: application/pidf+xml\r\nContent-ID: <place@pbx.example>\r\n\
             \r\n<presence/>\r\n--cut--\r\n"
        );
    }

    // rfc: 7866 §9.1
    #[test]
    fn a_part_says_how_it_is_to_be_taken() {
        let part = Part {
            content_type: "application/rs-metadata+xml",
            id: "metadata@pbx.example".to_owned(),
            disposition: Some("recording-session"),
            body: Bytes::from_static(b"<recording/>"),
        };
        let (_, body) = part.beside(None, "cut");
        assert_eq!(
            body,
            "--cut\r\nContent-Type: application/rs-metadata+xml\r\n\
             Content-ID: <metadata@pbx.example>\r\nContent-Disposition: recording-session\r\n\r\n\
             <recording/>\r\n--cut--\r\n"
        );
    }
}
