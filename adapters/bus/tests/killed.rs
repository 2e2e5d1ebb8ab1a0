//! A process that is killed without warning loses nothing that a flush has taken.
//!
//! The test starts itself again as the process to be killed: that one writes call records as fast
//! as it can and says after each flush how many are safe.
#![allow(clippy::unwrap_used)]

use bus::Folder;
use domain::{Cdr, End, Fault, Party};
use ids::{CallId, CdrId, TenantId};
use machine::WallTime;
use ports::{Bucket, Journal, JournalRecord, Snapshots};
use std::fs;
use std::io::{BufRead, BufReader, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const MORNING: WallTime = WallTime::from_unix_ms(1_760_000_000_000);

fn tenant() -> TenantId {
    TenantId::new(1, 1)
}

fn opened(n: u128) -> JournalRecord {
    JournalRecord::Opened(Box::new(Cdr {
        id: CdrId::new(1, n),
        call: CallId::new(1, n),
        tenant: tenant(),
        started: MORNING,
        ringing_at: None,
        answered_at: None,
        ended: MORNING,
        caller: Party::default(),
        dialled: "102".to_owned(),
        destination: None,
        legs: Vec::new(),
        end: End {
            cause: 41,
            sip_status: 503,
            reason: "the exchange stopped during the call".to_owned(),
            by: Fault::Exchange,
        },
        moves: domain::Moves::default(),
        explanation: Vec::new(),
        recovered: false,
    }))
}

/// Not a test of its own: the process that is killed. It serves the folder it is started in.
#[test]
#[ignore = "started by the other test, in a folder of its own"]
fn writes_until_it_is_killed() {
    let folder = Folder::open(Path::new(".")).unwrap();
    let mut journal = folder.journal().unwrap();
    let mut snapshots = folder.snapshots(|_| true).unwrap();
    let mut out = stdout();
    for n in 1.. {
        journal.append(&opened(n));
        snapshots.put(tenant(), Bucket::Calls, n, &n.to_le_bytes());
        journal.flush().unwrap();
        snapshots.flush().unwrap();
        writeln!(out, "\nsafe {n}").unwrap();
    }
}

/// A folder that is removed with what a bus puts there.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        for shelf in ["journal", "snapshots"] {
            let shelf = self.0.join(shelf);
            for entry in fs::read_dir(&shelf).into_iter().flatten().flatten() {
                let _gone = fs::remove_file(entry.path());
            }
            let _gone = fs::remove_dir(shelf);
        }
        let _gone = fs::remove_file(self.0.join("lock"));
        let _gone = fs::remove_dir(&self.0);
    }
}

fn start(folder: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "writes_until_it_is_killed", "--ignored"])
        .arg("--nocapture")
        .current_dir(folder)
        .stdout(Stdio::piped());
    command.spawn().unwrap()
}

/// Lets the process write until `enough` are safe, and kills it. Gives what it had said last.
fn kill_after(mut child: Child, enough: usize) -> usize {
    let said = BufReader::new(child.stdout.take().unwrap());
    let mut last = 0;
    for line in said.lines() {
        let line = line.unwrap();
        if let Some(n) = line.strip_prefix("safe ").and_then(|n| n.parse().ok()) {
            last = n;
        }
        if last == enough {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    last
}

#[test]
fn what_a_flush_has_taken_outlives_a_killed_process() {
    let name = format!("bus-killed-{}", std::process::id());
    for enough in [1, 7, 150, 900] {
        let scratch = Scratch(std::env::temp_dir().join(format!("{name}-{enough}")));
        fs::create_dir_all(&scratch.0).unwrap();
        let said = kill_after(start(&scratch.0), enough);
        assert!(said >= enough, "the process came to write: {said}");
        let folder = Folder::open(&scratch.0).unwrap();
        let records = folder.records().unwrap();
        let expected: Vec<_> = (1..).map(opened).take(records.len()).collect();
        assert_eq!(records, expected, "in order, none left out");
        assert!(records.len() >= said, "{} of {said}", records.len());
        let kept = folder.snapshots(|_| true).unwrap().load(Bucket::Calls);
        assert!(kept.len() >= said, "{} of {said}", kept.len());
        assert!(folder.last_seen().is_some());
    }
}
