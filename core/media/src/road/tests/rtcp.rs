//! What peers say by RTCP, whose it is, and what of it goes to the other side of a bridge.

use super::*;
use rtp::rtcp::{Packet, ReportBlock, packets};

fn packet(kind: u8, count: u8, body: &[u8]) -> Vec<u8> {
    let words = u16::try_from(body.len() / 4).unwrap();
    let mut bytes = vec![0x80 | count, kind];
    bytes.extend_from_slice(&words.to_be_bytes());
    bytes.extend_from_slice(body);
    bytes
}

fn block(ssrc: u32, highest_seq: u32) -> ReportBlock {
    ReportBlock {
        ssrc,
        fraction_lost: 5,
        cumulative_lost: 3,
        highest_seq,
        jitter: 80,
        last_sr: 1,
        delay_since_last_sr: 2,
    }
}

pub(super) fn sender_report(ssrc: u32, rtp_ts: u32, about: Option<ReportBlock>) -> Vec<u8> {
    let mut body = ssrc.to_be_bytes().to_vec();
    body.extend_from_slice(&[9; 8]);
    for number in [rtp_ts, 100, 16_000] {
        body.extend_from_slice(&number.to_be_bytes());
    }
    body.extend(about.iter().flat_map(|block| block.to_bytes()));
    packet(200, u8::from(about.is_some()), &body)
}

fn description(ssrc: u32, name: &[u8; 6]) -> Vec<u8> {
    let mut body = ssrc.to_be_bytes().to_vec();
    body.extend_from_slice(&[1, 6]);
    body.extend_from_slice(name);
    body.extend_from_slice(&[0; 4]);
    packet(202, 1, &body)
}

pub(super) fn goodbye(ssrc: u32) -> Vec<u8> {
    packet(203, 1, &ssrc.to_be_bytes())
}

/// A picture was lost (RFC 4585 section 6.3.1).
pub(super) fn feedback(sender: u32, source: u32) -> Vec<u8> {
    let body = [sender.to_be_bytes(), source.to_be_bytes()].concat();
    packet(206, 1, &body)
}

/// Sends one RTP packet each way; what each side heard.
fn talk(rig: &mut Rig) -> (Rtp, Rtp) {
    let to_b = Rtp::read(&rig.rtp(30_000, A, pcmu(7, 100)).unwrap().bytes);
    let to_a = Rtp::read(&rig.rtp(30_002, B, pcmu(9, 500)).unwrap().bytes);
    rig.take_notices();
    (to_b, to_a)
}

fn rtcp(rig: &mut Rig, port: u16, from: &str, bytes: Vec<u8>) -> Result<Sent, Verdict> {
    rig.carry(port, from, bytes)
}

const A_RTCP: &str = "1.0.0.1:4001";

#[test]
fn what_a_peer_reports_is_counted_on_its_leg() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    let (_, to_a) = talk(&mut rig);
    for seq in 501..600 {
        rig.rtp(30_002, B, pcmu(9, seq)).unwrap();
    }
    let clean = rig.figures(a).sent.mos_centi;
    let report = sender_report(7, 0, Some(block(to_a.ssrc, 1)));
    let taken = Err(Verdict::Absorbed);
    assert_eq!(rtcp(&mut rig, 30_001, A_RTCP, report), taken);
    let figures = rig.figures(a);
    assert_eq!(
        (figures.sent.lost, figures.sent.jitter_us, figures.rtcp),
        (3, 10_000, 1)
    );
    assert!(figures.sent.mos_centi < clean);
    let foreign = sender_report(
        7,
        0,
        Some(ReportBlock {
            cumulative_lost: 50,
            ..block(0xbad, 1)
        }),
    );
    assert_eq!(rtcp(&mut rig, 30_001, A_RTCP, foreign), taken);
    assert_eq!(
        rig.figures(a).sent.lost,
        3,
        "a report on another stream is not of ours"
    );
}

#[test]
fn what_a_peer_says_of_itself_and_of_its_way_stays_here() {
    let mut rig = Rig::new();
    rig.bridged();
    talk(&mut rig);
    let mut compound = sender_report(7, 0, None);
    compound.extend(description(7, b"al@ten"));
    compound.extend(goodbye(7));
    for whole in [sender_report(7, 0, None), goodbye(7), compound] {
        let got = rtcp(&mut rig, 30_001, A_RTCP, whole);
        assert_eq!(got, Err(Verdict::Absorbed));
    }
}

// rfc: 4585 §6.3.1
#[test]
fn what_a_peer_asks_of_whoever_it_hears_is_passed_on_as_of_the_other_sides_streams() {
    let mut rig = Rig::new();
    rig.bridged();
    let (to_b, to_a) = talk(&mut rig);
    let asked = [sender_report(7, 0, None), feedback(7, to_a.ssrc)].concat();
    let sent = rtcp(&mut rig, 30_001, A_RTCP, asked).unwrap();
    assert_eq!((sent.port, sent.to), (30_003, addr("2.0.0.2:5001")));
    let all: Vec<_> = packets(&sent.bytes).unwrap().collect();
    let [
        Packet::ReceiverReport(sender, blocks),
        Packet::Other { bytes, .. },
    ] = all[..]
    else {
        panic!("{all:?}")
    };
    assert_eq!((sender, blocks.count()), (to_b.ssrc, 0));
    assert_eq!(bytes, feedback(to_b.ssrc, 9));
}

#[test]
fn rtcp_of_strangers_is_dropped() {
    let mut rig = Rig::new();
    rig.bridged();
    talk(&mut rig);
    let report = || sender_report(7, 0, None);
    for (port, from) in [
        (30_001, "9.9.9.9:4001"),
        (30_001, B),
        (30_000, "1.0.0.1:4009"),
        (30_001, "1.0.0.9:4001"),
        (30_007, A_RTCP),
    ] {
        assert_eq!(
            rtcp(&mut rig, port, from, report()),
            Err(STRANGER),
            "{port} {from}"
        );
    }
    let wrong_sender = sender_report(8, 0, None);
    let got = rtcp(&mut rig, 30_001, A_RTCP, wrong_sender);
    assert_eq!(
        got,
        Err(Verdict::Absorbed),
        "a stream the other side does not hear"
    );
}

#[test]
fn rtcp_of_a_peer_behind_nat_is_found_by_its_ip_and_stream() {
    let mut rig = Rig::new();
    let a = rig.open(30_000, behind_nat("10.0.0.5:4000", "9.9.9.9"));
    let b = rig.open(30_002, plain(B));
    rig.order(Command::Bridge { a, b });
    rig.rtp(30_000, "9.9.9.9:1000", pcmu(7, 1)).unwrap();
    rig.rtp(30_002, B, pcmu(9, 1)).unwrap();
    let asks = |sender, source| feedback(sender, source);
    let ours = rig.rtp(30_000, "9.9.9.9:1000", pcmu(7, 2)).unwrap();
    let to_b = Rtp::read(&ours.bytes).ssrc;
    let back = || feedback(9, to_b);
    let early = rtcp(&mut rig, 30_003, "2.0.0.2:5001", back());
    assert_eq!(
        early,
        Err(Verdict::Absorbed),
        "where A reports from is not known"
    );
    let wrong = rtcp(&mut rig, 30_001, "9.9.9.9:2000", asks(6, 1));
    assert_eq!(wrong, Err(STRANGER));
    rtcp(&mut rig, 30_001, "9.9.9.9:2000", asks(7, 1)).unwrap();
    let late = rtcp(&mut rig, 30_001, "9.9.9.9:3000", asks(7, 1));
    assert_eq!(late, Err(STRANGER), "locked");
    let sent = rtcp(&mut rig, 30_003, "2.0.0.2:5001", back()).unwrap();
    assert_eq!((sent.port, sent.to), (30_001, addr("9.9.9.9:2000")));
}

// rfc: 5761 §4
#[test]
fn with_mux_rtcp_goes_and_comes_on_the_rtp_port() {
    let mut rig = Rig::new();
    let a = rig.open(
        30_000,
        Expect {
            mux: true,
            ..plain(A)
        },
    );
    let b = rig.open(30_002, plain(B));
    rig.order(Command::Bridge { a, b });
    let early = rtcp(&mut rig, 30_000, A, feedback(7, 1));
    assert_eq!(early, Err(STRANGER), "RTCP locks nothing");
    talk(&mut rig);
    let sent = rtcp(&mut rig, 30_000, A, feedback(7, 1)).unwrap();
    assert_eq!((sent.port, sent.to), (30_003, addr("2.0.0.2:5001")));
    let sent = rtcp(&mut rig, 30_003, "2.0.0.2:5001", feedback(9, 1)).unwrap();
    assert_eq!((sent.port, sent.to), (30_000, addr(A)));
}

#[test]
fn a_side_that_hears_nothing_of_its_partner_is_asked_for_nothing_by_it() {
    let mut rig = Rig::new();
    let (a, b) = rig.bridged();
    talk(&mut rig);
    let report = || feedback(7, 1);
    rig.describe(
        b,
        Expect {
            receives: false,
            ..plain(B)
        },
    );
    assert_eq!(
        rtcp(&mut rig, 30_001, A_RTCP, report()),
        Err(Verdict::Absorbed)
    );
    rig.describe(b, plain(B));
    rig.order(Command::Hold { id: a, held: true });
    assert_eq!(
        rtcp(&mut rig, 30_001, A_RTCP, report()),
        Err(Verdict::Absorbed)
    );
    rig.order(Command::Hold { id: a, held: false });
    rig.order(Command::Play {
        id: b,
        prompt: PROMPT,
        codec: PLAY,
        looped: true,
    });
    assert_eq!(
        rtcp(&mut rig, 30_001, A_RTCP, report()),
        Err(Verdict::Absorbed)
    );
    rig.order(Command::Unbridge { id: b });
    assert_eq!(
        rtcp(&mut rig, 30_001, A_RTCP, report()),
        Err(Verdict::Absorbed)
    );
}

#[test]
fn broken_rtcp_is_dropped() {
    let mut rig = Rig::new();
    rig.bridged();
    talk(&mut rig);
    let mut short = sender_report(7, 0, None);
    short.truncate(20);
    let malformed = Verdict::Drop(DropReason::Malformed);
    assert_eq!(rtcp(&mut rig, 30_001, A_RTCP, short), Err(malformed));
    let mut many_blocks = sender_report(7, 0, None);
    many_blocks[0] |= 31;
    assert_eq!(rtcp(&mut rig, 30_001, A_RTCP, many_blocks), Err(malformed));
}
