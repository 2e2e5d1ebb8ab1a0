//! What an opening request says, as far as it concerns a WebSocket (RFC 6455 §4.2.1).

use super::refusal::Refusal;

/// The sub-protocol that a client must offer (RFC 7118 §4).
pub const SUB_PROTOCOL: &str = "sip";

/// Most lines of a head.
const LINES: usize = 64;

/// The headers that matter.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Request<'a> {
    pub(super) host: bool,
    pub(super) upgrade: bool,
    pub(super) connection: bool,
    pub(super) version: bool,
    pub(super) sip: bool,
    pub(super) key: Option<&'a str>,
    pub(super) keys: usize,
    pub(super) origin: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// Reads a head up to and with its empty line.
    ///
    /// # Errors
    /// [`Refusal::NotHttp`], or [`Refusal::TooLong`] for too many lines.
    pub(super) fn read(head: &'a [u8]) -> Result<Self, Refusal> {
        let head = std::str::from_utf8(head).map_err(|_| Refusal::NotHttp)?;
        let head = head.strip_suffix("\r\n\r\n").ok_or(Refusal::NotHttp)?;
        let mut lines = head.split("\r\n");
        if !is_get(lines.next().unwrap_or("")) {
            return Err(Refusal::NotHttp);
        }
        let mut request = Self::default();
        for (count, line) in lines.enumerate() {
            if count >= LINES {
                return Err(Refusal::TooLong);
            }
            let (name, value) = line.split_once(':').ok_or(Refusal::NotHttp)?;
            if name.is_empty() || !name.bytes().all(is_of_name) {
                return Err(Refusal::NotHttp);
            }
            request.note(name, value.trim_matches([' ', '\t']));
        }
        if request.host {
            Ok(request)
        } else {
            Err(Refusal::NotHttp)
        }
    }

    fn note(&mut self, name: &str, value: &'a str) {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if is("host") {
            self.host = true;
        } else if is("upgrade") {
            self.upgrade |= has(value, "websocket");
        } else if is("connection") {
            self.connection |= has(value, "upgrade");
        } else if is("sec-websocket-version") {
            self.version |= has(value, "13");
        } else if is("sec-websocket-protocol") {
            self.sip |= has(value, SUB_PROTOCOL);
        } else if is("sec-websocket-key") {
            self.key = Some(value);
            self.keys += 1;
        } else if is("origin") {
            self.origin = Some(value);
        }
    }
}

/// Whether a list of tokens has one, whatever its case.
fn has(list: &str, token: &str) -> bool {
    let mut tokens = list.split(',').map(str::trim);
    tokens.any(|one| one.eq_ignore_ascii_case(token))
}

/// `GET`, any target, HTTP/1.1.
fn is_get(line: &str) -> bool {
    let mut words = line.split(' ');
    let (method, target, version) = (words.next(), words.next(), words.next());
    let target = target.is_some_and(|target| target.starts_with('/') || target.contains("://"));
    method == Some("GET") && target && version == Some("HTTP/1.1") && words.next().is_none()
}

/// RFC 9110 §5.6.2, tchar.
fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
