//! A disk that refuses, one sentence each. `/dev/full` plays it: every write there fails.

use super::scratch::{Scratch, opened};
use crate::Folder;
use crate::pen::Pen;
use crate::shelf::Sizes;
use ids::TenantId;
use machine::Random;
use ports::{Bucket, Journal, Snapshots, StoreError};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;

/// Most bytes that may wait in these tests.
const PENDING: usize = 200_000;

fn narrow(scratch: &Scratch) -> Folder {
    let sizes = Sizes {
        pending: PENDING,
        ..Sizes::default()
    };
    Folder::open_sized(scratch.path(), sizes).unwrap()
}

fn full() -> File {
    OpenOptions::new().write(true).open("/dev/full").unwrap()
}

fn refuses(result: Result<(), StoreError>) -> bool {
    matches!(result, Err(StoreError::Unavailable { .. }))
}

/// The disk is back.
fn heal(pen: &mut Pen, file: File) {
    pen.swap_file(file);
    pen.rested();
}

#[test]
fn what_a_full_disk_refuses_is_written_when_there_is_room_again() {
    let scratch = Scratch::new();
    let mut random = Random::from_seed(1);
    let calls = [opened(&mut random), opened(&mut random)];
    let folder = Folder::open(scratch.path()).unwrap();
    let mut journal = folder.journal().unwrap();
    let file = journal.pen().swap_file(full());
    journal.append(&calls[0]);
    assert!(refuses(journal.flush()));
    journal.append(&calls[1]);
    assert!(refuses(journal.flush()), "it is left alone for a moment");
    assert_eq!(folder.journal_figures().failed_writes, 1);
    heal(journal.pen(), file);
    assert_eq!(journal.flush(), Ok(()));
    let figures = folder.journal_figures();
    assert_eq!((figures.records, figures.refused), (2, 0));
    drop((journal, folder));
    let folder = Folder::open(scratch.path()).unwrap();
    assert_eq!(folder.records().unwrap(), calls);
}

#[test]
fn what_a_failed_write_left_behind_is_never_read() {
    let scratch = Scratch::new();
    let mut random = Random::from_seed(2);
    let calls = [opened(&mut random), opened(&mut random)];
    let folder = Folder::open(scratch.path()).unwrap();
    let mut journal = folder.journal().unwrap();
    let file = journal.pen().swap_file(full());
    journal.append(&calls[0]);
    assert!(refuses(journal.flush()));
    // A long write that came half-way: whole frames of something else, then a piece of one.
    let end = Scratch::whole(&scratch.segments("journal")[0]);
    let mut left = Vec::new();
    for _ in 0..50 {
        ports::frame::append(&mut left, b"left behind").unwrap();
    }
    file.write_all_at(&left[..left.len() - 3], end).unwrap();
    heal(journal.pen(), file);
    assert_eq!(journal.flush(), Ok(()));
    journal.append(&calls[1]);
    assert_eq!(journal.flush(), Ok(()));
    drop((journal, folder));
    let folder = Folder::open(scratch.path()).unwrap();
    assert_eq!(folder.records().unwrap(), calls);
    let figures = folder.journal_figures();
    assert_eq!((figures.torn_bytes, figures.unreadable), (0, 0));
}

#[test]
fn a_disk_that_stays_away_costs_bounded_memory_and_what_is_lost_is_counted() {
    let scratch = Scratch::new();
    let mut random = Random::from_seed(3);
    let folder = narrow(&scratch);
    let mut journal = folder.journal().unwrap();
    let file = journal.pen().swap_file(full());
    let call = opened(&mut random);
    let mut appended = 0;
    while folder.journal_figures().refused < 10 {
        journal.append(&call);
        appended += 1;
        assert!(journal.pen().pending().len() <= PENDING);
    }
    assert!(refuses(journal.flush()));
    heal(journal.pen(), file);
    assert_eq!(journal.flush(), Ok(()));
    assert_eq!(folder.journal_figures().records, appended - 10);
}

#[test]
fn while_the_disk_is_away_only_the_last_value_of_each_place_waits() {
    let scratch = Scratch::new();
    let tenant = TenantId::new(1, 1);
    let folder = narrow(&scratch);
    let mut snapshots = folder.snapshots(|_| true).unwrap();
    let file = snapshots.pen().swap_file(full());
    let value = vec![7; 2_000];
    let rounds = u128::try_from(30 * PENDING / value.len()).unwrap();
    for round in 0..rounds {
        snapshots.put(tenant, Bucket::Bindings, round % 20, &value);
        assert!(snapshots.pen().pending().len() <= PENDING);
    }
    snapshots.remove(tenant, Bucket::Bindings, 19);
    assert!(refuses(snapshots.flush()));
    heal(snapshots.pen(), file);
    assert_eq!(snapshots.flush(), Ok(()));
    assert_eq!(folder.snapshot_figures().refused, 0);
    let kept = snapshots.load(Bucket::Bindings);
    assert_eq!(kept.len(), 19);
    assert!(kept.iter().all(|(_, _, kept)| *kept == value));
}

#[test]
fn a_value_that_finds_no_room_takes_the_one_before_with_it() {
    let scratch = Scratch::new();
    let tenant = TenantId::new(1, 1);
    let folder = narrow(&scratch);
    let mut snapshots = folder.snapshots(|_| true).unwrap();
    snapshots.put(tenant, Bucket::Calls, 0, b"before");
    assert_eq!(snapshots.flush(), Ok(()));
    let file = snapshots.pen().swap_file(full());
    let value = vec![7; 2_000];
    for key in 1..=u128::try_from(PENDING / value.len()).unwrap() {
        snapshots.put(tenant, Bucket::Calls, key, &value);
    }
    snapshots.put(tenant, Bucket::Calls, 0, &value);
    assert!(folder.snapshot_figures().refused > 0);
    let has_zero = |kept: Vec<(TenantId, u128, Vec<u8>)>| kept.iter().any(|kept| kept.1 == 0);
    assert!(
        !has_zero(snapshots.load(Bucket::Calls)),
        "a stale value would mislead"
    );
    heal(snapshots.pen(), file);
    assert_eq!(snapshots.flush(), Ok(()));
    drop((snapshots, folder));
    let folder = narrow(&scratch);
    let snapshots = folder.snapshots(|_| true).unwrap();
    assert!(!has_zero(snapshots.load(Bucket::Calls)));
}
