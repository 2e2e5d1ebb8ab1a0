//! Paths refused by name: clocks, sleeping, files in the pure layers; unbounded queues anywhere.

use crate::finding::Finding;
use crate::rules::Ban;
use crate::source::{Source, Written};

/// Looks for banned paths outside tests.
pub(crate) fn check(source: &Source, bans: &[Ban], out: &mut Vec<Finding>) {
    let bans: Vec<&Ban> = bans.iter().filter(|ban| applies(ban, source)).collect();
    if bans.is_empty() {
        return;
    }
    for written in source.resolved() {
        for ban in &bans {
            if contains(&written, &ban.path) {
                out.push(
                    Finding::new("banned", &source.path, written.line, &ban.path)
                        .found(format!("`{}`", written.segments.join("::")))
                        .because(&ban.why, &ban.instead),
                );
            }
        }
    }
}

fn applies(ban: &Ban, source: &Source) -> bool {
    (ban.layers.is_empty() || ban.layers.contains(&source.layer))
        && !ban.owners.contains(&source.krate)
}

/// Whether the banned segments stand in a row somewhere in the path. A ban that ends in `!` means
/// the macro.
fn contains(written: &Written, path: &str) -> bool {
    let (path, bang) = path
        .strip_suffix('!')
        .map_or((path, false), |path| (path, true));
    let banned: Vec<&str> = path.split("::").collect();
    (!bang || written.bang)
        && written
            .segments
            .windows(banned.len())
            .any(|row| row.iter().eq(banned.iter()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tests::file;

    fn ban(path: &str, layers: &[&str], owners: &[&str]) -> Ban {
        Ban {
            path: path.to_owned(),
            layers: layers.iter().map(|l| (*l).to_owned()).collect(),
            owners: owners.iter().map(|o| (*o).to_owned()).collect(),
            why: "because".to_owned(),
            instead: "otherwise".to_owned(),
        }
    }

    fn lines(bans: &[Ban], text: &str) -> Vec<usize> {
        let mut out = Vec::new();
        check(&file("src/a.rs", text), bans, &mut out);
        out.iter().map(|f| f.line).collect()
    }

    #[test]
    fn a_clock_is_refused_however_it_is_reached() {
        let bans = [ban("Instant::now", &["core"], &[])];
        assert_eq!(lines(&bans, "fn f() { std::time::Instant::now(); }"), [1]);
        assert_eq!(
            lines(&bans, "use std::time::Instant as I;\nfn f() { I::now(); }"),
            [2]
        );
        assert!(lines(&bans, "use machine::Instant;\nfn f(now: Instant) {}").is_empty());
    }

    #[test]
    fn an_import_alone_is_refused_when_the_thing_itself_is_banned() {
        let bans = [ban("std::fs", &["core"], &[])];
        assert_eq!(lines(&bans, "use std::{\n    fs::File,\n    io,\n};"), [2]);
    }

    #[test]
    fn the_bounded_queue_of_another_crate_is_not_the_unbounded_one() {
        let bans = [ban("std::sync::mpsc::channel", &[], &[])];
        let bounded = "use tokio::sync::mpsc;\nfn f() { mpsc::channel(8); }";
        let unbounded = "use std::sync::mpsc;\nfn f() { mpsc::channel(); }";
        assert!(lines(&bans, bounded).is_empty());
        assert_eq!(lines(&bans, unbounded), [2]);
    }

    #[test]
    fn owners_other_layers_and_tests_are_free() {
        let text = "fn f() { thread::spawn(g); }";
        assert!(lines(&[ban("thread::spawn", &["base"], &[])], text).is_empty());
        assert!(lines(&[ban("thread::spawn", &["core"], &["call"])], text).is_empty());
        let test = format!("#[cfg(test)]\nmod tests {{ {text} }}");
        assert!(lines(&[ban("thread::spawn", &["core"], &[])], &test).is_empty());
    }

    #[test]
    fn a_macro_is_meant_only_with_its_mark() {
        let bans = [ban("todo!", &[], &[])];
        assert_eq!(lines(&bans, "fn f() { todo!() }"), [1]);
        assert!(lines(&bans, "fn f(todo: u8) { todo }").is_empty());
    }
}
