//! Where authority over a tenant is made: each place is listed, a new one fails.

use crate::finding::Finding;
use crate::rules::Scope;
use crate::source::{Source, Written};
use std::collections::BTreeSet;

const WHY: &str = "whoever holds a scope acts for a tenant; few doors can be guarded, many cannot";

/// Compares the places that make a scope with the list, both ways.
pub(crate) fn check(sources: &[Source], scope: &Scope, out: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    for source in sources.iter().filter(|s| s.layer != "tools") {
        for line in lines(source, scope) {
            let function = function_at(source, line);
            let listed = scope
                .mint
                .iter()
                .position(|mint| mint.file == source.path && mint.function == function);
            if let Some(index) = listed {
                seen.insert(index);
                continue;
            }
            out.push(
                Finding::new("scope-mint", &source.path, line, &function)
                    .found(format!("`{function}` makes a {}", scope.type_name))
                    .because(
                        WHY,
                        "take the scope as an argument from one of the places listed under [scope] \
                         in layers.toml",
                    ),
            );
        }
    }
    for (index, mint) in scope.mint.iter().enumerate() {
        if !seen.contains(&index) {
            out.push(
                Finding::new("scope-mint", "layers.toml", 1, &mint.function)
                    .found(format!(
                        "`{}` in {} makes no scope",
                        mint.function, mint.file
                    ))
                    .because(WHY, "remove the entry from layers.toml"),
            );
        }
    }
}

/// Lines outside tests with a struct expression of the type or a call of a constructor.
fn lines(source: &Source, scope: &Scope) -> BTreeSet<usize> {
    let literals = source
        .outline
        .literals
        .iter()
        .filter(|(name, _)| name == &scope.type_name)
        .map(|(_, line)| *line);
    let calls = source
        .paths
        .iter()
        .filter(|w| makes(w, scope))
        .map(|w| w.line);
    literals
        .chain(calls)
        .filter(|line| !source.tests_line(*line))
        .collect()
}

/// A call of the type's own constructor, or a named constructor, called or handed on by name; one
/// named without its type must be called.
fn makes(written: &Written, scope: &Scope) -> bool {
    let text = written.segments.join("::");
    if written.called && written.segments.last() == Some(&scope.type_name) {
        return true;
    }
    scope.constructors.iter().any(|constructor| {
        (written.called || constructor.contains("::"))
            && (text == *constructor || text.ends_with(&format!("::{constructor}")))
    })
}

/// The innermost function around a line.
fn function_at(source: &Source, line: usize) -> String {
    source
        .outline
        .functions
        .iter()
        .filter(|f| f.whole.contains(&line))
        .min_by_key(|f| f.whole.clone().count())
        .map_or_else(|| "outside any function".to_owned(), |f| f.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Mint;
    use crate::rules::tests::small;
    use crate::source::tests::file;

    fn found(text: &str, mints: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut scope = small().scope;
        scope.mint = mints
            .iter()
            .map(|(file, function)| Mint {
                file: (*file).to_owned(),
                function: (*function).to_owned(),
                why: "a proof".to_owned(),
            })
            .collect();
        let mut out = Vec::new();
        check(&[file("src/a.rs", text)], &scope, &mut out);
        out.into_iter().map(|f| (f.path, f.subject)).collect()
    }

    #[test]
    fn a_new_mint_fails_whether_it_calls_or_builds() {
        let place = [("core/call/src/a.rs".to_owned(), "f".to_owned())];
        assert_eq!(
            found("fn f() { tenancy::TenantScope::admit(x) }", &[]),
            place
        );
        assert_eq!(found("fn f() { TenantScope { id } }", &[]), place);
        assert_eq!(found("fn f() { TenantScope(id) }", &[]), place);
        assert_eq!(
            found("fn f() { proof.map(TenantScope::admit) }", &[]),
            place
        );
        assert_eq!(
            found("impl TenantScope { fn f() { Self { id } } }", &[]),
            place
        );
    }

    #[test]
    fn a_listed_mint_passes_and_an_idle_entry_fails() {
        let text = "fn f() { TenantScope::admit(x) }";
        assert!(found(text, &[("core/call/src/a.rs", "f")]).is_empty());
        let idle = found("", &[("core/call/src/a.rs", "f")]);
        assert_eq!(idle, [("layers.toml".to_owned(), "f".to_owned())]);
    }

    #[test]
    fn taking_a_scope_is_not_making_one() {
        assert!(
            found(
                "fn f(scope: &TenantScope) -> TenantId { scope.tenant() }",
                &[]
            )
            .is_empty()
        );
    }
}
