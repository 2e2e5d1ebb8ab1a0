//! Gathers the files, runs every check, lets the listed exceptions through and prints the rest.

use crate::check;
use crate::conformance;
use crate::finding::Finding;
use crate::rules::{Exception, Rules};
use crate::source::Source;
use crate::workspace::{self, Crate};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

const RULES: &str = "layers.toml";
const REASONS: &str = "docs/dependencies.md";

/// Checks the whole repository and prints what it found.
pub(crate) fn run() -> ExitCode {
    let started = Instant::now();
    match examine(&root()) {
        Ok((files, findings)) => {
            for finding in &findings {
                println!("{finding}\n");
            }
            let seconds = started.elapsed().as_secs_f32();
            println!(
                "tidy: {files} files, {} findings, {seconds:.1} s",
                findings.len()
            );
            if findings.is_empty() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            eprintln!("tidy: {error}");
            ExitCode::from(2)
        }
    }
}

/// The root of the repository: two folders above this crate.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Every tracked text by its path, and the Rust files of the workspace's crates.
///
/// # Errors
/// What cannot be read, in words.
pub(crate) fn read_all(root: &Path) -> Result<(BTreeMap<String, String>, Vec<Source>), String> {
    let crates = workspace::read(root)?;
    let texts = texts(root)?;
    let sources = sources(&crates, &texts)?;
    Ok((texts, sources))
}

fn examine(root: &Path) -> Result<(usize, Vec<Finding>), String> {
    let rules = Rules::parse(&read(root, RULES)?).map_err(|e| format!("{RULES}: {e}"))?;
    let crates = workspace::read(root)?;
    let texts = texts(root)?;
    let sources = sources(&crates, &texts)?;
    let mut out = Vec::new();
    check::edges::check(&crates, &rules, &mut out);
    let page = texts.get(REASONS).map_or("", String::as_str);
    check::reasons::check(&read(root, "Cargo.toml")?, page, &crates, &mut out);
    for (path, text) in texts.iter().filter(|(path, _)| *path != RULES) {
        check::words::check(path, text, &rules.words, &mut out);
    }
    for source in &sources {
        check::layout::check(source, rules.sizes.line_columns, &mut out);
        check::sizes::check(source, &rules.sizes, &mut out);
        if source.layer != "tools" || source.krate != "xtask" {
            check::banned::check(source, &rules.ban, &mut out);
        }
    }
    conformance::check(&texts, &sources, &mut out);
    check::links::check(&texts, &mut out);
    check::mints::check(&sources, &rules.scope, &mut out);
    for krate in &crates {
        let own: Vec<&Source> = sources
            .iter()
            .filter(|s| s.krate == krate.name && !s.is_test)
            .collect();
        check::cycles::check(&own, &mut out);
    }
    out.sort();
    out.dedup();
    Ok((texts.len(), let_through(out, &rules.except)))
}

fn read(root: &Path, path: &str) -> Result<String, String> {
    std::fs::read_to_string(root.join(path)).map_err(|e| format!("{path}: {e}"))
}

/// Every file Git tracks or would track, that is text.
fn texts(root: &Path) -> Result<BTreeMap<String, String>, String> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()
        .map_err(|e| format!("git cannot be run: {e}"))?;
    if !output.status.success() {
        return Err(format!(
            "git ls-files: {}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    let mut texts = BTreeMap::new();
    for path in String::from_utf8_lossy(&output.stdout)
        .split('\0')
        .filter(|p| !p.is_empty())
    {
        // deleted but not yet committed, or not text: nothing to read
        if let Ok(text) = std::fs::read_to_string(root.join(path)) {
            texts.insert(path.to_owned(), text);
        }
    }
    Ok(texts)
}

/// The Rust files of the workspace's crates, those of test-only modules marked as tests.
fn sources(crates: &[Crate], texts: &BTreeMap<String, String>) -> Result<Vec<Source>, String> {
    let mut sources = Vec::new();
    for (path, text) in texts.iter().filter(|(path, _)| path.ends_with(".rs")) {
        let owner = crates
            .iter()
            .find(|c| path.starts_with(&format!("{}/", c.folder)));
        if let Some(owner) = owner {
            sources.push(Source::read(owner, path, text)?);
        }
    }
    let mut tests = Vec::new();
    for source in &sources {
        for module in source.outline.modules.iter().filter(|m| m.test) {
            let path = [source.module.as_slice(), &module.path].concat();
            tests.push((source.krate.clone(), path));
        }
    }
    for source in &mut sources {
        source.is_test |= tests
            .iter()
            .any(|(krate, path)| *krate == source.krate && source.module.starts_with(path));
    }
    Ok(sources)
}

/// Drops what an exception covers; an exception that covers nothing is itself a finding, and so is
/// a size above what its exception allows.
fn let_through(findings: Vec<Finding>, exceptions: &[Exception]) -> Vec<Finding> {
    let mut used = vec![false; exceptions.len()];
    let mut left: Vec<Finding> = Vec::new();
    for finding in findings {
        let covering = exceptions.iter().position(|e| covers(e, &finding));
        if let Some(mark) = covering.and_then(|index| used.get_mut(index)) {
            *mark = true;
        } else {
            left.push(finding);
        }
    }
    for (exception, _) in exceptions.iter().zip(used).filter(|(_, used)| !used) {
        let subject = exception.subject.as_deref().unwrap_or("all of it");
        left.push(
            Finding::new("exception", RULES, 1, subject)
                .found(format!(
                    "the exception from {} for {} ({subject}) covers nothing",
                    exception.rule, exception.path
                ))
                .because("the list of exceptions only shrinks", "remove the entry"),
        );
    }
    left
}

fn covers(exception: &Exception, finding: &Finding) -> bool {
    exception.rule == finding.rule
        && exception.path == finding.path
        && exception
            .subject
            .as_ref()
            .is_none_or(|subject| *subject == finding.subject)
        && match (exception.most, finding.size) {
            (Some(most), Some(size)) => size <= most,
            (None, None | Some(_)) | (Some(_), None) => true,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exception(subject: Option<&str>, most: Option<usize>) -> Exception {
        Exception {
            rule: "function-size".to_owned(),
            path: "a.rs".to_owned(),
            subject: subject.map(str::to_owned),
            most,
            why: "one table".to_owned(),
        }
    }

    fn long(name: &str, size: usize) -> Finding {
        Finding::new("function-size", "a.rs", 1, name).sized(size)
    }

    #[test]
    fn an_exception_covers_its_subject_up_to_its_size() {
        let exceptions = [exception(Some("f"), Some(90))];
        assert!(let_through(vec![long("f", 90)], &exceptions).is_empty());
        let left = let_through(vec![long("f", 91)], &exceptions);
        assert_eq!(
            left.iter().map(|f| f.rule).collect::<Vec<_>>(),
            ["function-size", "exception"]
        );
        assert_eq!(
            let_through(vec![long("f", 80), long("g", 80)], &exceptions).len(),
            1
        );
    }

    #[test]
    fn an_exception_nobody_needs_fails() {
        let left = let_through(Vec::new(), &[exception(None, None)]);
        assert_eq!(left[0].rule, "exception");
    }

    #[test]
    fn a_finding_says_where_why_and_what_instead() {
        let text = long("f", 90)
            .found("too long")
            .because("eyes", "cut")
            .to_string();
        assert_eq!(
            text,
            "a.rs:1: function-size: too long\n    why: eyes\n    do:  cut"
        );
    }
}
