//! What holds whatever is called, by whom, and in which order.
#![allow(clippy::unwrap_used)]

use domain::{BudgetOf, CallClass, Guarding, Toll, TollBudget, TollLimits, TollPrice};
use fraud::{CallOut, Fraud, News, Subject};
use ids::{DeviceId, TenantId};
use machine::Instant;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

const PRICE: u32 = 10;
const MOST: u32 = 95;
const HOUR: u64 = 3_600;

fn budget(per: BudgetOf, contain: bool) -> TollBudget {
    TollBudget {
        per,
        limits: TollLimits {
            spend_per_hour: Some(MOST),
            ..TollLimits::default()
        },
        prices: vec![TollPrice {
            to: None,
            class: None,
            per_minute: PRICE,
        }],
        contain,
        ..TollBudget::standard()
    }
}

fn toll() -> Toll {
    Toll {
        class: CallClass::Premium,
        number: None,
        wire: "0900".to_owned(),
        per_minute: None,
    }
}

fn guarding(budget: &TollBudget) -> [Guarding<'_>; 1] {
    [Guarding {
        id: None,
        name: "",
        revision: 0,
        budget,
    }]
}

/// One thing that happens: to which call, of which device of which tenant, after so many seconds.
#[derive(Clone, Copy, Debug)]
enum Act {
    Begin(u8, u8),
    Answer(u8),
    End(u8),
    Move(u8, u8),
    Wait(u16),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (0..3u8, 0..2u8).prop_map(|(device, tenant)| Act::Begin(device, tenant)),
        4 => any::<u8>().prop_map(Act::Answer),
        1 => any::<u8>().prop_map(Act::End),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(from, to)| Act::Move(from, to)),
        4 => (1..900u16).prop_map(Act::Wait),
    ];
    prop::collection::vec(act, 1..120)
}

/// An exchange that ends calls when it is told to, and a carrier that bills started minutes.
#[derive(Default)]
struct Carrier {
    fraud: Fraud,
    now: u64,
    next: u64,
    /// Live ways out: their call, whose they are, and since when they are answered.
    live: Vec<(u64, (TenantId, DeviceId), Option<u64>)>,
    /// When each started minute began, in seconds.
    billed: BTreeMap<(TenantId, DeviceId), Vec<u64>>,
}

fn at(seconds: u64) -> Instant {
    Instant::from_secs(seconds)
}

impl Carrier {
    fn heed(&mut self) {
        for news in self.fraud.take() {
            if let News::End(call, _) = news {
                self.end(call);
            }
        }
    }

    fn end(&mut self, call: u64) {
        let now = self.now;
        for (_, whose, since) in self.live.extract_if(.., |(one, ..)| *one == call) {
            if let Some(since) = since {
                let minutes = (now - since).div_ceil(60).max(1);
                let billed = self.billed.entry(whose).or_default();
                billed.extend((0..minutes).map(|minute| since + 60 * minute));
            }
        }
        self.fraud.ended(call);
    }

    fn wait(&mut self, seconds: u64) {
        let until = self.now + seconds;
        while let Some(due) = self.fraud.deadline().filter(|due| *due <= at(until)) {
            self.now = due.saturating_since(Instant::ZERO).as_secs();
            self.fraud.expire(due);
            self.heed();
        }
        self.now = until;
    }

    fn pick(&self, n: u8) -> Option<u64> {
        let many = self.live.len();
        (many > 0).then(|| self.live[usize::from(n) % many].0)
    }

    fn act(&mut self, act: Act, budget: &TollBudget) {
        match act {
            Act::Begin(device, tenant) => {
                let tenant = TenantId::new(1, tenant.into());
                let device = DeviceId::new(1, device.into());
                self.next += 1;
                let toll = toll();
                let out = CallOut {
                    call: self.next,
                    tenant,
                    device: Some(device),
                    extension: None,
                    toll: &toll,
                };
                if self
                    .fraud
                    .begin(&out, &guarding(budget), at(self.now))
                    .is_ok()
                {
                    self.live.push((self.next, (tenant, device), None));
                }
                self.heed();
            }
            Act::Answer(n) => {
                if let Some(call) = self.pick(n) {
                    self.fraud.answered(call, at(self.now));
                    let now = self.now;
                    let live = self.live.iter_mut();
                    for (_, _, since) in live.filter(|(one, ..)| *one == call) {
                        since.get_or_insert(now);
                    }
                }
            }
            Act::End(n) => {
                if let Some(call) = self.pick(n) {
                    self.end(call);
                }
            }
            Act::Move(from, to) => {
                if let (Some(from), Some(to)) = (self.pick(from), self.pick(to))
                    && from != to
                {
                    self.fraud.moved(from, to);
                    for (call, ..) in &mut self.live {
                        if *call == from {
                            *call = to;
                        }
                    }
                }
            }
            Act::Wait(seconds) => self.wait(seconds.into()),
        }
    }
}

/// The most that is billed within any hour.
fn worst(billed: &[u64]) -> u64 {
    let within = |from: u64| {
        billed
            .iter()
            .filter(|at| (from..from + HOUR).contains(*at))
            .count()
    };
    let most = billed.iter().map(|from| within(*from)).max().unwrap_or(0);
    u64::try_from(most).unwrap() * u64::from(PRICE)
}

proptest! {
    #[test]
    fn no_device_is_billed_more_within_an_hour_than_its_budget(acts in acts(), contain: bool) {
        let budget = budget(BudgetOf::Device, contain);
        let mut carrier = Carrier::default();
        for act in acts {
            carrier.act(act, &budget);
        }
        carrier.wait(5 * HOUR);
        while let Some(call) = carrier.pick(0) {
            carrier.end(call);
        }
        for billed in carrier.billed.values() {
            prop_assert!(worst(billed) <= u64::from(MOST), "{billed:?}");
        }
    }

    #[test]
    fn what_one_tenant_uses_never_touches_anothers(acts in acts()) {
        let budget = budget(BudgetOf::Tenant, true);
        let mut together = Carrier::default();
        for act in &acts {
            if matches!(act, Act::Begin(..) | Act::Wait(_)) {
                together.act(*act, &budget);
            }
        }
        let mut alone = Carrier::default();
        for act in &acts {
            if matches!(act, Act::Begin(_, 0) | Act::Wait(_)) {
                alone.act(*act, &budget);
            }
        }
        let tenant = TenantId::new(1, 0);
        for limit in fraud::Limit::ALL {
            let key = (None, Subject::Tenant);
            let used = |carrier: &mut Carrier| {
                let now = at(carrier.now);
                carrier.fraud.used(tenant, key, limit, now)
            };
            prop_assert_eq!(used(&mut together), used(&mut alone));
        }
    }
}

#[test]
fn only_the_device_that_met_the_limit_is_contained_and_only_its_calls_end() {
    let budget = budget(BudgetOf::Device, true);
    let mut fraud = Fraud::default();
    let (toll, tenant) = (toll(), TenantId::new(1, 1));
    let begin = |fraud: &mut Fraud, call: u64, device: u128| {
        let out = CallOut {
            call,
            tenant,
            device: Some(DeviceId::new(1, device)),
            extension: None,
            toll: &toll,
        };
        let begun = fraud.begin(&out, &guarding(&budget), at(1));
        fraud.answered(call, at(1));
        begun
    };
    begin(&mut fraud, 100, 2).unwrap();
    for call in 1..=9 {
        begin(&mut fraud, call, 1).unwrap();
    }
    fraud.take();
    let refused = begin(&mut fraud, 10, 1).unwrap_err();
    assert_eq!(refused.limit, Some(fraud::Limit::SpendPerHour));
    let news = fraud.take();
    let thief = DeviceId::new(1, 1);
    assert!(matches!(&news[0], News::Contained(found) if found.device == thief));
    let ended: Vec<u64> = news
        .iter()
        .filter_map(|one| match one {
            News::End(call, _) => Some(*call),
            News::Warned(_) | News::Contained(_) => None,
        })
        .collect();
    assert_eq!(ended, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    begin(&mut fraud, 101, 2).unwrap();
    fraud.forgive(tenant, thief);
    begin(&mut fraud, 11, 1).unwrap();
}

#[test]
fn budgets_that_nothing_is_left_of_are_let_go() {
    let budget = budget(BudgetOf::Device, true);
    let mut fraud = Fraud::default();
    let toll = toll();
    for call in 0..50u64 {
        let out = CallOut {
            call,
            tenant: TenantId::new(1, 1),
            device: Some(DeviceId::new(1, call.into())),
            extension: None,
            toll: &toll,
        };
        fraud.begin(&out, &guarding(&budget), at(10)).unwrap();
        fraud.ended(call);
    }
    assert_eq!(fraud.figures().budgets_now, 50);
    fraud.expire(at(10 + 2 * 86_400) + Duration::from_secs(1));
    assert_eq!(fraud.figures().budgets_now, 0);
}
