//! What a watch was last told of an extension, and what is news to it.

use crate::Picture;
use bytes::Bytes;
use event_package::{DialogInfo, DialogLine, DialogState, Package, RegInfo, Side};
use sip_stack::subscription::Document;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A line that was in use.
#[derive(Clone, Debug)]
struct Used {
    id: String,
    side: Side,
    /// The fingerprint of what was told of it.
    digest: u64,
}

/// What was told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    /// Version of the next document.
    pub(crate) version: u32,
    /// The fingerprint of the last document.
    digest: Option<u64>,
    /// The fingerprint of whose lines those in the last document were.
    whose: Option<u64>,
    /// The lines that were in use in it.
    lines: Vec<Used>,
}

impl Told {
    /// What was told by another process, as far as that matters: versions go on beyond it.
    pub(crate) fn beyond(version: u32) -> Told {
        Told {
            version,
            ..Told::default()
        }
    }

    /// Whoever was told may have forgotten it: all is news. Lines that were told are still told
    /// when they have ended.
    pub(crate) fn forget(&mut self) {
        self.digest = None;
        self.whose = None;
    }

    /// The document that tells this picture; none when it says what was said already, unless it is
    /// to be said `anew`.
    pub(crate) fn news(&mut self, picture: Picture, anew: bool) -> Option<Document> {
        let (package, text) = self.text(picture, anew)?;
        Some(Document {
            media_type: package.media_type().into(),
            bytes: Bytes::from(text),
            requires: None,
        })
    }

    /// The same as a text, and of which package it is.
    pub(crate) fn text(&mut self, picture: Picture, anew: bool) -> Option<(Package, String)> {
        let digest = digest_of(&picture);
        if !anew && self.digest == Some(digest) {
            return None;
        }
        if anew {
            self.forget();
        }
        self.digest = Some(digest);
        Some(match picture {
            Picture::Lines {
                entity,
                display,
                lines,
                partial,
            } => {
                let info = self.lines_of((entity, display), lines, partial)?;
                (Package::Dialog, info.to_string())
            }
            Picture::Presence(presence) => {
                self.next_version();
                (Package::Presence, presence.to_string())
            }
            Picture::Contacts { aor, contacts } => {
                let info = RegInfo {
                    aor,
                    version: self.next_version(),
                    contacts,
                };
                (Package::Registration, info.to_string())
            }
            Picture::Messages(summary) => {
                self.next_version();
                (Package::MessageSummary, summary.to_string())
            }
        })
    }

    fn next_version(&mut self) -> u32 {
        let version = self.version;
        self.version = self.version.wrapping_add(1);
        version
    }

    /// The document of lines; none where only those that changed are told, and none has.
    fn lines_of(
        &mut self,
        (entity, display): (String, String),
        lines: Vec<DialogLine>,
        partial: bool,
    ) -> Option<DialogInfo> {
        let whose = hash_of(|hasher| (&entity, &display).hash(hasher));
        let goes_on = self.whose.replace(whose) == Some(whose);
        let partial = partial && goes_on;
        let used = lines.iter().map(|line| Used {
            id: line.id.clone(),
            side: line.side,
            digest: hash_of(|hasher| hash_line(line, hasher)),
        });
        let before = std::mem::replace(&mut self.lines, used.collect());
        // many telephones put a lamp out only when they are told that its dialog has ended
        let gone = before
            .iter()
            .filter(|was| lines.iter().all(|line| line.id != was.id));
        let mut dialogs: Vec<DialogLine> =
            gone.map(|was| ended(was.id.clone(), was.side)).collect();
        let told = |now: &Used| {
            let same = |was: &Used| was.id == now.id && was.digest == now.digest;
            partial && before.iter().any(same)
        };
        let news = lines.into_iter().zip(&self.lines);
        dialogs.extend(news.filter(|(_, now)| !told(now)).map(|(line, _)| line));
        if dialogs.is_empty() && partial {
            return None;
        }
        if dialogs.is_empty() {
            // Vendors' examples show an idle line as an ended dialog, and some phones need one.
            dialogs.push(ended("idle".to_owned(), Side::Recipient));
        }
        Some(DialogInfo {
            entity,
            display,
            version: self.next_version(),
            partial,
            dialogs,
        })
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

fn hash_of(what: impl FnOnce(&mut DefaultHasher)) -> u64 {
    let mut hasher = DefaultHasher::new();
    what(&mut hasher);
    hasher.finish()
}

fn hash_line(line: &DialogLine, hasher: &mut DefaultHasher) {
    (&line.id, line.state, &line.remote, line.holds).hash(hasher);
    line.dialog.hash(hasher);
}

fn digest_of(picture: &Picture) -> u64 {
    hash_of(|hasher| match picture {
        Picture::Lines {
            entity,
            display,
            lines,
            partial: _,
        } => {
            (entity, display).hash(hasher);
            lines.iter().for_each(|line| hash_line(line, hasher));
        }
        Picture::Presence(presence) => presence.to_string().hash(hasher),
        // the seconds left change by themselves and are no news
        Picture::Contacts { aor, contacts } => {
            aor.hash(hasher);
            for contact in contacts {
                (&contact.id, &contact.uri, contact.q).hash(hasher);
            }
        }
        Picture::Messages(summary) => summary.to_string().hash(hasher),
    })
}
