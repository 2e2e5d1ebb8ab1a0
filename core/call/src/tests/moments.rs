//! Anything at any moment: whatever phones, people and time do, a call keeps its word.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::BTreeSet;

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    Leg(u8, LegFact),
    Routed(u16, u8),
    Pass(u64),
    HangUp,
    /// The process dies, and another takes the call up where it was last stored.
    Restart,
}

fn description() -> impl Strategy<Value = Option<Description>> {
    let direction = prop_oneof![
        4 => Just("sendrecv"),
        1 => Just("sendonly"),
        1 => Just("inactive"),
    ];
    proptest::option::weighted(
        0.8,
        direction.prop_map(|direction| described("X", direction)),
    )
}

fn status() -> impl Strategy<Value = u16> {
    prop_oneof![Just(486), Just(480), Just(603), Just(503), 300_u16..700]
}

fn fact() -> impl Strategy<Value = LegFact> {
    prop_oneof![
        4 => Just(LegFact::Ringing),
        2 => description().prop_map(|description| LegFact::Progressed { description }),
        6 => description().prop_map(|description| LegFact::Answered { description }),
        2 => description().prop_map(|description| LegFact::Confirmed { description }),
        2 => status().prop_map(refused),
        1 => Just(LegFact::Unreachable(Unreachable::Timeout)),
        1 => Just(LegFact::Cancelled),
        1 => Just(LegFact::Ended),
        1 => Just(LegFact::Lost(Lost::Gone)),
        2 => Just(LegFact::FellSilent),
        1 => Just(LegFact::HeardAgain),
        1 => Just(LegFact::AnsweredBy(domain::Answerer::Machine)),
        1 => Just(LegFact::Beeped),
        4 => description().prop_map(|description| LegFact::Offered { description }),
        4 => description().prop_map(|description| LegFact::ReofferAnswered { description }),
        2 => status().prop_map(|status| LegFact::ReofferRefused { status }),
        3 => Just(referred("103")),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        20 => (0_u8..6, fact()).prop_map(|(leg, fact)| Step::Leg(leg, fact)),
        4 => (0_u16..4, 0_u8..5).prop_map(|(token, plan)| Step::Routed(token, plan)),
        3 => (0_u64..40).prop_map(Step::Pass),
        1 => Just(Step::Restart),
        1 => Just(Step::HangUp),
    ]
}

fn begin() -> impl Strategy<Value = (u8, bool)> {
    (0_u8..6, any::<bool>())
}

fn steps_of(plan: u8) -> Vec<DialStep> {
    match plan {
        0 => vec![ring(&[1])],
        1 => vec![ring(&[1, 2, 3])],
        2 => vec![ring(&[1]), ring(&[2, 3])],
        3 => vec![DialStep::Guest(Guest::Echo)],
        4 => vec![ring(&[1]), DialStep::Guest(Guest::Announcement)],
        _ => vec![DialStep::Refuse(Refusal::NOT_FOUND)],
    }
}

/// Watches one call and knows what no call may do.
struct Judge {
    scene: Scene,
    /// Legs that have left or were told to.
    gone: BTreeSet<u8>,
    /// What was read of the history and of the orders.
    read: usize,
    stored: Option<Vec<u8>>,
}

impl Judge {
    fn new(plan: u8, offers: bool) -> Judge {
        let offer = offers.then(|| speech("A"));
        let mut judge = Judge {
            scene: Scene::begin_with(steps_of(plan), offer, Config::default()),
            gone: BTreeSet::new(),
            read: 0,
            stored: None,
        };
        judge.look(&BTreeSet::new());
        judge
    }

    fn happen(&mut self, step: Step) {
        let before = self.gone.clone();
        match step {
            Step::Leg(number, fact) => {
                if self.scene.call.summary().legs.len() > usize::from(number) {
                    self.scene.leg(number, fact);
                }
            }
            Step::Routed(token, choice) => {
                let plan = plan(steps_of(choice));
                self.scene.input(Input::Routed { token, plan });
            }
            Step::Pass(seconds) => {
                self.scene.pass(Duration::from_secs(seconds));
            }
            Step::HangUp => {
                self.scene.input(Input::HangUp(HangUp::Drain));
            }
            Step::Restart => return self.restart(),
        }
        self.look(&before);
        if let Some(bytes) = self.scene.call.snapshot(self.scene.now) {
            self.stored = Some(bytes);
        }
    }

    /// Only what was stored goes on; the history of the new process begins anew.
    fn restart(&mut self) {
        let Some(bytes) = self.stored.take_if(|_| self.scene.overs == 0) else {
            return;
        };
        let now = self.scene.now;
        let (call, open) = Call::restore(scope(1), &bytes, now).unwrap();
        let open: BTreeSet<u8> = open.iter().map(|leg| leg.number()).collect();
        let legs = call.summary().legs;
        self.gone = legs
            .iter()
            .map(|leg| leg.number)
            .filter(|n| !open.contains(n))
            .collect();
        for leg in legs {
            let up = leg.stage == LegStage::Up;
            assert_eq!(
                up,
                open.contains(&leg.number),
                "only legs in the call go on"
            );
        }
        self.scene = Scene {
            call,
            now,
            orders: Vec::new(),
            history: Vec::new(),
            overs: 0,
        };
        self.read = 0;
    }

    /// Judges what came out of the last step. `before` had gone before it.
    fn look(&mut self, before: &BTreeSet<u8>) {
        let mut dismissed = BTreeSet::new();
        for order in std::mem::take(&mut self.scene.orders) {
            match &order {
                Output::Leg(leg, what) => {
                    let number = leg.number();
                    assert!(!before.contains(&number), "{number} had gone: {order:?}");
                    assert!(
                        !dismissed.contains(&number),
                        "{number} was dismissed: {order:?}"
                    );
                    if is_last_word(what) {
                        dismissed.insert(number);
                    }
                }
                Output::Media(MediaOrder::Bridge(a, b)) => {
                    assert_ne!(a, b);
                    assert!(!before.contains(&a.number()) && !before.contains(&b.number()));
                }
                Output::Media(_) | Output::Route { .. } | Output::Event(_) | Output::Over => {}
            }
        }
        for what in &self.scene.history[self.read..] {
            if let What::LegClosed { leg, .. } = what {
                assert!(self.gone.insert(leg.number()), "closed twice: {leg:?}");
            }
        }
        self.read = self.scene.history.len();
        assert!(
            dismissed.is_subset(&self.gone),
            "dismissed, and not recorded"
        );
        let ends = self
            .scene
            .history
            .iter()
            .filter(|what| matches!(what, What::Ended(_)));
        assert_eq!(ends.count(), self.scene.overs);
        self.agree();
    }

    /// What the call shows agrees with what it did.
    fn agree(&self) {
        let summary = self.scene.call.summary();
        for leg in &summary.legs {
            let closed = leg.stage == LegStage::Closed;
            assert_eq!(closed, self.gone.contains(&leg.number), "{leg:?}");
        }
        let is_over = self.scene.overs > 0;
        assert_eq!(is_over, self.scene.call.is_over());
        match self.scene.call.deadline() {
            None => assert!(is_over, "a living call can wait for ever"),
            Some(deadline) => assert!(!is_over && deadline.at > self.scene.now),
        }
        if is_over {
            assert!(summary.legs.iter().all(|leg| leg.stage == LegStage::Closed));
        } else {
            assert!(summary.legs.iter().any(|leg| leg.stage != LegStage::Closed));
            if let Bridge::Legs(a, b) = summary.bridge {
                assert_ne!(a, b);
            }
        }
    }
}

fn is_last_word(order: &LegOrder) -> bool {
    matches!(
        order,
        LegOrder::Refuse { .. } | LegOrder::Cancel { .. } | LegOrder::HangUp { .. }
    )
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(3_261),
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_leg_is_dismissed_once_and_every_call_ends_once(
        (plan, offers) in begin(),
        steps in vec(step(), 0..40),
    ) {
        let mut judge = Judge::new(plan, offers);
        for step in steps {
            judge.happen(step);
        }
        judge.happen(Step::Pass(12 * 3_600));
        prop_assert_eq!(judge.scene.overs, 1);
    }
}
