//! What is good once.

use machine::WallTime;
use store::block_on;

use crate::on_every_store;
use crate::world::{World, time};

fn take(world: &World<'_>, thing: u8, (end, now): (WallTime, WallTime)) -> bool {
    block_on(world.store.take_once(&[thing; 32], end, now)).unwrap()
}

fn a_thing_is_taken_once_until_its_end(world: &World<'_>) {
    let (begin, middle, end) = (time(0), time(1), time(2));
    assert!(take(world, 1, (end, begin)));
    assert!(!take(world, 1, (end, middle)));
    assert!(take(world, 2, (end, middle)), "another thing");
    assert!(take(world, 1, (time(3), end)), "the first is over");
    assert!(!take(world, 1, (time(3), end)));
}

on_every_store!(a_thing_is_taken_once_until_its_end);
