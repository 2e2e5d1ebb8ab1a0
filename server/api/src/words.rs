//! The words in which operations and pages speak of a kind.

use domain::Kind;

/// A word with its article.
pub(crate) fn one(word: &str) -> String {
    let vowel = word.starts_with(['a', 'e', 'i', 'o']);
    format!("{} {}", if vowel { "an" } else { "a" }, plain(word))
}

/// A word of several parts, as it is read.
pub(crate) fn plain(word: &str) -> String {
    word.replace('_', " ")
}

/// A word of several parts as it stands in the name of an operation: `RingGroup`.
pub(crate) fn joined(word: &str) -> String {
    word.split('_').map(capital).collect()
}

/// A word with a capital.
pub(crate) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// What a document of a kind is called by.
pub(crate) fn key<K: Kind>() -> String {
    match K::KEY {
        "domains" => "one of its domains".to_owned(),
        "username" => "its user name".to_owned(),
        other => format!("its {}", plain(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_put_as_people_put_them() {
        assert_eq!(one("extension"), "an extension");
        assert_eq!(one("user"), "a user");
        assert_eq!(one("ring_group"), "a ring group");
        assert_eq!(joined("ring_group"), "RingGroup");
        assert_eq!(capital("devices"), "Devices");
    }
}
