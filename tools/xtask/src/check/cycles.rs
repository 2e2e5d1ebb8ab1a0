//! Sibling modules of a crate that need each other in a circle.
//!
//! An edge is a path that begins with `crate`, `super` or `self` and ends in another module; names
//! a parent re-exports are followed to where they live. Tests are left out.

use crate::finding::Finding;
use crate::source::Source;
use std::collections::{BTreeMap, BTreeSet};

type Path = Vec<String>;

/// A place where one module names another.
#[derive(Clone, Debug)]
struct Edge {
    from: Path,
    to: Path,
    file: String,
    line: usize,
}

/// Looks for circles among the files of one crate.
pub(crate) fn check(sources: &[&Source], out: &mut Vec<Finding>) {
    let tree = Tree::of(sources);
    let edges: Vec<Edge> = sources
        .iter()
        .flat_map(|source| tree.edges(source))
        .collect();
    let mut graph: BTreeMap<&Path, BTreeSet<&Path>> = BTreeMap::new();
    for edge in &edges {
        graph.entry(&edge.from).or_default().insert(&edge.to);
    }
    let mut told = BTreeSet::new();
    for edge in &edges {
        let Some(back) = way(&graph, &edge.to, &edge.from) else {
            continue;
        };
        let mut ring: Vec<String> = back.iter().map(|path| path.join("::")).collect();
        ring.sort();
        if !told.insert(ring) {
            continue;
        }
        let circle: Vec<String> = [&edge.from]
            .into_iter()
            .chain(back)
            .map(|path| path.join("::"))
            .collect();
        out.push(
            Finding::new("module-cycle", &edge.file, edge.line, &circle.join(" -> "))
                .found(format!("modules need each other: {}", circle.join(" -> ")))
                .because(
                    "no part of a knot can be read, tested or moved alone",
                    "move what both need into a third module, or pass it in as an argument",
                ),
        );
    }
}

/// The shortest way from one module to another, both ends included.
fn way<'a>(
    graph: &BTreeMap<&'a Path, BTreeSet<&'a Path>>,
    from: &'a Path,
    to: &Path,
) -> Option<Vec<&'a Path>> {
    let mut came: BTreeMap<&Path, &Path> = BTreeMap::new();
    let mut front = vec![from];
    while let Some(at) = front.first().copied() {
        front.remove(0);
        if at == to {
            let mut way = vec![at];
            let mut step = at;
            while step != from {
                step = came.get(step)?;
                way.push(step);
            }
            way.reverse();
            return Some(way);
        }
        for next in graph.get(at).into_iter().flatten() {
            if *next != from && !came.contains_key(next) {
                came.insert(next, at);
                front.push(next);
            }
        }
    }
    None
}

/// The modules of a crate, and what each has imported under which name.
struct Tree {
    modules: BTreeSet<Path>,
    names: BTreeMap<(Path, String), Path>,
}

impl Tree {
    fn of(sources: &[&Source]) -> Tree {
        let mut modules = BTreeSet::from([Vec::new()]);
        for source in sources {
            modules.insert(source.module.clone());
            for inner in source.outline.modules.iter().filter(|m| !m.test) {
                modules.insert([source.module.as_slice(), &inner.path].concat());
            }
        }
        let mut tree = Tree {
            modules,
            names: BTreeMap::new(),
        };
        for source in sources {
            for import in &source.outline.uses {
                if import.glob || source.tests_line(import.line) {
                    continue;
                }
                let module = source.module_at(import.line);
                if let Some(full) = tree.absolute(&module, &import.path) {
                    tree.names.insert((module, import.name.clone()), full);
                }
            }
        }
        tree
    }

    /// The path from the crate's root, when it is one of this crate's.
    fn absolute(&self, module: &Path, path: &[String]) -> Option<Path> {
        let (first, rest) = path.split_first()?;
        let mut base = module.clone();
        let mut rest = rest;
        match first.as_str() {
            "crate" => base.clear(),
            "self" => {}
            "super" => {
                base.pop()?;
                while let Some(("super", after)) = rest
                    .split_first()
                    .map(|(first, after)| (first.as_str(), after))
                {
                    base.pop()?;
                    rest = after;
                }
            }
            child => {
                base.push(child.to_owned());
                self.modules.contains(&base).then_some(())?;
            }
        }
        base.extend(rest.iter().cloned());
        Some(base)
    }

    /// The module a path leads to, through re-exports.
    fn home(&self, path: &Path, depth: usize) -> Path {
        let mut module = Vec::new();
        for (at, segment) in path.iter().enumerate() {
            let mut deeper = module.clone();
            deeper.push(segment.clone());
            if self.modules.contains(&deeper) {
                module = deeper;
                continue;
            }
            if let Some(full) = self.names.get(&(module.clone(), segment.clone()))
                && depth < 8
            {
                let after = path.get(at + 1..).unwrap_or_default();
                let full = [full.as_slice(), after].concat();
                return if &full == path {
                    module
                } else {
                    self.home(&full, depth + 1)
                };
            }
            break;
        }
        module
    }

    /// Edges between siblings that this file draws.
    fn edges(&self, source: &Source) -> Vec<Edge> {
        let imported = source.outline.uses.iter().map(|u| (u.line, &u.path));
        let written = source.paths.iter().map(|w| (w.line, &w.segments));
        let mut edges = Vec::new();
        for (line, path) in imported.chain(written) {
            let ours = matches!(
                path.first().map(String::as_str),
                Some("crate" | "super" | "self")
            );
            if !ours || source.tests_line(line) {
                continue;
            }
            let from = source.module_at(line);
            let Some(full) = self.absolute(&from, path) else {
                continue;
            };
            let to = self.home(&full, 0);
            let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
            if from.len() > common && to.len() > common {
                edges.push(Edge {
                    from: from[..=common].to_vec(),
                    to: to[..=common].to_vec(),
                    file: source.path.clone(),
                    line,
                });
            }
        }
        edges
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tests::file;

    fn circles(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<Source> = files.iter().map(|(path, text)| file(path, text)).collect();
        let mut out = Vec::new();
        check(&sources.iter().collect::<Vec<_>>(), &mut out);
        out.into_iter().map(|f| f.subject).collect()
    }

    #[test]
    fn two_files_that_import_each_other_are_a_circle() {
        let a = ("src/a.rs", "use crate::b::B;\npub struct A;");
        let b = ("src/b.rs", "use super::a::A;\npub struct B;");
        assert_eq!(
            circles(&[("src/lib.rs", "mod a;\nmod b;"), a, b]),
            ["a -> b -> a"]
        );
        assert!(circles(&[("src/lib.rs", ""), a, ("src/b.rs", "pub struct B;")]).is_empty());
    }

    #[test]
    fn a_circle_of_three_is_told_once() {
        let files = [
            ("src/a.rs", "fn f() { crate::b::g() }"),
            ("src/b.rs", "pub fn g() { crate::c::h() }"),
            ("src/c.rs", "pub fn h() { crate::a::i() }"),
        ];
        assert_eq!(circles(&files).len(), 1);
    }

    #[test]
    fn a_name_the_root_re_exports_is_followed_home() {
        let files = [
            (
                "src/lib.rs",
                "mod a;\nmod b;\npub use a::A;\npub use self::b::B;",
            ),
            ("src/a.rs", "use crate::B;\npub struct A;"),
            ("src/b.rs", "use crate::A;\npub struct B;"),
        ];
        assert_eq!(circles(&files), ["a -> b -> a"]);
    }

    #[test]
    fn parents_and_children_may_know_each_other() {
        let files = [
            ("src/a.rs", "mod c;\nuse self::c::C;\npub struct A;"),
            ("src/a/c.rs", "use super::A;\npub struct C;"),
        ];
        assert!(circles(&files).is_empty());
    }

    #[test]
    fn siblings_below_the_top_are_looked_at_too() {
        let files = [
            ("src/a/c.rs", "use super::d::D;\npub struct C;"),
            ("src/a/d.rs", "use super::c::C;\npub struct D;"),
            ("src/a.rs", "mod c;\nmod d;"),
        ];
        assert_eq!(circles(&files), ["a::c -> a::d -> a::c"]);
    }

    #[test]
    fn what_only_tests_import_is_no_edge() {
        let files = [
            ("src/a.rs", "use crate::b::B;\npub struct A;"),
            (
                "src/b.rs",
                "pub struct B;\n#[cfg(test)]\nmod tests {\n use crate::a::A;\n}",
            ),
        ];
        assert!(circles(&files).is_empty());
    }
}
