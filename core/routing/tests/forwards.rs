//! Forwards: where a call goes on to, at whose expense, and that it never goes round and round.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod documents;

use std::time::Duration;

use documents::resource;
use domain::{
    CompiledTenant, Containment, Device, DivertReason, Extension, InboundRoute, LineParts, Number,
    OutboundRoute, Tenant, TenantParts, Trunk,
};
use ids::{
    ContainmentId, DeviceId, ExtensionId, InboundRouteId, NumberId, OutboundRouteId, TenantId,
    TrunkId,
};
use machine::WallTime;
use proptest::prelude::*;
use routing::{
    Caller, DIVERSIONS_MAX, Dialled, Diversion, Fare, Plan, Purpose, Refusal, RouteRequest, Step,
    plan,
};
use serde_json::{Value, json};
use tenancy::Owner;

const ACME: TenantId = TenantId::new(1, 1);
const CARRIER: TrunkId = TrunkId::new(1, 1);
const PASSING: TrunkId = TrunkId::new(2, 1);
const GATEWAY: TrunkId = TrunkId::new(3, 1);
const NOBODY: &[Step] = &[Step::Refuse(Refusal::UNAVAILABLE)];

fn extension(n: u64) -> ExtensionId {
    ExtensionId::new(n, 1)
}

fn device(n: u64) -> DeviceId {
    DeviceId::new(n, 1)
}

/// A company with extensions 101 to 107 with a phone each (107 has none), of which these forward;
/// 104 may not call abroad. It has two trunks, of which the second takes a caller's number, and
/// two numbers, of which 102 shows the second.
fn parts(forwards: &[(u64, Value)]) -> TenantParts {
    let owner = Owner::from(ACME);
    let extensions = (1..=7).map(|n| {
        let mut spec = json!({ "number": (100 + n).to_string(), "ring_seconds": 30 });
        match n {
            2 => spec["external_number"] = json!("+493055502"),
            4 => spec["calls"] = json!(["internal", "national"]),
            _ => {}
        }
        let mut extension = resource::<Extension>(owner, extension(n), spec);
        if let Some((_, said)) = forwards.iter().find(|(of, _)| *of == n) {
            // whatever stands there, and be it against the rules
            extension.spec.forwards = serde_json::from_value(said.clone()).unwrap();
        }
        extension
    });
    let devices = (1..=6).map(|n| {
        let spec = json!({ "username": format!("phone{n}"), "extension": extension(n) });
        (resource::<Device>(owner, device(n), spec), None)
    });
    let number = |n, digits: &str| {
        let spec = json!({ "number": digits, "state": "assigned", "tenant": ACME });
        resource::<Number>(Owner::PLATFORM, NumberId::new(n, 1), spec)
    };
    let trunk = |id, name: &str, passes: bool| {
        let spec = json!({
            "name": name, "mode": "peer", "peers": ["sip:sbc.example"], "passes_caller": passes,
        });
        (resource::<Trunk>(owner, id, spec), None)
    };
    let gateway = json!({ "name": "works", "mode": "gateway", "username": "acme-works" });
    let route = json!({
        "name": "abroad", "patterns": [{ "prefix": "00", "min": 5 }], "strip": 2, "prepend": "+",
        "trunks": [CARRIER, PASSING],
    });
    let desk = json!({ "name": "desk", "called": "+493055501", "extension": extension(2) });
    TenantParts {
        tenant: resource::<Tenant>(owner, ACME, json!({ "domains": ["acme.example"] })),
        plan: None,
        extensions: extensions.collect(),
        devices: devices.collect(),
        lines: LineParts {
            trunks: vec![
                trunk(CARRIER, "carrier", false),
                trunk(PASSING, "passing", true),
                (resource::<Trunk>(owner, GATEWAY, gateway), None),
            ],
            numbers: vec![number(1, "+493055501"), number(2, "+493055502")],
            inbound: vec![resource::<InboundRoute>(
                owner,
                InboundRouteId::new(1, 1),
                desk,
            )],
            outbound: vec![resource::<OutboundRoute>(
                owner,
                OutboundRouteId::new(1, 1),
                route,
            )],
            ..LineParts::default()
        },
        cursor: 0,
    }
}

fn person(n: u64) -> Caller {
    Caller {
        device: Some(device(n)),
        extension: Some(extension(n)),
        number: (100 + n).to_string(),
        ..Caller::default()
    }
}

fn outside(number: &str) -> Caller {
    Caller {
        trunk: Some(CARRIER),
        number: number.to_owned(),
        ..Caller::default()
    }
}

fn request(caller: Caller, dialled: &str) -> RouteRequest {
    RouteRequest::call(caller, Dialled::own(dialled))
}

fn asked(parts: TenantParts, request: &RouteRequest) -> Plan {
    plan(
        &CompiledTenant::compile(parts),
        request,
        WallTime::UNIX_EPOCH,
    )
}

fn ask(parts: TenantParts, caller: Caller, dialled: &str) -> Plan {
    asked(parts, &request(caller, dialled))
}

/// What follows when the call comes to a forward of the plan's, as its first diversion.
fn follow(parts: TenantParts, caller: Caller, forward: &Diversion) -> Plan {
    let onward = RouteRequest {
        purpose: Purpose::Forward,
        diversions: vec![forward.clone()],
        ..request(caller, &forward.to)
    };
    asked(parts, &onward)
}

fn because(plan: &Plan, rule: &str) -> String {
    let reasons = plan.explanation.reasons();
    let found = reasons.iter().find(|reason| reason.rule == rule);
    found
        .unwrap_or_else(|| panic!("no {rule} in {reasons:?}"))
        .because
        .clone()
}

/// The plan in words: `on 102 always 103`, `ring 103 30`, `if 102 busy 103`, `trunk 00331…`.
fn words(plan: &Plan) -> Vec<String> {
    let word = |step: &Step| match step {
        Step::Ring {
            number, timeout, ..
        } => format!("ring {number} {}", timeout.as_secs()),
        Step::Trunk { called, .. } => format!("trunk {called}"),
        Step::Divert(one) => format!("on {} {} {}", one.number, one.reason.as_str(), one.to),
        Step::Forward(one) => format!("if {} {} {}", one.number, one.reason.as_str(), one.to),
        Step::Guest(guest) => format!("{guest:?}"),
        Step::Refuse(refusal) => format!("refuse {}", refusal.status),
    };
    plan.steps.iter().map(word).collect()
}

fn forward_of(plan: &Plan, reason: DivertReason) -> Diversion {
    let found = plan.steps.iter().find_map(|step| {
        let Step::Forward(forward) = step else {
            return None;
        };
        (forward.reason == reason).then(|| forward.clone())
    });
    found.unwrap()
}

#[test]
fn an_extension_that_forwards_all_calls_does_not_ring_and_the_reason_names_the_revision() {
    let plan = ask(parts(&[(2, json!({ "always": "103" }))]), person(1), "102");
    assert_eq!(words(&plan), ["on 102 always 103", "ring 103 30"]);
    let because = because(&plan, "extension.forwards");
    assert_eq!(because, "102 forwards all calls to 103 (revision 7)");
}

#[test]
fn what_follows_when_phones_do_not_answer_stands_behind_their_ringing() {
    let forwards = json!({
        "busy": "103", "no_answer": { "to": "104", "after_seconds": 12 }, "unreachable": "105",
    });
    let plan = ask(parts(&[(2, forwards.clone())]), person(1), "102");
    assert_eq!(
        words(&plan),
        [
            "ring 102 12",
            "if 102 busy 103",
            "if 102 no_answer 104",
            "if 102 unreachable 105"
        ]
    );
    let busy = forward_of(&plan, DivertReason::Busy);
    let onward = follow(parts(&[(2, forwards)]), person(1), &busy);
    assert_eq!(words(&onward), ["on 102 busy 103", "ring 103 30"]);
    assert!(because(&onward, "forward.followed").contains("102 is busy"));
}

#[test]
fn a_forward_when_nobody_answers_alone_changes_how_long_phones_ring() {
    let busy = ask(parts(&[(2, json!({ "busy": "103" }))]), person(1), "102");
    assert_eq!(words(&busy)[0], "ring 102 30");
}

#[test]
fn an_extension_without_a_phone_is_unreachable_at_once() {
    let plan = ask(
        parts(&[(7, json!({ "unreachable": "103" }))]),
        person(1),
        "107",
    );
    assert_eq!(words(&plan), ["on 107 unreachable 103", "ring 103 30"]);
}

#[test]
fn forwards_are_followed_one_after_the_other_and_never_back() {
    let all = [
        (2, json!({ "always": "103" })),
        (3, json!({ "always": "104" })),
        (4, json!({ "busy": "102" })),
    ];
    let plan = ask(parts(&all), person(1), "102");
    assert_eq!(
        words(&plan),
        [
            "on 102 always 103",
            "on 103 always 104",
            "ring 104 30",
            "if 104 busy 102"
        ]
    );
    let Step::Divert(first) = &plan.steps[0] else {
        panic!("no diversion");
    };
    let back = RouteRequest {
        purpose: Purpose::Forward,
        diversions: vec![first.clone(), forward_of(&plan, DivertReason::Busy)],
        ..request(person(1), "102")
    };
    let back = asked(parts(&all), &back);
    assert_eq!(back.steps, NOBODY);
    assert!(because(&back, "forward.loop").contains("104 sends the call back to 102"));
}

#[test]
fn a_call_goes_on_five_times_at_most_and_what_it_had_behind_it_counts() {
    let chain: Vec<(u64, Value)> = (2..=6)
        .map(|n| (n, json!({ "always": (101 + n).to_string() })))
        .collect();
    let long = ask(parts(&chain), person(1), "102");
    assert_eq!(long.steps.len(), DIVERSIONS_MAX + 1);
    let came = RouteRequest {
        earlier: 4,
        ..request(outside("+33140205050"), "+493055501")
    };
    let came = asked(parts(&chain), &came);
    assert_eq!(words(&came), ["on 102 always 103", "refuse 480"]);
    because(&came, "forward.too_many");
}

#[test]
fn whoever_is_forwarded_to_gets_through_to_who_forwards() {
    let plan = ask(parts(&[(2, json!({ "always": "103" }))]), person(3), "102");
    assert_eq!(words(&plan), ["ring 102 30"]);
    because(&plan, "forward.caller");
}

#[test]
fn a_forward_to_outside_is_a_call_of_the_extension_that_forwards() {
    let forwards = [(2, json!({ "always": "0033140205050" }))];
    // 104 itself may not call abroad: its own class is nothing to the forward of another
    let plan = ask(parts(&forwards), person(4), "102");
    assert_eq!(
        words(&plan),
        [
            "on 102 always 0033140205050",
            "trunk +33140205050",
            "trunk +33140205050"
        ]
    );
    let Some(Fare {
        device,
        extension: payer,
        ..
    }) = plan.fare
    else {
        panic!("nothing is counted");
    };
    assert_eq!((device, payer), (None, extension(2)));
    for step in &plan.steps[1..] {
        let Step::Trunk {
            identity, caller, ..
        } = step
        else {
            panic!("no trunk: {step:?}");
        };
        assert_eq!(identity.as_deref(), Some("493055502"));
        assert_eq!(*caller, None, "a colleague's number is never passed on");
    }
}

#[test]
fn who_may_not_call_there_forwards_nobody_there_and_the_caller_hears_no_reason() {
    let forwards = [(4, json!({ "always": "0033140205050" }))];
    let plan = ask(parts(&forwards), person(1), "104");
    assert_eq!(words(&plan), ["on 104 always 0033140205050", "refuse 480"]);
    assert!(because(&plan, "outbound.class").contains("104 places no international calls"));
    assert_eq!(plan.fare, None);
}

#[test]
fn a_contained_device_goes_out_by_nobodys_forward() {
    let mut all = parts(&[(2, json!({ "always": "0033140205050" }))]);
    let held = json!({ "name": "stolen", "device": device(1) });
    let held = resource::<Containment>(Owner::from(ACME), ContainmentId::new(1, 1), held);
    all.lines.contained.push(held);
    let plan = ask(all.clone(), person(1), "102");
    assert_eq!(words(&plan), ["on 102 always 0033140205050", "refuse 480"]);
    because(&plan, "fraud.contained");
    assert!(ask(all, person(3), "102").fare.is_some());
}

#[test]
fn a_phone_that_sends_calls_on_pays_for_them_itself() {
    let by = Diversion {
        by: extension(2),
        number: "102".to_owned(),
        display: String::new(),
        device: Some(device(2)),
        reason: DivertReason::Phone,
        to: "0033140205050".to_owned(),
        outside: None,
    };
    let plan = follow(parts(&[]), person(4), &by);
    let fare = plan.fare.unwrap();
    assert_eq!(
        (fare.device, fare.extension),
        (Some(device(2)), extension(2))
    );
    let Step::Divert(told) = &plan.steps[0] else {
        panic!("no diversion");
    };
    assert_eq!(told.outside.as_deref(), Some("493055502"));
}

#[test]
fn nobody_is_forwarded_to_a_number_for_help() {
    for help in ["112", "0112", "urn:service:sos"] {
        let plan = ask(parts(&[(2, json!({ "always": help }))]), person(1), "102");
        assert_eq!(plan.steps.last(), NOBODY.first(), "{help}");
    }
    let mut all = parts(&[(2, json!({ "always": "112" }))]);
    all.lines.outbound[0].spec.patterns = vec![];
    because(&ask(all, person(1), "102"), "forward.help");
}

#[test]
fn a_caller_by_a_gateway_is_named_by_a_number_of_the_companys_and_by_no_other() {
    for (claimed, named) in [("+33140205050", None), ("+493055502", Some("493055502"))] {
        let all = parts(&[(2, json!({ "always": "0044201234567" }))]);
        let caller = Caller {
            trunk: Some(GATEWAY),
            ..outside(claimed)
        };
        let plan = ask(all, caller, "+493055501");
        let of_passing = plan.steps.iter().find_map(|step| {
            let Step::Trunk { trunk, caller, .. } = step else {
                return None;
            };
            (*trunk == PASSING).then_some(caller.as_deref())
        });
        assert_eq!(of_passing, Some(named), "{claimed}");
    }
}

#[test]
fn a_caller_from_outside_is_named_where_the_trunk_takes_that_and_nowhere_else() {
    let all = parts(&[(2, json!({ "always": "0044201234567" }))]);
    let plan = ask(all.clone(), outside("+33140205050"), "+493055501");
    let mut named = Vec::new();
    for step in &plan.steps {
        if let Step::Trunk {
            trunk,
            identity,
            caller,
            ..
        } = step
        {
            named.push((*trunk, identity.clone(), caller.clone()));
        }
    }
    let own = Some("493055502".to_owned());
    assert_eq!(
        named,
        [
            (CARRIER, own.clone(), None),
            (PASSING, own, Some("33140205050".to_owned()))
        ]
    );
    let hidden = ask(all, outside(""), "+493055501");
    let names = |step: &Step| {
        matches!(
            step,
            Step::Trunk {
                caller: Some(_),
                ..
            }
        )
    };
    assert!(!hidden.steps.iter().any(names));
}

#[test]
fn the_phone_in_hand_does_not_ring_for_a_call_that_comes_back_to_its_desk() {
    let by = forward_of(
        &ask(parts(&[(2, json!({ "busy": "103" }))]), person(1), "102"),
        DivertReason::Busy,
    );
    let to_caller = Diversion {
        to: "101".to_owned(),
        ..by
    };
    let plan = follow(parts(&[]), person(1), &to_caller);
    assert_eq!(words(&plan), ["on 102 busy 101", "refuse 480"]);
}

#[test]
fn an_extension_that_is_gone_or_off_sends_nobody_on() {
    let all = parts(&[(2, json!({ "busy": "103" }))]);
    let by = forward_of(&ask(all.clone(), person(1), "102"), DivertReason::Busy);
    let mut off = all.clone();
    off.extensions[1].spec.enabled = false;
    assert_eq!(follow(off, person(1), &by).steps, NOBODY);
    let gone = Diversion {
        by: ExtensionId::new(99, 2),
        ..by
    };
    assert_eq!(follow(all, person(1), &gone).steps, NOBODY);
}

/// Where somebody forwards to: colleagues, the world, codes, nonsense.
fn anywhere() -> impl Strategy<Value = String> {
    prop_oneof![
        (101_u64..109).prop_map(|n| n.to_string()),
        Just("*43".to_owned()),
        Just("112".to_owned()),
        "00[1-9][0-9]{3,10}",
        "[0-9A-Za-z*#+._-]{1,32}",
    ]
}

fn any_forwards() -> impl Strategy<Value = Value> {
    let to = || prop::option::of(anywhere());
    (to(), to(), to(), to()).prop_map(|(always, busy, no_answer, unreachable)| {
        json!({
            "always": always, "busy": busy, "unreachable": unreachable,
            "no_answer": no_answer.map(|to| json!({ "to": to })),
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_is_forwarded_ends_and_shows_no_number_but_the_companys_or_the_callers(
        forwards in prop::collection::vec(any_forwards(), 6),
        (who, dialled) in (1_u64..7, 101_u64..108),
        claimed in "\\+[1-9][0-9]{5,12}",
        by_trunk in any::<bool>(),
        picks in prop::collection::vec(0_usize..8, 8),
    ) {
        let said: Vec<(u64, Value)> = (1..=6).zip(forwards).collect();
        let tenant = CompiledTenant::compile(parts(&said));
        let (caller, number) = match by_trunk {
            true => (outside(&claimed), "+493055501".to_owned()),
            false => (person(who), dialled.to_string()),
        };
        let mut next = request(caller, &number);
        let mut count = 0;
        for pick in picks {
            let told = plan(&tenant, &next, WallTime::UNIX_EPOCH);
            prop_assert!(!told.steps.is_empty());
            let mut chain = next.diversions.clone();
            if next.purpose == Purpose::Forward {
                chain.pop();
            }
            let mut onward = Vec::new();
            for step in told.steps {
                match step {
                    Step::Divert(one) => {
                        prop_assert!(chain.iter().all(|before| before.by != one.by), "twice");
                        chain.push(one);
                        count += 1;
                    }
                    Step::Forward(one) => onward.push(one),
                    Step::Trunk { identity, caller, trunk, .. } => {
                        let own = ["493055501", "493055502"];
                        prop_assert!(identity.is_none_or(|shown| own.contains(&&*shown)));
                        let claimed = claimed.trim_start_matches('+');
                        let may = by_trunk && trunk == PASSING;
                        let passed = caller.is_none_or(|shown| may && shown == claimed);
                        prop_assert!(passed);
                        prop_assert!(!by_trunk || !chain.is_empty(), "out without a forward");
                    }
                    Step::Ring { .. } | Step::Guest(_) | Step::Refuse(_) => {}
                }
            }
            prop_assert!(chain.len() <= DIVERSIONS_MAX);
            if onward.is_empty() {
                break;
            }
            let forward = onward.swap_remove(pick % onward.len());
            next.dialled.user.clone_from(&forward.to);
            next.purpose = Purpose::Forward;
            chain.push(forward);
            next.diversions = chain;
        }
        prop_assert!(count <= DIVERSIONS_MAX);
    }
}

#[test]
fn ringing_lasts_as_long_as_the_extension_says_where_nothing_forwards() {
    let plan = ask(parts(&[]), person(1), "102");
    assert!(matches!(
        plan.steps[..],
        [Step::Ring { timeout, .. }] if timeout == Duration::from_secs(30)
    ));
}
