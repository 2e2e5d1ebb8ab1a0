//! From the first ring to the answer or the refusal.

use super::*;

#[test]
fn a_call_rings_is_answered_and_both_hear_each_other() {
    let mut scene = Scene::begin(vec![ring(&[1])]);
    assert_eq!(scene.orders(), ["1: dial with A from 101"]);
    scene.leg(1, LegFact::Ringing);
    assert_eq!(scene.orders(), ["0: ring"]);
    assert_eq!(scene.call.summary().state, "ringing");
    scene.leg(1, answered("B"));
    assert_eq!(scene.orders(), ["0: answer B", "0 and 1 hear each other"]);
    assert_eq!(scene.call.summary().state, "talking");
    assert_eq!(scene.call.summary().answered, Some(scene.now));
    scene.leg(0, LegFact::Confirmed { description: None });
    assert_eq!(scene.orders(), [""; 0]);
    scene.leg(1, LegFact::Ended);
    assert_eq!(scene.orders(), ["0: hang up, cause 16"]);
    let end = scene.end();
    assert_eq!(
        (end.cause, end.sip_status, end.by),
        (16, 200, Fault::Callee)
    );
}

#[test]
fn the_history_of_a_call_begins_with_its_opening_and_tells_who_and_when() {
    let mut scene = Scene::talking();
    scene.leg(0, LegFact::Ended);
    let kinds: Vec<String> = scene
        .history
        .iter()
        .map(|what| {
            let text = format!("{what:?}");
            text.split([' ', '(', '{']).next().unwrap().to_owned()
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "Opened",
            "Explained",
            "LegOpened",
            "LegOpened",
            "Answered",
            "Answered",
            "LegClosed",
            "LegClosed",
            "Ended",
        ]
    );
    assert_eq!(
        scene.history[0],
        What::Opened {
            caller: "101".to_owned(),
            dialled: "102".to_owned()
        }
    );
    assert_eq!(scene.end().by, Fault::Caller);
}

#[test]
fn the_first_of_several_phones_wins_and_the_others_are_told_that_it_did() {
    let mut scene = Scene::begin(vec![ring(&[1, 2, 3])]);
    scene.leg(1, LegFact::Ringing).leg(3, LegFact::Ringing);
    scene.orders.clear();
    scene.leg(2, answered("C"));
    let cancelled: Vec<_> = scene
        .orders
        .iter()
        .filter_map(|order| match order {
            Output::Leg(leg, LegOrder::Cancel { reason }) => Some((leg.number(), reason.clone())),
            Output::Leg(..)
            | Output::Media(_)
            | Output::Route { .. }
            | Output::Event(_)
            | Output::Over => None,
        })
        .collect();
    assert_eq!(cancelled.len(), 2);
    for (leg, reason) in cancelled {
        assert_ne!(leg, 2);
        assert_eq!((reason.status, reason.cause), (Some(200), 26));
        assert_eq!(reason.text, "Call completed elsewhere");
    }
    assert_eq!(
        scene.orders(),
        [
            "1: cancel, cause 26",
            "3: cancel, cause 26",
            "0: answer C",
            "0 and 2 hear each other"
        ]
    );
    // the loser answers while its cancellation travels: its leg hangs up by itself
    scene.leg(1, answered("B"));
    assert_eq!(scene.orders(), [""; 0]);
}

#[test]
fn busy_is_busy() {
    let mut scene = Scene::begin(vec![ring(&[1])]);
    scene.orders.clear();
    scene.leg(1, refused(486));
    assert_eq!(scene.orders(), ["0: refuse 486, cause 17"]);
    let end = scene.end();
    assert_eq!(
        (end.cause, end.sip_status, end.by),
        (17, 486, Fault::Callee)
    );
}

#[test]
fn one_busy_phone_of_two_leaves_the_other_ringing() {
    let mut scene = Scene::begin(vec![ring(&[1, 2])]);
    scene.orders.clear();
    scene.leg(1, refused(486));
    assert_eq!(scene.orders(), [""; 0]);
    scene.leg(2, answered("C"));
    assert_eq!(scene.orders(), ["0: answer C", "0 and 2 hear each other"]);
}

#[test]
fn a_person_who_declines_on_one_phone_is_rung_on_no_other() {
    let mut scene = Scene::begin(vec![ring(&[1, 2]), ring(&[3])]);
    scene.orders.clear();
    scene.leg(1, refused(603));
    assert_eq!(
        scene.orders(),
        ["2: cancel, cause 21", "0: refuse 603, cause 21"]
    );
    assert_eq!(scene.end().cause, 21);
}

#[test]
fn nobody_answers_in_time() {
    let mut scene = Scene::begin(vec![ring(&[1, 2])]);
    scene.leg(1, LegFact::Ringing);
    scene.orders.clear();
    scene.pass(Duration::from_millis(29_999));
    assert_eq!(scene.orders(), [""; 0]);
    scene.pass(Duration::from_millis(1));
    assert_eq!(
        scene.orders(),
        [
            "1: cancel, cause 19",
            "2: cancel, cause 19",
            "0: refuse 480, cause 19"
        ]
    );
    assert!(scene.is_because("ring.timeout"));
    assert_eq!(scene.end().sip_status, 480);
}

#[test]
fn the_next_step_of_the_plan_is_tried_when_one_fails() {
    let mut scene = Scene::begin(vec![ring(&[1]), ring(&[]), ring(&[2])]);
    scene.orders.clear();
    scene.pass(Duration::from_secs(30));
    assert_eq!(
        scene.orders(),
        ["1: cancel, cause 19", "2: dial with A from 101"]
    );
    assert!(scene.is_because("registration.none"));
    scene.leg(2, refused(486));
    assert_eq!(
        scene.orders(),
        ["0: refuse 486, cause 17"],
        "somebody's word before silence"
    );
}

#[test]
fn a_plan_that_refuses_says_so_with_its_own_cause() {
    for (refusal, by) in [
        (Refusal::NOT_FOUND, Fault::Caller),
        (Refusal::FORBIDDEN, Fault::Caller),
        (Refusal::UNAVAILABLE, Fault::Callee),
        (
            Refusal {
                status: 503,
                cause: 42,
            },
            Fault::Policy,
        ),
    ] {
        let mut scene = Scene::begin(vec![DialStep::Refuse(refusal)]);
        let Refusal { status, cause } = refusal;
        assert_eq!(
            scene.orders(),
            [format!("0: refuse {status}, cause {cause}")]
        );
        let end = scene.end();
        assert_eq!((end.cause, end.sip_status, end.by), (cause, status, by));
    }
}

#[test]
fn nothing_registered_and_nothing_planned_is_unavailable() {
    for steps in [vec![ring(&[])], Vec::new()] {
        let mut scene = Scene::begin(steps);
        assert_eq!(scene.orders(), ["0: refuse 480, cause 20"]);
    }
}

#[test]
fn what_a_phone_says_of_its_own_trouble_is_not_told_to_the_caller() {
    for (said, told) in [
        (302, 480),
        (401, 480),
        (404, 404),
        (407, 480),
        (408, 480),
        (481, 480),
        (482, 480),
        (483, 480),
        (488, 488),
        (500, 500),
        (503, 500),
        (600, 600),
        (606, 606),
    ] {
        let mut scene = Scene::begin(vec![ring(&[1])]);
        scene.leg(1, refused(said));
        assert_eq!(scene.end().sip_status, told, "{said}");
    }
}

#[test]
fn of_several_refusals_the_one_of_most_use_is_told() {
    for (one, other, told) in [
        (486, 480, 486),
        (480, 486, 486),
        (404, 486, 486),
        (503, 404, 404),
        (408, 488, 488),
        (302, 503, 480),
        (403, 480, 403),
    ] {
        let mut scene = Scene::begin(vec![ring(&[1, 2])]);
        scene.leg(1, refused(one)).leg(2, refused(other));
        assert_eq!(scene.end().sip_status, told, "{one} and {other}");
    }
}

#[test]
fn a_phone_that_is_not_reached_counts_as_no_answer() {
    for (why, by) in [
        (Unreachable::Timeout, Fault::Callee),
        (Unreachable::Transport, Fault::Callee),
    ] {
        let mut scene = Scene::begin(vec![ring(&[1])]);
        scene.leg(1, LegFact::Unreachable(why));
        let end = scene.end();
        assert_eq!((end.sip_status, end.by), (480, by));
    }
}

#[test]
fn early_media_reaches_the_caller_from_the_first_phone_that_speaks() {
    let mut scene = Scene::begin(vec![ring(&[1, 2])]);
    scene.orders.clear();
    let early = |name: &str| LegFact::Progressed {
        description: Some(speech(name)),
    };
    scene.leg(1, early("B"));
    assert_eq!(
        scene.orders(),
        ["0: ring", "0: progress B", "0 and 1 hear each other"]
    );
    scene.leg(2, early("C"));
    assert_eq!(scene.orders(), ["0: ring"], "one early voice at a time");
    scene.leg(2, answered("C"));
    assert_eq!(
        scene.orders(),
        [
            "1: cancel, cause 26",
            "0: answer C",
            "0 and 2 hear each other"
        ]
    );
}

#[test]
fn an_answer_after_early_media_may_come_without_a_description() {
    let mut scene = Scene::begin(vec![ring(&[1])]);
    scene.leg(
        1,
        LegFact::Progressed {
            description: Some(speech("B")),
        },
    );
    scene.orders.clear();
    scene.leg(1, LegFact::Answered { description: None });
    assert_eq!(
        scene.orders(),
        ["0: answer B"],
        "they hear each other already"
    );
}

#[test]
fn an_answer_without_any_media_is_hung_up_and_refused() {
    let mut scene = Scene::begin(vec![ring(&[1])]);
    scene.orders.clear();
    scene.leg(1, LegFact::Answered { description: None });
    assert_eq!(
        scene.orders(),
        ["1: hang up, cause 88", "0: refuse 488, cause 88"]
    );
}

#[test]
fn a_late_offer_travels_the_other_way_round() {
    let mut scene = Scene::begin_with(vec![ring(&[1])], None, Config::default());
    assert_eq!(scene.orders(), ["1: dial with no offer from 101"]);
    scene.leg(
        1,
        LegFact::Progressed {
            description: Some(speech("early")),
        },
    );
    assert_eq!(
        scene.orders(),
        ["0: ring"],
        "nothing to answer early media with"
    );
    scene.leg(1, answered("B"));
    assert_eq!(scene.orders(), ["0: answer B", "0 and 1 hear each other"]);
    scene.leg(
        0,
        LegFact::Confirmed {
            description: Some(speech("A")),
        },
    );
    assert_eq!(scene.orders(), ["1: confirm A"]);
}

#[test]
fn a_late_offer_that_is_never_answered_ends_the_call() {
    let mut scene = Scene::begin_with(vec![ring(&[1])], None, Config::default());
    scene.leg(1, answered("B"));
    scene.orders.clear();
    scene.leg(0, LegFact::Confirmed { description: None });
    assert_eq!(
        scene.orders(),
        ["0: hang up, cause 88", "1: hang up, cause 88"]
    );
    let mut silent = Scene::begin_with(vec![ring(&[1])], None, Config::default());
    silent.leg(1, answered("B"));
    silent.pass(Duration::from_secs(32));
    assert_eq!(silent.end().by, Fault::Exchange);
    assert!(silent.is_because("call.limit"));
}
