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
        part(
            &format!("Content-Type: {kind}\r\nContent-ID: <{id}>"),
            &self.body,
        );
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
}
