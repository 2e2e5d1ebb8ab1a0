//! The document itself (RFC 7865 §6), so far as two parties need it: the group, its sessions, who
//! takes part in them and since when, the streams, and whose voice each stream has.

use crate::Id;
use crate::limits::ENTRIES_MAX;

/// How much of what there is to know a document tells (RFC 7865 §6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Extent {
    /// All of it.
    #[default]
    Complete,
    /// What has changed since the one before.
    Partial,
}

/// A document. Times are in the form of RFC 3339.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Metadata {
    /// How much it tells.
    pub extent: Extent,
    /// What the sessions have in common (RFC 7865 §6.2).
    pub group: Option<Id>,
    /// The calls that are recorded.
    pub sessions: Vec<Session>,
    /// Who takes part in them.
    pub participants: Vec<Participant>,
    /// The streams of the recording session.
    pub streams: Vec<Stream>,
    /// Whose they are.
    pub voices: Vec<Voice>,
}

/// A call that is recorded (RFC 7865 §6.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its name.
    pub id: Id,
    /// When it began.
    pub began: Option<String>,
    /// When it ended.
    pub ended: Option<String>,
}

/// Somebody who takes part, and in which session (RFC 7865 §6.4, §6.8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// Its name.
    pub id: Id,
    /// Its addresses as URIs, the first of which is the best.
    pub addresses: Vec<String>,
    /// What people call it.
    pub name: Option<String>,
    /// In which session it takes part.
    pub session: Option<Id>,
    /// Since when.
    pub came: Option<String>,
    /// Until when.
    pub went: Option<String>,
}

/// A stream of the recording session (RFC 7865 §6.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Its name.
    pub id: Id,
    /// The session it is of.
    pub session: Option<Id>,
    /// What the session description calls it (RFC 4574).
    pub label: Option<String>,
}

/// Which streams somebody speaks in and hears now (RFC 7865 §6.9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    /// Who.
    pub participant: Id,
    /// Streams with its voice.
    pub sends: Vec<Id>,
    /// Streams that it hears.
    pub hears: Vec<Id>,
}

impl Metadata {
    /// Takes what has changed, or all of it anew. Of each kind [`ENTRIES_MAX`] are kept at most.
    pub fn take(&mut self, newer: Metadata) {
        match newer.extent {
            Extent::Complete => *self = newer,
            Extent::Partial => {
                self.group = newer.group.or(self.group.take());
                merge(&mut self.sessions, newer.sessions, |one| &one.id);
                for participant in newer.participants {
                    self.take_participant(participant);
                }
                merge(&mut self.streams, newer.streams, |one| &one.id);
                merge(&mut self.voices, newer.voices, |one| &one.participant);
            }
        }
    }

    /// What a change leaves out of somebody stays as it was: only a departure may be told.
    fn take_participant(&mut self, newer: Participant) {
        let known = self.participants.iter_mut().find(|one| one.id == newer.id);
        let Some(known) = known else {
            if self.participants.len() < ENTRIES_MAX {
                self.participants.push(newer);
            }
            return;
        };
        if !newer.addresses.is_empty() {
            known.addresses = newer.addresses;
        }
        known.name = newer.name.or(known.name.take());
        known.session = newer.session.or(known.session.take());
        known.came = newer.came.or(known.came.take());
        known.went = newer.went.or(known.went.take());
    }

    /// Whoever speaks in the stream that the session description calls so.
    #[must_use]
    pub fn speaker(&self, label: &str) -> Option<&Participant> {
        let is_called = |stream: &&Stream| stream.label.as_deref() == Some(label);
        let stream = &self.streams.iter().find(is_called)?.id;
        let voice = self.voices.iter().find(|one| one.sends.contains(stream))?;
        let mut all = self.participants.iter();
        all.find(|one| one.id == voice.participant)
    }
}

impl Participant {
    /// The user part of its first address, else its name: what stands for a number.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        let address = self.addresses.first()?;
        let rest = ["sip:", "sips:", "tel:"].iter();
        let mut rest = rest.filter_map(|scheme| address.strip_prefix(scheme));
        let user = rest.next().unwrap_or(address);
        let user = user.split(['@', ';', '?']).next().unwrap_or_default();
        (!user.is_empty()).then_some(user).or(self.name.as_deref())
    }
}

fn merge<T>(kept: &mut Vec<T>, newer: Vec<T>, id: impl Fn(&T) -> &Id) {
    for one in newer {
        let place = kept.iter().position(|known| id(known) == id(&one));
        match place.and_then(|at| kept.get_mut(at)) {
            Some(known) => *known = one,
            None => {
                kept.push(one);
                kept.truncate(ENTRIES_MAX);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn participant(number: u128, address: &str) -> Participant {
        Participant {
            id: Id::of(number),
            addresses: vec![address.to_owned()],
            name: None,
            session: None,
            came: None,
            went: None,
        }
    }

    fn two() -> Metadata {
        Metadata {
            participants: vec![
                participant(1, "sip:101@a.example"),
                participant(2, "tel:+493"),
            ],
            streams: vec![Stream {
                id: Id::of(9),
                session: None,
                label: Some("1".to_owned()),
            }],
            voices: vec![Voice {
                participant: Id::of(2),
                sends: vec![Id::of(9)],
                hears: Vec::new(),
            }],
            ..Metadata::default()
        }
    }

    #[test]
    fn whoever_speaks_in_a_stream_is_found_by_its_label() {
        let all = two();
        assert_eq!(all.speaker("1").unwrap().number(), Some("+493"));
        assert_eq!(all.speaker("2"), None);
        assert_eq!(all.participants.first().unwrap().number(), Some("101"));
    }

    #[test]
    fn a_change_leaves_what_it_does_not_speak_of_as_it_was() {
        let mut all = two();
        let gone = Participant {
            addresses: Vec::new(),
            went: Some("2026-01-01T00:00:00Z".to_owned()),
            ..participant(2, "")
        };
        all.take(Metadata {
            extent: Extent::Partial,
            participants: vec![gone, participant(3, "sip:103@a.example")],
            ..Metadata::default()
        });
        assert_eq!(all.participants.len(), 3);
        let second = all.participants.get(1).unwrap();
        assert_eq!(second.number(), Some("+493"));
        assert!(second.went.is_some());
        assert_eq!(all.streams.len(), 1);
    }

    #[test]
    fn a_complete_one_takes_the_place_of_all() {
        let mut all = two();
        all.take(Metadata::default());
        assert_eq!(all, Metadata::default());
    }

    #[test]
    fn no_more_are_kept_than_there_is_room_for() {
        let mut all = Metadata::default();
        for number in 0..200 {
            all.take(Metadata {
                extent: Extent::Partial,
                participants: vec![participant(number, "sip:1@a.example")],
                ..Metadata::default()
            });
        }
        assert_eq!(all.participants.len(), ENTRIES_MAX);
    }
}
