//! Prints the page of all kinds: `cargo run -p api --example kinds > docs/guide/kinds.md`.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

fn main() {
    print!("{}", api::kinds());
}
