//! What tenancy forbids does not compile: one file for each forbidden act.
//!
//! Each act is the only error of its file, and what the compiler says of it is kept beside it, in a
//! line. After a change of compiler, look at what differs and run with `FORBIDDEN=overwrite`.
//!
//! The compiler is asked itself, with the crates that these tests are built with. A project of
//! their own would have all of them built once more, which lasts longer than most tests together.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use serde_json::Value;

/// What an act may name.
const CRATES: [&str; 6] = ["call", "domain", "ids", "machine", "ports", "tenancy"];

/// Where the acts are, seen from the workspace.
const ACTS: &str = "core/ports/tests/isolation";

#[test]
fn what_tenancy_forbids_does_not_compile() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    let root = root.unwrap();
    let libraries = libraries(root);
    let acts = acts(root);
    assert!(acts.len() > 30, "{}", acts.len());
    let scratch = std::env::temp_dir().join(format!("strowger-forbidden-{}", std::process::id()));
    fs::create_dir(&scratch).unwrap();
    let overwrites = std::env::var("FORBIDDEN").is_ok_and(|word| word == "overwrite");
    let judge = |act: &PathBuf| {
        let said = said(root, act, &libraries, &scratch);
        let beside = root.join(act).with_extension("stderr");
        if overwrites {
            fs::write(&beside, &said).unwrap();
        }
        let known = fs::read_to_string(&beside).unwrap_or_default();
        (said != known).then(|| format!("{}\n  now:    {said}  before: {known}", act.display()))
    };
    let half = acts.len() / 2;
    let differs = thread::scope(|threads| {
        let parts = [&acts[..half], &acts[half..]];
        let parts = parts.map(|part| threads.spawn(|| part.iter().filter_map(judge).collect()));
        parts.map(|part| -> Vec<String> { part.join().unwrap() })
    });
    // nothing was made, since nothing compiles
    fs::remove_dir(&scratch).unwrap();
    let differs = differs.concat();
    assert!(differs.is_empty(), "{}", differs.join("\n"));
}

fn acts(root: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(root.join(ACTS)).unwrap();
    let names = files.map(|file| Path::new(ACTS).join(file.unwrap().file_name()));
    let mut acts: Vec<_> = names
        .filter(|name| name.extension().is_some_and(|end| end == "rs"))
        .collect();
    acts.sort();
    acts
}

/// Where cargo has put the crates that acts name; it is told to build these tests, which it has
/// done.
fn libraries(root: &Path) -> BTreeMap<String, PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["test", "--locked", "--workspace", "--no-run"])
        .args(["--test", "isolation", "--message-format", "json"])
        .current_dir(root);
    let told = cargo.output().unwrap();
    let why = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success(), "{why}");
    let text = String::from_utf8(told.stdout).unwrap();
    let libraries: BTreeMap<_, _> = text.lines().filter_map(library).collect();
    assert_eq!(libraries.len(), CRATES.len(), "{libraries:?}");
    libraries
}

fn library(line: &str) -> Option<(String, PathBuf)> {
    let told: Value = serde_json::from_str(line).ok()?;
    let name = told["target"]["name"].as_str()?;
    let files = told["filenames"].as_array()?;
    let mut files = files.iter().filter_map(Value::as_str);
    let file = files.find(|file| file.ends_with(".rlib"))?;
    CRATES
        .contains(&name)
        .then(|| (name.to_owned(), PathBuf::from(file)))
}

/// What the compiler says of an act, a line for each error.
fn said(root: &Path, act: &Path, libraries: &BTreeMap<String, PathBuf>, scratch: &Path) -> String {
    let mut compiler = Command::new("rustc");
    compiler
        .args(["--edition", "2024", "--emit", "metadata"])
        .args([
            "--error-format",
            "short",
            "--color",
            "never",
            "--cap-lints",
            "allow",
        ])
        .arg("--out-dir")
        .arg(scratch)
        .arg(act)
        .current_dir(root);
    for (name, file) in libraries {
        let beside = file.parent().unwrap();
        compiler
            .arg("-L")
            .arg(format!("dependency={}", beside.display()));
        compiler
            .arg("--extern")
            .arg(format!("{name}={}", file.display()));
    }
    let told = compiler.output().unwrap();
    let text = String::from_utf8(told.stderr).unwrap();
    let errors = text.lines().filter(|line| line.contains(": error"));
    errors.map(|line| format!("{line}\n")).collect()
}
