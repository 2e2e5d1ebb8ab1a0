//! A call, its recorder and its journal, played by hand in virtual time.

use crate::Recorder;
use call::{
    Call, Config, Contact, DialPlan, DialStep, HangUp, Incoming, Input, LegFact, LegId, LegOrder,
    Output, Target,
};
use domain::{Cdr, Event, Party};
use ids::{CallId, CdrId, DeviceId, ExtensionId, TenantId};
use machine::{Clock, Instant, WallTime};
use ports::{Journal, JournalRecord, StoreError};
use routing::{Caller, Explanation, Guest, HostClass};
use sdp::Description;
use std::time::Duration;
use tenancy::TenantScope;

/// When the node started.
pub(super) const MORNING: WallTime = WallTime::from_unix_ms(1_760_000_000_000);

/// So many milliseconds after the node's start.
pub(super) fn at(ms: u64) -> WallTime {
    MORNING + Duration::from_millis(ms)
}

/// A journal that remembers all that was appended.
#[derive(Debug, Default)]
pub(super) struct Paper(pub(super) Vec<JournalRecord>);

impl Journal for Paper {
    fn append(&mut self, record: &JournalRecord) {
        self.0.push(record.clone());
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
}

pub(super) fn description() -> Description {
    let text = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
        m=audio 4000 RTP/AVP 0\r\n";
    Description::parse(text).unwrap()
}

pub(super) fn extension(number: &str) -> ExtensionId {
    ExtensionId::new(1, number.parse().unwrap())
}

fn device(number: &str, slot: u8) -> DeviceId {
    let number: u128 = number.parse().unwrap();
    DeviceId::new(1, number * 16 + u128::from(slot))
}

/// Rings these extensions' phones at once, for half a minute.
pub(super) fn ring(numbers: &[&str]) -> DialStep {
    let contact = |(slot, number): (usize, &&str)| Contact {
        device: device(number, u8::try_from(slot).unwrap()),
        extension: extension(number),
        number: (*number).to_owned(),
        display: format!("Extension {number}"),
        slot: 0,
    };
    DialStep::Ring {
        number: numbers.first().copied().unwrap_or_default().to_owned(),
        targets: numbers.iter().enumerate().map(contact).collect(),
        timeout: Duration::from_secs(30),
    }
}

fn plan(steps: Vec<DialStep>) -> DialPlan {
    let mut explanation = Explanation::default();
    explanation.add("extension.by_number", "it is an extension of this tenant");
    DialPlan {
        steps,
        explanation,
        emergency: None,
        beside: None,
    }
}

/// One call in the making.
pub(super) struct Scene {
    pub(super) call: Call,
    pub(super) recorder: Recorder,
    pub(super) journal: Paper,
    /// What the company was told.
    pub(super) news: Vec<Event>,
    /// The legs dialled so far.
    pub(super) dialled: Vec<LegId>,
    /// Questions to routing that are open.
    routes: Vec<u16>,
    caller: LegId,
    now: Instant,
}

impl Scene {
    /// 101 calls, one second after the node's start; the n-th call of the tenant.
    pub(super) fn begin(n: u64, steps: Vec<DialStep>) -> Scene {
        Scene::begin_with(n, steps, Some(description()))
    }

    pub(super) fn begin_with(n: u64, steps: Vec<DialStep>, offer: Option<Description>) -> Scene {
        let tenant = TenantId::new(1, 1);
        let now = Instant::from_secs(1);
        let caller = Caller {
            device: Some(device("101", 0)),
            extension: Some(extension("101")),
            trunk: None,
            number: "101".to_owned(),
            display: "Ada".to_owned(),
            proof: None,
        };
        let party = Party {
            extension: caller.extension,
            device: caller.device,
            number: caller.number.clone(),
            display: caller.display.clone(),
        };
        let id = CallId::new(n, 1);
        let incoming = Incoming {
            id,
            caller,
            dialled: "102".to_owned(),
            offer,
            plan: plan(steps),
            earlier: 0,
            config: Config::default(),
        };
        let mut out = Vec::new();
        let scope = TenantScope::for_job(tenant, "test");
        let (call, caller) = Call::incoming(scope, incoming, now, &mut out);
        let clock = Clock::new(MORNING);
        let recorder = Recorder::begin(CdrId::new(n, 2), id, tenant, party, clock.wall(now));
        let mut scene = Scene {
            call,
            recorder,
            journal: Paper::default(),
            news: Vec::new(),
            dialled: Vec::new(),
            routes: Vec::new(),
            caller,
            now,
        };
        scene.follow(out);
        scene
    }

    pub(super) fn follow(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Event(event) => {
                    let clock = Clock::new(MORNING);
                    let news = self.recorder.event(&event, &clock, &mut self.journal);
                    self.news.extend(news);
                }
                Output::Leg(leg, LegOrder::Dial { .. }) => self.dialled.push(leg),
                Output::Route { token, .. } => self.routes.push(token),
                Output::Leg(..) | Output::Media(_) | Output::Over => {}
            }
        }
        self.recorder.settle(&mut self.journal);
    }

    fn handle(&mut self, input: Input) {
        let mut out = Vec::new();
        self.call.handle(input, self.now, &mut out);
        self.follow(out);
    }

    /// Lets time pass, and what is due happen.
    pub(super) fn after(&mut self, duration: Duration) -> &mut Scene {
        self.now += duration;
        let mut out = Vec::new();
        self.call.expire(self.now, &mut out);
        self.follow(out);
        self
    }

    pub(super) fn now(&self) -> Instant {
        self.now
    }

    /// The leg of the caller, and those dialled.
    pub(super) fn leg(&self, number: usize) -> LegId {
        match number.checked_sub(1) {
            None => self.caller,
            Some(index) => self.dialled[index],
        }
    }

    /// Something happens to a leg: 0 is the caller, those dialled follow.
    pub(super) fn leg_does(&mut self, number: usize, fact: LegFact) -> &mut Scene {
        self.handle(Input::Leg(self.leg(number), fact));
        self
    }

    pub(super) fn rings(&mut self, number: usize) -> &mut Scene {
        self.leg_does(number, LegFact::Ringing)
    }

    pub(super) fn answers(&mut self, number: usize) -> &mut Scene {
        let description = Some(description());
        self.leg_does(number, LegFact::Answered { description })
    }

    pub(super) fn refuses(&mut self, number: usize, status: u16) -> &mut Scene {
        let reason = String::new();
        self.leg_does(number, LegFact::Refused { status, reason })
    }

    /// A party asks for the other to be sent to another extension, which is rung.
    pub(super) fn sends_on(&mut self, number: usize, to: &str) -> &mut Scene {
        let target = Target {
            user: to.to_owned(),
            host: HostClass::Own,
        };
        self.leg_does(number, LegFact::Referred { target });
        let token = self.routes.pop().unwrap();
        let plan = plan(vec![ring(&[to])]);
        self.handle(Input::Routed { token, plan });
        self
    }

    pub(super) fn operator_ends_it(&mut self) -> &mut Scene {
        let text = "an operator ended it".to_owned();
        self.handle(Input::HangUp(HangUp::Operator(text)));
        self
    }

    pub(super) fn exchange_drains(&mut self) -> &mut Scene {
        self.handle(Input::HangUp(HangUp::Drain));
        self
    }

    /// The record of a call that has ended, and the journal.
    pub(super) fn close(self) -> (Cdr, Vec<JournalRecord>) {
        let mut journal = self.journal;
        assert!(self.call.is_over(), "the call has ended");
        let cdr = self.recorder.close(&mut journal);
        (cdr, journal.0)
    }
}

/// A call of 101 to 102 that rings after 100 ms and is answered after two seconds.
pub(super) fn talk(n: u64) -> Scene {
    let mut scene = Scene::begin(n, vec![ring(&["102"])]);
    scene.after(Duration::from_millis(100)).rings(1);
    scene.after(Duration::from_millis(1_900)).answers(1);
    scene
}

pub(super) fn echo() -> DialStep {
    DialStep::Guest(Guest::Echo)
}
