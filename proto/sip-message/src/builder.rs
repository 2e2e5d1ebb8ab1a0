//! Builder: writing a message straight into one buffer.

use std::fmt::{self, Display, Write};

use bytes::{BufMut, Bytes, BytesMut};

use crate::message::Message;
use crate::method::Method;
use crate::name::{self, Name, code};
use crate::problem::reason_phrase;
use crate::scan::{Field, PLAIN};

/// Writes one message. Line ends inside values become spaces, so no value can add a header.
/// Content-Length is added by [`Builder::finish`] and never copied.
///
/// ```
/// use sip_message::{Builder, Method, Name};
/// let bytes = Builder::request(Method::Options, "sip:a@example.com")
///     .header(Name::MaxForwards, 70)
///     .finish();
/// assert!(bytes.ends_with(b"Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"));
/// ```
#[derive(Debug)]
pub struct Builder {
    buffer: BytesMut,
    body: Bytes,
}

/// Room for an ordinary message without growing.
const CAPACITY: usize = 2_048;

impl Builder {
    /// Begins a request. Spaces and controls in the URI are escaped away as `%20` would be.
    #[must_use]
    pub fn request(method: Method<'_>, uri: &str) -> Self {
        let mut builder = Self::empty();
        builder.buffer.put_slice(method.as_str().as_bytes());
        builder.buffer.put_u8(b' ');
        if uri.bytes().all(|byte| byte > b' ') {
            builder.buffer.put_slice(uri.as_bytes());
        } else {
            builder.escape(uri);
        }
        builder.buffer.put_slice(b" SIP/2.0\r\n");
        builder
    }

    /// Begins a response; without a phrase, with the default one of the status.
    #[must_use]
    pub fn response(status: u16, reason: Option<&str>) -> Self {
        let mut builder = Self::empty();
        builder.write(format_args!("SIP/2.0 {status} "));
        let from = builder.buffer.len();
        let reason = reason.unwrap_or_else(|| reason_phrase(status));
        builder.buffer.put_slice(reason.as_bytes());
        builder.seal(from);
        builder
    }

    /// Writes a URI with its spaces and controls escaped.
    fn escape(&mut self, uri: &str) {
        for byte in uri.bytes() {
            if byte <= b' ' {
                self.write(format_args!("%{byte:02X}"));
            } else {
                self.buffer.put_u8(byte);
            }
        }
    }

    fn empty() -> Self {
        Self {
            buffer: BytesMut::with_capacity(CAPACITY),
            body: Bytes::new(),
        }
    }

    /// Adds a header line. Content-Length is passed over.
    pub fn header(&mut self, name: Name<'_>, value: impl Display) -> &mut Self {
        if let Some(from) = self.begin(name) {
            self.write(format_args!("{value}"));
            self.seal(from);
        }
        self
    }

    /// Adds a header line from text: what [`Builder::header`] does, faster.
    pub fn text(&mut self, name: Name<'_>, value: &str) -> &mut Self {
        self.bytes(name, value.as_bytes())
    }

    pub(crate) fn bytes(&mut self, name: Name<'_>, value: &[u8]) -> &mut Self {
        if let Some(from) = self.begin(name) {
            self.buffer.put_slice(value);
            self.seal(from);
        }
        self
    }

    /// Copies all lines of a header in order, unfolded, under its canonical name.
    pub fn copy(&mut self, from: &Message, name: Name<'_>) -> &mut Self {
        let names = [name];
        let wanted = Wanted::of(&names);
        self.copy_lines(from, |field| wanted.holds(from, field))
    }

    /// Copies every line whose name is not in `except` and not Content-Length, in order.
    pub fn copy_except(&mut self, from: &Message, except: &[Name<'_>]) -> &mut Self {
        let except = Wanted::of(except);
        self.copy_lines(from, |field| !except.holds(from, field))
    }

    /// Copies every line whose name this crate does not know and that is not in `except`.
    pub fn copy_unknown(&mut self, from: &Message, except: &[Name<'_>]) -> &mut Self {
        let except = Wanted::of(except);
        self.copy_lines(from, |field| {
            field.code == name::OTHER && !except.holds(from, field)
        })
    }

    /// Copies the lines that are wanted. Neighbours that are written as we would write them are
    /// copied as one piece.
    fn copy_lines(&mut self, from: &Message, wanted: impl Fn(&Field) -> bool) -> &mut Self {
        let mut piece = 0..0;
        for field in from.spans() {
            if field.code == code::ContentLength || !wanted(field) {
                continue;
            }
            let (begin, end) = (usize::from(field.name), usize::from(field.value_end));
            if field.marks & PLAIN == 0 {
                self.buffer
                    .put_slice(&from.raw()[std::mem::take(&mut piece)]);
                self.bytes(from.name(field), from.value_bytes(field));
            } else if piece.end == begin {
                piece.end = end + LINE_END.len();
            } else {
                self.buffer.put_slice(&from.raw()[piece]);
                piece = begin..end + LINE_END.len();
            }
        }
        self.buffer.put_slice(&from.raw()[piece]);
        self
    }

    /// Sets the body and adds its Content-Type.
    pub fn body(&mut self, content_type: &str, body: &[u8]) -> &mut Self {
        self.body_shared(content_type, Bytes::copy_from_slice(body))
    }

    /// Sets a body that is already shared, and adds its Content-Type.
    pub fn body_shared(&mut self, content_type: &str, body: Bytes) -> &mut Self {
        self.text(Name::ContentType, content_type);
        self.body = body;
        self
    }

    /// Ends the message: Content-Length, the empty line, the body. The builder is left empty.
    pub fn finish(&mut self) -> Bytes {
        let mut digits = Digits::default();
        self.buffer.put_slice(b"Content-Length: ");
        self.buffer.put_slice(digits.of(self.body.len()));
        self.buffer.put_slice(b"\r\n\r\n");
        self.buffer.put_slice(&self.body);
        self.body = Bytes::new();
        std::mem::take(&mut self.buffer).freeze()
    }

    /// Writes the name; answers where the value begins. None for Content-Length.
    fn begin(&mut self, name: Name<'_>) -> Option<usize> {
        if name.code() == code::ContentLength {
            return None;
        }
        self.buffer.put_slice(name.as_str().as_bytes());
        self.buffer.put_slice(b": ");
        Some(self.buffer.len())
    }

    /// Ends a line, with line ends inside the value made spaces.
    pub(crate) fn seal(&mut self, from: usize) {
        let value = &mut self.buffer[from..];
        while let Some(at) = memchr::memchr2(b'\r', b'\n', value) {
            value[at] = b' ';
        }
        self.buffer.put_slice(LINE_END);
    }

    fn write(&mut self, arguments: fmt::Arguments<'_>) {
        // Writing to the buffer cannot fail; a value whose Display fails is cut short.
        let _ = self.buffer.write_fmt(arguments);
    }
}

const LINE_END: &[u8] = b"\r\n";

/// A set of names.
struct Wanted<'a> {
    /// One bit for each name that is known.
    known: u128,
    names: &'a [Name<'a>],
}

impl<'a> Wanted<'a> {
    fn of(names: &'a [Name<'a>]) -> Self {
        let known = names
            .iter()
            .map(Name::code)
            .filter(|code| *code != name::OTHER);
        Self {
            known: known.fold(0, |set, code| set | 1 << code),
            names,
        }
    }

    fn holds(&self, message: &Message, field: &Field) -> bool {
        if field.code != name::OTHER {
            return self.known >> field.code & 1 == 1;
        }
        let is_it = |name: &Name<'_>| message.is_called(field, name.as_str().as_bytes());
        self.names.iter().any(is_it)
    }
}

/// A number in decimal, without the formatting machinery.
#[derive(Default)]
struct Digits([u8; 20]);

impl Digits {
    fn of(&mut self, mut number: usize) -> &[u8] {
        let mut at = self.0.len();
        loop {
            at -= 1;
            self.0[at] = b'0' + u8::try_from(number % 10).unwrap_or(0);
            number /= 10;
            if number == 0 || at == 0 {
                return &self.0[at..];
            }
        }
    }
}
