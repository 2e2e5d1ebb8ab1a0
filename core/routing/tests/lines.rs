//! Calls that come in and go out by trunks: where they go, what is shown, and why.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod documents;

use std::time::Duration;

use documents::resource;
use domain::{
    CallClass, CompiledTenant, Extension, InboundRoute, LineParts, Number, OutboundRoute, Proved,
    Resource, Tenant, TenantParts, Trunk,
};
use ids::{ExtensionId, InboundRouteId, NumberId, OutboundRouteId, ScheduleId, TenantId, TrunkId};
use proptest::prelude::*;
use routing::{Caller, Dialled, Plan, Refusal, RouteRequest, Step, plan, proof_rule};
use serde_json::{Value, json};
use tenancy::Owner;

fn acme() -> TenantId {
    TenantId::new(1, 1)
}

const CARRIER: TrunkId = TrunkId::new(1, 1);
const BACKUP: TrunkId = TrunkId::new(2, 1);
const FOREIGN: TrunkId = TrunkId::new(3, 1);

fn extension_id(n: u64) -> ExtensionId {
    ExtensionId::new(n, 1)
}

fn number(n: u64, digits: &str, tenant: TenantId) -> Resource<Number> {
    let spec = json!({ "number": format!("+{digits}"), "state": "assigned", "tenant": tenant });
    resource(Owner::PLATFORM, NumberId::new(n, 1), spec)
}

fn outbound(n: u64, spec: Value) -> Resource<OutboundRoute> {
    resource(acme().into(), OutboundRouteId::new(n, 1), spec)
}

fn inbound(n: u64, spec: Value) -> Resource<InboundRoute> {
    resource(acme().into(), InboundRouteId::new(n, 1), spec)
}

/// A company with extensions 100 to 103, a shared trunk in national form, one of its own in plain
/// digits, two numbers, and routes.
fn parts() -> TenantParts {
    let owner = Owner::from(acme());
    let extensions = [
        json!({ "number": "100", "destination": "echo" }),
        json!({ "number": "101", "destination": "echo", "external_number": "+493055501" }),
        json!({ "number": "102", "destination": "echo", "external_number": "+491999999" }),
        json!({ "number": "103", "destination": "echo", "enabled": false }),
    ];
    let extensions = (0_u64..).zip(extensions);
    let shared = json!({
        "name": "carrier", "mode": "peer", "peers": ["sip:sbc.example"], "shared_with": [acme()],
        "numbers_in": "national", "numbers_out": "national", "dialling": { "country": "49" },
    });
    let own = json!({
        "name": "backup", "mode": "peer", "peers": ["sip:b.example"], "numbers_out": "e164",
    });
    TenantParts {
        tenant: resource::<Tenant>(owner, acme(), json!({ "domains": ["acme.example"] })),
        plan: None,
        extensions: extensions
            .map(|(n, spec)| resource::<Extension>(owner, extension_id(n), spec))
            .collect(),
        devices: Vec::new(),
        lines: LineParts {
            trunks: vec![
                (resource::<Trunk>(Owner::PLATFORM, CARRIER, shared), None),
                (resource::<Trunk>(owner, BACKUP, own), None),
            ],
            numbers: vec![
                number(1, "493055500", acme()),
                number(2, "493055501", acme()),
                number(3, "491999999", TenantId::new(2, 2)),
            ],
            schedules: Vec::new(),
            signing: Vec::new(),
            locations: Vec::new(),
            sites: Vec::new(),
            decks: Vec::new(),
            guards: Vec::new(),
            contained: Vec::new(),
            music: None,
            programmes: Vec::new(),
            inbound: vec![
                inbound(
                    1,
                    json!({
                        "name": "desks", "called": "+493055500", "called_last": "+493055509",
                        "first_extension": "100",
                    }),
                ),
                inbound(
                    2,
                    json!({
                        "name": "abroad", "caller": "+33", "priority": 1,
                        "extension": extension_id(2),
                    }),
                ),
            ],
            outbound: vec![
                outbound(
                    1,
                    json!({
                        "name": "national", "patterns": [{ "prefix": "0", "min": 6 }], "strip": 1,
                        "prepend": "+49", "trunks": [FOREIGN, CARRIER, BACKUP],
                    }),
                ),
                outbound(
                    2,
                    json!({
                        "name": "abroad", "patterns": [{ "prefix": "00", "min": 8 }], "strip": 2,
                        "prepend": "+", "trunks": [CARRIER], "extensions": [extension_id(1)],
                        "caller_id": "+493055500",
                    }),
                ),
                outbound(
                    3,
                    json!({
                        "name": "service", "patterns": [{ "prefix": "11", "min": 3, "max": 6 }],
                        "trunks": [CARRIER], "ring_seconds": 20,
                    }),
                ),
            ],
        },
        cursor: 0,
    }
}

fn ask(parts: TenantParts, caller: Caller, dialled: &str) -> Plan {
    let request = RouteRequest::call(caller, Dialled::own(dialled));
    // a Wednesday at noon in Berlin
    ask_at(parts, &request, "2031-01-15T11:00:00Z")
}

fn ask_at(parts: TenantParts, request: &RouteRequest, at: &str) -> Plan {
    plan(
        &CompiledTenant::compile(parts),
        request,
        at.parse().unwrap(),
    )
}

fn person(n: u64) -> Caller {
    Caller {
        extension: Some(extension_id(n)),
        number: (100 + n).to_string(),
        ..Caller::default()
    }
}

fn outside(trunk: TrunkId, number: &str) -> Caller {
    Caller {
        trunk: Some(trunk),
        number: number.to_owned(),
        ..Caller::default()
    }
}

fn because(plan: &Plan, rule: &str) -> String {
    let reasons = plan.explanation.reasons();
    let found = reasons.iter().find(|reason| reason.rule == rule);
    found
        .unwrap_or_else(|| panic!("no {rule} in {reasons:?}"))
        .because
        .clone()
}

fn trunk(trunk: TrunkId, called: &str, identity: &str, seconds: u64) -> Step {
    Step::Trunk {
        failover: routing::Failover::default(),
        trunk,
        called: called.to_owned(),
        identity: Some(identity.to_owned()),
        attested: None,
        caller: None,
        tells_who_answers: false,
        timeout: Duration::from_secs(seconds),
    }
}

#[test]
fn it_is_listened_who_answers_where_the_route_says_so() {
    for tells in [true, false] {
        let mut parts = parts();
        for route in &mut parts.lines.outbound {
            route.spec.tells_who_answers = tells;
        }
        let plan = ask(parts, person(1), "030123456");
        let listens = |step: &Step| match step {
            Step::Trunk {
                tells_who_answers, ..
            } => *tells_who_answers == tells,
            Step::Ring { .. }
            | Step::Refuse(_)
            | Step::Divert(_)
            | Step::Forward(_)
            | Step::Guest(_) => false,
        };
        assert!(!plan.steps.is_empty() && plan.steps.iter().all(listens));
    }
}

#[test]
fn a_call_goes_out_by_the_trunks_of_its_route_each_in_its_own_form() {
    let plan = ask(parts(), person(1), "030123456");
    assert_eq!(
        plan.steps,
        [
            trunk(CARRIER, "030123456", "493055501", 120),
            trunk(BACKUP, "4930123456", "493055501", 120),
        ]
    );
    assert!(because(&plan, "outbound.route").contains("national, revision 7"));
    assert!(because(&plan, "outbound.trunk").contains("carrier, revision 7"));
    assert!(because(&plan, "trunk.not_shared").contains("not for this company"));
}

#[test]
fn the_route_with_the_longest_prefix_decides_and_who_is_not_listed_goes_by_the_next() {
    let allowed = ask(parts(), person(1), "0033140205050");
    assert_eq!(
        allowed.steps,
        [trunk(CARRIER, "0033140205050", "493055500", 120)]
    );
    assert!(because(&allowed, "identity.route").contains("revision 7"));
    let others = ask(parts(), person(0), "0033140205050");
    assert!(because(&others, "outbound.not_allowed").contains("100 is not among"));
    assert!(because(&others, "outbound.route").contains("national"));
}

/// The same company, whose route abroad is for these groups and for 101; 102 is one of the sales.
fn grouped(groups: &[&str]) -> TenantParts {
    let mut parts = parts();
    parts.extensions[2].spec.groups = vec!["sales".to_owned()];
    let all = parts.lines.outbound.iter_mut();
    for route in all.filter(|route| !route.spec.extensions.is_empty()) {
        route.spec.for_groups = groups.iter().map(|group| (*group).to_owned()).collect();
    }
    parts
}

#[test]
fn a_route_for_a_group_takes_its_extensions_and_those_it_names_and_says_by_what() {
    let abroad = "0033140205050";
    let member = ask(grouped(&["board", "sales"]), person(2), abroad);
    assert!(because(&member, "outbound.route").ends_with("as one of the group sales"));
    let named = ask(grouped(&["board", "sales"]), person(1), abroad);
    assert!(!because(&named, "outbound.route").contains("group"));
    let other = ask(grouped(&["board"]), person(2), abroad);
    let told = because(&other, "outbound.not_allowed");
    assert!(told.ends_with("nor in its groups: board"), "{told}");
    let mut alone = grouped(&["board"]);
    for route in &mut alone.lines.outbound {
        route.spec.extensions.clear();
    }
    let told = because(&ask(alone, person(2), abroad), "outbound.not_allowed");
    assert!(told.contains("102 is in none of the groups of"), "{told}");
}

#[test]
fn a_service_number_goes_out_as_it_is() {
    let plan = ask(parts(), person(0), "110");
    assert_eq!(plan.steps, [trunk(CARRIER, "110", "493055500", 20)]);
}

#[test]
fn an_extension_comes_before_all_routes_and_one_that_is_off_never_goes_out() {
    let mut all = parts();
    let any = json!({ "name": "any", "patterns": [{}], "trunks": [CARRIER] });
    all.lines.outbound.push(outbound(9, any));
    assert!(matches!(
        ask(all.clone(), person(1), "100").steps[..],
        [Step::Guest(_)]
    ));
    let off = ask(all, person(1), "103");
    assert_eq!(off.steps, [Step::Refuse(Refusal::NOT_FOUND)]);
}

#[test]
fn the_number_of_another_company_is_never_shown_whoever_wrote_it_down() {
    let mut all = parts();
    all.lines.outbound[0].spec.caller_id = Some("+491999999".to_owned());
    let plan = ask(all, person(2), "030123456");
    assert!(matches!(
        &plan.steps[0],
        Step::Trunk { identity: Some(shown), .. } if shown == "493055500"
    ));
    assert!(because(&plan, "identity.not_own").contains("+491999999"));
}

#[test]
fn a_company_without_a_number_shows_none() {
    let mut all = parts();
    all.lines.numbers.clear();
    let plan = ask(all, person(1), "030123456");
    assert!(matches!(&plan.steps[0], Step::Trunk { identity: None, .. }));
}

#[test]
fn without_a_usable_trunk_a_call_is_refused_and_the_caller_told_why() {
    let mut all = parts();
    for (trunk, _) in &mut all.lines.trunks {
        trunk.spec.enabled = false;
    }
    let plan = ask(all, person(1), "030123456");
    assert_eq!(plan.steps, [Step::Refuse(Refusal::NO_TRUNK)]);
    assert!(because(&plan, "trunk.disabled").contains("switched off"));
}

#[test]
fn a_call_that_comes_in_reaches_the_extension_of_its_number() {
    let plan = ask(parts(), outside(CARRIER, "0309876543"), "03055501");
    assert!(matches!(plan.steps[..], [Step::Guest(_)]));
    assert!(because(&plan, "inbound.route").contains("leads to 101 (inbound route desks"));
    let french = ask(parts(), outside(CARRIER, "0033140205050"), "03055501");
    assert!(because(&french, "inbound.route").contains("leads to 102 (inbound route abroad"));
}

#[test]
fn a_route_with_a_schedule_is_for_calls_at_its_hours_alone() {
    let mut all = parts();
    let hours = ScheduleId::new(1, 1);
    let spec = json!({
        "name": "office", "time_zone": "Europe/Berlin", "open": ["mon-fri 09:00-17:00"],
        "holidays": ["12-25"],
    });
    all.lines.schedules = vec![resource(acme().into(), hours, spec)];
    for (n, when, extension) in [(7, "open", 1), (8, "closed", 2), (9, "holiday", 0)] {
        let priority = if when == "holiday" { 10 } else { 20 };
        let spec = json!({
            "name": when, "schedule": hours, "when": when, "priority": priority,
            "extension": extension_id(extension),
        });
        all.lines.inbound.push(inbound(n, spec));
    }
    let caller = outside(CARRIER, "0309876543");
    let request = RouteRequest::call(caller, Dialled::own("03055501"));
    for (at, to, standing) in [
        ("2031-01-15T08:00:00Z", "101 (inbound route open", "is open"),
        (
            "2031-01-15T07:59:00Z",
            "102 (inbound route closed",
            "is closed",
        ),
        (
            "2031-12-25T11:00:00Z",
            "100 (inbound route holiday",
            "is on a holiday",
        ),
    ] {
        let plan = ask_at(all.clone(), &request, at);
        assert!(because(&plan, "inbound.route").contains(to), "{at}");
        let schedule = because(&plan, "inbound.schedule");
        assert!(schedule.contains("office, revision 7") && schedule.contains(standing));
    }
}

#[test]
fn on_a_shared_trunk_only_the_companys_own_numbers_are_its_business() {
    let plan = ask(parts(), outside(CARRIER, ""), "03055505");
    assert_eq!(plan.steps, [Step::Refuse(Refusal::NOT_FOUND)]);
    because(&plan, "inbound.number_unknown");
    let own = ask(parts(), outside(BACKUP, ""), "+493055502");
    assert!(because(&own, "inbound.route").contains("leads to 102"));
}

#[test]
fn nobody_outside_calls_out_again_or_by_a_trunk_that_is_not_the_companys() {
    let again = ask(parts(), outside(CARRIER, ""), "030123456");
    assert_eq!(again.steps, [Step::Refuse(Refusal::NOT_FOUND)]);
    let foreign = ask(parts(), outside(FOREIGN, ""), "03055501");
    assert_eq!(foreign.steps, [Step::Refuse(Refusal::NOT_FOUND)]);
    let nobody = ask(parts(), Caller::default(), "030123456");
    assert_eq!(nobody.steps, [Step::Refuse(Refusal::FORBIDDEN)]);
}

/// The company, where extension 101 says this of its calls outside.
fn with_calls(change: Value) -> TenantParts {
    let mut all = parts();
    let mut spec = serde_json::to_value(&all.extensions[1].spec).unwrap();
    spec.as_object_mut()
        .unwrap()
        .extend(change.as_object().unwrap().clone());
    all.extensions[1].spec = serde_json::from_value(spec).unwrap();
    all
}

fn refusal_of(parts: TenantParts, dialled: &str) -> Option<String> {
    let plan = ask(parts, person(1), dialled);
    let refused = plan.steps == [Step::Refuse(Refusal::FORBIDDEN)];
    let last = plan.explanation.reasons().last().unwrap();
    refused.then(|| last.rule.to_string())
}

#[test]
fn an_extension_places_the_classes_of_calls_that_it_says_and_no_others() {
    let national = json!({ "calls": ["internal", "national"] });
    for (dialled, refused) in [
        ("030123456", None),
        ("015112345678", Some("outbound.class")),
        ("0033140205050", Some("outbound.class")),
        ("0900123456", Some("outbound.class")),
        ("110", None),
        ("100", None),
    ] {
        let told = refusal_of(with_calls(national.clone()), dialled);
        assert_eq!(told.as_deref(), refused, "{dialled}");
    }
    let plan = ask(with_calls(national), person(1), "015112345678");
    assert!(because(&plan, "outbound.class").contains("101 places no mobile calls"));
}

#[test]
fn premium_calls_are_placed_by_those_alone_who_are_told_to() {
    let silent = refusal_of(parts(), "0900123456");
    assert_eq!(silent.as_deref(), Some("outbound.class"));
    let told = with_calls(json!({ "calls": ["premium"] }));
    assert_eq!(refusal_of(told, "0900123456"), None);
    let mut renamed = parts();
    renamed.lines.outbound[0].spec.class = Some(CallClass::Local);
    let still = refusal_of(renamed, "0900123456");
    assert_eq!(still.as_deref(), Some("outbound.class"));
}

#[test]
fn a_route_says_of_what_class_its_calls_are_where_numbers_do_not_tell() {
    let local = json!({ "calls": ["local"] });
    let mut all = with_calls(local);
    let refused = refusal_of(all.clone(), "030123456");
    assert_eq!(refused.as_deref(), Some("outbound.class"));
    all.lines.outbound[0].spec.class = Some(CallClass::Local);
    assert_eq!(refusal_of(all.clone(), "030123456"), None);
    let as_it_is = refusal_of(all.clone(), "118899");
    assert_eq!(as_it_is.as_deref(), Some("outbound.class"));
    all.lines.outbound[2].spec.class = Some(CallClass::Local);
    assert_eq!(refusal_of(all, "118899"), None);
}

#[test]
fn an_extension_calls_no_country_that_it_is_not_to_call() {
    let abroad = "0033140205050";
    for (change, refused) in [
        (json!({ "only_to": ["FR"] }), None),
        (json!({ "only_to": ["+331"] }), None),
        (json!({ "only_to": ["DE"] }), Some("outbound.destination")),
        (json!({ "never_to": ["FR"] }), Some("outbound.destination")),
        (json!({ "never_to": ["+336"] }), None),
    ] {
        let told = refusal_of(with_calls(change.clone()), abroad);
        assert_eq!(told.as_deref(), refused, "{change}");
    }
}

#[test]
fn a_route_that_does_not_go_there_is_passed_over_for_the_next() {
    let mut all = parts();
    all.lines.outbound[1].spec.never_to = vec!["FR".to_owned()];
    let other = json!({
        "name": "other", "patterns": [{ "prefix": "00" }], "strip": 2, "prepend": "+",
        "trunks": [BACKUP], "priority": 200,
    });
    all.lines.outbound.push(outbound(9, other));
    all.lines.outbound[0].spec.enabled = false;
    let plan = ask(all, person(1), "0033140205050");
    assert_eq!(plan.steps, [trunk(BACKUP, "33140205050", "493055501", 120)]);
    assert!(because(&plan, "outbound.not_there").contains("abroad, revision 7"));
}

/// Numbers of this company, of another, of nobody, and what is none.
fn any_number() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("+493055500".to_owned()),
        Just("+493055501".to_owned()),
        Just("+491999999".to_owned()),
        "\\+[1-9][0-9]{3,14}",
        "[0-9+*#a-z]{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_request_and_no_document_shows_a_number_that_is_not_the_companys(
        caller_id in prop::option::of(any_number()),
        outside_number in prop::option::of(any_number()),
        claimed in any_number(),
        (dialled, prepend) in ("[0-9*#+]{0,14}", "[0-9+]{0,4}"),
        (has, strip, who) in (0_usize..4, 0_u8..4, 0_u64..6),
        by_trunk in prop::option::of(1_u64..4),
    ) {
        let mut all = parts();
        all.lines.numbers.truncate(has);
        for route in &mut all.lines.outbound {
            route.spec.caller_id.clone_from(&caller_id);
            route.spec.prepend.clone_from(&prepend);
            route.spec.strip = strip;
        }
        for extension in &mut all.extensions {
            extension.spec.external_number.clone_from(&outside_number);
        }
        let own: Vec<String> = all.lines.numbers.iter()
            .filter(|number| number.spec.tenant == Some(acme()))
            .map(|number| number.spec.number.trim_start_matches('+').to_owned())
            .collect();
        let mut caller = person(who);
        caller.number.clone_from(&claimed);
        caller.display = claimed;
        caller.trunk = by_trunk.map(|n| TrunkId::new(n, 1));
        let plan = ask(all, caller, &dialled);
        prop_assert!(!plan.steps.is_empty());
        for step in &plan.steps {
            if let Step::Trunk { trunk, identity, .. } = step {
                prop_assert!([CARRIER, BACKUP].contains(trunk));
                prop_assert!(by_trunk.is_none());
                prop_assert!(identity.as_ref().is_none_or(|shown| own.contains(shown)));
            }
        }
    }
}

/// What becomes of a call by the carrier to the company's own number on a route with this rule,
/// when this is known of its proof.
fn by_rule(rule: &str, known: Option<&stir::Verdict>, back_to: bool) -> Plan {
    let mut parts = parts();
    for route in &mut parts.lines.inbound {
        route.spec.proof = serde_json::from_value(json!(rule)).unwrap();
    }
    let tenant = CompiledTenant::compile(parts);
    let caller = outside(CARRIER, "+442071838750");
    let mut request = RouteRequest::call(caller, Dialled::own("+493055501"));
    request.caller.proof = known.map(Proved::from);
    request.back_to = back_to.then(|| extension_id(1));
    let at = "2031-01-15T11:00:00Z".parse().unwrap();
    let looks = proof_rule(&tenant, &request, at).looks();
    assert_eq!(looks, rule != "ignored" && !back_to);
    plan(&tenant, &request, at)
}

fn refusal(plan: &Plan) -> Option<u16> {
    plan.steps.iter().find_map(|step| match step {
        Step::Refuse(refusal) => Some(refusal.status),
        Step::Ring { .. }
        | Step::Trunk { .. }
        | Step::Guest(_)
        | Step::Divert(_)
        | Step::Forward(_) => None,
    })
}

fn has(plan: &Plan, rule: &str) -> bool {
    let mut reasons = plan.explanation.reasons().iter();
    reasons.any(|reason| reason.rule == rule)
}

// rfc: 8224 §6.2.2 a call is refused for its proof where the company called asks for better
#[test]
fn the_companys_route_says_what_a_proof_must_be() {
    for (verdict, told, from, status) in [
        (stir::Verdict::Valid { attest: None }, "proof.valid", 9, 0),
        (stir::Verdict::Stale, "proof.wrong", 1, 403),
        (stir::Verdict::BadSignature, "proof.wrong", 1, 438),
        (stir::Verdict::NotForNumber, "proof.wrong", 1, 437),
        (stir::Verdict::NoIdentity, "proof.missing", 2, 428),
        (stir::Verdict::Unfetchable, "proof.unchecked", 3, 436),
        (stir::Verdict::NobodyTrusted, "proof.unchecked", 3, 437),
    ] {
        for (place, rule) in (0..).zip(["told", "not_wrong", "given", "valid"]) {
            let plan = by_rule(rule, Some(&verdict), false);
            let wanted = (place >= from).then_some(status);
            assert_eq!(refusal(&plan), wanted, "{rule} {verdict}");
            assert!(has(&plan, told), "{rule} {verdict}");
        }
        let ignored = by_rule("ignored", Some(&verdict), false);
        assert_eq!((refusal(&ignored), has(&ignored, told)), (None, false));
    }
}

#[test]
fn what_nobody_has_looked_at_refuses_nothing_and_says_so() {
    let unseen = by_rule("valid", None, false);
    assert_eq!(refusal(&unseen), None);
    assert!(has(&unseen, "proof.unseen"));
    let called_back = by_rule("valid", None, true);
    assert_eq!(refusal(&called_back), None);
}
