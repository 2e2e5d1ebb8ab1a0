//! Text: characters, quoted strings, comma lists and parameters (RFC 3261 §25.1).

use std::borrow::Cow;

const TOKEN: u8 = 1;
const HOST: u8 = 2;
const NUMBER: u8 = 4;
/// Parts a URI, or may not stand in one.
const URI_MARK: u8 = 8;
/// Ends the value of a parameter, or may not stand in it.
const VALUE_END: u8 = 16;
/// A character of a `word` beside those of a token, or the `@` between two.
const WORD: u8 = 32;

const CLASSES: [u8; 256] = {
    let mut table = [0u8; 256];
    let mut byte = 0u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            table[byte as usize] = TOKEN | HOST;
        }
        byte += 1;
    }
    let marks = b"-.!%*_+`'~";
    let mut index = 0;
    while index < marks.len() {
        table[marks[index] as usize] |= TOKEN;
        index += 1;
    }
    index = 0;
    while index < 10 {
        table[b'0' as usize + index] |= NUMBER;
        index += 1;
    }
    let uri_marks = b":;?@%<>\"\x7f";
    index = 0;
    while index < uri_marks.len() {
        table[uri_marks[index] as usize] |= URI_MARK;
        index += 1;
    }
    let value_ends = b"; \t\r\n,\"<>";
    index = 0;
    while index < value_ends.len() {
        table[value_ends[index] as usize] |= VALUE_END;
        index += 1;
    }
    let word_marks = b"()<>:\\\"/[]?{}@";
    index = 0;
    while index < word_marks.len() {
        table[word_marks[index] as usize] |= WORD;
        index += 1;
    }
    index = 0;
    while index <= 0x20 {
        table[index] |= URI_MARK;
        index += 1;
    }
    table[b'-' as usize] |= HOST;
    table[b'.' as usize] |= HOST | NUMBER;
    table[b'_' as usize] |= HOST;
    table
};

/// A character of a `token`.
pub(crate) fn is_token_byte(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & TOKEN != 0
}

/// A character of `word ["@" word]` (RFC 3261 §25.1 `callid`).
pub(crate) fn is_word_byte(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & (TOKEN | WORD) != 0
}

/// A character that parts a URI (`: ; ? @ %`) or may not stand in one.
pub(crate) fn is_uri_mark(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & URI_MARK != 0
}

/// What a host is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HostClass {
    /// Digits and dots: perhaps an IPv4 address.
    Numbers,
    /// What a name may hold. The underscore is outside the grammar, yet in use.
    Name,
    /// Something else.
    Neither,
}

/// What all of the bytes are.
pub(crate) fn host_class(bytes: &[u8]) -> HostClass {
    let common = bytes
        .iter()
        .fold(u8::MAX, |set, byte| set & CLASSES[usize::from(*byte)]);
    if common & NUMBER != 0 {
        HostClass::Numbers
    } else if common & HOST != 0 {
        HostClass::Name
    } else {
        HostClass::Neither
    }
}

/// A non-empty `token`.
#[must_use]
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Linear whitespace off both ends.
pub(crate) fn trim(text: &str) -> &str {
    let bytes = text.as_bytes();
    if let ([first, ..], [.., last]) = (bytes, bytes)
        && !is_space(*first)
        && !is_space(*last)
    {
        return text;
    }
    let mut start = 0;
    let mut end = bytes.len();
    while start < end && is_space(bytes[start]) {
        start += 1;
    }
    while end > start && is_space(bytes[end - 1]) {
        end -= 1;
    }
    &text[start..end]
}

/// The position after the quote closing the string that opens at `open`.
pub(crate) fn quoted_end(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        let found = at + memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[found] == b'"' {
            return Some(found + 1);
        }
        at = found + 2;
    }
}

/// The content of a quoted string with its escapes undone; other text as it is.
#[must_use]
pub fn unquote(text: &str) -> Cow<'_, str> {
    let inner = strip_quotes(text);
    if inner.len() == text.len() || !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut plain = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            plain.extend(chars.next());
        } else {
            plain.push(c);
        }
    }
    Cow::Owned(plain)
}

/// The text as a quoted string, quotes and backslashes escaped, line ends turned into spaces.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(c);
            }
            '\r' | '\n' => quoted.push(' '),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// The text between the quotes, escapes left; other text as it is.
pub(crate) fn strip_quotes(text: &str) -> &str {
    text.strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text)
}

/// A decimal number that fits 32 bits; digits only.
pub(crate) fn number_u32(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// The values of a comma-separated field, each trimmed. Commas inside quoted strings, angle
/// brackets and (where asked for) comments do not separate. An empty field has no values; a
/// missing value between commas appears as the empty text.
#[derive(Clone, Debug)]
pub struct Values<'a> {
    rest: Option<&'a str>,
    comments: bool,
}

impl<'a> Values<'a> {
    /// The values of a field.
    #[must_use]
    pub fn new(field: &'a str) -> Self {
        Self {
            rest: (!trim(field).is_empty()).then_some(field),
            comments: false,
        }
    }

    /// The values of a field whose grammar has comments (`User-Agent`, `Server`, ...).
    #[must_use]
    pub fn with_comments(field: &'a str) -> Self {
        Self {
            comments: true,
            ..Self::new(field)
        }
    }
}

impl<'a> Iterator for Values<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest?;
        match comma(rest.as_bytes(), self.comments) {
            Some(at) => {
                self.rest = Some(&rest[at + 1..]);
                Some(trim(&rest[..at]))
            }
            None => {
                self.rest = None;
                Some(trim(rest))
            }
        }
    }
}

/// The first separating comma.
fn comma(bytes: &[u8], comments: bool) -> Option<usize> {
    // most fields have one value and no comma anywhere
    memchr::memchr(b',', bytes)?;
    if comments {
        return comma_outside_comments(bytes);
    }
    let mut at = 0;
    loop {
        let found = at + memchr::memchr3(b',', b'"', b'<', bytes.get(at..)?)?;
        at = match bytes[found] {
            b',' => return Some(found),
            b'"' => quoted_end(bytes, found)?,
            _ => found + memchr::memchr(b'>', &bytes[found..])? + 1,
        };
    }
}

fn comma_outside_comments(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' if depth == 0 => {
                at = quoted_end(bytes, at)?;
                continue;
            }
            b'\\' if depth > 0 => at += 1,
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// A view of `;name=value` parameters in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Params<'a> {
    text: &'a str,
}

impl<'a> Params<'a> {
    pub(crate) const fn new(text: &'a str) -> Self {
        Self { text }
    }

    /// The text from the first `;`, or nothing.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.text
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Each name with its value, if it has one; quoted values with their quotes.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> + use<'a> {
        ParamIter { rest: self.text }
    }

    /// The value of a parameter without its quotes; the empty text for one without value.
    /// Names are compared without regard to case. Escapes are left: see [`unquote`].
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.raw(name).map(strip_quotes)
    }

    /// The value as written, quotes included.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&'a str> {
        self.iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.unwrap_or_default())
    }

    /// Whether a parameter is there, with or without value.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }
}

struct ParamIter<'a> {
    rest: &'a str,
}

impl<'a> Iterator for ParamIter<'a> {
    type Item = (&'a str, Option<&'a str>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.rest.strip_prefix(';')?;
            let end = semicolon(rest.as_bytes());
            let (one, after) = rest.split_at(end);
            self.rest = after;
            let one = trim(one);
            if one.is_empty() {
                continue;
            }
            return Some(match memchr::memchr(b'=', one.as_bytes()) {
                Some(at) => (trim(&one[..at]), Some(trim(&one[at + 1..]))),
                None => (one, None),
            });
        }
    }
}

/// The next `;` outside quotes, or the end.
fn semicolon(bytes: &[u8]) -> usize {
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b';' => return at,
            b'"' => match quoted_end(bytes, at) {
                Some(end) => at = end,
                None => return bytes.len(),
            },
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Walks header parameters once, checks their grammar (RFC 3261 §25.1 `generic-param`) and
/// hands each to `each`. The text begins with `;` or is empty.
pub(crate) fn walk_params<'a>(
    text: &'a str,
    limit: usize,
    mut each: impl FnMut(&'a str, Option<&'a str>),
) -> Result<(), &'static str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut count = 0;
    while at < bytes.len() {
        if bytes[at] != b';' {
            return Err("parameters must be separated by ';'");
        }
        count += 1;
        if count > limit {
            return Err("too many parameters");
        }
        let start = skip_spaces(bytes, at + 1);
        let name_end = start + token_length(&bytes[start..]);
        if name_end == start {
            return Err("a parameter must have a name");
        }
        at = skip_spaces(bytes, name_end);
        let mut value = None;
        if at < bytes.len() && bytes[at] == b'=' {
            let from = skip_spaces(bytes, at + 1);
            let end = param_value_end(bytes, from)?;
            value = Some(&text[from..end]);
            at = skip_spaces(bytes, end);
        }
        each(&text[start..name_end], value);
    }
    Ok(())
}

fn param_value_end(bytes: &[u8], from: usize) -> Result<usize, &'static str> {
    if from < bytes.len() && bytes[from] == b'"' {
        return quoted_end(bytes, from).ok_or("a quoted string must be closed");
    }
    let ends = |byte: &u8| CLASSES[usize::from(*byte)] & VALUE_END != 0;
    let rest = bytes.get(from..).unwrap_or_default();
    let end = from + rest.iter().position(ends).unwrap_or(rest.len());
    if matches!(bytes.get(end), Some(b',' | b'"' | b'<' | b'>')) {
        return Err("a parameter value must be a token, a host or a quoted string");
    }
    if end == from {
        return Err("a parameter value must not be empty");
    }
    Ok(end)
}

pub(crate) fn skip_spaces(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && is_space(bytes[at]) {
        at += 1;
    }
    at
}

pub(crate) fn token_length(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|byte| !is_token_byte(*byte))
        .unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(field: &str) -> Vec<&str> {
        Values::new(field).collect()
    }

    #[test]
    fn commas_inside_quotes_and_brackets_do_not_separate() {
        assert_eq!(
            values("\"a, \\\" b\" <sip:x,y@z>, <sip:q>"),
            ["\"a, \\\" b\" <sip:x,y@z>", "<sip:q>"]
        );
        assert_eq!(values(""), [""; 0]);
        assert_eq!(values(" \t"), [""; 0]);
        assert_eq!(values("a,,b"), ["a", "", "b"]);
        assert_eq!(values("a,"), ["a", ""]);
    }

    #[test]
    fn commas_inside_comments_do_not_separate_where_comments_exist() {
        let list: Vec<_> = Values::with_comments("Phone/1 (a, (b, c) \\) d), e").collect();
        assert_eq!(list, ["Phone/1 (a, (b, c) \\) d)", "e"]);
    }

    #[test]
    fn unclosed_quotes_take_the_rest_as_one_value() {
        assert_eq!(values("\"a, b"), ["\"a, b"]);
        assert_eq!(values("<a, b"), ["<a, b"]);
        assert_eq!(values("\"a\\"), ["\"a\\"]);
    }

    #[test]
    fn quoting_and_unquoting_are_inverse() {
        for text in ["", "plain", "a \"b\" \\c", "\\", "\u{43f}\u{440}"] {
            assert_eq!(unquote(&quote(text)), text);
        }
        assert_eq!(unquote("token"), "token");
        assert_eq!(quote("a\r\nb"), "\"a  b\"");
    }

    #[test]
    fn parameters_are_found_without_case_and_lose_their_quotes() {
        let params = Params::new("; Tag = abc ;lr;x=\"a;b=c\";;y=");
        assert_eq!(params.get("tag"), Some("abc"));
        assert_eq!(params.get("LR"), Some(""));
        assert_eq!(params.get("x"), Some("a;b=c"));
        assert_eq!(params.raw("x"), Some("\"a;b=c\""));
        assert_eq!(params.get("y"), Some(""));
        assert_eq!(params.get("b"), None);
        assert_eq!(params.iter().count(), 4);
    }

    #[test]
    fn the_walk_refuses_what_the_grammar_refuses() {
        let walk = |text| walk_params(text, 4, |_, _| {});
        assert!(walk(";a;b=c; d = \"e;f\" ; h=[::1]").is_ok());
        assert!(walk(";;a").is_err());
        assert!(walk(";a=").is_err());
        assert!(walk(";a=\"b").is_err());
        assert!(walk(";a b").is_err());
        assert!(walk(";a=b,c").is_err());
        assert_eq!(walk(";a;b;c;d;e"), Err("too many parameters"));
    }
}
