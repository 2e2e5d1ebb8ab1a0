//! Puts a switch at each guard of a file, so that one build holds every edit: a word of the
//! environment says which guard is out while a program of tests runs.

use syn::visit::{self, Visit};
use syn::{FnArg, Pat};

use super::mutant::{Mutant, Rule};

/// The variable of the environment that holds the number of the guard that is out.
pub(crate) const OUT: &str = "STROWGER_GUARD_OUT";

/// The file with a switch at each of these guards, which stand with their numbers. No line moves.
pub(crate) fn switched(text: &str, guards: &[(usize, &Mutant)]) -> String {
    let mut pieces = Vec::new();
    for (number, guard) in guards {
        let original = text.get(guard.bytes.clone()).unwrap_or_default();
        let (before, after) = around(*number, guard, original);
        pieces.push((guard.bytes.start, Piece::Before(guard.bytes.len()), before));
        pieces.push((guard.bytes.end, Piece::After(guard.bytes.len()), after));
    }
    woven(text, pieces)
}

/// The file through which every text of SQL goes, with each text asked whether its guard is out.
pub(crate) fn asking(text: &str) -> String {
    let Ok(file) = syn::parse_file(text) else {
        return text.to_owned();
    };
    let mut doors = Doors::default();
    doors.visit_file(&file);
    let ask = "let text: &str = &guard_out(text);".to_owned();
    let pieces = doors.at.into_iter();
    let pieces = pieces.map(|at| (at, Piece::After(0), ask.clone()));
    let asked = woven(text, pieces.collect());
    format!("{asked}\n{}", READER.replace("{OUT}", OUT))
}

/// Reads what [`around`] writes into texts of SQL.
const READER: &str = r#"
fn guard_out(whole: &str) -> String {
    let out = std::env::var("{OUT}").unwrap_or_default();
    let mut parts = whole.split("/*[");
    let mut made = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (head, rest) = part.split_once("*/").unwrap_or_default();
        let (number, instead) = head.split_once('|').unwrap_or_default();
        let (original, rest) = rest.split_once("/*]*/").unwrap_or_default();
        made.push_str(if number == out { instead } else { original });
        made.push_str(rest);
    }
    made
}
"#;

/// What stands before and after a guard so that it can be out.
fn around(number: usize, guard: &Mutant, original: &str) -> (String, String) {
    let instead = guard.instead.replace('\n', " ");
    let out = format!("::std::env::var_os(\"{OUT}\").is_some_and(|out| out == \"{number}\")");
    match guard.rule {
        Rule::Bind | Rule::Join => (format!("/*[{number}|{instead}*/"), "/*]*/".to_owned()),
        // a variant's name stands where a function may stand
        Rule::Lane => (
            format!("(|lane| if {out} {{ ({instead})(lane) }} else {{ "),
            "(lane) })".to_owned(),
        ),
        Rule::Compare | Rule::Within | Rule::Answer => {
            debug_assert!(!original.is_empty(), "a guard is some text");
            let before = format!("(if {out} {{ {instead} }} else {{ ");
            (before, " })".to_owned())
        }
    }
}

/// Where a piece belongs among others at the same place: the end of what is inside comes before
/// the end of what is around it, and the other way round for beginnings. The number is the length
/// of what it is put around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    After(usize),
    Before(usize),
}

impl Piece {
    fn rank(self) -> (u8, usize) {
        match self {
            Piece::After(length) => (0, length),
            Piece::Before(length) => (1, usize::MAX - length),
        }
    }
}

fn woven(text: &str, mut pieces: Vec<(usize, Piece, String)>) -> String {
    pieces.sort_by_key(|(at, piece, _)| (*at, piece.rank()));
    let (mut made, mut done) = (String::new(), 0);
    for (at, _, piece) in pieces {
        made.push_str(text.get(done..at).unwrap_or_default());
        made.push_str(&piece);
        done = at;
    }
    made.push_str(text.get(done..).unwrap_or_default());
    made
}

/// Bodies of functions that take a text of SQL, by where they begin.
#[derive(Default)]
struct Doors {
    at: Vec<usize>,
}

impl<'ast> Visit<'ast> for Doors {
    fn visit_impl_item_fn(&mut self, one: &'ast syn::ImplItemFn) {
        let takes_text = one.sig.inputs.iter().any(|input| match input {
            FnArg::Typed(typed) => {
                matches!(&*typed.pat, Pat::Ident(name) if name.ident == "text")
            }
            FnArg::Receiver(_) => false,
        });
        if takes_text {
            self.at
                .push(one.block.brace_token.span.open().byte_range().end);
        }
        visit::visit_impl_item_fn(self, one);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::isolation::{code, texts};

    fn all(text: &str) -> String {
        let found = code::find("a.rs", text, |_| false);
        let found: Vec<_> = found
            .into_iter()
            .chain(texts::find("a.rs", text, |_| false))
            .collect();
        let guards: Vec<_> = (1..).zip(&found).collect();
        switched(text, &guards)
    }

    #[test]
    fn a_guard_inside_another_has_a_switch_of_its_own() {
        let made = all("fn a() { if found.within(scope) == Some(owner) {} }");
        syn::parse_file(&made).unwrap();
        assert!(made.contains("\"1\") { true } else { (if"), "{made}");
        assert!(
            made.contains("{ Some(found.id()) } else { found.within(scope) }"),
            "{made}"
        );
    }

    #[test]
    fn a_text_of_sql_carries_what_it_says_without_its_guard() {
        let made = all("const A: &str = \"WHERE w.tenant = ?12 AND x\";");
        let text = "WHERE /*[1|CAST(?12 AS TEXT) IS NOT NULL*/w.tenant = ?12/*]*/ AND x";
        assert_eq!(made, format!("const A: &str = \"{text}\";"));
    }

    #[test]
    fn every_door_of_sql_asks_and_no_line_moves() {
        let text = "impl A {\n fn run(self, text: &str) -> u8 {\n 1 }\n fn b(&self) {\n }\n}\n";
        let made = asking(text);
        let line = made.lines().nth(1).unwrap();
        assert!(
            line.ends_with("{let text: &str = &guard_out(text);"),
            "{line}"
        );
        assert_eq!(made.matches("&guard_out(text)").count(), 1);
        syn::parse_file(&made).unwrap();
    }
}
