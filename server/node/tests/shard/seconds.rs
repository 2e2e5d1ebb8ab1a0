//! How calls sound from second to second: what is lost is found in the seconds, the leg and the
//! direction in which it was, in the live call and in its record.

use crate::office::{Office, SECOND};
use domain::{LegSound, QualitySample, Timeline};
use ids::TenantId;
use node::{Answer, Ask};
use ports::{LiveError, SoundsLately};
use std::net::IpAddr;
use std::time::Duration;
use testkit::{LineId, Weather};

/// The weather in which four of ten packets are lost.
const STORM: Weather = Weather {
    loss: 400,
    ..Weather::FAIR
};

/// Anna and Bert talk, each a packet every 20 ms.
fn talking() -> (Office, LineId) {
    let mut office = Office::open();
    for phone in [office.anna, office.bert] {
        office.manner(phone, |manner| {
            manner.voice_every = Duration::from_millis(20)
        });
    }
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    (office, anna)
}

fn annas_host(office: &Office) -> IpAddr {
    office.world.phones[office.anna.0].address.ip()
}

/// What is known of a direction, with the seconds since its begin.
fn known(timeline: &Timeline) -> Vec<(usize, QualitySample)> {
    let samples = timeline.samples().iter().enumerate();
    samples
        .filter_map(|(at, one)| Some((at, (*one)?)))
        .collect()
}

/// Whether something was lost, for each sample of which anything is known.
fn lossy(timeline: &Timeline) -> Vec<bool> {
    known(timeline)
        .iter()
        .map(|(_, one)| one.lost > 0)
        .collect()
}

fn live_call(office: &mut Office) -> ids::CallId {
    match office.world.ask(office.alpha.id(), Ask::Calls) {
        Some(Answer::Calls(_, calls)) => calls[0].id,
        other => panic!("{other:?}"),
    }
}

fn quality(
    office: &mut Office,
    tenant: TenantId,
    call: ids::CallId,
) -> Result<Vec<LegSound>, LiveError> {
    match office.world.ask(tenant, Ask::Quality(call)) {
        Some(Answer::Quality(_, legs)) => legs,
        other => panic!("{other:?}"),
    }
}

#[test]
fn loss_is_found_in_its_seconds_on_its_leg_and_in_its_direction() {
    let (mut office, anna) = talking();
    let host = annas_host(&office);
    office.world.run(SECOND * 5);
    office.world.network.set_weather(host, STORM);
    let begin = office.world.now;
    office.world.run(SECOND * 3);
    office.world.network.heal();
    office.world.run(SECOND * 6);
    office.hang_up(office.anna, anna);
    let record = office.record();
    let begin = office.world.setup.wall + begin.saturating_since(machine::Instant::ZERO);
    let of_anna = record.legs[0].timelines.received.as_ref().unwrap();
    assert_eq!(of_anna.seconds(), 1);
    let after = begin.saturating_since(of_anna.begins()).as_secs();
    let all = known(of_anna);
    assert!(all.len() >= 14, "{all:?}");
    for (at, second) in all {
        let at = u64::try_from(at).unwrap();
        // a second of the road begins within one of the storm
        let within = (after + 1..after + 3).contains(&at);
        let beside = (after..=after + 3).contains(&at);
        assert!(second.lost >= 10 || !within, "second {at}: {second:?}");
        assert!(second.lost == 0 || beside, "second {at}: {second:?}");
        let mos = second.mos_x100.unwrap();
        assert!(mos < 250 || !within, "second {at}: {second:?}");
        assert!(mos > 400 || beside, "second {at}: {second:?}");
        assert!(second.longest_loss >= 1 || !within, "second {at}");
        assert!(second.level.is_some(), "second {at}");
    }
    let of_bert = record.legs[1].timelines.received.as_ref().unwrap();
    assert!(lossy(of_bert).iter().all(|lossy| !lossy), "{of_bert:?}");
    // these phones report nothing, so nothing is said of what was sent to them
    assert!(record.legs.iter().all(|leg| leg.timelines.sent.is_none()));
}

#[test]
fn a_live_call_is_told_of_so_far_and_to_its_company_alone() {
    let (mut office, _) = talking();
    let (alpha, beta) = (office.alpha.id(), office.beta.id());
    let call = live_call(&mut office);
    office.world.run(SECOND * 8);
    let legs = quality(&mut office, alpha, call).unwrap();
    let numbers: Vec<&str> = legs.iter().map(|leg| &*leg.party.number).collect();
    assert_eq!(numbers, ["101", "102"]);
    for leg in &legs {
        let received = known(leg.timelines.received.as_ref().unwrap());
        assert!(received.len() >= 5, "{received:?}");
        let last = received.last().unwrap().1;
        assert_eq!((last.expected, last.lost), (50, 0));
    }
    assert_eq!(
        quality(&mut office, beta, call).unwrap_err(),
        LiveError::NotFound
    );
}

#[test]
fn a_call_that_outlives_the_process_has_a_gap_where_nobody_listened() {
    let (mut office, anna) = talking();
    office.world.run(SECOND * 6);
    office.world.kill();
    office.world.run(SECOND * 4);
    office.world.restart();
    office.world.run(SECOND * 6);
    office.hang_up(office.anna, anna);
    let record = office.record();
    let received = record.legs[0].timelines.received.as_ref().unwrap();
    let unknown = received.samples().iter().filter(|one| one.is_none());
    let heard = received.samples().iter().filter(|one| one.is_some());
    // what was told before the process died may be lost with it; the begin then lies behind that
    assert!(heard.count() >= 5, "{received:?}");
    let whole = record.ended.saturating_since(record.answered_at.unwrap());
    let told = received.samples().len() as u64;
    assert!(unknown.count() >= 3 || told + 4 <= whole.as_secs());
}

#[test]
fn a_party_that_is_not_heard_is_named_with_its_leg_and_direction_within_three_seconds() {
    let mut office = Office::open();
    for phone in [office.anna, office.bert] {
        office.manner(phone, |manner| {
            manner.voice_every = Duration::from_millis(20)
        });
    }
    // Bert is never heard
    office.manner(office.bert, |manner| manner.voice_every = SECOND * 600);
    office.talk(office.anna, office.bert, "102");
    office.world.run(SECOND * 5);
    let exchange = office.world.exchange.as_ref().unwrap();
    let is_alarm = |event: &&domain::Event| event.kind == domain::EventKind::CallSilent;
    let alarms: Vec<_> = exchange.events.iter().filter(is_alarm).collect();
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    let data = &alarms[0].data;
    assert_eq!(data["party"]["number"], "102");
    assert_eq!((&data["leg"], &data["one_way"]), (&1.into(), &true.into()));
    assert_eq!(data["direction"], "received");
    assert_eq!(exchange.shard.figures().heard.one_way, 1);
    let mut answered = exchange.events.iter();
    let answered = answered.find(|event| event.kind == domain::EventKind::CallAnswered);
    let answered = answered.unwrap().at;
    let after = alarms[0].at.saturating_since(answered);
    assert!(after <= SECOND * 3, "{after:?}");
}

fn sounds(office: &mut Office, tenant: TenantId, seconds: u32) -> SoundsLately {
    match office.world.ask(tenant, Ask::Sounds(seconds)) {
        Some(Answer::Sounds(_, sounds)) => sounds,
        other => panic!("{other:?}"),
    }
}

#[test]
fn how_live_calls_sound_is_told_of_their_latest_seconds_and_to_their_company_alone() {
    let (mut office, anna) = talking();
    let (alpha, beta) = (office.alpha.id(), office.beta.id());
    let call = live_call(&mut office);
    let host = annas_host(&office);
    office.world.run(SECOND * 5);
    office.world.network.set_weather(host, STORM);
    office.world.run(SECOND * 11);
    let told = sounds(&mut office, alpha, 5);
    assert_eq!((told.calls.len(), told.left_out), (1, 0));
    let lately = &told.calls[0];
    assert_eq!(lately.call, call);
    let numbers: Vec<&str> = lately.legs.iter().map(|leg| &*leg.party.number).collect();
    assert_eq!(numbers, ["101", "102"]);
    let heard = |leg: usize| lately.legs[leg].received.unwrap().sample;
    assert!((200..=260).contains(&heard(0).expected), "{:?}", heard(0));
    assert!(heard(0).lost > 50, "{:?}", heard(0));
    assert_eq!(heard(1).lost, 0, "Bert is heard well");
    assert_eq!(sounds(&mut office, beta, 5), SoundsLately::default());
    // a while later the storm is forgotten
    office.world.network.heal();
    office.world.run(SECOND * 12);
    let told = sounds(&mut office, alpha, 5);
    let later = told.calls[0].legs[0].received.unwrap();
    assert_eq!(later.sample.lost, 0, "{later:?}");
    assert!(Some(later.until) > lately.until());
    office.hang_up(office.anna, anna);
    assert_eq!(sounds(&mut office, alpha, 5), SoundsLately::default());
}

#[test]
fn a_party_that_is_not_heard_is_counted_with_its_leg() {
    let mut office = Office::open();
    for phone in [office.anna, office.bert] {
        office.manner(phone, |manner| {
            manner.voice_every = Duration::from_millis(20)
        });
    }
    office.manner(office.bert, |manner| manner.voice_every = SECOND * 600);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    office.world.run(SECOND * 5);
    office.hang_up(office.anna, anna);
    let record = office.record();
    let one_way: Vec<u16> = record.legs.iter().map(|leg| leg.one_way).collect();
    assert_eq!(one_way, [0, 1]);
}

#[test]
fn a_record_says_at_which_site_a_telephone_was() {
    let mut office = Office::with(testkit::Setup::ordinary(17));
    let there = serde_json::json!({
        "civic": {"country": "DE", "a3": "Berlin"}, "label": "Berlin", "default": true,
    });
    let berlin = office.alpha.location("berlin", there).unwrap();
    let host = annas_host(&office).to_string();
    let site = office.alpha.site(berlin, &[&host]).unwrap();
    let (alpha, beta) = (office.alpha.compile(), office.beta.compile());
    office.world.tell(alpha);
    office.world.tell(beta);
    office.register_all();
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    office.hang_up(office.anna, anna);
    let record = office.record();
    let sites: Vec<_> = record.legs.iter().map(|leg| leg.site).collect();
    assert_eq!(sites, [Some(site), None]);
}
