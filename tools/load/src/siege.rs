//! A siege: rubbish, forged requests and connections that say half a word, from very many addresses
//! and as fast as one likes. Nobody waits for an answer; what the exchange does for its phones
//! meanwhile is measured by other drivers beside this one.

use crate::clock::Clock;
use crate::sys::{self, BATCH, Mailer, Outbox};
use crate::target::Target;
use machine::{Instant, Random};
use serde::Serialize;
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::Duration;

/// Octets of a sender's buffers. Answers are never read, so little of them is kept.
const BUFFER: i32 = 64 << 10;
/// Between two turns of the loop.
const NAP: Duration = Duration::from_micros(500);
/// Datagrams that are sent late at most, in turns of the loop: a driver that was held up does not
/// send everything at once.
const LATE: Duration = Duration::from_millis(20);
/// Connections held half open at most; the oldest is closed for a new one.
const HALF_OPEN: usize = 2_000;
/// The beginning of a ClientHello of 512 octets (RFC 8446 §5.1), which never goes on.
const HALF_A_HELLO: &[u8] = &[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3];
/// Users that are asked for, as a scanner would.
const USERS: u64 = 20_000;

/// How much of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Siege {
    /// Datagrams per second.
    pub(crate) rate: f64,
    /// For how long.
    pub(crate) length: Duration,
    /// Addresses they come from.
    pub(crate) sources: u16,
    /// Where connections are left half open, and how many begin per second.
    pub(crate) half_open: Option<(SocketAddrV4, f64)>,
}

/// What was sent.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Sent {
    seconds: f64,
    datagrams: u64,
    /// Datagrams that this machine's kernel would not take.
    refused: u64,
    connections: u64,
}

/// Besieges the exchange.
///
/// # Errors
/// An address of the attackers is in use, or there are not enough descriptors.
pub(crate) fn run(target: &Target, siege: Siege) -> io::Result<Sent> {
    let mut attackers = Attackers::gather(target, siege.sources)?;
    let mut connections = VecDeque::new();
    let clock = Clock::start();
    let mut sent = Sent::default();
    let mut datagrams = Due::new(siege.rate);
    let mut opened = siege.half_open.map(|(to, rate)| (to, Due::new(rate)));
    while clock.now() < Instant::ZERO + siege.length {
        let now = clock.now();
        let mut left = datagrams.at(now);
        sent.datagrams += u64::try_from(left).unwrap_or(0);
        while left > 0 {
            let some = left.min(BATCH);
            sent.refused += u64::try_from(attackers.send(some)).unwrap_or(0);
            left -= some;
        }
        if let Some((to, due)) = &mut opened {
            for _ in 0..due.at(now) {
                sent.connections += u64::from(open_half(&mut connections, *to, &mut attackers));
            }
        }
        std::thread::park_timeout(NAP);
    }
    sent.seconds = clock.now().saturating_since(Instant::ZERO).as_secs_f64();
    Ok(sent)
}

/// How many are due at a moment, by a rate; none of them counts what became of the others.
#[derive(Debug)]
struct Due {
    gap: Duration,
    /// The last that was due.
    last: Instant,
}

impl Due {
    fn new(rate: f64) -> Due {
        Due {
            gap: Duration::from_secs_f64(1.0 / rate.max(0.001)),
            last: Instant::ZERO,
        }
    }

    fn at(&mut self, now: Instant) -> usize {
        let late = now.saturating_since(self.last).saturating_sub(LATE);
        self.last += late;
        let mut due = 0;
        while now.saturating_since(self.last) >= self.gap {
            self.last += self.gap;
            due += 1;
        }
        due
    }
}

/// The attackers' sockets, each with an address of its own.
struct Attackers {
    sockets: Vec<UdpSocket>,
    next: usize,
    outbox: Outbox,
    mailer: Mailer,
    random: Random,
    exchange: SocketAddrV4,
    domain: String,
    text: String,
}

impl Attackers {
    fn gather(target: &Target, sources: u16) -> io::Result<Attackers> {
        let addresses = (0..sources).map(|n| SocketAddrV4::new(address(n), 0));
        let sockets: io::Result<Vec<_>> = addresses.map(|at| sys::udp(at, BUFFER)).collect();
        Ok(Attackers {
            sockets: sockets?,
            next: 0,
            outbox: Outbox::default(),
            mailer: Mailer::new(),
            random: Random::from_seed(u64::from(std::process::id())),
            exchange: target.exchange,
            domain: target.domain.clone(),
            text: String::new(),
        })
    }

    /// Sends some datagrams from the next of them; how many were refused.
    fn send(&mut self, count: usize) -> usize {
        self.next = (self.next + 1) % self.sockets.len().max(1);
        for _ in 0..count {
            match self.random.below(6) {
                0 => self.noise(),
                1 => self.cut_short(),
                2 => self.register(false),
                3 => self.register(true),
                4 => self.request("INVITE", "900442079460123", "", "softphone"),
                _ => self.request("OPTIONS", "100", "", "friendly-scanner"),
            }
        }
        let Some(socket) = self.sockets.get(self.next) else {
            return count;
        };
        self.mailer.send(&mut self.outbox, socket.as_raw_fd())
    }

    /// What is no SIP at all.
    fn noise(&mut self) {
        let length = usize::try_from(self.random.between(20, 600)).unwrap_or(20);
        let mut octets = vec![0; length];
        self.random.fill(&mut octets);
        self.outbox.push(self.exchange, &octets);
    }

    /// A request that ends somewhere.
    fn cut_short(&mut self) {
        self.compose("SUBSCRIBE", "100", "", "softphone");
        let at = self
            .random
            .below(u64::try_from(self.text.len()).unwrap_or(1));
        let at = usize::try_from(at).unwrap_or(0);
        let cut = self.text.as_bytes().get(..at).unwrap_or_default();
        self.outbox.push(self.exchange, cut);
    }

    /// A registration of somebody else, with a made-up answer to a challenge or with none.
    fn register(&mut self, answered: bool) {
        let user = format!("u{}", 1_000_000 + self.random.below(USERS));
        let domain = &self.domain;
        let credentials = format!(
            "Authorization: Digest username=\"{user}\", realm=\"{domain}\", nonce=\"{}\", \
             uri=\"sip:{domain}\", algorithm=MD5, qop=auth, nc=00000001, cnonce=\"x\", \
             response=\"{:032x}\"\r\n",
            self.random.token(40),
            self.random.next_u128(),
        );
        let more = if answered { credentials.as_str() } else { "" };
        self.request("REGISTER", &user, more, "softphone");
    }

    fn request(&mut self, method: &str, user: &str, more: &str, agent: &str) {
        self.compose(method, user, more, agent);
        self.outbox.push(self.exchange, self.text.as_bytes());
    }

    fn compose(&mut self, method: &str, user: &str, more: &str, agent: &str) {
        let (word, domain) = (self.random.token(12), &self.domain);
        let from = address(u16::try_from(self.next).unwrap_or(0));
        self.text.clear();
        // writing into a string cannot fail
        let _written = write!(
            self.text,
            "{method} sip:{user}@{domain} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {from}:5060;branch=z9hG4bK{word};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:{user}@{domain}>;tag={word}\r\nTo: <sip:{user}@{domain}>\r\n\
             Call-ID: {word}@{from}\r\nCSeq: 1 {method}\r\nContact: <sip:{user}@{from}:5060>\r\n\
             {more}User-Agent: {agent}\r\nContent-Length: 0\r\n\r\n",
        );
    }
}

/// Begins a connection that never says its second half; whether it began.
fn open_half(held: &mut VecDeque<TcpStream>, to: SocketAddrV4, from: &mut Attackers) -> bool {
    let source = u16::try_from(from.random.below(65_000)).unwrap_or(0);
    let Ok(mut stream) = sys::stream(SocketAddrV4::new(address(source), 0), to) else {
        return false;
    };
    // on loopback it is connected by now, or refused; in either case nothing more is done
    let _said = stream.write(HALF_A_HELLO);
    held.push_back(stream);
    if held.len() > HALF_OPEN {
        held.pop_front();
    }
    true
}

/// The n-th attacker's address.
fn address(n: u16) -> Ipv4Addr {
    let [high, low] = n.to_be_bytes();
    Ipv4Addr::new(127, 9, high, low.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_follows_the_rate_and_is_never_sent_all_at_once() {
        let mut due = Due::new(1_000.0);
        let mut at = |ms| due.at(Instant::from_millis(ms));
        assert_eq!([at(0), at(10), at(15)], [0, 10, 5]);
        assert_eq!(at(10_000), 20);
    }

    #[test]
    fn attackers_are_of_loopback() {
        assert!(
            [0, 255, 256, u16::MAX]
                .map(address)
                .iter()
                .all(Ipv4Addr::is_loopback)
        );
    }
}
