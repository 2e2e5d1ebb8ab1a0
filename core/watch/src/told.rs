//! What a watch was last told, and what is news to it.

use crate::Picture;
use bytes::Bytes;
use event_package::{DialogInfo, DialogLine, DialogState, Package, RegInfo, Side};
use sip_stack::subscription::Document;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What was told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    /// Version of the next document.
    pub(crate) version: u32,
    /// The fingerprint of the last document.
    digest: Option<u64>,
    /// The lines that were in use in it.
    lines: Vec<(String, Side)>,
}

impl Told {
    /// What was told by another process, as far as that matters: versions go on beyond it.
    pub(crate) fn beyond(version: u32) -> Told {
        Told {
            version,
            ..Told::default()
        }
    }

    /// The document that tells this picture; none when it says what was said already, unless it is
    /// to be said `anew`.
    pub(crate) fn news(&mut self, picture: Picture, anew: bool) -> Option<Document> {
        let digest = digest_of(&picture);
        if !anew && self.digest == Some(digest) {
            return None;
        }
        self.digest = Some(digest);
        let version = self.version;
        self.version = self.version.wrapping_add(1);
        let (package, text) = match picture {
            Picture::Lines {
                entity,
                display,
                lines,
            } => {
                let info = DialogInfo {
                    entity,
                    display,
                    version,
                    dialogs: self.with_ended(lines),
                };
                (Package::Dialog, info.to_string())
            }
            Picture::Presence(presence) => (Package::Presence, presence.to_string()),
            Picture::Contacts { aor, contacts } => {
                let info = RegInfo {
                    aor,
                    version,
                    contacts,
                };
                (Package::Registration, info.to_string())
            }
            Picture::Messages(summary) => (Package::MessageSummary, summary.to_string()),
        };
        Some(Document {
            media_type: package.media_type(),
            bytes: Bytes::from(text),
            requires: None,
        })
    }

    /// The lines in use, and before them those that were and are not any more: many telephones put
    /// a lamp out only when they are told that its dialog has ended.
    fn with_ended(&mut self, lines: Vec<DialogLine>) -> Vec<DialogLine> {
        let lives = |id: &str| lines.iter().any(|line| line.id == id);
        let gone = self.lines.iter().filter(|(id, _)| !lives(id));
        let mut all: Vec<DialogLine> = gone.map(|(id, side)| ended(id.clone(), *side)).collect();
        self.lines = lines
            .iter()
            .map(|line| (line.id.clone(), line.side))
            .collect();
        all.extend(lines);
        if all.is_empty() {
            // Vendors' examples show an idle line as an ended dialog, and some phones need one.
            all.push(ended("idle".to_owned(), Side::Recipient));
        }
        all
    }
}

fn ended(id: String, side: Side) -> DialogLine {
    DialogLine {
        id,
        dialog: None,
        side,
        state: DialogState::Terminated,
        remote: None,
        holds: false,
    }
}

fn digest_of(picture: &Picture) -> u64 {
    let mut hasher = DefaultHasher::new();
    match picture {
        Picture::Lines {
            entity,
            display,
            lines,
        } => {
            (entity, display).hash(&mut hasher);
            for line in lines {
                (&line.id, line.state, &line.remote, line.holds).hash(&mut hasher);
                line.dialog.hash(&mut hasher);
            }
        }
        Picture::Presence(presence) => presence.to_string().hash(&mut hasher),
        // the seconds left change by themselves and are no news
        Picture::Contacts { aor, contacts } => {
            aor.hash(&mut hasher);
            for contact in contacts {
                (&contact.id, &contact.uri, contact.q).hash(&mut hasher);
            }
        }
        Picture::Messages(summary) => summary.to_string().hash(&mut hasher),
    }
    hasher.finish()
}
