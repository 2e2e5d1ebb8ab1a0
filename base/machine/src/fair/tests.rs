//! Turns, shares, bounds.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, VecDeque};

use proptest::prelude::*;

use super::*;

const ROOMY: FairBounds = FairBounds {
    total: 100_000,
    per_key: 100_000,
};

fn turn(weight: u16, cost: u16) -> Turn {
    Turn {
        weight,
        cost,
        lane: 0,
    }
}

fn queue(total: usize, per_key: usize) -> FairQueue<char, u32, 3> {
    FairQueue::with_bounds("test", FairBounds { total, per_key })
}

fn pop(queue: &mut FairQueue<char, u32, 3>) -> (char, u32) {
    let taken = queue.pop().unwrap();
    (taken.key, taken.item)
}

#[test]
fn a_key_alone_gets_its_items_in_the_order_in_which_they_came() {
    let mut queue = queue(10, 10);
    for item in 0..5 {
        queue.push('a', turn(10, 100), item).unwrap();
    }
    let order: Vec<u32> = (0..5).map(|_| pop(&mut queue).1).collect();
    assert_eq!(order, [0, 1, 2, 3, 4]);
    assert_eq!(queue.pop(), None);
    assert_eq!(queue.figures().keys, 0, "an idle key is forgotten");
}

#[test]
fn one_item_of_a_neighbour_waits_for_one_turn_of_a_flood_and_no_longer() {
    let mut queue = queue(10_000, 10_000);
    for item in 0..5_000 {
        queue.push('a', turn(10, 10), item).unwrap();
    }
    for _ in 0..100 {
        pop(&mut queue);
    }
    queue.push('b', turn(10, 10), 7).unwrap();
    let waited = (0..).take_while(|_| pop(&mut queue).0 != 'b').count();
    assert!(waited <= 1, "{waited} of the flood went first");
}

#[test]
fn shares_are_in_the_proportion_of_the_weights_whatever_is_offered() {
    let mut queue = FairQueue::<u16, (), 1>::with_bounds("test", ROOMY);
    let weights = [1, 3, 10, 40];
    let offered = [40_000, 20_000, 20_000, 20_000];
    for (weight, offered) in weights.into_iter().zip(offered) {
        for _ in 0..offered {
            queue.push(weight, turn(weight, 7), ()).unwrap();
        }
    }
    let mut served = BTreeMap::new();
    for _ in 0..5_400 {
        *served.entry(queue.pop().unwrap().key).or_insert(0_i32) += 1;
    }
    for (weight, served) in served {
        let due = i32::from(weight) * 100;
        assert!((served - due).abs() <= 8, "{weight}: {served}, not {due}");
    }
}

#[test]
fn costly_items_count_for_what_they_cost() {
    let mut queue = queue(10_000, 10_000);
    for item in 0..3_000 {
        queue.push('a', turn(10, 20), item).unwrap();
        queue.push('b', turn(10, 2), item).unwrap();
    }
    let dear = (0..1_100).filter(|_| pop(&mut queue).0 == 'a').count();
    assert!((95..=105).contains(&dear), "{dear} dear items of 1,100");
}

#[test]
fn a_key_that_always_comes_back_empty_handed_cannot_run_from_its_debts() {
    let mut queue = queue(10_000, 10_000);
    for item in 0..4_000 {
        queue.push('a', turn(10, 10), item).unwrap();
    }
    queue.push('b', turn(10, 100), 0).unwrap();
    let mut dear = 0;
    for _ in 0..1_100 {
        if pop(&mut queue).0 == 'b' {
            dear += 1;
            queue.push('b', turn(10, 100), 0).unwrap();
        }
    }
    assert!((95..=105).contains(&dear), "{dear} dear items of 1,100");
}

#[test]
fn the_first_lane_goes_first_and_the_last_is_never_shut() {
    let mut queue = queue(100, 100);
    let lane = |lane| Turn {
        weight: 10,
        cost: 1,
        lane,
    };
    for item in 0..20 {
        queue.push('a', lane(2), 200 + item).unwrap();
        queue.push('a', lane(0), item).unwrap();
    }
    queue.push('a', lane(1), 100).unwrap();
    let order: Vec<u32> = (0..16).map(|_| pop(&mut queue).1).collect();
    assert_eq!(order[..7], [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(order[7], 200, "the eighth comes from the last lane");
    assert_eq!(order[15], 201);
    assert_eq!(queue.oldest(&'a', 1), Some(&100), "still behind lane 0");
}

#[test]
fn a_full_queue_refuses_the_newest_of_the_flood_and_takes_the_neighbours_item() {
    let mut queue = queue(10, 10);
    for item in 0..9 {
        queue.push('a', turn(10, 1), item).unwrap();
    }
    queue.push('b', turn(10, 1), 0).unwrap();
    let refused = queue.push('b', turn(10, 1), 1).unwrap_err();
    assert_eq!((refused.key, refused.item), ('a', 8));
    assert_eq!((queue.waiting_of(&'a'), queue.waiting_of(&'b')), (8, 2));
    let refused = queue.push('a', turn(10, 1), 9).unwrap_err();
    assert_eq!((refused.key, refused.item), ('a', 9), "its own, at once");
    assert_eq!(queue.len(), 10);
}

#[test]
fn the_longest_backlog_is_judged_by_weight() {
    let mut queue = queue(100, 100);
    for item in 0..90 {
        queue.push('a', turn(100, 1), item).unwrap();
    }
    for item in 0..10 {
        queue.push('b', turn(1, 1), item).unwrap();
    }
    let refused = queue.push('c', turn(10, 1), 0).unwrap_err();
    assert_eq!((refused.key, refused.item), ('b', 9));
    assert!(queue.has_its_share(&'b', 1));
    assert!(!queue.has_its_share(&'c', 10));
}

#[test]
fn a_key_has_a_bound_of_its_own() {
    let mut queue = queue(100, 2);
    queue.push('a', turn(1, 1), 0).unwrap();
    queue.push('a', turn(1, 1), 1).unwrap();
    assert_eq!(queue.push('a', turn(1, 1), 2).unwrap_err().item, 2);
    queue.push('b', turn(1, 1), 0).unwrap();
    assert_eq!(queue.pop_newest_of_longest().unwrap().item, 1);
    let figures = queue.figures();
    assert_eq!((figures.accepted, figures.refused), (3, 1));
}

#[test]
fn a_queue_without_room_refuses_everything() {
    let mut queue = queue(0, 10);
    assert!(queue.push('a', turn(1, 1), 0).is_err());
    assert_eq!(queue.pop(), None);
}

#[test]
fn rooms_are_used_again_for_other_keys() {
    let mut queue = FairQueue::<u32, u32, 1>::with_bounds("test", ROOMY);
    for key in 0..10_000 {
        queue.push(key, turn(10, 10), key).unwrap();
        queue.push(key, turn(10, 10), key).unwrap();
        queue.pop().unwrap();
        queue.pop().unwrap();
    }
    assert!(queue.shares.len() <= 2, "{}", queue.shares.len());
    assert_eq!(queue.figures().keys, 0);
}

/// The same promises, kept by looking at everything each time.
#[derive(Default)]
struct Plain {
    waiting: BTreeMap<u8, VecDeque<u32>>,
}

impl Plain {
    fn take(&mut self, taken: &Taken<u8, u32>, newest: bool) -> bool {
        let lane = self.waiting.entry(taken.key).or_default();
        let item = if newest {
            lane.pop_back()
        } else {
            lane.pop_front()
        };
        item == Some(taken.item)
    }

    fn len(&self) -> usize {
        self.waiting.values().map(VecDeque::len).sum()
    }
}

fn weight_of(key: u8) -> u16 {
    [1, 2, 5, 10, 10, 100][usize::from(key)]
}

proptest! {
    #[test]
    fn nothing_is_lost_or_reordered_and_only_the_longest_backlog_is_refused(
        steps in proptest::collection::vec((0_u8..6, 1_u16..120, any::<bool>()), 1..400),
        total in 1_usize..30,
    ) {
        let bounds = FairBounds { total, per_key: 20 };
        let mut queue = FairQueue::<u8, u32, 1>::with_bounds("test", bounds);
        let mut plain = Plain::default();
        for (number, (key, cost, pops)) in (0..).zip(steps) {
            if pops {
                let taken = queue.pop();
                prop_assert_eq!(taken.is_none(), plain.len() == 0);
                if let Some(taken) = taken {
                    prop_assert!(plain.take(&taken, false));
                }
                continue;
            }
            plain.waiting.entry(key).or_default().push_back(number);
            if let Err(refused) = queue.push(key, turn(weight_of(key), cost), number) {
                let before = plain.waiting[&refused.key].len();
                let full = plain.len() > total;
                prop_assert!(full || before > 20);
                prop_assert!(plain.take(&refused, true));
                let own = plain.waiting[&key].len();
                let (own_weight, their_weight) = (weight_of(key), weight_of(refused.key));
                // a neighbour is refused only when its backlog is the longer one
                prop_assert!(refused.key == key
                    || before * usize::from(own_weight) > own * usize::from(their_weight));
            }
            prop_assert_eq!(queue.len(), plain.len());
            for key in 0..6 {
                let known = plain.waiting.get(&key).map_or(0, VecDeque::len);
                prop_assert_eq!(queue.waiting_of(&key), known);
            }
        }
        while let Some(taken) = queue.pop() {
            prop_assert!(plain.take(&taken, false));
        }
        prop_assert_eq!(plain.len(), 0);
        prop_assert_eq!(queue.figures().keys, 0);
    }

    #[test]
    fn the_longest_found_is_the_longest_there_is(
        pushes in proptest::collection::vec(0_u8..6, 1..300),
        pops in 0_usize..200,
    ) {
        let mut queue = FairQueue::<u8, u32, 1>::with_bounds("test", ROOMY);
        for (number, key) in (0..).zip(pushes) {
            queue.push(key, turn(weight_of(key), 5), number).unwrap();
        }
        for _ in 0..pops {
            queue.pop();
        }
        let level = |queue: &FairQueue<u8, u32, 1>, key: u8| {
            (queue.waiting_of(&key) * share::LEVELS).div_ceil(usize::from(weight_of(key)))
        };
        let longest = (0..6).map(|key| level(&queue, key)).max().unwrap();
        let before: Vec<usize> = (0..6).map(|key| level(&queue, key)).collect();
        if let Some(taken) = queue.pop_newest_of_longest() {
            prop_assert_eq!(before[usize::from(taken.key)], longest);
        }
    }

    #[test]
    fn in_the_long_run_a_busy_key_gets_its_weight_of_the_cost_served(
        costs in proptest::collection::vec(1_u16..=COST_MAX, 4),
        weights in proptest::collection::vec(1_u16..=50, 4),
    ) {
        let mut queue = FairQueue::<usize, (), 1>::with_bounds("test", ROOMY);
        let all: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
        let push = |queue: &mut FairQueue<usize, (), 1>, key: usize| {
            queue.push(key, turn(weights[key], costs[key]), ()).unwrap();
        };
        for key in 0..4 {
            (0..200).for_each(|_| push(&mut queue, key));
        }
        let mut served = [0_u64; 4];
        while served.iter().sum::<u64>() < all * 200 {
            let key = queue.pop().unwrap().key;
            served[key] += u64::from(costs[key]);
            push(&mut queue, key);
        }
        for key in 0..4 {
            let due = u64::from(weights[key]) * 200;
            let slack = u64::from(weights[key]) * 2 + 2 * u64::from(COST_MAX);
            prop_assert!(served[key].abs_diff(due) <= slack, "{key}: {} of {due}", served[key]);
        }
    }
}
