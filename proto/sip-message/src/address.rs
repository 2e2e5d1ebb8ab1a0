//! Addresses: `name-addr` and `addr-spec` as From, To, Contact, Route and their kin carry them
//! (RFC 3261 §20.10, §25.1).

use std::borrow::Cow;

use crate::limits::Limits;
use crate::problem::Problem;
use crate::text::{self, Params, Values};
use crate::uri::{Uri, unescape};

/// A view of one address with its header parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameAddr<'a> {
    /// The display name as written, quotes included; none when absent.
    pub display: Option<&'a str>,
    /// The URI as written, without its brackets.
    pub uri_text: &'a str,
    /// The header parameters (those after the closing bracket).
    pub params: Params<'a>,
    tag: Option<&'a str>,
    text: &'a str,
}

impl<'a> NameAddr<'a> {
    /// Reads one address with the default limits. The URI inside is read by
    /// [`NameAddr::uri`].
    ///
    /// # Errors
    /// 400 when the text is no `name-addr` or `addr-spec`.
    pub fn parse(text: &'a str) -> Result<Self, Problem> {
        Self::parse_within(text, Limits::DEFAULT.params)
            .map_err(|rule| Problem::bad("address", rule))
    }

    pub(crate) fn parse_within(text: &'a str, params: usize) -> Result<Self, &'static str> {
        let text = text::trim(text);
        let bytes = text.as_bytes();
        let (display, uri_text, rest) = match open_bracket(text)? {
            Some(open) => {
                let close = open
                    + memchr::memchr(b'>', &bytes[open..]).ok_or("'<' must be closed by '>'")?;
                let display = text::trim(&text[..open]);
                let display = (!display.is_empty()).then_some(display);
                (display, &text[open + 1..close], &text[close + 1..])
            }
            None => {
                let end = memchr::memchr(b';', bytes).unwrap_or(bytes.len());
                let uri = text::trim(&text[..end]);
                if uri.bytes().any(|byte| matches!(byte, b'?' | b',')) {
                    return Err("a URI with '?' or ',' must be in angle brackets");
                }
                (None, uri, &text[end..])
            }
        };
        if uri_text.is_empty() {
            return Err("the URI must not be empty");
        }
        // other controls are the URI's own affair
        if memchr::memchr3(b' ', b'\t', b'<', uri_text.as_bytes()).is_some() {
            return Err("the URI must not contain spaces");
        }
        let rest = text::trim(rest);
        let (mut tag, mut twice) = (None, false);
        text::walk_params(rest, params, |name, value| {
            if name.len() == 3 && name.eq_ignore_ascii_case("tag") {
                twice |= tag.is_some();
                tag = value;
            }
        })?;
        if twice {
            // two readers that chose differently would see two dialogs (RFC 3261 §7.3.1)
            return Err("the tag must be given once");
        }
        Ok(Self {
            display,
            uri_text,
            params: Params::new(rest),
            tag,
            text,
        })
    }

    /// The whole address as written.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.text
    }

    /// The URI.
    ///
    /// # Errors
    /// 400 when the text is no URI; an unknown scheme is no error.
    pub fn uri(&self) -> Result<Uri<'a>, Problem> {
        Uri::parse(self.uri_text)
    }

    /// The display name without quotes and escapes.
    #[must_use]
    pub fn display_text(&self) -> Option<Cow<'a, str>> {
        self.display.map(text::unquote)
    }

    /// The `tag` parameter.
    #[must_use]
    pub const fn tag(&self) -> Option<&'a str> {
        self.tag
    }

    /// A header parameter's value without quotes; the empty text for a flag.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&'a str> {
        self.params.get(name)
    }

    /// `q` in thousandths, 0 to 1000 (RFC 3261 §20.10); none when absent or out of the grammar.
    #[must_use]
    pub fn q(&self) -> Option<u16> {
        let text = self.param("q")?;
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let thousandths = fraction
            .bytes()
            .chain(std::iter::repeat(b'0'))
            .take(3)
            .fold(0u16, |sum, digit| sum * 10 + u16::from(digit - b'0'));
        match whole {
            "0" => Some(thousandths),
            "1" if thousandths == 0 => Some(1000),
            _ => None,
        }
    }

    /// `expires` in seconds; none when absent or no 32-bit number, which RFC 3261 §10.3 step 7
    /// lets count as absent.
    #[must_use]
    pub fn expires(&self) -> Option<u32> {
        self.param("expires").and_then(text::number_u32)
    }

    /// `+sip.instance` without quotes and angle brackets (RFC 5626 §4.1).
    #[must_use]
    pub fn instance(&self) -> Option<&'a str> {
        let value = self.param("+sip.instance")?;
        Some(
            value
                .strip_prefix('<')
                .and_then(|v| v.strip_suffix('>'))
                .unwrap_or(value),
        )
    }

    /// `reg-id` (RFC 5626 §4.2): 1 to 2^31 - 1.
    #[must_use]
    pub fn reg_id(&self) -> Option<u32> {
        let id = self.param("reg-id").and_then(text::number_u32)?;
        (1..1 << 31).contains(&id).then_some(id)
    }

    /// `pub-gruu` (RFC 5627).
    #[must_use]
    pub fn pub_gruu(&self) -> Option<&'a str> {
        self.param("pub-gruu")
    }

    /// `temp-gruu` (RFC 5627).
    #[must_use]
    pub fn temp_gruu(&self) -> Option<&'a str> {
        self.param("temp-gruu")
    }

    /// A header of the URI by name, decoded, as Refer-To carries `Replaces` (RFC 3891 §4).
    ///
    /// # Errors
    /// 400 when the URI is none.
    pub fn uri_header(&self, name: &str) -> Result<Option<Cow<'a, str>>, Problem> {
        let headers = self.uri()?.headers.unwrap_or_default();
        Ok(headers.split('&').find_map(|header| {
            let (found, value) = header.split_once('=').unwrap_or((header, ""));
            found.eq_ignore_ascii_case(name).then(|| unescape(value))
        }))
    }
}

/// The position of the `<` that opens the URI, with the display name before it checked.
///
/// Unquoted display names may hold more than tokens, as phones send them: anything but
/// separators of the grammar that would make the value ambiguous.
fn open_bracket(text: &str) -> Result<Option<usize>, &'static str> {
    let bytes = text.as_bytes();
    if bytes.first() == Some(&b'"') {
        let end = text::quoted_end(bytes, 0).ok_or("a quoted string must be closed")?;
        let open = text::skip_spaces(bytes, end);
        return match bytes.get(open) {
            Some(b'<') => Ok(Some(open)),
            Some(_) | None => Err("a display name must be followed by '<'"),
        };
    }
    let Some(open) = memchr::memchr(b'<', bytes) else {
        return Ok(None);
    };
    let before = &bytes[..open];
    if before.contains(&b';') {
        // an addr-spec with parameters; the walk over them judges the bracket
        return Ok(None);
    }
    let ambiguous = |byte: &u8| matches!(byte, b',' | b'"' | b'>' | b'\\' | 0..=8 | 10..=31 | 127);
    if before.iter().any(ambiguous) {
        return Err("an unquoted display name must be tokens");
    }
    Ok(Some(open))
}

/// The values of Contact.
#[derive(Clone, Debug)]
pub enum Contacts<'a> {
    /// `*`, allowed in REGISTER to remove all bindings (RFC 3261 §10.2.2).
    Star,
    /// Addresses, perhaps none.
    List(Vec<NameAddr<'a>>),
}

impl<'a> Contacts<'a> {
    /// The addresses; none for `*`.
    #[must_use]
    pub fn list(&self) -> &[NameAddr<'a>] {
        match self {
            Self::Star => &[],
            Self::List(list) => list,
        }
    }

    /// The first address.
    #[must_use]
    pub fn first(&self) -> Option<NameAddr<'a>> {
        self.list().first().copied()
    }
}

/// The addresses of several field lines, checked.
pub(crate) fn list<'a>(
    fields: impl Iterator<Item = &'a str>,
    limits: &Limits,
) -> Result<Vec<NameAddr<'a>>, &'static str> {
    let mut list = Vec::new();
    for value in fields.flat_map(Values::new) {
        if list.len() >= limits.values {
            return Err("too many values");
        }
        list.push(NameAddr::parse_within(value, limits.params)?);
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn address(text: &str) -> NameAddr<'_> {
        NameAddr::parse(text).unwrap_or_else(|problem| panic!("{text}: {problem}"))
    }

    #[test]
    fn a_quoted_display_name_keeps_its_escapes_until_asked() {
        let address = address("\"J \\\"R\\\\\"  <sip:j@h;lr>;Tag=x ; y = \"a;b\"");
        assert_eq!(address.display, Some("\"J \\\"R\\\\\""));
        assert_eq!(address.display_text().unwrap(), "J \"R\\");
        assert_eq!(address.uri_text, "sip:j@h;lr");
        assert_eq!(address.tag(), Some("x"));
        assert_eq!(address.param("Y"), Some("a;b"));
        assert_eq!(address.param("lr"), None);
    }

    // rfc: 3261 §20.10
    #[test]
    fn without_brackets_the_parameters_belong_to_the_header() {
        let address = address("sip:user@example.com;tag=1");
        assert_eq!(address.uri_text, "sip:user@example.com");
        assert_eq!(address.tag(), Some("1"));
        assert!(address.uri().unwrap().params.is_empty());
    }

    #[test]
    fn names_of_tokens_and_of_other_scripts_are_taken() {
        assert_eq!(address("caller<sip:a@b>").display, Some("caller"));
        assert_eq!(
            address("John (Sales) <sip:a@b>").display,
            Some("John (Sales)")
        );
        assert_eq!(
            address("\u{438}\u{43c}\u{44f} <sip:a@b>")
                .display_text()
                .unwrap(),
            { "\u{438}\u{43c}\u{44f}" }
        );
    }

    #[test]
    fn broken_addresses_are_refused() {
        for text in [
            "",
            "<>",
            "\"open <sip:a@b>",
            "\"name\" sip:a@b",
            "<sip:a@b",
            "< sip:a@b >",
            "Bell, Alexander <sip:a@b>",
            "<sip:a@b>;;",
            "<sip:a@b>;tag=",
            "<sip:a@b> x",
            "sip:a@b?x=y",
            "sip:a b@c",
        ] {
            assert_eq!(NameAddr::parse(text).expect_err(text).status, 400);
        }
    }

    #[test]
    fn registration_parameters_have_their_own_types() {
        let contact =
            address("<sip:a@b>;expires=60;q=0.75;+sip.instance=\"<urn:uuid:0-1>\";reg-id=1");
        assert_eq!(contact.expires(), Some(60));
        assert_eq!(contact.q(), Some(750));
        assert_eq!(contact.instance(), Some("urn:uuid:0-1"));
        assert_eq!(contact.reg_id(), Some(1));
        let odd = address("<sip:a@b>;expires=99999999999;q=1.5;reg-id=0");
        assert_eq!((odd.expires(), odd.q(), odd.reg_id()), (None, None, None));
        for (text, q) in [
            ("1", 1000),
            ("1.0", 1000),
            ("0", 0),
            ("0.5", 500),
            ("0.001", 1),
        ] {
            assert_eq!(address(&format!("<sip:a@b>;q={text}")).q(), Some(q));
        }
    }

    #[test]
    fn headers_inside_a_uri_are_decoded() {
        let refer = address("<sip:a@b?Replaces=1%40h%3Bto-tag%3Da%3Bfrom-tag%3Db&x=y>");
        assert_eq!(
            refer.uri_header("replaces").unwrap().unwrap(),
            "1@h;to-tag=a;from-tag=b"
        );
        assert_eq!(refer.uri_header("other").unwrap(), None);
    }
}
