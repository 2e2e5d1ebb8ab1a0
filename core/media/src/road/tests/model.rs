//! Whatever happens: no packet of an unknown source leaves, and none leaves its bridge. What is
//! said in a room leaves by way of the mixer alone, for members of that room (see `rooms/apart`).
//!
//! Random lives of many legs on few shared ports, with peers, transfers and strangers. Next to the
//! road runs a model that knows only the rules: who is bridged with whom, which source is whose and
//! which key.

use std::collections::BTreeMap;

use proptest::prelude::*;
use srtp::{Receiver, Sender, Suite};

use super::secured::key;
use super::*;
use crate::{Keys, RoomId, Seat};

/// Legs at one time.
const LEGS: u8 = 6;

/// Local ports they share.
const PORTS: u8 = 2;

#[derive(Clone, Copy, Debug)]
enum Step {
    Open {
        leg: u8,
        port: u8,
        peer: u8,
        nat: bool,
    },
    Describe {
        leg: u8,
        peer: u8,
        nat: bool,
        receives: bool,
    },
    Bridge {
        a: u8,
        b: u8,
    },
    Unbridge {
        leg: u8,
    },
    Attend {
        leg: u8,
        room: u8,
    },
    Echo {
        leg: u8,
    },
    Play {
        leg: u8,
    },
    Stop {
        leg: u8,
    },
    Hold {
        leg: u8,
        held: bool,
    },
    Close {
        leg: u8,
    },
    /// The leg is protected by the keys of this number, or no longer.
    Secure {
        leg: u8,
        key: Option<u8>,
    },
    /// A packet of the leg's present peer, from its right address.
    Talk {
        leg: u8,
    },
    /// A packet from any address with any stream, protected by any key or none.
    Inject {
        port: u8,
        host: u8,
        door: u8,
        ssrc: u8,
        rtcp: bool,
        key: Option<u8>,
    },
    Pass {
        ms: u16,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let leg = || 0..LEGS;
    prop_oneof![
        3 => (leg(), 0..PORTS, 0..8_u8, any::<bool>())
            .prop_map(|(leg, port, peer, nat)| Step::Open { leg, port, peer, nat }),
        2 => (leg(), 0..8_u8, any::<bool>(), any::<bool>())
            .prop_map(|(leg, peer, nat, receives)| Step::Describe { leg, peer, nat, receives }),
        3 => (leg(), leg()).prop_map(|(a, b)| Step::Bridge { a, b }),
        1 => leg().prop_map(|leg| Step::Unbridge { leg }),
        2 => (leg(), 0..2_u8).prop_map(|(leg, room)| Step::Attend { leg, room }),
        1 => leg().prop_map(|leg| Step::Echo { leg }),
        1 => leg().prop_map(|leg| Step::Play { leg }),
        1 => leg().prop_map(|leg| Step::Stop { leg }),
        1 => (leg(), any::<bool>()).prop_map(|(leg, held)| Step::Hold { leg, held }),
        2 => leg().prop_map(|leg| Step::Close { leg }),
        8 => leg().prop_map(|leg| Step::Talk { leg }),
        3 => (leg(), a_key()).prop_map(|(leg, key)| Step::Secure { leg, key }),
        8 => (0..PORTS, 0..10_u8, 0..3_u8, 0..12_u8, any::<bool>(), a_key()).prop_map(
            |(port, host, door, ssrc, rtcp, key)| {
                Step::Inject { port, host, door, ssrc, rtcp, key }
            }
        ),
        3 => (0..1500_u16).prop_map(|ms| Step::Pass { ms }),
    ]
}

/// None or one of few keys, so that legs of one port have the same now and then.
fn a_key() -> impl Strategy<Value = Option<u8>> {
    prop::option::of(0..4_u8)
}

/// The suite of a key by its number.
fn suite(number: u8) -> Suite {
    Suite::ALL[usize::from(number)]
}

/// By how much the number of the key is higher with which a leg's own packets are protected.
const OURS: u8 = 100;

/// Hosts 0 to 7 may be peers; 8 and 9 never are.
fn host(n: u8) -> IpAddr {
    ip(&format!("5.0.0.{}", n + 1))
}

struct Known {
    id: EndpointId,
    port: u16,
    peers: Vec<u8>,
    learnt: Option<SocketAddr>,
    partner: Option<u8>,
    room: Option<u8>,
    echo: bool,
    key: Option<u8>,
}

/// The keys of this number.
fn keys_of(number: u8) -> Box<Keys> {
    Box::new(Keys {
        takes: key(suite(number), number),
        sends: key(suite(number), number + OURS),
        resumed: false,
    })
}

/// Whether what left is protected for a leg with this key, or plain for one without.
fn is_protected(sent: &Sent, plain: usize, rtcp: bool, key: Option<u8>) -> bool {
    let Some(number) = key else {
        return sent.bytes.len() == plain;
    };
    let mut receiver = Receiver::resumed(&keys_of(number).sends);
    let mut bytes = sent.bytes.clone();
    let length = if rtcp {
        receiver.unprotect_rtcp(&mut bytes)
    } else {
        receiver.unprotect_rtp(&mut bytes)
    };
    length == Ok(plain)
}

/// The same of a report, which is of any length.
fn is_protected_report(sent: &Sent, key: Option<u8>) -> bool {
    let mut bytes = sent.bytes.clone();
    let length = match key {
        Some(number) => {
            let mut receiver = Receiver::resumed(&keys_of(number).sends);
            receiver.unprotect_rtcp(&mut bytes)
        }
        None => Ok(bytes.len()),
    };
    length.is_ok_and(|length| rtp::rtcp::packets(&bytes[..length]).is_some())
}

struct World {
    rig: Rig,
    legs: BTreeMap<u8, Known>,
    generation: u32,
    seq: u16,
    /// What protects the packets of each stream by each key.
    senders: BTreeMap<(u8, u32), Sender>,
}

/// Every other peer understands nothing but PCMA, and all of them talk in PCMU.
fn expectation(peer: u8, nat: bool) -> Expect {
    let signalling = host(peer);
    let mut expects = if nat {
        Expect::described(addr("10.0.0.5:4000"), signalling, usual())
    } else {
        Expect::described(SocketAddr::new(signalling, 4000), signalling, usual())
    };
    if peer % 2 == 1 {
        expects.wants.understands = Some([8].into_iter().collect());
    }
    expects
}

impl World {
    fn new() -> World {
        World {
            rig: Rig::new(),
            legs: BTreeMap::new(),
            generation: 0,
            seq: 0,
            senders: BTreeMap::new(),
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Open {
                leg,
                port,
                peer,
                nat,
            } => self.open(leg, port, peer, nat),
            Step::Describe {
                leg,
                peer,
                nat,
                receives,
            } => {
                if let Some(known) = self.legs.get_mut(&leg) {
                    known.peers.push(peer);
                    let expects = Expect {
                        receives,
                        ..expectation(peer, nat)
                    };
                    let id = known.id;
                    self.rig.describe(id, expects);
                }
            }
            Step::Bridge { a, b } => self.bridge(a, b),
            Step::Unbridge { leg } => self.unbridge(leg),
            Step::Attend { leg, room } => self.attend(leg, room),
            Step::Echo { leg } => self.feed(leg, true, |id| Command::Echo { id }),
            Step::Play { leg } => self.feed(leg, false, |id| Command::Play {
                id,
                prompt: PROMPT,
                codec: PLAY,
                looped: true,
            }),
            Step::Stop { leg } => self.feed(leg, false, |id| Command::Stop { id }),
            Step::Hold { leg, held } => {
                if let Some(known) = self.legs.get(&leg) {
                    let id = known.id;
                    self.rig.order(Command::Hold { id, held });
                }
            }
            Step::Close { leg } => self.close(leg),
            Step::Secure { leg, key } => self.secure(leg, key),
            Step::Talk { leg } => self.talk(leg),
            Step::Inject {
                port,
                host: from,
                door,
                ssrc,
                rtcp,
                key,
            } => {
                let from = SocketAddr::new(host(from), 4000 + u16::from(door) * 2);
                let port = 30_000 + u16::from(port) * 2;
                self.inject(port, from, ssrc.into(), rtcp, key);
            }
            Step::Pass { ms } => self.pass(ms),
        }
        self.hear_notices(None);
    }

    fn open(&mut self, leg: u8, port: u8, peer: u8, nat: bool) {
        if self.legs.contains_key(&leg) {
            return;
        }
        self.generation += 1;
        let id = EndpointId::new(0, 0, leg.into(), self.generation);
        let port = 30_000 + u16::from(port) * 2;
        self.rig.open_as(id, port, expectation(peer, nat));
        let peers = vec![peer];
        self.legs.insert(
            leg,
            Known {
                id,
                port,
                peers,
                learnt: None,
                partner: None,
                room: None,
                echo: false,
                key: None,
            },
        );
    }

    fn bridge(&mut self, a: u8, b: u8) {
        let (Some(one), Some(other)) = (self.legs.get(&a), self.legs.get(&b)) else {
            return;
        };
        let order = Command::Bridge {
            a: one.id,
            b: other.id,
        };
        self.rig.order(order);
        if a == b {
            return;
        }
        self.part(a);
        self.part(b);
        for (leg, partner) in [(a, b), (b, a)] {
            if let Some(known) = self.legs.get_mut(&leg) {
                known.partner = Some(partner);
                known.echo = false;
            }
        }
    }

    fn attend(&mut self, leg: u8, room: u8) {
        let Some(known) = self.legs.get(&leg) else {
            return;
        };
        self.rig.order(Command::Attend {
            id: known.id,
            room: RoomId(room.into()),
            seat: Seat::default(),
        });
        self.part(leg);
        if let Some(known) = self.legs.get_mut(&leg) {
            known.room = Some(room);
            known.echo = false;
        }
    }

    fn part(&mut self, leg: u8) {
        let known = self.legs.get_mut(&leg);
        let partner = known.and_then(|known| {
            known.room = None;
            known.partner.take()
        });
        if let Some(other) = partner.and_then(|partner| self.legs.get_mut(&partner)) {
            other.partner = None;
        }
    }

    fn unbridge(&mut self, leg: u8) {
        if let Some(known) = self.legs.get(&leg) {
            let id = known.id;
            self.rig.order(Command::Unbridge { id });
            self.part(leg);
        }
    }

    fn feed(&mut self, leg: u8, echo: bool, order: impl Fn(EndpointId) -> Command) {
        if let Some(known) = self.legs.get_mut(&leg) {
            known.echo = echo;
            if echo {
                known.room = None;
            }
            let order = order(known.id);
            self.rig.order(order);
        }
    }

    fn close(&mut self, leg: u8) {
        if let Some(known) = self.legs.get(&leg) {
            let id = known.id;
            self.rig.order(Command::Close { id });
            let goodbyes = self.rig.run_reporting(Duration::ZERO);
            self.assert_sent(goodbyes);
            self.part(leg);
            self.legs.remove(&leg);
        }
    }

    fn secure(&mut self, leg: u8, number: Option<u8>) {
        let Some(known) = self.legs.get_mut(&leg) else {
            return;
        };
        known.key = number;
        let (id, keys) = (known.id, number.map(keys_of));
        self.rig.order(Command::Secure { id, keys });
    }

    fn talk(&mut self, leg: u8) {
        let Some(known) = self.legs.get(&leg) else {
            return;
        };
        let peer = known.peers.last().copied().unwrap();
        let from = known.learnt.unwrap_or(SocketAddr::new(host(peer), 4000));
        self.inject(known.port, from, 100 + u32::from(leg), false, known.key);
    }

    /// A packet from anywhere; judges what leaves because of it.
    fn inject(&mut self, port: u16, from: SocketAddr, ssrc: u32, rtcp: bool, key: Option<u8>) {
        self.seq = self.seq.wrapping_add(1);
        let plain = if rtcp {
            let mut bytes = vec![0x80, 201, 0, 1];
            bytes.extend_from_slice(&ssrc.to_be_bytes());
            bytes
        } else {
            pcmu(ssrc, self.seq).bytes(&[0; 160])
        };
        let bytes = self.protected(&plain, ssrc, rtcp, key);
        let length = bytes.len();
        let at = port + u16::from(rtcp);
        let result = self.rig.carry(at, &from.to_string(), bytes);
        self.hear_notices(Some(key));
        let Ok(sent) = result else {
            return;
        };
        let owners = self.owners(port, from, rtcp, key);
        let fits = owners.iter().any(|owner| {
            let known = &self.legs[owner];
            // To a leg without keys any octets are a sound.
            let heard = known.key.map_or(length, |_| plain.len());
            let listener = if known.echo {
                Some(*owner)
            } else {
                known.partner
            };
            listener.is_some_and(|listener| {
                self.goes_to(listener, sent.port & !1, sent.to)
                    && is_protected(&sent, heard, rtcp, self.legs[&listener].key)
            })
        });
        assert!(
            fits,
            "{} by {} is no peer of who hears {owners:?}",
            sent.to, sent.port
        );
    }

    /// The packet as who has the key sends it.
    fn protected(&mut self, plain: &[u8], ssrc: u32, rtcp: bool, key: Option<u8>) -> Vec<u8> {
        let mut bytes = plain.to_vec();
        let Some(number) = key else { return bytes };
        let fresh = || Sender::new(&keys_of(number).takes);
        let sender = self.senders.entry((number, ssrc)).or_insert_with(fresh);
        bytes.resize(plain.len() + ROOM, 0);
        let length = if rtcp {
            sender.protect_rtcp(&mut bytes, plain.len())
        } else {
            sender.protect_rtp(&mut bytes, plain.len())
        };
        bytes.truncate(length.unwrap());
        bytes
    }

    /// The legs that may take a packet from this source and, if they have keys, with this key: of
    /// RTP the one locked to exactly it; of RTCP those whose peer it ever was, which the road tells
    /// apart by stream.
    fn owners(&self, port: u16, from: SocketAddr, rtcp: bool, key: Option<u8>) -> Vec<u8> {
        let owns = |known: &Known| {
            let peer = known.peers.iter().any(|peer| host(*peer) == from.ip());
            let source = rtcp || known.learnt == Some(from);
            known.port == port && peer && source && (known.key.is_none() || known.key == key)
        };
        let legs = self.legs.iter().filter(|(_, known)| owns(known));
        let owners: Vec<u8> = legs.map(|(leg, _)| *leg).collect();
        assert!(
            owners.len() == 1 || rtcp && !owners.is_empty(),
            "{from} is the peer of no leg of {port} but was forwarded: {owners:?}"
        );
        owners
    }

    /// Whether what is sent to a leg leaves by its own port and goes to an address of its own
    /// peers.
    fn goes_to(&self, listener: u8, local_port: u16, to: SocketAddr) -> bool {
        let known = &self.legs[&listener];
        let mut peers = known.peers.iter();
        local_port == known.port && peers.any(|peer| host(*peer) == to.ip())
    }

    fn pass(&mut self, ms: u16) {
        let sent = self.rig.run_reporting(Duration::from_millis(ms.into()));
        self.assert_rooms();
        self.assert_sent(sent);
    }

    /// Whether all that was sent is a frame, nothing to keep a way open, or a report, and goes to
    /// a leg's peer by that leg's port.
    fn assert_sent(&self, sent: Vec<(Instant, Sent)>) {
        for (_, frame) in sent {
            let report = rtp::looks_like_rtcp(&frame.bytes);
            let fits = |known: &&Known| {
                known.port == frame.port & !1
                    && known.peers.iter().any(|peer| host(*peer) == frame.to.ip())
                    && if report {
                        is_protected_report(&frame, known.key)
                    } else {
                        let sound = |octets| is_protected(&frame, octets, false, known.key);
                        sound(172) || sound(12)
                    }
            };
            assert!(
                self.legs.values().any(|known| fits(&known)),
                "{} {}",
                frame.port,
                frame.to
            );
        }
    }

    /// Whether there are rooms for those who attend, and no others.
    fn assert_rooms(&self) {
        let attending = self.legs.values().filter_map(|known| known.room);
        let rooms: std::collections::BTreeSet<u8> = attending.clone().collect();
        let figures = self.rig.road.room_figures();
        let expected = (rooms.len(), attending.count());
        let expected = (expected.0 as u64, expected.1 as u64);
        assert_eq!((figures.present, figures.members), expected);
    }

    /// What a packet with this key, if it was one, has taught.
    fn hear_notices(&mut self, packet: Option<Option<u8>>) {
        for notice in self.rig.take_notices() {
            if let Notice::Learnt { id, from } = notice {
                let known = self.legs.values_mut().find(|known| known.id == id).unwrap();
                let peer = known.peers.iter().any(|peer| host(*peer) == from.ip());
                assert!(peer, "learnt a stranger: {from}");
                let proved = known.key.is_none() || packet == Some(known.key);
                assert!(proved, "learnt without a proof: {from}");
                known.learnt = Some(from);
            }
        }
        // No two legs of a port believe the same source.
        let mut sources: Vec<_> = self
            .legs
            .values()
            .filter_map(|known| Some((known.port, known.learnt?)))
            .collect();
        let count = sources.len();
        sources.sort();
        sources.dedup();
        assert_eq!(sources.len(), count);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_packet_leaves_its_bridge_and_no_stranger_is_heard(
        steps in prop::collection::vec(step(), 1..150)
    ) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
        }
        let legs: Vec<u8> = world.legs.keys().copied().collect();
        for leg in legs {
            world.close(leg);
        }
        world.assert_rooms();
        let road = &world.rig.road;
        prop_assert_eq!((road.table.len(), road.timers.len()), (0, 0));
        prop_assert_eq!(road.figures().stale_commands, 0);
    }

    #[test]
    fn garbage_on_any_port_is_survived(
        datagrams in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 1..60),
        heads in prop::collection::vec((0x80..0xc0_u8, 190..225_u8), 60),
    ) {
        let mut rig = Rig::new();
        let (a, _) = rig.bridged();
        rig.rtp(30_000, A, pcmu(7, 1)).unwrap();
        for (mut bytes, (first, second)) in datagrams.into_iter().zip(heads) {
            for port in [30_000, 30_001] {
                for from in [A, "1.0.0.1:4001"] {
                    rig.datagram(port, from, &mut bytes.clone());
                }
            }
            if let [one, two, ..] = &mut bytes[..] {
                (*one, *two) = (first, second);
            }
            let length = bytes.len();
            if let Verdict::Send { length: sent, .. } = rig.datagram(30_000, A, &mut bytes) {
                prop_assert!(sent <= length);
            }
        }
        rig.order(Command::Close { id: a });
    }
}
