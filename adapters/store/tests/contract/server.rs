//! A PostgreSQL server of its own for this run of tests, and a fresh database for each.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use ports::{Entropy, SeededEntropy};
use postgres::{Client, NoTls};
use store::{Address, FixedKeys, Keyring, MasterKey, OpenError, Settings, SqlStore};

static SERVER: LazyLock<Server> = LazyLock::new(Server::start);
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The server, with a model of a database that others are copied from.
struct Server {
    held: trial_database::Server,
    /// Databases are copied from a model, which only one may do at a time.
    copying: Mutex<()>,
}

impl Server {
    fn start() -> Server {
        let server = Server {
            held: trial_database::Server::start().unwrap(),
            copying: Mutex::default(),
        };
        let mut client = server.client("owner", "postgres");
        client.batch_execute("CREATE ROLE worker LOGIN").unwrap();
        client.batch_execute("CREATE DATABASE model").unwrap();
        let (owner, worker) = (server.url("owner", "model"), server.url("worker", "model"));
        store::prepare(&owner, &worker).unwrap();
        server
    }

    fn url(&self, role: &str, database: &str) -> String {
        self.held.url(role, database)
    }

    fn client(&self, role: &str, database: &str) -> Client {
        Client::connect(&self.url(role, database), NoTls).unwrap()
    }
}

/// A database, dropped when the test succeeds.
pub(crate) struct Database {
    name: String,
}

impl Database {
    /// A database whose tables are prepared.
    pub(crate) fn new() -> Database {
        Database::made("TEMPLATE model")
    }

    /// A database without tables.
    pub(crate) fn empty() -> Database {
        Database::made("")
    }

    fn made(like: &str) -> Database {
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        let _turn = SERVER.copying.lock().unwrap_or_else(|e| e.into_inner());
        let mut client = SERVER.client("owner", "postgres");
        client
            .batch_execute(&format!("CREATE DATABASE {name} {like}"))
            .unwrap();
        Database { name }
    }

    /// Its address for a role.
    pub(crate) fn url(&self, role: &str) -> String {
        SERVER.url(role, &self.name)
    }

    /// The same by TCP, on which the server offers no TLS.
    pub(crate) fn url_by_tcp(&self, role: &str) -> String {
        self.url_at(role, Database::server())
    }

    /// The same by TCP to something that stands before the server.
    pub(crate) fn url_at(&self, role: &str, server: &str) -> String {
        format!("postgres://{role}@{server}/{}?sslmode=disable", self.name)
    }

    /// The address of the server of all databases; its port is the usual one, 5432.
    pub(crate) fn server() -> &'static str {
        SERVER.held.address()
    }

    /// Opens the store under the tests' master key.
    pub(crate) fn open(&self) -> SqlStore {
        self.try_open(1, &self.url("worker")).unwrap()
    }

    /// Opens the store at an address under a master key made of this byte.
    pub(crate) fn try_open(&self, key: u8, url: &str) -> Result<SqlStore, OpenError> {
        let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(1));
        SqlStore::open(&Settings {
            address: Address::Postgres(url.to_owned()),
            keys: Arc::new(FixedKeys(Keyring::of(MasterKey::from_bytes([key; 32])))),
            entropy,
        })
    }

    /// The database as a role sees it by itself.
    pub(crate) fn raw(&self, role: &str) -> Client {
        let mut client = SERVER.client(role, &self.name);
        client.batch_execute("SET search_path = strowger").unwrap();
        client
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
            SERVER
                .client("owner", "postgres")
                .batch_execute(&drop)
                .unwrap();
        }
    }
}
