//! The gateway at the other end of a trunk: what it proves itself with, and where it has said that
//! it is.

use super::{End, Line};
use crate::trunks::{Here, Way};
use carrier::Standing;
use domain::{CompiledTrunk, Digests};
use machine::{Instant, Random};
use sip_message::Flow;

/// Bindings of one gateway at most, each an address of its trunk's.
pub(crate) const BINDINGS_MAX: usize = 8;

/// A gateway.
#[derive(Debug)]
pub(crate) struct Gateway {
    /// What its digest responses are checked against; nothing before a secret was set.
    digests: Option<Digests>,
    /// The domain of the company whose it is.
    domain: String,
    /// A way keeps its index as long as it is one.
    ways: Vec<Option<Way>>,
    /// The indices of its ways, the most preferred first.
    order: Vec<usize>,
}

impl Gateway {
    /// The gateway of a trunk, if one registers there.
    pub(super) fn of(trunk: &CompiledTrunk, here: Here<'_>) -> Option<Gateway> {
        let spec = &trunk.spec;
        let username = spec.username.as_deref().filter(|_| spec.is_gateway())?;
        let secret = trunk.secret.as_ref();
        Some(Gateway {
            digests: secret.map(|secret| Digests::of(username, here.realm, secret)),
            domain: here.domain.to_owned(),
            ways: Vec::new(),
            order: Vec::new(),
        })
    }

    /// What it proves itself with.
    pub(crate) fn digests(&self) -> Option<Digests> {
        self.digests
    }

    pub(super) fn domain(&self) -> &str {
        &self.domain
    }

    pub(super) fn way(&self, at: usize) -> Option<&Way> {
        self.ways.get(at)?.as_ref()
    }

    pub(super) fn order(&self) -> &[usize] {
        &self.order
    }

    /// Whether it has registered.
    pub(super) fn is_bound(&self) -> bool {
        !self.order.is_empty()
    }

    /// It is there now, the most preferred first. Gives the indices at which another way is than
    /// before, or none any more.
    fn placed(&mut self, new: Vec<Way>) -> Vec<usize> {
        self.ways.resize(BINDINGS_MAX, None);
        let is_new = |way: &Way| new.contains(way);
        let mut changed = Vec::new();
        for (at, way) in self.ways.iter_mut().enumerate() {
            if way.as_ref().is_some_and(|way| !is_new(way)) {
                *way = None;
                changed.push(at);
            }
        }
        self.order.clear();
        for way in new {
            let known = self
                .ways
                .iter()
                .position(|held| held.as_ref() == Some(&way));
            let free = || self.ways.iter().position(Option::is_none);
            let Some(at) = known.or_else(free) else { break };
            if known.is_none() {
                changed.push(at);
            }
            if let Some(room) = self.ways.get_mut(at) {
                *room = Some(way);
            }
            self.order.push(at);
        }
        changed
    }
}

impl Line {
    /// The gateway that registers here, if this is a trunk of that sort.
    pub(crate) fn gateway(&self) -> Option<&Gateway> {
        match &self.end {
            End::Gateway(gateway) => Some(gateway),
            End::Carrier | End::Home(_) => None,
        }
    }

    /// Its gateway is there now, the most preferred first.
    pub(crate) fn bound(&mut self, ways: Vec<Way>, random: &mut Random, now: Instant) {
        let End::Gateway(gateway) = &mut self.end else {
            return;
        };
        for at in gateway.placed(ways) {
            self.peers.stands(at, Standing::Up);
            let probe = self.probe(at, random, now);
            if let Some(room) = self.machines.probes.get_mut(at) {
                *room = probe;
            }
        }
    }

    /// Whether its gateway speaks from there now.
    pub(crate) fn is_gateway_at(&self, flow: &Flow) -> bool {
        let ways = self.gateway().map(|gateway| &gateway.ways);
        let mut ways = ways.into_iter().flatten().flatten();
        ways.any(|way| way.comes_by(flow))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::trunks::way::Bound;

    fn gateway() -> Gateway {
        Gateway {
            digests: None,
            domain: String::new(),
            ways: Vec::new(),
            order: Vec::new(),
        }
    }

    fn ways(ports: &[u16]) -> Vec<Way> {
        let way = |port: &u16| {
            let at = |port| ([192, 0, 2, 7], port).into();
            Way::bound(Bound {
                uri: format!("sip:pbx@192.0.2.7:{port}"),
                routes: Vec::new(),
                flow: Flow::udp(at(5060), at(*port)),
                stays: false,
            })
        };
        ports.iter().map(way).collect()
    }

    fn port_at(gateway: &Gateway, at: usize) -> Option<u16> {
        gateway.way(at).map(|way| way.address.port())
    }

    #[test]
    fn a_way_keeps_its_place_while_others_come_and_go() {
        let mut gateway = gateway();
        assert_eq!(gateway.placed(ways(&[1, 2])), [0, 1]);
        assert_eq!(gateway.placed(ways(&[3, 2])), [0, 0], "one goes, one comes");
        assert_eq!(gateway.order(), [0, 1]);
        assert_eq!(port_at(&gateway, 0), Some(3));
        assert_eq!(gateway.placed(ways(&[2, 3])), [0; 0], "no other way");
        assert_eq!(gateway.order(), [1, 0], "but another order");
        assert_eq!(gateway.placed(Vec::new()), [0, 1]);
        assert!(!gateway.is_bound());
    }

    #[test]
    fn no_more_ways_are_kept_than_there_is_room_for() {
        let mut gateway = gateway();
        gateway.placed(ways(&[1, 2, 3, 4, 5, 6, 7, 8, 9]));
        assert_eq!(gateway.order().len(), BINDINGS_MAX);
        assert_eq!(port_at(&gateway, BINDINGS_MAX), None);
    }
}
