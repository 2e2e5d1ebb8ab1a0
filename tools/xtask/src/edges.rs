//! `cargo xtask edges`: the lines of `[may]` in `layers.toml` as Cargo's metadata shows them.
//!
//! It prints and never writes: that a crate may import another is decided by a person.

use crate::workspace::Crate;

/// Layers in the order in which they stand on each other.
const ORDER: [&str; 7] = [
    "base", "proto", "core", "adapters", "server", "bins", "tools",
];
const COLUMNS: usize = 100;

/// The table, layer by layer.
pub(crate) fn print(crates: &[Crate]) -> String {
    let mut text = String::new();
    for layer in ORDER {
        text.push_str(&format!("# {layer}\n"));
        for krate in crates.iter().filter(|c| c.layer == layer) {
            text.push_str(&line(krate, crates));
        }
    }
    text
}

fn line(krate: &Crate, crates: &[Crate]) -> String {
    let mut names: Vec<&str> = krate
        .imports
        .iter()
        .filter(|i| i.local && !i.dev)
        .map(|i| i.name.as_str())
        .collect();
    names.sort_by_key(|name| (rank(name, crates), *name));
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let short = format!("{} = [{}]\n", krate.name, quoted.join(", "));
    if short.len() <= COLUMNS {
        return short;
    }
    let mut long = format!("{} = [\n ", krate.name);
    let mut width = 1;
    for name in &quoted {
        if width + name.len() + 2 > COLUMNS {
            long.push_str("\n ");
            width = 1;
        }
        long.push_str(&format!(" {name},"));
        width += name.len() + 2;
    }
    long.push_str("\n]\n");
    long
}

fn rank(name: &str, crates: &[Crate]) -> usize {
    let layer = crates
        .iter()
        .find(|c| c.name == name)
        .map_or("", |c| c.layer.as_str());
    ORDER
        .iter()
        .position(|l| *l == layer)
        .unwrap_or(ORDER.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Import;

    fn krate(layer: &str, name: &str, imports: &[(&str, bool)]) -> Crate {
        let import = |(name, dev): &(&str, bool)| Import {
            name: (*name).to_owned(),
            local: true,
            dev: *dev,
        };
        Crate {
            name: name.to_owned(),
            layer: layer.to_owned(),
            folder: format!("{layer}/{name}"),
            imports: imports.iter().map(import).collect(),
        }
    }

    #[test]
    fn lower_layers_come_first_and_imports_of_tests_are_left_out() {
        let crates = [
            krate("base", "machine", &[]),
            krate("core", "call", &[]),
            krate(
                "core",
                "sip-leg",
                &[("call", false), ("machine", false), ("net", true)],
            ),
        ];
        assert!(print(&crates).contains("sip-leg = [\"machine\", \"call\"]\n"));
    }

    #[test]
    fn a_long_line_is_broken_and_stays_readable_as_toml() {
        let names: Vec<String> = (0..20).map(|n| format!("crate-number-{n}")).collect();
        let imports: Vec<(&str, bool)> = names.iter().map(|n| (n.as_str(), false)).collect();
        let text = line(&krate("bins", "strowger", &imports), &[]);
        assert!(text.lines().all(|line| line.len() <= COLUMNS));
        let table = text.parse::<toml::Table>().unwrap_or_default();
        assert_eq!(table["strowger"].as_array().map(Vec::len), Some(20));
    }
}
