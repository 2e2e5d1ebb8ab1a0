//! Message: the received bytes with an index over their head.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::limits::Limits;
use crate::method::Method;
use crate::name::{self, Code, Name};
use crate::problem::Problem;
use crate::scan::{self, BINARY, FOLDED, Field, Firsts, Head, Start};
use crate::text::Values;
use crate::uri::Uri;

/// A SIP message over the bytes it came in. Cloning shares the bytes and the index.
///
/// Header values are shown trimmed, with folded lines joined by spaces (RFC 3261 §7.3.1). A
/// value of an unknown header that is not UTF-8 is shown with `?` in place of the odd bytes,
/// and copied as received.
#[derive(Clone)]
pub struct Message {
    raw: Bytes,
    /// The head as it is shown, as long as it is in `raw`: text that need not be checked again.
    head: Arc<str>,
    fields: Arc<[Field]>,
    firsts: Firsts,
    start: Start,
    body: usize,
    body_end: usize,
    seen: u128,
    repeated: u128,
    limits: Limits,
}

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A request.
    Request {
        /// The method.
        method: Method<'a>,
        /// The Request-URI as written.
        uri: &'a str,
    },
    /// A response.
    Response {
        /// 100 to 699.
        status: u16,
        /// The phrase as written, perhaps empty.
        reason: &'a str,
    },
}

/// The outcome of reading, for one who must answer even what is broken.
#[derive(Clone, Debug)]
pub enum Parsed {
    /// In order as far as reading goes; [`Message::check_request`] looks deeper.
    Whole(Message),
    /// Broken, yet so much was read that a request may be answered with the problem's status.
    /// What was not understood is missing from the message.
    Flawed(Message, Problem),
    /// Nothing to answer to.
    Broken(Problem),
}

impl Message {
    /// Reads a datagram or one frame of a stream.
    ///
    /// The body is as long as Content-Length says and, without one, reaches to the end
    /// (RFC 3261 §18.3). Bytes after the body are dropped. Empty lines before the start line
    /// are passed over (§7.5).
    ///
    /// # Errors
    /// The first rule that is broken: 400, 413, 414, 505 or 513.
    pub fn parse(datagram: Bytes, limits: &Limits) -> Result<Self, Problem> {
        match Self::parse_answerable(datagram, limits) {
            Parsed::Whole(message) => Ok(message),
            Parsed::Flawed(_, problem) | Parsed::Broken(problem) => Err(problem),
        }
    }

    /// Reads like [`Message::parse`], keeping what could be read of a broken message so that
    /// it can be answered.
    #[must_use]
    pub fn parse_answerable(datagram: Bytes, limits: &Limits) -> Parsed {
        let skip = datagram
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .count();
        let raw = if skip == 0 {
            datagram
        } else {
            datagram.slice(skip..)
        };
        let ceiling = limits.message_bytes.min(Limits::MESSAGE_BYTES_CEILING);
        let too_long = raw.len() > ceiling;
        let raw = if too_long { raw.slice(..ceiling) } else { raw };
        let mut head = match scan::head(&raw, limits) {
            Ok(head) => head,
            Err(problem) => return Parsed::Broken(problem),
        };
        let too_long = too_long.then_some(Problem::new(513, "message", "is too long"));
        let body_end = body_end(&mut head, raw.len(), limits);
        let shown = match shown(&raw, &mut head) {
            Ok(shown) => shown,
            Err(problem) => return Parsed::Broken(problem),
        };
        let problem = too_long.or(head.problem);
        let message = Self {
            head: shown,
            fields: Arc::from(head.fields.as_slice()),
            firsts: head.firsts,
            start: head.start,
            body: head.body,
            body_end,
            seen: head.seen,
            repeated: head.repeated,
            limits: *limits,
            raw,
        };
        match problem {
            None => Parsed::Whole(message),
            Some(problem) => Parsed::Flawed(message, problem),
        }
    }

    /// Whether it is a request or a response.
    #[must_use]
    pub fn kind(&self) -> Kind<'_> {
        match self.start {
            Start::Request {
                method_end,
                uri,
                uri_end,
            } => Kind::Request {
                method: Method::new(self.slice(0, method_end.into())),
                uri: self.slice(uri.into(), uri_end.into()),
            },
            Start::Response {
                status,
                reason,
                reason_end,
            } => Kind::Response {
                status,
                reason: self.slice(reason.into(), reason_end.into()),
            },
        }
    }

    /// The method of a request; none for a response.
    #[must_use]
    pub fn method(&self) -> Option<Method<'_>> {
        match self.start {
            Start::Request { method_end, .. } => {
                Some(Method::new(self.slice(0, method_end.into())))
            }
            Start::Response { .. } => None,
        }
    }

    /// The status of a response; none for a request.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self.start {
            Start::Request { .. } => None,
            Start::Response { status, .. } => Some(status),
        }
    }

    /// Whether it is a request.
    #[must_use]
    pub const fn is_request(&self) -> bool {
        matches!(self.start, Start::Request { .. })
    }

    /// The Request-URI.
    ///
    /// # Errors
    /// 400 when it is no URI or the message is a response. An unknown scheme is no error here.
    pub fn request_uri(&self) -> Result<Uri<'_>, Problem> {
        match self.start {
            Start::Request { uri, uri_end, .. } => {
                Uri::parse(self.slice(uri.into(), uri_end.into()))
                    .map_err(|problem| problem.in_field("Request-URI"))
            }
            Start::Response { .. } => Err(Problem::bad("Request-URI", "a response has none")),
        }
    }

    /// The bytes as received, from the start line on.
    #[must_use]
    pub const fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.raw[self.body..self.body_end]
    }

    /// The body, sharing the received bytes.
    #[must_use]
    pub fn body_bytes(&self) -> Bytes {
        self.raw.slice(self.body..self.body_end)
    }

    /// The limits the message was read under.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Whether the header is there.
    #[must_use]
    pub fn has(&self, name: Name<'_>) -> bool {
        let code = name.code();
        if code == name::OTHER {
            self.header(name).is_some()
        } else {
            self.saw(code)
        }
    }

    /// The value of the first line of a header, commas and all.
    #[must_use]
    pub fn header(&self, name: Name<'_>) -> Option<&str> {
        let code = name.code();
        if code != name::OTHER {
            return self.first(code);
        }
        let text = name.as_str().as_bytes();
        self.fields
            .iter()
            .find(|field| self.is_called(field, text))
            .map(|f| self.value(f))
    }

    /// The value of each line of a header, in order.
    pub fn headers<'m>(&'m self, name: Name<'m>) -> impl Iterator<Item = &'m str> + use<'m> {
        let code = name.code();
        let text = name.as_str().as_bytes();
        self.fields
            .iter()
            .filter(move |field| match code {
                name::OTHER => self.is_called(field, text),
                known => field.code == known,
            })
            .map(|field| self.value(field))
    }

    /// The comma-separated values of all lines of a header, each trimmed. Not for headers
    /// whose commas do not separate values (Date, the authentication headers, Subject).
    pub fn values<'m>(&'m self, name: Name<'m>) -> impl Iterator<Item = &'m str> + use<'m> {
        let comments = matches!(name, Name::UserAgent | Name::Server | Name::RetryAfter);
        self.headers(name).flat_map(move |field| {
            if comments {
                Values::with_comments(field)
            } else {
                Values::new(field)
            }
        })
    }

    /// All header lines in order.
    pub fn fields(&self) -> impl Iterator<Item = (Name<'_>, &str)> {
        self.fields
            .iter()
            .map(|field| (self.name(field), self.value(field)))
    }

    pub(crate) fn spans(&self) -> &[Field] {
        &self.fields
    }

    pub(crate) fn name(&self, field: &Field) -> Name<'_> {
        match field.code {
            name::OTHER => Name::Other(self.slice(field.name.into(), field.name_end.into())),
            known => Name::from_code(known, ""),
        }
    }

    pub(crate) fn value(&self, field: &Field) -> &str {
        self.slice(field.value.into(), field.value_end.into())
    }

    /// The bytes to copy a value by: as received, folds aside.
    pub(crate) fn value_bytes(&self, field: &Field) -> &[u8] {
        let span = usize::from(field.value)..usize::from(field.value_end);
        if field.marks & BINARY == 0 {
            &self.head.as_bytes()[span]
        } else {
            &self.raw[span]
        }
    }

    pub(crate) fn is_called(&self, field: &Field, name: &[u8]) -> bool {
        field.code == name::OTHER
            && self.raw[usize::from(field.name)..usize::from(field.name_end)]
                .eq_ignore_ascii_case(name)
    }

    /// The value of the first line of a known header.
    pub(crate) fn first(&self, code: Code) -> Option<&str> {
        if !self.saw(code) {
            return None;
        }
        let found = match self.firsts.get(usize::from(code)) {
            Some(first) => self.fields.get(usize::from(*first)),
            None => self.fields.iter().find(|field| field.code == code),
        };
        found.map(|field| self.value(field))
    }

    pub(crate) const fn saw(&self, code: Code) -> bool {
        self.seen & (1u128 << code) != 0
    }

    pub(crate) const fn repeats(&self, code: Code) -> bool {
        self.repeated & (1u128 << code) != 0
    }

    /// Every span begins and ends at an ASCII byte.
    fn slice(&self, from: usize, to: usize) -> &str {
        self.head.get(from..to).unwrap_or_default()
    }
}

impl PartialEq for Message {
    /// The same bytes.
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Eq for Message {}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.raw))
    }
}

/// Where the body ends, with the bounds of bodies looked after.
fn body_end(head: &mut Head, length: usize, limits: &Limits) -> usize {
    let available = length - head.body;
    let wanted = head.content_length.unwrap_or(available);
    let bytes = wanted.min(available);
    if wanted > limits.body_bytes {
        head.blame(Problem::new(413, "body", "is too long"));
    } else if wanted > available {
        head.blame(Problem::bad(
            "Content-Length",
            "is more than the message holds",
        ));
    }
    head.body + bytes
}

/// The head as it is shown: folds joined, bytes that are no text replaced.
fn shown(raw: &Bytes, head: &mut Head) -> Result<Arc<str>, Problem> {
    let bytes = &raw[..head.body];
    if let Some(problem) = head.bare_carriage_return() {
        head.blame(problem);
    }
    let text = std::str::from_utf8(bytes);
    if let (Ok(text), 0) = (text, head.marks & FOLDED) {
        return Ok(text.into());
    }
    let mut copy = bytes.to_vec();
    if text.is_err() {
        mark_binary(bytes, head)?;
    }
    for field in head.fields.as_slice() {
        let value = &mut copy[usize::from(field.value)..usize::from(field.value_end)];
        if field.marks & FOLDED != 0 {
            unfold(value);
        }
        if field.marks & BINARY != 0 {
            value
                .iter_mut()
                .filter(|byte| !byte.is_ascii())
                .for_each(|byte| *byte = b'?');
        }
    }
    Ok(text_of(copy))
}

/// The bytes as text of the same length. What is no text by now lies outside all spans, in a
/// line that was no header.
fn text_of(bytes: Vec<u8>) -> Arc<str> {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return text.into(),
        Err(error) => error.into_bytes(),
    };
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text.into()
}

/// Marks the values that are not UTF-8. In a known header that is a problem, in the start line
/// the end.
fn mark_binary(bytes: &[u8], head: &mut Head) -> Result<(), Problem> {
    let first = head
        .fields
        .as_slice()
        .first()
        .map_or(bytes.len(), |field| field.name.into());
    let line = memchr::memchr(b'\n', bytes)
        .unwrap_or(bytes.len())
        .min(first);
    let rule = "must be UTF-8";
    if std::str::from_utf8(&bytes[..line]).is_err() {
        return Err(Problem::bad("start line", rule));
    }
    let mut blamed = None;
    for field in head.fields.as_mut_slice() {
        let value = &bytes[usize::from(field.value)..usize::from(field.value_end)];
        if std::str::from_utf8(value).is_err() {
            field.marks |= BINARY;
            if field.code != name::OTHER && blamed.is_none() {
                blamed = Some(Problem::bad(Name::from_code(field.code, "").as_str(), rule));
            }
        }
    }
    if let Some(problem) = blamed {
        head.blame(problem);
    }
    Ok(())
}

fn unfold(value: &mut [u8]) {
    for byte in value {
        if matches!(*byte, b'\r' | b'\n') {
            *byte = b' ';
        }
    }
}
