//! In which order the trunks of a route are tried: by cost, by quality, and never for help.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod documents;

use documents::resource;
use domain::{
    CompiledDeck, CompiledTenant, Extension, LineParts, Number, OutboundRoute, QualityFloor,
    RateDeck, Tenant, TenantParts, TollGuard, Trunk,
};
use ids::{ExtensionId, NumberId, OutboundRouteId, RateDeckId, TenantId, TollGuardId, TrunkId};
use machine::WallTime;
use proptest::prelude::*;
use routing::{
    Caller, Dialled, Judgement, Measured, Plan, Purpose, RouteRequest, Step, plan, plan_measured,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use tenancy::Owner;

const ACME: TenantId = TenantId::new(1, 1);
const ANNA: ExtensionId = ExtensionId::new(1, 1);
const PARIS: &str = "+33140205050";

/// Four trunks, the last of which is the operator's.
const TRUNKS: [TrunkId; 4] = [
    TrunkId::new(1, 1),
    TrunkId::new(2, 1),
    TrunkId::new(3, 1),
    TrunkId::new(4, 1),
];

fn owner_of(at: usize) -> Owner {
    match at {
        3 => Owner::PLATFORM,
        _ => ACME.into(),
    }
}

fn deck(at: usize, currency: &str, rates: Value) -> Arc<CompiledDeck> {
    let spec = json!({
        "name": format!("deck-{at}"), "currency": currency, "first_seconds": 1,
        "each_seconds": 1, "rates": rates,
    });
    let id = RateDeckId::new(1 + at as u64, 1);
    Arc::new(CompiledDeck::new(resource::<RateDeck>(
        owner_of(at),
        id,
        spec,
    )))
}

/// A minute to anywhere costs this.
fn flat(at: usize, per_minute: u32) -> Arc<CompiledDeck> {
    deck(at, "EUR", json!([{ "per_minute": per_minute }]))
}

/// A company whose route for the world tries all four trunks, of which these decks are known.
fn company(order: Value, decks: Vec<Arc<CompiledDeck>>) -> TenantParts {
    let owner = Owner::from(ACME);
    let trunk = |at: usize| {
        let mut spec = json!({
            "name": format!("trunk-{at}"), "mode": "peer", "peers": ["sip:sbc.example"],
            "rate_decks": [RateDeckId::new(1 + at as u64, 1)],
        });
        if owner_of(at) == Owner::PLATFORM {
            spec["shared_with"] = json!([ACME]);
        }
        (resource::<Trunk>(owner_of(at), TRUNKS[at], spec), None)
    };
    let mut world = json!({ "name": "world", "patterns": [{ "prefix": "+" }], "trunks": TRUNKS });
    world
        .as_object_mut()
        .unwrap()
        .extend(order.as_object().unwrap().clone());
    let help = json!({
        "name": "help", "emergency": true, "patterns": [{ "prefix": "112" }], "trunks": TRUNKS,
    });
    let route = |n, spec| resource::<OutboundRoute>(owner, OutboundRouteId::new(n, 1), spec);
    let number = json!({ "number": "+493055501", "state": "assigned", "tenant": ACME });
    TenantParts {
        tenant: resource::<Tenant>(owner, ACME, json!({ "domains": ["acme.example"] })),
        plan: None,
        extensions: vec![resource::<Extension>(
            owner,
            ANNA,
            json!({ "number": "101", "destination": "echo" }),
        )],
        devices: Vec::new(),
        lines: LineParts {
            trunks: (0..4).map(trunk).collect(),
            decks,
            numbers: vec![resource::<Number>(
                Owner::PLATFORM,
                NumberId::new(1, 1),
                number,
            )],
            outbound: vec![route(1, world), route(2, help)],
            ..LineParts::default()
        },
        cursor: 0,
    }
}

fn request(dialled: &str) -> RouteRequest {
    let caller = Caller {
        extension: Some(ANNA),
        number: "101".to_owned(),
        ..Caller::default()
    };
    RouteRequest::call(caller, Dialled::own(dialled))
}

fn ask(parts: TenantParts, dialled: &str) -> Plan {
    let tenant = CompiledTenant::compile(parts);
    plan(&tenant, &request(dialled), WallTime::UNIX_EPOCH)
}

/// The places of the trunks in the order in which they are tried.
fn tried(plan: &Plan) -> Vec<usize> {
    let steps = plan.steps.iter().filter_map(|step| match step {
        Step::Trunk { trunk, .. } => TRUNKS.iter().position(|one| one == trunk),
        Step::Ring { .. }
        | Step::Guest(_)
        | Step::Divert(_)
        | Step::Forward(_)
        | Step::Refuse(_) => None,
    });
    steps.collect()
}

fn because(plan: &Plan, rule: &str) -> Vec<String> {
    let reasons = plan.explanation.reasons().iter();
    let reasons = reasons.filter(|reason| reason.rule == rule);
    reasons.map(|reason| reason.because.clone()).collect()
}

/// How each trunk does, by its place; the others are not known.
#[derive(Default)]
struct Known(BTreeMap<usize, Judgement>);

impl Measured for Known {
    fn judge(&self, trunk: TrunkId, _: &QualityFloor) -> Judgement {
        let at = TRUNKS.iter().position(|one| *one == trunk).unwrap();
        self.0.get(&at).cloned().unwrap_or(Judgement::Unknown)
    }
}

fn measured(parts: TenantParts, known: &Known) -> Plan {
    let tenant = CompiledTenant::compile(parts);
    plan_measured(&tenant, &request(PARIS), WallTime::UNIX_EPOCH, known)
}

fn short(words: &str) -> Judgement {
    Judgement::FallsShort(words.to_owned())
}

#[test]
fn trunks_are_tried_as_listed_whatever_they_cost_where_nothing_else_is_said() {
    let decks = vec![flat(0, 9), flat(1, 1)];
    let plan = ask(company(json!({}), decks), PARIS);
    assert_eq!(tried(&plan), [0, 1, 2, 3]);
    assert!(because(&plan, "outbound.least_cost").is_empty());
}

#[test]
fn the_cheapest_is_tried_first_and_one_without_a_price_last() {
    let decks = vec![flat(0, 90_000), flat(2, 30_000), flat(3, 10_000)];
    let plan = ask(company(json!({ "order": "least_cost" }), decks), PARIS);
    assert_eq!(tried(&plan), [3, 2, 0, 1]);
    let order = "trunk trunk-3, then trunk-2, then trunk-0, then trunk-1: least cost first \
                 (outbound route world, revision 7)";
    assert_eq!(because(&plan, "outbound.least_cost"), [order]);
}

#[test]
fn what_connecting_and_short_steps_cost_counts_for_three_minutes() {
    let decks = vec![
        deck(
            0,
            "EUR",
            json!([{ "per_minute": 10_000, "connection": 7_000 }]),
        ),
        deck(1, "EUR", json!([{ "per_minute": 12_000 }])),
        deck(
            2,
            "EUR",
            json!([{ "per_minute": 9_000, "first_seconds": 300 }]),
        ),
        deck(3, "EUR", json!([{ "per_minute": 12_000 }])),
    ];
    let plan = ask(company(json!({ "order": "least_cost" }), decks), PARIS);
    assert_eq!(tried(&plan), [1, 3, 0, 2]);
}

#[test]
fn prices_of_another_currency_than_the_first_are_not_compared() {
    let rates = |per_minute: u32| json!([{ "per_minute": per_minute }]);
    let decks = vec![
        deck(0, "EUR", rates(9)),
        deck(1, "USD", rates(1)),
        deck(2, "EUR", rates(5)),
    ];
    let plan = ask(company(json!({ "order": "least_cost" }), decks), PARIS);
    assert_eq!(tried(&plan), [2, 0, 1, 3]);
}

#[test]
fn figures_are_told_of_own_trunks_and_never_of_a_shared_one() {
    let decks = vec![flat(0, 90_000), flat(3, 77_777)];
    let order = json!({ "order": "least_cost", "floor": { "answer_percent": 40 } });
    let known = Known([(0, short("3 %")), (3, short("31 % of 44"))].into());
    let plan = measured(company(order, decks), &known);
    let priced = "trunk trunk-0, revision 7: 3 minutes to +33140205050 cost 0.270000 EUR as \
                  everything else (rate deck deck-0, revision 7)";
    assert_eq!(because(&plan, "trunk.price"), [priced]);
    let behind = because(&plan, "outbound.below_floor");
    assert!(
        behind
            .iter()
            .any(|why| why.contains("trunk-0") && why.contains("(3 %)"))
    );
    assert!(behind.iter().any(|why| why.contains("trunk-3")));
    for reason in plan.explanation.reasons() {
        for figure in ["77777", "077777", "233331", "31 %", "deck-3"] {
            assert!(!reason.because.contains(figure), "{}", reason.because);
        }
    }
}

#[test]
fn trunks_below_the_floor_go_behind_the_others_in_the_order_that_they_have() {
    let order = json!({ "order": "quality", "floor": { "answer_percent": 40 } });
    let known = Known(
        [
            (0, short("")),
            (1, Judgement::Reaches),
            (2, short("")),
            (3, Judgement::Unknown),
        ]
        .into(),
    );
    let plan = measured(company(order.clone(), Vec::new()), &known);
    assert_eq!(tried(&plan), [1, 3, 0, 2]);
    let trial = Known([(0, Judgement::OnTrial(String::new()))].into());
    let plan = measured(company(order, Vec::new()), &trial);
    assert_eq!(tried(&plan), [0, 1, 2, 3]);
    assert_eq!(because(&plan, "outbound.on_trial").len(), 1);
}

#[test]
fn where_nobody_knows_how_trunks_do_the_explanation_says_so() {
    let order = json!({ "order": "least_cost", "floor": { "mos_x100": 350 } });
    let plan = ask(company(order, vec![flat(1, 1)]), PARIS);
    assert_eq!(tried(&plan), [1, 0, 2, 3]);
    assert_eq!(because(&plan, "outbound.not_measured").len(), 1);
}

#[test]
fn the_rate_deck_of_another_owner_prices_nothing() {
    let mut parts = company(json!({ "order": "least_cost" }), vec![flat(3, 1)]);
    let theirs = RateDeckId::new(4, 1);
    parts.lines.trunks[1].0.spec.rate_decks = vec![theirs];
    let plan = ask(parts, PARIS);
    assert_eq!(tried(&plan), [3, 0, 1, 2]);
    let unpriced = because(&plan, "trunk.unpriced");
    assert!(unpriced.iter().any(|why| why.starts_with("trunk trunk-1")));
}

#[test]
fn budgets_of_the_company_count_what_the_dearest_of_its_own_trunks_asks() {
    let own = || vec![flat(0, 90_000), flat(1, 125_000)];
    let routed = |trunks: &[TrunkId], decks| {
        let mut parts = company(json!({}), decks);
        parts.lines.outbound[0].spec.trunks = trunks.to_vec();
        let budget = json!({ "prices": [{ "per_minute": 2 }], "limits": { "spend_per_day": 9 } });
        let guard = json!({ "name": "abroad", "budget": budget });
        let id = TollGuardId::new(1, 1);
        parts.lines.guards = vec![resource::<TollGuard>(ACME.into(), id, guard)];
        let tenant = CompiledTenant::compile(parts);
        let fare = plan(&tenant, &request(PARIS), WallTime::UNIX_EPOCH)
            .fare
            .unwrap();
        let guarding = tenant.guarding(&fare.toll, Some(ANNA), WallTime::UNIX_EPOCH);
        guarding.map(|by| by.price(&fare.toll)).collect::<Vec<_>>()
    };
    // the plan's own prices stay what they are
    assert_eq!(routed(&TRUNKS[..2], own()), [30, 13]);
    assert_eq!(routed(&TRUNKS[..3], own()), [30, 2], "one has no price");
    let shared = vec![flat(0, 90_000), flat(3, 125_000)];
    let with_shared = [TRUNKS[0], TRUNKS[3]];
    assert_eq!(
        routed(&with_shared, shared),
        [30, 2],
        "one is the operator's"
    );
}

fn judgement() -> impl Strategy<Value = Judgement> {
    prop_oneof![
        Just(Judgement::Unknown),
        Just(Judgement::Reaches),
        Just(short("12 %")),
        Just(Judgement::OnTrial("12 %".to_owned())),
    ]
}

proptest! {
    #[test]
    fn every_usable_trunk_is_tried_once_and_calls_for_help_as_they_are_listed(
        order in prop_oneof![Just("as_listed"), Just("least_cost"), Just("quality")],
        prices in prop::collection::vec(prop::option::of(0..5u32), 4),
        judgements in prop::collection::vec(judgement(), 4),
        disabled in 0..4usize,
    ) {
        let priced = prices.iter().enumerate();
        let decks = priced.filter_map(|(at, price)| Some(flat(at, (*price)?))).collect();
        let mut said = json!({ "order": order });
        if order != "as_listed" {
            said["floor"] = json!({ "answer_percent": 40 });
        }
        let mut parts = company(said, decks);
        parts.lines.trunks[disabled].0.spec.enabled = false;
        let known = Known(judgements.into_iter().enumerate().collect());
        let usable: Vec<usize> = (0..4).filter(|at| *at != disabled).collect();
        let tenant = CompiledTenant::compile(parts);
        let at = WallTime::UNIX_EPOCH;
        let mut all = tried(&plan_measured(&tenant, &request(PARIS), at, &known));
        all.sort_unstable();
        prop_assert_eq!(&all, &usable);
        let help = plan_measured(&tenant, &request("112"), at, &known);
        let listed = tried(&help).into_iter().take(3).collect::<Vec<_>>();
        prop_assert_eq!(&listed, &usable);
        let sent_on = RouteRequest { purpose: Purpose::Transfer, ..request("112") };
        let sent_on = plan_measured(&tenant, &sent_on, at, &known);
        prop_assert!(because(&sent_on, "outbound.least_cost").is_empty());
        prop_assert!(because(&sent_on, "outbound.below_floor").is_empty());
    }
}
