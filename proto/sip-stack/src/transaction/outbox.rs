//! Outbox: where the machines put what is to be sent and told.

use std::collections::VecDeque;

use bytes::Bytes;
use sip_message::Flow;

use super::event::{Event, Transmit};
use super::limits::Figures;
use crate::owner::Owner;

/// Collects the outputs of one shard's machines, in order.
#[derive(Default)]
pub(super) struct Outbox {
    pub(super) transmits: Vec<Transmit>,
    pub(super) events: VecDeque<Event>,
    pub(super) figures: Figures,
}

impl Outbox {
    pub(super) fn send(&mut self, owner: Owner, flow: Flow, bytes: Bytes) {
        self.transmits.push(Transmit { owner, flow, bytes });
    }

    /// Sends something that was sent before.
    pub(super) fn repeat(&mut self, owner: Owner, flow: Flow, bytes: &Bytes) {
        self.figures.repeated += 1;
        self.send(owner, flow, bytes.clone());
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.events.push_back(event);
    }
}

/// The same bytes in an allocation of just their size, for what is kept long.
pub(super) fn exact(bytes: &Bytes) -> Bytes {
    Bytes::copy_from_slice(bytes)
}
