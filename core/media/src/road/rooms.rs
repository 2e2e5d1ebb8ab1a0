//! The conferences of a road, and which number each has.

use std::collections::BTreeMap;

use machine::{Instant, TimerHandle};

use super::Road;
use crate::conference::Conference;
use crate::figures::RoomFigures;
use crate::room::RoomId;

/// A conference and its timer.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) id: RoomId,
    pub(super) conference: Conference,
    /// When the next frame is mixed.
    pub(super) due: Instant,
    pub(super) timer: Option<TimerHandle>,
}

/// All rooms. None is without a member.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    /// By number; that of a room that has ended is given to another.
    list: Vec<Option<Box<Room>>>,
    free: Vec<u32>,
    numbers: BTreeMap<RoomId, u32>,
    pub(super) figures: RoomFigures,
}

impl Rooms {
    /// Rooms present.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The number of a room, if it is there.
    pub(super) fn number_of(&self, id: RoomId) -> Option<u32> {
        self.numbers.get(&id).copied()
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut Room> {
        self.place(number)?.as_deref_mut()
    }

    /// A new room's number; `None` where there are more than can be counted.
    pub(super) fn add(&mut self, room: Room) -> Option<u32> {
        let number = match self.free.pop() {
            Some(number) => number,
            None => {
                let number = u32::try_from(self.list.len()).ok()?;
                self.list.push(None);
                number
            }
        };
        self.numbers.insert(room.id, number);
        *self.place(number)? = Some(Box::new(room));
        Some(number)
    }

    /// Ends a room: its number is another's after this.
    pub(super) fn end(&mut self, number: u32) -> Option<Box<Room>> {
        let room = self.lend(number)?;
        self.numbers.remove(&room.id);
        self.free.push(number);
        Some(room)
    }

    /// Takes a room out, to be given back at once.
    pub(super) fn lend(&mut self, number: u32) -> Option<Box<Room>> {
        self.place(number)?.take()
    }

    /// Gives back what was lent.
    pub(super) fn give_back(&mut self, number: u32, room: Box<Room>) {
        if let Some(place) = self.place(number) {
            *place = Some(room);
        }
    }

    fn place(&mut self, number: u32) -> Option<&mut Option<Box<Room>>> {
        self.list.get_mut(usize::try_from(number).ok()?)
    }
}

impl Road {
    /// What was counted of conferences.
    #[must_use]
    pub fn room_figures(&self) -> RoomFigures {
        let rooms = &self.rooms;
        let members = rooms.list.iter().flatten();
        let members: usize = members.map(|room| room.conference.len()).sum();
        RoomFigures {
            present: u64::try_from(rooms.len()).unwrap_or(u64::MAX),
            members: u64::try_from(members).unwrap_or(u64::MAX),
            ..rooms.figures
        }
    }
}
