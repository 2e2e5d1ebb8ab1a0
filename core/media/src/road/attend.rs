//! Orders of conferences: who comes, who goes, what each may.

use std::time::Duration;

use machine::Instant;

use super::leg::{Feed, Leg};
use super::rooms::Room;
use super::tie::Tie;
use super::{Road, TimerKey};
use crate::command::{Notice, Refusal};
use crate::conference::{Conference, FRAME};
use crate::room::{RoomId, Seat};

impl Road {
    /// A leg is a member of a room from now on, and tied to nobody else.
    pub(super) fn attend(
        &mut self,
        slot: u32,
        room: RoomId,
        seat: Seat,
        now: Instant,
        out: &mut Vec<Notice>,
    ) {
        let Some(leg) = self.leg(slot) else { return };
        let (id, converses) = (leg.id, leg.can_converse());
        let number = self.rooms.number_of(room);
        if number.is_some() && leg.tie.room() == number {
            self.reseat(slot, seat);
        } else if !converses {
            let because = Refusal::NoSound;
            return out.push(Notice::Refused { id, because });
        } else if !self.has_room(number) {
            let because = Refusal::RoomFull;
            return out.push(Notice::Refused { id, because });
        } else {
            self.part(slot, now);
            let number = number.or_else(|| self.begin_room(room, now));
            if let Some(number) = number {
                self.enter(slot, number, seat);
            }
        }
        self.set_feed(slot, Feed::Tied);
    }

    /// What a member may is otherwise from now on.
    pub(super) fn reseat(&mut self, slot: u32, seat: Seat) {
        let number = self.leg(slot).and_then(|leg| leg.tie.room());
        if let Some(room) = number.and_then(|number| self.rooms.get_mut(number)) {
            room.conference.reseat(slot, seat);
        }
    }

    /// Ends a leg's membership, if it is a member; the last one ends the room.
    pub(super) fn leave(&mut self, slot: u32) {
        let Some(leg) = self.leg_mut(slot) else {
            return;
        };
        let Some(number) = leg.tie.room() else { return };
        leg.tie = Tie::None;
        let Some(room) = self.rooms.get_mut(number) else {
            return;
        };
        room.conference.leave(slot);
        if room.conference.len() > 0 {
            return;
        }
        if let Some(timer) = self.rooms.end(number).and_then(|room| room.timer) {
            self.timers.cancel(timer);
        }
    }

    /// A member's description has changed, perhaps.
    pub(super) fn fit(&mut self, slot: u32, number: u32) {
        let Some(expects) = self.leg(slot).map(|leg| leg.expects) else {
            return;
        };
        let Some(room) = self.rooms.get_mut(number) else {
            return;
        };
        let hears = expects.made_format();
        let (speaks, wants) = (&expects.formats, &expects.wants);
        if room.conference.fit(slot, speaks, hears, wants)
            && let Some(leg) = self.leg_mut(slot)
        {
            leg.outflow.change_source();
        }
    }

    /// A member is held, or no longer: what it said before is not heard after it.
    pub(super) fn hush(&mut self, slot: u32, number: u32) {
        if let Some(room) = self.rooms.get_mut(number) {
            room.conference.hush(slot);
        }
    }

    /// Whether one more may come to the room of this number, or make a room.
    fn has_room(&mut self, number: Option<u32>) -> bool {
        match number {
            Some(number) => {
                let room = self.rooms.get_mut(number);
                room.is_some_and(|room| room.conference.has_room())
            }
            None => u32::try_from(self.rooms.len()).is_ok_and(|rooms| rooms < self.limits.rooms),
        }
    }

    /// Makes a room, whose frames are due at moments of its own, so that not all rooms have work to
    /// do at once.
    fn begin_room(&mut self, id: RoomId, now: Instant) -> Option<u32> {
        let phase = u64::from(self.random.next_u32()) * 1_000;
        let phase = Duration::from_nanos(phase).as_nanos() % FRAME.as_nanos();
        let due = now + Duration::from_nanos(u64::try_from(phase).unwrap_or(0));
        let conference = Conference::new(self.limits.room_members, self.limits.room_loudest);
        let number = self.rooms.add(Room {
            id,
            conference,
            due,
            timer: None,
        })?;
        let timer = self.timers.arm(due, TimerKey::Room(number));
        self.rooms.get_mut(number)?.timer = Some(timer);
        Some(number)
    }

    /// Seats a leg in a room that has a place for it.
    fn enter(&mut self, slot: u32, number: u32, seat: Seat) {
        let Some(id) = self.leg(slot).map(|leg| leg.id) else {
            return;
        };
        let room = self.rooms.get_mut(number);
        if !room.is_some_and(|room| room.conference.join(slot, id, seat)) {
            return;
        }
        if let Some(leg) = self.leg_mut(slot) {
            leg.tie = Tie::Room(number);
            leg.outflow.change_source();
        }
        self.fit(slot, number);
    }
}

impl Leg {
    /// Whether it can be heard in a conference and hear what is said there, as far as is known:
    /// a peer that has not described itself yet may.
    fn can_converse(&self) -> bool {
        let formats = &self.expects.formats;
        let speaks = formats.iter().any(|format| format.is_spoken());
        formats.is_empty() || speaks && self.expects.made_format().is_some()
    }
}
