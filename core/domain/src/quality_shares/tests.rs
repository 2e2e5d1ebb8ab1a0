//! Tests of what a record adds to summaries.
#![allow(clippy::unwrap_used)]

use ids::{CallId, CdrId, DeviceId, SiteId, TenantId, TrunkId};

use super::*;
use crate::cdr::{ByTrunk, End, Fault, LegDirection, Moves, Party, QualityPair};
use crate::phone_report::PhoneReports;
use crate::timeline::{QualitySample, Timelines};

fn at(second: i64) -> WallTime {
    WallTime::from_unix_ms(1_760_000_400_000 + second * 1_000)
}

/// A leg of a minute with this score.
fn leg(mos_x100: u16) -> CdrLeg {
    let quality = Quality {
        packets: 3_000,
        mos_x100,
        ..Quality::default()
    };
    CdrLeg {
        direction: LegDirection::Incoming,
        party: Party::default(),
        by_trunk: None,
        address: String::new(),
        user_agent: "baresip v3.10.1 (x86_64/Linux)".to_owned(),
        sip_call_id: "a@b".to_owned(),
        started: at(0),
        ringing_at: None,
        answered_at: Some(at(5)),
        ended: Some(at(65)),
        status: Some(200),
        codec: Some("PCMA/8000".to_owned()),
        srtp: None,
        site: None,
        one_way: 0,
        quality: QualityPair {
            received: Some(quality),
            sent: None,
        },
        timelines: Timelines::default(),
        reported: PhoneReports::default(),
    }
}

fn phone(mos_x100: u16) -> CdrLeg {
    let mut leg = leg(mos_x100);
    leg.party.device = Some(DeviceId::new(1, 1));
    leg
}

fn record(legs: Vec<CdrLeg>) -> Cdr {
    Cdr {
        id: CdrId::new(1, 1),
        call: CallId::new(1, 1),
        tenant: TenantId::new(1, 1),
        started: at(0),
        ringing_at: None,
        answered_at: Some(at(5)),
        ended: at(65),
        caller: Party::default(),
        dialled: "102".to_owned(),
        destination: None,
        legs,
        end: End {
            cause: 16,
            sip_status: 200,
            reason: String::new(),
            by: Fault::Caller,
        },
        moves: Moves::default(),
        explanation: Vec::new(),
        recovered: false,
    }
}

fn of(
    shares: &BTreeMap<(QualityBy, String), QualitySums>,
    by: QualityBy,
    value: &str,
) -> QualitySums {
    let found = shares.get(&(by, value.to_owned()));
    *found.unwrap_or_else(|| panic!("{value} in {shares:?}"))
}

#[test]
fn a_call_counts_once_where_both_of_its_legs_are_and_each_leg_by_itself() {
    let shares = quality_shares(&record(vec![phone(441), phone(290)]));
    let whole = of(&shares, QualityBy::Whole, "everything");
    assert_eq!((whole.calls, whole.legs, whole.seconds), (1, 2, 120));
    assert_eq!((whole.scored, whole.poor), (2, 1));
    assert_eq!(whole.mean_x100(), Some(366));
    assert_eq!(whole.worst_x100, Some(290));
    assert_eq!(of(&shares, QualityBy::Model, "baresip"), whole);
    assert_eq!(of(&shares, QualityBy::Codec, "PCMA/8000"), whole);
    assert_eq!(of(&shares, QualityBy::Site, NO_SITE), whole);
}

#[test]
fn a_leg_by_a_trunk_is_of_no_site_and_no_model() {
    let mut carrier = leg(380);
    let trunk = TrunkId::new(7, 7);
    carrier.by_trunk = Some(ByTrunk {
        trunk,
        called: "0999".to_owned(),
        shown: None,
        vouched: None,
        proof: None,
        answerer: None,
    });
    let mut caller = phone(441);
    let site = SiteId::new(3, 3);
    caller.site = Some(site);
    let shares = quality_shares(&record(vec![caller, carrier]));
    let by_trunk = of(&shares, QualityBy::Trunk, &trunk.to_string());
    assert_eq!((by_trunk.legs, by_trunk.worst_x100), (1, Some(380)));
    let there = of(&shares, QualityBy::Site, &site.to_string());
    assert_eq!((there.legs, there.worst_x100), (1, Some(441)));
    assert_eq!(of(&shares, QualityBy::Model, "baresip").legs, 1);
    assert_eq!(of(&shares, QualityBy::Whole, "everything").legs, 2);
}

#[test]
fn the_worse_direction_of_a_leg_is_its_score() {
    let mut one = phone(441);
    one.quality.sent = Some(Quality {
        packets: 3_000,
        mos_x100: 310,
        ..Quality::default()
    });
    let shares = quality_shares(&record(vec![one]));
    let whole = of(&shares, QualityBy::Whole, "everything");
    assert_eq!((whole.mos_x100, whole.poor), (310, 1));
}

#[test]
fn a_leg_without_a_score_counts_and_spoils_no_average() {
    let mut silent = phone(0);
    silent.one_way = 2;
    let shares = quality_shares(&record(vec![silent, phone(441)]));
    let whole = of(&shares, QualityBy::Whole, "everything");
    assert_eq!((whole.legs, whole.scored, whole.one_way), (2, 1, 2));
    assert_eq!(whole.mean_x100(), Some(441));
}

#[test]
fn seconds_of_both_directions_are_added_up() {
    let sample = QualitySample {
        expected: 50,
        lost: 5,
        jitter: 40,
        concealed: 3,
        ..QualitySample::default()
    };
    let heard = QualitySample {
        round_trip_ms: Some(80),
        ..sample
    };
    let mut one = phone(441);
    let mut received = Timeline::begin(at(5), sample);
    received.note(at(6), sample);
    // of a second in which nothing was awaited no jitter is known
    received.note(at(7), QualitySample::default());
    one.timelines = Timelines {
        received: Some(received),
        sent: Some(Timeline::begin(at(6), heard)),
    };
    let shares = quality_shares(&record(vec![one]));
    let whole = of(&shares, QualityBy::Whole, "everything");
    assert_eq!((whole.expected, whole.lost, whole.concealed), (150, 15, 9));
    assert_eq!(whole.lost_share(), Some(1_000));
    assert_eq!((whole.mean_jitter(), whole.jitter_seconds), (Some(40), 3));
    assert_eq!(whole.mean_round_trip_ms(), Some(80));
}

#[test]
fn a_call_that_nobody_answered_and_a_leg_that_was_not_add_nothing() {
    let mut unanswered = record(vec![phone(441)]);
    unanswered.answered_at = None;
    assert_eq!(quality_shares(&unanswered), BTreeMap::new());
    let mut tried = phone(441);
    tried.answered_at = None;
    let shares = quality_shares(&record(vec![phone(441), tried]));
    assert_eq!(of(&shares, QualityBy::Whole, "everything").legs, 1);
}

#[test]
fn an_hour_begins_where_its_moments_are() {
    for (at, hour) in [
        (0, 0),
        (3_599_999, 0),
        (3_600_000, 3_600_000),
        (-1, -3_600_000),
    ] {
        let begins = hour_of(WallTime::from_unix_ms(at));
        assert_eq!(begins.unix_ms(), hour, "{at}");
    }
}

#[test]
fn each_word_names_what_it_is_the_word_of() {
    for by in QualityBy::ALL {
        assert_eq!(QualityBy::named(by.as_str()), Some(by));
    }
    assert_eq!(QualityBy::named("hour"), None);
}
