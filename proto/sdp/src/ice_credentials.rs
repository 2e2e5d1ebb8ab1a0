//! `a=ice-ufrag` and `a=ice-pwd`: by which words checks of connectivity prove themselves (RFC 8839
//! section 5.4).

use std::fmt;

/// Letters of a user name fragment: least and most.
const UFRAG: (usize, usize) = (4, 256);

/// Letters of a password: least and most.
const PWD: (usize, usize) = (22, 256);

/// User name fragment and password of one end.
#[derive(Clone, PartialEq, Eq)]
pub struct IceCredentials {
    ufrag: String,
    pwd: String,
}

impl IceCredentials {
    /// These two; none where one is too short, too long, or of other letters than letters, digits,
    /// `+` and `/`.
    #[must_use]
    pub fn new(ufrag: &str, pwd: &str) -> Option<IceCredentials> {
        (is_word(ufrag, UFRAG) && is_word(pwd, PWD)).then(|| IceCredentials {
            ufrag: ufrag.to_owned(),
            pwd: pwd.to_owned(),
        })
    }

    /// The user name fragment, which anybody may know.
    #[must_use]
    pub fn ufrag(&self) -> &str {
        &self.ufrag
    }

    /// The password.
    #[must_use]
    pub fn pwd(&self) -> &str {
        &self.pwd
    }
}

fn is_word(text: &str, (least, most): (usize, usize)) -> bool {
    let ice_char = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
    (least..=most).contains(&text.len()) && text.bytes().all(ice_char)
}

/// Passwords are never printed by accident.
impl fmt::Debug for IceCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IceCredentials({}, hidden)", self.ufrag)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const PWD: &str = "asd88fgpdd777uzjYhagZg";

    // rfc: 8839 §5.4
    #[test]
    fn words_that_are_too_short_or_too_long_or_of_other_letters_are_none() {
        let long = "a".repeat(256);
        assert!(IceCredentials::new("8hhY", PWD).is_some());
        assert!(IceCredentials::new(&long, &long).is_some());
        for (ufrag, pwd) in [
            ("8hh", PWD),
            ("8h:Y", PWD),
            ("8hhé", PWD),
            ("8hhY", &PWD[1..]),
            ("8hhY", &*format!("{long}a")),
            ("8hhY", "asd88fgpdd777uzjYhag=g"),
        ] {
            assert_eq!(IceCredentials::new(ufrag, pwd), None, "{ufrag} {pwd}");
        }
    }

    #[test]
    fn a_password_is_never_printed() {
        let credentials = IceCredentials::new("8hhY", PWD).unwrap();
        assert_eq!(format!("{credentials:?}"), "IceCredentials(8hhY, hidden)");
    }
}
