//! One place of a trunk: a peer of its document, or its registrar, and where that is now.

use super::Way;
use super::way::carriage_of;
use carrier::{Carriage, Locate, Located, TARGETS_MAX, Target, Wanted};
use domain::Peer;
use machine::{Instant, Random};

/// What is spoken to carriers, the best first.
const SPEAKS: &[Carriage] = &[Carriage::Udp, Carriage::Tcp, Carriage::Tls];

/// A place. One that is named by its address has one way; one that is named otherwise has those
/// that its name leads to at this moment.
#[derive(Debug)]
pub(crate) struct Place {
    peer: Peer,
    /// As many as a name has targets at most; a way keeps its index as long as it is one.
    ways: Vec<Option<Way>>,
    located: Located,
    /// The search for where a name leads.
    pub(crate) search: Option<Locate>,
}

impl Place {
    /// The place that a peer's text names.
    pub(crate) fn of(peer: Peer, random: &mut Random, now: Instant) -> Place {
        let way = Way::to(&peer);
        let named = peer.host.parse::<std::net::IpAddr>().is_err();
        let wanted = Wanted {
            host: peer.host.to_string(),
            port: peer.port,
            carriage: peer.transport.map(carriage_of),
        };
        let search = named.then(|| Locate::new(wanted, SPEAKS, random.fork("search"), now));
        Place {
            peer,
            ways: vec![way],
            located: Located::default(),
            search,
        }
    }

    /// Whether its name is still looked for, and nothing is known of it.
    pub(crate) fn is_sought(&self) -> bool {
        self.search.is_some() && self.ways.iter().all(Option::is_none)
    }

    /// Its name leads here now. Ways that go on keep their indices; says which others changed.
    pub(crate) fn located(&mut self, mut located: Located, random: &mut Random) -> Vec<usize> {
        let targets = located.in_order(random);
        located.keep(&targets);
        self.located = located;
        let new = targets.iter().map(|target| Way::found(&self.peer, target));
        let new: Vec<Option<Way>> = new.map(Some).collect();
        self.ways.resize(TARGETS_MAX, None);
        let known = new.iter().filter(|way| !self.ways.contains(way));
        let mut fresh: Vec<Option<Way>> = known.cloned().rev().collect();
        let mut changed = Vec::new();
        for (at, way) in self.ways.iter_mut().enumerate() {
            if new.contains(way) {
                continue;
            }
            let other = fresh.pop().flatten();
            if *way != other {
                *way = other;
                changed.push(at);
            }
        }
        changed
    }

    /// Its ways, in the order for a call at this moment.
    pub(crate) fn in_order(&self, random: &mut Random) -> Vec<usize> {
        if self.search.is_none() {
            return vec![0];
        }
        let place = |target: &Target| {
            let mut ways = self.ways.iter();
            ways.position(|way| way.as_ref().is_some_and(|way| way.leads_to(target)))
        };
        self.located
            .in_order(random)
            .iter()
            .filter_map(place)
            .collect()
    }

    /// The host that its document names, which its certificate must be for, wherever the name leads
    /// (RFC 5922 §7.3).
    pub(crate) fn host(&self) -> &str {
        &self.peer.host
    }

    /// One of its ways.
    pub(crate) fn way(&self, at: usize) -> Option<&Way> {
        self.ways.get(at)?.as_ref()
    }

    /// All its ways.
    pub(crate) fn ways(&self) -> impl Iterator<Item = &Way> {
        self.ways.iter().flatten()
    }
}
