//! What the journal and the snapshots cost the thread that writes them.
//!
//! `cargo run --release -p bus --example journal_speed [folder]`
//!
//! A call appends five records (begun, ringing, its leg, answered, ended) and is stored once as a
//! snapshot; a turn of the loop carries 1, 8 or 64 calls. A refresh of a registration puts one
//! value of 450 bytes; 20,000 bindings are refreshed in turn. Rates are per second of the writing
//! thread's own processor time (`/proc/thread-self/schedstat`). Turns are by the clock, and show
//! what the disk made the thread wait for; for that, first some calls at a busy exchange's pace.

use bus::{FileJournal, FileSnapshots, Folder};
use domain::{Cdr, CdrLeg, End, Fault, LegDirection, Party, Quality, QualityPair, Step, Timelines};
use ids::{CallId, CdrId, TenantId};
use machine::{Random, WallTime};
use ports::{Bucket, Journal, JournalRecord, Mark, Snapshots, StoreError};
use std::collections::BTreeSet;
use std::error::Error;
use std::io::{Stdout, Write, stdout};
use std::path::PathBuf;
use std::time::{Duration, Instant};

const CALLS: u32 = 200_000;
const CALL_BYTES: usize = 4_000;
const BINDINGS: u32 = 20_000;
const BINDING_BYTES: usize = 450;
const REFRESHES: u32 = 1_000_000;
/// A busy exchange: this long from call to call.
const PACE: Duration = Duration::from_micros(500);
const PACED_CALLS: u32 = 40_000;
/// Calls prepared beforehand, whose records go to the store at once.
const POOL: u32 = 1_000;

fn main() -> Result<(), Box<dyn Error>> {
    let given = std::env::args().nth(1).map(PathBuf::from);
    let path = given.unwrap_or_else(|| std::env::temp_dir().join("journal-speed"));
    let folder = Folder::open(&path)?;
    folder.recovered(&BTreeSet::new())?;
    let mut out = stdout();
    let (rate, each, longest) = ("per second", "µs each", "longest turn");
    writeln!(
        out,
        "{:<34}{rate:>12}{each:>10}{longest:>14}{:>8}",
        "", "> 5 ms"
    )?;
    paced(&folder)?.print(&mut out, "calls, 1 every 500 µs")?;
    for per_turn in [1, 8, 64] {
        calls(&folder, CALLS, per_turn)?.print(&mut out, &format!("calls, {per_turn} per turn"))?;
    }
    for per_turn in [1, 32] {
        let what = format!("bindings refreshed, {per_turn} per turn");
        refreshes(&folder, per_turn)?.print(&mut out, &what)?;
    }
    writeln!(out, "journal   {:?}", folder.journal_figures())?;
    writeln!(out, "snapshots {:?}", folder.snapshot_figures())?;
    drop(folder);
    let began = Instant::now();
    let folder = Folder::open(&path)?;
    let records = folder.records()?.len();
    let bindings = folder.snapshots(|_| true)?.load(Bucket::Bindings).len();
    writeln!(
        out,
        "opened again in {:.0?}: {records} records, {bindings} bindings",
        began.elapsed()
    )?;
    Ok(())
}

/// What some things cost.
#[derive(Default)]
struct Cost {
    count: u32,
    used: Duration,
    longest: Duration,
    /// Turns of more than 5 ms.
    slow: u32,
}

impl Cost {
    /// Does one turn that carries `count` things.
    fn turn<E>(&mut self, count: u32, act: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
        let began = Instant::now();
        let acted = act();
        let took = began.elapsed();
        self.longest = self.longest.max(took);
        self.slow += u32::from(took > Duration::from_millis(5));
        self.count += count;
        acted
    }

    fn print(&self, out: &mut Stdout, what: &str) -> std::io::Result<()> {
        let longest = self.longest.as_secs_f64() * 1e3;
        let (mut rate, mut micros) = (String::new(), String::new());
        if !self.used.is_zero() {
            let each = self.used.as_secs_f64() / f64::from(self.count);
            rate = format!("{:.0}", 1.0 / each);
            micros = format!("{:.2}", each * 1e6);
        }
        writeln!(
            out,
            "{what:<34}{rate:>12}{micros:>10}{longest:>11.2} ms{:>8}",
            self.slow
        )
    }
}

/// Writes whole calls, so many per turn.
struct Calls {
    journal: FileJournal,
    snapshots: FileSnapshots,
    pool: Vec<[JournalRecord; 5]>,
    state: Vec<u8>,
}

impl Calls {
    fn new(folder: &Folder) -> Result<Calls, Box<dyn Error>> {
        let mut random = Random::from_seed(1);
        Ok(Calls {
            journal: folder.journal()?,
            snapshots: folder.snapshots(|_| true)?,
            pool: (0..POOL).map(|_| life(&mut random)).collect(),
            state: vec![b'{'; CALL_BYTES],
        })
    }

    fn turn(&mut self, first: u32, count: u32) -> Result<(), StoreError> {
        let first = usize::try_from(first % POOL).unwrap_or(0);
        let pool = self.pool.iter().cycle().skip(first);
        for call in pool.take(usize::try_from(count).unwrap_or(0)) {
            let [opened, ..] = call;
            let (tenant, key) = (opened.tenant(), opened.call().as_u128());
            for record in call {
                self.journal.append(record);
            }
            self.snapshots.put(tenant, Bucket::Calls, key, &self.state);
            self.snapshots.remove(tenant, Bucket::Calls, key);
        }
        self.journal.flush().and(self.snapshots.flush())
    }
}

fn calls(folder: &Folder, count: u32, per_turn: u32) -> Result<Cost, Box<dyn Error>> {
    let mut calls = Calls::new(folder)?;
    let stored = folder.stored();
    let mut cost = Cost::default();
    let before = processor_time();
    while cost.count < count {
        let first = cost.count;
        cost.turn(per_turn, || calls.turn(first, per_turn))?;
        if first % POOL < per_turn {
            stored.tell(calls.pool.iter().map(|[opened, ..]| opened.cdr_id()));
        }
    }
    cost.used = processor_time().saturating_sub(before);
    Ok(cost)
}

/// Calls at a pace. The thread spins in between, so its processor time says nothing.
fn paced(folder: &Folder) -> Result<Cost, Box<dyn Error>> {
    let mut calls = Calls::new(folder)?;
    let stored = folder.stored();
    let mut cost = Cost::default();
    let mut next = Instant::now();
    while cost.count < PACED_CALLS {
        next += PACE;
        while Instant::now() < next {
            std::hint::spin_loop();
        }
        let first = cost.count;
        cost.turn(1, || calls.turn(first, 1))?;
        if first % POOL == 0 {
            stored.tell(calls.pool.iter().map(|[opened, ..]| opened.cdr_id()));
        }
    }
    Ok(cost)
}

fn refreshes(folder: &Folder, per_turn: u32) -> Result<Cost, Box<dyn Error>> {
    let mut snapshots = folder.snapshots(|_| true)?;
    let value = vec![b'{'; BINDING_BYTES];
    let tenant = TenantId::new(1, 1);
    let mut cost = Cost::default();
    let before = processor_time();
    while cost.count < REFRESHES {
        let first = cost.count;
        cost.turn(per_turn, || {
            for which in first..first + per_turn {
                let key = u128::from(which % BINDINGS);
                snapshots.put(tenant, Bucket::Bindings, key, &value);
            }
            snapshots.flush()
        })?;
    }
    cost.used = processor_time().saturating_sub(before);
    Ok(cost)
}

/// The records of one answered call of two phones.
fn life(random: &mut Random) -> [JournalRecord; 5] {
    let at = WallTime::from_unix_ms(1_760_000_000_000);
    let cdr = Cdr {
        id: CdrId::new(1_760_000_000_000, random.next_u128()),
        call: CallId::new(1_760_000_000_000, random.next_u128()),
        tenant: TenantId::new(1_760_000_000_000, 1),
        started: at,
        ringing_at: Some(at),
        answered_at: None,
        ended: at,
        caller: party("101"),
        dialled: "102".to_owned(),
        destination: Some(party("102")),
        legs: vec![
            leg(LegDirection::Incoming, "101"),
            leg(LegDirection::Outgoing, "102"),
        ],
        end: End {
            cause: 16,
            sip_status: 200,
            reason: "the caller hung up".to_owned(),
            by: Fault::Caller,
        },
        moves: domain::Moves::default(),
        explanation: vec![
            step("102 is an extension of this tenant"),
            step("1 device of 102 can be reached"),
        ],
        recovered: false,
    };
    let (call, id, tenant) = (cdr.call, cdr.id, cdr.tenant);
    let progress = |mark| JournalRecord::Progress {
        call,
        cdr: id,
        tenant,
        mark,
    };
    let leg = Box::new(leg(LegDirection::Outgoing, "102"));
    let cdr = Box::new(cdr);
    [
        JournalRecord::Opened(cdr.clone()),
        progress(Mark::Ringing { at }),
        progress(Mark::Leg { index: 1, leg }),
        progress(Mark::Answered { at }),
        JournalRecord::Closed(cdr),
    ]
}

fn party(number: &str) -> Party {
    Party {
        extension: None,
        device: None,
        number: number.to_owned(),
        display: "Somebody".to_owned(),
    }
}

fn leg(direction: LegDirection, number: &str) -> CdrLeg {
    let at = WallTime::from_unix_ms(1_760_000_000_000);
    let quality = Quality {
        packets: 9_000,
        octets: 1_440_000,
        loss_permille: 2,
        jitter_ms: 4,
        mos_x100: 438,
        strangers: 0,
    };
    CdrLeg {
        direction,
        party: party(number),
        by_trunk: None,
        address: "192.0.2.107:5060".to_owned(),
        user_agent: "Telephone model 7 / 1.2.3".to_owned(),
        sip_call_id: "a84b4c76e66710b3f1a6@192.0.2.107".to_owned(),
        started: at,
        ringing_at: Some(at),
        answered_at: Some(at),
        ended: Some(at),
        status: Some(200),
        codec: Some("PCMA/8000".to_owned()),
        srtp: None,
        site: None,
        one_way: 0,
        quality: QualityPair {
            received: Some(quality),
            sent: Some(quality),
        },
        timelines: Timelines::default(),
        reported: domain::PhoneReports::default(),
    }
}

fn step(because: &str) -> Step {
    Step {
        at: Some(WallTime::from_unix_ms(1_760_000_000_000)),
        text: because.to_owned(),
        rule: "extension.devices".to_owned(),
        because: because.to_owned(),
    }
}

/// What the calling thread has used so far.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text
        .split_whitespace()
        .next()
        .and_then(|first| first.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}
