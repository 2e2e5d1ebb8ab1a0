//! Recording conferences: all who are heard there, from the first member to the last.

use super::Shard;
use super::recording::{Asker, WISH};
use crate::calls::CallKey;
use crate::conferences::Place;
use crate::recordings::{Beginning, Recorded, RecordingOrder, Standing, Taping};
use domain::{RecordedConference, RecordedSides};
use ids::RecordingId;
use machine::Instant;
use media::{Command, Side, Tap};
use ports::{LiveError, RecordingWish};

/// The rule that explains that what is said in a conference is recorded, and names the recording.
const ROOM: &str = "record.conference";

impl Shard {
    /// A member has come to a conference: it is recorded from now on, if it is always, and the
    /// member hears of it if it is. Who was there in a former process hears nothing.
    pub(super) fn record_room(&mut self, key: CallKey, place: Place, comes: bool, now: Instant) {
        if self.calls.recordings.get(place).is_none() {
            let former = self.calls.recordings.former_of_room(place);
            if let Some(former) = former {
                self.open_room(key, place, (former.taping(false), true), now);
            } else if self.recorded_when(place) == RecordedConference::Always {
                let id = self.recording_id(now);
                let taping = Taping::new(id, RecordedSides::Both, false);
                self.open_room(key, place, (taping, false), now);
            }
        }
        let Some(taping) = self.calls.recordings.live(place) else {
            return;
        };
        let standing = taping.standing;
        self.tap_room(place);
        self.note_member(key, place, comes, now);
        if comes && standing == Standing::On {
            self.announce_to_member(key, now);
        }
    }

    /// The last member has left a conference, and its recording ends.
    pub(super) fn end_room(&mut self, place: Place, now: Instant) {
        self.stop_recording(place.into(), now);
        self.calls.recordings.forget(place.into());
    }

    pub(super) fn begin_room_by_wish(
        &mut self,
        key: CallKey,
        place: Place,
        asker: &Asker<'_>,
        now: Instant,
    ) -> Result<(), LiveError> {
        match self.recorded_when(place) {
            RecordedConference::None => return Err(LiveError::NotNow),
            RecordedConference::Always | RecordedConference::OnRequest => {}
        }
        let id = self.recording_id(now);
        let taping = Taping::new(id, RecordedSides::Both, asker.by_phone);
        if !self.open_room(key, place, (taping, false), now) {
            return Err(LiveError::NotNow);
        }
        self.explain(key, WISH, asker.whose.to_owned(), now);
        self.tap_room(place);
        let members = self.calls.conferences.of(place);
        let members: Vec<CallKey> = members.map(|(key, _)| key).collect();
        for member in members {
            self.note_member(member, place, true, now);
            self.announce_to_member(member, now);
        }
        Ok(())
    }

    /// A member whose phones may record has pressed the keys for it: the recording of its
    /// conference begins, is paused, or goes on.
    pub(super) fn member_records(&mut self, key: CallKey, place: Place, now: Instant) {
        let member = self.calls.conferences.member(key);
        let Some(leg) = member.map(|member| member.leg) else {
            return;
        };
        let Some((_, number)) = self.rule_of(key, leg).filter(|(rule, _)| rule.by_phone) else {
            return;
        };
        let whose = format!("the keys of a phone of {number}");
        let asker = Asker {
            whose: &whose,
            by_phone: true,
        };
        let live = self.calls.recordings.live(place);
        let wish = match live.map(|taping| taping.standing) {
            Some(Standing::On) => RecordingWish::Paused,
            Some(Standing::Paused | Standing::Ended) | None => RecordingWish::On(None),
        };
        if self.wish(key, wish, &asker, now).is_ok() {
            self.beep(key, &[leg], now);
        }
    }

    /// Lets what is said in a conference go to its recording, while it is on.
    pub(super) fn tap_room(&mut self, place: Place) {
        let taping = self.calls.recordings.live(place);
        let on = taping.filter(|taping| taping.standing == Standing::On);
        let tap = on.map(|taping| Tap {
            recording: taping.id.as_u128(),
            side: Side::Left,
        });
        if tap.is_some() {
            self.order_room(place, tap);
        }
    }

    pub(super) fn untap_room(&mut self, place: Place) {
        self.order_room(place, None);
    }

    /// All members are on one worker, so any of them names the room.
    fn order_room(&mut self, place: Place, tap: Option<Tap>) {
        let member = self.calls.conferences.of(place).next();
        if let Some(id) = member.map(|(_, member)| member.endpoint) {
            self.outbox.media.push(Command::TapRoom { id, tap });
        }
    }

    fn open_room(
        &mut self,
        key: CallKey,
        place: Place,
        (taping, resumed): (Taping, bool),
        now: Instant,
    ) -> bool {
        let (Some(entry), Some(member)) = (self.calls.get(key), self.calls.conferences.member(key))
        else {
            return false;
        };
        let (tenant, at) = place;
        let compiled = self.tenants.compiled(tenant);
        let extension = compiled.as_ref().and_then(|tenant| tenant.extension(at));
        let party = entry.call.leg(member.leg).map(|(party, _)| party);
        let beginning = Beginning {
            id: taping.id,
            tenant,
            call: entry.call.id(),
            conference: Some(at),
            client: None,
            caller: party.map(|party| party.number.clone()).unwrap_or_default(),
            called: extension.map_or_else(String::new, |found| found.number.to_string()),
            sides: taping.sides,
            began: self.clock.wall(now),
            at: now,
            resumed,
        };
        self.open(key, (Recorded::Room(place), taping), beginning, now)
    }

    /// The recording knows of a member, and where it has come, the record of the member's call
    /// knows of the recording.
    fn note_member(&mut self, key: CallKey, place: Place, comes: bool, now: Instant) {
        let Some(id) = self.calls.recordings.live(place).map(|taping| taping.id) else {
            return;
        };
        let member = self.calls.conferences.member(key);
        let leg = member.map(|member| member.leg);
        let entry = self.calls.get(key);
        let party = entry.zip(leg).and_then(|(entry, leg)| entry.call.leg(leg));
        if let Some((party, _)) = party {
            let number = party.number.clone();
            let order = RecordingOrder::Join { id, number };
            self.outbox.recordings.push(order);
        }
        if comes {
            let because = format!("what is said in the conference is in the recording {id}");
            self.explain(key, ROOM, because, now);
        }
    }

    fn recorded_when(&self, (tenant, at): Place) -> RecordedConference {
        let compiled = self.tenants.compiled(tenant);
        let extension = compiled.as_ref().and_then(|tenant| tenant.extension(at));
        extension.map_or(RecordedConference::None, |found| found.conference.recording)
    }

    pub(super) fn recording_id(&mut self, now: Instant) -> RecordingId {
        RecordingId::new(self.unix_ms(now), self.random.next_u128())
    }
}
