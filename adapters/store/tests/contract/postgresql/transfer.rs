//! A whole store moves from the embedded database to a server, and back.

use std::sync::Arc;

use domain::{AuditEntry, Credentials, KindName, TokenRecord};
use ids::{AuditId, TokenId};
use ports::{CdrQuery, ExchangeStore, Page, Reply, SecretChange, SeededEntropy, Stores};
use store::{
    Address, FixedKeys, Keyring, MasterKey, OpenError, Progress, Settings, Tally, TransferError,
    block_on, transfer,
};
use tenancy::{Owner, TenantScope, TokenHash};

use crate::bans::ban;
use crate::blobs::with_blob;
use crate::credentials::with_person;
use crate::deliveries::with_delivery;
use crate::disk::Disk;
use crate::faxes::with_fax;
use crate::ladders::with_ladder;
use crate::quality::with_summary;
use crate::recordings::with_recording;
use crate::server::Database;
use crate::support::with_support;
use crate::world::{World, all_keys, cdr, delete, digests, platform, time};

/// More devices than are moved at once.
const DEVICES: u64 = 250;

pub(super) fn settings(address: Address, key: u8) -> Settings {
    Settings {
        address,
        keys: Arc::new(FixedKeys(Keyring::of(MasterKey::from_bytes([key; 32])))),
        entropy: Arc::new(SeededEntropy::new(9)),
    }
}

pub(super) fn on_disk(disk: &Disk) -> Address {
    Address::Sqlite(disk.folder().to_owned())
}

pub(super) fn on_server(database: &Database) -> Address {
    Address::Postgres(database.url("worker"))
}

fn moved(from: &Address, to: &Address) -> Result<Vec<Tally>, TransferError> {
    transfer(&settings(from.clone(), 1), to, &mut |_| {})
}

/// Something in every table; gives a tenant.
pub(super) fn fill(world: &World<'_>) -> TenantScope {
    let acme = world.tenant("acme.example");
    world.tenant("bell.example");
    let extension = world.extension(&acme, "101");
    for number in 0..DEVICES {
        let mut write = world.device_write(&acme, &extension.id, &format!("device-{number}"));
        let kept = Credentials::from(digests(6)).replaced(digests(7), time(900));
        write.secret = SecretChange::Set(kept);
        world.create(&acme, write);
    }
    with_blob(world, &acme, &extension);
    let gone = world.extension(&acme, "199");
    world.commit(&acme, vec![delete(&gone)]).unwrap();
    with_delivery(world, &acme);
    with_support(world, &acme);
    with_person(world, &acme);
    let store = world.store;
    block_on(store.write_cdrs((1..=5).map(|n| cdr(acme.tenant(), n)).collect())).unwrap();
    with_ladder(world, &acme);
    with_summary(world, &acme);
    with_recording(world, &acme);
    with_fax(world, &acme);
    block_on(store.setting_or_insert("realm", "strowger")).unwrap();
    block_on(store.put_bans(vec![ban("192.0.2.1", 600)])).unwrap();
    let token = TokenRecord {
        id: TokenId::new(1, 0),
        name: "key".to_owned(),
        owner: Owner::Tenant(acme.tenant()),
        hash: TokenHash([3; 32]),
        created: time(1),
        expires: None,
        revoked: None,
        scopes: Vec::new(),
        former: None,
        used: None,
    };
    let audit = AuditEntry {
        id: AuditId::new(9, 9),
        owner: Owner::PLATFORM,
        at: time(1),
        actor: "operator".to_owned(),
        action: "token.created".to_owned(),
        target: String::new(),
        before: None,
        after: None,
        request: None,
    };
    block_on(store.put_token(&all_keys(), &token, &audit)).unwrap();
    block_on(store.begin("key", &[1; 32], time(1))).unwrap();
    let reply = Reply {
        status: 201,
        headers: Vec::new(),
        body: b"made".to_vec(),
    };
    block_on(store.finish("key", &reply, time(2))).unwrap();
    acme
}

/// All that a store tells of a tenant and of the platform, as text.
pub(super) fn everything(store: &dyn Stores, acme: &TenantScope) -> Vec<String> {
    let page = Page::first(500);
    let query = CdrQuery::default();
    let mut told = vec![
        format!("{:?}", block_on(store.load_tenant(acme)).unwrap()),
        format!("{:?}", block_on(store.tenant_ids()).unwrap()),
        format!("{:?}", block_on(store.bans()).unwrap()),
        format!("{:?}", block_on(store.audit(acme, &page)).unwrap()),
        format!(
            "{:?}",
            block_on(store.account_audit(&platform(), &page)).unwrap()
        ),
        format!("{:?}", block_on(store.feed(0, 1_000)).unwrap()),
        format!("{:?}", block_on(store.cdrs(acme, &query)).unwrap()),
        format!(
            "{:?}",
            block_on(store.find_token(&TokenHash([3; 32]))).unwrap()
        ),
        format!("{:?}", block_on(store.setting("realm")).unwrap()),
        format!("{:?}", block_on(store.event_heads(0, 1_000)).unwrap()),
        format!(
            "{:?}",
            block_on(store.begin("key", &[1; 32], time(3))).unwrap()
        ),
        format!(
            "{:?}",
            block_on(store.take_once(&[9; 32], time(900), time(3))).unwrap()
        ),
        format!("{:?}", (store.changed(), store.told())),
    ];
    for kind in KindName::ALL {
        let list = block_on(store.list(acme, kind, &page)).unwrap();
        for document in &list.documents {
            let history = block_on(store.history(acme, kind, &document.id)).unwrap();
            told.push(format!("{history:?}"));
        }
        told.push(format!("{list:?}"));
    }
    told
}

#[test]
fn everything_arrives_and_goes_on_from_there() {
    let (disk, database, other) = (Disk::new(), Database::new(), Disk::new());
    let before = disk.open();
    let acme = fill(&World::over(&before));
    let expected = everything(&before, &acme);
    drop(before);
    let there = moved(&on_disk(&disk), &on_server(&database)).unwrap();
    let after = database.open();
    assert_eq!(everything(&after, &acme), expected);
    let world = World::from(&after, 10_000);
    world.extension(&acme, "300");
    let latest = world.cursor();
    drop(after);
    // the way back leads to the same, and a change of meanwhile comes along
    let back = moved(&on_server(&database), &on_disk(&other)).unwrap();
    assert_eq!(World::over(&other.open()).cursor(), latest);
    let rows = |tallies: &[Tally], table: &str| {
        let found = tallies.iter().find(|tally| tally.table == table);
        found.unwrap().rows
    };
    assert_eq!(rows(&there, "documents"), 2 + 1 + 1 + 1 + DEVICES);
    assert_eq!(rows(&back, "documents"), 2 + 1 + 1 + 1 + DEVICES + 1);
    let unchanged = |tallies: &[Tally]| tallies.iter().find(|t| t.table == "cdrs").cloned();
    assert_eq!(unchanged(&there), unchanged(&back));
}

#[test]
fn a_move_tells_how_far_it_is() {
    let (disk, database) = (Disk::new(), Database::new());
    fill(&World::over(&disk.open()));
    let mut told: Vec<Progress> = Vec::new();
    let from = settings(on_disk(&disk), 1);
    let tallies = transfer(&from, &on_server(&database), &mut |now| told.push(now)).unwrap();
    for tally in tallies {
        let of_table = told.iter().filter(|now| now.table == tally.table);
        let moved: Vec<u64> = of_table.map(|now| now.moved).collect();
        assert!(moved.is_sorted() && moved[0] == 0, "{}", tally.table);
        assert_eq!(moved.last(), Some(&tally.rows), "{}", tally.table);
    }
    let pieces = told.iter().filter(|now| now.table == "documents").count();
    assert!(pieces > 2, "documents came in {pieces} pieces");
}

#[test]
fn a_store_that_is_not_new_or_of_another_key_is_left_alone() {
    let (disk, database) = (Disk::new(), Database::new());
    let (from, to) = (on_disk(&disk), on_server(&database));
    let refused = moved(&from, &to).unwrap_err();
    assert!(
        matches!(refused, TransferError::Source(OpenError::File(..))),
        "{refused}"
    );
    fill(&World::over(&disk.open()));
    let refused = transfer(&settings(from.clone(), 2), &to, &mut |_| {}).unwrap_err();
    assert!(
        matches!(refused, TransferError::Source(OpenError::OtherKey)),
        "{refused}"
    );
    let there = World::over(&database.open()).tenant("there.example");
    let refused = moved(&from, &to).unwrap_err();
    assert!(
        matches!(refused, TransferError::NotEmpty("data_keys")),
        "{refused}"
    );
    let ids = block_on(database.open().tenant_ids()).unwrap();
    assert_eq!(ids, [there.tenant()], "what was there is there");
}

#[test]
fn a_move_knows_every_table_and_column_of_both_databases() {
    let (disk, database) = (Disk::new(), Database::new());
    fill(&World::over(&disk.open()));
    let tallies = moved(&on_disk(&disk), &on_server(&database)).unwrap();
    let mut known: Vec<&str> = tallies.iter().map(|tally| tally.table).collect();
    known.sort_unstable();
    for tally in &tallies {
        assert!(tally.rows > 0, "{} was not tried", tally.table);
    }
    let columns = "SELECT m.name, c.name FROM pragma_table_list m, pragma_table_info(m.name) c
                   WHERE m.schema = 'main' AND m.name NOT LIKE 'sqlite%' ORDER BY 1, 2";
    let raw = disk.raw();
    let mut columns = raw.prepare(columns).unwrap();
    let here = columns.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    let here: Vec<(String, String)> = here.unwrap().map(Result::unwrap).collect();
    let columns = "SELECT table_name::text, column_name::text FROM information_schema.columns
                   WHERE table_schema = 'strowger' AND table_name <> 'schema_version'
                   ORDER BY table_name::text COLLATE \"C\", column_name::text COLLATE \"C\"";
    let there = database.raw("owner").query(columns, &[]).unwrap();
    let there: Vec<(String, String)> = there.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(here, there);
    let mut tables: Vec<&str> = here.iter().map(|(table, _)| table.as_str()).collect();
    tables.dedup();
    assert_eq!(tables, known);
}
