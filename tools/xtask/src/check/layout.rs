//! What every Rust file looks like: a first line that says what it is, and a width.

use crate::finding::Finding;
use crate::source::Source;

/// Looks at the first line and the width of every line.
pub(crate) fn check(source: &Source, columns: usize, out: &mut Vec<Finding>) {
    if !source.text.starts_with("//!") {
        out.push(
            Finding::new("module-doc", &source.path, 1, "file")
                .found("the file does not begin with `//!`")
                .because(
                    "a reader learns from the first line what the file is for",
                    "begin with one sentence `//! …`",
                ),
        );
    }
    for (at, text) in source.text.lines().enumerate() {
        let line = at + 1;
        let width = text.chars().count();
        if width <= columns || text.contains("https://") || inside_literal(source, line) {
            continue;
        }
        out.push(
            Finding::new("line-width", &source.path, line, "line")
                .found(format!("{width} columns, the most is {columns}"))
                .sized(width)
                .because(
                    "two windows side by side show whole lines",
                    "break it; a long string goes on after `\\` at the end of a line",
                ),
        );
    }
}

/// Text of several lines, such as a captured message, keeps its own width.
fn inside_literal(source: &Source, line: usize) -> bool {
    source
        .outline
        .long_literals
        .iter()
        .any(|lines| lines.contains(&line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tests::file;

    fn rules_broken(text: &str) -> Vec<&'static str> {
        let mut out = Vec::new();
        check(&file("src/a.rs", text), 40, &mut out);
        out.iter().map(|f| f.rule).collect()
    }

    #[test]
    fn a_file_begins_with_its_sentence() {
        assert!(rules_broken("//! Says.\n").is_empty());
        assert_eq!(rules_broken("use a::b;\n"), ["module-doc"]);
    }

    #[test]
    fn a_wide_line_is_refused_but_not_inside_long_text_or_a_link() {
        let wide = "x".repeat(41);
        assert_eq!(rules_broken(&format!("//! {wide}\n")), ["line-width"]);
        assert!(rules_broken(&format!("//! https://e.example/{wide}\n")).is_empty());
        assert!(rules_broken(&format!("//! A.\nconst A: &str = \"a\n{wide}\n\";\n")).is_empty());
        assert!(rules_broken("//! ééééééééééééééééééééééééééééééééééé\n").is_empty());
    }
}
