//! Both sides of calls in one process, the exchange between them.

use crate::callees::Callees;
use crate::callers::Callers;
use crate::description::Ports;
use crate::voices::Voices;
use crate::wire::{Way, Wire};
use bytes::Bytes;
use machine::Instant;
use sip_message::{Limits, Message};

/// Callers, callees, and what they talk with.
pub(crate) struct Sides<'t> {
    pub(crate) callers: Callers<'t>,
    pub(crate) callees: Callees<'t>,
    /// None where nobody talks.
    pub(crate) voices: Option<Voices>,
    pub(crate) ports: Ports,
}

impl Sides<'_> {
    /// Begins calls that are due, repeats what was not answered.
    pub(crate) fn turn(&mut self, now: Instant, wire: &mut Wire) {
        let (ports, voices) = (&mut self.ports, &mut self.voices);
        self.callers.turn(now, wire, ports, voices);
        self.callees.turn(now, wire);
    }

    /// A message came: by the first socket of the wire for a caller, by any other for a callee.
    pub(crate) fn message(&mut self, way: Way, octets: &[u8], now: Instant, wire: &mut Wire) {
        let bytes = Bytes::copy_from_slice(octets);
        let Ok(message) = Message::parse(bytes, &Limits::DEFAULT) else {
            return;
        };
        let (ports, voices) = (&mut self.ports, &mut self.voices);
        if way.socket == 0 {
            self.callers.message(&message, now, wire, voices);
        } else {
            self.callees
                .message(way.from, &message, now, wire, ports, voices);
        }
    }
}
