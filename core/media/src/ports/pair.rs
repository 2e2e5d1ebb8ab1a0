//! A pair of ports: the legs on it, and whose legs left it.

use std::collections::VecDeque;
use std::net::IpAddr;

/// A port for RTP and one for RTCP.
#[derive(Clone, Debug, Default)]
pub(super) struct Pair {
    /// Endpoint indices of its legs, at most `legs_per_port`.
    pub(super) legs: Vec<u32>,
    /// IPs of peers whose legs left, latest last, each once, at most [`LEFT`].
    pub(super) left: VecDeque<IpAddr>,
    pub(super) spoiled: bool,
}

/// Peers that a port remembers after their legs left it: as many as are comfortable on one.
pub(super) const LEFT: usize = 16;

impl Pair {
    /// Takes a leg off, and remembers whose it was.
    pub(super) fn part_with(&mut self, index: u32, peer_ip: Option<IpAddr>) {
        self.legs.retain(|leg| *leg != index);
        let Some(ip) = peer_ip else { return };
        self.left.retain(|left| *left != ip);
        if self.left.len() >= LEFT {
            self.left.pop_front();
        }
        self.left.push_back(ip);
    }
}
