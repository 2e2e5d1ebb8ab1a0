//! How the octets of a connection are cut into messages: by their lengths, or by frames.

use bytes::Bytes;
use machine::Instant;

use crate::intake::{Intake, Reading};
use crate::web_intake::WebIntake;

/// The reading half of a connection.
#[derive(Debug)]
pub(crate) enum Framing {
    /// A stream of messages (TCP, TLS).
    Stream(Intake),
    /// A WebSocket (WS, WSS).
    Web(WebIntake),
}

impl Framing {
    /// Takes what was read and hands each message on that it completes.
    pub(crate) fn take(
        &mut self,
        chunk: &[u8],
        now: Instant,
        message: impl FnMut(Bytes),
    ) -> Reading {
        match self {
            Framing::Stream(intake) => intake.take(chunk, now, message),
            Framing::Web(intake) => intake.take(chunk, now, message),
        }
    }

    /// Since when a message is incomplete, or the first one awaited.
    pub(crate) fn partial(&self) -> Option<Instant> {
        match self {
            Framing::Stream(intake) => intake.partial(),
            Framing::Web(intake) => intake.partial(),
        }
    }

    /// What is held of a message that is no message.
    pub(crate) fn head(&self) -> Bytes {
        match self {
            Framing::Stream(intake) => intake.head(),
            Framing::Web(_) => Bytes::new(),
        }
    }

    /// Whether the peer must still ask before it may send messages.
    pub(crate) fn is_opening(&self) -> bool {
        match self {
            Framing::Stream(_) => false,
            Framing::Web(intake) => intake.is_opening(),
        }
    }
}
