//! The helpers of the house that are better written in Rust.
//!
//! `tidy` reads the rules in `layers.toml` and every tracked file, and prints one finding per
//! broken rule: where, which rule, why it exists, and what to do instead. `isolation` takes guards
//! between tenants out of a copy of the source and asks which test misses them. `conformance`
//! writes down which section of which standard is kept, from markers above tests.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "printing is what this tool is for"
)]

mod check;
mod conformance;
mod edges;
mod finding;
mod isolation;
mod outline;
mod rules;
mod source;
mod tidy;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask tidy     check the rules of the house (layers.toml)
cargo xtask conformance
                     write docs/conformance.md from the markers in the tests
cargo xtask edges    print which crate imports which, as layers.toml would state it
cargo xtask isolation [--seed N] [--edits N] [--seconds N] [--only TEXT] [--wall] [--near] [--list]
                     take guards out of a copy and ask which test misses them";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["tidy"] => tidy::run(),
        ["conformance"] => {
            let root = tidy::root();
            let sources = tidy::read_all(&root).map(|(_, sources)| sources);
            conformance::run(&root, sources)
        }
        ["isolation", words @ ..] => isolation::run(words),
        ["edges"] => match workspace::read(&tidy::root()) {
            Ok(crates) => {
                print!("{}", edges::print(&crates));
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("edges: {error}");
                ExitCode::FAILURE
            }
        },
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}
