//! The scanner: one pass over the head of a message, noting where everything lies.

use crate::limits::Limits;
use crate::name::{self, Code, code};
use crate::problem::Problem;
use crate::text::{is_space, is_token_byte, token_length};

/// A position in the head; [`Limits::MESSAGE_BYTES_CEILING`] keeps it in 16 bits.
pub(crate) type Position = u16;

/// Where one header line lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: Position,
    pub(crate) name_end: Position,
    pub(crate) value: Position,
    pub(crate) value_end: Position,
    pub(crate) code: Code,
    pub(crate) marks: u8,
}

impl Field {
    const EMPTY: Self = Self {
        name: 0,
        name_end: 0,
        value: 0,
        value_end: 0,
        code: name::OTHER,
        marks: 0,
    };
}

/// The value is folded over several lines.
pub(crate) const FOLDED: u8 = 1;
/// The value is not UTF-8.
pub(crate) const BINARY: u8 = 2;
/// The line is written as we would write it: it can be copied as it is, line end and all.
pub(crate) const PLAIN: u8 = 4;

/// The start line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    Request {
        method_end: Position,
        uri: Position,
        uri_end: Position,
    },
    Response {
        status: u16,
        reason: Position,
        reason_end: Position,
    },
}

/// The field spans while they are gathered: on the stack as long as they are few.
pub(crate) struct Fields {
    few: [Field; Fields::FEW],
    count: usize,
    many: Vec<Field>,
}

impl Fields {
    const FEW: usize = 40;

    fn push(&mut self, field: Field) {
        if self.count < Self::FEW {
            self.few[self.count] = field;
        } else {
            if self.many.is_empty() {
                self.many.extend_from_slice(&self.few);
            }
            self.many.push(field);
        }
        self.count += 1;
    }

    pub(crate) fn as_slice(&self) -> &[Field] {
        if self.many.is_empty() {
            &self.few[..self.count]
        } else {
            &self.many
        }
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [Field] {
        if self.many.is_empty() {
            &mut self.few[..self.count]
        } else {
            &mut self.many
        }
    }
}

/// So many names, the first of the table, are found without a search.
const COMMON: usize = 12;

/// An index into the fields for each of the commonest names.
pub(crate) type Firsts = [Position; COMMON];

/// What the pass found.
pub(crate) struct Head {
    pub(crate) start: Start,
    pub(crate) fields: Fields,
    /// One bit for each known name that was seen.
    pub(crate) seen: u128,
    /// One bit for each known name that was seen on more than one line.
    pub(crate) repeated: u128,
    /// Where the first line of each of the commonest names is among the fields, if it was seen.
    pub(crate) firsts: Firsts,
    /// [`FOLDED`] when any field is.
    pub(crate) marks: u8,
    /// A carriage return that ends no line was met.
    has_bare_cr: bool,
    /// Where the body begins.
    pub(crate) body: usize,
    pub(crate) content_length: Option<usize>,
    /// The first rule broken.
    pub(crate) problem: Option<Problem>,
}

impl Head {
    pub(crate) fn blame(&mut self, problem: Problem) {
        self.problem.get_or_insert(problem);
    }

    /// Whether the head holds a carriage return that ends no line.
    pub(crate) fn bare_carriage_return(&self) -> Option<Problem> {
        self.has_bare_cr.then_some(BARE_CR)
    }
}

/// A position as 16 bits.
fn position(at: usize) -> Position {
    Position::try_from(at).unwrap_or(Position::MAX)
}

/// Scans a head.
///
/// # Errors
/// Only when there is no start line to hang anything on; other problems are noted in
/// [`Head::problem`].
pub(crate) fn head(bytes: &[u8], limits: &Limits) -> Result<Head, Problem> {
    let mut has_bare_cr = false;
    let (line_end, next) = line(bytes, 0, &mut has_bare_cr).ok_or(NO_END)?;
    let (start, problem) = start_line(&bytes[..line_end], limits)?;
    let mut head = Head {
        start,
        fields: Fields {
            few: [Field::EMPTY; Fields::FEW],
            count: 0,
            many: Vec::new(),
        },
        seen: 0,
        repeated: 0,
        firsts: [0; COMMON],
        marks: 0,
        has_bare_cr,
        body: bytes.len(),
        content_length: None,
        problem,
    };
    let mut at = next;
    loop {
        match bytes.get(at..) {
            Some([b'\r', b'\n', ..]) => {
                head.body = at + 2;
                return Ok(head);
            }
            Some([b'\n', ..]) => {
                head.body = at + 1;
                return Ok(head);
            }
            Some([_, ..]) => {}
            Some([]) | None => {
                head.blame(NO_END);
                return Ok(head);
            }
        }
        at = field(bytes, at, &mut head, limits);
        if head.fields.count > limits.headers {
            head.fields.count -= 1;
            head.fields.many.truncate(head.fields.count);
            head.blame(Problem::new(513, "message", "too many header lines"));
            return Ok(head);
        }
    }
}

const NO_END: Problem = Problem::bad("message", "the head must end with an empty line");
const NO_NAME: Problem = Problem::bad("header", "must be a name, a colon and a value");
const BARE_CR: Problem = Problem::bad("message", "a carriage return must be part of a line end");

/// The end of the line beginning at `from` and the beginning of the next. A line ends with CR LF;
/// a lone LF is taken for it. A lone CR ends nothing, and is told in `bare`.
fn line(bytes: &[u8], from: usize, bare: &mut bool) -> Option<(usize, usize)> {
    let mut from = from;
    loop {
        let at = from + memchr::memchr2(b'\r', b'\n', bytes.get(from..)?)?;
        match bytes[at..] {
            [b'\r', b'\n', ..] => return Some((at, at + 2)),
            [b'\n', ..] => return Some((at, at + 1)),
            _ => {
                *bare = true;
                from = at + 1;
            }
        }
    }
}

/// Notes the header line at `from`; answers where the next begins.
fn field(bytes: &[u8], from: usize, head: &mut Head, limits: &Limits) -> usize {
    let mut name_end = from;
    while name_end < bytes.len() && is_token_byte(bytes[name_end]) {
        name_end += 1;
    }
    let mut colon = name_end;
    while matches!(bytes.get(colon), Some(b' ' | b'\t')) {
        colon += 1;
    }
    let named = name_end > from && bytes.get(colon) == Some(&b':');
    let searched = if named { colon } else { from };
    let Some((mut end, mut next)) = line(bytes, searched, &mut head.has_bare_cr) else {
        head.blame(NO_END);
        return bytes.len();
    };
    let mut marks = 0;
    while let Some(b' ' | b'\t') = bytes.get(next) {
        marks |= FOLDED;
        match line(bytes, next, &mut head.has_bare_cr) {
            Some((line_end, after)) => (end, next) = (line_end, after),
            None => {
                head.blame(NO_END);
                return bytes.len();
            }
        }
    }
    if next - from > limits.header_bytes {
        head.blame(Problem::new(513, "message", "a header line is too long"));
        return next;
    }
    if !named {
        head.blame(NO_NAME);
        return next;
    }
    let mut value = colon + 1;
    while value < end && is_space(bytes[value]) {
        value += 1;
    }
    while end > value && is_space(bytes[end - 1]) {
        end -= 1;
    }
    let (code, is_canonical) = name::spelling_of(&bytes[from..name_end]);
    note(head, code, &bytes[value..end]);
    head.marks |= marks;
    // "Name: value CR LF", nothing more and nothing less
    let is_tight = colon == name_end && value == colon + 2 && bytes[colon + 1] == b' ';
    let is_plain = marks == 0 && is_tight && next == end + 2 && bytes[end] == b'\r';
    if is_plain && is_canonical {
        marks |= PLAIN;
    }
    head.fields.push(Field {
        name: position(from),
        name_end: position(name_end),
        value: position(value),
        value_end: position(end),
        code,
        marks,
    });
    next
}

/// Keeps account of a known name.
fn note(head: &mut Head, code: Code, value: &[u8]) {
    if code == name::OTHER {
        return;
    }
    let bit = 1u128 << code;
    if head.seen & bit == 0 {
        head.seen |= bit;
        if let Some(first) = head.firsts.get_mut(usize::from(code)) {
            *first = position(head.fields.count);
        }
    } else {
        head.repeated |= bit;
    }
    if code == code::ContentLength {
        content_length(head, value);
    }
}

fn content_length(head: &mut Head, value: &[u8]) {
    let bad = |rule| Problem::bad("Content-Length", rule);
    if head.content_length.is_some() {
        head.blame(bad("must be given once"));
        return;
    }
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        head.blame(bad("must be a number"));
        return;
    }
    let number = value.iter().try_fold(0usize, |sum, digit| {
        sum.checked_mul(10)?.checked_add(usize::from(digit - b'0'))
    });
    match number {
        Some(number) => head.content_length = Some(number),
        None => head.blame(bad("number is too large")),
    }
}

/// Reads the start line. A version other than 2.0 is noted, the rest still read.
fn start_line(line: &[u8], limits: &Limits) -> Result<(Start, Option<Problem>), Problem> {
    if line.len() >= 4 && line[..4].eq_ignore_ascii_case(b"SIP/") {
        return status_line(line);
    }
    request_line(line, limits)
}

fn status_line(line: &[u8]) -> Result<(Start, Option<Problem>), Problem> {
    let bad = |rule| Problem::bad("Status-Line", rule);
    let version_end = memchr::memchr(b' ', line).ok_or(bad("must have a status"))?;
    let problem = version(&line[..version_end]);
    let rest = &line[version_end + 1..];
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let reason = version_end + 1 + digits;
    let after = line.get(reason);
    if digits != 3 || !matches!(after, None | Some(b' ')) {
        return Err(bad("status must be three digits"));
    }
    let status = rest[..3]
        .iter()
        .fold(0u16, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    if !(100..700).contains(&status) {
        return Err(bad("status must be 100 to 699"));
    }
    let reason = position((reason + 1).min(line.len()));
    let reason_end = position(line.len());
    Ok((
        Start::Response {
            status,
            reason,
            reason_end,
        },
        problem,
    ))
}

fn request_line(line: &[u8], limits: &Limits) -> Result<(Start, Option<Problem>), Problem> {
    let bad = |rule| Problem::bad("Request-Line", rule);
    let method_end = token_length(line);
    if method_end == 0 || line.get(method_end) != Some(&b' ') {
        return Err(bad("must begin with a method and a space"));
    }
    let uri = method_end + 1;
    let mut problem = None;
    // The version is what follows the last space, so that a URI with spaces inside still
    // leaves a request that can be answered.
    let trimmed = trim_spaces_end(line);
    if trimmed.len() < line.len() {
        problem = Some(bad("no space may follow the version"));
    }
    let space = memchr::memrchr(b' ', trimmed).filter(|at| *at >= uri);
    let Some(uri_end) = space else {
        return Err(bad("must have a Request-URI and a version"));
    };
    let found = version(&trimmed[uri_end + 1..]);
    let text = &line[uri..uri_end];
    if text.is_empty() || text.iter().any(|byte| is_space(*byte)) {
        problem = problem.or(Some(bad("must be separated by single spaces")));
    } else if text.len() > limits.uri_bytes {
        problem = problem.or(Some(Problem::new(414, "Request-URI", "is too long")));
    }
    if let Some(found) = found {
        if found.status == 400 {
            return Err(found);
        }
        problem = problem.or(Some(found));
    }
    let start = Start::Request {
        method_end: position(method_end),
        uri: position(uri),
        uri_end: position(uri_end),
    };
    Ok((start, problem))
}

fn trim_spaces_end(line: &[u8]) -> &[u8] {
    let mut end = line.len();
    while end > 0 && line[end - 1] == b' ' {
        end -= 1;
    }
    &line[..end]
}

/// `SIP/2.0` is no problem, another SIP version a 505, anything else a 400.
fn version(text: &[u8]) -> Option<Problem> {
    if text.eq_ignore_ascii_case(b"SIP/2.0") {
        return None;
    }
    let numbers = text
        .get(..4)
        .filter(|sip| sip.eq_ignore_ascii_case(b"SIP/"));
    let digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let dotted = numbers.is_some_and(|_| {
        let rest = &text[4..];
        memchr::memchr(b'.', rest)
            .is_some_and(|dot| digits(&rest[..dot]) && digits(&rest[dot + 1..]))
    });
    Some(if dotted {
        Problem::new(505, "version", "must be SIP/2.0")
    } else {
        Problem::bad("version", "must be SIP/2.0")
    })
}
