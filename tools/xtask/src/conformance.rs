//! `docs/conformance.md`: which section of which standard is kept, and which test says so.
//!
//! A test says it itself, in a comment above it:
//! `// rfc: 3261 §8.1.1.7 a branch begins with the cookie`. The words after the section may be left
//! out; then the test's own name stands in their place. They may begin with `partly:`. What is not
//! kept at all is said by `not:`, where the code would be, and needs no test.

mod marker;
mod page;

use crate::finding::Finding;
use crate::source::Source;
use marker::Marker;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

/// The page.
const PAGE: &str = "docs/conformance.md";

/// Writes the page anew, from the sources below a root as far as they could be read.
pub(crate) fn run(root: &Path, sources: Result<Vec<Source>, String>) -> ExitCode {
    let written = sources.and_then(|sources| {
        let (markers, mistakes) = markers(&sources);
        if let Some(mistake) = mistakes.first() {
            return Err(mistake.to_string());
        }
        std::fs::write(root.join(PAGE), page::write(&markers)).map_err(|e| format!("{PAGE}: {e}"))
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("conformance: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether the page is what the markers say, and each marker is understood.
pub(crate) fn check(texts: &BTreeMap<String, String>, sources: &[Source], out: &mut Vec<Finding>) {
    let (markers, mistakes) = markers(sources);
    let sound = mistakes.is_empty();
    out.extend(mistakes);
    if sound && texts.get(PAGE).map(String::as_str) != Some(page::write(&markers).as_str()) {
        out.push(
            Finding::new("conformance", PAGE, 1, PAGE)
                .found("the page is not what the markers in the tests say")
                .because(
                    "a page that lags behind is believed, and wrong",
                    "run `cargo xtask conformance`",
                ),
        );
    }
}

fn markers(sources: &[Source]) -> (Vec<Marker>, Vec<Finding>) {
    let (mut markers, mut mistakes) = (Vec::new(), Vec::new());
    // this tool writes of markers and has none
    for source in sources.iter().filter(|source| source.krate != "xtask") {
        for found in marker::read(&source.path, &source.text) {
            match found {
                Ok(marker) => markers.push(marker),
                Err((line, found)) => mistakes.push(
                    Finding::new("conformance", &source.path, line, "rfc:")
                        .found(found)
                        .because(
                            "what a test proves of a standard is found by its marker",
                            "write `// rfc: NUMBER §SECTION words` right above a test",
                        ),
                ),
            }
        }
    }
    markers.sort();
    (markers, mistakes)
}
