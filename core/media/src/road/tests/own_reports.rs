//! Reports of our own, to each peer about its own way.

use super::rtcp::sender_report;
use super::*;
use rtp::rtcp::{
    ExtendedBlock, ExtendedBlocks, OwnExtended, Packet, ReportBlock, SenderInfo, packets,
};

const A_RTCP: &str = "1.0.0.1:4001";
const B_RTCP: &str = "2.0.0.2:5001";

/// What one report said.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) at: Instant,
    pub(super) ssrc: u32,
    pub(super) sent: Option<SenderInfo>,
    pub(super) about: Vec<ReportBlock>,
    pub(super) extended: OwnExtended,
}

/// An extended report as it was written.
fn extended(blocks: ExtendedBlocks<'_>) -> OwnExtended {
    let mut report = OwnExtended::default();
    for block in blocks {
        match block {
            ExtendedBlock::Reference(ntp) => report.reference = Some(ntp),
            ExtendedBlock::Answers(mut answers) => report.answer = answers.next(),
            ExtendedBlock::Voip(metrics) => report.voip = Some(metrics),
            ExtendedBlock::Other(kind) => panic!("{kind}"),
        }
    }
    report
}

/// The reports among what was sent to an address, each of which has a name behind it.
pub(super) fn reports(sent: &[(Instant, Sent)], to: &str) -> Vec<Said> {
    let to = addr(to);
    let of_it = sent.iter().filter(|(_, sent)| sent.to == to);
    of_it
        .filter(|(_, sent)| rtp::looks_like_rtcp(&sent.bytes))
        .map(|(at, sent)| {
            let all: Vec<_> = packets(&sent.bytes).unwrap().collect();
            let (first, behind) = match all[..] {
                [first, Packet::SourceDescription(_)] => (first, None),
                [
                    first,
                    Packet::SourceDescription(_),
                    Packet::ExtendedReport(_, blocks),
                ] => (first, Some(blocks)),
                _ => panic!("{all:?}"),
            };
            let (ssrc, sent, about) = match first {
                Packet::SenderReport(info, blocks) => (info.ssrc, Some(info), blocks),
                Packet::ReceiverReport(ssrc, blocks) => (ssrc, None, blocks),
                other @ (Packet::SourceDescription(_)
                | Packet::Bye(_)
                | Packet::ExtendedReport(..)
                | Packet::Other { .. }) => panic!("{other:?}"),
            };
            Said {
                at: *at,
                ssrc,
                sent,
                about: about.collect(),
                extended: behind.map(extended).unwrap_or_default(),
            }
        })
        .collect()
}

/// The peer of the first leg talks for so long; what was sent without being asked.
pub(super) fn talk(
    rig: &mut Rig,
    from: u16,
    packets: u16,
    gone: impl Fn(u16) -> bool,
) -> Vec<(Instant, Sent)> {
    let mut sent = Vec::new();
    for seq in from..from + packets {
        if !gone(seq) {
            rig.rtp(30_000, A, pcmu(7, seq)).unwrap();
        }
        sent.extend(rig.run_reporting(Duration::from_millis(20)));
    }
    sent
}

// rfc: 3550 §6.4
#[test]
fn each_side_is_told_of_its_own_way() {
    let mut rig = Rig::new();
    rig.bridged();
    // a tenth of what A says is lost before it comes here
    let sent = talk(&mut rig, 100, 1_000, |seq| seq % 10 == 3);
    let to_a = reports(&sent, A_RTCP);
    let to_b = reports(&sent, B_RTCP);
    let about: Vec<_> = to_a.iter().flat_map(|said| &said.about).collect();
    assert!(about.len() >= 3, "{to_a:?}");
    for block in &about {
        assert_eq!(block.ssrc, 7);
        assert!((20..=31).contains(&block.fraction_lost), "{block:?}");
    }
    let last = about.last().unwrap();
    assert!((60..=100).contains(&last.cumulative_lost), "{last:?}");
    assert!(
        to_a.iter().all(|said| said.sent.is_none()),
        "B said nothing"
    );

    assert!(to_b.len() >= 3, "{to_b:?}");
    assert!(
        to_b.iter().all(|said| said.about.is_empty()),
        "nothing came of B"
    );
    let infos: Vec<_> = to_b.iter().filter_map(|said| said.sent).collect();
    assert_eq!(infos.len(), to_b.len());
    for (said, info) in to_b.iter().zip(&infos) {
        assert_eq!(said.ssrc, info.ssrc);
        assert_eq!(info.octets, info.packets * 160);
    }
    // the timestamps of reports go on as those of the stream do
    let (first, last) = (infos.first().unwrap(), infos.last().unwrap());
    let time = last.ntp - first.ntp;
    let units = u64::from(last.rtp_ts.wrapping_sub(first.rtp_ts));
    let expected = (time * 8_000) >> 32;
    assert!(
        units.abs_diff(expected) <= 160,
        "{units} and not {expected}"
    );
}

// rfc: 3550 §6.2
// rfc: 3550 §6.3.1
#[test]
fn reports_come_about_every_five_seconds_and_those_of_two_legs_not_together() {
    let mut rig = Rig::new();
    let begin = rig.now;
    rig.bridged();
    let sent = talk(&mut rig, 0, 6_000, |_| false);
    let (to_a, to_b) = (reports(&sent, A_RTCP), reports(&sent, B_RTCP));
    for all in [&to_a, &to_b] {
        // 120 s; a look a second makes each a little later
        assert!((18..=34).contains(&all.len()), "{}", all.len());
        let first = all[0].at.saturating_since(begin);
        assert!(first >= Duration::from_secs(1) && first <= Duration::from_secs(5));
        for pair in all.windows(2) {
            let between = pair[1].at.saturating_since(pair[0].at);
            let fits = Duration::from_millis(2_000) <= between;
            assert!(
                fits && between <= Duration::from_millis(7_500),
                "{between:?}"
            );
        }
    }
    let times = |all: &[Said]| all.iter().map(|said| said.at).collect::<Vec<_>>();
    assert_ne!(times(&to_a), times(&to_b));
}

// rfc: 3550 §6.4.1
#[test]
fn a_report_says_which_one_of_the_peers_it_answers_and_after_how_long() {
    let mut rig = Rig::new();
    rig.bridged();
    talk(&mut rig, 0, 5, |_| false);
    let told = rig.now;
    let _absorbed = rig.carry(30_001, A_RTCP, sender_report(7, 800, None));
    let sent = talk(&mut rig, 5, 300, |_| false);
    let to_a = reports(&sent, A_RTCP);
    let first = &to_a[0];
    let block = first.about[0];
    assert_eq!(block.last_sr, 0x0909_0909);
    let since = first.at.saturating_since(told).as_secs_f64();
    let said = f64::from(block.delay_since_last_sr) / 65_536.0;
    assert!((since - said).abs() < 0.001, "{since} and {said}");
}

#[test]
fn the_answer_to_a_report_of_ours_tells_the_round_trip() {
    let mut rig = Rig::new();
    let (_, b) = rig.bridged();
    let sent = talk(&mut rig, 0, 400, |_| false);
    let first = &reports(&sent, B_RTCP)[0];
    let middle = first.sent.unwrap().middle();
    let now = rig.now;
    // it was kept for all but 60 ms of the time since
    let kept = now.saturating_since(first.at) - Duration::from_millis(60);
    let block = ReportBlock {
        ssrc: first.ssrc,
        fraction_lost: 0,
        cumulative_lost: 0,
        highest_seq: u32::from(Rtp::read(&rig.rtp(30_000, A, pcmu(7, 400)).unwrap().bytes).seq),
        jitter: 0,
        last_sr: middle,
        delay_since_last_sr: u32::try_from(kept.as_millis() * 65_536 / 1_000).unwrap(),
    };
    let _absorbed = rig.carry(30_003, B_RTCP, sender_report(9, 0, Some(block)));
    talk(&mut rig, 401, 100, |_| false);
    rig.order(Command::Close { id: b });
    let mut trips = Vec::new();
    for notice in &rig.notices {
        if let Notice::Seconds { id, seconds, .. } = notice
            && *id == b
        {
            trips.extend(
                seconds
                    .iter()
                    .filter_map(|(_, second)| second.round_trip_ms),
            );
        }
    }
    let near = |trip: &u16| (59..=61).contains(trip);
    assert!(!trips.is_empty() && trips.iter().all(near), "{trips:?}");
}

#[test]
fn who_hears_a_prompt_or_is_on_hold_is_reported_to_as_well() {
    let mut rig = Rig::new();
    let a = rig.open(30_000, plain(A));
    rig.describe(
        a,
        Expect {
            sends: false,
            ..plain(A)
        },
    );
    rig.order(Command::Play {
        id: a,
        prompt: PROMPT,
        codec: PLAY,
        looped: true,
    });
    let sent = rig.run_reporting(Duration::from_secs(30));
    let to_a = reports(&sent, A_RTCP);
    assert!(to_a.len() >= 4, "{to_a:?}");
    assert!(to_a.iter().all(|said| said.sent.is_some()));

    let mut rig = Rig::new();
    rig.bridged();
    let sent = rig.run_reporting(Duration::from_secs(30));
    let to_a = reports(&sent, A_RTCP);
    assert!(
        to_a.len() >= 4,
        "reports keep a way open on which nobody speaks"
    );
    let empty = |said: &Said| said.sent.is_none() && said.about.is_empty();
    assert!(to_a.iter().all(empty));
}

#[test]
fn nobody_is_reported_to_whose_way_is_not_known_or_who_hears_nobody() {
    let mut rig = Rig::new();
    rig.open(30_000, plain(A));
    assert!(
        rig.run_reporting(Duration::from_secs(20)).is_empty(),
        "not connected"
    );
    assert_eq!(rig.road.deadline(), None);

    let mut rig = Rig::new();
    let a = rig.open(30_000, behind_nat("10.0.0.5:4000", "9.9.9.9"));
    let b = rig.open(30_002, plain(B));
    rig.order(Command::Bridge { a, b });
    let sent = rig.run_reporting(Duration::from_secs(20));
    assert!(!sent.is_empty());
    assert!(sent.iter().all(|(_, sent)| sent.to == addr(B_RTCP)));
}

// rfc: 5761 §5.1.1
#[test]
fn with_mux_reports_go_to_the_port_of_the_sound() {
    let mut rig = Rig::new();
    let mux = |at| Expect {
        mux: true,
        ..plain(at)
    };
    let a = rig.open(30_000, mux(A));
    let b = rig.open(30_002, plain(B));
    rig.order(Command::Bridge { a, b });
    let sent = talk(&mut rig, 0, 1_000, |_| false);
    let to_a: Vec<_> = sent.iter().filter(|(_, sent)| sent.to == addr(A)).collect();
    assert!(to_a.len() >= 3);
    assert!(to_a.iter().all(|(_, sent)| sent.port == 30_000));
}
