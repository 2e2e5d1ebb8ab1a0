//! Who attends which conference. What they say goes past the shard: the road mixes it.

use crate::call_key::CallKey;
use call::LegId;
use ids::{ExtensionId, TenantId};
use machine::Instant;
use media::EndpointId;
use ports::Seat;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long after the star the key that follows counts as one with it.
const TOGETHER: Duration = Duration::from_secs(3);

/// A conference: an extension of one company. No two companies have the same.
pub(crate) type Place = (TenantId, ExtensionId);

/// What a member has asked for by the keys of its telephone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pressed {
    /// `*6`: it mutes itself, or is heard again.
    Mute,
    /// `*2`: the conference is recorded, or not for now.
    Record,
}

/// A call that attends a conference.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) place: Place,
    pub(crate) leg: LegId,
    pub(crate) endpoint: EndpointId,
    pub(crate) seat: Seat,
    /// It is one of those that are heard.
    pub(crate) heard: bool,
    /// Since when it is there.
    pub(crate) joined: Instant,
    /// When the star was pressed last.
    star: Option<Instant>,
}

impl Member {
    pub(crate) fn new(
        (place, leg, endpoint): (Place, LegId, EndpointId),
        seat: Seat,
        now: Instant,
    ) -> Member {
        Member {
            place,
            leg,
            endpoint,
            seat,
            heard: false,
            joined: now,
            star: None,
        }
    }

    /// Takes a key that was pressed; what it means as the second behind a star.
    pub(crate) fn pressed(&mut self, key: char, now: Instant) -> Option<Pressed> {
        let star = self.star.take();
        if key == '*' {
            self.star = Some(now);
        }
        star.filter(|at| now.saturating_since(*at) <= TOGETHER)?;
        match key {
            '6' => Some(Pressed::Mute),
            '2' => Some(Pressed::Record),
            _ => None,
        }
    }
}

/// A conference in which there is somebody.
#[derive(Clone, Debug)]
struct Room {
    /// In the order in which they came.
    members: Vec<CallKey>,
    /// Who has the floor.
    floor: Option<CallKey>,
    began: Instant,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Conferences {
    members: BTreeMap<CallKey, Member>,
    rooms: BTreeMap<Place, Room>,
}

impl Conferences {
    /// The member that a call is.
    pub(crate) fn member(&self, key: CallKey) -> Option<&Member> {
        self.members.get(&key)
    }

    pub(crate) fn member_mut(&mut self, key: CallKey) -> Option<&mut Member> {
        self.members.get_mut(&key)
    }

    /// Those of one conference, in the order in which they came.
    pub(crate) fn of(&self, place: Place) -> impl Iterator<Item = (CallKey, &Member)> {
        let room = self.rooms.get(&place).into_iter();
        let keys = room.flat_map(|room| room.members.iter().copied());
        keys.filter_map(|key| Some((key, self.members.get(&key)?)))
    }

    /// How many there are.
    pub(crate) fn count(&self, place: Place) -> usize {
        self.rooms.get(&place).map_or(0, |room| room.members.len())
    }

    /// A tenant's conferences in which there is somebody, since when, and who has the floor.
    pub(crate) fn of_tenant(
        &self,
        tenant: TenantId,
    ) -> impl Iterator<Item = (ExtensionId, Instant, Option<CallKey>)> {
        let span =
            (tenant, ExtensionId::from_u128(0))..=(tenant, ExtensionId::from_u128(u128::MAX));
        let rooms = self.rooms.range(span);
        rooms.map(|((_, at), room)| (*at, room.began, room.floor))
    }

    /// Takes a call in that attends nothing.
    pub(crate) fn join(&mut self, key: CallKey, member: Member) {
        let room = self.rooms.entry(member.place).or_insert_with(|| Room {
            members: Vec::new(),
            floor: None,
            began: member.joined,
        });
        room.members.push(key);
        self.members.insert(key, member);
    }

    /// Lets a call go; what it was.
    pub(crate) fn leave(&mut self, key: CallKey) -> Option<Member> {
        let member = self.members.remove(&key)?;
        if let Some(room) = self.rooms.get_mut(&member.place) {
            room.members.retain(|other| *other != key);
            room.floor = room.floor.filter(|holder| *holder != key);
            if room.members.is_empty() {
                self.rooms.remove(&member.place);
            }
        }
        Some(member)
    }

    /// Gives a member the floor; whether it had it not.
    pub(crate) fn give_floor(&mut self, key: CallKey) -> bool {
        let place = self.members.get(&key).map(|member| member.place);
        let room = place.and_then(|place| self.rooms.get_mut(&place));
        room.is_some_and(|room| room.floor.replace(key) != Some(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn star_and_six_count_together_and_nothing_else_does() {
        let at = |seconds| Instant::ZERO + Duration::from_secs(seconds);
        let place = (TenantId::from_u128(1), ExtensionId::from_u128(2));
        let endpoint = EndpointId::new(0, 0, 0, 0);
        let call = (place, LegId::FIRST, endpoint);
        let mut member = Member::new(call, Seat::default(), at(0));
        let mut keys = |key, seconds| member.pressed(key, at(seconds));
        assert_eq!(keys('*', 0), None);
        assert_eq!(keys('2', 0), Some(Pressed::Record));
        let mut press = |key, seconds| keys(key, seconds) == Some(Pressed::Mute);
        assert!(!press('6', 0), "alone");
        assert!(!press('*', 1));
        assert!(press('6', 2));
        assert!(!press('6', 2), "the star has been used up");
        assert!(!press('*', 10));
        assert!(!press('6', 14), "too late");
        assert!(!press('*', 20));
        assert!(!press('5', 20));
        assert!(!press('6', 20), "something else between them");
        assert!(!press('*', 30));
        assert!(!press('*', 31));
        assert!(press('6', 32));
    }

    #[test]
    fn a_conference_is_there_as_long_as_somebody_is_and_apart_from_others() {
        let tenant = TenantId::from_u128(7);
        let place = |at| (tenant, ExtensionId::from_u128(at));
        let member = |at, number| {
            let endpoint = EndpointId::new(0, 0, number, 0);
            let call = (place(at), LegId::FIRST, endpoint);
            Member::new(call, Seat::default(), Instant::ZERO)
        };
        let mut all = Conferences::default();
        for (key, at) in [(1, 5), (2, 5), (3, 6)] {
            all.join(CallKey(key), member(at, 0));
        }
        let there =
            |all: &Conferences, at| all.of(place(at)).map(|(key, _)| key.0).collect::<Vec<_>>();
        assert_eq!((there(&all, 5), there(&all, 6)), (vec![1, 2], vec![3]));
        assert!(all.give_floor(CallKey(2)) && !all.give_floor(CallKey(2)));
        assert!(all.leave(CallKey(2)).is_some() && all.leave(CallKey(2)).is_none());
        assert_eq!(all.count(place(5)), 1);
        let floors: Vec<_> = all.of_tenant(tenant).map(|(.., floor)| floor).collect();
        assert_eq!(floors, [None, None], "who has left has no floor");
        all.leave(CallKey(1));
        assert_eq!(all.of_tenant(tenant).count(), 1);
        assert_eq!(all.of_tenant(TenantId::from_u128(8)).count(), 0);
    }
}
