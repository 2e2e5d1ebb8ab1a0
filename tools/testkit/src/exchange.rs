//! The product in a box: one shard and one road, as the binary runs them, without sockets.

use crate::{Disk, Packet, REALM, Tapes, Unshaken};
use carrier::{NameQuery, NameReply, Replied};
use domain::{Ban, Cdr, CompiledTenant, Event};
use ids::{FaxId, MusicId, SoundId};
use machine::{Clock, Instant, Random, WallTime};
use media::{
    Air, Command, Lifted, PortLimits, PortRange, Prompt, PromptId, Prompts, Road, Verdict,
};
use node::{
    Answer, Challenges, Config, Contained, DefenceRules, FaxCall, FaxDone, FaxOrder, Fetched,
    FormerRecording, Late, Limits, MusicAsks, Network, Outbox, PromptBook, Question, SayAsk,
    Secrets, Seen, Shard, Stores, Wording,
};
use ports::JournalRecord;
use sip_message::Flow;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// What an exchange is started with.
#[derive(Clone)]
pub struct Setup {
    /// Where it listens.
    pub sip: SocketAddr,
    /// The IP of its media.
    pub media: Ipv4Addr,
    /// First and last media port.
    pub ports: (u16, u16),
    /// The seed of its secrets.
    pub seed: u64,
    /// The time of day at the beginning of the world.
    pub wall: WallTime,
    /// Its settings.
    pub config: Config,
    /// What it plays.
    pub prompts: Arc<Prompts>,
    /// Companies' own music, by its sound; of all other sounds there is nothing.
    pub music: Vec<(SoundId, Arc<Prompt>)>,
    /// Companies' programmes that can go on the air, and what is sent of each.
    pub programmes: Vec<(MusicId, Arc<Air>)>,
    /// What can be said; nobody can say anything else.
    pub sayings: Vec<(Wording, Arc<Prompt>)>,
    /// Recordings of a former life that still run, by their calls.
    pub running: Vec<FormerRecording>,
    /// The time it takes to serve one message, as a busy machine would; zero serves at once.
    pub pace: Duration,
}

/// Ordinary settings for an exchange that listens here.
#[must_use]
pub fn default_config(sip: SocketAddr) -> Config {
    Config {
        realm: REALM.to_owned(),
        challenges: Challenges::Both,
        names: vec!["exchange.example".to_owned()],
        listeners: vec![sip],
        tls_listeners: Vec::new(),
        edges: Vec::new(),
        agent: "Strowger".to_owned(),
        prompts: PromptBook {
            announcement: PromptId(0),
            ringback: PromptId(1),
            alert: PromptId(2),
            music: PromptId(3),
            beep: PromptId(4),
        },
        collects: false,
        authorities: stir::Roots::none(),
        limits: Limits::default(),
        defence: forgiving(),
        registration: registrar::Limits::default(),
        watching: watch::Limits::default(),
        call: call::Config::default(),
    }
}

/// Rules that ban nobody: most tests are about something else, and some send what would be banned.
fn forgiving() -> DefenceRules {
    DefenceRules {
        never: vec![Network::new(Ipv4Addr::UNSPECIFIED.into(), 0)],
        ..DefenceRules::default()
    }
}

impl Setup {
    /// An exchange at 192.0.2.1:5060 with a few hundred media ports and five short prompts.
    #[must_use]
    pub fn ordinary(seed: u64) -> Setup {
        let media = Ipv4Addr::new(192, 0, 2, 1);
        let sip = SocketAddr::from((media, 5060));
        let mut prompts = Prompts::new();
        for octet in [0x31, 0x32, 0x33, 0x34, 0x35] {
            let second = || vec![octet; 8_000];
            let _id = prompts.add(Prompt::encoded(second(), second(), second()));
        }
        Setup {
            sip,
            media,
            ports: (30_000, 30_999),
            seed,
            wall: WallTime::from_unix_ms(1_760_000_000_000),
            config: default_config(sip),
            prompts: Arc::new(prompts),
            music: Vec::new(),
            programmes: Vec::new(),
            sayings: Vec::new(),
            running: Vec::new(),
            pace: Duration::ZERO,
        }
    }
}

/// What is found when it is asked for: certificates of those who sign calls, and companies' music.
#[derive(Default)]
pub struct Published {
    /// Companies' own music, by its sound; of all other sounds there is nothing.
    pub music: Vec<(SoundId, Arc<Prompt>)>,
    /// Companies' programmes that can go on the air, and what is sent of each.
    pub programmes: Vec<(MusicId, Arc<Air>)>,
    /// What can be said; nobody can say anything else.
    pub sayings: Vec<(Wording, Arc<Prompt>)>,
    /// What is found where; all else is never answered.
    pub found: Vec<(String, Fetched)>,
    /// Where they were asked for in this life, oldest first.
    pub asked: Vec<String>,
}

/// When it was born, and when it is free.
struct Times {
    born: Instant,
    /// In its own time, when it is free to serve the next message.
    free_at: Instant,
}

/// One life of an exchange.
pub struct Exchange {
    /// The shard.
    pub shard: Shard,
    /// The road.
    pub road: Road,
    /// Answers to questions, oldest first.
    pub answers: Vec<Answer>,
    /// Finished records that nobody has taken yet.
    pub records: Vec<Cdr>,
    /// What companies were told in this life, oldest first.
    pub events: Vec<Event>,
    /// What became known of calls in this life whose records were finished, oldest first.
    pub late: Late,
    /// What the name system answers; to all else it says that there is nothing.
    pub names: Vec<(NameQuery, NameReply)>,
    /// What is found where proofs say that their certificates are, and companies' music.
    pub certificates: Published,
    /// Messages that were collected in this life, oldest first.
    pub seen: Vec<Seen>,
    /// Sources that were banned in this life, oldest first.
    pub bans: Vec<Ban>,
    /// Devices that were contained in this life, oldest first.
    pub contained: Vec<Contained>,
    /// Where it listens, and the IP of its media.
    at: (SocketAddr, Ipv4Addr),
    /// The time it takes to serve one message; zero serves at once.
    pub pace: Duration,
    times: Times,
    leaving: Leaving,
}

/// What leaves the shard and the road.
#[derive(Default)]
struct Leaving {
    outbox: Outbox,
    tapes: Tapes,
    faxes: Vec<FaxOrder>,
}

/// Messages that an exchange without a pace serves at once at most; no test sends so many.
const AT_ONCE: usize = 1_000_000;

impl Exchange {
    /// Starts an exchange at `now`, which for itself is the beginning of time. What is on the
    /// disk is taken back: bindings, calls, and the records of calls that died.
    ///
    /// # Panics
    /// The media ports of the setup are no range.
    #[must_use]
    pub fn start(
        setup: &Setup,
        life: u64,
        tenants: &[Arc<CompiledTenant>],
        disk: &Disk,
        now: Instant,
    ) -> Exchange {
        let mut random = Random::from_seed(setup.seed).fork(&format!("life {life}"));
        let mut seed = [0; 32];
        random.fill(&mut seed);
        let secrets = Secrets {
            seed,
            identity: Arc::new(Unshaken),
        };
        let since = now.saturating_since(Instant::ZERO);
        let clock = Clock::new(setup.wall + since);
        let range = PortRange {
            v4: Some(setup.media),
            v6: None,
            first: setup.ports.0,
            last: setup.ports.1,
        };
        let stores = Stores {
            journal: Box::new(disk.journal()),
            snapshots: Box::new(disk.snapshots()),
        };
        let ports = (range, PortLimits::default());
        let shard = Shard::new(setup.config.clone(), ports, stores, clock, secrets);
        let Ok(shard) = shard else {
            panic!("the media ports of the setup are no range");
        };
        let limits = media::Limits::default();
        let road = Road::new(limits, Arc::clone(&setup.prompts), random.fork("road"));
        let mut exchange = Exchange {
            shard,
            road,
            answers: Vec::new(),
            records: Vec::new(),
            events: Vec::new(),
            late: Late::default(),
            names: Vec::new(),
            certificates: Published {
                music: setup.music.clone(),
                programmes: setup.programmes.clone(),
                sayings: setup.sayings.clone(),
                ..Published::default()
            },
            seen: Vec::new(),
            bans: Vec::new(),
            contained: Vec::new(),
            at: (setup.sip, setup.media),
            pace: setup.pace,
            times: Times {
                born: now,
                free_at: Instant::ZERO,
            },
            leaving: Leaving::default(),
        };
        for tenant in tenants {
            let tenant = Arc::clone(tenant);
            exchange.shard.tenant_changed(tenant, Instant::ZERO);
        }
        let journal: Vec<JournalRecord> = disk.records();
        exchange.shard.resume_recordings(setup.running.clone());
        let alive = exchange.shard.restore(Instant::ZERO);
        let wall = clock.wall(Instant::ZERO);
        exchange.records = records::recover(journal, &alive, wall);
        disk.ingested(&alive);
        exchange
    }

    /// What was recorded so far.
    #[must_use]
    pub fn tapes(&self) -> &Tapes {
        &self.leaving.tapes
    }

    /// Takes away what was recorded, and gives it what was before.
    pub(crate) fn swap_tapes(&mut self, tapes: Tapes) -> Tapes {
        std::mem::replace(&mut self.leaving.tapes, tapes)
    }

    /// The exchange's own time.
    #[must_use]
    pub fn local(&self, now: Instant) -> Instant {
        Instant::ZERO + now.saturating_since(self.times.born)
    }

    /// Takes a datagram.
    pub fn receive(&mut self, packet: &Packet, now: Instant, out: &mut Vec<Packet>) {
        let local = self.local(now);
        if packet.to == self.at.0 {
            if self.shard.bars(packet.from.ip(), local) {
                return;
            }
            let flow = Flow::udp(self.at.0, packet.from);
            let bytes = packet.bytes.clone();
            self.shard.receive(flow, bytes, local);
            self.serve(local);
        } else {
            let length = packet.bytes.len();
            let mut bytes = packet.bytes.to_vec();
            bytes.resize(length + media::ROOM, 0);
            let mut notices = Vec::new();
            let port = packet.to.port();
            let road = &mut self.road;
            let verdict = road.packet(port, packet.from, &mut bytes, length, local, &mut notices);
            match verdict {
                Verdict::Send {
                    local_port,
                    to,
                    length,
                } => {
                    bytes.truncate(length);
                    let from = SocketAddr::from((self.at.1, local_port));
                    let bytes = bytes.into();
                    out.push(Packet { from, to, bytes });
                }
                Verdict::Lift(id) => {
                    let (from, octets) = (packet.from, packet.bytes.to_vec());
                    self.shard.lifted(Lifted { id, from, octets }, local);
                }
                Verdict::Drop(_) | Verdict::Absorbed | Verdict::Kept => {}
            }
            for notice in notices {
                self.shard.media(notice, local);
            }
        }
        self.settle(now, out);
    }

    /// Serves what waits, as fast as its pace allows.
    fn serve(&mut self, local: Instant) {
        if self.pace.is_zero() {
            self.shard.serve(AT_ONCE, local);
        } else if self.times.free_at <= local && self.shard.waiting() > 0 {
            self.shard.serve(1, local);
            self.times.free_at = local + self.pace;
        }
    }

    /// When it wants to be woken, in the world's time.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let turn = (self.shard.waiting() > 0).then_some(self.times.free_at);
        let deadlines = [self.shard.deadline(), self.road.deadline(), turn];
        let first = deadlines.into_iter().flatten().min()?;
        Some(self.times.born + first.saturating_since(Instant::ZERO))
    }

    /// Does what is due.
    pub fn expire(&mut self, now: Instant, out: &mut Vec<Packet>) {
        let local = self.local(now);
        if self.shard.deadline().is_some_and(|at| at <= local) {
            self.shard.expire(local);
        }
        self.serve(local);
        if self.road.deadline().is_some_and(|at| at <= local) {
            let mut notices = Vec::new();
            let media = self.at.1;
            let mut send = |port: u16, to: SocketAddr, bytes: &[u8]| {
                let from = SocketAddr::from((media, port));
                let bytes = bytes::Bytes::copy_from_slice(bytes);
                out.push(Packet { from, to, bytes });
            };
            self.road.expire(local, &mut send, &mut notices);
            for notice in notices {
                self.shard.media(notice, local);
            }
        }
        self.settle(now, out);
    }

    /// Asks the shard; the answer is in [`Exchange::answers`] afterwards.
    pub fn ask(&mut self, question: Question, now: Instant, out: &mut Vec<Packet>) {
        let local = self.local(now);
        self.shard.ask(question, local);
        self.settle(now, out);
    }

    /// Faxes that began and ended in this life, oldest first; whoever plays the machine looks here
    /// for its line.
    #[must_use]
    pub fn faxes(&self) -> &[FaxOrder] {
        &self.leaving.faxes
    }

    /// Somebody is to be called for a fax.
    pub fn send_fax(&mut self, wanted: &FaxCall, now: Instant, out: &mut Vec<Packet>) {
        let local = self.local(now);
        self.shard.send_fax(wanted, local);
        self.settle(now, out);
    }

    /// A fax machine has done.
    pub fn fax_done(&mut self, done: FaxDone, now: Instant, out: &mut Vec<Packet>) {
        let local = self.local(now);
        self.shard.fax_done(done, local);
        self.settle(now, out);
    }

    /// A fax machine hears another one, and wants to go over to T.38.
    pub fn fax_wanted(&mut self, id: FaxId, now: Instant, out: &mut Vec<Packet>) {
        let local = self.local(now);
        self.shard.fax_wanted(id, local);
        self.settle(now, out);
    }

    fn name_reply(&self, query: &NameQuery) -> NameReply {
        let mut known = self.names.iter();
        let found = known.find(|(name, _)| name == query);
        let ttl = Duration::from_secs(60);
        found.map_or(NameReply::Nothing { ttl }, |(_, reply)| reply.clone())
    }

    /// Hears what is recorded.
    fn record(&mut self) {
        for order in self.leaving.outbox.recordings.drain(..) {
            self.leaving.tapes.order(order);
        }
        if self.road.tapped_since().is_some()
            && let Ok(tapped) = self.road.take_tapped(Box::default())
        {
            self.leaving.tapes.note(&tapped);
        }
    }

    /// Finds the music that is wanted, and says what is to be said.
    fn perform(&mut self, music: MusicAsks, sayings: Vec<SayAsk>, local: Instant) {
        for ask in music.programmes {
            let mut all = self.certificates.programmes.iter();
            let found = all.find(|(programme, _)| *programme == ask.programme);
            let found = found.map(|(_, air)| Arc::clone(air));
            self.shard.station(ask, found, local);
        }
        for ask in music.sounds {
            let mut all = self.certificates.music.iter();
            let found = all.find(|(sound, _)| *sound == ask.sound);
            let found = found.map(|(_, music)| Arc::clone(music));
            self.shard.music(ask, found, local);
        }
        for ask in sayings {
            let mut all = self.certificates.sayings.iter();
            let found = all.find(|(wording, _)| *wording == ask.wording);
            let found = found.map(|(_, prompt)| Arc::clone(prompt));
            self.shard.said(&ask, found, local);
        }
    }

    /// Carries the shard's orders to the road and back until both are still.
    pub fn settle(&mut self, now: Instant, out: &mut Vec<Packet>) {
        let local = self.local(now);
        loop {
            self.shard.take(&mut self.leaving.outbox);
            let commands: Vec<Command> = self.leaving.outbox.media.drain(..).collect();
            let mut notices = Vec::new();
            for command in commands {
                if let Command::Transmit { id, to, octets } = &command
                    && let Some(port) = self.road.port_of(*id)
                {
                    out.push(Packet {
                        from: SocketAddr::from((self.at.1, port)),
                        to: *to,
                        bytes: bytes::Bytes::copy_from_slice(octets),
                    });
                    continue;
                }
                self.road.command(command, local, &mut notices);
            }
            let asked = std::mem::take(&mut self.leaving.outbox.names);
            let wanted = std::mem::take(&mut self.leaving.outbox.certificates);
            let music = std::mem::take(&mut self.leaving.outbox.music);
            let sayings = std::mem::take(&mut self.leaving.outbox.sayings);
            let still = notices.is_empty() && music.is_empty() && sayings.is_empty();
            if still && asked.is_empty() && wanted.is_empty() {
                break;
            }
            self.perform(music, sayings, local);
            for ask in wanted {
                let mut found = self.certificates.found.iter();
                if let Some((x5u, fetched)) = found.find(|(x5u, _)| *x5u == ask.x5u) {
                    self.shard.certificate(x5u, fetched, local);
                }
                self.certificates.asked.push(ask.x5u);
            }
            for ask in asked {
                let reply = self.name_reply(&ask.query);
                let query = ask.query;
                self.shard.named(ask.whose, Replied { query, reply }, local);
            }
            for notice in notices {
                self.shard.media(notice, local);
            }
        }
        self.record();
        out.extend(
            self.leaving
                .outbox
                .transmits
                .drain(..)
                .map(|transmit| Packet {
                    from: transmit.flow.local,
                    to: transmit.flow.remote,
                    bytes: transmit.bytes,
                }),
        );
        self.answers.append(&mut self.leaving.outbox.answers);
        self.records.append(&mut self.leaving.outbox.records);
        self.events.append(&mut self.leaving.outbox.events);
        self.leaving.faxes.append(&mut self.leaving.outbox.faxes);
        self.late.append(&mut self.leaving.outbox.late);
        self.seen.append(&mut self.leaving.outbox.seen);
        self.bans.append(&mut self.leaving.outbox.bans);
        self.contained.append(&mut self.leaving.outbox.contained);
    }
}
