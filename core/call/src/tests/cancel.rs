//! Giving up, hanging up and getting lost, at every stage of a call.

use super::*;

#[test]
fn a_caller_that_gives_up_stops_every_phone() {
    let stages: [fn(&mut Scene); 4] = [
        |_| {},
        |scene| {
            scene.leg(1, LegFact::Ringing);
        },
        |scene| {
            scene.leg(
                1,
                LegFact::Progressed {
                    description: Some(speech("B")),
                },
            );
        },
        |scene| {
            scene.leg(2, refused(486)).leg(1, LegFact::Ringing);
        },
    ];
    for (at, stage) in stages.into_iter().enumerate() {
        let mut scene = Scene::begin(vec![ring(&[1, 2])]);
        stage(&mut scene);
        scene.orders.clear();
        scene.leg(0, LegFact::Cancelled);
        let orders = scene.orders();
        assert!(
            orders.contains(&"1: cancel, cause 16".to_owned()),
            "{at}: {orders:?}"
        );
        assert_eq!(orders.len(), if at == 3 { 1 } else { 2 }, "{orders:?}");
        let end = scene.end();
        assert_eq!((end.sip_status, end.by), (487, Fault::Caller));
    }
}

#[test]
fn whoever_hangs_up_the_other_is_hung_up_and_the_record_says_who() {
    for (who, other, by) in [(0, 1, Fault::Caller), (1, 0, Fault::Callee)] {
        let mut scene = Scene::talking();
        scene.leg(who, LegFact::Ended);
        assert_eq!(scene.orders(), [format!("{other}: hang up, cause 16")]);
        assert_eq!(scene.end().by, by);
    }
}

#[test]
fn a_phone_that_is_lost_ends_the_call_by_the_networks_fault() {
    for (lost, who, other) in [
        (Lost::SessionExpired, 0, 1),
        (Lost::NoAck, 0, 1),
        (Lost::Gone, 1, 0),
    ] {
        let mut scene = Scene::talking();
        scene.leg(who, LegFact::Lost(lost));
        assert_eq!(scene.orders(), [format!("{other}: hang up, cause 27")]);
        let end = scene.end();
        assert_eq!((end.sip_status, end.by), (408, Fault::Network));
        assert!(scene.is_because("leg.lost"));
    }
}

#[test]
fn an_operator_can_end_a_call_at_any_stage_and_the_record_keeps_the_words() {
    let stages: [fn() -> Scene; 3] = [
        || Scene::begin(vec![ring(&[1])]),
        Scene::talking,
        || Scene::begin(vec![DialStep::Guest(Guest::Echo)]),
    ];
    for stage in stages {
        for (by, fault, words) in [
            (
                HangUp::Operator("fraud".to_owned()),
                Fault::Operator,
                "fraud",
            ),
            (
                HangUp::Drain,
                Fault::Exchange,
                "the exchange is being stopped",
            ),
        ] {
            let mut scene = stage();
            scene.input(Input::HangUp(by));
            let end = scene.end();
            assert_eq!((end.by, end.reason.as_str()), (fault, words));
            assert!(scene.is_because("call.hang_up"));
            assert!(!scene.orders().is_empty());
        }
    }
}

#[test]
fn a_call_may_last_twelve_hours_and_no_second_longer() {
    let mut scene = Scene::talking();
    scene.pass(Duration::from_secs(12 * 3_600 - 1));
    assert_eq!(scene.orders(), [""; 0]);
    scene.pass(Duration::from_secs(1));
    assert_eq!(
        scene.orders(),
        ["0: hang up, cause 102", "1: hang up, cause 102"]
    );
    assert_eq!(scene.end().by, Fault::Exchange);
}

#[test]
fn after_the_end_nothing_is_heard_and_nothing_is_due() {
    let mut scene = Scene::talking();
    scene.leg(0, LegFact::Ended);
    scene.orders.clear();
    scene
        .leg(1, LegFact::Ended)
        .leg(0, LegFact::Cancelled)
        .leg(1, answered("B"));
    scene
        .input(Input::HangUp(HangUp::Drain))
        .pass(Duration::from_secs(100_000));
    assert_eq!(scene.orders(), [""; 0]);
    assert_eq!(scene.overs, 1);
    assert_eq!(scene.call.deadline(), None);
    assert_eq!(scene.call.summary().state, "over");
}
