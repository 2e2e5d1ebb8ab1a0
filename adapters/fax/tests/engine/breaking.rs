//! An engine that is not there, dies, hangs or talks nonsense is a problem, and nothing more.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use fax::{Engine, Job, Order, Problem, Program};

use crate::support::{End, order, program, receiver};

fn shell(script: &str) -> Program {
    Program {
        path: PathBuf::from("/bin/sh"),
        arguments: vec![OsString::from("-c"), OsString::from(script)],
    }
}

#[test]
fn a_library_that_is_not_there_is_told_in_words() {
    let without = Program {
        arguments: vec![OsString::from("libspandsp-that-is-not-there.so.2")],
        ..program()
    };
    let refused = Engine::start(&without, &order(Job::Receive, "")).unwrap_err();
    let Problem::Refused(words) = &refused else {
        panic!("{refused:?}");
    };
    let expected = "libspandsp-that-is-not-there.so.2 is not installed";
    assert!(words.starts_with(expected), "{words}");
}

#[test]
fn a_program_that_is_not_there_is_a_problem() {
    let nowhere = Program {
        path: PathBuf::from("/nowhere/strowger"),
        arguments: Vec::new(),
    };
    let problem = Engine::start(&nowhere, &order(Job::Receive, "")).unwrap_err();
    assert!(matches!(problem, Problem::Start(_)), "{problem:?}");
}

#[test]
fn an_engine_that_is_killed_is_a_problem_from_then_on() {
    let mut called = End::of(receiver());
    called.tick(&[0; 160]);
    let id = called.engine.process_id().to_string();
    assert!(
        Command::new("kill")
            .args(["-9", &id])
            .status()
            .unwrap()
            .success()
    );
    let mut said = [0; 160];
    let mut tick = || called.engine.tick(&[0; 160], &mut said);
    // the kernel may need a moment to end it, and until then it may answer
    let problem = std::iter::repeat_with(&mut tick).find_map(Result::err);
    assert_eq!(problem, Some(Problem::Died));
    assert_eq!(tick(), Err(Problem::Died));
    assert_eq!(called.engine.ifp(0, &[1]), Err(Problem::Died));
    assert!(called.engine.into_pages().is_err());
}

#[test]
fn an_engine_that_does_not_answer_is_stuck() {
    let told = Order::new(Job::Receive, "");
    let mut engine = Engine::start(&program(), &told).unwrap();
    assert_eq!(told.patience, Duration::from_millis(100));
    let id = engine.process_id().to_string();
    assert!(
        Command::new("kill")
            .args(["-STOP", &id])
            .status()
            .unwrap()
            .success()
    );
    let mut said = [0; 160];
    let mut tick = || engine.tick(&[0; 160], &mut said);
    let problem = std::iter::repeat_with(&mut tick).find_map(Result::err);
    assert_eq!(problem, Some(Problem::Stuck));
    // a late answer is no answer
    assert!(
        Command::new("kill")
            .args(["-CONT", &id])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(tick(), Err(Problem::Stuck));
}

#[test]
fn an_engine_that_talks_nonsense_is_not_believed() {
    let nonsense = shell("printf 'HTTP/1.1 200 OK'; cat >/dev/null");
    let problem = Engine::start(&nonsense, &order(Job::Receive, "")).unwrap_err();
    assert_eq!(problem, Problem::Nonsense("a frame is too long"));
}

#[test]
fn an_engine_that_promises_endless_frames_is_not_waited_for() {
    // it is ready, and then has no end of pages to tell of
    let endless = shell(r"printf 'r\0\0\0\0'; while :; do printf 'p\2\0\0\0\1\0' || exit; done");
    let mut engine = Engine::start(&endless, &order(Job::Receive, "")).unwrap();
    let problem = engine.tick(&[0; 160], &mut [0; 160]).unwrap_err();
    let expected = Problem::Nonsense("more happened in 20 ms than can");
    assert_eq!(problem, expected);
}

#[test]
fn nothing_of_an_engine_stays_behind() {
    let engine = receiver().process_id();
    // its handle is gone, and so is the process, reaped as well
    assert!(!Path::new(&format!("/proc/{engine}")).exists());
}

#[test]
fn an_engine_has_no_more_than_it_needs() {
    let engine = receiver();
    let id = engine.process_id();
    let limits = std::fs::read_to_string(format!("/proc/{id}/limits")).unwrap();
    let of = |name: &str| {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..]
            .split_whitespace()
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(of("Max address space"), fax::engine::MEMORY.to_string());
    assert_eq!(of("Max cpu time"), fax::engine::FAX_SECONDS.to_string());
    assert_eq!(of("Max processes"), "0");
    assert_eq!(of("Max core file size"), "0");
    assert_eq!(of("Max file size"), fax::MOST_DOCUMENT.to_string());
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    assert!(status.contains("NoNewPrivs:\t1"), "{status}");
    let environment = std::fs::read(format!("/proc/{id}/environ")).unwrap();
    assert_eq!(environment, b"");
    // input, output, what is complained to nobody, and the document in memory
    let open = std::fs::read_dir(format!("/proc/{id}/fd")).unwrap().count();
    assert_eq!(open, 4);
}
