//! What a connection reads: octets in, whole messages out.

use bytes::Bytes;
use machine::Instant;
use sip_message::{Frame, Framer, Problem};

use crate::awaiting::Awaiting;
use crate::keepalive::PONG;

/// Octets kept of a message that is not whole, so that it can be answered should it be refused;
/// enough for what a response repeats.
pub(crate) const HEAD: usize = 8 << 10;

/// What one read brought.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) messages: usize,
    /// Keep-alives.
    pub(crate) pings: usize,
    /// What the peer is answered without asking anybody: keep-alives, openings, ends.
    pub(crate) reply: Vec<u8>,
    pub(crate) end: Ending,
}

impl Reading {
    /// A read that brought nothing.
    pub(crate) fn ended(end: Ending) -> Reading {
        Reading {
            messages: 0,
            pings: 0,
            reply: Vec::new(),
            end,
        }
    }

    /// What this read brought and a further one did after it.
    pub(crate) fn and(self, mut next: Reading) -> Reading {
        let mut reply = self.reply;
        reply.append(&mut next.reply);
        Reading {
            messages: self.messages + next.messages,
            pings: self.pings + next.pings,
            reply,
            end: next.end,
        }
    }
}

/// How one read ended.
#[derive(Debug)]
pub(crate) enum Ending {
    /// The stream goes on.
    None,
    /// The peer says no more.
    Peer,
    /// The stream is broken.
    Reset,
    /// It cannot be cut into messages any further.
    Malformed(Problem),
    /// It broke a rule of what lies below SIP; the reply says which.
    Refused,
}

/// The reading half of a connection.
#[derive(Debug)]
pub(crate) struct Intake {
    framer: Framer,
    /// The beginning of the message that is not whole.
    head: Vec<u8>,
    /// Whether one CRLF came of the two that make a keep-alive.
    half_ping: bool,
    /// Since when a message is incomplete, or the first one awaited.
    awaiting: Awaiting,
}

impl Intake {
    /// Nothing read yet; `awaited` is since when something should be.
    pub(crate) fn new(limits: sip_message::Limits, awaited: Option<Instant>) -> Intake {
        let framer = Framer::new(limits);
        Intake {
            framer,
            head: Vec::new(),
            half_ping: false,
            awaiting: Awaiting::new(awaited),
        }
    }

    pub(crate) fn partial(&self) -> Option<Instant> {
        self.awaiting.since()
    }

    /// Takes what was read and hands each message on that it completes.
    pub(crate) fn take(
        &mut self,
        chunk: &[u8],
        now: Instant,
        mut message: impl FnMut(Bytes),
    ) -> Reading {
        let mut reading = Reading::ended(Ending::None);
        let frames = self.cut(chunk, &mut reading, &mut message);
        let begun = self.framer.buffered() > 0;
        self.awaiting.read(frames > 0, begun, now);
        reading
    }

    /// Cuts what was read into frames; tells how many came to their end.
    fn cut(
        &mut self,
        chunk: &[u8],
        reading: &mut Reading,
        message: &mut impl FnMut(Bytes),
    ) -> usize {
        let before = self.framer.buffered();
        self.framer.push(chunk);
        let (mut frames, mut used) = (0usize, 0usize);
        while let Some(frame) = self.framer.next() {
            frames += 1;
            match frame {
                Ok(Frame::Message(bytes)) => {
                    used += bytes.len();
                    reading.messages += 1;
                    self.half_ping = false;
                    message(bytes);
                }
                Ok(Frame::Ping) => {
                    used += 2 * PONG.len();
                    reading.pings += 1;
                    self.half_ping = false;
                }
                // we ask nobody, so this is no answer but half a question that came in two parts
                Ok(Frame::Pong) => {
                    used += PONG.len();
                    reading.pings += usize::from(self.half_ping);
                    self.half_ping = !self.half_ping;
                }
                Err(problem) => {
                    reading.end = Ending::Malformed(problem);
                    break;
                }
            }
        }
        self.keep_head(chunk, used.checked_sub(before));
        reading.reply = PONG.repeat(reading.pings);
        frames
    }

    /// Keeps the beginning of the message that is not whole: it began at `began` of `chunk`, or in
    /// an earlier one.
    fn keep_head(&mut self, chunk: &[u8], began: Option<usize>) {
        let part = match began {
            Some(at) => {
                self.head.clear();
                chunk.get(at..).unwrap_or(&[])
            }
            None => chunk,
        };
        let room = HEAD.saturating_sub(self.head.len());
        self.head
            .extend_from_slice(part.get(..room.min(part.len())).unwrap_or(&[]));
        if self.head.is_empty() {
            // a silent connection keeps no memory
            self.head = Vec::new();
        }
    }

    /// What is held of a message that is no message, at most [`HEAD`] octets.
    pub(crate) fn head(&self) -> Bytes {
        Bytes::copy_from_slice(&self.head)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    const MESSAGE: &[u8] = b"OPTIONS sip:a SIP/2.0\r\nContent-Length: 3\r\n\r\nabc";

    fn intake() -> Intake {
        Intake::new(sip_message::Limits::DEFAULT, None)
    }

    fn feed(intake: &mut Intake, chunk: &[u8], at_ms: u64) -> (Vec<Bytes>, Reading) {
        let mut messages = Vec::new();
        let now = Instant::from_millis(at_ms);
        let reading = intake.take(chunk, now, |bytes| messages.push(bytes));
        (messages, reading)
    }

    #[test]
    fn a_keep_alive_is_one_question_in_whatever_pieces_it_comes() {
        for cut in 0..=4 {
            let (a, b) = b"\r\n\r\n".split_at(cut);
            let mut intake = intake();
            let pings = feed(&mut intake, a, 0).1.pings + feed(&mut intake, b, 1).1.pings;
            assert_eq!(pings, 1, "cut at {cut}");
        }
    }

    #[test]
    fn one_line_end_before_a_message_is_no_question() {
        let mut intake = intake();
        for _ in 0..2 {
            let (messages, reading) = feed(&mut intake, &[b"\r\n", MESSAGE].concat(), 0);
            assert_eq!((messages.len(), reading.pings), (1, 0));
        }
    }

    #[test]
    fn the_head_of_a_refused_message_is_kept_from_its_first_octet() {
        let bad = b"INVITE sip:b SIP/2.0\r\nVia: x\r\nContent-Length: many\r\n\r\n";
        let stream = [MESSAGE, MESSAGE, &bad[..]].concat();
        for cut in 0..stream.len() {
            let mut intake = intake();
            feed(&mut intake, &stream[..cut], 0);
            let (_, reading) = feed(&mut intake, &stream[cut..], 1);
            assert!(matches!(reading.end, Ending::Malformed(_)), "cut at {cut}");
            assert_eq!(intake.head(), bad[..], "cut at {cut}");
        }
    }

    #[test]
    fn the_head_of_an_endless_message_is_kept_up_to_its_bound() {
        let mut intake = intake();
        let mut sent = 0;
        loop {
            let (_, reading) = feed(&mut intake, &[b'a'; 1000], 0);
            sent += 1000;
            match reading.end {
                Ending::Malformed(problem) => {
                    assert_eq!(problem.status, 513);
                    break;
                }
                Ending::None => assert!(sent <= 65_535),
                Ending::Peer | Ending::Reset | Ending::Refused => panic!("{:?}", reading.end),
            }
        }
        assert_eq!(intake.head().len(), HEAD);
    }

    #[test]
    fn time_is_counted_from_the_first_octet_of_the_message_that_is_not_whole() {
        let mut intake = intake();
        assert_eq!(intake.partial(), None);
        feed(&mut intake, &MESSAGE[..10], 5);
        feed(&mut intake, &MESSAGE[10..20], 6);
        assert_eq!(intake.partial(), Some(Instant::from_millis(5)));
        feed(&mut intake, &[&MESSAGE[20..], b"O"].concat(), 7);
        assert_eq!(intake.partial(), Some(Instant::from_millis(7)));
        feed(&mut intake, &MESSAGE[1..], 8);
        assert_eq!(intake.partial(), None);
    }
}
