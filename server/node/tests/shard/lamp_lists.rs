//! Lists of lamps, and who has a lamp for whom.

use crate::office::{Office, SECOND};
use serde_json::json;
use testkit::{Key, KeyId, PhoneId};

fn with_lamps(number: &str, lamps: serde_json::Value) -> Office {
    let mut office = Office::open();
    say(&mut office, number, lamps);
    office
}

/// Says what lamps an extension of alpha's has, and tells the exchange.
fn say(office: &mut Office, number: &str, lamps: serde_json::Value) {
    office.alpha.lamps(number, lamps).unwrap();
    let alpha = office.alpha.compile();
    office.world.tell(alpha);
    office.world.run(SECOND);
}

fn watch_list(office: &mut Office, phone: PhoneId, list: &str) -> KeyId {
    let id = office.world.with(phone, |phone, now| {
        phone.watch_list(list, "dialog", 600, now)
    });
    office.world.run(SECOND);
    id
}

fn watch(office: &mut Office, phone: PhoneId, number: &str, event: &str) -> KeyId {
    let id = office
        .world
        .with(phone, |phone, now| phone.watch(number, event, 600, now));
    office.world.run(SECOND);
    id
}

fn key(office: &Office, phone: PhoneId, id: KeyId) -> &Key {
    office.world.phones[phone.0].key(id)
}

fn live(office: &Office) -> u64 {
    let exchange = office.world.exchange.as_ref().unwrap();
    exchange.shard.figures().live.watches
}

/// Of a NOTIFY of a list: its version, whether it is whole, and whom it tells of in parts.
fn read(body: &str) -> (u32, bool, Vec<String>) {
    let list = body.split("<list ").nth(1).unwrap();
    let value = |name: &str| list.split(name).nth(1).unwrap().split('"').next().unwrap();
    let parts = body.split("<dialog-info ").skip(1);
    let entity = |part: &str| {
        let uri = part.split("entity=\"sip:").nth(1).unwrap();
        uri.split('@').next().unwrap().to_owned()
    };
    (
        value("version=\"").parse().unwrap(),
        value("fullState=\"") == "true",
        parts.map(entity).collect(),
    )
}

fn told(office: &Office, phone: PhoneId, id: KeyId) -> Vec<(u32, bool, Vec<String>)> {
    let told = &key(office, phone, id).told;
    told.iter().map(|body| read(body)).collect()
}

fn strings(all: &[&str]) -> Vec<String> {
    all.iter().map(|one| (*one).to_owned()).collect()
}

// rfc: 4662 §4.4
#[test]
fn one_subscription_shows_all_extensions_on_a_list() {
    let mut office = with_lamps("103", json!({ "list": ["101", "102"] }));
    let (anna, cleo) = (office.anna, office.cleo);
    let id = watch_list(&mut office, cleo, "blf_103");
    assert_eq!(key(&office, cleo, id).status, Some(200));
    assert_eq!(
        told(&office, cleo, id),
        [(0, true, strings(&["101", "102"]))]
    );
    let line = office.call(anna, "102");
    let bert = office.rung(office.bert);
    office.answer(office.bert, bert);
    office.hang_up(anna, line);
    let told = told(&office, cleo, id);
    assert!(told.len() > 3, "{told:?}");
    for (at, (version, full, parts)) in told.iter().enumerate().skip(1) {
        assert_eq!((usize::try_from(*version).unwrap(), *full), (at, false));
        assert!(!parts.is_empty());
    }
    let bodies = key(&office, cleo, id).told.concat();
    for state in ["early", "confirmed", "terminated"] {
        assert!(bodies.contains(&format!("<state>{state}</state>")));
    }
    assert_eq!(live(&office), 1);
    office.world.with(cleo, |phone, now| phone.unwatch(id, now));
    office.world.run(SECOND);
    assert_eq!(key(&office, cleo, id).state, "terminated;reason=timeout");
    assert_eq!(live(&office), 0);
    office.record();
}

// rfc: 4662 §4.1
#[test]
fn a_list_is_shown_to_those_alone_who_read_lists() {
    let mut office = with_lamps("103", json!({ "list": ["101"] }));
    let cleo = office.cleo;
    let without = watch(&mut office, cleo, "blf_103", "dialog");
    assert_eq!(key(&office, cleo, without).status, Some(421));
    let mail = watch(&mut office, cleo, "blf_103", "message-summary");
    assert_eq!(key(&office, cleo, mail).status, Some(404));
    let none = watch_list(&mut office, cleo, "blf_102");
    assert_eq!(key(&office, cleo, none).status, Some(404), "it has no list");
    let one = watch_list(&mut office, cleo, "102");
    assert_eq!(key(&office, cleo, one).status, Some(200));
    assert!(!key(&office, cleo, one).body.contains("rlmi"));
}

#[test]
fn another_companys_list_is_as_unknown_as_none_and_shows_nothing_of_anothers_calls() {
    let mut office = with_lamps("103", json!({ "list": ["101", "102"] }));
    let (dora, cleo) = (office.dora, office.cleo);
    let theirs = watch_list(&mut office, dora, "blf_103");
    assert_eq!(key(&office, dora, theirs).status, Some(404));
    let id = watch_list(&mut office, cleo, "blf_103");
    let (line, _) = office.talk(dora, office.emil, "102");
    assert_eq!(key(&office, cleo, id).notes, 1, "beta's are not alpha's");
    office.hang_up(dora, line);
    office.record();
}

// rfc: 4662 §5.5
#[test]
fn who_comes_on_a_list_and_who_is_gone_is_told() {
    let mut office = with_lamps("103", json!({ "list": ["101", "777"] }));
    let cleo = office.cleo;
    let id = watch_list(&mut office, cleo, "blf_103");
    let first = key(&office, cleo, id).told[0].clone();
    assert!(first.contains("state=\"terminated\" reason=\"noresource\""));
    say(&mut office, "103", json!({ "list": ["102", "101"] }));
    let told_of = told(&office, cleo, id);
    assert_eq!(told_of[1..], [(1, true, strings(&["102", "101"]))]);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    assert!(
        key(&office, cleo, id)
            .told
            .concat()
            .contains("<state>confirmed</state>"),
        "who came on it is watched"
    );
    office.hang_up(office.anna, anna);
    say(&mut office, "103", json!({ "list": [] }));
    let state = &key(&office, cleo, id).state;
    assert_eq!(state, "terminated;reason=noresource");
    office.world.run(SECOND);
    assert_eq!(live(&office), 0);
    office.record();
}

#[test]
fn a_long_list_is_told_in_documents_that_datagrams_carry() {
    let mut office = Office::open();
    let numbers: Vec<String> = (500..600).map(|number| number.to_string()).collect();
    for number in &numbers {
        office.alpha.extension(number, domain::Destination::Devices);
    }
    say(&mut office, "103", json!({ "list": numbers }));
    let cleo = office.cleo;
    let id = watch_list(&mut office, cleo, "blf_103");
    let bodies = key(&office, cleo, id).told.clone();
    let told = told(&office, cleo, id);
    assert!(told.len() > 2 && told[0].1, "{}", told.len());
    assert_eq!(bodies[0].matches("<resource ").count(), 100);
    assert!(told[1..].iter().all(|(_, full, _)| !full));
    let mut shown: Vec<String> = told.into_iter().flat_map(|(_, _, parts)| parts).collect();
    shown.sort();
    assert_eq!(shown, numbers, "each of them once");
    let longest = bodies.iter().map(String::len).max().unwrap();
    assert!(longest <= watch::Limits::default().datagram_octets);
    for _ in 0..4 {
        watch_list(&mut office, cleo, "blf_103");
    }
    let sixth = watch_list(&mut office, cleo, "blf_103");
    assert_eq!(
        key(&office, cleo, sixth).status,
        Some(403),
        "it counts as 100"
    );
}

#[test]
fn a_watch_of_a_list_outlives_the_process_and_is_told_all() {
    let mut office = with_lamps("103", json!({ "list": ["101", "102"] }));
    let cleo = office.cleo;
    let id = watch_list(&mut office, cleo, "blf_103");
    office.world.kill();
    office.world.run(SECOND);
    office.world.restart();
    office.world.run(SECOND * 6);
    assert_eq!(live(&office), 1);
    let told_of = told(&office, cleo, id);
    let (version, full, parts) = told_of.last().unwrap();
    assert!(*version > 1 && *full, "{told_of:?}");
    assert_eq!(*parts, strings(&["101", "102"]));
    office.world.run(SECOND * 200);
    let before = key(&office, cleo, id).told.len();
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    assert!(key(&office, cleo, id).told.len() > before);
    office.hang_up(office.anna, anna);
}

#[test]
fn who_may_not_watch_an_extension_finds_nobody_there() {
    let mut office = with_lamps("102", json!({ "watched_by": ["103"] }));
    let (anna, bert, cleo) = (office.anna, office.bert, office.cleo);
    for (phone, status) in [(anna, 404), (bert, 200), (cleo, 200)] {
        for event in ["dialog", "presence"] {
            let id = watch(&mut office, phone, "102", event);
            assert_eq!(key(&office, phone, id).status, Some(status), "{event}");
        }
    }
    say(&mut office, "101", json!({ "list": ["102", "103"] }));
    let list = watch_list(&mut office, anna, "blf_101");
    let body = &key(&office, anna, list).told[0];
    assert_eq!(read(body), (0, true, strings(&["103"])));
    assert!(body.contains("<instance id=\"none\" state=\"terminated\""));
    let calls = office.talk(anna, bert, "102").0;
    assert_eq!(key(&office, anna, list).told.len(), 1, "nothing is shown");
    office.hang_up(anna, calls);
    let id = watch(&mut office, cleo, "102", "dialog");
    say(&mut office, "102", json!({ "watched_by": [] }));
    let state = &key(&office, cleo, id).state;
    assert_eq!(state, "terminated;reason=noresource");
    office.record();
}

#[test]
fn a_lamp_shows_with_whom_somebody_talks_unless_one_of_them_hides_it() {
    for hides in ["101", "102"] {
        let mut office = with_lamps(hides, json!({ "shows_other_party": false }));
        let (anna, bert, cleo) = (office.anna, office.bert, office.cleo);
        let of_anna = watch(&mut office, cleo, "101", "dialog");
        let of_bert = watch(&mut office, cleo, "102", "dialog");
        let own = watch(&mut office, bert, "102", "dialog");
        let dialled = if hides == "102" { "*80102" } else { "102" };
        let line = office.call(anna, dialled);
        let rung = office.rung(bert);
        for id in [of_anna, of_bert] {
            let body = &key(&office, cleo, id).body;
            assert!(!body.contains("<remote>"), "{hides} hides: {body}");
            assert_eq!(key(&office, cleo, id).lamp(), "early");
        }
        let body = &key(&office, bert, own).body;
        assert!(body.contains("sip:101@alpha.example"), "its own: {body}");
        office.answer(bert, rung);
        for id in [of_anna, of_bert] {
            assert!(!key(&office, cleo, id).body.contains("<remote>"));
        }
        office.hang_up(anna, line);
        office.record();
    }
}

// rfc: 4235 §4.1
#[test]
fn phones_that_take_it_are_told_of_lines_that_change_alone() {
    let mut office = with_lamps("103", json!({ "documents": "partial" }));
    let (anna, bert, cleo) = (office.anna, office.bert, office.cleo);
    let id = watch(&mut office, cleo, "102", "dialog");
    assert!(key(&office, cleo, id).body.contains("state=\"full\""));
    let (line, _) = office.talk(anna, bert, "102");
    let body = &key(&office, cleo, id).body;
    assert!(body.contains("state=\"partial\""), "{body}");
    assert_eq!(key(&office, cleo, id).lamp(), "confirmed");
    office.hang_up(anna, line);
    assert_eq!(key(&office, cleo, id).lamp(), "off");
    assert_eq!(key(&office, cleo, id).backwards, 0);
    office.record();
}
