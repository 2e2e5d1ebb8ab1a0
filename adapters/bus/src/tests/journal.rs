//! What the journal keeps, and when it forgets.

use super::scratch::{Scratch, closed, opened, progress};
use crate::shelf::Sizes;
use crate::{BusError, FileJournal, Folder};
use ids::CallId;
use machine::{Random, WallTime};
use ports::{Journal, JournalRecord};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, UNIX_EPOCH};

/// Small, so that segments turn and merge all the time.
const SMALL: Sizes = Sizes {
    segment: 8_000,
    merge_floor: 24_000,
    pending: 1 << 20,
};

#[test]
fn what_was_flushed_is_there_after_the_process_is_gone_and_what_was_not_is_not() {
    let scratch = Scratch::new();
    let mut random = Random::from_seed(1);
    let call = opened(&mut random);
    let folder = Folder::open_sized(scratch.path(), SMALL).unwrap();
    assert_eq!(folder.records().unwrap(), []);
    let mut journal = folder.journal().unwrap();
    journal.append(&call);
    journal.append(&progress(&call));
    assert_eq!(journal.flush(), Ok(()));
    journal.append(&closed(&call));
    drop((journal, folder));
    let folder = Folder::open_sized(scratch.path(), SMALL).unwrap();
    let expected = [call.clone(), progress(&call)];
    assert_eq!(folder.records().unwrap(), expected);
    assert_eq!(folder.records().unwrap(), expected, "asked again, the same");
}

#[test]
fn two_exchanges_cannot_serve_one_folder() {
    let scratch = Scratch::new();
    let first = Folder::open_sized(scratch.path(), SMALL).unwrap();
    let second = Folder::open_sized(scratch.path(), SMALL);
    let sentence = second.err().map(|error| error.to_string()).unwrap();
    assert!(
        sentence.contains("in use by another exchange"),
        "{sentence}"
    );
    drop(first);
    assert!(
        Folder::open_sized(scratch.path(), SMALL).is_ok(),
        "free again"
    );
}

#[test]
fn the_folder_tells_when_its_last_exchange_was_last_seen() {
    let scratch = Scratch::new();
    let first = Folder::open(scratch.path()).unwrap();
    assert_eq!(first.last_seen(), None);
    drop(first);
    let midnight = UNIX_EPOCH + Duration::from_millis(1_760_000_000_000);
    let lock = fs::File::options()
        .write(true)
        .open(scratch.path().join("lock"))
        .unwrap();
    lock.set_modified(midnight).unwrap();
    let seen = WallTime::from_unix_ms(1_760_000_000_000);
    assert_eq!(
        Folder::open(scratch.path()).unwrap().last_seen(),
        Some(seen)
    );
    let later = Folder::open(scratch.path()).unwrap().last_seen();
    assert!(later > Some(seen), "whoever opens it leaves a sign of life");
}

#[test]
fn after_a_start_only_the_calls_that_go_on_are_kept() {
    let scratch = Scratch::new();
    let mut random = Random::from_seed(2);
    let calls: Vec<_> = (0..4).map(|_| opened(&mut random)).collect();
    let folder = Folder::open_sized(scratch.path(), SMALL).unwrap();
    let mut journal = folder.journal().unwrap();
    for call in &calls {
        journal.append(call);
        journal.append(&progress(call));
    }
    journal.append(&closed(&calls[3]));
    assert_eq!(journal.flush(), Ok(()));
    drop((journal, folder));

    let folder = Folder::open_sized(scratch.path(), SMALL).unwrap();
    assert_eq!(folder.records().unwrap().len(), 9);
    let mut journal = folder.journal().unwrap();
    let alive: BTreeSet<_> = [calls[1].call(), calls[3].call()].into();
    folder.recovered(&alive).unwrap();
    journal.append(&closed(&calls[1]));
    assert_eq!(journal.flush(), Ok(()));
    drop((journal, folder));

    let folder = Folder::open_sized(scratch.path(), SMALL).unwrap();
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
    drop(
        Folder::open_sized(scratch.path(), SMALL)
            .unwrap()
            .journal()
            .unwrap(),
    );
    let mut bytes = Vec::new();
    ports::frame::append(&mut bytes, br#"{"format":2,"replaces":[]}"#).unwrap();
    let file = scratch.path().join("journal").join("00000009.log");
    fs::write(file, bytes).unwrap();
    let refused = Folder::open_sized(scratch.path(), SMALL).err();
    assert!(matches!(refused, Some(BusError::Newer { format: 2, .. })));
}

#[test]
fn a_file_cut_at_any_byte_gives_exactly_the_records_before_the_cut() {
    let scratch = Scratch::new();
    let mut random = Random::from_seed(3);
    let call = opened(&mut random);
    let written = [call.clone(), progress(&call), closed(&call)];
    let folder = Folder::open_sized(scratch.path(), SMALL).unwrap();
    let mut journal = folder.journal().unwrap();
    let file = scratch.segments("journal")[0].clone();
    let header = Scratch::whole(&file);
    let mut ends = vec![header];
    for record in &written {
        journal.append(record);
        assert_eq!(journal.flush(), Ok(()));
        ends.push(Scratch::whole(&file));
    }
    drop((journal, folder));
    let mut whole = fs::read(&file).unwrap();
    whole.truncate(usize::try_from(Scratch::whole(&file)).unwrap());
    for cut in 0..=whole.len() {
        let inherited = Scratch::new();
        fs::create_dir_all(inherited.path().join("journal")).unwrap();
        let copy = inherited.path().join("journal").join("00000001.log");
        fs::write(copy, &whole[..cut]).unwrap();
        let folder = Folder::open_sized(inherited.path(), SMALL).unwrap();
        let cut = u64::try_from(cut).unwrap();
        let complete = ends.iter().filter(|end| **end <= cut).count();
        let expected = &written[..complete.saturating_sub(1)];
        assert_eq!(folder.records().unwrap(), expected, "cut at {cut}");
        let kept = complete.checked_sub(1).map_or(0, |last| ends[last]);
        // Zeros at the end count as room.
        let torn = folder.journal_figures().torn_bytes;
        assert!(
            torn + 3 >= cut - kept && torn <= cut - kept,
            "{torn} at {cut}"
        );
    }
}

/// A day at the exchange: calls begin, go on and end, and records reach the store later.
struct Day {
    random: Random,
    open: Vec<JournalRecord>,
    unstored: Vec<JournalRecord>,
}

impl Day {
    fn step(&mut self, folder: &Folder, journal: &mut FileJournal) {
        match self.random.below(7) {
            0 | 1 => {
                let call = opened(&mut self.random);
                journal.append(&call);
                self.open.push(call);
            }
            2 => {
                if let Some(call) = self.open.last() {
                    journal.append(&progress(call));
                }
            }
            3 | 4 if self.open.len() > 1 => {
                // The first call of the day is never hung up.
                let open = u64::try_from(self.open.len()).unwrap() - 1;
                let which = 1 + usize::try_from(self.random.below(open)).unwrap();
                let call = self.open.swap_remove(which);
                journal.append(&closed(&call));
                self.unstored.push(call);
            }
            5 => {
                let batch: Vec<_> = self.unstored.drain(..).map(|call| call.cdr_id()).collect();
                folder.stored().tell(batch);
            }
            _ => folder.tend(),
        }
        assert_eq!(journal.flush(), Ok(()));
    }

    fn alive(&self) -> BTreeSet<CallId> {
        self.open.iter().map(JournalRecord::call).collect()
    }
}

#[test]
fn segments_go_when_their_records_are_stored_and_long_calls_and_late_records_stay() {
    for seed in 0..4 {
        let scratch = Scratch::new();
        let mut day = Day {
            random: Random::from_seed(seed),
            open: Vec::new(),
            unstored: Vec::new(),
        };
        let mut written = 0;
        for life in 0..4 {
            let folder = Folder::open_sized(scratch.path(), SMALL).unwrap();
            let left = folder.records().unwrap();
            let begun = |call: &JournalRecord| left.contains(call);
            assert!(day.open.iter().all(begun), "life {life}, seed {seed}");
            let ended = |call: &JournalRecord| left.contains(&closed(call));
            assert!(day.unstored.iter().all(ended), "life {life}, seed {seed}");
            day.unstored.clear();
            let mut journal = folder.journal().unwrap();
            folder.recovered(&day.alive()).unwrap();
            for _ in 0..400 {
                day.step(&folder, &mut journal);
                // Most calls are short.
                if day.open.len() > 8 {
                    let call = day.open.swap_remove(7);
                    journal.append(&closed(&call));
                    day.unstored.push(call);
                }
            }
            assert_eq!(journal.flush(), Ok(()));
            assert!(folder.journal_figures().merges > 2);
            written += folder.journal_figures().bytes;
        }
        let bytes: u64 = scratch.sizes("journal").iter().sum();
        assert!(bytes * 5 < written, "{bytes} bytes of {written}");
    }
}

#[test]
fn a_process_killed_in_a_merge_finds_what_was_there_before_or_after_it() {
    let scratch = Scratch::new();
    let mut random = Random::from_seed(5);
    let calls: Vec<_> = (0..40).map(|_| opened(&mut random)).collect();
    let folder = Folder::open_sized(scratch.path(), SMALL).unwrap();
    let mut journal = folder.journal().unwrap();
    for call in &calls {
        journal.append(call);
        assert_eq!(journal.flush(), Ok(()));
        folder.tend();
    }
    drop((journal, folder));
    let before: Vec<_> = scratch
        .segments("journal")
        .into_iter()
        .map(|file| (file.clone(), fs::read(file).unwrap()))
        .collect();
    assert!(before.len() > 3, "several segments");
    let folder = Folder::open_sized(scratch.path(), SMALL).unwrap();
    assert_eq!(folder.records().unwrap(), calls);
    let alive: BTreeSet<_> = calls.iter().step_by(2).map(JournalRecord::call).collect();
    folder.recovered(&alive).unwrap();
    drop(folder);
    let kept: Vec<_> = calls.iter().step_by(2).cloned().collect();
    let merged = fs::read(&before[0].0).unwrap();

    // Killed before the renaming: a piece of a draft lies about.
    for cut in [0, 1, merged.len() / 2, merged.len()] {
        for (file, bytes) in &before {
            fs::write(file, bytes).unwrap();
        }
        fs::write(before[0].0.with_extension("new"), &merged[..cut]).unwrap();
        let folder = Folder::open_sized(scratch.path(), SMALL).unwrap();
        assert_eq!(folder.records().unwrap(), calls, "draft cut at {cut}");
    }
    // Killed after it: any of the old segments is still there.
    for left in 0..before.len() {
        for (file, bytes) in &before[left..] {
            fs::write(file, bytes).unwrap();
        }
        fs::write(&before[0].0, &merged).unwrap();
        let folder = Folder::open_sized(scratch.path(), SMALL).unwrap();
        assert_eq!(folder.records().unwrap(), kept, "old ones from {left} on");
    }
}

#[test]
fn nothing_is_merged_before_the_records_of_earlier_processes_are_stored() {
    let scratch = Scratch::new();
    let mut random = Random::from_seed(6);
    let call = opened(&mut random);
    let folder = Folder::open_sized(scratch.path(), SMALL).unwrap();
    let mut journal = folder.journal().unwrap();
    journal.append(&call);
    assert_eq!(journal.flush(), Ok(()));
    drop((journal, folder));
    let folder = Folder::open_sized(scratch.path(), SMALL).unwrap();
    let mut journal = folder.journal().unwrap();
    folder.stored().tell([call.cdr_id()]);
    for _ in 0..100 {
        journal.append(&opened(&mut random));
        assert_eq!(journal.flush(), Ok(()));
        folder.tend();
    }
    assert_eq!(folder.journal_figures().merges, 0);
    assert_eq!(folder.records().unwrap(), [call]);
    folder.recovered(&BTreeSet::new()).unwrap();
    folder.tend();
    assert!(folder.journal_figures().merges > 0);
}

#[test]
fn files_are_for_their_owner_alone() {
    let scratch = Scratch::new();
    let folder = Folder::open_sized(scratch.path(), SMALL).unwrap();
    let _journal = folder.journal().unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!(mode(scratch.path()), 0o700);
    assert_eq!(mode(&scratch.path().join("lock")), 0o600);
    let segments = scratch.segments("journal");
    assert!(!segments.is_empty());
    assert!(segments.iter().all(|segment| mode(segment) == 0o600));
}
