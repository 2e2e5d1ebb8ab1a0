//! Which answers of a carrier let the next trunk be tried, where a trunk says so itself.

use crate::carriers::{CARRIER, DEAD, by_hand, office_with, requests, respond};
use crate::office::{Office, SECOND};
use sip_message::Method;

/// An office whose first trunk is at one host and says itself what lets the second be tried.
fn two_trunks(more: &str) -> Office {
    office_with(&[CARRIER], more, |alpha| {
        let spec = serde_json::json!({
            "mode": "peer", "peers": [format!("sip:198.51.100.{DEAD}")],
        });
        let second = alpha.trunk("second", spec, None).unwrap();
        let first = alpha.parts.lines.trunks[0].0.id;
        alpha
            .parts
            .lines
            .outbound
            .retain(|route| route.spec.name != "abroad");
        alpha.calls_abroad_by(&[first, second]).unwrap();
    })
}

/// Whether the second carrier is asked once the first has given this answer.
fn asked_after(more: &str, status: u16) -> (bool, Office) {
    let mut office = two_trunks(more);
    let (first, second) = (by_hand(&mut office, CARRIER), by_hand(&mut office, DEAD));
    office.call(office.anna, "0033140205050");
    office.world.run(SECOND / 2);
    let invite = requests(&office, first, Method::Invite).remove(0);
    respond(&mut office, first, &invite, status, |_| ());
    office.world.run(SECOND);
    let asked = !requests(&office, second, Method::Invite).is_empty();
    (asked, office)
}

#[test]
fn a_trunk_says_which_answers_let_the_next_one_be_tried() {
    assert!(!asked_after("", 480).0);
    assert!(asked_after("", 500).0);
    let rules = ", \"next_on\": [480, 603], \"stop_on\": [500]";
    assert!(asked_after(rules, 480).0);
    assert!(asked_after(rules, 603).0);
    assert!(!asked_after(rules, 486).0);
    let (asked, mut office) = asked_after(rules, 500);
    assert!(!asked);
    let record = office.settled_records().remove(0);
    let rules: Vec<&str> = record.explanation.iter().map(|step| &*step.rule).collect();
    assert!(rules.contains(&"trunk.failover"), "told before: {rules:?}");
    assert!(rules.contains(&"trunk.stop_on"), "told after: {rules:?}");
}
