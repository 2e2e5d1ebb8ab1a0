//! The second wall: what the database itself refuses, whatever text is sent to it.

use postgres::Client;
use postgres::error::SqlState;
use store::OpenError;

use crate::blobs::with_blob;
use crate::credentials::with_person;
use crate::deliveries::with_delivery;
use crate::faxes::with_fax;
use crate::ladders::with_ladder;
use crate::quality::with_summary;
use crate::recordings::with_recording;
use crate::server::Database;
use crate::support::with_support;
use crate::world::World;

/// Tables with a tenant in each row.
const WALLED: [&str; 23] = [
    "data_keys",
    "documents",
    "blobs",
    "blob_pieces",
    "unique_keys",
    "pointers",
    "history",
    "audit",
    "feed",
    "events",
    "event_marks",
    "webhook_places",
    "deliveries",
    "credentials",
    "logins",
    "cdrs",
    "cdr_facets",
    "quality_hours",
    "ladders",
    "recordings",
    "faxes",
    "fax_pieces",
    "tokens",
];

/// A database with two tenants, each with rows in most tables, and their ids.
fn two_tenants() -> (Database, [String; 2]) {
    let database = Database::new();
    let store = database.open();
    let world = World::over(&store);
    let ids = ["acme.example", "bell.example"].map(|domain| {
        let scope = world.tenant(domain);
        let extension = world.extension(&scope, "101");
        world.device(&scope, &extension, domain);
        with_ladder(&world, &scope);
        with_summary(&world, &scope);
        with_recording(&world, &scope);
        with_fax(&world, &scope);
        with_blob(&world, &scope, &extension);
        with_delivery(&world, &scope);
        with_support(&world, &scope);
        with_person(&world, &scope);
        scope.tenant().to_string()
    });
    (database, ids)
}

/// Whose rows of a table the worker sees, with no WHERE at all.
fn owners(worker: &mut Client, sight: Option<&str>, table: &str) -> Vec<String> {
    let mut transaction = worker.transaction().unwrap();
    if let Some(sight) = sight {
        let look = "SELECT set_config('strowger.sight', $1, true)";
        transaction.execute(look, &[&sight]).unwrap();
    }
    let all = format!("SELECT DISTINCT tenant FROM {table} ORDER BY tenant");
    let rows = transaction.query(&all, &[]).unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[test]
fn a_text_that_forgets_its_tenant_sees_that_tenant_alone() {
    let (database, [acme, bell]) = two_tenants();
    let mut worker = database.raw("worker");
    for table in WALLED.into_iter().filter(|table| *table != "tokens") {
        let seen = owners(&mut worker, Some(&format!("={acme}")), table);
        assert_eq!(seen, [acme.as_str()], "{table}");
        let seen = owners(&mut worker, Some("*"), table);
        assert!(seen.contains(&acme) && seen.contains(&bell), "{table}");
    }
}

#[test]
fn without_a_word_about_the_tenant_nothing_is_seen() {
    let (database, [acme, _]) = two_tenants();
    let mut worker = database.raw("worker");
    for table in WALLED {
        assert_eq!(owners(&mut worker, None, table), [""; 0], "{table}");
    }
    // what a transaction saw is forgotten with it; an empty word, and a bare one, see nothing
    owners(&mut worker, Some(&format!("={acme}")), "documents");
    for nothing in [None, Some(""), Some("="), Some(acme.as_str())] {
        let seen = owners(&mut worker, nothing, "documents");
        assert_eq!(seen, [""; 0], "{nothing:?}");
    }
    for table in ["settings", "bans", "requests", "once"] {
        let count = format!("SELECT COUNT(*) FROM {table}");
        let seen: i64 = worker.query_one(&count, &[]).unwrap().get(0);
        assert_eq!(seen, 0, "{table}");
    }
}

#[test]
fn a_row_of_another_tenant_can_neither_be_written_nor_changed_nor_taken() {
    let (database, [acme, bell]) = two_tenants();
    let mut worker = database.raw("worker");
    let mut inside = |text: &str| {
        let mut transaction = worker.transaction().unwrap();
        let look = "SELECT set_config('strowger.sight', $1, true)";
        transaction.execute(look, &[&format!("={acme}")]).unwrap();
        transaction.execute(text, &[&bell])
    };
    let insert = "INSERT INTO cdrs (tenant, id, started, record) VALUES ($1, 'x', 1, '{}')";
    let move_there = "UPDATE documents SET tenant = $1 WHERE kind = 'device'";
    for refused in [insert, move_there] {
        let error = inside(refused).unwrap_err();
        assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
    }
    let change = "UPDATE documents SET name = 'mine' WHERE tenant = $1";
    let delete = "DELETE FROM cdr_facets WHERE tenant = $1";
    for unseen in [change, delete] {
        assert_eq!(inside(unseen).unwrap(), 0, "{unseen}");
    }
}

#[test]
fn the_worker_cannot_take_the_wall_down() {
    let (database, _) = two_tenants();
    let mut worker = database.raw("worker");
    for attempt in [
        "ALTER TABLE documents DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE documents NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY wall ON documents",
        "CREATE POLICY hole ON documents USING (true)",
        "TRUNCATE cdr_facets",
        "SET ROLE owner",
        "ALTER ROLE worker BYPASSRLS",
        "UPDATE schema_version SET serves = 99",
        "CREATE TABLE mine (tenant TEXT)",
    ] {
        let error = worker.batch_execute(attempt).unwrap_err();
        let code = error.code().cloned();
        assert_eq!(code, Some(SqlState::INSUFFICIENT_PRIVILEGE), "{attempt}");
    }
    // the word that would show all rows without policies is refused instead of obeyed
    worker.batch_execute("SET row_security = off").unwrap();
    let error = worker.query("SELECT * FROM documents", &[]).unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
}

#[test]
fn every_table_but_the_numbers_stands_behind_the_wall() {
    let database = Database::new();
    let find = "SELECT relname::text FROM pg_class
                WHERE relnamespace = 'strowger'::regnamespace AND relkind = 'r'
                AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY relname";
    let rows = database.raw("owner").query(find, &[]).unwrap();
    let open: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(open, ["feed_end", "schema_version"]);
}

#[test]
fn a_role_that_the_wall_does_not_hold_is_refused() {
    let database = Database::new();
    let open = |role: &str| database.try_open(1, &database.url(role)).map(|_| ());
    let refused = open("owner").unwrap_err();
    assert!(matches!(refused, OpenError::NoWall(_)), "{refused}");
    let mut owner = database.raw("owner");
    let role = format!("passer_{}", std::process::id());
    owner
        .batch_execute(&format!("CREATE ROLE {role} LOGIN BYPASSRLS"))
        .unwrap();
    store::prepare(&database.url("owner"), &database.url(&role)).unwrap();
    let refused = open(&role).unwrap_err();
    assert!(matches!(refused, OpenError::NoWall(_)), "{refused}");
    owner
        .batch_execute(&format!(
            "ALTER ROLE {role} NOBYPASSRLS; ALTER TABLE audit NO FORCE ROW LEVEL SECURITY"
        ))
        .unwrap();
    let refused = open(&role).unwrap_err();
    assert!(matches!(refused, OpenError::NoWall(_)), "{refused}");
    owner
        .batch_execute("ALTER TABLE audit FORCE ROW LEVEL SECURITY")
        .unwrap();
    open(&role).unwrap();
    owner
        .batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"))
        .unwrap();
}
