//! Where a world keeps what it is told. `STROWGER_TEST_STORE` says it for a whole run: `memory`
//! (the default), `sqlite` or `postgres`. `STROWGER_TEST_CELLS=all` has every name tried there.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread;

use ports::{SeededEntropy, Stores};
use store::{Address, FixedKeys, Keyring, MasterKey, MemoryStore, Settings, SqlStore};

/// Says where.
const WORD: &str = "STROWGER_TEST_STORE";
/// Says how many.
const CELLS: &str = "STROWGER_TEST_CELLS";

static SERVER: LazyLock<Server> = LazyLock::new(Server::start);
static PLACES: AtomicU32 = AtomicU32::new(0);

/// What keeps a store's data, for as long as a world needs them.
pub(crate) enum Place {
    Memory,
    Folder(PathBuf),
    Database(u32),
}

impl Place {
    /// A new store at the place that this run is to use.
    pub(crate) fn of_this_run() -> (Place, Arc<dyn Stores>) {
        // on a thread of its own: to open a store is to wait, which a runtime's thread must not
        thread::spawn(Place::made).join().unwrap()
    }

    fn made() -> (Place, Arc<dyn Stores>) {
        let number = PLACES.fetch_add(1, Ordering::Relaxed);
        match std::env::var(WORD).as_deref() {
            Err(_) | Ok("memory") => (Place::Memory, Arc::new(MemoryStore::new())),
            Ok("sqlite") => {
                let name = format!("strowger-api-{}-{number}", std::process::id());
                let folder = std::env::temp_dir().join(name);
                let store = opened(Address::Sqlite(folder.clone()));
                (Place::Folder(folder), store)
            }
            Ok("postgres") => {
                let store = opened(Address::Postgres(SERVER.database(number)));
                (Place::Database(number), store)
            }
            Ok(other) => panic!("{WORD} is memory, sqlite or postgres, not {other}"),
        }
    }
}

/// Which of the many names are tried at a place: one in so many, and the first of them.
pub(crate) struct Share {
    pub(crate) one_in: usize,
    pub(crate) first: usize,
}

impl Share {
    const ALL: Share = Share {
        one_in: 1,
        first: 0,
    };

    /// What answers is the same on every store. So those that keep what they are told have half of
    /// the names each, and between them all; memory, which is for tests alone, has a few.
    pub(crate) fn of_this_run() -> Share {
        if std::env::var(CELLS).is_ok_and(|cells| cells == "all") {
            return Share::ALL;
        }
        let (one_in, first) = match std::env::var(WORD).as_deref() {
            Ok("sqlite") => (2, 0),
            Ok("postgres") => (2, 1),
            Err(_) | Ok(_) => (8, 0),
        };
        Share { one_in, first }
    }
}

/// Whether this run's stores seal secrets: all that write them down do.
pub(crate) fn keeps_sealed() -> bool {
    !matches!(std::env::var(WORD).as_deref(), Err(_) | Ok("memory"))
}

impl Drop for Place {
    /// What cannot be removed stays: it is in a temporary folder, or on a server that ends with
    /// this process.
    fn drop(&mut self) {
        match self {
            Place::Memory => {}
            Place::Folder(folder) => {
                for file in ["strowger.db", "strowger.db-wal", "strowger.db-shm"] {
                    let _ = fs::remove_file(folder.join(file));
                }
                let _ = fs::remove_dir(folder);
            }
            Place::Database(number) => {
                let _ = SERVER.try_say(&format!("DROP DATABASE world_{number} WITH (FORCE);"));
            }
        }
    }
}

fn opened(address: Address) -> Arc<dyn Stores> {
    let settings = Settings {
        address,
        keys: Arc::new(FixedKeys(Keyring::of(MasterKey::from_bytes([1; 32])))),
        entropy: Arc::new(SeededEntropy::new(1)),
    };
    Arc::new(SqlStore::open(&settings).unwrap())
}

/// A PostgreSQL server of this run's own, with a model that databases are copied from.
struct Server(trial_database::Server);

impl Server {
    fn start() -> Server {
        let server = Server(trial_database::Server::start().unwrap());
        server.say("CREATE ROLE worker LOGIN; CREATE DATABASE model;");
        let url = |role| server.0.url(role, "model");
        store::prepare(&url("owner"), &url("worker")).unwrap();
        server
    }

    /// A database with tables and nothing in them; its address for the exchange's role.
    fn database(&self, number: u32) -> String {
        self.say(&format!("CREATE DATABASE world_{number} TEMPLATE model;"));
        self.0.url("worker", &format!("world_{number}"))
    }

    fn say(&self, sql: &str) {
        assert!(self.try_say(sql), "{sql}");
    }

    /// Takes turns, since the model can only be copied by one at a time.
    fn try_say(&self, sql: &str) -> bool {
        static TURN: Mutex<()> = Mutex::new(());
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let psql = Command::new("psql")
            .args([
                "-qX",
                "-v",
                "ON_ERROR_STOP=1",
                "-U",
                "owner",
                "-d",
                "postgres",
            ])
            .args(["-h", self.0.folder()])
            .stdin(Stdio::piped())
            .spawn();
        let Ok(mut psql) = psql else { return false };
        let mut input = psql.stdin.take().unwrap();
        let said = input.write_all(sql.as_bytes()).is_ok();
        drop(input);
        said && psql.wait().is_ok_and(|status| status.success())
    }
}
