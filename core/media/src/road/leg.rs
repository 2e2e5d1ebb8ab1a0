//! What the road keeps of one leg: fixed in size, made when the leg is opened.

use std::net::SocketAddr;
use std::time::Duration;

use machine::{Instant, TimerHandle};

use super::beside::Beside;
use super::flow::{Inflow, Outflow};
use super::lined::Lined;
use super::lock::Lock;
use super::playing::Playing;
use super::secure::Secure;
use super::table::Key;
use super::tie::Tie;
use super::to_partner::ToPartner;
use crate::expect::Expect;
use crate::format::PayloadSet;
use crate::id::EndpointId;
use crate::ports::LocalMedia;

/// What a leg hears.
#[derive(Clone, Copy, Debug)]
pub(super) enum Feed {
    /// Its partner or its room, if it has one.
    Tied,
    /// Itself.
    Echo,
    /// A prompt.
    Play(Playing),
    /// Its line.
    Line(Lined),
}

impl Feed {
    pub(super) fn is_tied(&self) -> bool {
        match self {
            Feed::Tied => true,
            Feed::Echo | Feed::Play(_) | Feed::Line(_) => false,
        }
    }
}

/// Looks after a leg: whether it sends as it ought to, and how well.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Watch {
    /// Since when packets are awaited; `None` = they are not.
    pub(super) since: Option<Instant>,
    pub(super) timer: Option<TimerHandle>,
    /// Silence was told of and not yet its end.
    pub(super) silent: bool,
    /// When it was looked at last, while there is something to see.
    pub(super) look: Option<Instant>,
}

/// Bounds a leg's rate: the theoretical arrival time of the next packet (a leaky bucket that
/// needs one number).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rate {
    next: Instant,
}

impl Rate {
    /// Whether a packet may pass now, where so many may each second, and so many more in a burst.
    pub(super) fn pass(&mut self, now: Instant, per_second: u16, burst: u16) -> bool {
        let interval = Duration::from_secs(1) / u32::from(per_second.max(1));
        self.pass_after(now, interval, interval * u32::from(burst))
    }

    /// Whether a packet of so many octets may pass now, where so many bits may each second, and as
    /// many more as have that time.
    pub(super) fn pass_bits(
        &mut self,
        now: Instant,
        octets: usize,
        per_second: u32,
        burst: Duration,
    ) -> bool {
        let bits = u64::try_from(octets).unwrap_or(u64::MAX).saturating_mul(8);
        let nanos = bits.saturating_mul(1_000_000_000) / u64::from(per_second.max(1));
        self.pass_after(now, Duration::from_nanos(nanos), burst)
    }

    /// Whether a packet may pass now, which takes so long at the rate there may be.
    fn pass_after(&mut self, now: Instant, interval: Duration, tolerance: Duration) -> bool {
        if self.next > now + tolerance {
            return false;
        }
        self.next = self.next.max(now) + interval;
        true
    }
}

/// How fast a leg's datagrams may come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rates {
    /// Of sound.
    pub(super) media: Rate,
    /// Of checks and handshakes.
    pub(super) lifts: Rate,
}

/// Where the road has put a leg so as to find it again; first, what each packet asks for.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(super) struct Entries {
    /// What goes beside it.
    pub(super) beside: Beside,
    /// The next leg on its local port.
    pub(super) next_on_port: Option<u32>,
    /// In the table: locked and declared source of RTP, then of RTCP.
    pub(super) keys: [Option<Key>; 4],
}

/// One leg. What each packet needs lies together, in the order in which it is written here, so that
/// it takes few lines of the processor's caches.
#[derive(Debug)]
#[repr(C, align(64))]
pub(super) struct Leg {
    pub(super) expects: Expect,
    /// How its packets are protected, if they are.
    pub(super) secure: Secure,
    pub(super) tie: Tie,
    pub(super) lock: Lock,
    pub(super) local: LocalMedia,
    pub(super) held: bool,
    /// What its peer may send; from `expects`, for speed.
    pub(super) payloads: PayloadSet,
    pub(super) rates: Rates,
    pub(super) entries: Entries,
    pub(super) to_partner: ToPartner,
    pub(super) watch: Watch,
    pub(super) feed: Feed,
    pub(super) inflow: Inflow,
    pub(super) outflow: Outflow,
    pub(super) id: EndpointId,
}

impl Leg {
    pub(super) fn new(id: EndpointId, local: LocalMedia, expects: Expect, outflow: Outflow) -> Leg {
        Leg {
            id,
            local,
            payloads: expects.formats.payloads(),
            expects,
            lock: Lock::default(),
            entries: Entries::default(),
            secure: Secure::default(),
            inflow: Inflow::new(),
            outflow,
            rates: Rates::default(),
            feed: Feed::Tied,
            tie: Tie::None,
            to_partner: ToPartner::new(),
            held: false,
            watch: Watch::default(),
        }
    }

    /// The entries it ought to have in the table.
    pub(super) fn wanted_keys(&self) -> [Option<Key>; 4] {
        if self.entries.beside.is_bundled() {
            return [None; 4];
        }
        let open = self.lock.is_open();
        let rtp = |at| Key::new(self.local.rtp, at);
        let rtcp = |at| Key::new(self.local.rtcp, at);
        let declared_rtcp = match (self.expects.mux, self.lock.rtcp) {
            (false, None) => self.expects.declared_rtcp,
            (true, _) | (false, Some(_)) => None,
        };
        [
            self.lock.source.map(rtp),
            self.expects.declared.filter(|_| open).map(rtp),
            self.lock.rtcp.map(rtcp),
            declared_rtcp.map(rtcp),
        ]
    }

    /// Whether RTP is to come: it is connected to something, and its peer said it will send. A fax
    /// is silent for as long as it likes, and so is video: a screen may stand still.
    pub(super) fn is_awaited(&self) -> bool {
        let sounds = !self.is_fax() && !self.entries.beside.is_video();
        self.is_connected() && sounds && self.expects.sends && !self.held
    }

    /// Whether it is connected to something, if only to be on hold.
    pub(super) fn is_connected(&self) -> bool {
        match self.feed {
            Feed::Echo | Feed::Play(_) | Feed::Line(_) => true,
            Feed::Tied => self.tie != Tie::None,
        }
    }

    /// Whether it hears whom it is tied to, so far as that depends on itself.
    pub(super) fn hears_others(&self) -> bool {
        self.feed.is_tied() && !self.held && self.expects.receives
    }

    /// Local port and remote address of what is sent to it. A peer that is found by its checks is
    /// spoken to by keys alone, so nothing goes there before it has them (RFC 5763 section 5).
    pub(super) fn way_out(&self) -> Option<(u16, SocketAddr)> {
        if self.expects.ufrag.is_some() && !self.secure.is_on() {
            return None;
        }
        self.lock
            .target(&self.expects)
            .map(|to| (self.local.rtp, to))
    }

    /// The same for RTCP.
    pub(super) fn rtcp_way_out(&self) -> Option<(u16, SocketAddr)> {
        if self.expects.mux {
            return self.way_out();
        }
        self.lock
            .rtcp_target(&self.expects)
            .map(|to| (self.local.rtcp, to))
    }
}
