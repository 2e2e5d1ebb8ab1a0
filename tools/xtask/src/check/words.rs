//! Text no tracked file may contain: paths of somebody's machine, marks of unfinished work.

use crate::finding::Finding;
use crate::rules::Words;

/// Looks at the lines of one file of any kind.
pub(crate) fn check(path: &str, text: &str, words: &Words, out: &mut Vec<Finding>) {
    for (at, line) in text.lines().enumerate() {
        for start in words
            .machine_paths
            .iter()
            .filter(|start| begins(line, start))
        {
            out.push(
                Finding::new("machine-path", path, at + 1, start)
                    .found(format!("`{start}` is a path of one machine"))
                    .because(
                        "the next reader does not have it",
                        "write it relative to the repository, or take it from an argument",
                    ),
            );
        }
        for word in words
            .placeholders
            .iter()
            .filter(|word| line.contains(word.as_str()))
        {
            out.push(
                Finding::new("placeholder", path, at + 1, word)
                    .found(format!("`{word}`"))
                    .because(
                        "what is merged is finished; a wish in a comment is read by nobody",
                        "do it now, or leave it out and say so in the change log",
                    ),
            );
        }
    }
}

/// Whether the path stands there as an absolute one, not as the tail of another.
fn begins(line: &str, start: &str) -> bool {
    line.match_indices(start).any(|(at, _)| {
        !line[..at]
            .chars()
            .next_back()
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '/' | '-' | '_' | '}' | '~'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::tests::small;

    fn lines(text: &str) -> Vec<(&'static str, usize)> {
        let mut out = Vec::new();
        check("a.md", text, &small().words, &mut out);
        out.iter().map(|f| (f.rule, f.line)).collect()
    }

    #[test]
    fn an_absolute_path_is_refused_and_a_tail_is_not() {
        assert_eq!(lines("see\n`/bench-of-mine/x`"), [("machine-path", 2)]);
        assert!(lines("https://e.example/bench-of-mine/x and ./bench-of-mine/x").is_empty());
    }

    #[test]
    fn marks_of_unfinished_work_are_refused() {
        assert_eq!(lines("this is half-done"), [("placeholder", 1)]);
    }
}
