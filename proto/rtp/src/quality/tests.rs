//! Tests of `quality`.

use super::*;

const CLEAN: Conditions = Conditions {
    coding: Coding::Pcmu,
    loss: 0.0,
    burst_ratio: 1.0,
    one_way_delay: Duration::ZERO,
    jitter: Duration::ZERO,
};

const ALL: [Coding; 7] = [
    Coding::Pcmu,
    Coding::Pcma,
    Coding::G722,
    Coding::Opus,
    Coding::G729,
    Coding::Gsm,
    Coding::Unknown,
];

fn with_delay(ms: u64) -> Conditions {
    Conditions {
        one_way_delay: Duration::from_millis(ms),
        ..CLEAN
    }
}

fn with_loss(coding: Coding, loss: f64) -> Conditions {
    Conditions {
        coding,
        loss,
        ..CLEAN
    }
}

#[test]
fn a_clean_g711_call_has_the_default_rating_and_4_41() {
    assert!((rating(&CLEAN) - 93.2).abs() < 1e-9);
    assert_eq!(mos(&CLEAN).hundredths(), 441);
    assert_eq!(mos(&CLEAN).to_string(), "4.41");
    assert!((mos(&CLEAN).value() - 4.41).abs() < 1e-9);
}

#[test]
fn ratings_have_the_scores_of_g107_annex_b() {
    // table B.1's borders of user satisfaction
    for (rating, score) in [
        (90.0, 434),
        (80.0, 403),
        (70.0, 360),
        (60.0, 310),
        (50.0, 258),
    ] {
        assert!(
            Mos::of_rating(rating).hundredths().abs_diff(score) <= 1,
            "{rating}"
        );
    }
}

#[test]
fn scores_stay_within_their_bounds() {
    for rating in [f64::NEG_INFINITY, -50.0, 0.0, 0.1, 3.0, 6.5, f64::NAN] {
        let score = Mos::of_rating(rating);
        assert_eq!(score, Mos::WORST, "{rating}");
    }
    for rating in [100.0, 101.0, f64::INFINITY] {
        assert_eq!(Mos::of_rating(rating), Mos::BEST);
    }
    let mut last = Mos::WORST;
    for tenth in 0..=1000 {
        let score = Mos::of_rating(f64::from(tenth) / 10.0);
        assert!(score >= last && score <= Mos::BEST);
        last = score;
    }
}

#[test]
fn delay_up_to_a_tenth_of_a_second_is_free_and_more_costs() {
    assert_eq!(mos(&with_delay(100)), mos(&CLEAN));
    // Idd of G.107: 150 ms 0.1, 200 ms 3.0, 400 ms 24.5 (rounded)
    for (ms, impairment) in [(150, 0.1), (200, 3.0), (400, 24.1)] {
        let cost = DEFAULT_RATING - rating(&with_delay(ms));
        assert!((cost - impairment).abs() < 0.5, "{ms} ms: {cost}");
    }
    assert!(mos(&with_delay(150)) > mos(&with_delay(300)));
    assert!(rating(&with_delay(100_000_000)).is_finite());
}

#[test]
fn jitter_is_delay_of_the_receivers_buffer() {
    let jitter = Conditions {
        jitter: Duration::from_millis(75),
        ..with_delay(150)
    };
    assert!((rating(&jitter) - rating(&with_delay(300))).abs() < 1e-9);
}

#[test]
fn loss_costs_as_the_codec_is_robust() {
    // Ie,eff = 95 * Ppl / (Ppl + Bpl)
    let cost = DEFAULT_RATING - rating(&with_loss(Coding::Pcma, 0.05));
    assert!((cost - 95.0 * 5.0 / 30.1).abs() < 1e-9);
    // G.729A: 11 + 84 * 2 / 21
    let cost = DEFAULT_RATING - rating(&with_loss(Coding::G729, 0.02));
    assert!((cost - 19.0).abs() < 1e-9);
    assert!(mos(&with_loss(Coding::Opus, 0.05)) > mos(&with_loss(Coding::Pcmu, 0.05)));
    assert_eq!(mos(&with_loss(Coding::G722, 0.0)), mos(&CLEAN));
    assert!(mos(&with_loss(Coding::Unknown, 0.0)) < mos(&CLEAN));
}

#[test]
fn loss_in_bursts_costs_more() {
    let even = with_loss(Coding::Pcmu, 0.03);
    let bursts = Conditions {
        burst_ratio: 3.0,
        ..even
    };
    assert!(mos(&bursts) < mos(&even));
    let odd = Conditions {
        burst_ratio: 0.2,
        ..even
    };
    assert_eq!(mos(&odd), mos(&even));
}

#[test]
fn more_loss_never_sounds_better() {
    for coding in ALL {
        let mut last = Mos::BEST;
        for permille in 0..=1000 {
            let score = mos(&with_loss(coding, f64::from(permille) / 1000.0));
            assert!(
                score <= last && score >= Mos::WORST,
                "{coding:?} at {permille}"
            );
            last = score;
        }
    }
}

#[test]
fn nonsense_is_the_nearer_end() {
    assert_eq!(mos(&with_loss(Coding::Pcmu, -1.0)), mos(&CLEAN));
    assert_eq!(mos(&with_loss(Coding::Pcmu, f64::NAN)), mos(&CLEAN));
    assert_eq!(
        mos(&with_loss(Coding::Pcmu, 7.0)),
        mos(&with_loss(Coding::Pcmu, 1.0))
    );
    let odd = Conditions {
        burst_ratio: f64::NAN,
        ..with_loss(Coding::Pcmu, 0.1)
    };
    assert_eq!(mos(&odd), mos(&with_loss(Coding::Pcmu, 0.1)));
}

#[test]
fn codings_are_known_by_their_names() {
    let names = ["pcmu", "PCMA", "G722", "opus", "g729", "GSM", "iLBC"];
    assert_eq!(names.map(Coding::from_name), ALL);
}
