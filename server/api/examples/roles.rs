//! Prints the page of all roles: `cargo run -p api --example roles > docs/guide/roles.md`.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

fn main() {
    print!("{}", api::roles());
}
