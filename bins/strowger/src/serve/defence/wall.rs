//! Bans in the kernel: elements of nftables sets, written by the `nft` command.
//!
//! A flood that the kernel throws away costs the exchange nothing. The command takes milliseconds,
//! so it is run on a thread of its own, fed by a bounded queue; what finds no room there is
//! counted and still banned in the exchange itself.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use config::NftSet;
use domain::SourceAddress;

use super::tally::Tally;

/// Orders that wait for the command at most.
const ORDERS_MAX: usize = 1_024;

/// What the kernel is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// To throw away what comes from a source for so long.
    Add(SourceAddress, Duration),
    /// To let it through again.
    Remove(SourceAddress),
}

/// The way to the kernel.
#[derive(Debug)]
pub(crate) struct Wall {
    orders: SyncSender<Order>,
    tally: Arc<Tally>,
}

impl Wall {
    /// Starts the thread that runs `nft`.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub(crate) fn start(set: NftSet, tally: Arc<Tally>) -> io::Result<Wall> {
        Wall::running(PathBuf::from("nft"), set, tally)
    }

    fn running(program: PathBuf, set: NftSet, tally: Arc<Tally>) -> io::Result<Wall> {
        let (orders, coming) = sync_channel(ORDERS_MAX);
        let told = Arc::clone(&tally);
        let thread = std::thread::Builder::new().name("bans".to_owned());
        thread.spawn(move || carry_out(&coming, &program, &set, &told))?;
        Ok(Wall { orders, tally })
    }

    /// Has what comes from a source thrown away for so long.
    pub(crate) fn put(&self, source: SourceAddress, lasts: Duration) {
        self.order(Order::Add(source, lasts));
    }

    /// Lets a source through again.
    pub(crate) fn open(&self, source: SourceAddress) {
        self.order(Order::Remove(source));
    }

    fn order(&self, order: Order) {
        if self.orders.try_send(order).is_err() {
            self.tally.walled(false);
        }
    }
}

/// Runs the command for each order until nobody can give any.
fn carry_out(orders: &Receiver<Order>, program: &Path, set: &NftSet, tally: &Tally) {
    while let Ok(order) = orders.recv() {
        if let Order::Add(source, _) = order {
            // an element that is there keeps its old end: it is taken away first, if it is there
            let _absent = run(program, &words(set, Order::Remove(source)));
        }
        let done = run(program, &words(set, order));
        if let Err(why) = &done {
            tracing::warn!(?order, %why, "nft refused");
        }
        tally.walled(done.is_ok());
    }
}

fn run(program: &Path, words: &[String]) -> Result<(), String> {
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null());
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

/// The words after `nft`.
fn words(set: &NftSet, order: Order) -> Vec<String> {
    let (verb, source, end) = match order {
        Order::Add(source, lasts) => {
            let seconds = lasts.as_secs().max(1);
            ("add", source, format!(" timeout {seconds}s"))
        }
        Order::Remove(source) => ("delete", source, String::new()),
    };
    let family = if source.address().is_ipv4() {
        "v4"
    } else {
        "v6"
    };
    let name = format!("{}_{family}", set.set);
    let element = format!("{{ {source}{end} }}");
    let words = [verb, "element", &set.family, &set.table, &name, &element];
    words.map(str::to_owned).to_vec()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::time::Instant;

    fn set() -> NftSet {
        NftSet {
            family: "inet".to_owned(),
            table: "filter".to_owned(),
            set: "banned".to_owned(),
        }
    }

    fn source(text: &str) -> SourceAddress {
        text.parse().unwrap()
    }

    #[test]
    fn an_element_says_its_set_its_source_and_its_end() {
        let add = words(
            &set(),
            Order::Add(source("192.0.2.1"), Duration::from_secs(600)),
        );
        assert_eq!(
            add.join(" "),
            "add element inet filter banned_v4 { 192.0.2.1 timeout 600s }"
        );
        let remove = words(&set(), Order::Remove(source("2001:db8::")));
        assert_eq!(
            remove.join(" "),
            "delete element inet filter banned_v6 { 2001:db8::/64 }"
        );
    }

    #[test]
    fn the_command_is_run_for_each_order_and_its_refusals_are_counted() {
        let folder = std::env::temp_dir().join(format!("strowger-wall-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (program, log) = (folder.join("nft"), folder.join("log"));
        let log_name = log.display();
        let script = format!(
            "#!/bin/sh\necho \"$@\" >> {log_name}\ncase \"$*\" in *192.0.2.9*) exit 1;; esac\n"
        );
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
        let tally = Arc::new(Tally::default());
        let wall = Wall::running(program.clone(), set(), Arc::clone(&tally)).unwrap();
        wall.put(source("192.0.2.1"), Duration::from_secs(60));
        wall.put(source("192.0.2.9"), Duration::from_secs(60));
        wall.open(source("192.0.2.1"));
        let begun = Instant::now();
        while tally.of_wall() != (2, 1) {
            assert!(begun.elapsed() < Duration::from_secs(20), "{tally:?}");
            std::thread::yield_now();
        }
        let told = fs::read_to_string(&log).unwrap();
        fs::remove_file(&log).unwrap();
        fs::remove_file(&program).unwrap();
        fs::remove_dir(&folder).unwrap();
        assert!(told.contains("add element inet filter banned_v4 { 192.0.2.1 timeout 60s }"));
        assert_eq!(told.lines().count(), 5);
    }
}
