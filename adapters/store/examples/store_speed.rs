//! How fast the SQLite store is: devices a second through the demo plan, commits a second with
//! 1 and 64 writers at once, call records a second.
//!
//! `cargo run --release -p store --example store_speed -- FOLDER`: the folder should be new, on
//! the disk in question.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use admin::{Office, demo, documents};
use domain::{CallClass, Cdr, Destination, End, Extension, Fault, Party};
use ids::{CallId, CdrId, ExtensionId, TenantId};
use machine::WallTime;
use ports::{ExchangeStore, StoreError};
use store::{FixedKeys, Keyring, MasterKey, OsEntropy, Settings, SqlStore, SystemClock, block_on};
use tenancy::{PlatformScope, TenantScope};

type Outcome = Result<(), Box<dyn Error>>;

/// Devices of the demo plan, in companies of this many.
const DEVICES: usize = 20_000;
const PER_COMPANY: usize = 200;

/// How long commits are counted.
const COUNTED: Duration = Duration::from_secs(5);

/// Call records written, and how many at once.
const CDRS: u32 = 20_000;
const CDRS_AT_ONCE: u32 = 100;

fn main() -> Outcome {
    let folder = std::env::args().nth(1).ok_or("name a new folder")?;
    let store = open(folder.into())?;
    let office = block_on(Office::open(
        store.clone(),
        Arc::new(OsEntropy),
        Arc::new(SystemClock),
        admin::DEFAULT_REALM,
    ))?;
    let tenant = measure_devices(&office, &store)?;
    for writers in [1, 64] {
        measure_commits(&office, tenant, writers)?;
    }
    measure_cdrs(&store, tenant)
}

fn open(folder: PathBuf) -> Result<Arc<SqlStore>, Box<dyn Error>> {
    let settings = Settings {
        address: store::Address::Sqlite(folder),
        keys: Arc::new(FixedKeys(Keyring::of(MasterKey::from_bytes([7; 32])))),
        entropy: Arc::new(OsEntropy),
    };
    Ok(Arc::new(SqlStore::open(&settings)?))
}

/// Gives one of the tenants made.
fn measure_devices(office: &Office, store: &SqlStore) -> Result<TenantId, Box<dyn Error>> {
    let scope = PlatformScope::at_console().account();
    let begun = Instant::now();
    let mut tenant = None;
    for planned in demo::plan(DEVICES / PER_COMPANY, PER_COMPANY).map_err(StoreError::from)? {
        let installed = block_on(demo::install(office, &scope, planned))?;
        tenant = Some(installed.tenant.id);
    }
    report("devices with extensions", DEVICES, begun.elapsed());
    let begun = Instant::now();
    let (directory, _) = block_on(store.directory())?;
    report(
        "devices read into a directory",
        directory.devices(),
        begun.elapsed(),
    );
    tenant.ok_or_else(|| "the plan is empty".into())
}

fn measure_commits(office: &Office, tenant: TenantId, writers: usize) -> Outcome {
    let begun = Instant::now();
    let work = move |office: Office| {
        let scope = TenantScope::for_job(tenant, "bench");
        let mut commits = 0;
        while begun.elapsed() < COUNTED {
            let id = office.mint(ExtensionId::new).as_u128();
            let spec = Extension {
                number: format!("9{:014}", id % 100_000_000_000_000),
                display_name: String::new(),
                ring_seconds: 30,
                destination: Destination::Devices,
                forwards: domain::Forwards::default(),
                lamps: domain::Lamps::default(),
                external_number: None,
                calls: CallClass::ordinary(),
                only_to: Vec::new(),
                never_to: Vec::new(),
                recording: domain::RecordingRule::default(),
                conference: domain::ConferenceRule::default(),
                announcement: domain::AnnouncementRule::default(),
                on_hold: None,
                language: None,
                groups: Vec::new(),
                enabled: true,
            };
            block_on(documents::add(&office, &scope, spec, None))?;
            commits += 1;
        }
        Ok::<usize, StoreError>(commits)
    };
    let threads: Vec<_> = (0..writers)
        .map(|_| {
            let office = office.clone();
            thread::spawn(move || work(office))
        })
        .collect();
    let mut commits = 0;
    for thread in threads {
        commits += thread.join().map_err(|_| "a writer panicked")??;
    }
    report(
        &format!("commits with {writers} at once"),
        commits,
        begun.elapsed(),
    );
    Ok(())
}

fn measure_cdrs(store: &SqlStore, tenant: TenantId) -> Outcome {
    let begun = Instant::now();
    let mut written = 0;
    for batch in 0..CDRS / CDRS_AT_ONCE {
        let first = batch * CDRS_AT_ONCE;
        let cdrs = (first..first + CDRS_AT_ONCE).map(|number| cdr(tenant, number));
        written += block_on(store.write_cdrs(cdrs.collect()))?;
    }
    report("call records", written, begun.elapsed());
    Ok(())
}

fn cdr(tenant: TenantId, number: u32) -> Cdr {
    let party = |number: u32| Party {
        extension: Some(ExtensionId::new(1, number.into())),
        device: None,
        number: number.to_string(),
        display: format!("Extension {number}"),
    };
    let started = WallTime::from_unix_ms(1_764_000_000_000 + i64::from(number));
    Cdr {
        id: CdrId::new(1_764_000_000_000 + u64::from(number), number.into()),
        call: CallId::new(1, number.into()),
        tenant,
        started,
        ringing_at: None,
        answered_at: None,
        ended: started,
        caller: party(100 + number % 200),
        dialled: (100 + number % 199).to_string(),
        destination: Some(party(100 + number % 199)),
        legs: Vec::new(),
        end: End {
            cause: 16,
            sip_status: 200,
            reason: "Normal call clearing".to_owned(),
            by: Fault::Caller,
        },
        moves: domain::Moves::default(),
        explanation: Vec::new(),
        recovered: false,
    }
}

fn report(what: &str, number: usize, took: Duration) {
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    let rate = f64::from(number) / took.as_secs_f64();
    println!(
        "{what:32} {number:>8} in {:6.2} s: {rate:>9.0} /s",
        took.as_secs_f64()
    );
}
