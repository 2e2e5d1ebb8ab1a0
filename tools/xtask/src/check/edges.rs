//! Which crate may import which, compared with what Cargo's metadata shows.

use crate::finding::Finding;
use crate::rules::Rules;
use crate::workspace::{Crate, Import};
use std::collections::BTreeMap;

const WHY: &str = "an import goes down, never up; a crate is a permission, and what a crate cannot \
     import it cannot know";

/// Compares every crate's imports with `layers.toml`, and the other way round.
pub(crate) fn check(crates: &[Crate], rules: &Rules, out: &mut Vec<Finding>) {
    let layer_of: BTreeMap<&str, &str> = crates
        .iter()
        .map(|c| (c.name.as_str(), c.layer.as_str()))
        .collect();
    for krate in crates {
        let manifest = format!("{}/Cargo.toml", krate.folder);
        let Some(may) = rules.may.get(&krate.name) else {
            out.push(
                Finding::new("layers", &manifest, 1, &krate.name)
                    .found(format!(
                        "crate `{}` has no line under [may] in layers.toml",
                        krate.name
                    ))
                    .because(WHY, "decide what it may import and write that line"),
            );
            continue;
        };
        for import in &krate.imports {
            match (import.local, import.dev) {
                (true, true) => dev_edge(krate, import, &layer_of, &manifest, out),
                (true, false) => edge(krate, import, may, &layer_of, rules, &manifest, out),
                (false, false) => outside(krate, import, rules, &manifest, out),
                (false, true) => {}
            }
        }
        unused(krate, may, out);
    }
    for name in rules
        .may
        .keys()
        .filter(|name| !layer_of.contains_key(name.as_str()))
    {
        out.push(
            Finding::new("layers", "layers.toml", 1, name)
                .found(format!(
                    "[may] has a line for `{name}`, and there is no such crate"
                ))
                .because("rules about nothing hide the others", "remove the line"),
        );
    }
}

fn edge(
    krate: &Crate,
    import: &Import,
    may: &[String],
    layer_of: &BTreeMap<&str, &str>,
    rules: &Rules,
    manifest: &str,
    out: &mut Vec<Finding>,
) {
    let to = layer_of.get(import.name.as_str()).copied().unwrap_or("?");
    let subject = format!("{} -> {}", krate.name, import.name);
    let allowed = rules
        .layers
        .get(&krate.layer)
        .is_some_and(|l| l.iter().any(|l| l == to));
    if !allowed {
        out.push(
            Finding::new("layers", manifest, 1, &subject)
                .found(format!("`{subject}`: {} may not import {to}", krate.layer))
                .because(
                    WHY,
                    "define a trait or a plain type in the lower crate and let a binary join them",
                ),
        );
    } else if !may.contains(&import.name) {
        out.push(
            Finding::new("layers", manifest, 1, &subject)
                .found(format!("`{subject}` is a new edge"))
                .because(
                    WHY,
                    "do without; or add it to the crate's line in layers.toml (`cargo xtask edges` \
                     prints it) and say why in the commit",
                ),
        );
    }
}

/// Tests may look further, but never at a binary.
fn dev_edge(
    krate: &Crate,
    import: &Import,
    layer_of: &BTreeMap<&str, &str>,
    manifest: &str,
    out: &mut Vec<Finding>,
) {
    if layer_of.get(import.name.as_str()) == Some(&"bins") {
        let subject = format!("{} -> {}", krate.name, import.name);
        out.push(
            Finding::new("layers", manifest, 1, &subject)
                .found(format!("`{subject}`: a test imports a binary"))
                .because(
                    "a binary joins everything",
                    "test through `testkit` or from outside",
                ),
        );
    }
}

fn outside(krate: &Crate, import: &Import, rules: &Rules, manifest: &str, out: &mut Vec<Finding>) {
    if rules.is_pure(&krate.layer) && !rules.pure.registry.contains(&import.name) {
        let subject = format!("{} -> {}", krate.name, import.name);
        out.push(
            Finding::new("purity", manifest, 1, &subject)
                .found(format!("`{subject}`: not among the crates the pure layers may use"))
                .because(
                    "base, proto and core see no clock, socket, file, thread or randomness, so that \
                     a whole cluster runs in one thread from one seed",
                    "take bytes and time as arguments and return orders; a crate that is itself \
                     pure may join [pure] registry in layers.toml",
                ),
        );
    }
}

fn unused(krate: &Crate, may: &[String], out: &mut Vec<Finding>) {
    for name in may {
        if !krate
            .imports
            .iter()
            .any(|i| i.local && !i.dev && &i.name == name)
        {
            out.push(
                Finding::new(
                    "layers",
                    "layers.toml",
                    1,
                    &format!("{} -> {name}", krate.name),
                )
                .found(format!("`{}` may import `{name}` and does not", krate.name))
                .because(
                    "permissions nobody uses are taken back",
                    "remove the name from the crate's line",
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::tests::small;

    fn krate(layer: &str, name: &str, imports: &[(&str, bool, bool)]) -> Crate {
        Crate {
            name: name.to_owned(),
            layer: layer.to_owned(),
            folder: format!("{layer}/{name}"),
            imports: imports
                .iter()
                .map(|(name, local, dev)| Import {
                    name: (*name).to_owned(),
                    local: *local,
                    dev: *dev,
                })
                .collect(),
        }
    }

    fn found(crates: &[Crate], may: &[(&str, &[&str])]) -> Vec<(&'static str, String)> {
        let mut rules = small();
        rules.may = may
            .iter()
            .map(|(name, may)| {
                (
                    (*name).to_owned(),
                    may.iter().map(|m| (*m).to_owned()).collect(),
                )
            })
            .collect();
        let mut out = Vec::new();
        check(crates, &rules, &mut out);
        out.into_iter().map(|f| (f.rule, f.subject)).collect()
    }

    #[test]
    fn a_new_edge_and_a_missing_line_fail() {
        let crates = [
            krate("base", "ids", &[]),
            krate("core", "call", &[("ids", true, false)]),
            krate("core", "media", &[]),
        ];
        let found = found(&crates, &[("ids", &[]), ("call", &[])]);
        assert_eq!(
            found,
            [
                ("layers", "call -> ids".to_owned()),
                ("layers", "media".to_owned())
            ]
        );
    }

    #[test]
    fn an_import_upwards_fails_even_when_its_line_allows_it() {
        let crates = [
            krate("base", "ids", &[("call", true, false)]),
            krate("core", "call", &[]),
        ];
        let found = found(&crates, &[("ids", &["call"]), ("call", &[])]);
        assert_eq!(found, [("layers", "ids -> call".to_owned())]);
    }

    #[test]
    fn adapters_do_not_import_each_other_but_their_tests_may() {
        let crates = [
            krate("adapters", "net", &[("store", true, false)]),
            krate("adapters", "store", &[("net", true, true)]),
        ];
        let found = found(&crates, &[("net", &["store"]), ("store", &[])]);
        assert_eq!(found, [("layers", "net -> store".to_owned())]);
    }

    #[test]
    fn a_permission_that_is_not_used_fails() {
        let crates = [krate("base", "ids", &[]), krate("core", "call", &[])];
        let found = found(&crates, &[("ids", &[]), ("call", &["ids"])]);
        assert_eq!(found, [("layers", "call -> ids".to_owned())]);
    }

    #[test]
    fn a_pure_crate_may_not_bring_the_host_in() {
        let crates = [krate(
            "core",
            "call",
            &[("tokio", false, false), ("insta", false, true)],
        )];
        assert_eq!(
            found(&crates, &[("call", &[])]),
            [("purity", "call -> tokio".to_owned())]
        );
        let crates = [krate("adapters", "net", &[("tokio", false, false)])];
        assert!(found(&crates, &[("net", &[])]).is_empty());
    }
}
