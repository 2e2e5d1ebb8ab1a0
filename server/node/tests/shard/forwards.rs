//! Calls that are sent on: by an extension's forwards, by a phone, inside the company and outside.

use crate::carriers::{CARRIER, by_hand, office_with, outside, requests, trunk_figures};
use crate::office::{Office, SECOND};
use domain::{Cdr, DivertReason, EventKind};
use serde_json::{Value, json};
use sip_message::{Method, Name};
use testkit::{PhoneId, Reaction, Setup, Told};

const PARIS: &str = "0033140205050";

/// An open office whose 102 forwards so.
fn forwarding(forwards: Value) -> Office {
    let mut office = Office::with(Setup::ordinary(21));
    office.alpha.forwards("102", forwards).unwrap();
    let alpha = office.alpha.compile();
    office.world.tell(alpha);
    office.register_all();
    office
}

/// The same with a carrier, 101's number outside, and what the trunk says more.
fn with_carrier(forwards: Value, more: &str) -> Office {
    office_with(&[CARRIER], more, |alpha| {
        alpha.number("+493055502", "102").unwrap();
        alpha.forwards("102", forwards).unwrap();
    })
}

/// By whom the call was sent on, why, and where to.
fn diversions(record: &Cdr) -> Vec<(&str, DivertReason, &str)> {
    let all = record.moves.diversions.iter();
    all.map(|one| (&*one.by.number, one.reason, &*one.to))
        .collect()
}

fn rules(record: &Cdr) -> Vec<&str> {
    record.explanation.iter().map(|step| &*step.rule).collect()
}

/// 101 calls 102, and 103 answers in its place; both are heard.
fn reaches_cleo(office: &mut Office) -> Cdr {
    let (anna, cleo) = (office.anna, office.cleo);
    let caller = office.call(anna, "102");
    let rings = office.world.run_until(SECOND * 40, |world| {
        world.phones[cleo.0].live().any(|line| line.incoming)
    });
    assert!(rings, "103 rings");
    let callee = office.rung(cleo);
    office.answer(cleo, callee);
    assert!(office.both_hear((anna, caller), (cleo, callee)));
    let told = &office.line(anna, caller).told;
    assert!(told.contains(&Told::Ringing(181)), "{told:?}");
    office.hang_up(anna, caller);
    office.record()
}

#[test]
fn all_calls_go_on_and_the_extension_that_forwards_does_not_ring() {
    let mut office = forwarding(json!({"always": "103"}));
    let record = reaches_cleo(&mut office);
    assert_eq!(diversions(&record), [("102", DivertReason::Always, "103")]);
    assert_eq!(record.legs.len(), 2, "nobody else was rung");
    assert_eq!(record.dialled, "102");
    assert_eq!(record.destination.unwrap().number, "103");
    let events = &office.world.exchange.as_ref().unwrap().events;
    let told = events.iter().find(|e| e.kind == EventKind::CallForwarded);
    assert_eq!(told.unwrap().data["to"], "103");
}

#[test]
fn a_call_to_a_busy_phone_goes_on() {
    let mut office = forwarding(json!({"busy": "103"}));
    let bert = office.bert;
    office.manner(bert, |manner| {
        manner.reaction = Reaction::Refuse(486, SECOND);
    });
    let record = reaches_cleo(&mut office);
    assert_eq!(diversions(&record), [("102", DivertReason::Busy, "103")]);
    assert_eq!(record.legs[1].status, Some(486));
}

#[test]
fn a_call_that_nobody_answers_goes_on_after_the_time_that_is_said() {
    let mut office = forwarding(json!({"no_answer": {"to": "103", "after_seconds": 7}}));
    let record = reaches_cleo(&mut office);
    assert_eq!(
        diversions(&record),
        [("102", DivertReason::NoAnswer, "103")]
    );
    let waited = record.moves.diversions[0].at.unix_ms() - record.started.unix_ms();
    assert!((7_000..7_500).contains(&waited), "{waited} ms");
    assert_eq!(record.legs[1].status, Some(487), "102 rings no more");
}

#[test]
fn a_call_to_an_extension_that_is_not_registered_goes_on_at_once() {
    let mut office = Office::with(Setup::ordinary(22));
    office
        .alpha
        .forwards("102", json!({"unreachable": "103"}))
        .unwrap();
    let alpha = office.alpha.compile();
    office.world.tell(alpha);
    for phone in [office.anna, office.cleo] {
        office.register(phone);
    }
    let record = reaches_cleo(&mut office);
    let wanted = [("102", DivertReason::Unreachable, "103")];
    assert_eq!(diversions(&record), wanted);
    assert!(rules(&record).contains(&"registration.none"));
}

/// 102's phone sends what it is called for on to these contacts.
fn sent_on_by_phone(office: &mut Office, contacts: &str) {
    let (anna, bert) = (office.anna, office.bert);
    office.call(anna, "102");
    let rung = office.rung(bert);
    office
        .world
        .with(bert, |phone, now| phone.redirect(rung, contacts, now));
}

#[test]
fn a_phones_own_forward_is_followed_inside_the_company_alone() {
    let mut office = forwarding(json!({}));
    let cleo = office.cleo;
    let contacts = "<sip:101@beta.example>;q=0.9, <sip:103@alpha.example>;q=0.5";
    sent_on_by_phone(&mut office, contacts);
    let callee = office.rung(cleo);
    office.answer(cleo, callee);
    office.hang_up(cleo, callee);
    let record = office.record();
    assert_eq!(diversions(&record), [("102", DivertReason::Phone, "103")]);
    let sent = record.moves.diversions[0].by.device;
    assert_eq!(sent, Some(office.members[1].device));
    assert!(rules(&record).contains(&"device.redirected_astray"));
    assert!(office.world.phones[office.dora.0].lines.is_empty());
}

#[test]
fn forwards_that_lead_round_and_round_end_and_the_caller_is_told() {
    let mut office = Office::with(Setup::ordinary(23));
    office
        .alpha
        .forwards("102", json!({"always": "103"}))
        .unwrap();
    office
        .alpha
        .forwards("103", json!({"busy": "102"}))
        .unwrap();
    let alpha = office.alpha.compile();
    office.world.tell(alpha);
    office.register_all();
    let (anna, cleo) = (office.anna, office.cleo);
    office.manner(cleo, |manner| {
        manner.reaction = Reaction::Refuse(486, SECOND);
    });
    let line = office.call(anna, "102");
    office.world.run(SECOND * 10);
    let told = office.line(anna, line).told.last();
    assert!(matches!(told, Some(Told::Refused { status: 486, .. })));
    assert!(rules(&office.record()).contains(&"forward.loop"));
}

/// Somebody calls 102 and talks with the carrier.
fn goes_out(office: &mut Office, caller: PhoneId, number: &str) -> Cdr {
    let line = office.call(caller, number);
    office.world.run(SECOND * 5);
    assert!(office.line(caller, line).is_talking());
    office.hang_up(caller, line);
    office.record()
}

#[test]
fn a_forward_to_outside_shows_the_number_of_who_forwards() {
    let mut office = with_carrier(json!({"always": PARIS}), "");
    outside(&mut office, CARRIER);
    let anna = office.anna;
    let record = goes_out(&mut office, anna, "102");
    assert_eq!(diversions(&record), [("102", DivertReason::Always, PARIS)]);
    let by = record.legs[1].by_trunk.as_ref().unwrap();
    assert_eq!(by.called, "+33140205050");
    let shown = by.shown.as_deref();
    assert!(shown.is_some_and(|shown| shown.starts_with("+4930555")));
}

#[test]
fn who_called_in_and_is_sent_out_is_shown_where_the_trunk_takes_that() {
    for (more, shown) in [
        ("", "+493055501"),
        (", \"passes_caller\": true", "+4420123"),
    ] {
        let mut office = with_carrier(json!({"always": PARIS}), more);
        let carrier = by_hand(&mut office, CARRIER);
        calls_in(&mut office, carrier, "+4420123", "");
        let invite = requests(&office, carrier, Method::Invite).remove(0);
        let from = invite.from().unwrap().as_str().to_owned();
        assert!(from.contains(&format!("<sip:{shown}@")), "{from}");
        let own = "<sip:+493055501@198.51.100.60>";
        assert_eq!(invite.header(Name::PAssertedIdentity), Some(own));
        let diversion = invite.header(Name::Diversion).unwrap();
        assert_eq!(
            diversion,
            format!("{own};reason=unconditional;counter=1;privacy=off")
        );
        assert!(!invite.has(Name::HistoryInfo));
        let text = String::from_utf8_lossy(invite.raw()).into_owned();
        assert!(!text.contains("alpha"), "{text}");
        let figures = trunk_figures(&office);
        assert_eq!((figures.calls_in, figures.calls_out), (1, 1));
    }
}

/// The carrier calls 102's number and says this of the caller.
pub(crate) fn calls_in(office: &mut Office, carrier: testkit::RawId, number: &str, more: &str) {
    let from = format!("<sip:{number}@carrier.example>");
    let offer = "v=0\r\no=- 1 1 IN IP4 198.51.100.60\r\ns=-\r\nc=IN IP4 198.51.100.60\r\nt=0 0\r\n\
                 m=audio 4000 RTP/AVP 0\r\n";
    let more =
        format!("Contact: <sip:gateway@198.51.100.60>\r\n{more}Content-Type: application/sdp\r\n");
    office.world.with_raw(carrier, |raw| {
        let to = "<sip:+493055502@x>";
        raw.request("INVITE", "sip:+493055502@x", (&from, to), &more, offer);
    });
    office.world.run(SECOND);
}

#[test]
fn a_call_that_comes_in_and_goes_out_again_takes_two_of_what_its_trunk_may() {
    for (most, goes) in [(1, false), (2, true)] {
        let caps = format!(", \"caps\": {{\"concurrent_calls\": {most}}}");
        let mut office = with_carrier(json!({"always": PARIS}), &caps);
        let carrier = by_hand(&mut office, CARRIER);
        calls_in(&mut office, carrier, "+4420123", "");
        let rung = !requests(&office, carrier, Method::Invite).is_empty();
        assert_eq!(rung, goes);
        assert_eq!(trunk_figures(&office).caps.refused, u64::from(!goes));
    }
}

#[test]
fn a_number_of_another_company_is_never_passed_on() {
    let mut office = with_carrier(json!({"always": PARIS}), ", \"passes_caller\": true");
    office.beta.number("+491999999", "101").unwrap();
    let beta = office.beta.compile();
    office.world.tell(beta);
    let carrier = by_hand(&mut office, CARRIER);
    calls_in(&mut office, carrier, "+491999999", "");
    let invite = requests(&office, carrier, Method::Invite).remove(0);
    let from = invite.from().unwrap().as_str().to_owned();
    assert!(from.contains("<sip:+493055501@"), "{from}");
}

#[test]
fn both_headers_go_to_a_carrier_that_wants_them_and_a_hidden_history_to_none() {
    for (more, privacy, history) in [
        (", \"diversion\": \"both\"", "", 2),
        (", \"diversion\": \"both\"", "Privacy: history\r\n", 0),
        (", \"diversion\": \"none\"", "", 0),
    ] {
        let mut office = with_carrier(json!({"always": PARIS}), more);
        let carrier = by_hand(&mut office, CARRIER);
        calls_in(&mut office, carrier, "+4420123", privacy);
        let invite = requests(&office, carrier, Method::Invite).remove(0);
        assert_eq!(invite.values(Name::HistoryInfo).count(), history);
        let hides = invite
            .header(Name::Diversion)
            .map(|value| value.ends_with("privacy=full"));
        let wanted = more.contains("both").then_some(!privacy.is_empty());
        assert_eq!(hides, wanted);
    }
}

#[test]
fn a_call_that_has_been_sent_on_too_often_before_it_came_goes_no_further() {
    let mut office = with_carrier(json!({"always": PARIS}), "");
    let carrier = by_hand(&mut office, CARRIER);
    let before = "Diversion: <sip:+4420@x>;reason=unconditional;counter=5\r\n";
    calls_in(&mut office, carrier, "+4420123", before);
    assert!(requests(&office, carrier, Method::Invite).is_empty());
    assert_eq!(office.status(carrier), Some(480));
}

#[test]
fn the_budget_of_who_forwards_is_used_and_the_callers_is_not() {
    let budget = json!({"budget": {"per": "extension", "limits": {"calls_per_hour": 1}}});
    let mut office = office_with(&[CARRIER], "", |alpha| {
        alpha.toll_guard("abroad", budget).unwrap();
        alpha.forwards("102", json!({"always": PARIS})).unwrap();
    });
    outside(&mut office, CARRIER);
    let (anna, cleo) = (office.anna, office.cleo);
    let talks = |office: &mut Office, phone, number: &str| {
        let line = office.call(phone, number);
        office.world.run(SECOND * 5);
        let talks = office.line(phone, line).is_talking();
        office.hang_up(phone, line);
        talks
    };
    assert!(talks(&mut office, anna, "102"));
    assert!(!talks(&mut office, cleo, "102"), "102 has used its budget");
    assert!(talks(&mut office, anna, PARIS), "101 has not");
    let records = office.settled_records();
    let second = &records[1];
    assert!(rules(second).contains(&"fraud.budget"));
    assert_eq!(second.end.sip_status, 480, "the caller is told no more");
}

#[test]
fn a_call_that_was_sent_on_outlives_the_process() {
    let mut office = forwarding(json!({"always": "103"}));
    let (anna, cleo) = (office.anna, office.cleo);
    let caller = office.call(anna, "102");
    let callee = office.rung(cleo);
    office.answer(cleo, callee);
    office.world.run(SECOND * 10);
    office.world.kill();
    office.world.run(SECOND);
    office.world.restart();
    office.world.run(SECOND);
    assert!(office.both_hear((anna, caller), (cleo, callee)));
    office.hang_up(anna, caller);
    let record = office.record();
    assert_eq!(diversions(&record), [("102", DivertReason::Always, "103")]);
}

#[test]
fn a_call_that_died_with_the_process_while_it_went_on_tells_of_it_in_its_record() {
    let mut office = forwarding(json!({"no_answer": {"to": "103", "after_seconds": 7}}));
    let (anna, cleo) = (office.anna, office.cleo);
    office.call(anna, "102");
    let rings = office.world.run_until(SECOND * 9, |world| {
        world.phones[cleo.0].live().any(|line| line.incoming)
    });
    assert!(rings);
    office.world.run(SECOND);
    office.world.kill();
    office.world.run(SECOND);
    office.world.restart();
    office.world.run(SECOND * 200);
    let record = office.record();
    assert!(record.recovered);
    assert_eq!(
        diversions(&record),
        [("102", DivertReason::NoAnswer, "103")]
    );
}

#[test]
fn a_call_that_is_sent_on_to_who_forwards_reaches_where_that_leads() {
    let mut office = forwarding(json!({"always": "103"}));
    let (anna, dialled) = (office.anna, "102");
    let (bert, cleo) = (office.bert, office.cleo);
    // 102 itself calls 101, who sends it back to 102: that leads to 103
    let (caller, callee) = office.talk(bert, anna, "101");
    office
        .world
        .with(anna, |phone, now| phone.transfer(callee, dialled, now));
    let taken = office.rung(cleo);
    office.answer(cleo, taken);
    assert!(office.both_hear((bert, caller), (cleo, taken)));
    office.hang_up(bert, caller);
    let record = office.record();
    assert_eq!(diversions(&record), [("102", DivertReason::Always, "103")]);
    assert!(record.moves.transfers[0].succeeded);
}
