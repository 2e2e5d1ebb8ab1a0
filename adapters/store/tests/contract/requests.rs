//! The memory of idempotent requests.

use machine::WallTime;
use ports::{RESPONSE_MAX, Reply, StoreError, Turn};
use store::block_on;

use crate::on_every_store;
use crate::world::World;

const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600 * SECOND;

fn at(unix_ms: i64) -> WallTime {
    WallTime::from_unix_ms(1_764_000_000_000 + unix_ms)
}

fn begin(world: &World<'_>, key: &str, fingerprint: u8, now: i64) -> Turn {
    block_on(world.store.begin(key, &[fingerprint; 32], at(now))).unwrap()
}

fn finish(world: &World<'_>, key: &str, reply: &Reply) -> Result<(), StoreError> {
    block_on(world.store.finish(key, reply, at(0)))
}

fn reply(bytes: usize) -> Reply {
    Reply {
        status: 201,
        headers: vec![("ETag".to_owned(), "\"1\"".to_owned())],
        body: vec![0xA5; bytes],
    }
}

fn a_finished_request_gets_the_same_reply_again(world: &World<'_>) {
    assert_eq!(begin(world, "a", 1, 0), Turn::Begin);
    assert_eq!(begin(world, "a", 1, 1), Turn::Underway);
    finish(world, "a", &reply(10)).unwrap();
    assert_eq!(begin(world, "a", 1, 2), Turn::Again(reply(10)));
    assert_eq!(begin(world, "b", 1, 2), Turn::Begin, "another key");
}

fn a_key_is_for_one_request(world: &World<'_>) {
    begin(world, "a", 1, 0);
    assert_eq!(begin(world, "a", 2, 1), Turn::Mismatch);
    finish(world, "a", &reply(10)).unwrap();
    assert_eq!(begin(world, "a", 2, 2), Turn::Mismatch);
}

fn a_request_that_failed_may_be_tried_again_and_one_that_succeeded_not(world: &World<'_>) {
    begin(world, "a", 1, 0);
    block_on(world.store.abandon("a")).unwrap();
    assert_eq!(
        begin(world, "a", 2, 1),
        Turn::Begin,
        "even with another text"
    );
    finish(world, "a", &reply(10)).unwrap();
    block_on(world.store.abandon("a")).unwrap();
    assert_eq!(begin(world, "a", 2, 2), Turn::Again(reply(10)));
    block_on(world.store.abandon("never begun")).unwrap();
}

fn a_request_that_was_cut_off_may_be_tried_again_after_a_minute(world: &World<'_>) {
    begin(world, "a", 1, 0);
    assert_eq!(begin(world, "a", 1, 60 * SECOND - 1), Turn::Underway);
    assert_eq!(begin(world, "a", 1, 60 * SECOND), Turn::Begin);
    assert_eq!(
        begin(world, "a", 1, 119 * SECOND),
        Turn::Underway,
        "it counts anew"
    );
}

fn requests_are_forgotten_after_a_day(world: &World<'_>) {
    begin(world, "a", 1, 0);
    finish(world, "a", &reply(10)).unwrap();
    assert_eq!(begin(world, "a", 1, 24 * HOUR - 1), Turn::Again(reply(10)));
    assert_eq!(begin(world, "a", 2, 24 * HOUR), Turn::Begin);
    begin(world, "b", 1, 48 * HOUR + 1);
    assert_eq!(
        finish(world, "a", &reply(10)),
        Err(StoreError::NotFound),
        "gone for good"
    );
}

fn a_reply_that_is_too_long_is_remembered_without_its_body(world: &World<'_>) {
    for (key, length, kept) in [
        ("a", RESPONSE_MAX, RESPONSE_MAX),
        ("b", RESPONSE_MAX + 1, 0),
    ] {
        begin(world, key, 1, 0);
        finish(world, key, &reply(length)).unwrap();
        assert_eq!(begin(world, key, 1, 1), Turn::Again(reply(kept)));
    }
}

fn only_a_begun_request_is_finished(world: &World<'_>) {
    assert_eq!(finish(world, "a", &reply(1)), Err(StoreError::NotFound));
}

fn a_key_has_one_to_512_bytes(world: &World<'_>) {
    let begun = |key: String| block_on(world.store.begin(&key, &[1; 32], at(0)));
    assert_eq!(begun("k".repeat(512)), Ok(Turn::Begin));
    for length in [0, 513] {
        let refused = begun("k".repeat(length)).unwrap_err();
        assert!(matches!(refused, StoreError::Invalid(_)), "{length}");
    }
}

on_every_store!(
    a_finished_request_gets_the_same_reply_again,
    a_key_is_for_one_request,
    a_request_that_failed_may_be_tried_again_and_one_that_succeeded_not,
    a_request_that_was_cut_off_may_be_tried_again_after_a_minute,
    requests_are_forgotten_after_a_day,
    a_reply_that_is_too_long_is_remembered_without_its_body,
    only_a_begun_request_is_finished,
    a_key_has_one_to_512_bytes,
);
