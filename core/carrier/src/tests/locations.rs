//! Names of carriers, against a name system written by hand.

use crate::{
    Carriage, Locate, Located, NameQuery, NameReply, Record, RecordKind, Replied, Sought,
    TARGETS_MAX, Wanted,
};
use machine::{Instant, Machine, Random};
use std::net::IpAddr;
use std::time::Duration;

const SPEAKS: &[Carriage] = &[Carriage::Udp, Carriage::Tcp];
const DAY: u64 = 86_400;

/// What the name system holds: name, records and the seconds they live.
#[derive(Default)]
struct Zone(Vec<(NameQuery, Vec<Record>, u64)>);

impl Zone {
    fn with(mut self, kind: RecordKind, name: &str, ttl: u64, records: Vec<Record>) -> Zone {
        self.0.push((NameQuery::new(name, kind), records, ttl));
        self
    }

    fn host(self, name: &str, address: &str) -> Zone {
        let address: IpAddr = address.parse().unwrap();
        self.with(RecordKind::A, name, 300, vec![Record::Address(address)])
    }

    fn reply(&self, query: &NameQuery) -> NameReply {
        match self.0.iter().find(|(known, ..)| known == query) {
            Some((_, records, ttl)) => NameReply::Found {
                records: records.clone(),
                ttl: Duration::from_secs(*ttl),
            },
            None => NameReply::Nothing {
                ttl: Duration::from_secs(DAY),
            },
        }
    }
}

fn srv(priority: u16, weight: u16, port: u16, target: &str) -> Record {
    Record::Srv {
        priority,
        weight,
        port,
        target: target.to_owned(),
    }
}

fn rule(order: u16, service: &str, replacement: &str) -> Record {
    Record::Naptr {
        order,
        preference: 50,
        flags: "S".to_owned(),
        service: service.to_owned(),
        replacement: replacement.to_owned(),
    }
}

struct Scene {
    locate: Locate,
    now: Instant,
    asked: Vec<NameQuery>,
    found: Option<Located>,
    failures: usize,
}

impl Scene {
    fn of(port: Option<u16>, carriage: Option<Carriage>) -> Scene {
        let wanted = Wanted {
            host: "carrier.example".to_owned(),
            port,
            carriage,
        };
        let now = Instant::from_secs(50);
        Scene {
            locate: Locate::new(wanted, SPEAKS, Random::from_seed(3), now),
            now,
            asked: Vec::new(),
            found: None,
            failures: 0,
        }
    }

    /// Lets it search as soon as it wants to, until it has what it wants; says how long it rested.
    fn search(&mut self, reply: impl Fn(&NameQuery) -> NameReply) -> Duration {
        let at = self.locate.deadline().unwrap().at;
        let rested = at.saturating_since(self.now);
        self.now = at;
        let mut out = Vec::new();
        self.locate.expire(self.now, &mut out);
        while let Some(sought) = out.pop() {
            match sought {
                Sought::Ask(query) => {
                    self.asked.push(query.clone());
                    let reply = reply(&query);
                    let replied = Replied { query, reply };
                    self.locate.handle(replied, self.now, &mut out);
                }
                Sought::Found(located) => self.found = Some(located),
                Sought::NotFound => self.failures += 1,
            }
        }
        rested
    }

    fn targets(&self, seed: u64) -> Vec<String> {
        let located = self.found.as_ref().unwrap();
        let targets = located.in_order(&mut Random::from_seed(seed));
        let texts = targets.iter().map(|target| {
            let by = match target.carriage {
                Carriage::Udp => "udp",
                Carriage::Tcp => "tcp",
                Carriage::Tls => "tls",
            };
            format!("{by} {}", target.address)
        });
        texts.collect()
    }
}

#[test]
fn a_port_asks_for_addresses_alone() {
    let zone = Zone::default().host("carrier.example", "192.0.2.7");
    let mut scene = Scene::of(Some(5070), None);
    scene.search(|query| zone.reply(query));
    assert_eq!(scene.targets(1), ["udp 192.0.2.7:5070"]);
    let kinds: Vec<RecordKind> = scene.asked.iter().map(|query| query.kind).collect();
    assert!(!kinds.contains(&RecordKind::Srv) && !kinds.contains(&RecordKind::Naptr));
}

#[test]
fn rules_say_which_service_is_best_and_priorities_which_server() {
    let zone = Zone::default()
        .with(
            RecordKind::Naptr,
            "carrier.example",
            600,
            vec![
                rule(20, "SIP+D2U", "_sip._udp.u.example"),
                rule(10, "SIP+D2T", "_sip._tcp.t.example"),
                rule(5, "SIPS+D2T", "_sips._tcp.s.example"),
                rule(1, "E2U+sip", "else.example"),
            ],
        )
        .with(
            RecordKind::Srv,
            "_sip._tcp.t.example",
            600,
            vec![srv(2, 0, 5062, "b.example"), srv(1, 0, 5061, "a.example")],
        )
        .with(
            RecordKind::Srv,
            "_sip._udp.u.example",
            600,
            vec![srv(1, 0, 5060, "a.example")],
        )
        .host("a.example", "192.0.2.1")
        .host("b.example", "192.0.2.2");
    let mut scene = Scene::of(None, None);
    scene.search(|query| zone.reply(query));
    assert_eq!(
        scene.targets(1),
        [
            "tcp 192.0.2.1:5061",
            "tcp 192.0.2.2:5062",
            "udp 192.0.2.1:5060"
        ]
    );
    assert!(
        !scene
            .asked
            .iter()
            .any(|query| query.name.contains("s.example"))
    );
}

#[test]
fn a_transport_asks_for_its_servers_and_without_any_the_name_is_the_server() {
    let mut scene = Scene::of(None, Some(Carriage::Tcp));
    let zone = Zone::default().host("carrier.example", "192.0.2.7");
    scene.search(|query| zone.reply(query));
    assert_eq!(
        scene.asked[0],
        NameQuery::new("_sip._tcp.carrier.example", RecordKind::Srv)
    );
    assert_eq!(scene.targets(1), ["tcp 192.0.2.7:5060"]);
}

#[test]
fn without_rules_each_transport_is_asked_for_the_best_first() {
    let zone = Zone::default()
        .with(
            RecordKind::Srv,
            "_sip._tcp.carrier.example",
            60,
            vec![srv(0, 0, 1, "a.example")],
        )
        .with(
            RecordKind::Srv,
            "_sip._udp.carrier.example",
            60,
            vec![srv(9, 0, 2, "a.example")],
        )
        .host("a.example", "192.0.2.1");
    let mut scene = Scene::of(None, None);
    scene.search(|query| zone.reply(query));
    assert_eq!(scene.targets(1), ["udp 192.0.2.1:2", "tcp 192.0.2.1:1"]);
}

#[test]
fn servers_of_one_priority_are_drawn_by_their_weights() {
    let servers = vec![srv(1, 3, 1, "a.example"), srv(1, 1, 2, "b.example")];
    let zone = Zone::default()
        .with(RecordKind::Srv, "_sip._udp.carrier.example", 60, servers)
        .host("a.example", "192.0.2.1")
        .host("b.example", "192.0.2.2");
    let mut scene = Scene::of(None, Some(Carriage::Udp));
    scene.search(|query| zone.reply(query));
    let first = (0..2_000).filter(|seed| scene.targets(*seed)[0].ends_with(":1"));
    let heavy = first.count();
    // three of four, and a little more for chance begins at nothing
    assert!((1_400..1_700).contains(&heavy), "{heavy} of 2000");
    assert!(
        (0..50).all(|seed| scene.targets(seed).len() == 2),
        "the other one is second"
    );
}

#[test]
fn a_service_that_is_decidedly_not_there_is_not_used() {
    let zone = Zone::default()
        .with(
            RecordKind::Srv,
            "_sip._udp.carrier.example",
            60,
            vec![srv(0, 0, 0, "")],
        )
        .with(
            RecordKind::Srv,
            "_sip._tcp.carrier.example",
            60,
            vec![srv(0, 0, 5060, "a.example")],
        )
        .host("a.example", "192.0.2.1");
    let mut scene = Scene::of(None, None);
    scene.search(|query| zone.reply(query));
    assert_eq!(scene.targets(1), ["tcp 192.0.2.1:5060"]);
}

#[test]
fn what_was_found_is_asked_for_again_when_the_shortest_life_is_over() {
    let zone = Zone::default()
        .with(
            RecordKind::Srv,
            "_sip._udp.carrier.example",
            90,
            vec![srv(0, 0, 1, "a.example")],
        )
        .host("a.example", "192.0.2.1");
    let mut scene = Scene::of(None, Some(Carriage::Udp));
    assert_eq!(scene.search(|query| zone.reply(query)), Duration::ZERO);
    assert_eq!(
        scene.search(|query| zone.reply(query)),
        Duration::from_secs(90)
    );
    let short = Zone::default().with(
        RecordKind::A,
        "carrier.example",
        0,
        vec![Record::Address("192.0.2.9".parse().unwrap())],
    );
    scene.search(|query| short.reply(query));
    assert_eq!(
        scene.search(|query| short.reply(query)),
        Duration::from_secs(5)
    );
}

#[test]
fn while_nobody_answers_the_pauses_grow_and_nothing_is_told_to_be_elsewhere() {
    let zone = Zone::default().host("carrier.example", "192.0.2.7");
    let mut scene = Scene::of(Some(5060), None);
    scene.search(|query| zone.reply(query));
    let known = scene.found.clone();
    scene.search(|_| NameReply::Failed);
    let first = scene.search(|_| NameReply::Failed);
    let second = scene.search(|_| NameReply::Failed);
    assert!(first < second, "{first:?} {second:?}");
    assert_eq!((scene.failures, &scene.found), (3, &known));
    scene.search(|query| zone.reply(query));
    assert_eq!(scene.failures, 3);
}

#[test]
fn a_question_without_an_answer_does_not_hold_the_search_for_ever() {
    let mut scene = Scene::of(Some(5060), None);
    let mut out = Vec::new();
    scene.locate.expire(scene.now, &mut out);
    assert_eq!(out.len(), 2);
    out.clear();
    let late = scene.locate.deadline().unwrap().at;
    scene.locate.expire(late, &mut out);
    assert_eq!(out, [Sought::NotFound]);
    // An answer that comes now belongs to no question any more.
    let query = NameQuery::new("carrier.example", RecordKind::A);
    let reply = NameReply::Failed;
    scene
        .locate
        .handle(Replied { query, reply }, late, &mut out);
    assert_eq!(out.len(), 1);
}

#[test]
fn a_peer_in_a_way_that_we_do_not_speak_is_not_found() {
    let mut scene = Scene::of(None, Some(Carriage::Tls));
    scene.search(|_| NameReply::Failed);
    assert_eq!((scene.asked.len(), scene.failures), (0, 1));
}

#[test]
fn a_name_with_very_many_servers_has_no_more_targets_than_the_bound_says() {
    let servers = (0..200).map(|n| srv(n, 0, 5060, &format!("s{n}.example")));
    let zone = Zone::default().with(
        RecordKind::Srv,
        "_sip._udp.carrier.example",
        60,
        servers.collect(),
    );
    let zone = (0..200).fold(zone, |zone, n| {
        zone.host(&format!("s{n}.example"), &format!("192.0.2.{n}"))
    });
    let mut scene = Scene::of(None, Some(Carriage::Udp));
    scene.search(|query| zone.reply(query));
    assert_eq!(scene.targets(1).len(), TARGETS_MAX);
    assert!(scene.asked.len() < 40, "{} questions", scene.asked.len());
}
