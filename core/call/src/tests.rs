//! The call, played by hand in virtual time: what its legs, media and the record are told.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answerers;
mod begun;
mod beside;
mod bounds;
mod cancel;
mod carriers;
mod fax_guests;
mod faxes;
mod forwards;
mod guests;
mod hold;
mod matrix;
mod moments;
mod music;
mod ringing;
mod silence;
mod snapshots;
mod transfer;
mod words;

use std::time::Duration;

use domain::{End, Fault};
use ids::{CallId, DeviceId, ExtensionId, TenantId};
use machine::Instant;
use routing::{Caller, Explanation, Guest, HostClass, Refusal};
use sdp::Description;
use tenancy::TenantScope;

use crate::{
    Bridge, Call, Config, Contact, DialPlan, DialStep, HangUp, Incoming, Input, LegFact, LegId,
    LegOrder, LegStage, Lost, MediaOrder, Output, Prompt, Target, Unreachable, What,
};

/// A call and everything that came out of it.
struct Scene {
    call: Call,
    now: Instant,
    /// What its legs, media and routing were ordered since the last look.
    orders: Vec<Output>,
    /// What the record was told, from the beginning.
    history: Vec<What>,
    /// How often the call said it was over.
    overs: usize,
}

impl Scene {
    /// 101 calls, with an offer.
    fn begin(steps: Vec<DialStep>) -> Scene {
        Scene::begin_with(steps, Some(speech("A")), Config::default())
    }

    fn begin_with(steps: Vec<DialStep>, offer: Option<Description>, config: Config) -> Scene {
        Scene::begin_by(plan(steps), offer, config)
    }

    fn begin_by(plan: DialPlan, offer: Option<Description>, config: Config) -> Scene {
        let incoming = Incoming {
            id: CallId::new(1, 1),
            caller: person(1),
            dialled: "102".to_owned(),
            offer,
            plan,
            earlier: 0,
            config,
        };
        let (now, mut out) = (Instant::from_secs(100), Vec::new());
        let (call, _) = Call::incoming(scope(1), incoming, now, &mut out);
        let mut scene = Scene {
            call,
            now,
            orders: Vec::new(),
            history: Vec::new(),
            overs: 0,
        };
        scene.take(out);
        scene
    }

    /// 101 talks with the first device of 102.
    fn talking() -> Scene {
        let mut scene = Scene::begin(vec![ring(&[1])]);
        scene.leg(1, answered("B"));
        scene.orders.clear();
        scene
    }

    fn take(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            assert_eq!(self.overs, 0, "something came after the end: {output:?}");
            match output {
                Output::Event(event) => {
                    assert_eq!(event.at, self.now);
                    self.history.push(event.what);
                }
                Output::Over => self.overs += 1,
                Output::Leg(..) | Output::Media(_) | Output::Route { .. } => {
                    self.orders.push(output);
                }
            }
        }
    }

    fn input(&mut self, input: Input) -> &mut Scene {
        let mut out = Vec::new();
        self.call.handle(input, self.now, &mut out);
        self.take(out);
        self
    }

    /// Something happens to a leg: 0 is the caller, those dialled follow.
    fn leg(&mut self, number: u8, fact: LegFact) -> &mut Scene {
        self.input(Input::Leg(leg(number), fact))
    }

    /// Routing answers its last question.
    fn routed(&mut self, steps: Vec<DialStep>) -> &mut Scene {
        let asked = self.orders.iter().rev().find_map(|order| match order {
            Output::Route { token, .. } => Some(*token),
            Output::Leg(..) | Output::Media(_) | Output::Event(_) | Output::Over => None,
        });
        let (token, plan) = (asked.expect("routing was asked"), plan(steps));
        self.input(Input::Routed { token, plan })
    }

    fn pass(&mut self, time: Duration) -> &mut Scene {
        let end = self.now + time;
        while let Some(deadline) = self.call.deadline().filter(|due| due.at <= end) {
            assert!(deadline.at >= self.now, "a deadline lies in the past");
            self.now = deadline.at;
            let mut out = Vec::new();
            self.call.expire(self.now, &mut out);
            self.take(out);
        }
        self.now = end;
        self
    }

    /// The orders since the last look, in words.
    fn orders(&mut self) -> Vec<String> {
        self.orders
            .drain(..)
            .map(|order| words::order(&order))
            .collect()
    }

    /// The end that was recorded.
    fn end(&self) -> &End {
        assert_eq!(self.overs, 1, "the call is not over");
        match self.history.last() {
            Some(What::Ended(end)) => end,
            other => panic!("the history does not end: {other:?}"),
        }
    }

    fn stage(&self, number: u8) -> LegStage {
        self.call.leg(leg(number)).expect("there is such a leg").1
    }

    /// Whether a rule is among the reasons.
    fn is_because(&self, rule: &str) -> bool {
        let why = self.call.summary().why;
        why.reasons().iter().any(|reason| reason.rule == rule)
    }
}

fn scope(tenant: u128) -> TenantScope {
    TenantScope::for_job(TenantId::new(1, tenant), "test")
}

fn leg(number: u8) -> LegId {
    LegId::new(number.into()).unwrap()
}

/// Extension 100 + n and its first phone.
fn person(n: u64) -> Caller {
    Caller {
        device: Some(DeviceId::new(n, 1)),
        extension: Some(ExtensionId::new(n, 1)),
        trunk: None,
        number: (100 + n).to_string(),
        display: format!("Person {n}"),
        proof: None,
    }
}

/// A phone of 102.
fn contact(n: u64) -> Contact {
    Contact {
        device: DeviceId::new(2, n.into()),
        extension: ExtensionId::new(2, 1),
        number: "102".to_owned(),
        display: "Bob".to_owned(),
        slot: 0,
    }
}

/// Rings these phones for half a minute.
fn ring(phones: &[u64]) -> DialStep {
    DialStep::Ring {
        number: "102".to_owned(),
        targets: phones.iter().map(|n| contact(*n)).collect(),
        timeout: Duration::from_secs(30),
    }
}

fn plan(steps: Vec<DialStep>) -> DialPlan {
    let mut explanation = Explanation::default();
    explanation.add("test.plan", "the test says so");
    DialPlan {
        steps,
        explanation,
        emergency: None,
        beside: None,
    }
}

/// A description that can be told from others by its session name.
fn speech(name: &str) -> Description {
    described(name, "sendrecv")
}

fn described(name: &str, direction: &str) -> Description {
    let text = format!(
        "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns={name}\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
         m=audio 4000 RTP/AVP 0\r\na={direction}\r\n"
    );
    Description::parse(text.as_bytes()).unwrap()
}

fn answered(name: &str) -> LegFact {
    LegFact::Answered {
        description: Some(speech(name)),
    }
}

fn offered(name: &str, direction: &str) -> LegFact {
    LegFact::Offered {
        description: Some(described(name, direction)),
    }
}

fn reoffer_answered(name: &str) -> LegFact {
    LegFact::ReofferAnswered {
        description: Some(speech(name)),
    }
}

fn refused(status: u16) -> LegFact {
    LegFact::Refused {
        status,
        reason: "No".to_owned(),
    }
}

fn referred(user: &str) -> LegFact {
    LegFact::Referred {
        target: Target {
            user: user.to_owned(),
            host: HostClass::Own,
        },
    }
}
