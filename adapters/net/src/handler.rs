//! What stands above the loop: the trait it calls and the values that pass.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use machine::Instant;
use sip_message::Problem;
use sip_message::flow::Flow;

/// One message that arrived whole.
#[derive(Debug, Clone)]
pub struct Received {
    /// The way it came, and the way an answer goes.
    pub flow: Flow,
    /// Its octets; never empty.
    pub bytes: Bytes,
}

/// One message to be sent.
///
/// On UDP it leaves from the socket of `flow.local`; a `local` with port 0 means any socket of
/// that family. On streams it goes to the live connection `flow.connection`, else to a live
/// connection of that transport to `flow.remote`; else a connection of TCP is opened (from
/// `flow.local`'s IP unless that is a wildcard). One of TLS is opened where it is awaited
/// (`Flow::awaiting`), to a peer that proves the name that [`Handler::name`] tells, or was so
/// before and is no more; connections to other names are not taken for it. WebSockets, which
/// phones alone open, have failed.
#[derive(Debug, Clone)]
pub struct Transmit {
    /// The way to go.
    pub flow: Flow,
    /// The octets.
    pub bytes: Bytes,
}

/// Why a message was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Failure {
    /// No listener of that transport, family and address.
    NoSocket,
    /// Too long for one datagram or for the path (`EMSGSIZE`); RFC 3261 §18.1.1 would use TCP.
    TooLong,
    /// No way to the remote, or ICMP said that nobody is there.
    Unreachable,
    /// The remote refused the connection, or did not prove who it is.
    Refused,
    /// The connection took longer than [`crate::StreamLimits::connect_timeout`] to open.
    TimedOut,
    /// Too much is waiting for that connection already.
    Overflow,
    /// No further connection may be opened.
    Limit,
    /// The connection closed before the message was written whole, or is one that only its peer
    /// can open again.
    Closed,
}

/// Why a connection is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloseReason {
    /// The peer closed it.
    Peer,
    /// The peer reset it or the network failed.
    Reset,
    /// Nobody said anything for [`crate::StreamLimits::idle_timeout`].
    Idle,
    /// The peer was too slow to take what waited or to finish a message.
    Stalled,
    /// What it sent was no SIP, no TLS, no WebSocket, or passed a limit.
    Malformed,
    /// Its address is one of those that are not read, see [`Handler::bars`].
    Barred,
}

/// The signalling above a loop. Every method runs on the loop's thread and must not block; `out`
/// is sent when it returns.
pub trait Handler {
    /// Messages that arrived together, in the order of each flow; at most twice [`crate::BATCH`]
    /// datagrams or what one read of a stream held. The handler drains `batch`; what it leaves is
    /// discarded.
    fn receive(&mut self, batch: &mut Vec<Received>, now: Instant, out: &mut Vec<Transmit>);

    /// The name, a host name or an address, of which a peer's certificate must be (RFC 5922 §7.3),
    /// where a flow is awaited; without one nothing is opened. The default knows none.
    fn name(&self, flow: Flow) -> Option<Arc<str>> {
        let _ = flow;
        None
    }

    /// Whether nothing from an address is to be read: its datagrams are thrown away before they are
    /// copied, its connections refused, and those it has closed when they bring something. Asked
    /// for each datagram, so it must cost next to nothing. The default reads everybody.
    fn bars(&self, ip: IpAddr, now: Instant) -> bool {
        let _ = (ip, now);
        false
    }

    /// Whether an address is a balancer's: its connections begin by saying whose they are (the
    /// PROXY protocol), and are that peer's from then on. Such an address is never barred itself.
    /// The default believes nobody.
    fn introduces(&self, ip: IpAddr) -> bool {
        let _ = ip;
        false
    }

    /// A stream brought something that is no message or passed a limit; `head` is what is held of
    /// it, possibly nothing. What the handler sends to `flow` now is still written, then the
    /// connection is closed and [`Handler::closed`] follows. The default says nothing.
    fn malformed(
        &mut self,
        flow: Flow,
        problem: &Problem,
        head: Bytes,
        now: Instant,
        out: &mut Vec<Transmit>,
    ) {
        let _ = (flow, problem, head, now, out);
    }

    /// A connection that was open is no more. Everything it brought was received before.
    fn closed(&mut self, flow: Flow, why: CloseReason, now: Instant, out: &mut Vec<Transmit>);

    /// A message could not be sent; `transmit` is what had been asked. After an ICMP report
    /// ([`crate::Config::report_unreachable`]) its octets may be cut short, and since such reports
    /// can be forged, only one that quotes a live transaction's branch should be believed.
    fn failed(&mut self, transmit: Transmit, why: Failure, now: Instant, out: &mut Vec<Transmit>);

    /// When [`Handler::expire`] wants to be called next.
    fn deadline(&self) -> Option<Instant>;

    /// The deadline has passed.
    fn expire(&mut self, now: Instant, out: &mut Vec<Transmit>);

    /// Somebody called [`crate::Waker::wake`] (several calls may become one) or
    /// [`crate::Waker::stop`]; after the latter no method is called again.
    fn inbox(&mut self, now: Instant, out: &mut Vec<Transmit>);
}
