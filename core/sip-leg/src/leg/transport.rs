//! What comes of a leg's transport: the way that its peer has chosen, keys, and their failure.

use std::net::SocketAddr;

use call::{LegFact, Lost};
use media::Command;
use webrtc::Output;

use super::{Desk, Report, SipLeg};

impl SipLeg {
    /// A datagram of STUN or DTLS has come for the leg.
    pub fn lifted(
        &mut self,
        from: SocketAddr,
        octets: Vec<u8>,
        desk: &mut Desk<'_>,
        reports: &mut Vec<Report>,
    ) {
        let mut outputs = Vec::new();
        self.way.take(from, octets, desk.now, &mut outputs);
        self.obey(outputs, desk, reports);
    }

    /// Brings the transport in line with the descriptions, after anything that may have changed
    /// them.
    pub fn settle(&mut self, desk: &mut Desk<'_>, reports: &mut Vec<Report>) {
        let security = self.sound.security();
        let association = security.association().filter(|_| !self.closed);
        let Some(identity) = security.identity() else {
            return;
        };
        let mut outputs = Vec::new();
        self.way.follow(
            (association, self.sound.unchecked()),
            &**identity,
            desk.now,
            &mut outputs,
        );
        self.obey(outputs, desk, reports);
    }

    pub(super) fn expire_way(&mut self, desk: &mut Desk<'_>, reports: &mut Vec<Report>) {
        let mut outputs = Vec::new();
        self.way.expire(desk.now, &mut outputs);
        self.obey(outputs, desk, reports);
    }

    fn obey(&mut self, outputs: Vec<Output>, desk: &mut Desk<'_>, reports: &mut Vec<Report>) {
        let id = self.sound.endpoint();
        for output in outputs {
            match output {
                Output::Send { to, octets } => {
                    desk.media.push(Command::Transmit { id, to, octets });
                }
                Output::Selected(at) => self.sound.found(at, desk.ports, desk.media),
                Output::Keyed { takes, sends } => {
                    self.sound.shaken((takes, sends), desk.media);
                    reports.push(Report::Known);
                }
                Output::Failed(_) => {
                    reports.push(Report::Fact(LegFact::Lost(Lost::Unheard)));
                }
                Output::Gone => reports.push(Report::Fact(LegFact::Lost(Lost::Gone))),
            }
        }
    }
}
