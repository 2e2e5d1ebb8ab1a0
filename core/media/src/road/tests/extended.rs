//! Extended reports: what a peer is told who wants them, and what it tells.

use super::own_reports::{Said, reports, talk};
use super::rtcp::sender_report;
use super::*;
use crate::{Listening, ReportWants, Seconds, Way};
use rtp::rtcp::{
    CanonicalName, Course, OWN_REPORT_BYTES, OwnExtended, OwnReport, ReferenceAnswer, ReportBlock,
    Scores, VoipMetrics,
};

const A_RTCP: &str = "1.0.0.1:4001";
const B_RTCP: &str = "2.0.0.2:5001";

/// Two peers of which the first wants all there is.
fn curious() -> (Rig, EndpointId, EndpointId) {
    let mut rig = Rig::new();
    let wants = Expect {
        reports: ReportWants {
            voip_metrics: true,
            round_trip: true,
        },
        ..plain(A)
    };
    let a = rig.open(30_000, wants);
    let b = rig.open(30_002, plain(B));
    rig.order(Command::Bridge { a, b });
    (rig, a, b)
}

/// A report of the peer with this source.
fn report(ssrc: u32, about: Option<ReportBlock>, extended: OwnExtended) -> Vec<u8> {
    let report = OwnReport {
        ssrc,
        sent: None,
        about,
        name: CanonicalName(1),
        extended,
    };
    let mut buffer = [0; OWN_REPORT_BYTES];
    let length = report.write(&mut buffer).unwrap();
    buffer[..length].to_vec()
}

/// What has been told of a direction of a leg, in batches.
fn batches(rig: &mut Rig, of: EndpointId, direction: Way) -> Vec<Seconds> {
    rig.order(Command::Close { id: of });
    let mut all = Vec::new();
    for notice in &rig.notices {
        if let Notice::Seconds { id, way, seconds } = notice
            && *id == of
            && *way == direction
        {
            all.push(*seconds);
        }
    }
    all
}

// rfc: 3611 §4.7
// rfc: 3611 §5.1
#[test]
fn who_wants_to_know_how_it_is_heard_is_told_by_metrics_and_nobody_else() {
    let (mut rig, _, _) = curious();
    // of 500 packets 20 are lost, two and two
    let sent = talk(&mut rig, 0, 500, |seq| seq % 50 < 2 && seq > 2);
    let to_a = reports(&sent, A_RTCP);
    assert!(to_a.len() >= 2, "{to_a:?}");
    let last = to_a.last().unwrap().extended.voip.unwrap();
    assert_eq!(last.ssrc, 7);
    assert!((7..=11).contains(&last.loss), "{last:?}");
    let Course {
        burst_density,
        gap_density,
        burst_ms,
        gap_ms,
        gap_least,
    } = last.course;
    assert_eq!((burst_density, burst_ms, gap_least), (255, 40, 16));
    assert_eq!(gap_density, 0);
    assert!((800..=1_000).contains(&gap_ms), "{gap_ms}");
    let Scores {
        rating,
        outer_rating,
        listening_x10,
        conversation_x10,
    } = last.scores;
    assert!(
        rating.is_some_and(|rating| (50..90).contains(&rating)),
        "{rating:?}"
    );
    assert!(listening_x10.is_some_and(|score| (25..43).contains(&score)));
    assert_eq!((outer_rating, conversation_x10), (None, None));
    let said = |said: &Said| said.extended == OwnExtended::default();
    assert!(reports(&sent, B_RTCP).iter().all(said));
}

// rfc: 3611 §4.5
#[test]
fn a_time_that_a_peer_asks_by_is_answered() {
    let mut rig = Rig::new();
    rig.bridged();
    talk(&mut rig, 0, 5, |_| false);
    let told = rig.now;
    let asks = OwnExtended {
        reference: Some(0x1111_2222_3333_4444),
        ..OwnExtended::default()
    };
    let _absorbed = rig.carry(30_001, A_RTCP, report(7, None, asks));
    let sent = talk(&mut rig, 5, 300, |_| false);
    let first = &reports(&sent, A_RTCP)[0];
    let answer = first.extended.answer.unwrap();
    assert_eq!((answer.ssrc, answer.last), (7, 0x2222_3333));
    let since = first.at.saturating_since(told).as_secs_f64();
    let said = f64::from(answer.delay_since) / 65_536.0;
    assert!((since - said).abs() < 0.001, "{since} and {said}");
    assert!(reports(&sent, B_RTCP)[0].extended.answer.is_none());
}

// rfc: 3611 §4.4
#[test]
fn the_round_trip_to_a_peer_is_known_to_which_nothing_is_sent() {
    let (mut rig, a, _) = curious();
    let sent = talk(&mut rig, 0, 300, |_| false);
    let first = &reports(&sent, A_RTCP)[0];
    assert_eq!(first.sent, None);
    let reference = first.extended.reference.unwrap();
    let kept = rig.now.saturating_since(first.at) - Duration::from_millis(60);
    let answer = OwnExtended {
        answer: Some(ReferenceAnswer {
            ssrc: first.ssrc,
            last: u32::try_from(reference >> 16 & 0xffff_ffff).unwrap(),
            delay_since: u32::try_from(kept.as_millis() * 65_536 / 1_000).unwrap(),
        }),
        ..OwnExtended::default()
    };
    let _absorbed = rig.carry(30_001, A_RTCP, report(7, None, answer));
    talk(&mut rig, 300, 200, |_| false);
    let received = batches(&mut rig, a, Way::Received);
    let seconds = received.iter().flat_map(Seconds::iter);
    let trips: Vec<u16> = seconds
        .filter_map(|(_, second)| second.round_trip_ms)
        .collect();
    assert!(matches!(trips[..], [59..=61]), "{trips:?}");
}

#[test]
fn who_is_sent_something_is_not_asked_by_a_time() {
    let (mut rig, _, _) = curious();
    let mut sent = Vec::new();
    for seq in 0..500 {
        rig.rtp(30_002, B, pcmu(9, seq)).unwrap();
        sent.extend(rig.run_reporting(Duration::from_millis(20)));
    }
    let to_a = reports(&sent, A_RTCP);
    assert!(to_a.len() >= 2);
    let asks = |said: &Said| said.extended.reference.is_some();
    assert!(!to_a.iter().any(asks), "{to_a:?}");
}

#[test]
fn what_a_peer_tells_of_its_listening_stands_beside_its_report() {
    let mut rig = Rig::new();
    let (_, b) = rig.bridged();
    talk(&mut rig, 0, 100, |_| false);
    let heard = Rtp::read(&rig.rtp(30_000, A, pcmu(7, 100)).unwrap().bytes);
    let block = ReportBlock {
        ssrc: heard.ssrc,
        fraction_lost: 0,
        cumulative_lost: 0,
        highest_seq: heard.seq.into(),
        jitter: 8,
        last_sr: 0,
        delay_since_last_sr: 0,
    };
    let metrics = |ssrc| OwnExtended {
        voip: Some(VoipMetrics {
            ssrc,
            discard: 12,
            course: Course {
                burst_density: 100,
                burst_ms: 180,
                ..Course::default()
            },
            scores: Scores {
                listening_x10: Some(38),
                ..Scores::default()
            },
            ..VoipMetrics::default()
        }),
        ..OwnExtended::default()
    };
    let of_ours = report(9, Some(block), metrics(heard.ssrc));
    let _absorbed = rig.carry(30_003, B_RTCP, of_ours);
    talk(&mut rig, 101, 400, |_| false);
    // of a stream that is not ours nothing is taken
    let of_another = [
        sender_report(
            9,
            0,
            Some(ReportBlock {
                highest_seq: u32::from(heard.seq) + 400,
                ..block
            }),
        ),
        report(9, None, metrics(0xbad)),
    ];
    let _absorbed = rig.carry(30_003, B_RTCP, of_another.concat());
    talk(&mut rig, 501, 100, |_| false);
    let told: Vec<_> = batches(&mut rig, b, Way::Sent)
        .iter()
        .map(Seconds::listening)
        .collect();
    let listening = Listening {
        discarded: 12,
        burst_density: 100,
        burst_ms: 180,
        mos_deci: 38,
    };
    assert_eq!(told, [Some(listening), None]);
}
