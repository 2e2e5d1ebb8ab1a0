//! Finds guards in texts of SQL: where a row's tenant is compared.

use proc_macro2::{TokenStream, TokenTree};

use super::mutant::{Mutant, Rule};

/// Every guard in the string literals of a file. Lines for which `skip` is true are left out.
pub(crate) fn find(path: &str, text: &str, skip: impl Fn(usize) -> bool) -> Vec<Mutant> {
    let mut found = Vec::new();
    let Ok(tokens) = text.parse::<TokenStream>() else {
        return found;
    };
    let mut literals = Vec::new();
    collect(tokens, &mut literals);
    for (start, end) in literals {
        let literal = text.get(start..end).unwrap_or_default();
        for (from, to, rule, instead) in guards(literal) {
            let line = text[..start + from].matches('\n').count() + 1;
            if !skip(line) {
                found.push(Mutant {
                    rule,
                    path: path.to_owned(),
                    line,
                    more: 0,
                    bytes: start + from..start + to,
                    instead,
                });
            }
        }
    }
    found
}

fn collect(tokens: TokenStream, literals: &mut Vec<(usize, usize)>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect(group.stream(), literals),
            TokenTree::Literal(literal) => {
                let bytes = literal.span().byte_range();
                literals.push((bytes.start, bytes.end));
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// The guards of one text: from, to, and what stands there instead.
fn guards(text: &str) -> Vec<(usize, usize, Rule, String)> {
    const COLUMN: &str = "tenant = ";
    // a row of a parameter that holds many, whose first field is the tenant
    const ROW: &str = "item.value";
    const FIRST: &str = " ->> 0";
    let mut found = Vec::new();
    for (at, _) in text.match_indices(COLUMN) {
        let from = text[..at]
            .rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
            .map_or(0, |before| before + 1);
        let right = &text[at + COLUMN.len()..];
        let length = right
            .find(|c: char| !(c.is_ascii_alphanumeric() || "?._".contains(c)))
            .unwrap_or(right.len());
        let (other, to) = (&right[..length], at + COLUMN.len() + length);
        if other.starts_with('?') && other.len() > 1 {
            // the parameter stays, for its number counts
            let instead = format!("CAST({other} AS TEXT) IS NOT NULL");
            found.push((from, to, Rule::Bind, instead));
        } else if other == ROW && right[length..].starts_with(FIRST) {
            let to = to + FIRST.len();
            found.push((from, to, Rule::Bind, "1 = 1".to_owned()));
        } else if other.ends_with(".tenant") {
            found.push((from, to, Rule::Join, "1 = 1".to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_that_is_compared_in_sql_is_found_wherever_the_text_stands() {
        let text = "fn a() { run(\"SELECT 1 FROM a WHERE\n w.tenant = ?12 AND x = 1\"); }";
        let found = find("a.rs", text, |_| false);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].line, found[0].rule), (2, Rule::Bind));
        let edited = found[0].apply(text).unwrap();
        assert!(
            edited.contains("WHERE\n CAST(?12 AS TEXT) IS NOT NULL AND x"),
            "{edited}"
        );
    }

    #[test]
    fn a_join_by_tenant_is_found_and_an_unrelated_text_is_not() {
        let text = "const A: &str = \"f.tenant = w.tenant AND tenancy = 1\";";
        let found = find("a.rs", text, |_| false);
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].apply(text).unwrap(),
            "const A: &str = \"1 = 1 AND tenancy = 1\";"
        );
        assert_eq!(find("a.rs", "const A: &str = \"tenant\";", |_| false), []);
    }

    #[test]
    fn a_tenant_that_is_compared_with_that_of_a_given_row_is_found() {
        let text = "const A: &str = \"e.tenant = item.value ->> 0 AND e.id = item.value ->> 1\";";
        let found = find("a.rs", text, |_| false);
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].apply(text).unwrap(),
            "const A: &str = \"1 = 1 AND e.id = item.value ->> 1\";"
        );
    }

    #[test]
    fn lines_of_tests_are_left_out() {
        let text = "const A: &str = \"tenant = ?1\";";
        assert_eq!(find("a.rs", text, |line| line == 1), []);
    }
}
