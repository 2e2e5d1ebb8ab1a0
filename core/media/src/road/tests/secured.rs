//! Protected packets: who hears whom, and by which keys.

use super::rtcp::{feedback, goodbye, sender_report};
use super::*;
use crate::Keys;
use srtp::{MasterKey, Receiver, Sender, Suite};

pub(super) const FORGED: Verdict = Verdict::Drop(DropReason::Forged);
pub(super) const REPLAYED: Verdict = Verdict::Drop(DropReason::Replayed);

/// The key of one direction: another number is another key.
pub(super) fn key(suite: Suite, number: u8) -> MasterKey {
    MasterKey::new(suite, &vec![number; suite.master_bytes()]).unwrap()
}

/// A peer that protects what it says and understands what is protected for it.
pub(super) struct Peer {
    pub(super) at: &'static str,
    pub(super) port: u16,
    pub(super) keys: Keys,
    sender: Sender,
    receiver: Receiver,
}

impl Peer {
    /// A peer of the leg on this port; its keys are of the number and the one behind.
    pub(super) fn new(at: &'static str, port: u16, suite: Suite, number: u8) -> Peer {
        let keys = Keys {
            takes: key(suite, number),
            sends: key(suite, number + 1),
            resumed: false,
        };
        Peer {
            at,
            port,
            sender: Sender::new(&keys.takes),
            receiver: Receiver::new(&keys.sends),
            keys,
        }
    }

    /// A leg with this peer.
    pub(super) fn leg(&self, rig: &mut Rig) -> EndpointId {
        let id = rig.open(self.port, plain(self.at));
        self.secure(rig, id);
        id
    }

    /// Has the leg protected by its keys.
    pub(super) fn secure(&self, rig: &mut Rig, id: EndpointId) {
        let keys = Some(Box::new(self.keys.clone()));
        rig.order(Command::Secure { id, keys });
    }

    /// Protects by another key from now on.
    fn rekey(&mut self, takes: MasterKey) {
        self.sender = Sender::new(&takes);
        self.keys.takes = takes;
    }

    pub(super) fn protect(&mut self, plain: &[u8]) -> Vec<u8> {
        let mut bytes = plain.to_vec();
        bytes.resize(plain.len() + ROOM, 0);
        let length = self.sender.protect_rtp(&mut bytes, plain.len()).unwrap();
        bytes.truncate(length);
        bytes
    }

    pub(super) fn protect_rtcp(&mut self, plain: &[u8]) -> Vec<u8> {
        let mut bytes = plain.to_vec();
        bytes.resize(plain.len() + ROOM, 0);
        let length = self.sender.protect_rtcp(&mut bytes, plain.len()).unwrap();
        bytes.truncate(length);
        bytes
    }

    /// Says something from where it is.
    pub(super) fn say(&mut self, rig: &mut Rig, packet: Rtp) -> Result<Sent, Verdict> {
        self.say_from(rig, self.at, packet)
    }

    pub(super) fn say_from(
        &mut self,
        rig: &mut Rig,
        from: &str,
        packet: Rtp,
    ) -> Result<Sent, Verdict> {
        let bytes = self.protect(&packet.bytes(&SOUND));
        rig.carry(self.port, from, bytes)
    }

    /// Understands what it was sent.
    pub(super) fn hear(&mut self, sent: &Sent) -> Vec<u8> {
        assert_eq!(sent.to.ip(), addr(self.at).ip());
        let mut bytes = sent.bytes.clone();
        let length = self.receiver.unprotect_rtp(&mut bytes).unwrap();
        bytes.truncate(length);
        bytes
    }

    fn hear_rtcp(&mut self, sent: &Sent) -> Vec<u8> {
        let mut bytes = sent.bytes.clone();
        let length = self.receiver.unprotect_rtcp(&mut bytes).unwrap();
        bytes.truncate(length);
        bytes
    }
}

/// What is said here.
pub(super) const SOUND: [u8; 160] = [0x55; 160];

/// A leg with keys on 30000 and a plain one on 30002, bridged.
fn half_secured(rig: &mut Rig, suite: Suite) -> (Peer, EndpointId, EndpointId) {
    let anna = Peer::new(A, 30_000, suite, 1);
    let a = anna.leg(rig);
    let b = rig.open(30_002, plain(B));
    rig.order(Command::Bridge { a, b });
    (anna, a, b)
}

// rfc: 3711 §3.3
#[test]
fn a_protected_leg_and_a_plain_one_hear_each_other() {
    for suite in Suite::ALL {
        let mut rig = Rig::new();
        let (mut anna, a, b) = half_secured(&mut rig, suite);
        let sent = anna.say(&mut rig, pcmu(7, 1)).unwrap();
        assert_eq!((sent.to, &sent.bytes[12..]), (addr(B), &SOUND[..]));
        let sent = rig.rtp(30_002, B, pcmu(9, 1)).unwrap();
        assert_ne!(sent.bytes[12..172], SOUND, "nobody on the way can hear it");
        assert_eq!(anna.hear(&sent)[12..], SOUND);
        for leg in [a, b] {
            let figures = rig.figures(leg);
            let octets = (figures.received.octets, figures.sent.octets);
            assert_eq!(octets, (172, 172), "plain octets are counted");
        }
    }
}

#[test]
fn legs_with_different_ciphers_hear_each_other() {
    for (one, other) in Suite::ALL.into_iter().zip(Suite::ALL.into_iter().rev()) {
        let mut rig = Rig::new();
        let mut anna = Peer::new(A, 30_000, one, 1);
        let mut bert = Peer::new(B, 30_002, other, 3);
        let (a, b) = (anna.leg(&mut rig), bert.leg(&mut rig));
        rig.order(Command::Bridge { a, b });
        for seq in 0..5 {
            let sent = anna.say(&mut rig, pcmu(7, seq)).unwrap();
            assert_eq!(bert.hear(&sent)[12..], SOUND);
            let sent = bert.say(&mut rig, pcmu(9, seq)).unwrap();
            assert_eq!(anna.hear(&sent)[12..], SOUND);
        }
    }
}

#[test]
fn a_packet_grows_by_no_more_than_the_room_behind_it() {
    for suite in Suite::ALL {
        let mut rig = Rig::new();
        half_secured(&mut rig, suite);
        let sent = rig.rtp(30_002, B, pcmu(9, 1)).unwrap();
        assert!((173..=172 + ROOM).contains(&sent.bytes.len()));
    }
}

#[test]
fn a_packet_without_room_behind_it_is_dropped() {
    let mut rig = Rig::new();
    half_secured(&mut rig, Suite::AesGcm128);
    let malformed = Verdict::Drop(DropReason::Malformed);
    let mut bytes = pcmu(9, 1).bytes(&SOUND);
    let length = bytes.len();
    for (room, passes) in [(0, false), (ROOM - 1, false), (ROOM, true)] {
        bytes.resize(length + room, 0);
        let (now, out) = (rig.now, &mut rig.notices);
        let road = &mut rig.road;
        let verdict = road.packet(30_002, addr(B), &mut bytes, length, now, out);
        assert_eq!(verdict != malformed, passes, "{room}");
    }
    let (now, out) = (rig.now, &mut rig.notices);
    let beyond = rig
        .road
        .packet(30_002, addr(B), &mut bytes, usize::MAX, now, out);
    assert_eq!(beyond, malformed);
}

#[test]
fn a_plain_packet_to_a_protected_leg_is_dropped() {
    let mut rig = Rig::new();
    let (mut anna, a, _) = half_secured(&mut rig, Suite::AesCm128Sha1Tag80);
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 1)), Err(FORGED));
    let short = pcmu(7, 1).bytes(&[]);
    assert!(rig.carry(30_000, A, short).is_err());
    assert_eq!(rig.figures(a).received.packets, 0);
    anna.say(&mut rig, pcmu(7, 1)).unwrap();
}

#[test]
fn an_echo_is_protected_by_the_other_key() {
    let mut rig = Rig::new();
    let mut anna = Peer::new(A, 30_000, Suite::AesGcm256, 1);
    let a = anna.leg(&mut rig);
    rig.order(Command::Echo { id: a });
    for seq in 0..3 {
        let sent = anna.say(&mut rig, pcmu(7, seq)).unwrap();
        assert_eq!(anna.hear(&sent)[12..], SOUND);
    }
}

#[test]
fn a_prompt_is_protected() {
    for suite in Suite::ALL {
        let mut rig = Rig::new();
        let (mut anna, id, _) = half_secured(&mut rig, suite);
        let (prompt, codec) = (PROMPT, PLAY);
        rig.order(Command::Play {
            id,
            prompt,
            codec,
            looped: false,
        });
        let sent = rig.run(Duration::from_millis(200));
        assert_eq!(sent.len(), 5);
        for (n, (_, sent)) in (0..).zip(&sent) {
            assert_eq!(anna.hear(sent)[12..], [n; 160]);
        }
        assert_eq!(rig.figures(id).sent.octets, 5 * 172);
        let sent = rig.rtp(30_002, B, pcmu(9, 1)).unwrap();
        assert_eq!(anna.hear(&sent)[12..], SOUND, "and then its partner");
    }
}

#[test]
fn a_held_leg_goes_on_where_it_was() {
    let mut rig = Rig::new();
    let (mut anna, a, _) = half_secured(&mut rig, Suite::AesCm256Sha1Tag32);
    anna.say(&mut rig, pcmu(7, 1)).unwrap();
    let sent = rig.rtp(30_002, B, pcmu(9, 1)).unwrap();
    anna.hear(&sent);
    rig.order(Command::Hold { id: a, held: true });
    assert_eq!(anna.say(&mut rig, pcmu(7, 2)), Err(Verdict::Absorbed));
    assert_eq!(rig.rtp(30_002, B, pcmu(9, 2)), Err(Verdict::Absorbed));
    rig.order(Command::Hold { id: a, held: false });
    anna.say(&mut rig, pcmu(7, 3)).unwrap();
    let sent = rig.rtp(30_002, B, pcmu(9, 3)).unwrap();
    assert_eq!(anna.hear(&sent)[12..], SOUND);
}

#[test]
fn the_key_presses_of_a_protected_leg_are_told() {
    let mut rig = Rig::new();
    let (mut anna, id, _) = half_secured(&mut rig, Suite::AesGcm128);
    let pressed = rtp::Event {
        code: 5,
        end: true,
        volume: 10,
        duration: 800,
    };
    let key = Rtp {
        pt: 101,
        ..pcmu(7, 1)
    };
    let forged = key.bytes(&pressed.to_bytes());
    assert!(rig.carry(30_000, A, forged.clone()).is_err());
    assert_eq!(rig.take_notices(), [], "nobody presses another's keys");
    let sent = rig.carry(30_000, A, anna.protect(&forged)).unwrap();
    assert_eq!(sent.bytes[12..], pressed.to_bytes());
    let lasts = Duration::from_millis(100);
    let told = Notice::Digit {
        id,
        digit: '5',
        lasts,
    };
    assert!(rig.take_notices().contains(&told));
}

// rfc: 3711 §3.3.1
#[test]
fn keys_as_before_keep_both_counts() {
    let mut rig = Rig::new();
    let (mut anna, a, _) = half_secured(&mut rig, Suite::AesCm128Sha1Tag80);
    let first = anna.protect(&pcmu(7, 65_534).bytes(&SOUND));
    rig.carry(30_000, A, first.clone()).unwrap();
    for seq in [65_535, 0, 1] {
        anna.say(&mut rig, pcmu(7, seq)).unwrap();
    }
    let sent = rig.rtp(30_002, B, pcmu(9, 1)).unwrap();
    anna.hear(&sent);
    let report = || feedback(9, 1);
    let sent = rig.carry(30_003, "2.0.0.2:5001", report()).unwrap();
    anna.hear_rtcp(&sent);
    anna.secure(&mut rig, a);
    assert_eq!(rig.carry(30_000, A, first), Err(REPLAYED));
    anna.say(&mut rig, pcmu(7, 2)).unwrap();
    let sent = rig.carry(30_003, "2.0.0.2:5001", report()).unwrap();
    anna.hear_rtcp(&sent);
}

#[test]
fn a_new_key_of_the_peer_leaves_ours_alone() {
    let mut rig = Rig::new();
    let (mut anna, a, _) = half_secured(&mut rig, Suite::AesGcm128);
    anna.say(&mut rig, pcmu(7, 1)).unwrap();
    for seq in 1..4 {
        let sent = rig.rtp(30_002, B, pcmu(9, seq)).unwrap();
        anna.hear(&sent);
    }
    let late = anna.protect(&pcmu(7, 2).bytes(&SOUND));
    anna.rekey(key(Suite::AesCm256Sha1Tag80, 77));
    anna.secure(&mut rig, a);
    assert_eq!(rig.carry(30_000, A, late), Err(FORGED), "by the old key");
    anna.say(&mut rig, pcmu(7, 3)).unwrap();
    let report = rig.carry(30_003, "2.0.0.2:5001", feedback(9, 1));
    anna.hear_rtcp(&report.unwrap());
    let sent = rig.rtp(30_002, B, pcmu(9, 4)).unwrap();
    assert_eq!(anna.hear(&sent)[12..], SOUND, "its receiver is the same");
}

#[test]
fn a_new_key_of_ours_leaves_the_peers_alone() {
    let mut rig = Rig::new();
    let (mut anna, a, _) = half_secured(&mut rig, Suite::AesGcm128);
    let first = anna.protect(&pcmu(7, 1).bytes(&SOUND));
    rig.carry(30_000, A, first.clone()).unwrap();
    anna.keys.sends = key(Suite::AesCm128Sha1Tag32, 78);
    anna.receiver = Receiver::new(&anna.keys.sends);
    anna.secure(&mut rig, a);
    assert_eq!(rig.carry(30_000, A, first), Err(REPLAYED));
    anna.say(&mut rig, pcmu(7, 2)).unwrap();
    let sent = rig.rtp(30_002, B, pcmu(9, 1)).unwrap();
    assert_eq!(anna.hear(&sent)[12..], SOUND);
}

#[test]
fn a_plain_leg_becomes_a_protected_one_in_the_middle_of_a_call() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    rig.rtp(30_000, A, pcmu(7, 65_530)).unwrap();
    let mut anna = Peer::new(A, 30_000, Suite::AesGcm256, 1);
    anna.secure(&mut rig, a);
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 65_531)), Err(FORGED));
    let sent = anna.say(&mut rig, pcmu(7, 65_532)).unwrap();
    assert_eq!(sent.bytes[12..], SOUND);
    let sent = rig.rtp(30_002, B, pcmu(9, 1)).unwrap();
    assert_eq!(anna.hear(&sent)[12..], SOUND);
}

#[test]
fn without_keys_a_leg_is_plain_again_and_the_same_keys_go_on_from_their_counts() {
    let mut rig = Rig::new();
    let (mut anna, id, _) = half_secured(&mut rig, Suite::AesCm128Sha1Tag80);
    let first = anna.protect(&pcmu(7, 1).bytes(&SOUND));
    rig.carry(30_000, A, first.clone()).unwrap();
    let sent = rig.rtp(30_002, B, pcmu(9, 1)).unwrap();
    anna.hear(&sent);
    let report = || feedback(9, 1);
    let sent = rig.carry(30_003, "2.0.0.2:5001", report()).unwrap();
    anna.hear_rtcp(&sent);
    rig.order(Command::Secure { id, keys: None });
    let sent = rig.rtp(30_000, A, pcmu(7, 2)).unwrap();
    assert_eq!(sent.bytes[12..], SOUND);
    let sent = rig.rtp(30_002, B, pcmu(9, 2)).unwrap();
    assert_eq!(sent.bytes[12..], SOUND);
    anna.secure(&mut rig, id);
    assert_eq!(rig.carry(30_000, A, first), Err(REPLAYED));
    let sent = rig.carry(30_003, "2.0.0.2:5001", report()).unwrap();
    anna.hear_rtcp(&sent);
}

#[test]
fn a_stream_older_than_its_leg_is_resumed() {
    let mut rig = Rig::new();
    let mut anna = Peer::new(A, 30_000, Suite::AesCm128Sha1Tag80, 1);
    for seq in (0..=u16::MAX).step_by(100) {
        anna.protect(&pcmu(7, seq).bytes(&SOUND));
    }
    anna.protect(&pcmu(7, 60).bytes(&SOUND));
    anna.keys.resumed = true;
    let a = anna.leg(&mut rig);
    let b = rig.open(30_002, plain(B));
    rig.order(Command::Bridge { a, b });
    let sent = anna.say(&mut rig, pcmu(7, 61)).unwrap();
    assert_eq!(sent.bytes[12..], SOUND);
}

#[test]
fn a_packet_that_the_network_doubled_is_not_protected_twice() {
    let mut rig = Rig::new();
    half_secured(&mut rig, Suite::AesGcm128);
    rig.rtp(30_002, B, pcmu(9, 1)).unwrap();
    assert_eq!(rig.rtp(30_002, B, pcmu(9, 1)), Err(Verdict::Absorbed));
    rig.rtp(30_002, B, pcmu(9, 2)).unwrap();
}

#[test]
fn keys_for_a_leg_that_is_gone_change_nothing_and_are_counted() {
    let mut rig = Rig::new();
    let anna = Peer::new(A, 30_000, Suite::AesGcm128, 1);
    anna.secure(&mut rig, EndpointId::new(0, 0, 77, 3));
    assert_eq!(rig.road.figures().stale_commands, 1);
}

// rfc: 3711 §3.4
#[test]
fn reports_are_protected_on_a_port_of_their_own_and_on_that_of_the_sound() {
    for mux in [false, true] {
        let mut rig = Rig::new();
        let mut anna = Peer::new(A, 30_000, Suite::AesGcm128, 1);
        let a = anna.leg(&mut rig);
        rig.describe(a, Expect { mux, ..plain(A) });
        let b = rig.open(30_002, plain(B));
        rig.order(Command::Bridge { a, b });
        anna.say(&mut rig, pcmu(7, 1)).unwrap();
        rig.rtp(30_002, B, pcmu(9, 1)).unwrap();
        let (port, at) = if mux {
            (30_000, A)
        } else {
            (30_001, "1.0.0.1:4001")
        };
        let compound = [sender_report(7, 0, None), feedback(7, 1), goodbye(7)].concat();
        let report = anna.protect_rtcp(&compound);
        let sent = rig.carry(port, at, report).unwrap();
        assert_eq!((sent.port, sent.to), (30_003, addr("2.0.0.2:5001")));
        assert_eq!(sent.bytes.len(), 20, "plain, and what was asked alone");
        let back = rig.carry(30_003, "2.0.0.2:5001", feedback(9, 1));
        let back = back.unwrap();
        assert_eq!((back.port, back.to), (port, addr(at)));
        assert_eq!(anna.hear_rtcp(&back).len(), 12);
        assert_eq!(rig.figures(a).rtcp, 1);
    }
}
