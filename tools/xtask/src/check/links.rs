//! Links between documents lead somewhere.

use crate::finding::Finding;
use std::collections::BTreeMap;

/// Follows the relative links of every Markdown file among the texts.
pub(crate) fn check(texts: &BTreeMap<String, String>, out: &mut Vec<Finding>) {
    for (path, text) in texts.iter().filter(|(path, _)| path.ends_with(".md")) {
        for (at, line) in text.lines().enumerate() {
            for target in targets(line) {
                if !leads_somewhere(path, target, texts) {
                    out.push(
                        Finding::new("dead-link", path, at + 1, target)
                            .found(format!("`{target}` leads nowhere"))
                            .because(
                                "a reader who meets one stops following the others",
                                "name a tracked file, relative to this one",
                            ),
                    );
                }
            }
        }
    }
}

/// What stands between `](` and `)`, without a fragment; other protocols and bare fragments are
/// left out.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
        .map(|target| target.split('#').next().unwrap_or(target))
        .filter(|target| !target.is_empty() && !target.contains(':'))
}

fn leads_somewhere(from: &str, target: &str, texts: &BTreeMap<String, String>) -> bool {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                if parts.pop().is_none() {
                    return false;
                }
            }
            name => parts.push(name),
        }
    }
    let place = parts.join("/");
    let folder = format!("{place}/");
    texts.contains_key(&place)
        || texts
            .range(folder.clone()..)
            .next()
            .is_some_and(|(path, _)| path.starts_with(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dead(text: &str) -> Vec<String> {
        let texts = BTreeMap::from([
            ("docs/a/one.md".to_owned(), text.to_owned()),
            ("docs/b/two.md".to_owned(), String::new()),
            ("README.md".to_owned(), String::new()),
        ]);
        let mut out = Vec::new();
        check(&texts, &mut out);
        out.into_iter().map(|f| f.subject).collect()
    }

    #[test]
    fn a_link_to_a_file_a_folder_or_elsewhere_is_fine() {
        assert!(dead("[a](../b/two.md#part) [b](../b) [c](../../README.md)").is_empty());
        assert!(dead("[a](https://e.example/x.md) [b](#part)").is_empty());
    }

    #[test]
    fn a_link_to_nothing_or_out_of_the_repository_is_dead() {
        assert_eq!(
            dead("[a](two.md) and [b](../../../x.md)"),
            ["two.md", "../../../x.md"]
        );
    }
}
