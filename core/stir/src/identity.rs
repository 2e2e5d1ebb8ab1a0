//! The header Identity (RFC 8224 §4.1).

/// The one algorithm of STIR (RFC 8225 §4.2): ECDSA with P-256 and SHA-256.
pub const ALG: &str = "ES256";

/// Longest value of an Identity header that is read, in bytes.
const VALUE_MAX: usize = 8_192;

/// A value of the header, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity<'a> {
    /// The PASSporT: `header.claims.signature`, or `..signature` in the compact form.
    pub token: &'a str,
    /// Where the certificate is to be found.
    pub info: &'a str,
    /// How it is signed, where that is said.
    pub alg: Option<&'a str>,
    /// Of which sort it is, where that is said.
    pub ppt: Option<&'a str>,
}

impl<'a> Identity<'a> {
    /// Reads a value; `None` for what is none, or is longer than 8,192 bytes. Parameters that are
    /// not known are left alone.
    #[must_use]
    pub fn read(value: &'a str) -> Option<Identity<'a>> {
        if value.len() > VALUE_MAX {
            return None;
        }
        let (token, mut rest) = value.split_once(';')?;
        let mut identity = Identity {
            token: token.trim(),
            info: "",
            alg: None,
            ppt: None,
        };
        loop {
            let (name, tail) = rest.split_once('=')?;
            let tail = tail.trim_start();
            let (value, next) = parameter(tail)?;
            match name.trim() {
                name if name.eq_ignore_ascii_case("info") => {
                    identity.info = value.strip_prefix('<')?.strip_suffix('>')?.trim();
                }
                name if name.eq_ignore_ascii_case("alg") => identity.alg = Some(unquoted(value)),
                name if name.eq_ignore_ascii_case("ppt") => identity.ppt = Some(unquoted(value)),
                _ => {}
            }
            let Some(next) = next else { break };
            rest = next;
        }
        (!identity.info.is_empty()).then_some(identity)
    }

    /// The value.
    #[must_use]
    pub fn write(&self) -> String {
        let Identity { token, info, .. } = self;
        let parameter = |name: &str, value: Option<&str>| {
            value.map_or_else(String::new, |value| format!(";{name}={value}"))
        };
        let (alg, ppt) = (parameter("alg", self.alg), parameter("ppt", self.ppt));
        format!("{token};info=<{info}>{alg}{ppt}")
    }
}

/// A parameter's value, and what follows it behind a semicolon. A semicolon inside brackets or
/// quotes ends nothing.
fn parameter(text: &str) -> Option<(&str, Option<&str>)> {
    let end = match text.chars().next()? {
        '<' => text.find('>')? + 1,
        '"' => text.get(1..)?.find('"')? + 2,
        _ => text.find(';').unwrap_or(text.len()),
    };
    let (value, rest) = text.split_at_checked(end)?;
    let rest = rest.trim_start();
    match rest.strip_prefix(';') {
        Some(next) => Some((value.trim(), Some(next))),
        None => rest.is_empty().then_some((value.trim(), None)),
    }
}

fn unquoted(value: &str) -> &str {
    let inside = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inside.unwrap_or(value)
}
