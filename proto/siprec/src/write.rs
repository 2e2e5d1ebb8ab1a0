//! A document of our own, written.

use std::fmt::{self, Display, Formatter, Write};

use crate::xml::escape;
use crate::{Extent, Id, Metadata, Participant, Session, Stream, Voice};

/// The namespace of the document (RFC 7865 §10.1).
const NAMESPACE: &str = "urn:ietf:params:xml:ns:recording:1";

/// Text as it stands in a document.
struct Escaped<'a, T: Display>(&'a T);

impl<T: Display> Display for Escaped<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        write!(text, "{}", self.0)?;
        escape(f, &text)
    }
}

impl Display for Metadata {
    /// In the order that the schema has (RFC 7865 §8), with line ends as SIP writes them.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n")?;
        write!(f, "<recording xmlns=\"{NAMESPACE}\">\r\n")?;
        let mode = match self.extent {
            Extent::Complete => "complete",
            Extent::Partial => "partial",
        };
        write!(f, "<datamode>{mode}</datamode>\r\n")?;
        if let Some(group) = &self.group {
            write!(f, "<group group_id=\"{}\"/>\r\n", Escaped(group))?;
        }
        for session in &self.sessions {
            session_to(f, session, self.group.as_ref())?;
        }
        for participant in &self.participants {
            participant_to(f, participant)?;
        }
        for stream in &self.streams {
            stream_to(f, stream)?;
        }
        for participant in &self.participants {
            association_to(f, participant)?;
        }
        for voice in &self.voices {
            voice_to(f, voice)?;
        }
        f.write_str("</recording>\r\n")
    }
}

fn session_to(f: &mut Formatter<'_>, session: &Session, group: Option<&Id>) -> fmt::Result {
    write!(f, "<session session_id=\"{}\">", Escaped(&session.id))?;
    if let Some(group) = group {
        write!(f, "<group-ref>{}</group-ref>", Escaped(group))?;
    }
    timed(f, "start-time", session.began.as_ref())?;
    timed(f, "stop-time", session.ended.as_ref())?;
    f.write_str("</session>\r\n")
}

fn participant_to(f: &mut Formatter<'_>, one: &Participant) -> fmt::Result {
    if one.addresses.is_empty() {
        return Ok(());
    }
    write!(f, "<participant participant_id=\"{}\">", Escaped(&one.id))?;
    for address in &one.addresses {
        write!(f, "<nameID aor=\"{}\">", Escaped(address))?;
        if let Some(name) = &one.name {
            write!(f, "<name>{}</name>", Escaped(name))?;
        }
        f.write_str("</nameID>")?;
    }
    f.write_str("</participant>\r\n")
}

fn stream_to(f: &mut Formatter<'_>, stream: &Stream) -> fmt::Result {
    write!(f, "<stream stream_id=\"{}\"", Escaped(&stream.id))?;
    if let Some(session) = &stream.session {
        write!(f, " session_id=\"{}\"", Escaped(session))?;
    }
    f.write_str(">")?;
    timed(f, "label", stream.label.as_ref())?;
    f.write_str("</stream>\r\n")
}

fn association_to(f: &mut Formatter<'_>, one: &Participant) -> fmt::Result {
    let Some(session) = &one.session else {
        return Ok(());
    };
    let (who, session) = (Escaped(&one.id), Escaped(session));
    write!(
        f,
        "<participantsessionassoc participant_id=\"{who}\" session_id=\"{session}\">"
    )?;
    timed(f, "associate-time", one.came.as_ref())?;
    timed(f, "disassociate-time", one.went.as_ref())?;
    f.write_str("</participantsessionassoc>\r\n")
}

fn voice_to(f: &mut Formatter<'_>, voice: &Voice) -> fmt::Result {
    let who = Escaped(&voice.participant);
    write!(f, "<participantstreamassoc participant_id=\"{who}\">")?;
    for stream in &voice.sends {
        timed(f, "send", Some(stream))?;
    }
    for stream in &voice.hears {
        timed(f, "recv", Some(stream))?;
    }
    f.write_str("</participantstreamassoc>\r\n")
}

/// An element with nothing but text in it, where there is any.
fn timed(f: &mut Formatter<'_>, name: &str, text: Option<&impl Display>) -> fmt::Result {
    match text {
        Some(text) => write!(f, "<{name}>{}</{name}>", Escaped(text)),
        None => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn example() -> Metadata {
        let (session, one) = (Id::of(1), Id::of(2));
        Metadata {
            extent: Extent::Partial,
            group: Some(Id::of(3)),
            sessions: vec![Session {
                id: session.clone(),
                began: Some("2026-01-01T10:00:00Z".to_owned()),
                ended: None,
            }],
            participants: vec![Participant {
                id: one.clone(),
                addresses: vec!["sip:101@acme.example".to_owned()],
                name: Some("A & \"B\" <C>".to_owned()),
                session: Some(session.clone()),
                came: Some("2026-01-01T10:00:00Z".to_owned()),
                went: None,
            }],
            streams: vec![Stream {
                id: Id::of(4),
                session: Some(session),
                label: Some("1".to_owned()),
            }],
            voices: vec![Voice {
                participant: one,
                sends: vec![Id::of(4)],
                hears: vec![Id::of(5)],
            }],
        }
    }

    // rfc: 7865 §8
    #[test]
    fn what_is_written_reads_as_it_was() {
        let text = example().to_string();
        assert!(text.starts_with("<?xml"));
        assert!(text.contains("A &amp; &quot;B&quot; &lt;C&gt;"));
        assert_eq!(Metadata::parse(text.as_bytes()).unwrap(), example());
    }

    #[test]
    fn no_line_begins_as_the_mark_between_the_parts_of_a_body() {
        let text = example().to_string();
        assert!(text.lines().all(|line| !line.starts_with("--")));
    }
}
