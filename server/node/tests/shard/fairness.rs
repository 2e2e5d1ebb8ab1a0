//! A shard with more to do than it can: who waits, who is refused, and who notices nothing.

use crate::office::{Office, SECOND};
use node::Toll;
use std::time::Duration;
use testkit::{RawId, Told};

/// A machine that serves a thousand messages per second.
const SLOW: Duration = Duration::from_millis(1);

fn slow(office: &mut Office) {
    office.world.exchange.as_mut().unwrap().pace = SLOW;
}

/// What a flood is made of.
#[derive(Clone, Copy)]
struct Flood {
    method: &'static str,
    domain: &'static str,
    per_10_ms: usize,
}

/// Lets so many tens of milliseconds pass under a flood.
fn under(office: &mut Office, raws: &[RawId], flood: Flood, tens: usize) {
    for _ in 0..tens {
        for n in 0..flood.per_10_ms {
            let (uri, party) = (
                format!("sip:{}", flood.domain),
                format!("<sip:flood@{}>", flood.domain),
            );
            office.world.with_raw(raws[n % raws.len()], |raw| {
                raw.request(flood.method, &uri, (&party, &party), "", "");
            });
        }
        office.world.run(SECOND / 100);
    }
}

fn toll(office: &Office, tenant: Option<ids::TenantId>) -> Toll {
    let shard = &office.world.exchange.as_ref().unwrap().shard;
    let tolls = shard.tolls().find(|(whose, _, _)| *whose == tenant);
    tolls.unwrap().1
}

#[test]
fn a_company_beyond_its_share_is_refused_and_its_neighbour_calls_as_ever() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    slow(&mut office);
    let raws = [office.raw()];
    let flood = Flood {
        method: "INVITE",
        domain: "alpha.example",
        per_10_ms: 100,
    };
    under(&mut office, &raws, flood, 50);
    let dora = office.call(office.dora, "102");
    let cleo = office.call(office.cleo, "102");
    under(&mut office, &raws, flood, 50);
    let told = office.line(office.cleo, cleo).told.last().cloned();
    let Some(Told::Refused {
        status: 503,
        retry_after: Some(seconds),
    }) = told
    else {
        panic!("{told:?}");
    };
    assert!(seconds > 0);
    assert!(!office.line(office.dora, dora).is_over(), "it rings");
    let neighbour = toll(&office, Some(office.beta.id()));
    assert_eq!((neighbour.refused, neighbour.dropped), (0, 0));
    assert!(neighbour.longest <= SLOW * 8, "{:?}", neighbour.longest);
    let flooder = toll(&office, Some(office.alpha.id()));
    assert!(flooder.refused > 100, "answers as long as there are any");
    assert!(flooder.dropped > flooder.refused, "and then none");
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.world.run(SECOND);
    office.hang_up(office.anna, anna);
    assert!(office.line(office.bert, bert).is_over());
}

#[test]
fn a_call_there_is_ends_at_once_though_its_own_company_floods() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    slow(&mut office);
    let raws = [office.raw()];
    let flood = Flood {
        method: "REGISTER",
        domain: "alpha.example",
        per_10_ms: 100,
    };
    under(&mut office, &raws, flood, 60);
    office
        .world
        .with(office.anna, |phone, now| phone.hang_up(anna, now));
    under(&mut office, &raws, flood, 10);
    assert!(office.line(office.bert, bert).is_over());
    let alpha = toll(&office, Some(office.alpha.id()));
    assert!(alpha.refused > 100, "{alpha:?}");
}

#[test]
fn strangers_without_number_share_one_turn() {
    let mut office = Office::open();
    slow(&mut office);
    let raws: Vec<RawId> = (0..100).map(|_| office.raw()).collect();
    let flood = Flood {
        method: "OPTIONS",
        domain: "nowhere.example",
        per_10_ms: 100,
    };
    under(&mut office, &raws, flood, 60);
    let dora = office.call(office.dora, "102");
    under(&mut office, &raws, flood, 10);
    assert!(!office.line(office.dora, dora).is_over(), "it rings");
    let neighbour = toll(&office, Some(office.beta.id()));
    assert!(neighbour.longest <= SLOW * 8, "{:?}", neighbour.longest);
    assert!(toll(&office, None).dropped > 0);
}

#[test]
fn a_cancel_never_overtakes_its_invite_in_the_queue() {
    let mut office = Office::open();
    let (emil, raws) = (office.emil, [office.raw()]);
    slow(&mut office);
    let flood = Flood {
        method: "OPTIONS",
        domain: "beta.example",
        per_10_ms: 30,
    };
    under(&mut office, &raws, flood, 10);
    let dora = office.call(office.dora, "102");
    under(&mut office, &raws, flood, 30);
    office.hang_up(office.dora, dora);
    office.world.run(SECOND * 2);
    assert!(office.line(office.dora, dora).is_over());
    assert_eq!(office.world.phones[emil.0].live().count(), 0);
    office.settled_records();
}
