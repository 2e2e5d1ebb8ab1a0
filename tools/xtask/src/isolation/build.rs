//! Builds the programs of tests in the copy, once for all guards.

use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A program of tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    pub(crate) package: String,
    pub(crate) name: String,
    /// It holds a library's own tests.
    pub(crate) is_lib: bool,
    pub(crate) path: PathBuf,
    /// Where it runs: the package's folder.
    pub(crate) folder: PathBuf,
}

/// What came of a build.
#[derive(Debug)]
pub(crate) enum Build {
    Whole(Vec<Program>),
    /// Places that do not compile: paths from the root of the copy, and lines.
    Broken(BTreeSet<(String, usize)>),
}

/// Builds all tests of these packages.
///
/// # Errors
/// Cargo cannot be started, or failed without naming a place.
pub(crate) fn build(copy: &Path, target: &Path, packages: &BTreeSet<String>) -> io::Result<Build> {
    let mut child = Command::new("cargo")
        .args([
            "test",
            "--no-run",
            "--tests",
            "--quiet",
            "--offline",
            "--locked",
        ])
        .arg("--message-format=json")
        .args(packages.iter().flat_map(|package| ["-p", package]))
        .current_dir(copy)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let (mut programs, mut broken, mut last) = (Vec::new(), BTreeSet::new(), String::new());
    if let Some(told) = child.stdout.take() {
        for line in BufReader::new(told).lines() {
            let told: Value = serde_json::from_str(&line?).unwrap_or_default();
            programs.extend(program(&told));
            broken.extend(places(&told));
            if is_error(&told) {
                last = told["message"]["rendered"].to_string();
            }
        }
    }
    match (child.wait()?.success(), broken.is_empty()) {
        (true, _) => Ok(Build::Whole(programs)),
        (false, false) => Ok(Build::Broken(broken)),
        (false, true) => Err(io::Error::other(format!("the copy does not build: {last}"))),
    }
}

/// The program that a message of Cargo tells of.
fn program(told: &Value) -> Option<Program> {
    let path = told["executable"].as_str()?;
    let folder = Path::new(told["manifest_path"].as_str()?).parent()?;
    let is_lib = told["target"]["kind"][0] == "lib";
    (told["profile"]["test"] == true).then(|| Program {
        package: package(told["package_id"].as_str().unwrap_or_default()),
        name: told["target"]["name"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        is_lib,
        path: PathBuf::from(path),
        folder: folder.to_path_buf(),
    })
}

/// A package's name in its id: `path+file:///a/store#0.1.0` or `path+file:///a/b#store@0.1.0`.
fn package(id: &str) -> String {
    let (place, version) = id.rsplit_once('#').unwrap_or((id, ""));
    let last = place.rsplit('/').next().unwrap_or_default();
    version
        .split_once('@')
        .map_or(last, |(name, _)| name)
        .to_owned()
}

fn is_error(told: &Value) -> bool {
    told["reason"] == "compiler-message" && told["message"]["level"] == "error"
}

/// Places of an error.
fn places(told: &Value) -> Vec<(String, usize)> {
    if !is_error(told) {
        return Vec::new();
    }
    let message = &told["message"];
    let spans = message["spans"].as_array().into_iter().flatten();
    let line = |span: &Value| usize::try_from(span["line_start"].as_u64()?).ok();
    spans
        .filter_map(|span| Some((span["file_name"].as_str()?.to_owned(), line(span)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_package_is_known_by_either_form_of_its_id() {
        assert_eq!(package("path+file:///a/store#0.1.0"), "store");
        assert_eq!(package("path+file:///a/b#store@0.1.0"), "store");
    }

    #[test]
    fn a_program_of_tests_is_told_from_what_else_is_built() {
        let mut told = json!({
            "package_id": "path+file:///a/store#0.1.0", "manifest_path": "/a/store/Cargo.toml",
            "target": {"kind": ["lib"], "name": "store"}, "profile": {"test": true},
            "executable": "/t/store-1",
        });
        let one = program(&told).unwrap();
        assert_eq!((one.package.as_str(), one.is_lib), ("store", true));
        assert_eq!(one.folder, Path::new("/a/store"));
        told["executable"] = Value::Null;
        assert_eq!(program(&told), None);
    }

    #[test]
    fn an_error_is_known_by_its_places() {
        let told = json!({"reason": "compiler-message", "message": {
            "level": "error", "spans": [{"file_name": "a/b.rs", "line_start": 7}],
        }});
        assert_eq!(places(&told), [("a/b.rs".to_owned(), 7)]);
    }
}
