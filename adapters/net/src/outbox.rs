//! What a connection still has to write.

use std::collections::VecDeque;
use std::io::{self, IoSlice, Write};

use bytes::Bytes;
use machine::Instant;

use crate::config::StreamLimits;
use crate::handler::Transmit;
use crate::sys::is_passing;

/// Most pieces given to the kernel by one write.
const PIECES: usize = 64;

/// What one write did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Writing {
    pub(crate) octets: usize,
    pub(crate) messages: usize,
    pub(crate) broken: bool,
}

/// Something waiting to be written.
#[derive(Debug)]
enum Waiting {
    Message(Transmit),
    /// A message in a frame, of whose octets its own are the last.
    Framed(Transmit, Bytes),
    /// What a peer is answered without asking anybody.
    Reply(Bytes),
}

impl Waiting {
    fn octets(&self) -> &[u8] {
        match self {
            Waiting::Message(transmit) => &transmit.bytes,
            Waiting::Framed(_, octets) | Waiting::Reply(octets) => octets,
        }
    }
}

/// The writing half of a connection.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    waiting: VecDeque<Waiting>,
    /// Octets not yet written of all of them.
    octets: usize,
    /// Octets of the first one already written.
    written: usize,
    /// Since when the peer has taken nothing of what waits.
    stalled: Option<Instant>,
}

impl Outbox {
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(crate) fn stalled(&self) -> Option<Instant> {
        self.stalled
    }

    /// Whether so many octets more may wait.
    fn has_room(&self, octets: usize, limits: &StreamLimits) -> bool {
        let octets = self.octets + octets;
        self.waiting.len() < limits.write_messages && octets <= limits.write_octets
    }

    fn push(&mut self, waiting: Waiting) {
        self.octets += waiting.octets().len();
        self.waiting.push_back(waiting);
    }

    /// Puts a message into the queue, or gives it back where too much waits.
    pub(crate) fn put(
        &mut self,
        transmit: Transmit,
        limits: &StreamLimits,
    ) -> Result<(), Transmit> {
        if !self.has_room(transmit.bytes.len(), limits) {
            return Err(transmit);
        }
        self.push(Waiting::Message(transmit));
        Ok(())
    }

    /// The same within a frame, of whose octets the message's own are the last.
    pub(crate) fn put_framed(
        &mut self,
        transmit: Transmit,
        frame: Bytes,
        limits: &StreamLimits,
    ) -> Result<(), Transmit> {
        if !self.has_room(frame.len(), limits) {
            return Err(transmit);
        }
        // the frame is a copy: the message need not be kept beside it
        let head = frame.len().saturating_sub(transmit.bytes.len());
        let bytes = frame.slice(head..);
        self.push(Waiting::Framed(Transmit { bytes, ..transmit }, frame));
        Ok(())
    }

    /// Answers without asking anybody; a peer that takes no answers gets none.
    pub(crate) fn reply(&mut self, octets: Bytes, limits: &StreamLimits) {
        if !octets.is_empty() && self.has_room(octets.len(), limits) {
            self.push(Waiting::Reply(octets));
        }
    }

    /// Writes until nothing waits or the stream takes no more.
    pub(crate) fn write(&mut self, stream: &mut impl Write, now: Instant) -> Writing {
        let mut done = Writing::default();
        while !self.waiting.is_empty() {
            let mut pieces = [IoSlice::new(&[]); PIECES];
            let mut used = 0;
            for (piece, waiting) in pieces.iter_mut().zip(&self.waiting) {
                let skip = if used == 0 { self.written } else { 0 };
                *piece = IoSlice::new(waiting.octets().get(skip..).unwrap_or(&[]));
                used += 1;
            }
            match stream.write_vectored(pieces.get(..used).unwrap_or(&[])) {
                Ok(n) => {
                    done.octets += n;
                    done.messages += self.wrote(n);
                    self.stalled = None;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.stalled = self.stalled.or(Some(now));
                    return done;
                }
                Err(error) if is_passing(&error) => {}
                Err(_) => {
                    done.broken = true;
                    return done;
                }
            }
        }
        match stream.flush() {
            Err(error) if is_passing(&error) => self.stalled = self.stalled.or(Some(now)),
            Err(_) => done.broken = true,
            Ok(()) => self.stalled = None,
        }
        done
    }

    /// Takes `n` written octets off the queue; tells how many messages that completes.
    fn wrote(&mut self, n: usize) -> usize {
        self.octets -= n;
        self.written += n;
        let mut messages = 0;
        while let Some(first) = self.waiting.front() {
            let length = first.octets().len();
            if self.written < length {
                break;
            }
            self.written -= length;
            messages += match first {
                Waiting::Message(_) | Waiting::Framed(..) => 1,
                Waiting::Reply(_) => 0,
            };
            self.waiting.pop_front();
        }
        messages
    }

    /// What was not written whole.
    pub(crate) fn unsent(&mut self) -> impl Iterator<Item = Transmit> {
        self.octets = 0;
        self.written = 0;
        self.waiting.drain(..).filter_map(|waiting| match waiting {
            Waiting::Message(transmit) | Waiting::Framed(transmit, _) => Some(transmit),
            Waiting::Reply(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use std::net::SocketAddr;

    use sip_message::flow::Flow;

    use super::*;

    /// A peer that takes so many octets at a time and so many in all.
    struct Peer {
        at_once: usize,
        room: usize,
        got: Vec<u8>,
    }

    impl Write for Peer {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            self.write_vectored(&[IoSlice::new(octets)])
        }

        fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
            let all: Vec<u8> = pieces.iter().flat_map(|p| p.iter().copied()).collect();
            let n = all.len().min(self.at_once).min(self.room);
            if n == 0 {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            self.room -= n;
            self.got.extend(&all[..n]);
            Ok(n)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn message(octets: &'static [u8]) -> Transmit {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
        Transmit {
            flow: Flow::tcp(nowhere, nowhere, 1),
            bytes: Bytes::from_static(octets),
        }
    }

    fn limits(octets: usize, messages: usize) -> StreamLimits {
        StreamLimits {
            write_octets: octets,
            write_messages: messages,
            ..StreamLimits::default()
        }
    }

    #[test]
    fn everything_arrives_once_and_in_order_however_little_the_peer_takes_at_a_time() {
        for at_once in 1..12 {
            let mut outbox = Outbox::default();
            let limits = limits(100, 100);
            outbox.put(message(b"first"), &limits).unwrap();
            outbox.reply(Bytes::from_static(b"\r\n\r\n"), &limits);
            outbox.put(message(b"second"), &limits).unwrap();
            let mut peer = Peer {
                at_once,
                room: usize::MAX,
                got: Vec::new(),
            };
            let done = outbox.write(&mut peer, Instant::ZERO);
            assert_eq!(
                done,
                Writing {
                    octets: 15,
                    messages: 2,
                    broken: false
                }
            );
            assert_eq!(peer.got, b"first\r\n\r\nsecond");
            assert!(outbox.is_empty());
        }
    }

    #[test]
    fn the_queue_takes_as_many_octets_and_messages_as_its_limits_say_and_no_more() {
        let mut outbox = Outbox::default();
        let octets = limits(6, 100);
        outbox.put(message(b"abc"), &octets).unwrap();
        outbox.put(message(b"def"), &octets).unwrap();
        assert_eq!(
            outbox.put(message(b"g"), &octets).unwrap_err().bytes,
            b"g"[..]
        );
        let mut outbox = Outbox::default();
        let messages = limits(100, 2);
        outbox.put(message(b"abc"), &messages).unwrap();
        outbox.put(message(b"def"), &messages).unwrap();
        assert!(outbox.put(message(b"g"), &messages).is_err());
    }

    #[test]
    fn what_was_written_makes_room_and_what_was_not_written_whole_comes_back() {
        let mut outbox = Outbox::default();
        let limits = limits(6, 100);
        outbox.put(message(b"abc"), &limits).unwrap();
        outbox.put(message(b"def"), &limits).unwrap();
        let mut peer = Peer {
            at_once: 9,
            room: 4,
            got: Vec::new(),
        };
        let done = outbox.write(&mut peer, Instant::from_millis(7));
        assert_eq!(
            done,
            Writing {
                octets: 4,
                messages: 1,
                broken: false
            }
        );
        assert_eq!(outbox.stalled(), Some(Instant::from_millis(7)));
        outbox.put(message(b"ghij"), &limits).unwrap();
        assert!(outbox.put(message(b"k"), &limits).is_err());
        let unsent: Vec<Bytes> = outbox.unsent().map(|t| t.bytes).collect();
        assert_eq!(unsent, [b"def"[..].to_vec(), b"ghij"[..].to_vec()]);
    }

    #[test]
    fn a_message_in_a_frame_leaves_as_the_frame_and_comes_back_as_the_message() {
        let mut outbox = Outbox::default();
        let limits = limits(9, 100);
        let frame = Bytes::from_static(b"<<abc");
        outbox
            .put_framed(message(b"abc"), frame.clone(), &limits)
            .unwrap();
        assert!(outbox.put_framed(message(b"abc"), frame, &limits).is_err());
        let mut peer = Peer {
            at_once: 2,
            room: 4,
            got: Vec::new(),
        };
        outbox.write(&mut peer, Instant::ZERO);
        assert_eq!(peer.got, b"<<ab");
        let unsent: Vec<Bytes> = outbox.unsent().map(|t| t.bytes).collect();
        assert_eq!(unsent, [b"abc"[..].to_vec()]);
    }

    #[test]
    fn a_stall_lasts_from_the_first_refusal_until_anything_is_taken() {
        let mut outbox = Outbox::default();
        outbox
            .put(message(b"abc"), &StreamLimits::default())
            .unwrap();
        let mut peer = Peer {
            at_once: 9,
            room: 0,
            got: Vec::new(),
        };
        outbox.write(&mut peer, Instant::from_millis(1));
        outbox.write(&mut peer, Instant::from_millis(2));
        assert_eq!(outbox.stalled(), Some(Instant::from_millis(1)));
        peer.room = 1;
        outbox.write(&mut peer, Instant::from_millis(3));
        assert_eq!(outbox.stalled(), Some(Instant::from_millis(3)));
        peer.room = 2;
        outbox.write(&mut peer, Instant::from_millis(4));
        assert_eq!(outbox.stalled(), None);
    }
}
