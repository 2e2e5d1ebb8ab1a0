//! Challenges and credentials: the shape of the authentication headers (RFC 3261 §20.7, §20.44,
//! RFC 7616, RFC 8760). Judging them is the stack's part.

use std::borrow::Cow;

use crate::problem::Problem;
use crate::text;

/// A view of one challenge (`WWW-Authenticate`, `Proxy-Authenticate`) or of one set of
/// credentials (`Authorization`, `Proxy-Authorization`): a scheme and its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credentials<'a> {
    /// The scheme as written; see [`Credentials::is_digest`].
    pub scheme: &'a str,
    rest: &'a str,
}

/// A challenge has the shape of credentials.
pub type Challenge<'a> = Credentials<'a>;

impl<'a> Credentials<'a> {
    /// The most parameters that are looked at.
    pub const MAX_PARAMS: usize = 64;

    /// Reads one field.
    ///
    /// # Errors
    /// 400 when there is no scheme.
    pub fn parse(value: &'a str) -> Result<Self, Problem> {
        let value = text::trim(value);
        let length = text::token_length(value.as_bytes());
        let rest = &value[length..];
        if length == 0 || !rest.is_empty() && !rest.starts_with([' ', '\t']) {
            return Err(Problem::bad("Authorization", "must begin with a scheme"));
        }
        Ok(Self {
            scheme: &value[..length],
            rest: text::trim(rest),
        })
    }

    /// Whether the scheme is Digest.
    #[must_use]
    pub fn is_digest(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("Digest")
    }

    /// What follows the scheme.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.rest
    }

    /// The parameters in order: name and value, quoted values with their quotes. What is no
    /// `name=value` is passed over.
    pub fn params(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        text::Values::new(self.rest)
            .take(Self::MAX_PARAMS)
            .filter_map(|one| {
                let at = memchr::memchr(b'=', one.as_bytes())?;
                let (name, value) = (text::trim(&one[..at]), text::trim(&one[at + 1..]));
                text::is_token(name).then_some((name, value))
            })
    }

    /// The value of a parameter with quotes and escapes undone. A name given twice yields its
    /// first value.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<Cow<'a, str>> {
        self.raw(name).map(text::unquote)
    }

    /// The value as written, quotes included.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&'a str> {
        self.params()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn digest_parameters_lose_quotes_and_escapes() {
        let digest = Credentials::parse(
            "Digest username=\"bo\\\"b\", realm = \"a,b\" ,qop=auth,nc=00000001, bad",
        )
        .unwrap();
        assert!(digest.is_digest());
        assert_eq!(digest.param("USERNAME").unwrap(), "bo\"b");
        assert_eq!(digest.param("realm").unwrap(), "a,b");
        assert_eq!(digest.raw("realm"), Some("\"a,b\""));
        assert_eq!(digest.param("nc").unwrap(), "00000001");
        assert_eq!(digest.param("bad"), None);
        assert_eq!(digest.params().count(), 4);
    }

    #[test]
    fn unknown_schemes_are_kept() {
        let other = Credentials::parse("NoOneKnowsThisScheme opaque-data=here").unwrap();
        assert!(!other.is_digest());
        assert_eq!(other.param("opaque-data").unwrap(), "here");
        assert!(Credentials::parse("").is_err());
        assert!(Credentials::parse("\"x\"").is_err());
    }
}
