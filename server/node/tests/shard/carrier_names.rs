//! Carriers that are known by their names (RFC 3263).

use crate::carriers::{
    CARRIER, DEAD, asks, by_hand, outside, requests, respond, trunk_events, trunk_figures,
};
use crate::office::{Office, SECOND};
use carrier::{NameQuery, NameReply, Record, RecordKind};
use sip_message::{Method, Name};
use std::net::IpAddr;
use std::time::Duration;
use testkit::Setup;

fn found(ttl: u64, records: Vec<Record>) -> NameReply {
    let ttl = Duration::from_secs(ttl);
    NameReply::Found { records, ttl }
}

fn srv(priority: u16, target: &str) -> Record {
    Record::Srv {
        priority,
        weight: 0,
        port: 5060,
        target: target.to_owned(),
    }
}

fn host(name: &str, last: u8, ttl: u64) -> (NameQuery, NameReply) {
    let address = IpAddr::from([198, 51, 100, last]);
    let reply = found(ttl, vec![Record::Address(address)]);
    (NameQuery::new(name, RecordKind::A), reply)
}

/// The domain of a carrier with a first server that is dead and a second one that lives.
fn two_servers(ttl: u64) -> Vec<(NameQuery, NameReply)> {
    let servers = vec![srv(1, "one.carrier.example"), srv(2, "two.carrier.example")];
    let service = NameQuery::new("_sip._udp.carrier.example", RecordKind::Srv);
    vec![
        (service, found(ttl, servers)),
        host("one.carrier.example", DEAD, ttl),
        host("two.carrier.example", CARRIER, ttl),
    ]
}

fn tell_names(office: &mut Office, names: Vec<(NameQuery, NameReply)>) {
    office.world.exchange.as_mut().unwrap().names = names;
}

/// An office whose alpha calls abroad by a carrier of this name.
fn office(names: Vec<(NameQuery, NameReply)>) -> Office {
    let mut office = Office::with(Setup::ordinary(13));
    tell_names(&mut office, names);
    let spec = serde_json::json!({
        "mode": "peer", "peers": ["sip:carrier.example"], "identity": "asserted",
    });
    let trunk = office.alpha.trunk("carrier", spec, None).unwrap();
    office.alpha.number("+493055501", "101").unwrap();
    office.alpha.calls_abroad_by(&[trunk]).unwrap();
    let alpha = office.alpha.compile();
    office.world.tell(alpha);
    office.register_all();
    office
}

#[test]
fn a_dead_server_of_a_name_is_followed_by_the_next_and_left_aside_for_a_while() {
    let mut office = office(two_servers(300));
    let paris = outside(&mut office, CARRIER);
    let anna = office.call(office.anna, "0033140205050");
    let rings = office.world.run_until(SECOND * 6, |world| {
        world.phones[paris.0].live().any(|line| line.incoming)
    });
    assert!(rings, "the second server is called");
    office.world.run(SECOND * 3);
    assert!(office.line(office.anna, anna).is_talking());
    office.hang_up(office.anna, anna);
    let again = office.call(office.anna, "0033140205050");
    office.world.run(SECOND * 2);
    assert!(office.line(office.anna, again).is_talking());
    assert_eq!(
        trunk_figures(&office).calls_out,
        3,
        "the dead one was not tried again"
    );
    office.hang_up(office.anna, again);
    // After its time of probation the first server has its turn again.
    office.world.run(SECOND * 31);
    let third = office.call(office.anna, "0033140205050");
    office.world.run(SECOND * 7);
    assert!(office.line(office.anna, third).is_talking());
    assert_eq!(trunk_figures(&office).calls_out, 5);
}

#[test]
fn the_name_stays_in_the_request_and_is_shown_as_the_domain() {
    let mut office = office(vec![host("carrier.example", CARRIER, 300)]);
    let carrier = by_hand(&mut office, CARRIER);
    office.call(office.anna, "0033140205050");
    office.world.run(SECOND);
    let invite = requests(&office, carrier, Method::Invite).remove(0);
    assert_eq!(
        invite.request_uri().unwrap().to_string(),
        "sip:+33140205050@carrier.example"
    );
    let shown = invite.header(Name::PAssertedIdentity);
    assert_eq!(shown, Some("<sip:+493055501@carrier.example>"));
}

#[test]
fn a_carrier_that_moves_is_called_at_its_new_address_when_the_old_one_has_lapsed() {
    let mut office = office(vec![host("carrier.example", DEAD, 20)]);
    let old = by_hand(&mut office, DEAD);
    tell_names(&mut office, vec![host("carrier.example", CARRIER, 20)]);
    let new = by_hand(&mut office, CARRIER);
    office.call(office.anna, "0033140205050");
    office.world.run(SECOND);
    let asked = requests(&office, old, Method::Invite);
    assert!(!asked.is_empty(), "as long as it is valid");
    office.world.run(SECOND * 61);
    assert!(requests(&office, new, Method::Invite).is_empty());
    office.call(office.cleo, "0033140205050");
    office.world.run(SECOND);
    assert!(!requests(&office, new, Method::Invite).is_empty());
}

#[test]
fn a_carrier_that_no_name_server_knows_any_more_is_still_called_where_it_was() {
    let mut office = office(vec![host("carrier.example", CARRIER, 20)]);
    let carrier = by_hand(&mut office, CARRIER);
    tell_names(&mut office, Vec::new());
    office.world.run(SECOND * 120);
    assert!(trunk_figures(&office).names_not_found > 0);
    office.call(office.anna, "0033140205050");
    office.world.run(SECOND);
    assert!(!requests(&office, carrier, Method::Invite).is_empty());
}

#[test]
fn a_trunk_registers_as_soon_as_its_registrar_is_found() {
    let mut office = Office::with(Setup::ordinary(14));
    let carrier = by_hand(&mut office, CARRIER);
    let spec = serde_json::json!({
        "mode": "register", "username": "acme", "peers": ["sip:carrier.example:5060"],
    });
    let secret = Some("carrier's word");
    office.alpha.trunk("carrier", spec, secret).unwrap();
    let alpha = office.alpha.compile();
    office.world.tell(alpha);
    office.world.run(SECOND);
    assert_eq!(
        trunk_events(&office)[0].0,
        "trunk.down",
        "nobody knows the name"
    );
    tell_names(&mut office, vec![host("carrier.example", CARRIER, 300)]);
    office.world.run(SECOND * 60);
    let first = requests(&office, carrier, Method::Register).remove(0);
    respond(&mut office, carrier, &first, 401, asks);
    let second = requests(&office, carrier, Method::Register).pop().unwrap();
    respond(&mut office, carrier, &second, 200, |response| {
        response.text(Name::Expires, "300");
    });
    assert_eq!(trunk_events(&office)[1].0, "trunk.up");
}
