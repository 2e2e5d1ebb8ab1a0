//! Whose packets a leg believes. Everything here is decided from the packet's source and what
//! signalling said; what belongs to nobody else on the port is seen to by the caller.

use std::net::SocketAddr;

use crate::expect::Expect;

/// How a packet from a new source fits a leg.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fit {
    /// Not its peer.
    No,
    /// Its peer may send from anywhere at this IP.
    Now,
    /// Its peer said it sends from this IP but from another port: believed after a while.
    OnTrial,
}

/// What packets of one stream have in common, and the number of one of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Mark {
    /// The source (RFC 3550 §3); none of a fax, whose datagrams name none.
    pub(super) ssrc: Option<u32>,
    pub(super) seq: u16,
}

impl Mark {
    /// Of a datagram of a fax.
    pub(super) fn of_fax(seq: u16) -> Mark {
        Mark { ssrc: None, seq }
    }

    fn next(self) -> Mark {
        Mark {
            seq: self.seq.wrapping_add(1),
            ..self
        }
    }
}

/// A source on trial.
#[derive(Clone, Copy, Debug)]
struct Trial {
    from: SocketAddr,
    next: Mark,
    passed: u8,
}

/// The sources a leg is locked to; first, what each packet asks for.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(super) struct Lock {
    /// Where its RTP comes from; only this is believed once it is known.
    pub(super) source: Option<SocketAddr>,
    /// A new description came: the source may change once more. The former is believed until
    /// then, so that a renewed description does not interrupt the sound.
    pub(super) may_move: bool,
    /// Where its RTCP comes from, when that is a port of its own and was heard.
    pub(super) rtcp: Option<SocketAddr>,
    trial: Option<Trial>,
}

impl Lock {
    /// Takes note of a description that replaces another.
    pub(super) fn redescribe(&mut self, before: &Expect, after: &Expect) {
        self.trial = None;
        if before.udptl != after.udptl && before.declared != after.declared {
            // another stream altogether, from another place
            *self = Lock::default();
        }
        let Some(source) = self.source else { return };
        if after.declared == Some(source) {
            self.may_move = false;
        } else if before.declared != after.declared {
            self.may_move = true;
        }
        if before.declared_rtcp != after.declared_rtcp || before.mux != after.mux {
            self.rtcp = None;
        }
    }

    /// Believes this source from now on.
    pub(super) fn close_on(&mut self, from: SocketAddr) {
        if self.source != Some(from) {
            self.rtcp = None;
        }
        self.source = Some(from);
        self.may_move = false;
        self.trial = None;
    }

    /// Whether a source may still be learnt.
    pub(super) fn is_open(&self) -> bool {
        self.source.is_none() || self.may_move
    }

    /// How a source that is neither locked nor declared fits while the lock is open.
    pub(super) fn fit(&self, expects: &Expect, from: SocketAddr) -> Fit {
        if !self.is_open() {
            return Fit::No;
        }
        let by_signalling = expects.nat || expects.declared.is_none();
        if by_signalling && expects.signalling_ip == Some(from.ip()) {
            return Fit::Now;
        }
        match expects.declared {
            Some(declared) if declared.ip() == from.ip() => Fit::OnTrial,
            Some(_) | None => Fit::No,
        }
    }

    /// Counts a packet of a source on trial; whether it passed. Packets have to follow each
    /// other in one stream from one address.
    pub(super) fn try_out(&mut self, from: SocketAddr, mark: Mark, probation: u8) -> bool {
        let follows = |trial: &Trial| trial.from == from && trial.next == mark;
        let before = self.trial.filter(follows);
        let passed = before.map_or(0, |trial| trial.passed).saturating_add(1);
        self.trial = Some(Trial {
            from,
            next: mark.next(),
            passed,
        });
        passed >= probation
    }

    /// Where to send RTP: where it comes from, or the declared address while nothing came from
    /// it, if that can be trusted.
    pub(super) fn target(&self, expects: &Expect) -> Option<SocketAddr> {
        match self.source {
            Some(source) if !self.may_move => Some(source),
            source => {
                let declared = expects
                    .declared
                    .filter(|at| !expects.nat && is_sendable(*at));
                declared.or(source)
            }
        }
    }

    /// Where to send RTCP when it has a port of its own.
    pub(super) fn rtcp_target(&self, expects: &Expect) -> Option<SocketAddr> {
        let declared = expects
            .declared_rtcp
            .filter(|at| !expects.nat && is_sendable(*at));
        self.rtcp.or(declared)
    }
}

/// Whether an address can be that of one peer.
pub(super) fn is_sendable(at: SocketAddr) -> bool {
    at.port() != 0 && !at.ip().is_unspecified() && !at.ip().is_multicast()
}
