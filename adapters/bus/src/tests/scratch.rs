//! A folder of its own for each test, and call records to fill it with.

use domain::{Cdr, CdrLeg, End, Fault, LegDirection, Party, QualityPair, Timelines};
use ids::{CallId, CdrId, TenantId};
use machine::{Random, WallTime};
use ports::{JournalRecord, Mark};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// A folder that is removed with all that a bus puts there.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    pub(super) fn new() -> Scratch {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!(
            "bus-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        // In memory where that is to be had: these tests wait for the disk thousands of times.
        let memory = PathBuf::from("/dev/shm");
        let base = if memory.is_dir() {
            memory
        } else {
            std::env::temp_dir()
        };
        let scratch = Scratch(base.join(name));
        scratch.clear();
        scratch
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// The segments of a shelf, oldest first.
    pub(super) fn segments(&self, shelf: &str) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.0.join(shelf)) else {
            return Vec::new();
        };
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    /// Sizes of the segments of a shelf, in bytes.
    pub(super) fn sizes(&self, shelf: &str) -> Vec<u64> {
        let files = self.segments(shelf);
        files
            .iter()
            .map(|file| fs::metadata(file).unwrap().len())
            .collect()
    }

    /// Bytes of the whole frames of a file.
    pub(super) fn whole(file: &Path) -> u64 {
        let bytes = fs::read(file).unwrap();
        u64::try_from(ports::frame::whole_frames(&bytes).1).unwrap()
    }

    fn clear(&self) {
        for shelf in ["journal", "snapshots"] {
            for file in self.segments(shelf) {
                fs::remove_file(file).unwrap();
            }
            let _none = fs::remove_dir(self.0.join(shelf));
        }
        let _none = fs::remove_file(self.0.join("lock"));
        let _none = fs::remove_dir(&self.0);
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.clear();
    }
}

/// The record of an answered call of two phones, about as long as in practice.
pub(super) fn record(random: &mut Random) -> Cdr {
    let at = WallTime::from_unix_ms(1_760_000_000_000);
    let party = |number: &str| Party {
        extension: None,
        device: None,
        number: number.to_owned(),
        display: String::new(),
    };
    let leg = |direction, number| CdrLeg {
        direction,
        party: party(number),
        by_trunk: None,
        address: "192.0.2.7:5060".to_owned(),
        user_agent: "phone/1.0".to_owned(),
        sip_call_id: "a84b4c76e66710@192.0.2.7".to_owned(),
        started: at,
        ringing_at: None,
        answered_at: None,
        ended: None,
        status: None,
        codec: None,
        srtp: None,
        site: None,
        one_way: 0,
        quality: QualityPair::default(),
        timelines: Timelines::default(),
        reported: domain::PhoneReports::default(),
    };
    Cdr {
        id: CdrId::new(1_760_000_000_000, random.next_u128()),
        call: CallId::new(1_760_000_000_000, random.next_u128()),
        tenant: TenantId::new(1, random.next_u128()),
        started: at,
        ringing_at: None,
        answered_at: None,
        ended: at,
        caller: party("101"),
        dialled: "102".to_owned(),
        destination: None,
        legs: vec![
            leg(LegDirection::Incoming, "101"),
            leg(LegDirection::Outgoing, "102"),
        ],
        end: End {
            cause: 41,
            sip_status: 503,
            reason: "the exchange stopped during the call".to_owned(),
            by: Fault::Exchange,
        },
        moves: domain::Moves::default(),
        explanation: Vec::new(),
        recovered: false,
    }
}

pub(super) fn opened(random: &mut Random) -> JournalRecord {
    JournalRecord::Opened(Box::new(record(random)))
}

pub(super) fn progress(of: &JournalRecord) -> JournalRecord {
    JournalRecord::Progress {
        call: of.call(),
        cdr: of.cdr_id(),
        tenant: of.tenant(),
        mark: Mark::Answered {
            at: WallTime::from_unix_ms(1_760_000_001_000),
        },
    }
}

pub(super) fn closed(of: &JournalRecord) -> JournalRecord {
    match of {
        JournalRecord::Opened(cdr) | JournalRecord::Closed(cdr) => {
            JournalRecord::Closed(cdr.clone())
        }
        JournalRecord::Progress { .. } => unreachable!("only a whole record can be closed"),
    }
}
