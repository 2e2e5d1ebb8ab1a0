//! Prints the OpenAPI text: `cargo run -p api --example openapi > api/openapi.json`.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

fn main() {
    print!("{}", api::openapi());
}
