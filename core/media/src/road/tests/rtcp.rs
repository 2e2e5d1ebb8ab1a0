//! RTCP between the two sides of a bridge.

use super::*;
use rtp::rtcp::{Packet, ReportBlock, SenderInfo, packets};

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
fn a_report_reads_as_one_of_our_streams() {
    let mut rig = Rig::new();
    let (_, b) = rig.bridged();
    let (to_b, to_a) = talk(&mut rig);
    let about = block(to_a.ssrc, u32::from(to_a.seq));
    let report = sender_report(7, 100 * 160 + 80, Some(about));
    let sent = rtcp(&mut rig, 30_001, A_RTCP, report).unwrap();
    assert_eq!((sent.port, sent.to), (30_003, addr("2.0.0.2:5001")));
    let all: Vec<_> = packets(&sent.bytes).unwrap().collect();
    let [Packet::SenderReport(info, mut blocks)] = all[..] else {
        panic!("{all:?}")
    };
    let expected = SenderInfo {
        ssrc: to_b.ssrc,
        ntp: 0x0909_0909_0909_0909,
        rtp_ts: to_b.ts.wrapping_add(80),
        packets: 100,
        octets: 16_000,
    };
    assert_eq!(info, expected);
    let highest_seq = 500;
    assert_eq!(
        blocks.next(),
        Some(ReportBlock {
            highest_seq,
            ..block(9, 0)
        })
    );
    let figures = rig.figures(b).received;
    assert_eq!(figures.packets, 1);
}

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
    rtcp(&mut rig, 30_001, A_RTCP, report).unwrap();
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
    rtcp(&mut rig, 30_001, A_RTCP, foreign).unwrap();
    assert_eq!(
        rig.figures(a).sent.lost,
        3,
        "a report on another stream is not of ours"
    );
}

#[test]
fn goodbyes_stay_here_and_names_are_veiled() {
    let mut rig = Rig::new();
    rig.bridged();
    let (to_b, _) = talk(&mut rig);
    assert_eq!(
        rtcp(&mut rig, 30_001, A_RTCP, goodbye(7)),
        Err(Verdict::Absorbed)
    );
    let mut compound = sender_report(7, 0, None);
    compound.extend(goodbye(7));
    compound.extend(description(7, b"al@ten"));
    let sent = rtcp(&mut rig, 30_001, A_RTCP, compound).unwrap();
    let all: Vec<_> = packets(&sent.bytes).unwrap().collect();
    let [Packet::SenderReport(..), Packet::SourceDescription(chunks)] = all[..] else {
        panic!("{all:?}")
    };
    assert_eq!(chunks[..4], to_b.ssrc.to_be_bytes());
    let text = std::str::from_utf8(&chunks[6..12]).unwrap();
    assert_eq!(text, &format!("{:08x}", to_b.ssrc)[..6]);
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
    let back = || sender_report(9, 0, None);
    assert_eq!(
        rtcp(&mut rig, 30_003, "2.0.0.2:5001", back()),
        Err(Verdict::Absorbed)
    );
    let report = |ssrc| sender_report(ssrc, 0, None);
    assert_eq!(
        rtcp(&mut rig, 30_001, "9.9.9.9:2000", report(6)),
        Err(STRANGER)
    );
    rtcp(&mut rig, 30_001, "9.9.9.9:2000", report(7)).unwrap();
    assert_eq!(
        rtcp(&mut rig, 30_001, "9.9.9.9:3000", report(7)),
        Err(STRANGER),
        "locked"
    );
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
    let early = rtcp(&mut rig, 30_000, A, sender_report(7, 0, None));
    assert_eq!(early, Err(STRANGER), "RTCP locks nothing");
    talk(&mut rig);
    let sent = rtcp(&mut rig, 30_000, A, sender_report(7, 0, None)).unwrap();
    assert_eq!((sent.port, sent.to), (30_003, addr("2.0.0.2:5001")));
    let sent = rtcp(&mut rig, 30_003, "2.0.0.2:5001", sender_report(9, 0, None)).unwrap();
    assert_eq!((sent.port, sent.to), (30_000, addr(A)));
}

#[test]
fn a_side_that_hears_nothing_of_its_partner_gets_no_reports_of_it() {
    let mut rig = Rig::new();
    let (a, b) = rig.bridged();
    talk(&mut rig);
    let report = || sender_report(7, 0, None);
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
