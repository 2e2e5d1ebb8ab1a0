//! What the journal keeps, and when it forgets.

use super::scratch::{Scratch, record};
use crate::{BusError, Folder};
use machine::{Random, WallTime};
use ports::{Journal, JournalRecord, Mark};
use std::collections::BTreeSet;

fn opened(random: &mut Random) -> JournalRecord {
    JournalRecord::Opened(Box::new(record(random)))
}

fn progress(of: &JournalRecord) -> JournalRecord {
    JournalRecord::Progress {
        call: of.call(),
        cdr: of.cdr_id(),
        tenant: of.tenant(),
        mark: Mark::Answered {
            at: WallTime::from_unix_ms(1_760_000_001_000),
        },
    }
}

fn closed(of: &JournalRecord) -> JournalRecord {
    match of {
        JournalRecord::Opened(cdr) | JournalRecord::Closed(cdr) => {
            JournalRecord::Closed(cdr.clone())
        }
        JournalRecord::Progress { .. } => unreachable!("a record is whole when it begins and ends"),
    }
}

#[test]
fn what_was_flushed_is_there_after_the_process_is_gone_and_what_was_not_is_not() {
    let scratch = Scratch::new();
    let mut random = Random::from_seed(1);
    let call = opened(&mut random);
    let folder = Folder::open(scratch.path()).unwrap();
    assert_eq!(folder.records().unwrap(), []);
    let mut journal = folder.journal().unwrap();
    journal.append(&call);
    journal.append(&progress(&call));
    assert_eq!(journal.flush(), Ok(()));
    journal.append(&closed(&call));
    drop((journal, folder));
    let folder = Folder::open(scratch.path()).unwrap();
    let expected = [call.clone(), progress(&call)];
    assert_eq!(folder.records().unwrap(), expected);
    assert_eq!(folder.records().unwrap(), expected, "asked again, the same");
}

#[test]
fn two_exchanges_cannot_serve_one_folder() {
    let scratch = Scratch::new();
    let first = Folder::open(scratch.path()).unwrap();
    let second = Folder::open(scratch.path());
    let sentence = second.err().map(|error| error.to_string()).unwrap();
    assert!(
        sentence.contains("in use by another exchange"),
        "{sentence}"
    );
    drop(first);
    assert!(Folder::open(scratch.path()).is_ok(), "free again");
}

#[test]
fn after_a_start_only_the_calls_that_go_on_are_kept() {
    let scratch = Scratch::new();
    let mut random = Random::from_seed(2);
    let calls: Vec<_> = (0..4).map(|_| opened(&mut random)).collect();
    let folder = Folder::open(scratch.path()).unwrap();
    let mut journal = folder.journal().unwrap();
    for call in &calls {
        journal.append(call);
        journal.append(&progress(call));
    }
    journal.append(&closed(&calls[3]));
    assert_eq!(journal.flush(), Ok(()));
    drop((journal, folder));

    let folder = Folder::open(scratch.path()).unwrap();
    assert_eq!(folder.records().unwrap().len(), 9);
    let mut journal = folder.journal().unwrap();
    let alive: BTreeSet<_> = [calls[1].call(), calls[3].call()].into();
    folder.recovered(&alive).unwrap();
    journal.append(&closed(&calls[1]));
    assert_eq!(journal.flush(), Ok(()));
    drop((journal, folder));

    let folder = Folder::open(scratch.path()).unwrap();
    let expected = [
        calls[1].clone(),
        progress(&calls[1]),
        calls[3].clone(),
        progress(&calls[3]),
        closed(&calls[1]),
    ];
    assert_eq!(folder.records().unwrap(), expected);
}

#[test]
fn a_folder_of_a_newer_exchange_is_refused_with_a_sentence() {
    let scratch = Scratch::new();
    drop(Folder::open(scratch.path()).unwrap().journal().unwrap());
    let mut bytes = Vec::new();
    ports::frame::append(&mut bytes, br#"{"format":2,"replaces":[]}"#).unwrap();
    let file = scratch.path().join("journal").join("00000009.log");
    std::fs::write(file, bytes).unwrap();
    let refused = Folder::open(scratch.path()).err();
    assert!(matches!(refused, Some(BusError::Newer { format: 2, .. })));
}
