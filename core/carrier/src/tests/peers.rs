//! The order of peers.

use crate::{ADDRESSES_MAX, Peers, Standing};
use machine::Instant;
use std::time::Duration;

#[test]
fn peers_are_tried_as_configured_and_the_suspected_last() {
    let now = Instant::from_secs(10);
    let mut peers = Peers::new(3);
    assert_eq!(peers.in_order(vec![0, 1, 2], now), [0, 1, 2]);
    peers.failed(0, now);
    assert_eq!(peers.in_order(vec![0, 1, 2], now), [1, 2, 0]);
    assert_eq!(peers.in_order(vec![2, 0, 1], now), [2, 1, 0]);
    peers.stands(1, Standing::Down);
    assert_eq!(peers.in_order(vec![0, 1, 2], now), [2, 0, 1]);
}

#[test]
fn a_suspicion_fades_and_an_answer_ends_it() {
    let now = Instant::from_secs(10);
    let mut peers = Peers::new(2);
    peers.failed(0, now);
    assert_eq!(
        peers.in_order(vec![0, 1], now + Duration::from_secs(30)),
        [0, 1]
    );
    peers.failed(0, now);
    peers.answered(0);
    assert_eq!(peers.in_order(vec![0, 1], now), [0, 1]);
}

#[test]
fn when_all_are_down_all_are_tried() {
    let now = Instant::from_secs(10);
    let mut peers = Peers::new(2);
    peers.stands(0, Standing::Down);
    peers.stands(1, Standing::Down);
    assert!(!peers.is_up(0) && !peers.is_up(1));
    assert_eq!(peers.in_order(vec![0, 1], now), [0, 1]);
}

#[test]
fn no_more_addresses_are_kept_than_the_bound_says() {
    let peers = Peers::new(100);
    assert!(peers.is_up(ADDRESSES_MAX - 1) && !peers.is_up(ADDRESSES_MAX));
}
