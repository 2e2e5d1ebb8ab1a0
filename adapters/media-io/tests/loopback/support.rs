//! Media threads to be ordered about, and telephones to talk to them.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use media::{Codec, Command, EndpointId, Expect, Format, Formats, LocalMedia, Notice, Prompts};
use media_io::{Config, Control, MediaThreads, WorkerFigures};

/// Longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Port of the first leg; every rig has an address of its own, so ports never collide.
pub(crate) const PORT: u16 = 20_000;

pub(crate) fn pcmu() -> Formats {
    let format = Format {
        payload: 0,
        codec: Codec::Pcmu,
        clock: 8_000,
    };
    [format].into_iter().collect()
}

/// An address of this machine that no other rig has.
pub(crate) fn own_address() -> Ipv4Addr {
    static NEXT: AtomicU8 = AtomicU8::new(1);
    let [high, low, ..] = std::process::id().to_ne_bytes();
    Ipv4Addr::new(127, high.max(1), low, NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Running threads, their control and what they told.
pub(crate) struct Rig {
    pub(crate) threads: MediaThreads,
    pub(crate) control: Control,
    pub(crate) at: Ipv4Addr,
    woken: Receiver<u8>,
    told: Vec<Notice>,
    places: u16,
}

impl Rig {
    pub(crate) fn new() -> Rig {
        Rig::with(Prompts::new(), |_| {})
    }

    pub(crate) fn with(prompts: Prompts, change: impl FnOnce(&mut Config)) -> Rig {
        let at = own_address();
        let mut config = Config {
            bind_v4: Some(at),
            way: crate::WAY,
            ..Config::default()
        };
        change(&mut config);
        let (wake, woken) = sync_channel(100_000);
        let wake = Arc::new(move |shard| {
            let _gone = wake.try_send(shard);
        });
        let start = MediaThreads::start(
            &config,
            &Arc::new(prompts),
            [7; 32],
            Instant::now(),
            &(wake as media_io::Wake),
        );
        let (threads, mut lines) = start.unwrap();
        Rig {
            threads,
            control: lines.controls.remove(0),
            at,
            woken,
            told: Vec::new(),
            places: 0,
        }
    }

    pub(crate) fn order(&mut self, command: Command) {
        self.control.send(command).unwrap();
        self.control.ring();
    }

    /// A new leg on this port, of which this much is known.
    pub(crate) fn open(&mut self, port: u16, expects: Expect) -> EndpointId {
        let id = EndpointId::new(0, 0, self.places, 0);
        self.places += 1;
        let local = LocalMedia {
            ip: self.at.into(),
            rtp: port,
            rtcp: port + 1,
        };
        self.order(Command::Open { id, local, expects });
        id
    }

    /// A leg whose peer has described itself.
    pub(crate) fn leg(&mut self, port: u16, phone: &Phone) -> EndpointId {
        let here = phone.here();
        self.open(port, Expect::described(here, here.ip(), pcmu()))
    }

    /// The leg hears itself from now on.
    pub(crate) fn echo(&mut self, id: EndpointId) {
        self.order(Command::Echo { id });
        self.settle(id);
    }

    /// Two legs hear each other from now on.
    pub(crate) fn bridge(&mut self, a: EndpointId, b: EndpointId) {
        self.order(Command::Bridge { a, b });
        self.settle(a);
    }

    /// Waits until all orders so far are obeyed: they are in their order.
    fn settle(&mut self, id: EndpointId) {
        self.order(Command::Report { id });
        self.notice(|notice| matches!(notice, Notice::Figures { .. }));
    }

    /// The first notice, told already or still to come, for which `which` holds.
    pub(crate) fn notice(&mut self, which: impl Fn(&Notice) -> bool) -> Notice {
        let until = Instant::now() + PATIENCE;
        loop {
            self.control.notices(&mut self.told, 1_000);
            if let Some(at) = self.told.iter().position(&which) {
                return self.told.remove(at);
            }
            let left = until.saturating_duration_since(Instant::now());
            let woken = self.woken.recv_timeout(left);
            assert!(woken.is_ok(), "never told; only {:?}", self.told);
        }
    }

    /// The thread's figures, once they are as awaited.
    pub(crate) fn figures(&self, awaited: impl Fn(&WorkerFigures) -> bool) -> WorkerFigures {
        let until = Instant::now() + PATIENCE;
        loop {
            let figures = self.threads.figures().remove(0);
            if awaited(&figures) {
                return figures;
            }
            assert!(Instant::now() < until, "never so: {figures:?}");
            std::thread::yield_now();
        }
    }

    pub(crate) fn rtp_address(&self, port: u16) -> SocketAddr {
        (self.at, port).into()
    }
}

/// A telephone's sound.
pub(crate) struct Phone {
    socket: UdpSocket,
    ssrc: u32,
    sequence: u16,
}

impl Phone {
    pub(crate) fn new(ssrc: u32) -> Phone {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Phone {
            socket,
            ssrc,
            sequence: 0,
        }
    }

    pub(crate) fn here(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    /// Says 20 ms of this octet.
    pub(crate) fn say(&mut self, to: SocketAddr, octet: u8) {
        let mut packet = vec![0x80, 0];
        packet.extend(self.sequence.to_be_bytes());
        packet.extend((u32::from(self.sequence) * 160).to_be_bytes());
        packet.extend(self.ssrc.to_be_bytes());
        packet.extend([octet; 160]);
        self.sequence = self.sequence.wrapping_add(1);
        assert_eq!(self.socket.send_to(&packet, to).unwrap(), packet.len());
    }

    pub(crate) fn send(&self, to: SocketAddr, octets: &[u8]) {
        self.socket.send_to(octets, to).unwrap();
    }

    /// The next datagram as it came, and whence.
    pub(crate) fn receive(&self) -> (Vec<u8>, SocketAddr) {
        let mut octets = vec![0; 2_000];
        let (length, from) = self
            .socket
            .recv_from(&mut octets)
            .expect("nothing is heard");
        octets.truncate(length);
        (octets, from)
    }

    pub(crate) fn hear(&self) -> Heard {
        let (octets, from) = self.receive();
        let word = |at: usize| u32::from_be_bytes(octets[at..at + 4].try_into().unwrap());
        Heard {
            from,
            sequence: u16::from_be_bytes(octets[2..4].try_into().unwrap()),
            timestamp: word(4),
            ssrc: word(8),
            sound: octets[12..].to_vec(),
        }
    }
}

/// One packet, heard.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) from: SocketAddr,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
    pub(crate) sound: Vec<u8>,
}
