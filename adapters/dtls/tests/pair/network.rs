//! The network between the two, in virtual time.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use dtls::{Association, Node};
use machine::{Instant, Machine, Random};
use sdp::{Fingerprint, IceCredentials};
use srtp::MasterKey;
use webrtc::{Input, Kind, Output, Peer, Role, Transport};

use crate::browser::Browser;

/// Where the browser is.
pub(crate) const BROWSER: SocketAddr =
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9)), 61_022);

/// How long a datagram is under way.
const DELAY: Duration = Duration::from_millis(20);

/// What the network does to datagrams.
#[derive(Debug)]
pub(crate) struct Faults {
    random: Option<Random>,
    /// How many may still be lost: fewer than a handshake has repetitions, so that it always ends
    /// well.
    losses: u32,
}

impl Faults {
    /// Nothing.
    pub(crate) const NONE: Faults = Faults {
        random: None,
        losses: 0,
    };

    /// Loses some, doubles some, and lets some overtake others.
    pub(crate) fn seeded(seed: u64) -> Faults {
        Faults {
            random: Some(Random::from_seed(seed)),
            losses: 5,
        }
    }

    /// How long each copy of the next datagram is under way; no copy when it is lost.
    fn fate(&mut self) -> Vec<Duration> {
        let Some(random) = &mut self.random else {
            return vec![DELAY];
        };
        if self.losses > 0 && random.chance(350) {
            self.losses -= 1;
            return Vec::new();
        }
        let copies = if random.chance(200) { 2 } else { 1 };
        let delay = |random: &mut Random| Duration::from_millis(random.between(5, 90));
        (0..copies).map(|_| delay(random)).collect()
    }
}

/// A datagram under way.
struct Flying {
    at: Instant,
    to_us: bool,
    octets: Vec<u8>,
}

/// Both ends and what flies between them.
pub(crate) struct Network {
    now: Instant,
    faults: Faults,
    flying: VecDeque<Flying>,
    ours: Transport<Association>,
    node: Node,
    browser: Browser,
    browser_is_on: bool,
    told: Vec<Output>,
    heard: Vec<Vec<u8>>,
}

impl Network {
    pub(crate) fn new(
        browser: Browser,
        node: Node,
        credentials: IceCredentials,
        faults: Faults,
    ) -> Network {
        Network {
            now: Instant::ZERO,
            faults,
            flying: VecDeque::new(),
            ours: Transport::new(credentials, Association::new(&node)),
            node,
            browser,
            browser_is_on: true,
            told: Vec::new(),
            heard: Vec::new(),
        }
    }

    pub(crate) fn now(&self) -> Instant {
        self.now
    }

    pub(crate) fn browser(&self) -> &Browser {
        &self.browser
    }

    pub(crate) fn fingerprint(&self) -> &Fingerprint {
        self.node.fingerprint()
    }

    /// What our end has told, without what it has sent.
    pub(crate) fn told(&self) -> &[Output] {
        &self.told
    }

    /// Datagrams of the handshake that have come to us.
    pub(crate) fn heard(&self) -> &[Vec<u8>] {
        &self.heard
    }

    /// What our end was told to take and to send by.
    pub(crate) fn keys(&self) -> Option<(&MasterKey, &MasterKey)> {
        self.told.iter().find_map(|output| match output {
            Output::Keyed { takes, sends } => Some((takes, sends)),
            Output::Send { .. } | Output::Selected(_) | Output::Failed(_) | Output::Gone => None,
        })
    }

    pub(crate) fn describe(&mut self, role: Role, fingerprint: Fingerprint) {
        let fingerprints = vec![fingerprint];
        self.give(Input::Described(Peer { role, fingerprints }));
    }

    /// The browser takes its leave.
    pub(crate) fn hang_up(&mut self) {
        let out = self.browser.hang_up(self.now);
        self.launch(true, out);
    }

    /// The browser neither hears nor says anything more.
    pub(crate) fn switch_off(&mut self) {
        self.browser_is_on = false;
    }

    /// A datagram comes to us, as if from the browser.
    pub(crate) fn inject(&mut self, octets: Vec<u8>) {
        self.give(Input::Datagram {
            from: BROWSER,
            octets,
        });
    }

    /// Lets so much time pass.
    pub(crate) fn run(&mut self, by: Duration) {
        let until = self.now + by;
        while let Some(at) = self.next().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.turn();
        }
        self.now = until;
    }

    fn next(&self) -> Option<Instant> {
        let ours = self.ours.deadline().map(|deadline| deadline.at);
        let browser = self.browser.deadline().filter(|_| self.browser_is_on);
        let flying = self.flying.iter().map(|flying| flying.at).min();
        [ours, browser, flying].into_iter().flatten().min()
    }

    fn turn(&mut self) {
        let mut out = Vec::new();
        self.ours.expire(self.now, &mut out);
        self.sort(out);
        if self.browser_is_on {
            let out = self.browser.wake(self.now);
            self.launch(true, out);
        }
        while let Some(place) = self.flying.iter().position(|f| f.at <= self.now) {
            let landed = self.flying.remove(place).unwrap();
            if landed.to_us {
                if Kind::of(&landed.octets) == Kind::Dtls {
                    self.heard.push(landed.octets.clone());
                }
                self.inject(landed.octets);
            } else if self.browser_is_on {
                let out = self.browser.take(&landed.octets, self.now);
                self.launch(true, out);
            }
        }
    }

    fn give(&mut self, input: Input) {
        let mut out = Vec::new();
        self.ours.handle(input, self.now, &mut out);
        self.sort(out);
    }

    fn sort(&mut self, out: Vec<Output>) {
        for output in out {
            match output {
                Output::Send { to, octets } => {
                    assert_eq!(to, BROWSER);
                    self.launch(false, vec![octets]);
                }
                Output::Selected(_) | Output::Keyed { .. } | Output::Failed(_) | Output::Gone => {
                    self.told.push(output);
                }
            }
        }
    }

    fn launch(&mut self, to_us: bool, datagrams: Vec<Vec<u8>>) {
        for octets in datagrams {
            for delay in self.faults.fate() {
                self.flying.push_back(Flying {
                    at: self.now + delay,
                    to_us,
                    octets: octets.clone(),
                });
            }
        }
    }
}
