//! Messages out of a client's frames (RFC 6455 §5.4 to §5.6).

use bytes::{Buf, Bytes, BytesMut};

use super::frame::{self, Head, Opcode};
use super::violation::Violation;

/// What a client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A whole message, of text or of octets; SIP takes both alike (RFC 7118 §5).
    Message(Bytes),
    /// A question to be answered by a [`Opcode::Pong`] with the same octets.
    Ping(Bytes),
    /// An answer, or a sign of life nobody asked for.
    Pong,
    /// The client says no more, with the code of its reason, if it gave one. No pieces follow.
    Close(Option<u16>),
}

/// The message whose end has not come.
#[derive(Debug)]
struct Begun {
    text: bool,
    octets: BytesMut,
}

/// Puts a client's frames together. At most one message of the bound, one frame head, one control
/// frame and the last push are held. After a close or a violation there are no more pieces.
#[derive(Debug)]
pub struct Assembly {
    buffer: BytesMut,
    /// The frame at the front, once its head is whole.
    head: Option<Head>,
    begun: Option<Begun>,
    most: usize,
    over: bool,
}

impl Assembly {
    /// Nothing received yet; a message has `most` octets at most.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            buffer: BytesMut::new(),
            head: None,
            begun: None,
            most,
            over: false,
        }
    }

    /// Adds what was received. After the end it is dropped.
    pub fn push(&mut self, bytes: &[u8]) {
        if !self.over {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// Whether a message or a frame has begun and not ended.
    #[must_use]
    pub fn is_within(&self) -> bool {
        self.begun.is_some() || self.head.is_some() || !self.buffer.is_empty()
    }

    /// The next piece, or none until more is pushed.
    ///
    /// # Errors
    /// The first [`Violation`].
    #[expect(clippy::should_implement_trait, reason = "more may come after none")]
    pub fn next(&mut self) -> Option<Result<Piece, Violation>> {
        while !self.over {
            let step = self.step();
            if matches!(step, Err(_) | Ok(Some(Some(Piece::Close(_))))) {
                self.end();
            }
            match step {
                Err(violation) => return Some(Err(violation)),
                Ok(Some(Some(piece))) => return Some(Ok(piece)),
                Ok(Some(None)) => {}
                Ok(None) => return None,
            }
        }
        None
    }

    fn end(&mut self) {
        *self = Self {
            over: true,
            ..Self::new(self.most)
        };
    }

    /// Takes one frame, if it is whole; it may complete a piece.
    fn step(&mut self) -> Result<Option<Option<Piece>>, Violation> {
        let head = match self.head {
            Some(head) => head,
            None => match Head::read(&self.buffer)? {
                Some(head) => self.begin(head)?,
                None => return Ok(None),
            },
        };
        if self.buffer.len() < head.payload {
            return Ok(None);
        }
        self.head = None;
        let mut octets = self.buffer.split_to(head.payload);
        if self.buffer.is_empty() {
            // a silent connection keeps no memory
            self.buffer = BytesMut::new();
        }
        frame::mask(&mut octets, head.mask);
        self.take(head, octets).map(Some)
    }

    /// Judges a frame by its head, before its octets are waited for.
    fn begin(&mut self, head: Head) -> Result<Head, Violation> {
        let before = self.begun.as_ref().map(|begun| begun.octets.len());
        match (head.opcode, before) {
            (Opcode::Continuation, None) | (Opcode::Text | Opcode::Binary, Some(_)) => {
                return Err(Violation::Protocol);
            }
            (Opcode::Continuation | Opcode::Text | Opcode::Binary, _) => {
                let room = self.most.saturating_sub(before.unwrap_or(0));
                if head.payload > room {
                    return Err(Violation::TooLong);
                }
            }
            (Opcode::Close | Opcode::Ping | Opcode::Pong, _) => {}
        }
        self.buffer.advance(head.length);
        self.head = Some(head);
        Ok(head)
    }

    fn take(&mut self, head: Head, octets: BytesMut) -> Result<Option<Piece>, Violation> {
        let begun = match head.opcode {
            Opcode::Ping => return Ok(Some(Piece::Ping(octets.freeze()))),
            Opcode::Pong => return Ok(Some(Piece::Pong)),
            Opcode::Close => return closed(&octets).map(Some),
            Opcode::Text | Opcode::Binary => Begun {
                text: head.opcode == Opcode::Text,
                octets,
            },
            Opcode::Continuation => {
                let mut begun = self.begun.take().ok_or(Violation::Protocol)?;
                begun.octets.extend_from_slice(&octets);
                begun
            }
        };
        if !head.last {
            self.begun = Some(begun);
            return Ok(None);
        }
        if begun.text && std::str::from_utf8(&begun.octets).is_err() {
            return Err(Violation::NotUtf8);
        }
        Ok(Some(Piece::Message(begun.octets.freeze())))
    }
}

/// A close frame has nothing, or a code and a reason in words (RFC 6455 §5.5.1).
fn closed(octets: &[u8]) -> Result<Piece, Violation> {
    match octets {
        [] => Ok(Piece::Close(None)),
        [a, b, reason @ ..] if std::str::from_utf8(reason).is_ok() => {
            Ok(Piece::Close(Some(u16::from_be_bytes([*a, *b]))))
        }
        [_, _, ..] => Err(Violation::NotUtf8),
        [_] => Err(Violation::Protocol),
    }
}
