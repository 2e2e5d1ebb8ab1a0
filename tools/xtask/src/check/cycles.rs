//! Sibling modules of a crate that need each other: knots.
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

/// Looks for knots among the files of one crate: modules that all reach each other.
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
    let reach: BTreeMap<&Path, BTreeSet<&Path>> = graph
        .keys()
        .map(|from| (*from, reached(&graph, from)))
        .collect();
    let mutual = |a: &Path, b: &Path| {
        let goes = |from: &Path, to: &Path| reach.get(from).is_some_and(|r| r.contains(to));
        goes(a, b) && goes(b, a)
    };
    let mut told: BTreeSet<&Path> = BTreeSet::new();
    for edge in &edges {
        if told.contains(&edge.from) || !mutual(&edge.from, &edge.to) {
            continue;
        }
        let knot: BTreeSet<&Path> = graph
            .keys()
            .copied()
            .filter(|other| mutual(&edge.from, other))
            .collect();
        out.push(finding(edge, &knot, &edges));
        told.extend(knot);
    }
}

fn finding(first: &Edge, knot: &BTreeSet<&Path>, edges: &[Edge]) -> Finding {
    let names: Vec<String> = knot.iter().map(|path| path.join("::")).collect();
    let mut seen = BTreeSet::new();
    let mut ways = String::new();
    for edge in edges
        .iter()
        .filter(|e| knot.contains(&e.from) && knot.contains(&e.to))
    {
        if seen.insert((&edge.from, &edge.to)) {
            let (from, to) = (edge.from.join("::"), edge.to.join("::"));
            ways.push_str(&format!(
                "\n    {from} -> {to}  {}:{}",
                edge.file, edge.line
            ));
        }
    }
    Finding::new("module-cycle", &first.file, first.line, &names.join(", "))
        .found(format!(
            "modules need each other: {}{ways}",
            names.join(", ")
        ))
        .because(
            "no part of a knot can be read, tested or moved alone",
            "move what both need into a third module, pass it in as an argument, or make the \
             helpers children of the module that branches",
        )
}

/// Every module that can be reached by at least one step.
fn reached<'a>(graph: &BTreeMap<&'a Path, BTreeSet<&'a Path>>, from: &Path) -> BTreeSet<&'a Path> {
    let mut reached = BTreeSet::new();
    let mut front: Vec<&Path> = vec![from];
    while let Some(at) = front.pop() {
        for next in graph.get(at).into_iter().flatten() {
            if reached.insert(*next) {
                front.push(next);
            }
        }
    }
    reached
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

    fn knots(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<Source> = files.iter().map(|(path, text)| file(path, text)).collect();
        let mut out = Vec::new();
        check(&sources.iter().collect::<Vec<_>>(), &mut out);
        out.into_iter().map(|f| f.subject).collect()
    }

    #[test]
    fn two_files_that_import_each_other_are_a_knot() {
        let a = ("src/a.rs", "use crate::b::B;\npub struct A;");
        let b = ("src/b.rs", "use super::a::A;\npub struct B;");
        assert_eq!(knots(&[("src/lib.rs", "mod a;\nmod b;"), a, b]), ["a, b"]);
        assert!(knots(&[("src/lib.rs", ""), a, ("src/b.rs", "pub struct B;")]).is_empty());
    }

    #[test]
    fn a_knot_of_three_is_told_once() {
        let files = [
            ("src/a.rs", "fn f() { crate::b::g() }"),
            ("src/b.rs", "pub fn g() { crate::c::h() }"),
            ("src/c.rs", "pub fn h() { crate::a::i() }"),
        ];
        assert_eq!(knots(&files), ["a, b, c"]);
    }

    #[test]
    fn two_knots_are_told_apart_and_a_bystander_is_left_out() {
        let files = [
            (
                "src/a.rs",
                "use crate::b::B;\nuse crate::c::C;\npub struct A;",
            ),
            ("src/b.rs", "use crate::a::A;\npub struct B;"),
            ("src/c.rs", "use crate::d::D;\npub struct C;"),
            (
                "src/d.rs",
                "use crate::c::C;\nuse crate::e::E;\npub struct D;",
            ),
            ("src/e.rs", "pub struct E;"),
        ];
        assert_eq!(knots(&files), ["a, b", "c, d"]);
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
        assert_eq!(knots(&files), ["a, b"]);
    }

    #[test]
    fn parents_and_children_may_know_each_other() {
        let files = [
            ("src/a.rs", "mod c;\nuse self::c::C;\npub struct A;"),
            ("src/a/c.rs", "use super::A;\npub struct C;"),
        ];
        assert!(knots(&files).is_empty());
    }

    #[test]
    fn siblings_below_the_top_are_looked_at_too() {
        let files = [
            ("src/a/c.rs", "use super::d::D;\npub struct C;"),
            ("src/a/d.rs", "use super::c::C;\npub struct D;"),
            ("src/a.rs", "mod c;\nmod d;"),
        ];
        assert_eq!(knots(&files), ["a::c, a::d"]);
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
        assert!(knots(&files).is_empty());
    }
}
