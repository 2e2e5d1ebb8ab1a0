//! What a loop counts; read from any thread while it runs.

use std::sync::atomic::{AtomicU64, Ordering};

/// One number, written by the loop and read by anyone.
#[derive(Debug, Default)]
pub struct Figure(AtomicU64);

impl Figure {
    /// The present value.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    pub(crate) fn count(&self, n: usize) {
        self.add(u64::try_from(n).unwrap_or(u64::MAX));
    }

    pub(crate) fn one(&self) {
        self.add(1);
    }

    pub(crate) fn less(&self, n: usize) {
        self.0
            .fetch_sub(u64::try_from(n).unwrap_or(0), Ordering::Relaxed);
    }

    pub(crate) fn set(&self, n: usize) {
        self.0
            .store(u64::try_from(n).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

macro_rules! figures {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// Everything a loop counts since it began; a name ending in `_now` is a level, the
        /// others only grow.
        #[derive(Debug, Default)]
        pub struct Figures {
            $($(#[$doc])* pub $name: Figure,)+
        }

        impl Figures {
            /// Every figure with its name, in a fixed order.
            pub fn all(&self) -> impl Iterator<Item = (&'static str, u64)> {
                [$((stringify!($name), self.$name.get()),)+].into_iter()
            }
        }
    };
}

figures! {
    /// Datagrams handed to the handler.
    udp_messages_in,
    /// Octets of those.
    udp_octets_in,
    /// Calls of `recvmmsg` that brought something; messages per call tell how full batches are.
    udp_batches_in,
    /// Datagrams the kernel took.
    udp_messages_out,
    /// Octets of those.
    udp_octets_out,
    /// Calls of `sendmmsg`.
    udp_batches_out,
    /// Datagrams the kernel dropped because a receive buffer was full (`SO_RXQ_OVFL`).
    udp_kernel_drops,
    /// Datagrams dropped because too many waited for the kernel to take them.
    udp_pending_drops,
    /// Datagrams waiting for the kernel to take them.
    udp_pending_now,
    /// Datagrams too long for the path or for UDP.
    udp_too_long,
    /// Datagrams an ICMP message said were not delivered.
    udp_unreachable,
    /// Datagrams thrown away because their source is banned.
    udp_barred,
    /// Datagrams made of CR, LF, NUL or nothing, ignored.
    udp_keepalives,
    /// STUN Binding requests answered.
    stun_answered,
    /// STUN packets that were not a Binding request we can answer.
    stun_ignored,
    /// Messages from streams handed to the handler.
    tcp_messages_in,
    /// Octets read from streams.
    tcp_octets_in,
    /// Messages written whole to streams.
    tcp_messages_out,
    /// Octets written to streams.
    tcp_octets_out,
    /// Keep-alives on streams: double CRLF, and pings of WebSockets.
    tcp_pings,
    /// Streams closed because their octets were no SIP, no frames or passed a limit.
    tcp_malformed,
    /// Connections open or opening.
    tcp_connections_now,
    /// Connections accepted.
    tcp_accepted,
    /// Connections refused because their source had its share.
    tcp_refused_source,
    /// Connections refused because the loop had its share.
    tcp_refused_total,
    /// Connections of TLS, WS and WSS refused because their source began them too often.
    tcp_refused_pace,
    /// Connections refused or closed because their source is banned.
    tcp_barred,
    /// Connections that could not be accepted, most often for want of file descriptors.
    tcp_accept_errors,
    /// Accepted connections of TLS, WS and WSS whose peers may not send messages yet.
    tcp_opening_now,
    /// Such connections whose peers then might.
    tcp_opened,
    /// Such connections refused: no TLS as we speak it, no certificate where there must be one, no
    /// WebSocket for SIP, or a page of an origin that is not let in.
    tcp_opening_refused,
    /// Such connections closed because they took too long.
    tcp_opening_timed_out,
    /// Such connections closed for newer ones, because too many were at it.
    tcp_opening_evicted,
    /// Connections from balancers that did not say whose they are.
    tcp_unintroduced,
    /// Outgoing connections opened.
    tcp_connected,
    /// Outgoing connections that did not open.
    tcp_connect_failures,
    /// Outgoing connections of TLS whose peers did not prove who they are, or agreed on no keys.
    tls_unproved,
    /// Connections closed for silence.
    tcp_idle_closed,
    /// Connections closed because the peer took or sent its octets too slowly.
    tcp_stalled_closed,
    /// Messages refused because too much waited for their connection.
    tcp_write_overflows,
    /// Messages given back to the handler as not sent, on any transport.
    failed,
    /// Times the loop woke.
    turns,
    /// Times it stopped coming first, having used nearly all of its processor.
    stepped_back,
    /// Times the threads that are favoured lost it, having used too much together.
    favour_lost,
}
