//! What a WebSocket reads: a request that opens it, then frames in, whole messages out (RFC 7118).

use std::sync::Arc;

use bytes::Bytes;
use machine::Instant;
use sip_message::web_socket::{self, Assembly, Opcode, Opening, Origins, Piece, encode};

use crate::awaiting::Awaiting;
use crate::intake::{Ending, Reading};
use crate::keepalive::is_idle_talk;

/// How far the peer is.
#[derive(Debug)]
enum State {
    /// Its request has not come whole.
    Opening(Opening, Arc<Origins>),
    /// It sends frames.
    Open(Assembly),
}

/// The reading half of a WebSocket.
#[derive(Debug)]
pub(crate) struct WebIntake {
    state: State,
    /// Most octets of a message.
    most: usize,
    /// Since when a message or the request is incomplete, or the first one awaited.
    awaiting: Awaiting,
}

impl WebIntake {
    /// Nothing read yet, of a peer that came at `now`.
    pub(crate) fn new(most: usize, origins: Arc<Origins>, now: Instant) -> WebIntake {
        WebIntake {
            state: State::Opening(Opening::default(), origins),
            most,
            awaiting: Awaiting::new(Some(now)),
        }
    }

    pub(crate) fn is_opening(&self) -> bool {
        match self.state {
            State::Opening(..) => true,
            State::Open(_) => false,
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
        message: impl FnMut(Bytes),
    ) -> Reading {
        match &mut self.state {
            State::Open(_) => self.cut(chunk, now, message),
            State::Opening(opening, origins) => match opening.push(chunk, origins) {
                None => Reading::ended(Ending::None),
                Some(Err(refusal)) => Reading {
                    reply: refusal.answer(),
                    ..Reading::ended(Ending::Refused)
                },
                Some(Ok(accepted)) => {
                    self.state = State::Open(Assembly::new(self.most));
                    // from here the first message is awaited
                    self.awaiting = Awaiting::new(Some(now));
                    let mut reading = self.cut(&accepted.rest, now, message);
                    let reply = std::mem::replace(&mut reading.reply, accepted.answer);
                    reading.reply.extend(reply);
                    reading
                }
            },
        }
    }

    fn cut(&mut self, chunk: &[u8], now: Instant, mut message: impl FnMut(Bytes)) -> Reading {
        let mut reading = Reading::ended(Ending::None);
        let State::Open(assembly) = &mut self.state else {
            return reading;
        };
        assembly.push(chunk);
        let mut whole = false;
        while let Some(piece) = assembly.next() {
            whole = true;
            match piece {
                // phones that keep alive with line ends here too get no answer (RFC 7118 §6)
                Ok(Piece::Message(octets)) if is_idle_talk(&octets) => reading.pings += 1,
                Ok(Piece::Message(octets)) => {
                    reading.messages += 1;
                    message(octets);
                }
                Ok(Piece::Ping(octets)) => {
                    reading.pings += 1;
                    reading.reply.extend(encode(Opcode::Pong, &octets, None));
                }
                Ok(Piece::Pong) => {}
                Ok(Piece::Close(code)) => {
                    // its own code comes back, as RFC 6455 §5.5.1 has it
                    let code = code.map(u16::to_be_bytes);
                    let payload = code.as_ref().map_or(&[][..], |code| &code[..]);
                    reading.reply.extend(encode(Opcode::Close, payload, None));
                    reading.end = Ending::Peer;
                }
                Err(violation) => {
                    reading
                        .reply
                        .extend(web_socket::close(violation.close_code()));
                    reading.end = Ending::Refused;
                }
            }
        }
        self.awaiting.read(whole, assembly.is_within(), now);
        reading
    }
}

/// A message as the frame it leaves in: text where it is text, which is all that some browsers'
/// phones read, else octets.
pub(crate) fn framed(message: &[u8]) -> Bytes {
    let opcode = match std::str::from_utf8(message) {
        Ok(_) => Opcode::Text,
        Err(_) => Opcode::Binary,
    };
    encode(opcode, message, None).into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\
        Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Protocol: sip\r\nSec-WebSocket-Version: 13\r\n\r\n";

    fn intake() -> WebIntake {
        WebIntake::new(1_000, Arc::default(), Instant::ZERO)
    }

    fn feed(intake: &mut WebIntake, chunk: &[u8], at_ms: u64) -> (Vec<Bytes>, Reading) {
        let mut messages = Vec::new();
        let now = Instant::from_millis(at_ms);
        let reading = intake.take(chunk, now, |bytes| messages.push(bytes));
        (messages, reading)
    }

    fn opened() -> WebIntake {
        let mut intake = intake();
        let (_, reading) = feed(&mut intake, REQUEST, 0);
        assert!(reading.reply.starts_with(b"HTTP/1.1 101 "));
        assert!(!intake.is_opening());
        intake
    }

    fn frame(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
        encode(opcode, payload, Some([9, 8, 7, 6]))
    }

    #[test]
    fn a_message_sent_with_the_request_comes_out_and_the_answer_goes_first() {
        let mut intake = intake();
        assert!(intake.is_opening());
        let ping = frame(Opcode::Ping, b"p");
        let stream = [REQUEST, &frame(Opcode::Text, b"OPTIONS"), &ping].concat();
        let (messages, reading) = feed(&mut intake, &stream, 3);
        assert_eq!(messages, [b"OPTIONS"[..].to_vec()]);
        assert!(reading.reply.starts_with(b"HTTP/1.1 101 "));
        assert!(reading.reply.ends_with(&encode(Opcode::Pong, b"p", None)));
        assert_eq!((reading.messages, reading.pings), (1, 1));
    }

    #[test]
    fn time_is_counted_for_the_request_for_the_first_message_and_for_each_that_is_not_whole() {
        let mut intake = intake();
        assert_eq!(intake.partial(), Some(Instant::ZERO));
        feed(&mut intake, &REQUEST[..30], 5);
        assert_eq!(intake.partial(), Some(Instant::ZERO));
        feed(&mut intake, &REQUEST[30..], 6);
        assert_eq!(intake.partial(), Some(Instant::from_millis(6)));
        let text = frame(Opcode::Text, b"OPTIONS");
        feed(&mut intake, &text, 7);
        assert_eq!(intake.partial(), None);
        feed(&mut intake, &text[..5], 8);
        feed(&mut intake, &text[5..6], 9);
        assert_eq!(intake.partial(), Some(Instant::from_millis(8)));
        feed(&mut intake, &[&text[6..], &text[..2]].concat(), 10);
        assert_eq!(intake.partial(), Some(Instant::from_millis(10)));
    }

    #[test]
    fn a_close_is_answered_with_its_code_and_ends_the_stream() {
        let mut intake = opened();
        let (_, reading) = feed(&mut intake, &frame(Opcode::Close, &[3, 233]), 1);
        assert_eq!(reading.reply, [0x88, 2, 3, 233]);
        assert!(matches!(reading.end, Ending::Peer));
    }

    #[test]
    fn what_breaks_the_rules_is_told_the_code_and_what_is_no_opening_the_status() {
        let mut intake = opened();
        let (_, reading) = feed(&mut intake, &encode(Opcode::Text, b"bare", None), 1);
        assert_eq!(reading.reply, web_socket::close(1002));
        assert!(matches!(reading.end, Ending::Refused));
        let (_, reading) = feed(&mut self::intake(), b"REGISTER sip:a SIP/2.0\r\n", 1);
        assert!(reading.reply.starts_with(b"HTTP/1.1 400 "));
        assert!(matches!(reading.end, Ending::Refused));
    }

    #[test]
    fn line_ends_in_a_frame_are_a_sign_of_life_and_no_message() {
        let mut intake = opened();
        let (messages, reading) = feed(&mut intake, &frame(Opcode::Text, b"\r\n\r\n"), 1);
        assert_eq!((messages.len(), reading.pings), (0, 1));
        assert!(reading.reply.is_empty());
        assert_eq!(intake.partial(), None);
    }

    #[test]
    fn a_message_leaves_as_text_unless_it_is_none() {
        assert_eq!(framed(b"SIP/2.0 200 OK")[0], 0x81);
        assert_eq!(framed(&[0xff])[0], 0x82);
    }
}
