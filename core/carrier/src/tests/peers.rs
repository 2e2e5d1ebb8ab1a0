//! The order of peers.

use crate::{PEERS_MAX, Peers, Standing};
use machine::Instant;
use std::time::Duration;

#[test]
fn peers_are_tried_as_configured_and_the_suspected_last() {
    let now = Instant::from_secs(10);
    let mut peers = Peers::new(3);
    assert_eq!(peers.in_order(now), [0, 1, 2]);
    peers.failed(0, now);
    assert_eq!(peers.in_order(now), [1, 2, 0]);
    peers.stands(1, Standing::Down);
    assert_eq!(peers.in_order(now), [2, 0, 1]);
}

#[test]
fn a_suspicion_fades_and_an_answer_ends_it() {
    let now = Instant::from_secs(10);
    let mut peers = Peers::new(2);
    peers.failed(0, now);
    assert_eq!(peers.in_order(now + Duration::from_secs(30)), [0, 1]);
    peers.failed(0, now);
    peers.answered(0);
    assert_eq!(peers.in_order(now), [0, 1]);
}

#[test]
fn when_all_are_down_all_are_tried() {
    let now = Instant::from_secs(10);
    let mut peers = Peers::new(2);
    peers.stands(0, Standing::Down);
    assert!(peers.any_up());
    peers.stands(1, Standing::Down);
    assert!(!peers.any_up());
    assert_eq!(peers.in_order(now), [0, 1]);
}

#[test]
fn no_more_peers_are_kept_than_the_bound_says() {
    assert_eq!(Peers::new(100).in_order(Instant::ZERO).len(), PEERS_MAX);
}
