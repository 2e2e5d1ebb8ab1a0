//! Where a word or a number stands by itself in a text.

/// Shortest word that is looked for inside of longer texts, in bytes; a shorter one must be the
/// whole text.
const INSIDE_MIN: usize = 3;

/// Whether a word is a telephone number.
pub(super) fn is_number(word: &str) -> bool {
    let digit = |char: char| char.is_ascii_digit() || is_sign(char);
    !word.is_empty() && word.chars().all(digit)
}

/// Where a word stands by itself in a text: not as a part of a longer word or number.
pub(super) fn places(text: &str, word: &str) -> Vec<usize> {
    if text == word {
        return vec![0];
    }
    if word.len() < INSIDE_MIN {
        return Vec::new();
    }
    let number = is_number(word);
    let alone = |at: &usize| {
        let (before, rest) = text.split_at(*at);
        let after = rest.strip_prefix(word).unwrap_or_default();
        if number {
            return !continues(before.chars().rev()) && !continues(after.chars());
        }
        let inside = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
        !inside(before.chars().next_back()) && !inside(after.chars().next())
    };
    let found = text.match_indices(word).map(|(at, _)| at);
    found.filter(alone).collect()
}

/// Whether what stands beside a number, from there outwards, makes it a longer one: another digit
/// or sign, or a mark as in `30-101`, `192.0.2.101` or `10:15` with a digit behind.
fn continues(mut beside: impl Iterator<Item = char>) -> bool {
    let Some(first) = beside.next() else {
        return false;
    };
    if first.is_alphanumeric() || is_sign(first) {
        return true;
    }
    let joins = matches!(first, '-' | '.' | ':' | '/' | '_');
    joins && beside.next().is_some_and(|next| next.is_ascii_digit())
}

/// The signs that are part of a number.
fn is_sign(char: char) -> bool {
    matches!(char, '+' | '*' | '#')
}
