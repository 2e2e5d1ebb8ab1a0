//! A running loop whose handler reports everything, and plain sockets to talk to it.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use machine::Instant;
use net::{
    CloseReason, Config, Failure, Figures, Handler, Limits, Listener, Net, Received, Transmit,
    Waker,
};
use sip_message::Problem;
use sip_message::flow::{Flow, Transport};

/// How long anything may take before a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Reports that may wait to be looked at; more than any test brings about.
const REPORTS: usize = 65_536;

/// What a handler saw.
#[derive(Debug)]
pub(crate) enum Seen {
    Batch(Vec<Received>),
    Malformed(Flow, Problem, Bytes),
    Closed(Flow, CloseReason),
    Failed(Transmit, Failure),
    Expired(Instant),
}

/// What a handler answers to messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Nothing,
    Echo,
}

/// Reports what it sees, sends what it is given.
pub(crate) struct Probe {
    seen: SyncSender<Seen>,
    orders: Arc<Mutex<VecDeque<Transmit>>>,
    answer: Answer,
    pub(crate) deadline: Option<Instant>,
    pub(crate) last_words: Bytes,
    pub(crate) repeat_failures: bool,
    barred: Arc<Mutex<Vec<IpAddr>>>,
    /// The names that awaited flows number.
    pub(crate) names: Vec<Arc<str>>,
    /// Those who say whose their connections are.
    pub(crate) balancers: Vec<IpAddr>,
}

impl Probe {
    fn tell(&self, seen: Seen) {
        // a test that has seen enough is gone
        let _ = self.seen.send(seen);
    }
}

impl Handler for Probe {
    fn receive(&mut self, batch: &mut Vec<Received>, _now: Instant, out: &mut Vec<Transmit>) {
        if self.answer == Answer::Echo {
            let echo = |r: &Received| Transmit {
                flow: r.flow,
                bytes: r.bytes.clone(),
            };
            out.extend(batch.iter().map(echo));
        }
        self.tell(Seen::Batch(std::mem::take(batch)));
    }

    fn name(&self, flow: Flow) -> Option<Arc<str>> {
        let number = usize::try_from(flow.awaited()?).ok()?;
        self.names.get(number).cloned()
    }

    fn bars(&self, ip: IpAddr, _now: Instant) -> bool {
        self.barred.lock().unwrap().contains(&ip)
    }

    fn introduces(&self, ip: IpAddr) -> bool {
        self.balancers.contains(&ip)
    }

    fn malformed(
        &mut self,
        flow: Flow,
        problem: &Problem,
        head: Bytes,
        _now: Instant,
        out: &mut Vec<Transmit>,
    ) {
        out.push(Transmit {
            flow,
            bytes: self.last_words.clone(),
        });
        self.tell(Seen::Malformed(flow, *problem, head));
    }

    fn closed(&mut self, flow: Flow, why: CloseReason, _now: Instant, _out: &mut Vec<Transmit>) {
        self.tell(Seen::Closed(flow, why));
    }

    fn failed(&mut self, transmit: Transmit, why: Failure, _now: Instant, out: &mut Vec<Transmit>) {
        if self.repeat_failures {
            out.push(transmit);
        } else {
            self.tell(Seen::Failed(transmit, why));
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    fn expire(&mut self, now: Instant, _out: &mut Vec<Transmit>) {
        self.deadline = None;
        self.tell(Seen::Expired(now));
    }

    fn inbox(&mut self, _now: Instant, out: &mut Vec<Transmit>) {
        out.extend(self.orders.lock().unwrap().drain(..));
    }
}

/// A loop bound but not yet running: what is sent to it waits in the kernel.
pub(crate) struct Ready {
    net: Net,
    waker: Waker,
    pub(crate) probe: Probe,
    seen: Receiver<Seen>,
}

/// A running loop.
pub(crate) struct Running {
    pub(crate) waker: Waker,
    pub(crate) figures: Arc<Figures>,
    at: Vec<SocketAddr>,
    seen: Receiver<Seen>,
    orders: Arc<Mutex<VecDeque<Transmit>>>,
    barred: Arc<Mutex<Vec<IpAddr>>>,
    thread: Option<JoinHandle<()>>,
}

pub(crate) fn udp(at: &str) -> Listener {
    Listener::udp(at.parse().unwrap())
}

pub(crate) fn tcp(at: &str) -> Listener {
    Listener::tcp(at.parse().unwrap())
}

pub(crate) fn config(listeners: &[Listener], limits: impl Into<Limits>) -> Config {
    Config {
        limits: limits.into(),
        ..Config::new(listeners.to_vec())
    }
}

pub(crate) fn ready(config: Config, answer: Answer) -> Ready {
    let waker = Waker::new().unwrap();
    let net = Net::bind(config, &waker).unwrap();
    let (sender, seen) = mpsc::sync_channel(REPORTS);
    let probe = Probe {
        seen: sender,
        orders: Arc::default(),
        answer,
        deadline: None,
        last_words: Bytes::from_static(b"SIP/2.0 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
        repeat_failures: false,
        barred: Arc::default(),
        names: Vec::new(),
        balancers: Vec::new(),
    };
    Ready {
        net,
        waker,
        probe,
        seen,
    }
}

/// A running loop with default limits.
pub(crate) fn start(listeners: &[Listener], answer: Answer) -> Running {
    ready(config(listeners, Limits::default()), answer).run()
}

impl Ready {
    pub(crate) fn at(&self, index: usize) -> SocketAddr {
        self.net.bound()[index].listener.at
    }

    pub(crate) fn net(&self) -> &Net {
        &self.net
    }

    pub(crate) fn run(self) -> Running {
        let Ready {
            net,
            waker,
            mut probe,
            seen,
        } = self;
        let at = net.bound().iter().map(|bound| bound.listener.at).collect();
        let (figures, orders) = (net.figures(), Arc::clone(&probe.orders));
        let barred = Arc::clone(&probe.barred);
        let thread = std::thread::spawn(move || net.run(&mut probe).unwrap());
        Running {
            waker,
            figures,
            at,
            seen,
            orders,
            barred,
            thread: Some(thread),
        }
    }
}

impl Running {
    pub(crate) fn at(&self, index: usize) -> SocketAddr {
        self.at[index]
    }

    pub(crate) fn next(&self) -> Seen {
        self.seen
            .recv_timeout(PATIENCE)
            .expect("the handler to see something")
    }

    /// The next `n` messages in however many batches, and how large those were.
    pub(crate) fn messages(&self, n: usize) -> (Vec<Received>, Vec<usize>) {
        let (mut all, mut sizes) = (Vec::new(), Vec::new());
        while all.len() < n {
            match self.next() {
                Seen::Batch(batch) => {
                    sizes.push(batch.len());
                    all.extend(batch);
                }
                other => panic!("wanted a batch, saw {other:?}"),
            }
        }
        assert_eq!(all.len(), n, "more messages than were sent");
        (all, sizes)
    }

    pub(crate) fn message(&self) -> Received {
        self.messages(1).0.remove(0)
    }

    pub(crate) fn failed(&self) -> (Transmit, Failure) {
        match self.next() {
            Seen::Failed(transmit, why) => (transmit, why),
            other => panic!("wanted a failure, saw {other:?}"),
        }
    }

    /// The next failure, whatever closed before it.
    pub(crate) fn failed_or_closed(&self) -> (Transmit, Failure) {
        loop {
            match self.next() {
                Seen::Failed(transmit, why) => return (transmit, why),
                Seen::Closed(..) => {}
                other => panic!("wanted a failure, saw {other:?}"),
            }
        }
    }

    pub(crate) fn closed(&self) -> (Flow, CloseReason) {
        match self.next() {
            Seen::Closed(flow, why) => (flow, why),
            other => panic!("wanted a close, saw {other:?}"),
        }
    }

    pub(crate) fn malformed(&self) -> (Flow, Problem, Bytes) {
        match self.next() {
            Seen::Malformed(flow, problem, head) => (flow, problem, head),
            other => panic!("wanted a malformed stream, saw {other:?}"),
        }
    }

    /// Has the handler bar nobody but these.
    pub(crate) fn bar(&self, ips: &[&str]) {
        let ips = ips.iter().map(|ip| ip.parse().unwrap());
        *self.barred.lock().unwrap() = ips.collect();
    }

    /// Has the handler send these.
    pub(crate) fn send(&self, transmits: impl IntoIterator<Item = Transmit>) {
        self.orders.lock().unwrap().extend(transmits);
        self.waker.wake();
    }

    pub(crate) fn send_one(&self, flow: Flow, bytes: impl Into<Bytes>) {
        self.send([Transmit {
            flow,
            bytes: bytes.into(),
        }]);
    }

    pub(crate) fn dial(&self, index: usize) -> TcpStream {
        let stream = TcpStream::connect(self.at(index)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Stops the loop and waits for its end.
    pub(crate) fn stop(&mut self) {
        self.waker.stop();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }

    /// Waits until the loop has counted so much.
    pub(crate) fn until(&self, what: &str, enough: impl Fn(&Figures) -> bool) {
        let begun = std::time::Instant::now();
        while !enough(&self.figures) {
            assert!(
                begun.elapsed() < PATIENCE,
                "never came to {what}: {:?}",
                self.figures
            );
            std::thread::park_timeout(Duration::from_millis(1));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.waker.stop();
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(
                ended.is_ok() || std::thread::panicking(),
                "the loop panicked"
            );
        }
    }
}

pub(crate) fn phone(at: &str) -> UdpSocket {
    let socket = UdpSocket::bind(at).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

pub(crate) fn hear(socket: &UdpSocket) -> Vec<u8> {
    let mut buffer = vec![0; 70_000];
    let n = socket.recv(&mut buffer).unwrap();
    buffer.truncate(n);
    buffer
}

/// A message with `body` octets of body and `mark` to tell it by.
pub(crate) fn message(mark: usize, body: usize) -> Vec<u8> {
    let mut text = format!("OPTIONS sip:{mark}@a SIP/2.0\r\nContent-Length: {body}\r\n\r\n");
    text.extend(std::iter::repeat_n('b', body));
    text.into_bytes()
}

pub(crate) fn read_exactly(stream: &mut impl Read, n: usize) -> Vec<u8> {
    let mut octets = vec![0; n];
    stream.read_exact(&mut octets).unwrap();
    octets
}

/// Everything until the peer says no more.
pub(crate) fn read_to_end(stream: &mut impl Read) -> Vec<u8> {
    let mut octets = Vec::new();
    stream.read_to_end(&mut octets).unwrap();
    octets
}

/// Whether the peer has closed without a word; a reset counts.
pub(crate) fn is_turned_away(stream: &mut TcpStream) -> bool {
    !matches!(stream.read(&mut [0; 1]), Ok(1..))
}

/// Sends a message and waits for its echo.
pub(crate) fn echoes(stream: &mut TcpStream, mark: usize) {
    let sent = message(mark, 10);
    stream.write_all(&sent).unwrap();
    assert_eq!(read_exactly(stream, sent.len()), sent);
}

pub(crate) fn flow_to(transport: Transport, remote: SocketAddr) -> Flow {
    let local = if remote.is_ipv4() {
        "0.0.0.0:0"
    } else {
        "[::]:0"
    };
    Flow {
        transport,
        local: local.parse().unwrap(),
        remote,
        connection: 0,
    }
}
