//! What was answered survives the end of the process, however it ends.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use domain::KindName;
use ports::{Fault, Operation, Page};
use store::block_on;
use tenancy::TenantScope;

use crate::disk::Disk;
use crate::world::{World, cdr, platform};

#[test]
fn what_was_written_is_there_after_reopening() {
    let disk = Disk::new();
    let (acme, extension);
    {
        let store = disk.open();
        let world = World::over(&store);
        acme = world.tenant("acme.example");
        extension = world.extension(&acme, "101");
        block_on(world.store.write_cdrs(vec![cdr(acme.tenant(), 5)])).unwrap();
        block_on(world.store.setting_or_insert("realm", "strowger")).unwrap();
    }
    let store = disk.open();
    let world = World::from(&store, 1_000);
    assert_eq!(world.store.changed(), 2, "known before anybody asks");
    assert_eq!(
        world.get(&acme, KindName::Extension, "101"),
        Some(extension)
    );
    let record = block_on(world.store.cdr(&acme, cdr(acme.tenant(), 5).id)).unwrap();
    assert_eq!(record, Some(cdr(acme.tenant(), 5)));
    assert_eq!(
        block_on(world.store.setting("realm")).unwrap().as_deref(),
        Some("strowger")
    );
    assert_eq!(
        block_on(world.store.audit(&acme, &Page::default()))
            .unwrap()
            .entries
            .len(),
        2
    );
    world.extension(&acme, "102");
    assert_eq!(world.store.changed(), 3, "the feed goes on");
}

#[test]
fn closing_does_what_waits_and_refuses_what_comes() {
    let disk = Disk::new();
    let store = disk.open();
    let world = World::over(&store);
    let acme = world.tenant("acme.example");
    std::thread::scope(|threads| {
        for number in 100..140u64 {
            let (store, acme) = (&store, &acme);
            threads.spawn(move || {
                let world = World::from(store, number * 1_000);
                let write = world.extension_write(acme, &number.to_string());
                match world.commit(acme, vec![Operation::Create(write)]) {
                    Ok(committed) => assert_eq!(committed.written.len(), 1),
                    Err(error) => assert_eq!(error.whose_fault(), Fault::World),
                }
            });
        }
        store.close();
    });
    let answered = store_count(&disk, &acme);
    let feed = World::over(&disk.open()).cursor();
    assert_eq!(
        feed,
        answered + 1,
        "each change whole, with its entry in the feed"
    );
}

fn store_count(disk: &Disk, scope: &TenantScope) -> u64 {
    let store = disk.open();
    block_on(ports::Store::count(&store, scope, KindName::Extension)).unwrap()
}

/// Changes that the killed process must have been answered.
const ANSWERED: usize = 60;

#[test]
fn a_process_killed_in_the_middle_loses_nothing_that_was_answered() {
    let disk = Disk::new();
    let test = std::env::current_exe().unwrap();
    let mut child = Command::new(test)
        .args([
            "--exact",
            "sqlite::process::the_process_that_is_killed",
            "--ignored",
        ])
        .arg("--nocapture")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let folder = format!("{}\n", disk.folder().display());
    child
        .stdin
        .take()
        .unwrap()
        .write_all(folder.as_bytes())
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let told = lines.filter_map(|line| line.strip_prefix("answered ").map(str::to_owned));
    let answered: Vec<String> = told.take(ANSWERED).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(answered.len(), ANSWERED, "it ran until it was killed");

    let store = disk.open();
    let world = World::over(&store);
    let acme = block_on(
        world
            .store
            .get_below(&platform(), KindName::Tenant, "acme.example"),
    )
    .unwrap()
    .unwrap();
    let acme = TenantScope::for_job(acme.owner.tenant().unwrap(), "test");
    for number in &answered {
        let extension = world.get(&acme, KindName::Extension, number);
        let extension = extension.unwrap_or_else(|| panic!("{number} is lost"));
        let history = world
            .store
            .history(&acme, KindName::Extension, &extension.id);
        assert_eq!(block_on(history).unwrap().len(), 1);
    }
    let count = block_on(world.store.count(&acme, KindName::Extension)).unwrap();
    assert_eq!(
        world.cursor(),
        count + 1,
        "what was not answered is whole or absent"
    );
}

#[test]
#[ignore = "is started, and killed, by the test above; its folder comes on standard input"]
fn the_process_that_is_killed() {
    let mut folder = String::new();
    std::io::stdin().read_line(&mut folder).unwrap();
    if folder.trim().is_empty() {
        return;
    }
    let disk = Disk::at(folder.trim());
    let store = disk.open();
    let acme = World::over(&store).tenant("acme.example");
    std::thread::scope(|threads| {
        for writer in 1..=4u64 {
            let (store, acme) = (&store, &acme);
            threads.spawn(move || {
                let world = World::from(store, writer * 1_000_000);
                for number in 0.. {
                    let number = format!("{writer}{number:05}");
                    world.extension(acme, &number);
                    println!("answered {number}");
                }
            });
        }
    });
}
