//! What calls of the past would come to: by proposed documents, and since they were.

use admin::access::Entered;
use admin::apply::{self, Entry, Pile, Snapshot};
use admin::documents;
use admin::explain::{Asking, Explained, Question, explain};
use admin::replay::{Change, Help, Proposal, Replay, Replayed, Unasked, Window, Without};
use domain::{
    ByTrunk, Cdr, CdrLeg, Device, Extension, InboundRoute, Invalid, KindName, LegDirection,
    OutboundRoute, Party, QualityPair, Step, Timelines,
};
use ids::{CallId, CdrId, ExtensionId, TrunkId};
use machine::WallTime;
use ports::{EventLog, EventQuery, ExchangeStore, StoreError};
use serde_json::{Value, json};
use store::block_on;
use tenancy::Unresolved;

use crate::office::{MORNING, Scene};
use crate::talks::{party, talk_of};

const ACME: &str = "acme.example";
const MINUTE: i64 = 60_000;

fn entry(kind: KindName, within: Option<&str>, spec: Value) -> Entry {
    let within = within.map(str::to_owned);
    Entry { kind, within, spec }
}

fn ours(kind: KindName, spec: Value) -> Entry {
    entry(kind, Some(ACME), spec)
}

/// Acme with two trunks of the operator's, its number on 101, a way abroad and one for help; and
/// a neighbour that has the first trunk, too.
fn whole() -> Vec<Entry> {
    use KindName::{Device, Extension, InboundRoute, Number, OutboundRoute, Tenant, Trunk};
    let trunk = |name: &str| {
        json!({
            "name": name, "mode": "peer", "peers": [format!("sip:{name}.example")],
            "shared_with": [ACME, "globex.example"],
        })
    };
    let mut all = vec![
        entry(Tenant, None, json!({ "domains": [ACME] })),
        entry(Tenant, None, json!({ "domains": ["globex.example"] })),
        entry(Trunk, None, trunk("carrier")),
        entry(Trunk, None, trunk("backup")),
        entry(
            Number,
            None,
            json!({ "number": "+493055501", "tenant": ACME, "state": "assigned" }),
        ),
        ours(InboundRoute, front("101")),
        ours(OutboundRoute, abroad("carrier")),
        ours(
            OutboundRoute,
            json!({ "name": "help", "emergency": true, "trunks": ["carrier"] }),
        ),
    ];
    for number in ["101", "102", "103"] {
        let device = json!({ "username": format!("acme-{number}"), "extension": number });
        all.push(ours(Extension, json!({ "number": number })));
        all.push(ours(Device, device));
    }
    all
}

fn front(extension: &str) -> Value {
    json!({ "name": "front", "called": "+493055501", "extension": extension })
}

fn abroad(trunk: &str) -> Value {
    json!({
        "name": "abroad", "patterns": [{ "prefix": "00", "min": 6 }], "strip": 2, "prepend": "+",
        "trunks": [trunk],
    })
}

fn proposal(documents: Vec<Entry>, without: &[(KindName, &str)]) -> Proposal {
    let without = without.iter().map(|(kind, name)| Without {
        kind: *kind,
        name: (*name).to_owned(),
    });
    Proposal {
        snapshot: (!documents.is_empty()).then(|| Snapshot::of(documents)),
        without: without.collect(),
    }
}

/// A company with calls in its records.
struct Past {
    scene: Scene,
    acme: Entered,
    calls: std::cell::Cell<u64>,
}

impl Past {
    fn new() -> Past {
        let scene = Scene::new();
        let pile = Pile::of(&Snapshot::of(whole())).unwrap();
        let carried = apply::carry_out(&scene.office, &scene.platform, &pile, |_| {});
        block_on(carried).unwrap();
        let acme = scene.visit(ACME).unwrap();
        Past {
            scene,
            acme,
            calls: std::cell::Cell::new(0),
        }
    }

    fn told(&self, caller: Asking, called: &str, at: WallTime) -> Explained {
        let question = Question {
            caller,
            device: None,
            from: None,
            at: Some(at),
            called: called.to_owned(),
        };
        block_on(explain(&self.scene.office, &self.acme.scope, &question)).unwrap()
    }

    fn extension(&self, number: &str) -> ExtensionId {
        let name = Unresolved::<Extension>::new(number);
        let found = documents::find(&self.scene.office, &self.acme.scope, &name);
        block_on(found).unwrap().1.id
    }

    fn trunk(&self, name: &str) -> TrunkId {
        let lines = admin::lines::of_tenant(&self.scene.office, &self.acme.scope);
        let lines = block_on(lines).unwrap();
        let found = lines.trunks.iter().find(|trunk| trunk.name == name);
        found.unwrap().id
    }

    /// A record as the exchange would have written it, one minute later than the one before.
    fn record(&self, caller: (Asking, Party), called: &str) -> Cdr {
        let number = self.calls.get() + 1;
        self.calls.set(number);
        let minutes = i64::try_from(number).unwrap() - 60;
        let at = WallTime::from_unix_ms(MORNING + minutes * MINUTE);
        let (asking, party) = caller;
        let by_trunk = match &asking {
            Asking::Extension(_) => None,
            Asking::Outside { trunk, number } => Some(ByTrunk {
                trunk: self.trunk(trunk),
                called: called.to_owned(),
                shown: Some(number.clone()),
                vouched: None,
                proof: None,
                answerer: None,
            }),
        };
        let told = self.told(asking, called, at);
        let mut legs = vec![leg(LegDirection::Incoming, party.clone(), by_trunk, at)];
        let first = told.steps.iter().find(|step| step.completes());
        if let Some(first) = first {
            legs.push(self.led(first, at));
        }
        let steps = told.reasons.iter().map(|(rule, because)| Step {
            at: Some(at),
            text: because.clone(),
            rule: rule.clone(),
            because: because.clone(),
        });
        let mut cdr = Cdr {
            id: CdrId::new(number, 1),
            call: CallId::new(number, 2),
            dialled: called.to_owned(),
            explanation: steps.collect(),
            legs,
            ..talk_of(&self.acme, number, at, party)
        };
        if first.is_none() {
            cdr.answered_at = None;
            cdr.end.sip_status = told.steps[0].status.unwrap();
        }
        cdr
    }

    /// The leg of a step that was taken.
    fn led(&self, step: &admin::explain::Told, at: WallTime) -> CdrLeg {
        let Some(trunk) = &step.trunk else {
            let number = step.target.clone().unwrap();
            let party = party(Some(self.extension(&number)), &number, "");
            return leg(LegDirection::Outgoing, party, None, at);
        };
        let called = step.called.clone().unwrap();
        let by = ByTrunk {
            trunk: self.trunk(trunk),
            called: called.clone(),
            shown: step.identity.clone(),
            vouched: None,
            proof: None,
            answerer: None,
        };
        leg(
            LegDirection::Outgoing,
            party(None, &called, ""),
            Some(by),
            at,
        )
    }

    fn inside(&self, number: &str, called: &str) -> Cdr {
        let party = party(Some(self.extension(number)), number, "");
        self.record((Asking::Extension(number.to_owned()), party), called)
    }

    fn outside(&self, called: &str) -> Cdr {
        let number = "+33140205050".to_owned();
        let party = party(None, &number, "");
        let trunk = "carrier".to_owned();
        self.record((Asking::Outside { trunk, number }, party), called)
    }

    fn write(&self, record: &Cdr) {
        let written = self.scene.store.write_cdrs(vec![record.clone()]);
        assert_eq!(block_on(written), Ok(1));
    }

    /// Anna calls Paris, Paris calls Anna, Anna calls Bob, and Carl calls for help.
    fn day(&self) {
        self.write(&self.inside("101", "0033140205050"));
        self.write(&self.outside("+493055501"));
        self.write(&self.inside("101", "102"));
        self.write(&self.inside("103", "112"));
    }

    fn try_replay(&self, proposal: Option<&Proposal>) -> Result<Replayed, StoreError> {
        let (office, scope) = (&self.scene.office, &self.acme.scope);
        let window = Window::of(office, None, None)?;
        let replay = block_on(Replay::open(office, scope, proposal))?;
        block_on(replay.page(office, scope, &window, (None, 500)))
    }

    fn replay(&self, proposal: &Proposal) -> Replayed {
        self.try_replay(Some(proposal)).unwrap()
    }

    fn since(&self) -> Replayed {
        self.try_replay(None).unwrap()
    }

    fn change<K: domain::Kind>(&self, name: &str, patch: &Value) {
        let (office, scope) = (&self.scene.office, &self.acme.scope);
        let name = Unresolved::new(name);
        let found = documents::find::<K, _>(office, scope, &name);
        let (found, _) = block_on(found).unwrap();
        block_on(documents::patch::<K, _>(office, scope, found, None, patch)).unwrap();
    }

    fn delete<K: domain::Kind>(&self, name: &str) {
        let (office, scope) = (&self.scene.office, &self.acme.scope);
        let name = Unresolved::new(name);
        let found = documents::find::<K, _>(office, scope, &name);
        let (found, _) = block_on(found).unwrap();
        block_on(documents::delete::<K, _>(office, scope, found, None)).unwrap();
    }
}

fn leg(
    direction: LegDirection,
    party: Party,
    by_trunk: Option<ByTrunk>,
    started: WallTime,
) -> CdrLeg {
    CdrLeg {
        direction,
        party,
        by_trunk,
        address: "192.0.2.7:5060".to_owned(),
        user_agent: String::new(),
        sip_call_id: String::new(),
        started,
        ringing_at: None,
        answered_at: None,
        ended: None,
        status: None,
        codec: None,
        srtp: None,
        site: None,
        one_way: 0,
        quality: QualityPair::default(),
        timelines: Timelines::default(),
        reported: domain::PhoneReports::default(),
    }
}

/// What each call was for, how it differs, and where it would go, as one line each.
fn lines(replayed: &Replayed) -> Vec<String> {
    let line = |one: &admin::replay::Difference| {
        let road = one.proposed.as_ref().unwrap_or(&one.present);
        let (change, words) = (one.change.as_str(), road.in_words().join("; "));
        format!("{} {change}: {words}", one.call.dialled)
    };
    replayed.differences.iter().map(line).collect()
}

#[test]
fn a_proposal_that_changes_nothing_differs_in_nothing() {
    let past = Past::new();
    past.day();
    let own = whole().into_iter().filter(|one| one.within.is_some());
    let replayed = past.replay(&proposal(own.collect(), &[]));
    assert_eq!((replayed.sums.calls, replayed.sums.same), (4, 4));
    assert_eq!(lines(&replayed), [""; 0]);
    let since = past.since();
    assert_eq!((since.sums.calls, since.sums.same), (4, 4), "{since:?}");
}

#[test]
fn routes_that_are_changed_send_their_calls_elsewhere_and_no_others() {
    let past = Past::new();
    past.day();
    let routes = vec![
        ours(KindName::InboundRoute, front("103")),
        ours(KindName::OutboundRoute, abroad("backup")),
    ];
    let replayed = past.replay(&proposal(routes, &[]));
    assert_eq!(
        lines(&replayed),
        [
            "+493055501 elsewhere: ring 103 for 30 s: 1 device(s)",
            "0033140205050 elsewhere: call +33140205050 by trunk backup, showing +493055501, \
             for 120 s",
        ]
    );
    assert_eq!(replayed.sums.same, 2);
    let inbound = &replayed.differences[0];
    assert_eq!(inbound.happened, ["rang 101", "answered"]);
    let says = |road: &admin::replay::Road, text: &str| {
        road.differing
            .iter()
            .any(|(rule, because)| rule == "inbound.route" && because.ends_with(text))
    };
    assert!(says(
        &inbound.present,
        "leads to 101 (inbound route front, revision 1)"
    ));
    let proposed = inbound.proposed.as_ref().unwrap();
    assert!(says(
        proposed,
        "leads to 103 (inbound route front, revision 2)"
    ));
}

#[test]
fn an_extension_that_is_taken_away_loses_its_calls_and_calls_nobody() {
    let past = Past::new();
    past.day();
    past.write(&past.inside("102", "101"));
    let gone = [(KindName::Device, "acme-102"), (KindName::Extension, "102")];
    let replayed = past.replay(&proposal(Vec::new(), &gone));
    assert_eq!(
        lines(&replayed),
        ["101 lost: refuse with 403", "102 lost: refuse with 404"]
    );
    let rule = &replayed.differences[0].proposed.as_ref().unwrap().differing[0];
    assert_eq!(rule.0, "caller.no_extension");
    assert_eq!(replayed.sums.different[&Change::Lost], 2);
}

#[test]
fn what_is_in_use_cannot_be_taken_away_and_the_refusal_says_by_whom() {
    let past = Past::new();
    let tried = past.try_replay(Some(&proposal(Vec::new(), &[(KindName::Extension, "101")])));
    let Err(StoreError::Invalid(Invalid { field, rule })) = tried else {
        panic!("{tried:?}");
    };
    assert_eq!(field, "/without/0");
    assert!(rule.starts_with("is in use by device acme-101"), "{rule}");
}

#[test]
fn a_call_for_help_that_would_not_complete_comes_first_of_all() {
    let past = Past::new();
    past.day();
    past.write(&past.inside("101", "0033140205050"));
    let documents = vec![
        ours(KindName::OutboundRoute, abroad("backup")),
        ours(
            KindName::Device,
            json!({ "username": "acme-103", "extension": "103", "enabled": false }),
        ),
    ];
    let replayed = past.replay(&proposal(documents, &[]));
    let first = &replayed.differences[0];
    assert_eq!(
        (first.call.dialled.as_str(), first.help),
        ("112", Some(Help::Stopped))
    );
    assert_eq!(replayed.sums.help_stopped, 1);
    assert_eq!(replayed.differences.len(), 3);
    let route = ours(
        KindName::OutboundRoute,
        json!({ "name": "help", "emergency": true, "trunks": ["backup"] }),
    );
    let replayed = past.replay(&proposal(vec![route], &[]));
    assert_eq!(replayed.differences[0].help, Some(Help::Changed));
    assert_eq!(replayed.sums.help_stopped, 0);
}

#[test]
fn each_call_is_asked_at_its_own_time() {
    let past = Past::new();
    past.day();
    // it is Wednesday, 23:01 to 23:59 at that time in UTC
    let hours = |open: &str| {
        let hours = json!({ "name": "hours", "time_zone": "UTC", "open": [open] });
        let route = json!({
            "name": "front", "called": "+493055501", "extension": "103", "schedule": "hours",
        });
        let rest = json!({ "name": "rest", "called": "+493055501", "extension": "101" });
        vec![
            ours(KindName::InboundRoute, route),
            ours(KindName::InboundRoute, rest),
            ours(KindName::Schedule, hours),
        ]
    };
    let at = |minutes: i64| WallTime::from_unix_ms(MORNING + minutes * MINUTE).to_string();
    let (before, after) = (&at(-60)[11..16], &at(0)[11..16]);
    let open = past.replay(&proposal(hours(&format!("mon-sun {before}-{after}")), &[]));
    assert_eq!(open.differences[0].change, Change::Elsewhere, "{open:?}");
    let (begin, end) = (&at(0)[11..16], &at(60)[11..16]);
    let closed = past.replay(&proposal(hours(&format!("mon-sun {begin}-{end}")), &[]));
    assert_eq!(closed.sums.same, 4, "{closed:?}");
}

#[test]
fn without_a_proposal_it_tells_what_would_not_go_any_more_as_it_went() {
    let past = Past::new();
    past.day();
    past.change::<InboundRoute>("front", &json!({ "extension": "102" }));
    past.change::<OutboundRoute>("abroad", &json!({ "enabled": false }));
    let since = past.since();
    assert_eq!(
        lines(&since),
        [
            "+493055501 elsewhere: ring 102 for 30 s: 1 device(s)",
            "0033140205050 lost: refuse with 404",
        ]
    );
    let inbound = &since.differences[0];
    assert_eq!(inbound.happened, ["rang 101", "answered"]);
    let (rule, because) = &inbound.present.differing[0];
    assert_eq!(rule, "inbound.route");
    assert!(
        because.ends_with("(inbound route front, revision 2)"),
        "{because}"
    );
}

#[test]
fn telephones_that_nobody_reached_and_new_revisions_make_no_difference() {
    let past = Past::new();
    let mut silent = past.inside("101", "102");
    silent.legs.truncate(1);
    silent.answered_at = None;
    silent.end.sip_status = 480;
    silent.explanation.push(Step {
        at: None,
        text: String::new(),
        rule: "registration.none".to_owned(),
        because: "no device of 102 is registered".to_owned(),
    });
    past.write(&silent);
    past.write(&past.outside("+493055501"));
    past.change::<InboundRoute>("front", &json!({ "priority": 7 }));
    let since = past.since();
    assert_eq!((since.sums.calls, since.sums.same), (2, 2), "{since:?}");
}

#[test]
fn what_cannot_be_asked_again_is_listed_with_the_reason() {
    let past = Past::new();
    let step = |rule: &str| Step {
        at: None,
        text: String::new(),
        rule: rule.to_owned(),
        because: String::new(),
    };
    for rule in ["host.foreign", "gruu.phone", "cap.concurrent_calls"] {
        let mut cdr = past.inside("101", "102");
        cdr.explanation = vec![step(rule)];
        past.write(&cdr);
    }
    let mut nobody = past.inside("101", "102");
    nobody.caller.extension = None;
    past.write(&nobody);
    past.write(&past.inside("102", "101"));
    past.delete::<Device>("acme-102");
    past.delete::<Extension>("102");
    let since = past.since();
    let reasons: Vec<Unasked> = since.unreplayed.iter().map(|one| one.reason).collect();
    use Unasked::{CallerGone, Capped, Elsewhere, NoCaller, ToPhone};
    assert_eq!(reasons, [CallerGone, NoCaller, Capped, ToPhone, Elsewhere]);
    assert_eq!(since.sums.not_replayed.values().sum::<usize>(), 5);
}

#[test]
fn what_is_proposed_is_the_companys_own_and_refused_by_its_place_otherwise() {
    let past = Past::new();
    let odd = [
        (
            entry(
                KindName::Extension,
                Some("globex.example"),
                json!({ "number": "7" }),
            ),
            "/with/documents/1/in",
        ),
        (
            entry(KindName::Trunk, None, json!({})),
            "/with/documents/1/in",
        ),
        (
            entry(KindName::Number, None, json!({ "number": "+493055502" })),
            "/with/documents/1/kind",
        ),
        (
            entry(
                KindName::Tenant,
                None,
                json!({ "domains": ["globex.example"] }),
            ),
            "/with/documents/1/spec/domains/0",
        ),
        (
            ours(KindName::InboundRoute, front("999")),
            "/with/documents/1/spec/extension",
        ),
        (
            ours(KindName::Extension, json!({ "number": "104", "colour": 1 })),
            "/with/documents/1/spec/colour",
        ),
    ];
    for (one, wanted) in odd {
        let good = ours(KindName::Extension, json!({ "number": "105" }));
        let tried = past.try_replay(Some(&proposal(vec![good, one], &[])));
        let Err(StoreError::Invalid(Invalid { field, .. })) = tried else {
            panic!("{tried:?}");
        };
        assert_eq!(field, wanted);
    }
}

#[test]
fn nothing_is_written_and_no_neighbour_is_looked_at() {
    let past = Past::new();
    past.day();
    let globex = past.scene.visit("globex.example").unwrap();
    let theirs = talk_of(
        &globex,
        99,
        WallTime::from_unix_ms(MORNING - MINUTE),
        party(None, "7", ""),
    );
    past.write(&theirs);
    let store = &past.scene.store;
    let seen = |company: &Entered| {
        let parts = block_on(store.load_tenant(&company.scope)).unwrap();
        let events = block_on(store.events(&company.scope, &EventQuery::default())).unwrap();
        format!("{parts:?} {events:?}")
    };
    let before = (seen(&past.acme), seen(&globex));
    let gone = [(KindName::Device, "acme-102"), (KindName::Extension, "102")];
    let routes = vec![ours(KindName::InboundRoute, front("103"))];
    let replayed = past.replay(&proposal(routes, &gone));
    assert_eq!(replayed.sums.calls, 4);
    assert_eq!(before, (seen(&past.acme), seen(&globex)));
}

#[test]
fn a_long_time_is_looked_at_in_pages_and_no_call_twice() {
    let past = Past::new();
    for _ in 0..7 {
        past.write(&past.inside("101", "102"));
    }
    let (office, scope) = (&past.scene.office, &past.acme.scope);
    let window = Window::of(office, None, None).unwrap();
    let replay = block_on(Replay::open(office, scope, None)).unwrap();
    let (mut after, mut calls, mut pages) = (None, 0, 0);
    loop {
        let page = block_on(replay.page(office, scope, &window, (after, 3))).unwrap();
        calls += page.sums.calls;
        pages += 1;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((calls, pages), (7, 3));
    let backwards = Window::of(office, Some(office.now()), Some(office.now()));
    assert_eq!(backwards.unwrap_err().field, "/since");
}
