//! Markers: one comment that says what of a standard the test below it proves.

/// What marks a comment.
const MARK: &str = "// rfc: ";

/// How far a section is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// As the test says.
    Kept,
    /// Not in every case; the words say in which.
    Partly,
    /// Not at all.
    Not,
}

impl State {
    /// The word for it on the page.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            State::Kept => "kept",
            State::Partly => "partly",
            State::Not => "not",
        }
    }
}

/// One marker. Order is that of the page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Marker {
    /// The number of the RFC.
    pub(crate) rfc: u32,
    /// The numbers of the section, for order.
    order: Vec<u32>,
    /// The section as it is written, without its sign.
    pub(crate) section: String,
    /// What is kept.
    pub(crate) words: String,
    /// How far.
    pub(crate) state: State,
    /// The file.
    pub(crate) path: String,
    /// The test; empty for what is not kept.
    pub(crate) test: String,
}

/// All markers of a file, or the line and what is wrong with it.
pub(crate) fn read(path: &str, text: &str) -> Vec<Result<Marker, (usize, String)>> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let marked = lines.iter().enumerate();
    let marked = marked.filter_map(|(at, line)| Some((at, line.strip_prefix(MARK)?)));
    marked
        .map(|(at, said)| {
            let below = lines.get(at + 1..).unwrap_or_default();
            one(path, said, below).map_err(|found| (at + 1, found))
        })
        .collect()
}

fn one(path: &str, said: &str, below: &[&str]) -> Result<Marker, String> {
    let (rfc, rest) = said.split_once(' ').unwrap_or((said, ""));
    let rfc = rfc
        .parse()
        .map_err(|_| format!("`{rfc}` is no number of an RFC"))?;
    let (section, words) = rest.split_once(' ').unwrap_or((rest, ""));
    let section = section
        .strip_prefix('§')
        .filter(|section| !section.is_empty())
        .ok_or_else(|| format!("`{section}` is no section, such as §8.1.1.7"))?;
    let (state, words) = if let Some(words) = words.strip_prefix("partly: ") {
        (State::Partly, words)
    } else if let Some(words) = words.strip_prefix("not: ") {
        (State::Not, words)
    } else {
        (State::Kept, words)
    };
    let test = if state == State::Not {
        String::new()
    } else {
        test_below(below).ok_or("no test stands below the marker")?
    };
    let words = if words.is_empty() {
        test.replace('_', " ")
    } else {
        words.to_owned()
    };
    Ok(Marker {
        rfc,
        order: section
            .split('.')
            .map(|part| part.parse().unwrap_or(u32::MAX))
            .collect(),
        section: section.to_owned(),
        words,
        state,
        path: path.to_owned(),
        test,
    })
}

/// The name of the function that follows, with nothing but comments and attributes between.
fn test_below(lines: &[&str]) -> Option<String> {
    for line in lines {
        let declared = line.strip_prefix("async ").unwrap_or(line);
        if let Some(rest) = declared.strip_prefix("fn ") {
            let name = rest.split(['(', '<']).next().unwrap_or_default();
            return Some(name.to_owned());
        }
        if !line.starts_with("//") && !line.starts_with("#[") {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> Result<Marker, (usize, String)> {
        let mut all = read("a.rs", text);
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    #[test]
    fn a_marker_names_the_test_below_it_and_speaks_with_its_words_or_its_name() {
        let text = "    // rfc: 3261 §8.1.1.7\n    #[test]\n    fn a_branch_has_a_cookie() {\n";
        let marker = only(text).unwrap();
        assert_eq!((marker.rfc, &*marker.section), (3261, "8.1.1.7"));
        assert_eq!(marker.words, "a branch has a cookie");
        assert_eq!(
            (&*marker.test, marker.state),
            ("a_branch_has_a_cookie", State::Kept)
        );
        let said = only("// rfc: 3261 §8 partly: only once\nfn f() {}\n").unwrap();
        assert_eq!((&*said.words, said.state), ("only once", State::Partly));
    }

    #[test]
    fn what_is_not_kept_needs_no_test() {
        let marker = only("// rfc: 3263 §4.1 not: no NAPTR\nlet x = 1;\n").unwrap();
        assert_eq!((marker.state, &*marker.test), (State::Not, ""));
    }

    #[test]
    fn a_marker_without_number_section_or_test_is_refused_with_its_line() {
        assert_eq!(only("\n// rfc: sip §8\nfn f() {}\n").unwrap_err().0, 2);
        assert!(only("// rfc: 3261 8.1\nfn f() {}\n").is_err());
        assert!(only("// rfc: 3261 §8.1\nlet x = 1;\nfn f() {}\n").is_err());
    }

    #[test]
    fn sections_stand_in_the_order_of_their_numbers() {
        let text = "// rfc: 3261 §10.2\nfn a() {}\n// rfc: 3261 §9.1\nfn b() {}\n";
        let mut all: Vec<Marker> = read("a.rs", text).into_iter().map(Result::unwrap).collect();
        all.sort();
        let sections: Vec<&str> = all.iter().map(|marker| &*marker.section).collect();
        assert_eq!(sections, ["9.1", "10.2"]);
    }
}
