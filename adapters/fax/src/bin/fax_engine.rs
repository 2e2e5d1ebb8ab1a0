//! An engine alone, without the exchange around it: what the tests run. The first argument, if
//! there is one, names the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    let (input, output) = (std::io::stdin(), std::io::stdout());
    match std::env::args().nth(1) {
        Some(library) => fax::engine::run_with(&library, input, output),
        None => fax::engine::run(input, output),
    }
}
