//! Framer: cutting a byte stream into messages (RFC 3261 §18.3, RFC 5626 §3.5.1).

use bytes::{Bytes, BytesMut};

use crate::limits::Limits;
use crate::name::{self, code};
use crate::problem::Problem;

/// One piece of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A whole message, for [`crate::Message::parse`].
    Message(Bytes),
    /// A keep-alive question, CR LF CR LF, to be answered by CR LF.
    Ping,
    /// A keep-alive answer, CR LF.
    Pong,
}

/// Cuts a stream into frames. At most one message beyond [`Limits::message_bytes`] and the
/// last push are held.
///
/// A stream that broke a rule cannot be read on: after an error there are no more frames, and
/// the connection is to be closed.
#[derive(Debug)]
pub struct Framer {
    buffer: BytesMut,
    limits: Limits,
    /// Up to here the buffer holds no end of a head.
    searched: usize,
    /// Head length and whole length of the message at the front, once known.
    wanted: Option<usize>,
    broken: bool,
}

impl Framer {
    /// An empty stream.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            buffer: BytesMut::new(),
            limits,
            searched: 0,
            wanted: None,
            broken: false,
        }
    }

    /// Adds what was received. After an error it is dropped.
    pub fn push(&mut self, bytes: &[u8]) {
        if !self.broken {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// The number of bytes held.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.buffer.len()
    }

    /// The next frame, or none until more is pushed.
    ///
    /// # Errors
    /// 513 when a message passes the limit; 413 when its body does; 400 when it has no
    /// Content-Length, more than one, or none that is a number (RFC 3261 §18.3, §20.14).
    #[expect(clippy::should_implement_trait, reason = "more may come after none")]
    pub fn next(&mut self) -> Option<Result<Frame, Problem>> {
        if self.broken {
            return None;
        }
        if self.wanted.is_none() {
            if let Some(frame) = self.keep_alive() {
                return Some(Ok(frame));
            }
            match self.measure() {
                Ok(wanted) => self.wanted = Some(wanted?),
                Err(problem) => return Some(Err(self.fail(problem))),
            }
        }
        let wanted = self.wanted.filter(|wanted| self.buffer.len() >= *wanted)?;
        self.wanted = None;
        self.searched = 0;
        Some(Ok(Frame::Message(self.buffer.split_to(wanted).freeze())))
    }

    fn fail(&mut self, problem: Problem) -> Problem {
        self.broken = true;
        self.buffer = BytesMut::new();
        problem
    }

    /// Takes line ends before a message: four bytes are a ping, two a pong. Two bytes alone
    /// may be half a ping, but a pong is what we can tell, and it does no harm.
    fn keep_alive(&mut self) -> Option<Frame> {
        if self.buffer.starts_with(b"\r\n\r\n") {
            let _ = self.buffer.split_to(4);
            return Some(Frame::Ping);
        }
        if self.buffer.starts_with(b"\r\n") {
            let _ = self.buffer.split_to(2);
            return Some(Frame::Pong);
        }
        None
    }

    /// The length of the message at the front, once its head is whole.
    fn measure(&mut self) -> Result<Option<usize>, Problem> {
        let ceiling = self.limits.message_bytes.min(Limits::MESSAGE_BYTES_CEILING);
        let too_long = Problem::new(513, "message", "is too long");
        let Some(head) = head_end(&self.buffer, self.searched) else {
            self.searched = self.buffer.len().saturating_sub(3);
            return if self.buffer.len() > ceiling {
                Err(too_long)
            } else {
                Ok(None)
            };
        };
        let body = content_length(&self.buffer[..head])?;
        if body > self.limits.body_bytes {
            return Err(Problem::new(413, "body", "is too long"));
        }
        match head.checked_add(body) {
            Some(wanted) if wanted <= ceiling => Ok(Some(wanted)),
            Some(_) | None => Err(too_long),
        }
    }
}

/// The end of the empty line that ends a head, by the line ends the scanner takes.
fn head_end(bytes: &[u8], from: usize) -> Option<usize> {
    memchr::memchr_iter(b'\n', &bytes[from..])
        .map(|at| from + at)
        .find_map(|at| match bytes.get(at + 1..)? {
            [b'\n', ..] => Some(at + 2),
            [b'\r', b'\n', ..] => Some(at + 3),
            _ => None,
        })
}

fn content_length(head: &[u8]) -> Result<usize, Problem> {
    let bad = |rule| Problem::bad("Content-Length", rule);
    let mut found = None;
    let mut lines = memchr::memchr_iter(b'\n', head).peekable();
    let _start_line = lines.next_if(|_| true);
    let mut from = _start_line.map_or(head.len(), |at| at + 1);
    while let Some(at) = lines.next() {
        let mut end = at;
        while matches!(head.get(end + 1), Some(b' ' | b'\t')) {
            match lines.next() {
                Some(at) => end = at,
                None => break,
            }
        }
        let line = &head[from..end];
        from = end + 1;
        let Some(colon) = memchr::memchr(b':', line) else {
            continue;
        };
        if name::code_of(line[..colon].trim_ascii()) != code::ContentLength {
            continue;
        }
        let digits = line[colon + 1..].trim_ascii();
        let number = std::str::from_utf8(digits)
            .ok()
            .filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
        let number = number
            .and_then(|text| text.parse().ok())
            .ok_or(bad("must be a number"))?;
        if found.replace(number).is_some() {
            return Err(bad("must be given once"));
        }
    }
    found.ok_or(bad("is missing, which a stream needs"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    const A: &[u8] = b"OPTIONS sip:a SIP/2.0\r\nContent-Length: 3\r\n\r\nabc";
    const B: &[u8] = b"SIP/2.0 200 OK\r\nl :\r\n 0\r\n\r\n";

    fn framer() -> Framer {
        Framer::new(Limits::DEFAULT)
    }

    fn all(framer: &mut Framer) -> Vec<Result<Frame, Problem>> {
        std::iter::from_fn(|| framer.next()).collect()
    }

    #[test]
    fn two_messages_and_keep_alives_in_one_push_are_told_apart() {
        let mut framer = framer();
        framer.push(&[A, b"\r\n\r\n", B, b"\r\n"].concat());
        assert_eq!(
            all(&mut framer),
            [
                Ok(Frame::Message(Bytes::from_static(A))),
                Ok(Frame::Ping),
                Ok(Frame::Message(Bytes::from_static(B))),
                Ok(Frame::Pong),
            ]
        );
        assert_eq!(framer.buffered(), 0);
    }

    // rfc: 3261 §18.3
    #[test]
    fn a_message_that_comes_byte_by_byte_is_whole_at_its_last_byte() {
        let mut framer = framer();
        let stream = [A, B].concat();
        let mut ends = Vec::new();
        for (at, byte) in stream.iter().enumerate() {
            framer.push(&[*byte]);
            for frame in all(&mut framer) {
                assert!(matches!(frame, Ok(Frame::Message(_))));
                ends.push(at + 1);
            }
        }
        assert_eq!(ends, [A.len(), stream.len()]);
    }

    // rfc: 3261 §18.3
    #[test]
    fn without_one_good_content_length_the_stream_is_broken() {
        for head in [
            "OPTIONS sip:a SIP/2.0\r\n\r\n",
            "OPTIONS sip:a SIP/2.0\r\nl: x\r\n\r\n",
            "OPTIONS sip:a SIP/2.0\r\nl: -1\r\n\r\n",
            "OPTIONS sip:a SIP/2.0\r\nl: 1\r\nContent-Length: 1\r\n\r\n",
            "OPTIONS sip:a SIP/2.0\r\nl: 99999999999999999999999\r\n\r\n",
        ] {
            let mut framer = framer();
            framer.push(head.as_bytes());
            assert_eq!(framer.next().unwrap().unwrap_err().status, 400, "{head}");
            framer.push(A);
            assert_eq!(framer.next(), None);
            assert_eq!(framer.buffered(), 0);
        }
    }

    #[test]
    fn the_limits_hold_at_their_exact_bounds() {
        let limits = Limits {
            message_bytes: A.len(),
            ..Limits::DEFAULT
        };
        let mut framer = Framer::new(limits);
        framer.push(A);
        assert!(framer.next().unwrap().is_ok());
        let mut framer = Framer::new(Limits {
            message_bytes: A.len() - 1,
            ..limits
        });
        framer.push(A);
        assert_eq!(framer.next().unwrap().unwrap_err().status, 513);
        let mut framer = Framer::new(Limits {
            body_bytes: 2,
            ..limits
        });
        framer.push(A);
        assert_eq!(framer.next().unwrap().unwrap_err().status, 413);
        let mut framer = Framer::new(Limits {
            body_bytes: 3,
            ..limits
        });
        framer.push(A);
        assert!(framer.next().unwrap().is_ok());
    }

    #[test]
    fn an_endless_head_is_refused_at_the_bound() {
        let mut framer = Framer::new(Limits {
            message_bytes: 64,
            ..Limits::DEFAULT
        });
        framer.push(&[b'a'; 64]);
        assert_eq!(framer.next(), None);
        framer.push(b"a");
        assert_eq!(framer.next().unwrap().unwrap_err().status, 513);
    }
}
