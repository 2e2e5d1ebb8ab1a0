//! A whole store goes into an archive while it works, and comes back.

use std::collections::VecDeque;

use ports::{ArchiveError, ExchangeStore, Giver, Taker};
use store::{
    Address, BackupItem, Cell, Health, Restored, SqlStore, back_up, block_on, check, restore,
};
use tenancy::PlatformScope;

use super::transfer::{everything, fill, on_disk, on_server, settings};
use crate::disk::Disk;
use crate::server::Database;
use crate::world::{World, time};

/// An archive's items in memory.
#[derive(Clone, Default)]
struct Items(VecDeque<BackupItem>);

impl Taker<BackupItem> for Items {
    fn take(&mut self, item: &BackupItem) -> Result<(), ArchiveError> {
        self.0.push_back(item.clone());
        Ok(())
    }
}

impl Giver<BackupItem> for Items {
    fn give(&mut self) -> Result<Option<BackupItem>, ArchiveError> {
        Ok(self.0.pop_front())
    }
}

fn backed_up(from: &Address) -> Items {
    let mut items = Items::default();
    let scope = PlatformScope::at_console();
    let from = settings(from.clone(), 1);
    back_up(&from, (&scope, time(5)), &mut items, &mut |_| {}).unwrap();
    items
}

/// Into a store of another master key.
fn restored(items: &Items, to: &Address) -> Result<Restored, ArchiveError> {
    let scope = PlatformScope::at_console();
    let to = settings(to.clone(), 2);
    restore(&to, &scope, &mut items.clone(), &mut |_| {})
}

fn health(at: &Address, key: u8) -> Health {
    check(&settings(at.clone(), key), &PlatformScope::at_console()).unwrap()
}

#[test]
fn a_backup_comes_back_whole_in_either_database_under_another_master_key() {
    let (disk, database, other) = (Disk::new(), Database::new(), Disk::new());
    let before = disk.open();
    let acme = fill(&World::over(&before));
    let expected = everything(&before, &acme);
    let items = backed_up(&on_disk(&disk));
    for to in [on_server(&database), on_disk(&other)] {
        let found = restored(&items, &to).unwrap();
        assert!(found.tallies.iter().all(|tally| tally.rows > 0));
        assert_eq!(found.health.faults, 0, "{:?}", found.health.told);
        assert_eq!(found.health, health(&on_disk(&disk), 1));
        assert!(found.health.secrets >= 250 && found.health.references >= 250);
    }
    let there = database
        .try_open(2, &database.url("worker"))
        .map_err(|e| e.to_string());
    assert_eq!(everything(&there.unwrap(), &acme), expected);
    let back = backed_up_again(&database);
    assert_eq!(sums(&back), sums(&items), "the way back leads to the same");
}

fn backed_up_again(database: &Database) -> Items {
    let mut items = Items::default();
    let scope = PlatformScope::at_console();
    let from = settings(on_server(database), 2);
    back_up(&from, (&scope, time(5)), &mut items, &mut |_| {}).unwrap();
    items
}

fn sums(items: &Items) -> Vec<BackupItem> {
    let all = items.0.iter().cloned();
    // remembered requests were asked for meanwhile
    all.filter(|item| matches!(item, BackupItem::Sum { table, .. } if table != "requests"))
        .collect()
}

#[test]
fn what_is_written_during_a_backup_is_in_it_whole_or_not_at_all() {
    struct Busy<'a> {
        items: Items,
        store: &'a SqlStore,
        numbers: u64,
    }
    impl Taker<BackupItem> for Busy<'_> {
        fn take(&mut self, item: &BackupItem) -> Result<(), ArchiveError> {
            self.numbers += 1;
            let domain = format!("tenant-{}.example", self.numbers);
            World::from(self.store, 100_000 + 10 * self.numbers).tenant(&domain);
            self.items.take(item)
        }
    }
    let (disk, other) = (Disk::new(), Disk::new());
    let store = disk.open();
    fill(&World::over(&store));
    let tenants = block_on(store.tenant_ids()).unwrap();
    let mut busy = Busy {
        items: Items::default(),
        store: &store,
        numbers: 0,
    };
    let scope = PlatformScope::at_console();
    let from = settings(on_disk(&disk), 1);
    back_up(&from, (&scope, time(5)), &mut busy, &mut |_| {}).unwrap();
    assert!(busy.numbers > 20, "nothing was written meanwhile");
    let found = restored(&busy.items, &on_disk(&other)).unwrap();
    assert_eq!(found.health.faults, 0, "{:?}", found.health.told);
    let there = other.try_open(2).map_err(|error| error.to_string());
    assert_eq!(block_on(there.unwrap().tenant_ids()).unwrap(), tenants);
}

fn rows_of(item: &mut BackupItem) -> Option<&mut Vec<Vec<Cell>>> {
    let BackupItem::Rows { rows } = item else {
        return None;
    };
    Some(rows)
}

#[test]
fn a_backup_that_lacks_a_row_or_its_end_leaves_nothing_behind() {
    let (disk, other) = (Disk::new(), Disk::new());
    let before = disk.open();
    fill(&World::over(&before));
    let whole = backed_up(&on_disk(&disk));
    let lacking = |spoil: &dyn Fn(&mut VecDeque<BackupItem>)| {
        let mut items = whole.clone();
        spoil(&mut items.0);
        restored(&items, &on_disk(&other)).unwrap_err()
    };
    let cut = lacking(&|items| {
        items.pop_back();
    });
    assert_eq!(cut, ArchiveError::CutOff);
    let short = lacking(&|items| {
        let mut pieces = items.iter_mut().filter_map(rows_of);
        pieces.find(|rows| rows.len() > 50).unwrap().pop();
    });
    assert!(matches!(short, ArchiveError::Odd(_)), "{short}");
    let changed = lacking(&|items| {
        let last = items.iter_mut().filter_map(rows_of).next_back();
        *last.unwrap().last_mut().unwrap().last_mut().unwrap() = Cell::Nothing(());
    });
    let told = matches!(changed, ArchiveError::Odd(_) | ArchiveError::Store(_));
    assert!(told, "{changed}");
    let there = other.try_open(2).map_err(|error| error.to_string());
    assert_eq!(block_on(there.unwrap().tenant_ids()).unwrap(), []);
}

#[test]
fn a_store_that_is_not_new_is_not_written_over() {
    let (disk, other) = (Disk::new(), Disk::new());
    fill(&World::over(&disk.open()));
    let items = backed_up(&on_disk(&disk));
    let living = other
        .try_open(2)
        .map_err(|error| error.to_string())
        .unwrap();
    let there = World::over(&living).tenant("there.example");
    let refused = restored(&items, &on_disk(&other)).unwrap_err();
    assert!(refused.to_string().contains("must be new"), "{refused}");
    assert_eq!(block_on(living.tenant_ids()).unwrap(), [there.tenant()]);
}

#[test]
fn a_close_look_finds_a_lost_key_a_wrong_name_and_a_secret_of_elsewhere() {
    let disk = Disk::new();
    fill(&World::over(&disk.open()));
    assert_eq!(health(&on_disk(&disk), 1).faults, 0);
    let spoil = |text: &str| disk.raw().execute_batch(text).unwrap();
    spoil("DELETE FROM unique_keys WHERE key = 'device-3'");
    let found = health(&on_disk(&disk), 1);
    assert_eq!(found.faults, 1, "{:?}", found.told);
    assert!(found.told[0].contains("unique keys"), "{:?}", found.told);
    spoil(
        "UPDATE documents SET digests = (SELECT digests FROM documents WHERE name = 'device-5')
         WHERE name = 'device-4'",
    );
    let found = health(&on_disk(&disk), 1);
    assert_eq!(found.faults, 2, "{:?}", found.told);
}

#[test]
fn a_close_look_finds_credentials_that_do_not_open_or_are_nobodys() {
    let spoilt_by = |text: &str| {
        let disk = Disk::new();
        fill(&World::over(&disk.open()));
        assert!(health(&on_disk(&disk), 1).credentials > 0);
        disk.raw().execute_batch(text).unwrap();
        let found = health(&on_disk(&disk), 1);
        assert_eq!(found.faults, 1, "{:?}", found.told);
        found.told[0].clone()
    };
    let bent = spoilt_by("UPDATE credentials SET sealed = X'0102' WHERE person LIKE 'usr_%'");
    assert!(bent.contains("credentials of usr_"), "{bent}");
    let gone = spoilt_by("DELETE FROM credentials WHERE person LIKE 'usr_%'");
    assert!(gone.contains("1 logins of"), "{gone}");
}
