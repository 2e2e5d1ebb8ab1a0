//! One Rust file, read once: its text, its outline and every path it writes.

use crate::outline::{self, Outline};
use crate::workspace::Crate;
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use std::collections::BTreeMap;

/// A file of a crate of the workspace.
pub(crate) struct Source {
    /// Path from the root of the repository.
    pub(crate) path: String,
    /// The crate's name.
    pub(crate) krate: String,
    /// The crate's layer.
    pub(crate) layer: String,
    /// Modules from the crate's root down to this file; empty for the root itself.
    pub(crate) module: Vec<String>,
    /// Tests, benches and examples as a whole: only their text is looked at.
    pub(crate) is_test: bool,
    pub(crate) text: String,
    pub(crate) outline: Outline,
    /// Paths such as `crate::leg::Leg`, in order of appearance.
    pub(crate) paths: Vec<Written>,
}

/// A path as written in expressions, types, patterns or macro input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
    /// Followed by `!`: a macro.
    pub(crate) bang: bool,
    /// Followed by parentheses: a call.
    pub(crate) called: bool,
}

impl Source {
    /// Reads one file.
    ///
    /// # Errors
    /// The parser's message with its place when the text is not Rust.
    pub(crate) fn read(owner: &Crate, path: &str, text: &str) -> Result<Source, String> {
        let refuse = |e: syn::Error| format!("{path}:{}: {e}", e.span().start().line);
        let tokens: TokenStream = text
            .parse()
            .map_err(|e: proc_macro2::LexError| refuse(syn::Error::from(e)))?;
        let mut paths = Vec::new();
        collect(tokens.clone(), &mut paths);
        let file: syn::File = syn::parse2(tokens).map_err(refuse)?;
        let inside = path
            .strip_prefix(&owner.folder)
            .unwrap_or(path)
            .trim_start_matches('/');
        Ok(Source {
            path: path.to_owned(),
            krate: owner.name.clone(),
            layer: owner.layer.clone(),
            module: module_of(inside),
            is_test: is_test_path(inside),
            text: text.to_owned(),
            outline: outline::of(&file),
            paths,
        })
    }

    /// Whether this line belongs to a test.
    pub(crate) fn tests_line(&self, line: usize) -> bool {
        self.is_test || self.outline.tests.iter().any(|t| t.contains(&line))
    }

    /// The module a line is in: the file's own, or one written inside it.
    pub(crate) fn module_at(&self, line: usize) -> Vec<String> {
        let mut module = self.module.clone();
        let inner = self
            .outline
            .modules
            .iter()
            .filter(|m| m.lines.contains(&line))
            .max_by_key(|m| m.path.len());
        if let Some(inner) = inner {
            module.extend(inner.path.iter().cloned());
        }
        module
    }

    /// Every path outside tests with its first segment replaced by what was imported under that
    /// name, and every imported path itself.
    pub(crate) fn resolved(&self) -> Vec<Written> {
        let names: BTreeMap<&str, &[String]> = self
            .outline
            .uses
            .iter()
            .filter(|u| !u.glob)
            .map(|u| (u.name.as_str(), u.path.as_slice()))
            .collect();
        let imported = self.outline.uses.iter().map(|u| Written {
            segments: u.path.clone(),
            line: u.line,
            bang: false,
            called: false,
        });
        let written = self.paths.iter().map(|written| {
            let mut written = written.clone();
            if let Some((first, rest)) = written.segments.split_first()
                && let Some(full) = names.get(first.as_str())
            {
                written.segments = full.iter().chain(rest).cloned().collect();
            }
            written
        });
        imported
            .chain(written)
            .filter(|w| !self.tests_line(w.line))
            .collect()
    }
}

/// Modules of a file, from its path inside the crate: `src/a/b.rs` is `a::b`.
fn module_of(inside: &str) -> Vec<String> {
    let Some(inside) = inside.strip_prefix("src/") else {
        return Vec::new();
    };
    let stem = inside.strip_suffix(".rs").unwrap_or(inside);
    let mut module: Vec<String> = stem.split('/').map(str::to_owned).collect();
    if matches!(
        module.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        module.pop();
    }
    if module.first().is_some_and(|first| first == "bin") {
        module.clear();
    }
    module
}

fn is_test_path(inside: &str) -> bool {
    let mut parts = inside.split('/');
    inside.ends_with("/tests.rs")
        || inside.ends_with("_tests.rs")
        || parts.any(|part| matches!(part, "tests" | "benches" | "examples"))
}

fn collect(tokens: TokenStream, out: &mut Vec<Written>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < trees.len() {
        match &trees[at] {
            TokenTree::Group(group) => {
                collect(group.stream(), out);
                at += 1;
            }
            TokenTree::Ident(ident) => {
                let line = ident.span().start().line;
                let mut segments = vec![ident.to_string()];
                at += 1;
                while let Some(TokenTree::Ident(next)) = after_colons(&trees, at) {
                    segments.push(next.to_string());
                    at += 3;
                }
                let bang = is_bang(&trees, at);
                let called = matches!(trees.get(at), Some(TokenTree::Group(g))
                    if g.delimiter() == Delimiter::Parenthesis);
                out.push(Written {
                    segments,
                    line,
                    bang,
                    called,
                });
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => at += 1,
        }
    }
}

/// The token after `::` at this place.
fn after_colons(trees: &[TokenTree], at: usize) -> Option<&TokenTree> {
    match (trees.get(at)?, trees.get(at + 1)?) {
        (TokenTree::Punct(a), TokenTree::Punct(b))
            if a.as_char() == ':' && a.spacing() == Spacing::Joint && b.as_char() == ':' =>
        {
            trees.get(at + 2)
        }
        _ => None,
    }
}

fn is_bang(trees: &[TokenTree], at: usize) -> bool {
    matches!((trees.get(at), trees.get(at + 1)),
        (Some(TokenTree::Punct(p)), Some(TokenTree::Group(_))) if p.as_char() == '!')
}

#[cfg(test)]
pub(crate) mod tests {
    //! Fixtures: a file of an imagined crate `call` in the pure layer `core`.
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    pub(crate) fn krate(layer: &str, name: &str) -> Crate {
        Crate {
            name: name.to_owned(),
            layer: layer.to_owned(),
            folder: format!("{layer}/{name}"),
            imports: Vec::new(),
        }
    }

    pub(crate) fn file(inside: &str, text: &str) -> Source {
        Source::read(&krate("core", "call"), &format!("core/call/{inside}"), text).unwrap()
    }

    #[test]
    fn the_module_follows_from_the_path() {
        assert_eq!(file("src/lib.rs", "").module, Vec::<String>::new());
        assert_eq!(file("src/leg/mod.rs", "").module, ["leg"]);
        assert_eq!(file("src/leg/hold.rs", "").module, ["leg", "hold"]);
    }

    #[test]
    fn imports_are_resolved_also_inside_macros() {
        let source = file(
            "src/a.rs",
            "use std::time as t;\nfn f() { dbg!(t::Instant::now()); }",
        );
        let now = source
            .resolved()
            .into_iter()
            .find(|w| w.segments.ends_with(&["now".into()]));
        assert_eq!(now.unwrap().segments, ["std", "time", "Instant", "now"]);
    }

    #[test]
    fn paths_in_tests_do_not_count() {
        let source = file(
            "src/a.rs",
            "#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n",
        );
        assert!(
            source
                .resolved()
                .iter()
                .all(|w| !w.segments.contains(&"fs".to_owned()))
        );
        assert!(file("tests/whole.rs", "").is_test);
    }
}
