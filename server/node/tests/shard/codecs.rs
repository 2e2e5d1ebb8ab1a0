//! Which codecs are spoken by a trunk.

use crate::carriers::{CARRIER, DEAD, by_hand, office_with, outside, requests, respond};
use crate::office::{Office, SECOND};
use sip_message::{Message, Method};

/// The formats of a message's sound.
fn formats(message: &Message) -> Vec<String> {
    let description = sdp::Description::parse(message.body()).unwrap();
    description.media[0].formats.clone()
}

/// What the carrier is offered when this is the list of its trunk; what a telephone says is
/// PCMU, PCMA and key presses.
fn offered(codecs: &str) -> Vec<String> {
    let mut office = office_with(&[CARRIER], &format!(", \"codecs\": {codecs}"), |_| ());
    let carrier = by_hand(&mut office, CARRIER);
    office.call(office.anna, "0033140205050");
    office.world.run(SECOND / 2);
    formats(&requests(&office, carrier, Method::Invite)[0])
}

#[test]
fn a_carrier_is_offered_what_its_trunk_lists_in_that_order_with_key_presses() {
    let all = offered("[]");
    let at = |format: &str| all.iter().position(|one| one == format);
    assert!(at("0") < at("8") && at("8").is_some(), "{all:?}");
    let turned = offered("[\"pcma\", \"PCMU\"]");
    assert_eq!(turned[..2], ["8", "0"], "{turned:?}");
    assert_eq!(offered("[\"PCMA\", \"G729\"]")[0], "8");
    assert!(!offered("[\"PCMA\"]").contains(&"0".to_owned()));
}

#[test]
fn a_trunk_that_takes_nothing_of_an_offer_is_passed_by_for_the_next_one() {
    let mut office = office_with(&[CARRIER], ", \"codecs\": [\"G729\"]", |alpha| {
        let spec = serde_json::json!({
            "mode": "peer", "peers": [format!("sip:198.51.100.{DEAD}")],
        });
        let second = alpha.trunk("second", spec, None).unwrap();
        let first = alpha.parts.lines.trunks[0].0.id;
        let outbound = &mut alpha.parts.lines.outbound;
        outbound.retain(|route| route.spec.name != "abroad");
        alpha.calls_abroad_by(&[first, second]).unwrap();
    });
    let (one, other) = (by_hand(&mut office, CARRIER), by_hand(&mut office, DEAD));
    let line = office.call(office.anna, "0033140205050");
    office.world.run(SECOND / 2);
    assert!(requests(&office, one, Method::Invite).is_empty());
    let invite = requests(&office, other, Method::Invite).remove(0);
    respond(&mut office, other, &invite, 486, |_| ());
    assert_eq!(office.line(office.anna, line).refused(), Some(486));
    let record = office.settled_records().remove(0);
    let rules: Vec<&str> = record.explanation.iter().map(|step| &*step.rule).collect();
    assert!(rules.contains(&"trunk.codecs"), "{rules:?}");
    assert_eq!(record.legs[1].status, Some(488));
}

#[test]
fn without_a_next_trunk_the_caller_is_told_that_its_codecs_will_not_do() {
    let mut office = office_with(&[CARRIER], ", \"codecs\": [\"G729\"]", |_| ());
    let line = office.call(office.anna, "0033140205050");
    office.world.run(SECOND);
    assert_eq!(office.line(office.anna, line).refused(), Some(488));
}

/// A call from the carrier, which speaks what telephones of the testkit do.
fn called(codecs: &str) -> (Office, Option<u16>, bool) {
    let mut office = office_with(&[CARRIER], &format!(", \"codecs\": {codecs}"), |_| ());
    let paris = outside(&mut office, CARRIER);
    let line = office.call(paris, "+493055501");
    office.world.run(SECOND * 4);
    let (refused, talks) = {
        let line = office.line(paris, line);
        (line.refused(), line.is_talking())
    };
    (office, refused, talks)
}

#[test]
fn what_a_carrier_offers_is_cut_down_to_the_list_and_refused_where_nothing_is_left() {
    let (_, refused, _) = called("[\"G729\"]");
    assert_eq!(refused, Some(488));
    let (mut office, refused, _) = called("[\"PCMA\"]");
    assert_eq!(refused, None);
    let anna = office.rung(office.anna);
    office.answer(office.anna, anna);
    office.world.run(SECOND * 2);
    let alpha = office.alpha.clone();
    let calls = office.live_calls(&alpha);
    let codecs: Vec<_> = calls[0]
        .legs
        .iter()
        .filter_map(|leg| leg.codec.clone())
        .collect();
    // the telephone may take what is made of it
    assert_eq!(codecs[0], "PCMA", "{codecs:?}");
}
