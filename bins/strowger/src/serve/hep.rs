//! SIP messages on their way to a capture server, in packets of HEP 3 by datagrams.
//!
//! Nobody waits for it: what the queue has no room for, and what the network does not take, is
//! counted and gone.

use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use capture::redacted;
use config::Capture;
use domain::Way;
use hep::{Below, Packet};
use machine::{Clock, Instant};
use node::Seen;

use crate::failure::Failure;

/// Messages that wait to be told at most; further ones are dropped.
const QUEUE_MAX: usize = 8_192;

/// What became of messages.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Told.
    pub(crate) sent: AtomicU64,
    /// Dropped: too many waited.
    pub(crate) dropped: AtomicU64,
    /// Not taken by the network, or too long for a packet.
    pub(crate) failed: AtomicU64,
}

impl Tally {
    fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// The shard's end.
pub(crate) struct Desk {
    queue: SyncSender<Seen>,
    tally: Arc<Tally>,
}

impl Desk {
    /// Takes messages; never waits.
    pub(crate) fn put(&self, seen: &mut Vec<Seen>) {
        for one in seen.drain(..) {
            match self.queue.try_send(one) {
                Ok(()) => {}
                Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                    Tally::count(&self.tally.dropped);
                }
            }
        }
    }
}

/// Starts telling; it ends when the desk is dropped.
///
/// # Errors
/// The server's name leads nowhere, or the machine gives no socket or thread.
pub(crate) fn start(settings: &Capture, clock: Clock, tally: Arc<Tally>) -> Result<Desk, Failure> {
    let refused = |why: &dyn std::fmt::Display| {
        Failure::new(format!("hep {}: {why}", settings.server)).next("correct --hep HOST:PORT")
    };
    let found = settings.server.to_socket_addrs();
    let mut found = found.map_err(|error| refused(&error))?;
    let server = found
        .next()
        .ok_or_else(|| refused(&"nobody has this name"))?;
    let any: SocketAddr = if server.is_ipv4() {
        (std::net::Ipv4Addr::UNSPECIFIED, 0).into()
    } else {
        (std::net::Ipv6Addr::UNSPECIFIED, 0).into()
    };
    let socket = UdpSocket::bind(any).and_then(|socket| {
        socket.connect(server)?;
        // the thread waits for the queue, not for the network
        socket.set_nonblocking(true)?;
        Ok(socket)
    });
    let socket = socket.map_err(|error| refused(&error))?;
    let (queue, seen) = sync_channel(QUEUE_MAX);
    let teller = Teller {
        socket,
        seen,
        clock,
        agent: settings.agent,
        key: settings.key.clone(),
        tally: Arc::clone(&tally),
    };
    let thread = std::thread::Builder::new().name("hep".to_owned());
    let started = thread.spawn(move || teller.run());
    started.map_err(|error| Failure::internal(error.to_string()))?;
    Ok(Desk { queue, tally })
}

struct Teller {
    socket: UdpSocket,
    seen: Receiver<Seen>,
    clock: Clock,
    agent: u32,
    key: String,
    tally: Arc<Tally>,
}

impl Teller {
    fn run(self) {
        while let Ok(seen) = self.seen.recv() {
            let told = self.packet(&seen);
            let sent = told.is_some_and(|packet| self.socket.send(&packet).is_ok());
            let counter = if sent {
                &self.tally.sent
            } else {
                &self.tally.failed
            };
            Tally::count(counter);
        }
    }

    fn packet(&self, seen: &Seen) -> Option<Vec<u8>> {
        let sighting = &seen.sighting;
        let flow = sighting.flow;
        let (source, destination) = match sighting.way {
            Way::Received => (flow.remote, flow.local),
            Way::Sent => (flow.local, flow.remote),
        };
        let message = redacted(&sighting.bytes);
        let correlation = seen.call.map(|call| call.to_string()).unwrap_or_default();
        let packet = Packet {
            source,
            destination,
            below: if flow.transport == sip_message::Transport::Udp {
                Below::Udp
            } else {
                Below::Tcp
            },
            at_micros: self.micros(sighting.at),
            agent: self.agent,
            key: &self.key,
            correlation: &correlation,
            message: message.as_bytes(),
        };
        packet.encode().ok()
    }

    /// Microseconds since 1970.
    fn micros(&self, at: Instant) -> u64 {
        let zero = u64::try_from(self.clock.wall(Instant::ZERO).unix_ms()).unwrap_or(0);
        let since = at.saturating_since(Instant::ZERO).as_micros();
        zero.saturating_mul(1_000)
            .saturating_add(u64::try_from(since).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use capture::Sighting;
    use ids::CallId;
    use machine::WallTime;
    use sip_message::Flow;
    use std::time::Duration;

    fn seen(text: &str) -> Seen {
        let local = "192.0.2.1:5060".parse().unwrap();
        let remote = "198.51.100.7:5062".parse().unwrap();
        Seen {
            tenant: None,
            call: Some(CallId::new(1, 2)),
            sighting: Sighting {
                at: Instant::ZERO + Duration::from_micros(1_500),
                flow: Flow::udp(local, remote),
                way: Way::Received,
                bytes: Bytes::copy_from_slice(text.as_bytes()),
            },
        }
    }

    /// The value of one chunk of a packet.
    fn chunk(packet: &[u8], sort: u16) -> Vec<u8> {
        let number = |at: usize| u16::from_be_bytes([packet[at], packet[at + 1]]);
        let mut at = 6;
        while at < packet.len() {
            let length = usize::from(number(at + 4));
            if number(at + 2) == sort {
                return packet[at + 6..at + length].to_vec();
            }
            at += length;
        }
        panic!("no chunk {sort}");
    }

    #[test]
    fn a_capture_server_gets_each_message_without_its_secrets() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        server
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        let settings = Capture {
            server: server.local_addr().unwrap().to_string(),
            agent: 77,
            key: "word".to_owned(),
        };
        let tally = Arc::new(Tally::default());
        let clock = Clock::new(WallTime::from_unix_ms(1_764_000_000_000));
        let desk = start(&settings, clock, Arc::clone(&tally)).unwrap();
        let text = "REGISTER sip:a SIP/2.0\r\nAuthorization: Digest response=\"beef\"\r\n\r\n";
        desk.put(&mut vec![seen(text)]);
        let mut packet = vec![0; 65_535];
        let length = server.recv(&mut packet).unwrap();
        packet.truncate(length);
        assert_eq!(&packet[..4], b"HEP3");
        let message = String::from_utf8(chunk(&packet, 15)).unwrap();
        assert!(message.starts_with("REGISTER sip:a"), "{message}");
        assert!(!message.contains("beef"), "{message}");
        assert_eq!(chunk(&packet, 3), [198, 51, 100, 7], "from the phone");
        assert_eq!(chunk(&packet, 4), [192, 0, 2, 1], "to us");
        assert_eq!(chunk(&packet, 9), 1_764_000_000_u32.to_be_bytes());
        assert_eq!(chunk(&packet, 10), 1_500_u32.to_be_bytes());
        assert_eq!(chunk(&packet, 12), 77_u32.to_be_bytes());
        assert_eq!(chunk(&packet, 14), b"word");
        let call = CallId::new(1, 2).to_string();
        assert_eq!(chunk(&packet, 17), call.as_bytes());
    }

    #[test]
    fn a_server_that_has_no_address_is_refused_with_the_setting_to_correct() {
        let settings = Capture {
            server: "no port here".to_owned(),
            agent: 1,
            key: String::new(),
        };
        let clock = Clock::new(WallTime::UNIX_EPOCH);
        assert!(start(&settings, clock, Arc::default()).is_err());
    }

    #[test]
    fn what_the_queue_has_no_room_for_is_counted() {
        let (queue, waiting) = sync_channel(1);
        let tally = Arc::new(Tally::default());
        let desk = Desk {
            queue,
            tally: Arc::clone(&tally),
        };
        desk.put(&mut vec![seen("a"), seen("b"), seen("c")]);
        assert_eq!(tally.dropped.load(Ordering::Relaxed), 2);
        assert!(waiting.recv().is_ok());
    }
}
