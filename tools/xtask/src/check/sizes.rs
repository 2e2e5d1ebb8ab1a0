//! How big files, functions, structs and traits may be; tests are not measured.

use crate::finding::Finding;
use crate::outline::Counted;
use crate::rules::Sizes;
use crate::source::Source;

/// Measures one file.
pub(crate) fn check(source: &Source, sizes: &Sizes, out: &mut Vec<Finding>) {
    if source.is_test {
        return;
    }
    file(source, sizes.file_lines, out);
    functions(source, sizes.function_lines, out);
    for counted in &source.outline.structs {
        let most = sizes.struct_fields;
        if counted.count > most && !marked(source, counted.first, counted.line) {
            out.push(finding(source, "struct-fields", counted, "fields", most).because(
                "what holds much is touched by all and hides which parts belong together",
                "group fields that change together into a struct of their own; one that mirrors \
                 a wire format or a configuration table carries `// tidy: wire` or `config`",
            ));
        }
    }
    for counted in &source.outline.traits {
        let most = sizes.trait_methods;
        if counted.count > most {
            out.push(
                finding(source, "trait-methods", counted, "methods", most).because(
                    "each implementation and each double in a test must carry all of it",
                    "cut the trait by who asks for what",
                ),
            );
        }
    }
}

fn finding(
    source: &Source,
    rule: &'static str,
    counted: &Counted,
    parts: &str,
    most: usize,
) -> Finding {
    let Counted {
        name, line, count, ..
    } = counted;
    Finding::new(rule, &source.path, *line, name)
        .found(format!("`{name}` has {count} {parts}, the most is {most}"))
        .sized(*count)
}

fn file(source: &Source, most: usize, out: &mut Vec<Finding>) {
    let all = source.text.lines().count();
    let count = (1..=all).filter(|line| !source.tests_line(*line)).count();
    if count > most {
        out.push(
            Finding::new("file-size", &source.path, 1, "file")
                .found(format!("{count} lines without tests, the most is {most}"))
                .sized(count)
                .because(
                    "a file is read whole; one this long holds more than one concept",
                    "move a concept with its helpers into a sibling file",
                ),
        );
    }
}

fn functions(source: &Source, most: usize, out: &mut Vec<Finding>) {
    for function in &source.outline.functions {
        let count = function.body.clone().count();
        let line = *function.body.start();
        if count <= most || source.tests_line(line) || marked(source, *function.whole.start(), line)
        {
            continue;
        }
        out.push(
            Finding::new("function-size", &source.path, line, &function.name)
                .found(format!("`{}` has {count} lines, the most is {most}", function.name))
                .sized(count)
                .because(
                    "what does not fit on a screen is not checked by the eye",
                    "let the parent branch and move each arm into a helper that returns what should \
                     change; a pure match table carries `// tidy: table`",
                ),
        );
    }
}

/// A comment `// tidy: table`, `wire` or `config` right above the item or between its attributes.
fn marked(source: &Source, first: usize, named: usize) -> bool {
    source
        .text
        .lines()
        .skip(first.saturating_sub(2))
        .take(named + 2 - first)
        .map(str::trim)
        .any(|line| matches!(line, "// tidy: table" | "// tidy: wire" | "// tidy: config"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::tests::small;
    use crate::source::tests::file;

    fn rules_broken(text: &str) -> Vec<&'static str> {
        let mut out = Vec::new();
        check(&file("src/a.rs", text), &small().sizes, &mut out);
        out.iter().map(|f| f.rule).collect()
    }

    #[test]
    fn a_long_function_is_refused_and_a_marked_table_is_not() {
        let long = "fn f() {\n1;\n2;\n3;\n4;\n}\n";
        assert_eq!(rules_broken(long), ["function-size"]);
        assert!(rules_broken(&format!("// tidy: table\n{long}")).is_empty());
        assert!(rules_broken(&format!("/// Says.\n// tidy: table\n#[inline]\n{long}")).is_empty());
        assert!(rules_broken("fn f() {\n1;\n2;\n3;\n}\n").is_empty());
    }

    #[test]
    fn a_mark_belongs_to_the_next_item_only() {
        let two = "// tidy: table\nfn g() {}\n\nfn f() {\n1;\n2;\n3;\n4;\n}\n";
        assert_eq!(rules_broken(two), ["function-size"]);
    }

    #[test]
    fn tests_inside_a_file_do_not_make_it_long() {
        let body = "const A: u8 = 1;\n".repeat(18);
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "// line\n".repeat(30));
        assert!(rules_broken(&format!("{body}{tests}")).is_empty());
        assert_eq!(
            rules_broken(&"const A: u8 = 1;\n".repeat(21)),
            ["file-size"]
        );
    }

    #[test]
    fn wide_structs_and_fat_traits_are_refused() {
        let wide = "struct S { a: u8, b: u8, c: u8, d: u8 }\n";
        assert_eq!(rules_broken(wide), ["struct-fields"]);
        assert!(rules_broken(&format!("// tidy: wire\n{wide}")).is_empty());
        assert_eq!(
            rules_broken("trait T { fn a(); fn b(); fn c(); }"),
            ["trait-methods"]
        );
    }
}
