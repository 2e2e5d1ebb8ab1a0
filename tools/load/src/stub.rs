//! A registrar that thinks of nothing, to see how fast the driver itself is.

use crate::clock::Clock;
use crate::target::Target;
use crate::wire::{Way, Wire, Work, drive};
use bytes::Bytes;
use machine::Instant;
use sip_message::{Limits, Message, Method, Name, response_to};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// The challenge it gives to everybody.
const CHALLENGE: &str = "Digest realm=\"stub\", nonce=\"0123456789abcdef\", algorithm=MD5, \
                         qop=\"auth\"";

struct Stub;

impl Work for Stub {
    fn turn(&mut self, _: Instant, _: &mut Wire) {}

    fn message(&mut self, way: Way, octets: &[u8], _: Instant, wire: &mut Wire) {
        let parsed = Message::parse(Bytes::copy_from_slice(octets), &Limits::DEFAULT);
        let Ok(message) = parsed else { return };
        if message.method() != Some(Method::Register) {
            return;
        }
        let status = if message.has(Name::Authorization) {
            200
        } else {
            401
        };
        let driver = SocketAddr::V4(way.from);
        let mut answer = response_to(&message, status, Some("stub"), driver);
        if status == 401 {
            answer.text(Name::WwwAuthenticate, CHALLENGE);
        }
        wire.send(way.socket, way.from, &answer.finish());
    }

    fn is_over(&self) -> bool {
        false
    }
}

/// Answers the driver's registrations for so long.
///
/// # Errors
/// The address of the exchange is in use.
pub(crate) fn run(target: &Target, length: Duration) -> io::Result<()> {
    let mut wire = Wire::bind(&[target.exchange])?;
    drive(&mut Stub, &mut wire, Clock::start(), length);
    Ok(())
}
