//! `application/dialog-info+xml` (RFC 4235 §4): what the lines of an extension do, as lamps show
//! it.

use crate::xml::{DECLARATION, Text};
use std::fmt::{self, Display};

/// How far a dialog has come (RFC 4235 §3.7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DialogState {
    /// It was asked for.
    Trying,
    /// It is being worked on.
    Proceeding,
    /// It rings.
    Early,
    /// It was answered.
    Confirmed,
    /// It is over.
    Terminated,
}

impl DialogState {
    fn as_str(self) -> &'static str {
        match self {
            DialogState::Trying => "trying",
            DialogState::Proceeding => "proceeding",
            DialogState::Early => "early",
            DialogState::Confirmed => "confirmed",
            DialogState::Terminated => "terminated",
        }
    }
}

/// Which side of a dialog the extension is on (RFC 4235 §4.1.1, `direction`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It called.
    Initiator,
    /// It was called.
    Recipient,
}

impl Side {
    fn as_str(self) -> &'static str {
        match self {
            Side::Initiator => "initiator",
            Side::Recipient => "recipient",
        }
    }
}

/// One dialog of the extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialogLine {
    /// Its name among the dialogs of the extension.
    pub id: String,
    /// Call-ID, local tag and remote tag, as a Replaces that takes it over must name them.
    pub dialog: Option<(String, String, String)>,
    /// Which side the extension is on.
    pub side: Side,
    /// How far it has come.
    pub state: DialogState,
    /// Name and URI of the other party, where they are shown.
    pub remote: Option<(String, String)>,
    /// Whether the extension has put the other on hold.
    pub holds: bool,
}

/// One document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialogInfo {
    /// URI of the extension.
    pub entity: String,
    /// Name of the extension; may be empty.
    pub display: String,
    /// Counts up from document to document of one subscription.
    pub version: u32,
    /// Whether the dialogs are those that have changed since the document before, and no others.
    pub partial: bool,
    /// All its dialogs, or those that have changed, and those that have ended since the document
    /// before.
    pub dialogs: Vec<DialogLine>,
}

impl Display for DialogInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{DECLARATION}<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" \
             version=\"{}\" state=\"{}\" entity=\"{}\">",
            self.version,
            if self.partial { "partial" } else { "full" },
            Text(&self.entity)
        )?;
        for dialog in &self.dialogs {
            self.dialog(dialog, f)?;
        }
        f.write_str("</dialog-info>\n")
    }
}

impl DialogInfo {
    fn dialog(&self, dialog: &DialogLine, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<dialog id=\"{}\"", Text(&dialog.id))?;
        if let Some((call_id, local, remote)) = &dialog.dialog {
            write!(f, " call-id=\"{}\"", Text(call_id))?;
            write!(f, " local-tag=\"{}\"", Text(local))?;
            if !remote.is_empty() {
                write!(f, " remote-tag=\"{}\"", Text(remote))?;
            }
        }
        writeln!(f, " direction=\"{}\">", dialog.side.as_str())?;
        writeln!(f, "<state>{}</state>", dialog.state.as_str())?;
        if dialog.state != DialogState::Terminated {
            party("local", &self.display, &self.entity, dialog.holds, f)?;
            if let Some((display, uri)) = &dialog.remote {
                party("remote", display, uri, false, f)?;
            }
        }
        f.write_str("</dialog>\n")
    }
}

/// One side of a dialog; whoever holds renders nothing of the other (RFC 4235 §4.1.6).
fn party(
    side: &str,
    display: &str,
    uri: &str,
    holds: bool,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let (display, uri) = (Text(display), Text(uri));
    write!(
        f,
        "<{side}><identity display=\"{display}\">{uri}</identity>"
    )?;
    if holds {
        write!(
            f,
            "<target uri=\"{uri}\"><param pname=\"+sip.rendering\" pvalue=\"no\"/></target>"
        )?;
    } else {
        write!(f, "<target uri=\"{uri}\"/>")?;
    }
    writeln!(f, "</{side}>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ringing() -> DialogLine {
        DialogLine {
            id: "a1".into(),
            dialog: Some(("call".into(), "ours".into(), "theirs".into())),
            side: Side::Recipient,
            state: DialogState::Early,
            remote: Some(("Anna <&>".into(), "sip:101@example.com".into())),
            holds: false,
        }
    }

    fn info(dialogs: Vec<DialogLine>) -> String {
        let info = DialogInfo {
            entity: "sip:102@example.com".into(),
            display: "Bert".into(),
            version: 3,
            partial: false,
            dialogs,
        };
        info.to_string()
    }

    #[test]
    fn a_ringing_line_names_both_parties_and_the_dialog_to_replace() {
        let text = info(vec![ringing()]);
        let expected = [
            "version=\"3\" state=\"full\" entity=\"sip:102@example.com\"",
            "<dialog id=\"a1\" call-id=\"call\" local-tag=\"ours\" remote-tag=\"theirs\" \
             direction=\"recipient\">",
            "<state>early</state>",
            "<identity display=\"Bert\">sip:102@example.com</identity>",
            "<remote><identity display=\"Anna &lt;&amp;&gt;\">sip:101@example.com</identity>\
             <target uri=\"sip:101@example.com\"/></remote>",
        ];
        for piece in expected {
            assert!(text.contains(piece), "{piece}\n{text}");
        }
    }

    // rfc: 4235 §4.1
    #[test]
    fn a_document_of_what_has_changed_says_that_it_is_no_more_than_that() {
        let info = DialogInfo {
            entity: "sip:102@example.com".into(),
            display: String::new(),
            version: 4,
            partial: true,
            dialogs: vec![ringing()],
        };
        let text = info.to_string();
        assert!(text.contains("version=\"4\" state=\"partial\""), "{text}");
    }

    #[test]
    fn an_ended_line_says_no_more_than_that() {
        let mut line = ringing();
        line.state = DialogState::Terminated;
        let text = info(vec![line]);
        assert!(text.contains("<state>terminated</state>"));
        assert!(!text.contains("identity"), "{text}");
    }

    #[test]
    fn a_line_on_hold_renders_nothing() {
        let mut line = ringing();
        (line.state, line.holds) = (DialogState::Confirmed, true);
        assert!(info(vec![line]).contains("pname=\"+sip.rendering\" pvalue=\"no\""));
    }

    #[test]
    fn an_idle_extension_has_an_empty_list() {
        let text = info(Vec::new());
        assert!(text.ends_with("entity=\"sip:102@example.com\">\n</dialog-info>\n"));
    }
}
