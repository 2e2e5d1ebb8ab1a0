//! What companies are told of their calls and devices.

use crate::office::Office;
use domain::Event;

fn types<'a>(events: impl Iterator<Item = &'a Event>) -> Vec<&'static str> {
    events.map(|event| event.kind.as_str()).collect()
}

#[test]
fn a_company_is_told_of_its_own_calls_and_devices_and_of_no_others() {
    let mut office = Office::open();
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    office.hang_up(office.anna, anna);
    let record = office.record();
    let events = &office.world.exchange.as_ref().unwrap().events;
    let of = |company: ids::TenantId| events.iter().filter(move |event| event.tenant == company);
    let calls = of(office.alpha.id()).filter(|event| event.kind.family() == "call");
    assert_eq!(
        types(calls.clone()),
        ["call.started", "call.ringing", "call.answered"]
    );
    assert!(
        calls
            .clone()
            .all(|event| event.subject == record.call.to_string())
    );
    let devices = types(of(office.beta.id()));
    assert_eq!(
        devices, ["registration.changed"; 2],
        "beta has two phones and no call"
    );
    assert_eq!(of(office.beta.id()).next().unwrap().data["bindings"], 1);
}

#[test]
fn a_phone_that_refreshes_changes_nothing_and_one_that_leaves_does() {
    let mut office = Office::new();
    office.register(office.anna);
    office.register(office.anna);
    let told = |office: &Office| -> Vec<u64> {
        let events = &office.world.exchange.as_ref().unwrap().events;
        events
            .iter()
            .filter_map(|event| event.data["bindings"].as_u64())
            .collect()
    };
    assert_eq!(told(&office), [1]);
    office
        .world
        .with(office.anna, |phone, now| phone.register(0, now));
    office.world.run(crate::office::SECOND);
    assert_eq!(told(&office), [1, 0]);
}
