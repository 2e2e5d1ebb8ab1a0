//! Rules for texts that several kinds share.

use crate::invalid::{Invalid, rule};

/// Longest label shown to people, in characters.
const LABEL_MAX: usize = 64;

/// Longest host name, in bytes (RFC 1035 §2.3.4).
const HOST_MAX: usize = 253;

/// Longest mail address, in bytes (RFC 5321 §4.5.3.1.3 leaves 254 for it).
const MAIL_MAX: usize = 254;

/// A label for people: at most 64 characters, no control characters, no surrounding blanks.
pub(crate) fn label(text: &str, field: &str) -> Result<(), Invalid> {
    rule(
        text.chars().count() <= LABEL_MAX,
        field,
        "must have at most 64 characters",
    )?;
    rule(
        !text.chars().any(char::is_control),
        field,
        "must not contain control characters",
    )?;
    rule(
        text.trim() == text,
        field,
        "must not begin or end with a blank",
    )
}

/// A host name in lower case (RFC 1123 §2.1): labels of 1 to 63 letters, digits and inner hyphens.
pub(crate) fn host_name(text: &str, field: &str) -> Result<(), Invalid> {
    rule(!text.is_empty(), field, "must not be empty")?;
    rule(
        text.len() <= HOST_MAX,
        field,
        "must have at most 253 characters",
    )?;
    rule(
        !text.bytes().any(|b| b.is_ascii_uppercase()),
        field,
        "must be in lower case",
    )?;
    rule(
        text.split('.').all(is_host_label),
        field,
        "must be a host name",
    )
}

/// Host names in lower case, none of them twice.
pub(crate) fn host_names(names: &[String], field: &str) -> Result<(), Invalid> {
    for (index, name) in names.iter().enumerate() {
        let field = format!("{field}/{index}");
        host_name(name, &field)?;
        rule(
            !names[..index].contains(name),
            &field,
            "must not be named twice",
        )?;
    }
    Ok(())
}

fn is_host_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// A text of `1..=max` characters, each a letter, a digit or one of `extra`.
pub(crate) fn is_word(text: &str, max: usize, extra: &[u8]) -> bool {
    (1..=max).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || extra.contains(&b))
}

/// A mail address (RFC 5321 §4.1.2) without quoting, at a host name.
pub(crate) fn mail_address(text: &str, field: &str) -> Result<(), Invalid> {
    let good = text.len() <= MAIL_MAX
        && text.rsplit_once('@').is_some_and(|(user, host)| {
            is_word(user, 64, b".!#$%&'*+-/=?^_`{|}~")
                && host_name(&host.to_ascii_lowercase(), "").is_ok()
        });
    rule(good, field, "must be a mail address")
}
