//! What a watch of a list was told: which extensions are on it, what each of them showed last, and
//! of which there may be news (RFC 4662).

use crate::told::Told;
use crate::{ListPicture, Listed};
use bytes::Bytes;
use event_package::{Instance, ListInfo, Part, Resource, related};
use ids::ExtensionId;
use sip_stack::subscription::Document;
use std::collections::BTreeSet;

/// The option tag of lists (RFC 4662 §4.1).
pub const EVENTLIST: &str = "eventlist";
/// Octets that a document takes beside its resources and their parts.
const FRAME: usize = 512;

/// Of which extensions on a list there may be news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// Of all, and of who is on it.
    All,
    /// Of these.
    These(BTreeSet<ExtensionId>),
}

/// One extension on the list.
#[derive(Clone, Debug)]
struct Entry {
    uri: String,
    /// The extension that it was, if it was one.
    extension: Option<ExtensionId>,
    /// What was told of it, which is nothing of one that there is not.
    told: Told,
    /// Whether it was told that there is no such extension.
    gone: bool,
}

impl Entry {
    /// The name of the virtual subscription to it (RFC 4662 §5.5, `id`).
    fn instance(&self) -> String {
        self.extension
            .map_or_else(|| "none".to_owned(), |id| id.to_string())
    }
}

/// One NOTIFY in the making.
struct Draft {
    version: u32,
    domain: String,
    full: bool,
    /// Octets that it may have, and has by now.
    room: usize,
    octets: usize,
    resources: Vec<Resource>,
    parts: Vec<Part>,
    /// Those that did not fit.
    left: BTreeSet<ExtensionId>,
}

/// What a watch of a list was told.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    /// Of which there may be news.
    pub(crate) due: Due,
    /// Whether all is to be told, be it news or not.
    pub(crate) anew: bool,
    entries: Vec<Entry>,
}

impl Listing {
    /// Nothing was told yet.
    pub(crate) fn new() -> Listing {
        Listing {
            due: Due::All,
            anew: true,
            entries: Vec::new(),
        }
    }

    /// The extensions that were on it when it was last looked at as a whole.
    pub(crate) fn extensions(&self) -> BTreeSet<ExtensionId> {
        let all = self.entries.iter();
        all.filter_map(|entry| entry.extension).collect()
    }

    /// There may be news of an extension.
    pub(crate) fn note(&mut self, extension: ExtensionId) {
        let is_on_it = |entry: &Entry| entry.extension == Some(extension);
        match &mut self.due {
            Due::These(due) if self.entries.iter().any(is_on_it) => {
                due.insert(extension);
            }
            Due::These(_) | Due::All => {}
        }
    }

    /// The document that tells what is news, of no more than `room` octets if that can be, and
    /// whether something is left to be told after it. Documents are counted on in `version`.
    pub(crate) fn news(
        &mut self,
        version: &mut u32,
        picture: ListPicture,
        room: usize,
    ) -> Option<(Document, bool)> {
        let ListPicture {
            uri,
            domain,
            whole,
            listed,
        } = picture;
        let full = whole && (self.anew || !self.has(&listed));
        if full {
            self.begin_anew(&listed, *version);
        }
        let names: usize = listed.iter().map(|one| one.uri.len() + 64).sum();
        let mut draft = Draft {
            version: *version,
            domain,
            full,
            room,
            octets: FRAME + if full { names } else { 0 },
            resources: Vec::new(),
            parts: Vec::new(),
            left: BTreeSet::new(),
        };
        for one in listed {
            self.add(one, &mut draft);
        }
        let more = !draft.left.is_empty();
        self.due = Due::These(std::mem::take(&mut draft.left));
        if draft.resources.is_empty() && !full {
            return None;
        }
        *version = version.wrapping_add(1);
        Some((draft.document(uri), more))
    }

    /// Whether these are on it, in this order.
    fn has(&self, listed: &[Listed]) -> bool {
        let known = self.entries.iter().map(|entry| &entry.uri);
        known.eq(listed.iter().map(|one| &one.uri))
    }

    /// All of these are to be told, and no others are on the list. Documents of one that is told of
    /// for the first time are counted as those of the list are, so that they never go back.
    fn begin_anew(&mut self, listed: &[Listed], version: u32) {
        let mut before = std::mem::take(&mut self.entries);
        let entries = listed.iter().map(|one| {
            let known = before.iter().position(|entry| entry.uri == one.uri);
            let known = known.map(|at| before.swap_remove(at));
            let mut entry = known.unwrap_or_else(|| Entry {
                uri: one.uri.clone(),
                extension: None,
                told: Told::beyond(version),
                gone: false,
            });
            entry.told.forget();
            entry.gone = false;
            entry
        });
        self.entries = entries.collect();
        self.anew = false;
    }

    fn add(&mut self, one: Listed, draft: &mut Draft) {
        let Some(entry) = self.entries.iter_mut().find(|entry| entry.uri == one.uri) else {
            return;
        };
        let Some((extension, picture)) = one.seen else {
            if !std::mem::replace(&mut entry.gone, true) {
                let id = entry.instance();
                draft.name(one.uri, String::new(), Some(Instance::Gone { id }));
            }
            entry.told.forget();
            entry.extension = None;
            return;
        };
        if entry.extension.replace(extension) != Some(extension) {
            entry.told.forget();
        }
        entry.gone = false;
        let before = entry.told.clone();
        let room = draft.left.is_empty();
        let told = room.then(|| entry.told.text(picture, false));
        let Some((package, text)) = told.unwrap_or_default() else {
            if !room {
                draft.leave(one.uri, extension);
            }
            return;
        };
        let part = Part {
            cid: draft.cid(draft.parts.len() + 1),
            media_type: package.media_type(),
            text,
        };
        let instance = Instance::Active {
            id: entry.instance(),
            cid: part.cid.clone(),
        };
        let octets = part.octets() + one.name.len() + 128;
        if draft.fits(octets) {
            draft.octets += octets;
            draft.parts.push(part);
            draft.name(one.uri, one.name, Some(instance));
        } else {
            entry.told = before;
            draft.leave(one.uri, extension);
        }
    }
}

impl Draft {
    fn cid(&self, part: usize) -> String {
        format!("{}.{part}@{}", self.version, self.domain)
    }

    /// One part always fits, so that all are told in the end.
    fn fits(&self, octets: usize) -> bool {
        self.parts.is_empty() || self.octets + octets <= self.room
    }

    fn name(&mut self, uri: String, name: String, instance: Option<Instance>) {
        self.resources.push(Resource {
            uri,
            name,
            instance,
        });
    }

    /// One is told of in another document; the whole list names it all the same.
    fn leave(&mut self, uri: String, extension: ExtensionId) {
        self.left.insert(extension);
        if self.full {
            self.name(uri, String::new(), None);
        }
    }

    fn document(self, uri: String) -> Document {
        let start = self.cid(0);
        let info = ListInfo {
            uri,
            version: self.version,
            full: self.full,
            resources: self.resources,
        };
        let (media_type, body) = related(&start, info.to_string(), &self.parts);
        Document {
            media_type: media_type.into(),
            bytes: Bytes::from(body),
            requires: Some(EVENTLIST),
        }
    }
}
