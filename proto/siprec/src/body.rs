//! The body of a message in a recording session (RFC 7866 §9): metadata alone, or as one part of
//! several beside the session description.

use crate::problem::Problem;
use crate::{METADATA, METADATA_REQUEST, Metadata};

/// Parts of a body that are looked at, at most.
const PARTS_MAX: usize = 8;

/// What a body says of metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Nothing.
    Nothing,
    /// This.
    Metadata(Box<Metadata>),
    /// Something that is not taken.
    Unreadable(Problem),
    /// The peer asks for all of it.
    Asked,
}

/// The session description of a body of this media type, if it has any.
#[must_use]
pub fn described<'a>(content_type: &str, body: &'a [u8]) -> Option<&'a [u8]> {
    let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    let is_description = |kind: &str| kind.trim().eq_ignore_ascii_case("application/sdp");
    if is_description(kind) {
        return Some(body);
    }
    let mut parts = parts(kind, parameters, body)?.into_iter();
    let (_, content) = parts.find(|(kind, _)| is_description(kind))?;
    Some(content.as_bytes())
}

/// What a body of this media type, as Content-Type has it, says of metadata.
#[must_use]
pub fn said(content_type: &str, body: &[u8]) -> Said {
    let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    let Some(parts) = parts(kind, parameters, body) else {
        return said_of(kind.trim(), body);
    };
    let said = parts
        .iter()
        .map(|(kind, content)| said_of(kind, content.trim_end().as_bytes()));
    let mut said = said.filter(|said| *said != Said::Nothing);
    said.next().unwrap_or(Said::Nothing)
}

/// The media types and contents of the parts of a body; `None` where it has none (RFC 2046 §5.1).
fn parts<'a>(kind: &str, parameters: &str, body: &'a [u8]) -> Option<Vec<(&'a str, &'a str)>> {
    let several = kind.trim().to_ascii_lowercase().starts_with("multipart/");
    let boundary = boundary(parameters).filter(|_| several)?;
    let text = std::str::from_utf8(body).ok()?;
    let delimiter = format!("--{boundary}");
    let parts = text.split(delimiter.as_str()).skip(1).take(PARTS_MAX);
    let parts = parts.filter_map(|part| {
        let (head, content) = part.split_once("\r\n\r\n")?;
        Some((kind_of(head), content))
    });
    Some(parts.collect())
}

fn said_of(kind: &str, body: &[u8]) -> Said {
    if kind.eq_ignore_ascii_case(METADATA_REQUEST) {
        return Said::Asked;
    }
    // as drafts of the standard called it, and some clients still do
    let former = kind.eq_ignore_ascii_case("application/rs-metadata");
    if !former && !kind.eq_ignore_ascii_case(METADATA) {
        return Said::Nothing;
    }
    match Metadata::parse(body) {
        Ok(metadata) => Said::Metadata(Box::new(metadata)),
        Err(problem) => Said::Unreadable(problem),
    }
}

/// The media type that a part's head names.
fn kind_of(head: &str) -> &str {
    let named = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_it = name.trim().eq_ignore_ascii_case("content-type");
        is_it.then(|| value.split(';').next().unwrap_or_default().trim())
    });
    named.unwrap_or_default()
}

fn boundary(parameters: &str) -> Option<&str> {
    let mut all = parameters.split(';');
    let value = all.find_map(|one| {
        let (name, value) = one.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("boundary")
            .then(|| value.trim())
    })?;
    let value = value.trim_matches('"');
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn multipart(kind: &str, body: &str) -> String {
        format!(
            "--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--x\r\nContent-Type: {kind}\r\n\
             Content-Disposition: recording-session\r\n\r\n{body}\r\n--x--\r\n"
        )
    }

    // rfc: 7866 §9.1
    #[test]
    fn metadata_is_found_alone_and_beside_a_description() {
        let text = "<recording/>";
        let found = Said::Metadata(Box::default());
        assert_eq!(said(METADATA, text.as_bytes()), found);
        let body = multipart("Application/rs-metadata+xml; charset=utf-8", text);
        assert_eq!(
            said("multipart/mixed; boundary=\"x\"", body.as_bytes()),
            found
        );
        let body = multipart("application/rs-metadata", text);
        assert_eq!(said("Multipart/Mixed;boundary=x", body.as_bytes()), found);
    }

    #[test]
    fn the_description_is_found_alone_and_beside_metadata() {
        assert_eq!(described("application/sdp", b"v=0"), Some(&b"v=0"[..]));
        let body = multipart(METADATA, "<recording/>");
        let found = described("multipart/mixed;boundary=x", body.as_bytes());
        assert_eq!(found, Some(&b"v=0\r\n\r\n"[..]));
        assert_eq!(described(METADATA, b"<recording/>"), None);
    }

    // rfc: 7866 §9.2
    #[test]
    fn a_question_for_all_of_it_is_told_from_an_answer() {
        assert_eq!(said(METADATA_REQUEST, b"SRSRequestReason"), Said::Asked);
    }

    #[test]
    fn what_says_nothing_and_what_cannot_be_read_is_told() {
        assert_eq!(said("application/sdp", b"v=0"), Said::Nothing);
        assert_eq!(said("multipart/mixed", b"--x"), Said::Nothing);
        assert_eq!(said("multipart/mixed;boundary=x", &[0xff]), Said::Nothing);
        let broken = said(METADATA, b"<!DOCTYPE x><recording/>");
        assert_eq!(broken, Said::Unreadable(Problem::Forbidden));
    }
}
