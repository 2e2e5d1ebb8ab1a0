//! The control half: which local ports may take a leg.
//!
//! Ports are shared. What makes that safe is one rule: a local port has at most one *blind* leg,
//! whose peer's address nobody knows yet. A packet from an unknown source can then only be meant
//! for that leg, and every other leg is found by its peer's address.
//!
//! A peer may send for a while after its leg ended: it has not heard of the end, or hears the offer
//! late. So a port also remembers whose legs left it, and is the last to be given to them again.

mod pair;
mod range;
mod shelf;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fmt;
use std::net::{IpAddr, SocketAddr};

use pair::Pair;
pub use range::{BadRange, Family, LocalMedia, PortRange};
use shelf::{Class, Shelves};

use crate::id::EndpointId;

/// Bounds of one shard's ports.
#[derive(Clone, Copy, Debug)]
pub struct PortLimits {
    /// The signalling shard; part of every id minted. Default 0.
    pub shard: u8,
    /// Media workers the ports are dealt to; 0 counts as 1. Default 1.
    pub workers: u8,
    /// Endpoints per worker. Default 65,536, which is also the most there can be.
    pub endpoints_per_worker: u32,
    /// Legs one port takes at most. Default 64, as the road looks through no more.
    pub legs_per_port: u16,
    /// Below this many legs a used port is preferred to an unused one, when all its legs' peers
    /// are known and live at other IPs than the new one. Fewer sockets are cheaper. Default 16.
    pub comfortable: u16,
}

impl Default for PortLimits {
    fn default() -> PortLimits {
        PortLimits {
            shard: 0,
            workers: 1,
            endpoints_per_worker: 65_536,
            legs_per_port: 64,
            comfortable: 16,
        }
    }
}

/// What a new leg needs of its port.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    family: Family,
    near: Option<EndpointId>,
    peer_ip: Option<IpAddr>,
    remote: Option<SocketAddr>,
}

impl Ask {
    /// Any port of the family.
    #[must_use]
    pub fn family(family: Family) -> Ask {
        Ask {
            family,
            near: None,
            peer_ip: None,
            remote: None,
        }
    }

    /// On the worker of this endpoint, so that the two can be bridged.
    #[must_use]
    pub fn near(self, other: EndpointId) -> Ask {
        Ask {
            near: Some(other),
            ..self
        }
    }

    /// The peer will probably be at this IP (its signalling is). Helps to keep apart legs that
    /// could be taken for each other.
    #[must_use]
    pub fn towards(self, peer_ip: IpAddr) -> Ask {
        Ask {
            peer_ip: Some(peer_ip),
            ..self
        }
    }

    /// The peer already said where it is and that can be trusted: the leg is never blind.
    #[must_use]
    pub fn declared(self, remote: SocketAddr) -> Ask {
        Ask {
            remote: Some(remote),
            peer_ip: Some(remote.ip()),
            ..self
        }
    }
}

/// No port can take another leg now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exhausted;

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no media port can take another leg")
    }
}

impl std::error::Error for Exhausted {}

/// Why a declared address was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeclareProblem {
    /// No such endpoint, or an older generation of it.
    Unknown,
    /// Another leg of the same port has this very address as its peer. Packets of the two cannot
    /// be told apart: open another endpoint for this leg.
    AddressTaken,
}

/// Why an endpoint could not be restored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RestoreProblem {
    /// The port is not of this range, or belongs to another shard or worker.
    ForeignPort,
    /// The place is in use, or was used by a later generation.
    PlaceTaken,
}

/// Figures of one shard's ports.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PortFigures {
    /// Port pairs there are.
    pub pairs: usize,
    /// Port pairs with at least one leg.
    pub used: usize,
    /// Port pairs taken out of use.
    pub spoiled: usize,
    /// Legs open.
    pub legs: usize,
    /// Legs whose peer's address is not known.
    pub blind: usize,
    /// Times no port could be given.
    pub exhausted: u64,
}

/// How much is known of a leg's peer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Knowledge {
    /// Nothing that can be trusted.
    Blind,
    /// A trusted address, but no packet came from it yet.
    Declared(SocketAddr),
    /// Its packets come from here.
    Learnt(SocketAddr),
    /// It goes by the way of another leg of the port, and by its keys.
    Beside,
}

impl Knowledge {
    fn address(self) -> Option<SocketAddr> {
        match self {
            Knowledge::Blind | Knowledge::Beside => None,
            Knowledge::Declared(address) | Knowledge::Learnt(address) => Some(address),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Leg {
    pair: u32,
    knows: Knowledge,
    peer_ip: Option<IpAddr>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Place {
    generation: u32,
    leg: Option<Leg>,
}

/// The places of one worker. Freed places wait in a queue, so an id is not soon followed by one
/// that differs in its generation only.
#[derive(Debug, Default)]
struct Places {
    list: Vec<Place>,
    free: VecDeque<u16>,
}

/// Freed places that wait before the first is used again, as long as there are unused ones.
const REST: usize = 256;

impl Places {
    fn take(&mut self, most: u32) -> Option<u16> {
        let unused = u16::try_from(self.list.len())
            .ok()
            .filter(|place| u32::from(*place) < most);
        match unused {
            Some(place) if self.free.len() < REST => {
                self.list.push(Place::default());
                Some(place)
            }
            Some(_) | None => self.free.pop_front(),
        }
    }
}

/// The local ports of one signalling shard. See the module's head for the rule.
#[derive(Debug)]
pub struct Ports {
    range: PortRange,
    limits: PortLimits,
    pairs: Vec<Pair>,
    places: Vec<Places>,
    shelves: Shelves,
    legs: usize,
    blind: usize,
    exhausted: u64,
}

/// Ports of one class looked at before the best of them is taken.
const LOOK: usize = 32;

impl Ports {
    /// All ports of the range, none in use. Errors when the range holds no pair or no address.
    pub fn new(range: PortRange, limits: PortLimits) -> Result<Ports, BadRange> {
        range.check()?;
        let limits = PortLimits {
            workers: limits.workers.max(1),
            ..limits
        };
        let mut ports = Ports {
            range,
            limits,
            pairs: vec![Pair::default(); range.families() * range.pairs_per_family()],
            places: (0..limits.workers).map(|_| Places::default()).collect(),
            shelves: Shelves::new(limits.workers),
            legs: 0,
            blind: 0,
            exhausted: 0,
        };
        for pair in 0..ports.pairs.len() {
            if let Ok(pair) = u32::try_from(pair) {
                ports.reshelve(pair);
            }
        }
        Ok(ports)
    }

    /// A new endpoint on a port that can take it. Blind unless the ask says where its peer is.
    pub fn open(&mut self, ask: Ask) -> Result<(EndpointId, LocalMedia), Exhausted> {
        let opened = self.choose(&ask).and_then(|pair| self.settle(pair, &ask));
        if opened.is_none() {
            self.exhausted += 1;
        }
        opened.ok_or(Exhausted)
    }

    /// A new endpoint on the port of another, by whose way and keys its packets go.
    pub fn open_beside(
        &mut self,
        other: EndpointId,
    ) -> Result<(EndpointId, LocalMedia), Exhausted> {
        let pair = self.leg(other).map(|leg| leg.pair);
        let opened = pair.and_then(|pair| self.seat_beside(pair));
        opened.ok_or(Exhausted)
    }

    fn seat_beside(&mut self, pair: u32) -> Option<(EndpointId, LocalMedia)> {
        let local = self.range.local(pair)?;
        self.place(pair, Knowledge::Beside, None)
            .map(|id| (id, local))
    }

    /// The peer described itself. A trusted address (see [`trusted`](crate::trusted)) ends the
    /// leg's blindness; one that is not leaves or makes it blind, unless it was learnt from
    /// packets and only the untrusted description changed.
    pub fn declare(
        &mut self,
        id: EndpointId,
        remote: SocketAddr,
        trusted: bool,
    ) -> Result<(), DeclareProblem> {
        let leg = self.leg(id).ok_or(DeclareProblem::Unknown)?;
        if leg.knows == Knowledge::Learnt(remote) {
            return Ok(());
        }
        if !trusted {
            return self.know(id, Knowledge::Blind, leg.peer_ip);
        }
        if self.address_taken(leg.pair, id, remote) {
            return Err(DeclareProblem::AddressTaken);
        }
        self.know(id, Knowledge::Declared(remote), Some(remote.ip()))
    }

    /// The road heard the peer (`Notice::Learnt`). Stale notices change nothing.
    pub fn learnt(&mut self, id: EndpointId, from: SocketAddr) {
        // Unknown is the one problem there can be here, and is none.
        let _stale = self.know(id, Knowledge::Learnt(from), Some(from.ip()));
    }

    /// The leg ended; whether it was open.
    pub fn close(&mut self, id: EndpointId) -> bool {
        let Some(leg) = self.leg(id) else {
            return false;
        };
        if let Some(pair) = self.pair_mut(leg.pair) {
            pair.part_with(id.index(), leg.peer_ip);
        }
        if let Some(place) = self.place_mut(id) {
            place.leg = None;
            place.generation = place.generation.wrapping_add(1);
        }
        if let Some(places) = self.places.get_mut(usize::from(id.worker())) {
            places.free.push_back(id.place());
        }
        self.legs -= 1;
        self.blind -= usize::from(leg.knows == Knowledge::Blind);
        self.reshelve(leg.pair);
        true
    }

    /// Takes the port of this endpoint out of use for new legs (it could not be opened).
    pub fn spoil(&mut self, id: EndpointId) {
        let Some(leg) = self.leg(id) else { return };
        if let Some(pair) = self.pair_mut(leg.pair) {
            pair.spoiled = true;
        }
        self.reshelve(leg.pair);
    }

    /// Puts back an endpoint of a snapshot, blind until declared or learnt.
    pub fn restore(&mut self, id: EndpointId, local: LocalMedia) -> Result<(), RestoreProblem> {
        self.restore_knowing(id, local, Knowledge::Blind)
    }

    /// Puts back an endpoint that goes by the way of another of its port.
    pub fn restore_beside(
        &mut self,
        id: EndpointId,
        local: LocalMedia,
    ) -> Result<(), RestoreProblem> {
        self.restore_knowing(id, local, Knowledge::Beside)
    }

    fn restore_knowing(
        &mut self,
        id: EndpointId,
        local: LocalMedia,
        knows: Knowledge,
    ) -> Result<(), RestoreProblem> {
        let pair = self
            .range
            .pair_of(local)
            .ok_or(RestoreProblem::ForeignPort)?;
        let home = id.shard() == self.limits.shard && id.worker() == self.worker_of(pair);
        if !home || u32::from(id.place()) >= self.limits.endpoints_per_worker {
            return Err(RestoreProblem::ForeignPort);
        }
        let places = self.places.get_mut(usize::from(id.worker()));
        let places = places.ok_or(RestoreProblem::ForeignPort)?;
        while let Ok(unused) = u16::try_from(places.list.len()) {
            if unused > id.place() {
                break;
            }
            places.list.push(Place::default());
            places.free.push_back(unused);
        }
        let place = places.list.get_mut(usize::from(id.place()));
        let place = place.ok_or(RestoreProblem::PlaceTaken)?;
        if place.leg.is_some() || place.generation > id.generation() {
            return Err(RestoreProblem::PlaceTaken);
        }
        let leg = Leg {
            pair,
            knows,
            peer_ip: None,
        };
        *place = Place {
            generation: id.generation(),
            leg: Some(leg),
        };
        places.free.retain(|free| *free != id.place());
        self.seat(pair, id, knows);
        Ok(())
    }

    /// The address that is written into descriptions for peers of a family, if it is served.
    #[must_use]
    pub fn address(&self, family: Family) -> Option<IpAddr> {
        match family {
            Family::V4 => self.range.v4.map(IpAddr::V4),
            Family::V6 => self.range.v6.map(IpAddr::V6),
        }
    }

    /// Where the endpoint's peer sends to, while it is open.
    #[must_use]
    pub fn local(&self, id: EndpointId) -> Option<LocalMedia> {
        self.leg(id).and_then(|leg| self.range.local(leg.pair))
    }

    /// Counts as of now.
    #[must_use]
    pub fn figures(&self) -> PortFigures {
        PortFigures {
            pairs: self.pairs.len(),
            used: self
                .pairs
                .iter()
                .filter(|pair| !pair.legs.is_empty())
                .count(),
            spoiled: self.pairs.iter().filter(|pair| pair.spoiled).count(),
            legs: self.legs,
            blind: self.blind,
            exhausted: self.exhausted,
        }
    }

    fn worker_of(&self, pair: u32) -> u8 {
        let worker = pair % u32::from(self.limits.workers);
        u8::try_from(worker).unwrap_or(0)
    }

    /// The best pair for a leg; see [`PortLimits::comfortable`] for the first choice.
    fn choose(&self, ask: &Ask) -> Option<u32> {
        let worker = match ask.near {
            Some(other) => other.worker(),
            None => self.shelves.emptiest(ask.family, &self.places_in_use()),
        };
        let shelf = |class| self.shelves.of(ask.family, worker, class);
        let apart = |pair: u32| !ask.peer_ip.is_some_and(|ip| self.knows_peer(pair, ip));
        let fits = |pair: u32| match ask.remote {
            Some(remote) => !self.has_address(pair, remote),
            None => true,
        };
        if ask.peer_ip.is_some() {
            let mut known = shelf(Class::Known).take(LOOK);
            let comfortable = |(load, pair): &(u16, u32)| {
                *load < self.limits.comfortable && apart(*pair) && fits(*pair)
            };
            if let Some((_, pair)) = known.find(comfortable) {
                return Some(pair);
            }
        }
        let unused = || shelf(Class::Unused).map(|(_, pair)| pair);
        if let Some(pair) = unused().take(LOOK).find(|p| apart(*p)).or(unused().next()) {
            return Some(pair);
        }
        for class in [Class::Known, Class::Undecided] {
            let found = shelf(class)
                .take(LOOK)
                .map(|(_, pair)| pair)
                .find(|p| apart(*p) && fits(*p));
            let found = found.or_else(|| shelf(class).map(|(_, pair)| pair).find(|p| fits(*p)));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn places_in_use(&self) -> Vec<usize> {
        self.places
            .iter()
            .map(|places| places.list.len() - places.free.len())
            .collect()
    }

    fn settle(&mut self, pair: u32, ask: &Ask) -> Option<(EndpointId, LocalMedia)> {
        let local = self.range.local(pair)?;
        let knows = ask.remote.map_or(Knowledge::Blind, Knowledge::Declared);
        let id = self.place(pair, knows, ask.peer_ip)?;
        Some((id, local))
    }

    /// Takes a place for a leg on a pair.
    fn place(
        &mut self,
        pair: u32,
        knows: Knowledge,
        peer_ip: Option<IpAddr>,
    ) -> Option<EndpointId> {
        let worker = self.worker_of(pair);
        let most = self.limits.endpoints_per_worker;
        let places = self.places.get_mut(usize::from(worker))?;
        let number = places.take(most)?;
        let place = places.list.get_mut(usize::from(number))?;
        let id = EndpointId::new(self.limits.shard, worker, number, place.generation);
        place.leg = Some(Leg {
            pair,
            knows,
            peer_ip,
        });
        self.seat(pair, id, knows);
        Some(id)
    }

    fn seat(&mut self, pair: u32, id: EndpointId, knows: Knowledge) {
        if let Some(pair) = self.pair_mut(pair) {
            pair.legs.push(id.index());
        }
        self.legs += 1;
        self.blind += usize::from(knows == Knowledge::Blind);
        self.reshelve(pair);
    }

    fn know(
        &mut self,
        id: EndpointId,
        knows: Knowledge,
        peer_ip: Option<IpAddr>,
    ) -> Result<(), DeclareProblem> {
        let place = self
            .place_mut(id)
            .filter(|place| place.generation == id.generation());
        let leg = place
            .and_then(|place| place.leg.as_mut())
            .ok_or(DeclareProblem::Unknown)?;
        let before = leg.knows;
        leg.knows = knows;
        leg.peer_ip = peer_ip;
        let pair = leg.pair;
        self.blind -= usize::from(before == Knowledge::Blind);
        self.blind += usize::from(knows == Knowledge::Blind);
        self.reshelve(pair);
        Ok(())
    }

    /// Puts the pair on the shelf of its class.
    fn reshelve(&mut self, number: u32) {
        let Some(family) = self.range.family_of(number) else {
            return;
        };
        let worker = self.worker_of(number);
        let (class, load) = self.class_of(number);
        self.shelves.put(number, family, worker, class, load);
    }

    fn class_of(&self, number: u32) -> (Option<Class>, u16) {
        let Some(pair) = self.pair(number) else {
            return (None, 0);
        };
        let load = u16::try_from(pair.legs.len()).unwrap_or(u16::MAX);
        let legs = || pair.legs.iter().filter_map(|index| self.leg_at(*index));
        if pair.spoiled
            || load >= self.limits.legs_per_port
            || legs().any(|leg| leg.knows == Knowledge::Blind)
        {
            return (None, load);
        }
        let declared = legs().any(|leg| matches!(leg.knows, Knowledge::Declared(_)));
        let class = match (load, declared) {
            (0, _) => Class::Unused,
            (_, false) => Class::Known,
            (_, true) => Class::Undecided,
        };
        (Some(class), load)
    }

    fn legs_of(&self, pair: u32) -> impl Iterator<Item = (u32, Leg)> + '_ {
        let legs = self
            .pair(pair)
            .map(|pair| pair.legs.as_slice())
            .unwrap_or_default();
        legs.iter()
            .filter_map(|index| Some((*index, self.leg_at(*index)?)))
    }

    /// Whether a peer at this IP has a leg on the pair, or had one lately.
    fn knows_peer(&self, pair: u32, ip: IpAddr) -> bool {
        let left = self.pair(pair).is_some_and(|pair| pair.left.contains(&ip));
        left || self.legs_of(pair).any(|(_, leg)| leg.peer_ip == Some(ip))
    }

    fn has_address(&self, pair: u32, remote: SocketAddr) -> bool {
        self.legs_of(pair)
            .any(|(_, leg)| leg.knows.address() == Some(remote))
    }

    fn address_taken(&self, pair: u32, except: EndpointId, remote: SocketAddr) -> bool {
        self.legs_of(pair)
            .filter(|(index, _)| *index != except.index())
            .any(|(_, leg)| leg.knows.address() == Some(remote))
    }

    fn leg(&self, id: EndpointId) -> Option<Leg> {
        let place = self
            .places
            .get(usize::from(id.worker()))?
            .list
            .get(usize::from(id.place()))?;
        let ours = id.shard() == self.limits.shard && place.generation == id.generation();
        place.leg.filter(|_| ours)
    }

    fn leg_at(&self, index: u32) -> Option<Leg> {
        let [_, worker, high, low] = index.to_be_bytes();
        let place = u16::from_be_bytes([high, low]);
        self.places
            .get(usize::from(worker))?
            .list
            .get(usize::from(place))?
            .leg
    }

    fn place_mut(&mut self, id: EndpointId) -> Option<&mut Place> {
        if id.shard() != self.limits.shard {
            return None;
        }
        let places = self.places.get_mut(usize::from(id.worker()))?;
        places.list.get_mut(usize::from(id.place()))
    }

    fn pair(&self, pair: u32) -> Option<&Pair> {
        self.pairs.get(usize::try_from(pair).ok()?)
    }

    fn pair_mut(&mut self, pair: u32) -> Option<&mut Pair> {
        self.pairs.get_mut(usize::try_from(pair).ok()?)
    }
}
