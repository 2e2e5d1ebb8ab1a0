//! What a recording server is told of a call: who takes part and whose voice is in which stream,
//! once as a whole and then what changes (RFC 7865).

use super::Shard;
use super::recording::Pair;
use crate::calls::CallKey;
use crate::recording_sessions::{LABELS, SIDES, SentCall, Speaker};
use call::LegId;
use machine::Instant;
use sip_message::escape_user;
use sip_stack::transaction::Owner;
use siprec::{Extent, Id, Metadata, Participant, Session, Stream, Voice};

impl Shard {
    /// A party has the other on hold, or no more.
    pub(super) fn hold_for_server(&mut self, key: CallKey, leg: LegId, held: bool, now: Instant) {
        let Some(owner) = self.calls.sessions.of_call(key) else {
            return;
        };
        let Some(sent) = self.sent(owner) else { return };
        let changed = match held {
            true => sent.holds.insert(leg),
            false => sent.holds.remove(&leg),
        };
        if changed {
            let voices = voices(sent);
            let change = Metadata {
                voices,
                ..Metadata::default()
            };
            self.tell_change(owner, change, now);
        }
    }

    /// The two who talk may be others than before.
    pub(super) fn change_speakers(&mut self, owner: Owner, pair: Pair, now: Instant) {
        let Some(sent) = self.sent(owner) else { return };
        let (key, before) = (sent.call, sent.speakers.clone());
        let Some(speakers) = self.speakers(key, pair, &before, now) else {
            return;
        };
        if speakers == before {
            return;
        }
        let at = self.clock.wall(now).to_rfc3339();
        let gone = before.iter().filter(|one| !speakers.contains(one));
        let session = self.session_id(key);
        let gone = gone.map(|one| Participant {
            id: one.id.clone(),
            addresses: Vec::new(),
            name: None,
            session: session.clone(),
            came: None,
            went: Some(at.clone()),
        });
        let mut participants: Vec<Participant> = gone.collect();
        let new = speakers.iter().filter(|one| !before.contains(one));
        participants.extend(new.filter_map(|one| self.participant(key, one)));
        let Some(sent) = self.sent(owner) else { return };
        sent.holds
            .retain(|leg| speakers.iter().any(|one| one.leg == *leg));
        sent.speakers = speakers;
        let change = Metadata {
            participants,
            voices: voices(sent),
            ..Metadata::default()
        };
        self.tell_change(owner, change, now);
    }

    /// Notes what the server is to know, and tells it as soon as may be.
    pub(super) fn tell_change(&mut self, owner: Owner, change: Metadata, now: Instant) {
        let Some(key) = self.sent(owner).map(|sent| sent.call) else {
            return;
        };
        let sessions = self.session_id(key).map(|id| Session {
            id,
            began: None,
            ended: None,
        });
        let change = Metadata {
            extent: Extent::Partial,
            sessions: sessions.into_iter().collect(),
            ..change
        };
        let Some(sent) = self.sent(owner) else { return };
        match &mut sent.untold {
            Some(untold) => untold.take(change),
            None => sent.untold = Some(change),
        }
        self.tell_rest(owner, now);
    }

    /// The server asks for all there is to know (RFC 7866 §9.2).
    pub(super) fn tell_all(&mut self, owner: Owner, now: Instant) {
        let entry = self.calls.sessions.get(owner);
        let all = entry.and_then(|entry| self.all_of(entry.sent()?));
        if let (Some(all), Some(sent)) = (all, self.sent(owner)) {
            sent.untold = Some(all);
            self.tell_rest(owner, now);
        }
    }

    /// Tells a server that is up what it does not know yet, once it has answered what it was told
    /// before.
    pub(super) fn tell_rest(&mut self, owner: Owner, now: Instant) {
        let Some(sent) = self.sent(owner).filter(|sent| sent.up && !sent.busy) else {
            return;
        };
        let Some(untold) = sent.untold.take() else {
            return;
        };
        sent.busy = true;
        let (key, speaks) = (sent.call, !sent.paused);
        self.with_session(owner, now, |session, desk, _| {
            session.tell(&untold, speaks, desk);
        });
        if let Some(pair) = self.talking(key).filter(|_| speaks) {
            self.send_sides(key, pair, now);
        }
    }

    /// Who the two are; those who were there before are known by the same names.
    pub(super) fn speakers(
        &mut self,
        key: CallKey,
        pair: Pair,
        before: &[Speaker],
        now: Instant,
    ) -> Option<[Speaker; SIDES]> {
        let came = self.clock.wall(now).to_rfc3339();
        let mut speaker = |leg: LegId| {
            if let Some(known) = before.iter().find(|one| one.leg == leg) {
                return Some(known.clone());
            }
            let (party, _) = self.calls.get(key)?.call.leg(leg)?;
            let id = match party.extension {
                Some(extension) => Id::of(extension.as_u128()),
                None => Id::of(self.random.next_u128()),
            };
            let came = came.clone();
            Some(Speaker { leg, id, came })
        };
        Some([speaker(pair.0)?, speaker(pair.1)?])
    }

    /// All that there is to tell of a call.
    pub(super) fn all_of(&self, sent: &SentCall) -> Option<Metadata> {
        let entry = self.calls.get(sent.call)?;
        let session = self.session_id(sent.call)?;
        let began = entry.recorder.cdr().started.to_rfc3339();
        let speakers = sent.speakers.iter();
        let participants = speakers.filter_map(|one| self.participant(sent.call, one));
        let streams = sent.streams.iter().zip(LABELS).map(|(id, label)| Stream {
            id: id.clone(),
            session: Some(session.clone()),
            label: Some(label.to_owned()),
        });
        Some(Metadata {
            extent: Extent::Complete,
            group: None,
            participants: participants.collect(),
            streams: streams.collect(),
            voices: voices(sent),
            sessions: vec![Session {
                id: session,
                began: Some(began),
                ended: None,
            }],
        })
    }

    /// What a server is told of somebody.
    fn participant(&self, key: CallKey, speaker: &Speaker) -> Option<Participant> {
        let entry = self.calls.get(key)?;
        let (party, _) = entry.call.leg(speaker.leg)?;
        let tenant = self.tenants.compiled(entry.tenant)?;
        let number = escape_user(&party.number);
        let name = party.display.trim();
        Some(Participant {
            id: speaker.id.clone(),
            addresses: vec![format!("sip:{number}@{}", tenant.domain())],
            name: (!name.is_empty()).then(|| name.to_owned()),
            session: self.session_id(key),
            came: Some(speaker.came.clone()),
            went: None,
        })
    }

    /// What a call is called in metadata.
    fn session_id(&self, key: CallKey) -> Option<Id> {
        let entry = self.calls.get(key)?;
        Some(Id::of(entry.call.id().as_u128()))
    }
}

/// Who speaks in which stream and hears which: nobody, while somebody is on hold.
fn voices(sent: &SentCall) -> Vec<Voice> {
    let [left, right] = &sent.streams;
    let held = !sent.holds.is_empty();
    let own = [(left, right), (right, left)];
    let voices = sent.speakers.iter().zip(own).map(|(one, (says, hears))| {
        let unless_held = |stream: &Id| match held {
            true => Vec::new(),
            false => vec![stream.clone()],
        };
        Voice {
            participant: one.id.clone(),
            sends: unless_held(says),
            hears: unless_held(hears),
        }
    });
    voices.collect()
}
