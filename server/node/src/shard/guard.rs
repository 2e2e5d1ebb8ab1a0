//! The defence, as the shard asks it: whose messages are read, and who has had its answers.

use super::Shard;
use defence::{Offence, Sender};
use domain::{Ban, SourceAddress};
use machine::Instant;
use sip_message::{Flow, Message, Name, Transport};
use sip_stack::transaction::ServerKey;
use std::net::IpAddr;

impl Shard {
    /// Whether nothing that comes from an address is read. The host asks before it hands anything
    /// on, and closes the address's connections.
    #[must_use]
    pub fn bars(&self, ip: IpAddr, now: Instant) -> bool {
        self.door.defence.bars(ip, now)
    }

    /// Bans a source because another node or a person says so.
    pub fn bar(&mut self, ban: &Ban) {
        self.door.defence.bar(ban);
    }

    /// Lifts a ban.
    pub fn lift(&mut self, source: SourceAddress) {
        self.door.defence.lift(source);
    }

    /// What came was no SIP.
    pub(crate) fn garbled(&mut self, flow: &Flow, now: Instant) {
        let offence = Offence::Malformed;
        self.door.defence.offend(sender(flow), offence, now);
    }

    /// Whether a request is of a program that looks for victims; such a one is never answered, not
    /// even with a challenge.
    pub(crate) fn is_of_scanner(&mut self, flow: &Flow, message: &Message, now: Instant) -> bool {
        let agent = message.header(Name::UserAgent).unwrap_or_default();
        let scans = message.is_request() && self.door.defence.is_scanner(agent);
        if scans {
            let offence = Offence::Scanner;
            self.door.defence.offend(sender(flow), offence, now);
        }
        scans
    }

    /// Whether a request without a proof is answered; where its source has had its answers, it is
    /// forgotten.
    pub(crate) fn may_ask(&mut self, key: ServerKey, flow: &Flow, now: Instant) -> bool {
        let may = self.door.defence.may_ask(sender(flow), now);
        self.answered_or_forgotten(key, may)
    }

    /// Whether wrong credentials are answered, likewise. Who answers a challenge that was sent to
    /// its address has not forged it.
    pub(crate) fn may_fail(
        &mut self,
        key: ServerKey,
        flow: &Flow,
        heard: bool,
        now: Instant,
    ) -> bool {
        let mut sender = sender(flow);
        sender.forgeable &= !heard;
        let may = self.door.defence.may_fail(sender, now);
        self.answered_or_forgotten(key, may)
    }

    fn answered_or_forgotten(&mut self, key: ServerKey, may: bool) -> bool {
        if !may {
            self.sip.transactions.ignore(key);
        }
        may
    }
}

/// Only a datagram may come from another address than it says.
fn sender(flow: &Flow) -> Sender {
    Sender {
        ip: flow.remote.ip(),
        forgeable: flow.transport == Transport::Udp,
    }
}
