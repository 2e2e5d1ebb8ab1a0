//! Conferences: who is there, what each may, and what companies are told of it.

use crate::office::{Office, SECOND};
use domain::{Destination, EventKind};
use ids::CallId;
use node::{Answer, Ask};
use ports::{LiveConference, LiveError, Seat};
use testkit::{Company, LineId, PhoneId};

/// An office in which 800 is a conference of each company.
fn office_with_conferences(most_members: u16) -> Office {
    let mut office = Office::open();
    for company in [&mut office.alpha, &mut office.beta] {
        company.extension("800", Destination::Conference);
        let made = company.parts.extensions.last_mut().unwrap();
        made.spec.conference.most_members = most_members;
        office.world.add(company);
    }
    office
}

fn joins(office: &mut Office, phone: PhoneId) -> LineId {
    let line = office.call(phone, "800");
    office.world.run(SECOND / 5);
    line
}

fn conferences(office: &mut Office, company: &Company) -> Vec<LiveConference> {
    match office.world.ask(company.id(), Ask::Conferences) {
        Some(Answer::Conferences(_, all)) => all,
        other => panic!("no list of conferences: {other:?}"),
    }
}

/// The members of the company's only conference: number, and call.
fn members(office: &mut Office, company: &Company) -> Vec<(String, CallId)> {
    let all = conferences(office, company);
    assert_eq!(all.len(), 1, "{all:?}");
    let members = all[0].members.iter();
    members.map(|one| (one.number.clone(), one.call)).collect()
}

fn seats(
    office: &mut Office,
    company: &Company,
    call: CallId,
    seat: Seat,
) -> Result<(), LiveError> {
    match office.world.ask(company.id(), Ask::Seat(call, seat)) {
        Some(Answer::Seated(_, done)) => done,
        other => panic!("nothing is said of the seat: {other:?}"),
    }
}

/// Members of conferences by the road's own count.
fn on_the_road(office: &Office) -> u64 {
    let exchange = office.world.exchange.as_ref().unwrap();
    exchange.road.room_figures().members
}

fn told(office: &Office) -> Vec<(EventKind, String)> {
    let events = office.world.exchange.as_ref().unwrap().events.iter();
    let of_conferences = events.filter(|event| event.kind.family() == "conference");
    let number = |data: &serde_json::Value| data["party"]["number"].as_str().unwrap().to_owned();
    of_conferences
        .map(|event| (event.kind, number(&event.data)))
        .collect()
}

#[test]
fn whoever_calls_a_conference_is_there_until_it_hangs_up() {
    let mut office = office_with_conferences(50);
    let alpha = office.alpha.clone();
    let (anna, bert) = (office.anna, office.bert);
    let first = joins(&mut office, anna);
    let second = joins(&mut office, bert);
    assert!(office.line(anna, first).is_talking() && office.line(bert, second).is_talking());
    let there: Vec<String> = members(&mut office, &alpha)
        .into_iter()
        .map(|one| one.0)
        .collect();
    assert_eq!(there, ["101", "102"]);
    assert_eq!(on_the_road(&office), 2);
    office.hang_up(anna, first);
    assert_eq!(members(&mut office, &alpha).len(), 1);
    office.hang_up(bert, second);
    assert!(conferences(&mut office, &alpha).is_empty());
    assert_eq!(
        told(&office)
            .into_iter()
            .filter(|one| one.0 != EventKind::ConferenceFloor)
            .collect::<Vec<_>>(),
        [
            (EventKind::ConferenceJoined, "101".to_owned()),
            (EventKind::ConferenceJoined, "102".to_owned()),
            (EventKind::ConferenceLeft, "101".to_owned()),
            (EventKind::ConferenceLeft, "102".to_owned()),
        ]
    );
    let records = office.settled_records();
    for record in &records {
        let rules: Vec<&str> = record.explanation.iter().map(|step| &*step.rule).collect();
        assert!(rules.contains(&"extension.conference"), "{rules:?}");
    }
    assert_eq!(records.len(), 2);
}

#[test]
fn nobody_sees_or_seats_the_members_of_a_neighbour() {
    let mut office = office_with_conferences(50);
    let (alpha, beta) = (office.alpha.clone(), office.beta.clone());
    let (anna, dora) = (office.anna, office.dora);
    joins(&mut office, anna);
    joins(&mut office, dora);
    let of_alpha = members(&mut office, &alpha);
    let of_beta = members(&mut office, &beta);
    assert_eq!((of_alpha.len(), of_beta.len()), (1, 1));
    assert_ne!(of_alpha[0].1, of_beta[0].1);
    let muted = Seat {
        muted: true,
        ..Seat::default()
    };
    let done = seats(&mut office, &beta, of_alpha[0].1, muted);
    assert_eq!(done, Err(LiveError::NotFound));
    let coach = Seat {
        coaches: Some(of_alpha[0].1),
        ..Seat::default()
    };
    let done = seats(&mut office, &beta, of_beta[0].1, coach);
    assert_eq!(done, Err(LiveError::NobodyToCoach));
    assert!(!conferences(&mut office, &alpha)[0].members[0].seat.muted);
}

#[test]
fn a_conference_takes_no_more_than_it_may_have() {
    let mut office = office_with_conferences(2);
    let (anna, bert, cleo) = (office.anna, office.bert, office.cleo);
    joins(&mut office, anna);
    joins(&mut office, bert);
    let third = joins(&mut office, cleo);
    assert_eq!(office.line(cleo, third).refused(), Some(503));
}

#[test]
fn a_member_is_seated_and_coaches_members_of_its_own_conference_alone() {
    let mut office = office_with_conferences(50);
    let alpha = office.alpha.clone();
    let (anna, bert, cleo) = (office.anna, office.bert, office.cleo);
    joins(&mut office, anna);
    joins(&mut office, bert);
    office.call(cleo, "*43");
    office.world.run(SECOND);
    let there = members(&mut office, &alpha);
    let calls = office.live_calls(&alpha);
    let outside = calls
        .iter()
        .find(|call| there.iter().all(|one| one.1 != call.id))
        .unwrap()
        .id;
    let (first, second) = (there[0].1, there[1].1);
    let coaches = |call| Seat {
        coaches: Some(call),
        gain_percent: 50,
        ..Seat::default()
    };
    assert_eq!(seats(&mut office, &alpha, first, coaches(second)), Ok(()));
    let seat = conferences(&mut office, &alpha)[0].members[0].seat;
    assert_eq!(seat, coaches(second));
    for nobody in [first, outside] {
        let done = seats(&mut office, &alpha, first, coaches(nobody));
        assert_eq!(done, Err(LiveError::NobodyToCoach));
    }
    let done = seats(&mut office, &alpha, outside, Seat::default());
    assert_eq!(done, Err(LiveError::NotInConference));
}

#[test]
fn a_conference_is_there_again_after_a_restart_with_its_seats() {
    let mut office = office_with_conferences(50);
    let alpha = office.alpha.clone();
    let (anna, bert) = (office.anna, office.bert);
    let first = joins(&mut office, anna);
    let second = joins(&mut office, bert);
    let there = members(&mut office, &alpha);
    let muted = Seat {
        muted: true,
        gain_percent: 200,
        ..Seat::default()
    };
    assert_eq!(seats(&mut office, &alpha, there[1].1, muted), Ok(()));
    office.world.run(SECOND * 5);
    office.world.kill();
    office.world.run(SECOND);
    office.world.restart();
    office.world.run(SECOND);
    let mut again = members(&mut office, &alpha);
    again.sort();
    assert_eq!(again, there);
    let all = conferences(&mut office, &alpha);
    let of_bert = all[0]
        .members
        .iter()
        .find(|one| one.number == "102")
        .unwrap();
    assert_eq!(of_bert.seat, muted);
    assert_eq!(on_the_road(&office), 2);
    office.hang_up(anna, first);
    office.hang_up(bert, second);
    assert_eq!(office.settled_records().len(), 2);
}

#[test]
fn whoever_is_sent_on_to_a_conference_is_there() {
    let mut office = office_with_conferences(50);
    let alpha = office.alpha.clone();
    let (anna, bert) = (office.anna, office.bert);
    let (first, second) = office.talk(anna, bert, "102");
    office
        .world
        .with(bert, |phone, now| phone.transfer(second, "800", now));
    office.world.run(SECOND * 2);
    assert!(office.line(bert, second).is_over());
    assert_eq!(members(&mut office, &alpha)[0].0, "101");
    office.hang_up(anna, first);
    assert_eq!(office.settled_records().len(), 1);
}
