//! Where a trunk's peers are at this moment, and which of their addresses is best.
//!
//! An address's index is its place's times the targets of a place, and its own there; it stays the
//! same as long as the name leads there.

use super::{End, Line};
use crate::trunks::{Place, Way};
use carrier::{ADDRESSES_MAX, Located, Probe, Standing, TARGETS_MAX};
use domain::PEERS_MAX;
use machine::{Instant, Machine, Random};
use sip_message::Flow;
use std::net::IpAddr;
use std::time::Duration;

/// The place of a registrar of its own, behind those of the peers.
const REGISTRAR: usize = PEERS_MAX;
/// Addresses that are probed at most: those of the peers.
pub(super) const PROBED_MAX: usize = REGISTRAR * TARGETS_MAX;

const _: () = assert!(PROBED_MAX + TARGETS_MAX <= ADDRESSES_MAX);

impl Line {
    /// The probe of an address, where its peers are probed.
    pub(super) fn probe(&self, at: usize, random: &mut Random, now: Instant) -> Option<Probe> {
        let every = Duration::from_secs(self.spec.options_seconds.into());
        let way = self.way_at(at).filter(|_| !every.is_zero())?;
        let random = random.fork("probe");
        Some(Probe::new(&way.uri(""), &self.domain(), every, random, now))
    }

    /// The name of a place leads here now.
    pub(crate) fn located(
        &mut self,
        place: u8,
        located: Located,
        random: &mut Random,
        now: Instant,
    ) {
        let place = usize::from(place);
        let Some(found) = self.place_mut(place) else {
            return;
        };
        for target in found.located(located, random) {
            let at = place * TARGETS_MAX + target;
            self.peers.stands(at, Standing::Up);
            let probe = self.probe(at, random, now);
            if let Some(room) = self.machines.probes.get_mut(at) {
                *room = probe;
            }
        }
    }

    fn place(&self, at: usize) -> Option<&Place> {
        match at {
            REGISTRAR => self.registrar.as_ref(),
            at => self.places.get(at),
        }
    }

    /// A place, by its index.
    pub(crate) fn place_mut(&mut self, at: usize) -> Option<&mut Place> {
        match at {
            REGISTRAR => self.registrar.as_mut(),
            at => self.places.get_mut(at),
        }
    }

    /// All places with their indices.
    pub(crate) fn places_mut(&mut self) -> impl Iterator<Item = (u8, &mut Place)> {
        let registrar = u8::try_from(REGISTRAR).unwrap_or(u8::MAX);
        let registrar = self.registrar.as_mut().map(|place| (registrar, place));
        (0..).zip(&mut self.places).chain(registrar)
    }

    fn places(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().chain(&self.registrar)
    }

    fn way_at(&self, at: usize) -> Option<&Way> {
        match &self.end {
            End::Carrier => self.place(at / TARGETS_MAX)?.way(at % TARGETS_MAX),
            End::Gateway(gateway) => gateway.way(at),
            End::Home(home) => (at == 0).then_some(home),
        }
    }

    /// The number of the name that who is at an address of its must prove, see
    /// [`crate::trunks::Trunks::name`].
    pub(crate) fn name_number(&self, at: u8) -> u32 {
        (self.slot << u8::BITS) | u32::from(at)
    }

    /// The name itself.
    pub(crate) fn name_at(&self, at: u8) -> Option<&str> {
        Some(self.place(usize::from(at) / TARGETS_MAX)?.host())
    }

    /// The way to an address of its.
    pub(crate) fn way(&self, at: u8) -> Option<&Way> {
        self.way_at(usize::from(at))
    }

    /// Whether its carrier may send from this address.
    pub(crate) fn is_at(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        let mut ways = self.places().flat_map(Place::ways);
        ways.any(|way| way.address.ip().to_canonical() == ip)
            || self.sources.iter().any(|source| source.covers(ip))
    }

    /// Whether a flow leads back into this exchange, and that is its other end.
    pub(crate) fn comes_home_by(&self, flow: &Flow) -> bool {
        self.home().is_some_and(|home| home.comes_by(flow))
    }

    /// Whether any address of its peers answers.
    pub(super) fn any_answers(&self) -> bool {
        let there = |at: &usize| self.way_at(*at).is_some();
        (0..PROBED_MAX).filter(there).any(|at| self.peers.is_up(at))
    }

    /// Its addresses that can be called now, the best first.
    pub(crate) fn callable(&self, now: Instant) -> Vec<u8> {
        let order = match &self.end {
            End::Carrier => self.in_order(0..self.places.len(), now),
            End::Gateway(gateway) => self.peers.in_order(gateway.order().to_vec(), now),
            End::Home(_) => vec![0],
        };
        let order = order.into_iter();
        order.filter_map(|at| u8::try_from(at).ok()).collect()
    }

    /// The address at which it registers: the best one of its registrar, or of the peer at which
    /// its registration is.
    pub(crate) fn registrar_at(&self, peer: usize, now: Instant) -> Option<u8> {
        let at = self.registrar.as_ref().map_or(peer, |_| REGISTRAR);
        let order = self.in_order([at], now);
        order.first().and_then(|at| u8::try_from(*at).ok())
    }

    /// Whether it is not known yet where it can register, and is being found out.
    pub(crate) fn registrar_is_sought(&self) -> bool {
        match &self.registrar {
            Some(registrar) => registrar.is_sought(),
            None => self.places.iter().all(Place::is_sought),
        }
    }

    /// The addresses of places, the best first. Which of equals comes first is a matter of the
    /// moment: it is no secret, and nothing else is moved by it.
    fn in_order(&self, places: impl IntoIterator<Item = usize>, now: Instant) -> Vec<usize> {
        let moment = now.as_nanos() ^ (u64::from(self.slot) << 40);
        let mut random = Random::from_seed(moment);
        let mut wanted = Vec::new();
        for at in places {
            let targets = self.place(at).map(|place| place.in_order(&mut random));
            let targets = targets.unwrap_or_default().into_iter();
            wanted.extend(targets.map(|target| at * TARGETS_MAX + target));
        }
        wanted.retain(|at| self.way_at(*at).is_some());
        self.peers.in_order(wanted, now)
    }

    /// When the first of its machines wants to be woken.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let searches = self.places().filter_map(|place| place.search.as_ref());
        let searches = searches.filter_map(Machine::deadline).map(|due| due.at);
        searches.chain(self.machines.deadline()).min()
    }
}
