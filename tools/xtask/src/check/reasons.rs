//! Every crate taken from a registry has its line of reason, and somebody who uses it.

use crate::finding::Finding;
use crate::workspace::Crate;
use std::collections::BTreeSet;

/// Compares `[workspace.dependencies]` with the reasons page and with what crates import.
pub(crate) fn check(manifest: &str, page: &str, crates: &[Crate], out: &mut Vec<Finding>) {
    let Ok(manifest) = manifest.parse::<toml::Table>() else {
        return;
    };
    let declared = manifest
        .get("workspace")
        .and_then(|w| w.get("dependencies"))
        .and_then(toml::Value::as_table)
        .cloned()
        .unwrap_or_default();
    let outside: BTreeSet<&str> = declared
        .iter()
        .filter(|(_, value)| value.get("path").is_none())
        .map(|(name, _)| name.as_str())
        .collect();
    let imported: BTreeSet<&str> = crates
        .iter()
        .flat_map(|c| &c.imports)
        .map(|i| i.name.as_str())
        .collect();
    let reasoned: BTreeSet<&str> = page.lines().filter_map(named).collect();
    for name in &outside {
        if !reasoned.contains(name) {
            out.push(
                Finding::new("dependency", "Cargo.toml", 1, name)
                    .found(format!("`{name}` has no line in docs/dependencies.md"))
                    .because(
                        "every crate from outside is trusted with everything",
                        "say in one line what it does for us and why not ourselves",
                    ),
            );
        }
        if !imported.contains(name) {
            out.push(
                Finding::new("dependency", "Cargo.toml", 1, name)
                    .found(format!("`{name}` is declared and imported by no crate"))
                    .because("what nobody uses still has to be read", "remove its line"),
            );
        }
    }
    for name in reasoned.difference(&outside) {
        out.push(
            Finding::new("dependency", "docs/dependencies.md", 1, name)
                .found(format!("`{name}` is explained and not declared"))
                .because("a page about what is not there misleads", "remove its line"),
        );
    }
}

/// The crate a line of the page's table is about: ``| `name` | … |``.
fn named(line: &str) -> Option<&str> {
    line.strip_prefix("| `")?
        .split_once('`')
        .map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Import;

    const MANIFEST: &str = "[workspace.dependencies]\nids = { path = 'base/ids' }\nbytes = '1'\n";

    fn subjects(page: &str, imports: &[&str]) -> Vec<String> {
        let imports = imports
            .iter()
            .map(|name| Import {
                name: (*name).to_owned(),
                local: false,
                dev: false,
            })
            .collect();
        let krate = Crate {
            name: "net".to_owned(),
            layer: "adapters".to_owned(),
            folder: "adapters/net".to_owned(),
            imports,
        };
        let mut out = Vec::new();
        check(MANIFEST, page, &[krate], &mut out);
        out.into_iter().map(|f| f.found).collect()
    }

    #[test]
    fn a_crate_needs_a_reason_and_a_user() {
        assert_eq!(
            subjects("", &["bytes"]),
            ["`bytes` has no line in docs/dependencies.md"]
        );
        assert!(subjects("| `bytes` | shares |", &["bytes"]).is_empty());
        let idle = subjects("| `bytes` | shares |", &[]);
        assert_eq!(idle, ["`bytes` is declared and imported by no crate"]);
    }

    #[test]
    fn a_reason_for_what_is_gone_fails() {
        let found = subjects("| `bytes` | shares |\n| `libc` | calls |", &["bytes"]);
        assert_eq!(found, ["`libc` is explained and not declared"]);
    }
}
