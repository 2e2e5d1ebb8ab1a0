//! What a file declares, with line numbers: functions, structs, traits, imports, modules, tests.

use std::ops::RangeInclusive;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

type Lines = RangeInclusive<usize>;

/// The declarations of one file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outline {
    pub(crate) functions: Vec<Function>,
    pub(crate) structs: Vec<Counted>,
    pub(crate) traits: Vec<Counted>,
    pub(crate) uses: Vec<Use>,
    pub(crate) modules: Vec<Module>,
    /// Lines of items that exist only under test.
    pub(crate) tests: Vec<Lines>,
    /// Struct expressions: the type's last name and the line.
    pub(crate) literals: Vec<(String, usize)>,
    /// Lines strictly inside literals that span several lines.
    pub(crate) long_literals: Vec<Lines>,
}

/// A function with a body.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// From the attributes to the closing brace.
    pub(crate) whole: Lines,
    /// From the signature to the closing brace.
    pub(crate) body: Lines,
}

/// Something with a number of parts.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    pub(crate) name: String,
    /// Line of the name.
    pub(crate) line: usize,
    /// First line, attributes and documentation included.
    pub(crate) first: usize,
    pub(crate) count: usize,
}

/// One imported path; a `use` with braces gives several.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    pub(crate) path: Vec<String>,
    /// The name it has from here on; `*` for a glob.
    pub(crate) name: String,
    pub(crate) glob: bool,
    pub(crate) line: usize,
}

/// A module declared in this file.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    /// Path below the file's own module.
    pub(crate) path: Vec<String>,
    /// Lines of its body; only the declaration's when the body is another file.
    pub(crate) lines: Lines,
    /// Only under test.
    pub(crate) test: bool,
}

/// Reads the outline of a parsed file.
pub(crate) fn of(file: &syn::File) -> Outline {
    let mut walk = Walk::default();
    walk.visit_file(file);
    walk.outline
}

#[derive(Default)]
struct Walk {
    outline: Outline,
    inside: Vec<String>,
    type_name: Option<String>,
}

fn lines(of: &impl Spanned) -> Lines {
    let span = of.span();
    span.start().line..=span.end().line
}

/// `#[test]`, `#[cfg(test)]`, `#[cfg(any(test, …))]`; not `#[cfg(not(test))]`.
fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let path = attribute.path();
        if path.is_ident("test") {
            return true;
        }
        let syn::Meta::List(list) = &attribute.meta else {
            return false;
        };
        let mut words = Vec::new();
        words_of(list.tokens.clone(), &mut words);
        path.is_ident("cfg")
            && words.iter().any(|word| word == "test")
            && words.iter().all(|word| word != "not")
    })
}

fn words_of(tokens: proc_macro2::TokenStream, out: &mut Vec<String>) {
    for tree in tokens {
        match tree {
            proc_macro2::TokenTree::Ident(ident) => out.push(ident.to_string()),
            proc_macro2::TokenTree::Group(group) => words_of(group.stream(), out),
            proc_macro2::TokenTree::Punct(_) | proc_macro2::TokenTree::Literal(_) => {}
        }
    }
}

// tidy: table
fn attributes_of(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(i) => &i.attrs,
        syn::Item::Enum(i) => &i.attrs,
        syn::Item::Fn(i) => &i.attrs,
        syn::Item::Impl(i) => &i.attrs,
        syn::Item::Macro(i) => &i.attrs,
        syn::Item::Mod(i) => &i.attrs,
        syn::Item::Static(i) => &i.attrs,
        syn::Item::Struct(i) => &i.attrs,
        syn::Item::Trait(i) => &i.attrs,
        syn::Item::Type(i) => &i.attrs,
        syn::Item::Use(i) => &i.attrs,
        // rare kinds of items, and kinds that later editions may add: never tests of ours
        syn::Item::ExternCrate(_)
        | syn::Item::ForeignMod(_)
        | syn::Item::TraitAlias(_)
        | syn::Item::Union(_)
        | syn::Item::Verbatim(_)
        | _ => &[],
    }
}

impl Walk {
    fn function(&mut self, whole: Lines, signature: &syn::Signature, block: &syn::Block) {
        let body = signature.span().start().line..=block.span().end().line;
        self.outline.functions.push(Function {
            name: signature.ident.to_string(),
            whole,
            body,
        });
    }

    fn use_tree(&mut self, tree: &syn::UseTree, prefix: &[String], line: usize) {
        let with = |last: String| prefix.iter().cloned().chain([last]).collect::<Vec<_>>();
        match tree {
            syn::UseTree::Path(path) => {
                self.use_tree(&path.tree, &with(path.ident.to_string()), line);
            }
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.use_tree(tree, prefix, tree.span().start().line);
                }
            }
            syn::UseTree::Glob(_) => {
                let path = prefix.to_vec();
                self.outline.uses.push(Use {
                    path,
                    name: "*".to_owned(),
                    glob: true,
                    line,
                });
            }
            syn::UseTree::Name(name) => self.imported(prefix, &name.ident, &name.ident, line),
            syn::UseTree::Rename(name) => self.imported(prefix, &name.ident, &name.rename, line),
        }
    }

    /// `use a::{self as b}` names `a`; anything else names what it says.
    fn imported(&mut self, prefix: &[String], what: &syn::Ident, name: &syn::Ident, line: usize) {
        let mut path = prefix.to_vec();
        let mut name = name.to_string();
        if what == "self" {
            if name == "self" {
                name = path.last().cloned().unwrap_or(name);
            }
        } else {
            path.push(what.to_string());
        }
        self.outline.uses.push(Use {
            path,
            name,
            glob: false,
            line,
        });
    }
}

impl<'ast> Visit<'ast> for Walk {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if is_test(attributes_of(item)) {
            self.outline.tests.push(lines(item));
        }
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.inside.push(item.ident.to_string());
        let module = Module {
            path: self.inside.clone(),
            lines: lines(item),
            test: is_test(&item.attrs),
        };
        self.outline.modules.push(module);
        visit::visit_item_mod(self, item);
        self.inside.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.use_tree(&item.tree, &[], item.span().start().line);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(lines(item), &item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if is_test(&item.attrs) {
            self.outline.tests.push(lines(item));
        }
        self.function(lines(item), &item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(lines(item), &item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.outline.structs.push(Counted {
            name: item.ident.to_string(),
            line: item.ident.span().start().line,
            first: item.span().start().line,
            count: item.fields.len(),
        });
        visit::visit_item_struct(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        let methods = item
            .items
            .iter()
            .filter(|i| matches!(i, syn::TraitItem::Fn(_)));
        self.outline.traits.push(Counted {
            name: item.ident.to_string(),
            line: item.ident.span().start().line,
            first: item.span().start().line,
            count: methods.count(),
        });
        visit::visit_item_trait(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let outer = self.type_name.take();
        if let syn::Type::Path(path) = item.self_ty.as_ref() {
            self.type_name = path.path.segments.last().map(|s| s.ident.to_string());
        }
        visit::visit_item_impl(self, item);
        self.type_name = outer;
    }

    fn visit_expr_struct(&mut self, expression: &'ast syn::ExprStruct) {
        if let Some(last) = expression.path.segments.last() {
            let mut name = last.ident.to_string();
            if name == "Self" {
                name = self.type_name.clone().unwrap_or(name);
            }
            self.outline
                .literals
                .push((name, last.ident.span().start().line));
        }
        visit::visit_expr_struct(self, expression);
    }

    fn visit_lit(&mut self, literal: &'ast syn::Lit) {
        let lines = lines(literal);
        if lines.end() > lines.start() {
            self.outline.long_literals.push(lines);
        }
    }
}
