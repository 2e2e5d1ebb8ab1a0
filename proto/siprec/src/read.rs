//! A peer's document, read.

use crate::limits::ENTRIES_MAX;
use crate::problem::Problem;
use crate::text::cut;
use crate::xml::{self, Element};
use crate::{Extent, Id, Metadata, Participant, Session, Stream, Voice};

impl Metadata {
    /// Reads a document. What is not known of it is passed over, and so is what names nobody.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn parse(octets: &[u8]) -> Result<Metadata, Problem> {
        let root = xml::parse(octets)?;
        if root.name != "recording" {
            return Err(Problem::OtherDocument);
        }
        let mode = root
            .text_of("datamode")
            .or_else(|| root.text_of("dataMode"));
        let partial = mode.is_some_and(|mode| mode.eq_ignore_ascii_case("partial"));
        let mut metadata = Metadata {
            extent: match partial {
                true => Extent::Partial,
                false => Extent::Complete,
            },
            group: root.all("group").find_map(|one| id(one, "group_id")),
            sessions: bounded(root.all("session").filter_map(session)),
            participants: bounded(root.all("participant").filter_map(participant)),
            streams: bounded(root.all("stream").filter_map(stream)),
            voices: bounded(root.all("participantstreamassoc").filter_map(voice)),
        };
        for association in root.all("participantsessionassoc").take(ENTRIES_MAX) {
            metadata.associate(association);
        }
        Ok(metadata)
    }

    /// In which session somebody takes part, and since when; of a change, also somebody of whom
    /// nothing else is said.
    fn associate(&mut self, association: &Element) {
        let Some(who) = id(association, "participant_id") else {
            return;
        };
        let at = self.participants.iter().position(|one| one.id == who);
        let at = at.unwrap_or_else(|| {
            self.participants.push(Participant {
                id: who,
                addresses: Vec::new(),
                name: None,
                session: None,
                came: None,
                went: None,
            });
            self.participants.len() - 1
        });
        if let Some(one) = self.participants.get_mut(at) {
            one.session = id(association, "session_id");
            one.came = association.text_of("associate-time").and_then(cut);
            one.went = association.text_of("disassociate-time").and_then(cut);
        }
    }
}

fn session(of: &Element) -> Option<Session> {
    Some(Session {
        id: id(of, "session_id")?,
        began: of.text_of("start-time").and_then(cut),
        ended: of
            .text_of("stop-time")
            .or_else(|| of.text_of("end-time"))
            .and_then(cut),
    })
}

fn participant(of: &Element) -> Option<Participant> {
    let names = || of.all("nameID");
    let addresses = names().filter_map(|name| cut(name.attribute("aor")?));
    Some(Participant {
        id: id(of, "participant_id")?,
        addresses: bounded(addresses),
        name: names().find_map(|name| cut(name.text_of("name")?)),
        session: None,
        came: None,
        went: None,
    })
}

fn stream(of: &Element) -> Option<Stream> {
    Some(Stream {
        id: id(of, "stream_id")?,
        session: id(of, "session_id"),
        label: of.text_of("label").and_then(cut),
    })
}

fn voice(of: &Element) -> Option<Voice> {
    let named = |name| bounded(of.all(name).filter_map(|one| Id::written(&one.text)));
    Some(Voice {
        participant: id(of, "participant_id")?,
        sends: named("send"),
        hears: named("recv"),
    })
}

fn id(of: &Element, name: &str) -> Option<Id> {
    Id::written(of.attribute(name)?)
}

fn bounded<T>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.take(ENTRIES_MAX).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// After RFC 7866 §9.1.
    const EXAMPLE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<recording xmlns='urn:ietf:params:xml:ns:recording:1'>
  <datamode>complete</datamode>
  <group group_id="7+OTCyoxTmqmqyA/1weDAg==">
    <associate-time>2010-12-16T23:41:07Z</associate-time>
  </group>
  <session session_id="hVpd7YQgRW2nD22h7q60JQ==">
    <group-ref>7+OTCyoxTmqmqyA/1weDAg==</group-ref>
    <start-time>2010-12-16T23:41:07Z</start-time>
  </session>
  <participant participant_id="srfBElmCRp2QB23b7Mpk0w==">
    <nameID aor="sip:bob@biloxi.com"><name xml:lang="it">Bob</name></nameID>
  </participant>
  <participant participant_id="zSfPoSvdSDCmU3A3TRDxAw==">
    <nameID aor="sip:Paul@biloxi.com"><name xml:lang="it">Paul</name></nameID>
  </participant>
  <stream stream_id="UAAMm5GRQKSCMVvLyl4rFw==" session_id="hVpd7YQgRW2nD22h7q60JQ==">
    <label>96</label>
  </stream>
  <participantsessionassoc participant_id="srfBElmCRp2QB23b7Mpk0w=="
                           session_id="hVpd7YQgRW2nD22h7q60JQ==">
    <associate-time>2010-12-16T23:41:07Z</associate-time>
  </participantsessionassoc>
  <participantstreamassoc participant_id="srfBElmCRp2QB23b7Mpk0w==">
    <send>UAAMm5GRQKSCMVvLyl4rFw==</send>
    <recv>8zc6e0lYTlWIINA6GR+3ag==</recv>
  </participantstreamassoc>
  <future><unknown/></future>
</recording>"#;

    // rfc: 7865 §6.1
    // rfc: 7866 §9.1
    #[test]
    fn the_example_of_the_standard_is_understood() {
        let all = Metadata::parse(EXAMPLE.as_bytes()).unwrap();
        assert_eq!(all.extent, Extent::Complete);
        assert_eq!(all.participants.len(), 2);
        let bob = all.speaker("96").unwrap();
        assert_eq!(
            (bob.number(), bob.name.as_deref()),
            (Some("bob"), Some("Bob"))
        );
        assert_eq!(bob.session, all.sessions.first().map(|one| one.id.clone()));
        assert_eq!(bob.came.as_deref(), Some("2010-12-16T23:41:07Z"));
        assert_eq!(all.participants.get(1).unwrap().session, None);
    }

    // rfc: 7865 §6.1
    #[test]
    fn a_change_may_tell_of_a_departure_alone() {
        let text = "<recording><datamode>partial</datamode><participantsessionassoc \
                    participant_id='a' session_id='s'><disassociate-time>t</disassociate-time>\
                    </participantsessionassoc></recording>";
        let change = Metadata::parse(text.as_bytes()).unwrap();
        assert_eq!(change.extent, Extent::Partial);
        assert_eq!(
            change.participants.first().unwrap().went.as_deref(),
            Some("t")
        );
    }

    #[test]
    fn another_document_is_refused() {
        let other = Metadata::parse(b"<presence/>");
        assert_eq!(other, Err(Problem::OtherDocument));
        assert!(Problem::OtherDocument.to_string().contains("recording"));
    }

    #[test]
    fn what_has_no_id_and_what_is_too_many_is_left_out() {
        let many: String = (0..100)
            .map(|at| format!("<stream stream_id='{at}'/>"))
            .collect();
        let text = format!("<recording><participant/>{many}</recording>");
        let all = Metadata::parse(text.as_bytes()).unwrap();
        assert!(all.participants.is_empty());
        assert_eq!(all.streams.len(), ENTRIES_MAX);
    }
}
