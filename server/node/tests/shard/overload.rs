//! More calls than there is time for: help comes first, and neighbours that listen send less.

use crate::office::{Office, SECOND, address};
use std::time::Duration;
use testkit::{PhoneId, RawId};

/// A machine that serves a thousand messages per second.
const SLOW: Duration = Duration::from_millis(1);

/// Alpha with somebody who answers calls for help.
fn with_help() -> (Office, PhoneId) {
    let mut office = Office::open();
    let member = office.alpha.member("112");
    office.world.add(&office.alpha);
    let help = office.world.phone(&member.account, address(31), None);
    assert_eq!(office.register(help), Some(200));
    (office, help)
}

/// Lets so many tens of milliseconds pass, in each of which so many INVITEs for a number come in
/// alpha's name; `via` is added to their Via.
fn under(office: &mut Office, raw: RawId, (per_10_ms, number, via): (u32, &str, &str), tens: u32) {
    for ten in 0..tens {
        for n in 0..per_10_ms {
            office.world.with_raw(raw, |raw| {
                let (from, id) = (raw.address, format!("{number}-{ten}-{n}"));
                raw.send(format!(
                    "INVITE sip:{number}@alpha.example SIP/2.0\r\n\
                     Via: SIP/2.0/UDP {from};branch=z9hG4bK{id}{via}\r\n\
                     From: <sip:flood@alpha.example>;tag={id}\r\n\
                     To: <sip:{number}@alpha.example>\r\nCall-ID: {id}\r\nCSeq: 1 INVITE\r\n\
                     Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
                ));
            });
        }
        office.world.run(SECOND / 100);
    }
}

fn slow(office: &mut Office) {
    office.world.exchange.as_mut().unwrap().pace = SLOW;
}

#[test]
fn a_call_for_help_goes_through_while_other_calls_of_its_company_are_refused() {
    let (mut office, help) = with_help();
    slow(&mut office);
    let raw = office.raw();
    under(&mut office, raw, (50, "102", ""), 50);
    let anna = office.call(office.anna, "112");
    let cleo = office.call(office.cleo, "102");
    under(&mut office, raw, (50, "102", ""), 50);
    assert_eq!(office.line(office.cleo, cleo).refused(), Some(503));
    let rung = office.rung(help);
    office.answer(help, rung);
    assert!(office.line(office.anna, anna).is_talking());
}

#[test]
fn whoever_calls_for_help_without_end_does_not_come_first_for_ever() {
    let (mut office, _) = with_help();
    slow(&mut office);
    let raw = office.raw();
    under(&mut office, raw, (50, "112", ""), 100);
    let answers = &office.world.raws[raw.0].inbox;
    let refused = answers.iter().filter(|one| one.status() == Some(503));
    assert!(refused.count() > 100);
    let dora = office.call(office.dora, "102");
    under(&mut office, raw, (50, "112", ""), 20);
    assert!(!office.line(office.dora, dora).is_over(), "it rings");
}

#[test]
fn a_company_at_its_caps_can_call_for_help() {
    let (mut office, help) = with_help();
    office.alpha.caps().concurrent_calls = Some(1);
    office.world.add(&office.alpha);
    office.talk(office.anna, office.bert, "102");
    let cleo = office.call(office.cleo, "103");
    office.world.run(SECOND);
    assert_eq!(office.line(office.cleo, cleo).refused(), Some(503));
    office.talk(office.cleo, help, "112");
}

/// What the newest answer to a hand-made caller asks for by overload control.
fn asked_for(office: &Office, raw: RawId) -> String {
    let newest = office.world.raws[raw.0].inbox.last().unwrap();
    let via = newest.top_via().unwrap();
    via.params.raw("oc").unwrap_or("nothing").to_owned()
}

#[test]
fn a_neighbour_that_speaks_overload_control_is_asked_to_send_less_until_there_is_room() {
    let mut office = Office::open();
    slow(&mut office);
    let (listens, deaf) = (office.raw(), office.raw());
    let offer = ";oc;oc-algo=\"loss\"";
    under(&mut office, listens, (1, "102", offer), 1);
    office.world.run(SECOND);
    assert_eq!(asked_for(&office, listens), "0");
    under(&mut office, deaf, (50, "103", ""), 300);
    under(&mut office, listens, (2, "104", offer), 2);
    office.world.run(SECOND / 2);
    let percent: u32 = asked_for(&office, listens).parse().unwrap();
    assert!((30..=95).contains(&percent), "{percent} %");
    assert_eq!(asked_for(&office, deaf), "nothing");
    office.world.run(SECOND * 30);
    under(&mut office, listens, (1, "105", offer), 1);
    office.world.run(SECOND);
    assert_eq!(asked_for(&office, listens), "0");
}
