//! Finds guards in Rust: comparisons of owners, findings within a scope, answers, lanes.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, ExprAwait, ExprBinary, ExprCall, ExprMethodCall, ExprPath};

use super::mutant::{Mutant, Rule};

/// Names by which the source calls whose a thing is.
const WHOSE: [&str; 6] = ["tenant", "owner", "account", "whose", "seen_from", "scope"];

/// Every guard in the code of a file. Lines for which `skip` is true are left out.
pub(crate) fn find(path: &str, text: &str, skip: impl Fn(usize) -> bool) -> Vec<Mutant> {
    let Ok(file) = syn::parse_file(text) else {
        return Vec::new();
    };
    let mut seeker = Seeker {
        path,
        text,
        found: Vec::new(),
    };
    seeker.visit_file(&file);
    seeker.found.retain(|mutant| !skip(mutant.line));
    seeker.found
}

struct Seeker<'a> {
    path: &'a str,
    text: &'a str,
    found: Vec<Mutant>,
}

impl Seeker<'_> {
    fn text_of(&self, part: &impl Spanned) -> &str {
        self.text.get(part.span().byte_range()).unwrap_or_default()
    }

    fn replace(&mut self, rule: Rule, part: &impl Spanned, instead: String) {
        let span = part.span();
        self.found.push(Mutant {
            rule,
            path: self.path.to_owned(),
            line: span.start().line,
            more: span.end().line.saturating_sub(span.start().line),
            bytes: span.byte_range(),
            instead,
        });
    }

    /// Whether both sides of a comparison say whose a thing is.
    fn compares_owners(&self, one: &ExprBinary) -> bool {
        let (left, right) = (self.text_of(&one.left), self.text_of(&one.right));
        let equality = left.starts_with("self.") && right.starts_with("other.");
        !equality && (says_whose(left) || says_whose(right))
    }
}

/// Whether a word of an expression is one by which the source says whose a thing is.
fn says_whose(expression: &str) -> bool {
    expression
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .any(|word| WHOSE.contains(&word))
}

impl<'ast> Visit<'ast> for Seeker<'_> {
    fn visit_expr_binary(&mut self, one: &'ast ExprBinary) {
        let always = if matches!(one.op, BinOp::Eq(_)) {
            Some("true")
        } else {
            matches!(one.op, BinOp::Ne(_)).then_some("false")
        };
        if let Some(always) = always.filter(|_| self.compares_owners(one)) {
            self.replace(Rule::Compare, one, always.to_owned());
        }
        visit::visit_expr_binary(self, one);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if call.method == "within" && call.args.len() == 1 {
            let instead = format!("Some({}.id())", self.text_of(&call.receiver));
            self.replace(Rule::Within, call, instead);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_await(&mut self, one: &'ast ExprAwait) {
        // a finding is at hand; what is waited for has only the name in common with it
        if let Expr::MethodCall(call) = &*one.base
            && call.method == "within"
        {
            visit::visit_expr_method_call(self, call);
        } else {
            visit::visit_expr_await(self, one);
        }
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if self.text_of(&call.func) == "Problem::not_found" {
            let instead = "Problem::new(crate::Kind::Forbidden, \"not yours\")".to_owned();
            self.replace(Rule::Answer, call, instead);
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_path(&mut self, one: &'ast ExprPath) {
        if self.text_of(one) == "Whose::Tenant" {
            self.replace(Rule::Lane, one, "(|_| Whose::Strangers)".to_owned());
        }
        visit::visit_expr_path(self, one);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str) -> Vec<String> {
        let found = find("a.rs", text, |_| false);
        found.iter().filter_map(|one| one.apply(text)).collect()
    }

    #[test]
    fn a_comparison_of_owners_always_goes_well() {
        let text = "fn a() -> bool { known && entry.tenant == scope.tenant() }";
        assert_eq!(edited(text), ["fn a() -> bool { known && true }"]);
        let text = "fn a() { if owner != mine { return; } }";
        assert_eq!(edited(text), ["fn a() { if false { return; } }"]);
    }

    #[test]
    fn a_comparison_of_other_things_stays() {
        let none: [String; 0] = [];
        assert_eq!(edited("fn a() -> bool { tenants.len() == 3 }"), none);
        let equality = "fn eq() -> bool { self.tenant == other.tenant }";
        assert_eq!(edited(equality), none);
    }

    #[test]
    fn a_finding_is_taken_without_asking_in_which_scope() {
        let text = "fn a() { located.within(scope).ok_or(Gone) }";
        assert_eq!(edited(text), ["fn a() { Some(located.id()).ok_or(Gone) }"]);
    }

    #[test]
    fn what_is_waited_for_is_no_finding() {
        let none: [String; 0] = [];
        assert_eq!(edited("async fn a() { taker.within(what).await }"), none);
    }

    #[test]
    fn all_wait_in_one_lane() {
        let text = "fn a() { tenant.map_or(Whose::Strangers, Whose::Tenant) }";
        let edit = "fn a() { tenant.map_or(Whose::Strangers, (|_| Whose::Strangers)) }";
        assert_eq!(edited(text), [edit]);
    }
}
