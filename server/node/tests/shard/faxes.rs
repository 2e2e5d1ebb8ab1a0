//! Faxes: calls that a machine answers or makes. Here the test plays the machine.

use crate::carriers::{CARRIER, office_with, outside};
use crate::office::{Office, SECOND};
use domain::{Destination, LegDirection, T38};
use ids::{ExtensionId, FaxId, TenantId};
use media::LINE_FRAME;
use node::{FaxBeginning, FaxCall, FaxDone, FaxMissed, FaxOrder, FaxTask};
use testkit::{LineId, PhoneId, Reaction, Setup, Told};

/// An office in which 900 of each company receives faxes, `most` of them at once.
fn office_with_fax(most: usize) -> Office {
    let mut setup = Setup::ordinary(7);
    setup.config.limits.faxes = most;
    let mut office = Office::with(setup);
    office.register_all();
    for company in [&mut office.alpha, &mut office.beta] {
        company.extension("900", Destination::Fax);
        office.world.add(company);
    }
    office
}

fn calls(office: &mut Office, phone: PhoneId) -> LineId {
    let line = office.call(phone, "900");
    office.world.run(SECOND / 5);
    line
}

/// The faxes that have begun so far.
fn begun(office: &Office) -> Vec<FaxBeginning> {
    let all = office.world.exchange.as_ref().unwrap().faxes().iter();
    let begun = all.filter_map(|order| match order {
        FaxOrder::Begin(beginning) => Some((**beginning).clone()),
        FaxOrder::End(_) | FaxOrder::Missed(_) => None,
    });
    begun.collect()
}

/// How many of them have ended.
fn ended(office: &Office) -> usize {
    let all = office.world.exchange.as_ref().unwrap().faxes().iter();
    all.filter(|order| matches!(order, FaxOrder::End(_)))
        .count()
}

fn rules(office: &mut Office) -> Vec<String> {
    let record = office.record();
    let steps = record.explanation.iter();
    steps.map(|step| step.rule.clone()).collect()
}

#[test]
fn a_machine_hears_its_caller_and_is_heard_until_the_caller_hangs_up() {
    let mut office = office_with_fax(30);
    let anna = office.anna;
    let line = calls(&mut office, anna);
    assert!(office.line(anna, line).is_talking());
    let fax = begun(&office).pop().unwrap();
    assert_eq!(
        (&*fax.caller, &*fax.number, &*fax.station),
        ("101", "900", "900")
    );
    assert_eq!(fax.tenant, office.alpha.id());
    let mut heard = 0;
    while fax.line.hear().is_some() {
        heard += 1;
    }
    assert!(heard > 0, "what the caller says goes to the machine");
    assert!(fax.line.say(&[4_000; LINE_FRAME]));
    office.world.run(SECOND);
    let figures = fax.line.figures();
    assert_eq!(figures.said, 1);
    assert!(figures.underruns > 40, "silence behind it: {figures:?}");
    office.hang_up(anna, line);
    assert_eq!(ended(&office), 1);
    assert!(fax.line.is_parted());
    assert!(rules(&mut office).contains(&"extension.fax".to_owned()));
}

#[test]
fn a_machine_that_has_done_ends_its_call_and_the_record_says_why() {
    let mut office = office_with_fax(30);
    let anna = office.anna;
    let line = calls(&mut office, anna);
    let fax = begun(&office).pop().unwrap();
    let done = FaxDone {
        id: fax.id,
        rule: "fax.received",
        because: "3 pages have come".to_owned(),
    };
    office.world.fax_done(done.clone());
    office.world.run(SECOND);
    assert!(office.line(anna, line).is_over());
    assert_eq!(ended(&office), 1);
    let record = office.record();
    let told = record
        .explanation
        .iter()
        .find(|step| step.rule == "fax.received");
    assert_eq!(told.unwrap().because, "3 pages have come");
    office.world.fax_done(done);
    assert_eq!(
        office
            .world
            .exchange
            .as_ref()
            .unwrap()
            .shard
            .figures()
            .live
            .calls,
        0
    );
}

#[test]
fn callers_beyond_the_machines_there_are_are_turned_away_with_the_reason() {
    let mut office = office_with_fax(1);
    let (anna, bert) = (office.anna, office.bert);
    let first = calls(&mut office, anna);
    let second = calls(&mut office, bert);
    assert_eq!(office.line(bert, second).refused(), Some(503));
    office.hang_up(anna, first);
    let records = office.settled_records();
    let because = "as many faxes are on their way as may be: 1";
    let refused = records.iter().filter(|record| record.end.reason == because);
    let told = refused.count();
    assert_eq!((records.len(), told), (2, 1), "{records:?}");
    let third = calls(&mut office, bert);
    assert!(office.line(bert, third).is_talking());
    let figures = office.world.exchange.as_ref().unwrap().shard.figures();
    let faxes = figures.heard.faxes;
    assert_eq!((faxes.begun, faxes.crowded, faxes.present), (2, 1, 1));
}

#[test]
fn each_company_has_its_own_faxes() {
    let mut office = office_with_fax(30);
    let (anna, dora) = (office.anna, office.dora);
    calls(&mut office, anna);
    calls(&mut office, dora);
    let owners: Vec<_> = begun(&office).iter().map(|fax| fax.tenant).collect();
    assert_eq!(owners, [office.alpha.id(), office.beta.id()]);
    let fax = begun(&office).remove(0);
    let other = begun(&office).remove(1);
    assert!(fax.line.say(&[4_000; LINE_FRAME]));
    office.world.run(SECOND);
    assert_eq!((fax.line.figures().said, other.line.figures().said), (1, 0));
}

#[test]
fn whoever_is_sent_on_to_a_fax_is_heard_by_the_machine() {
    let mut office = office_with_fax(30);
    let (anna, bert) = (office.anna, office.bert);
    let (first, second) = office.talk(anna, bert, "102");
    office
        .world
        .with(bert, |phone, now| phone.transfer(second, "900", now));
    office.world.run(SECOND * 2);
    assert!(office.line(bert, second).is_over());
    let fax = begun(&office).pop().unwrap();
    assert!(fax.line.hear().is_some());
    office.hang_up(anna, first);
    assert_eq!(ended(&office), 1);
}

#[test]
fn a_fax_does_not_outlive_a_restart_of_the_exchange() {
    let mut office = office_with_fax(30);
    let anna = office.anna;
    let line = calls(&mut office, anna);
    office.world.run(SECOND * 5);
    office.world.kill();
    office.world.run(SECOND);
    office.world.restart();
    office.world.run(SECOND * 2);
    assert!(office.line(anna, line).is_over());
    assert!(begun(&office).is_empty());
    assert!(rules(&mut office).contains(&"fax.cut_off".to_owned()));
}

/// Faxes whose calls nobody has answered.
fn missed(office: &Office) -> Vec<FaxMissed> {
    let all = office.world.exchange.as_ref().unwrap().faxes().iter();
    let missed = all.filter_map(|order| match order {
        FaxOrder::Missed(missed) => Some(missed.clone()),
        FaxOrder::Begin(_) | FaxOrder::End(_) => None,
    });
    missed.collect()
}

/// The fax extension of a company sends to a number.
fn sends(office: &mut Office, (tenant, extension): (TenantId, ExtensionId), to: &str) -> FaxId {
    let id = FaxId::new(9, 9);
    office.world.send_fax(&FaxCall {
        id,
        tenant,
        extension,
        to: to.to_owned(),
    });
    id
}

/// Alpha and its machine.
fn machine(office: &mut Office) -> (TenantId, ExtensionId) {
    let extension = office.alpha.extension("900", Destination::Fax);
    (office.alpha.id(), extension)
}

#[test]
fn a_machine_calls_a_telephone_and_speaks_once_it_is_answered() {
    let mut office = office_with_fax(30);
    let whose = machine(&mut office);
    let id = sends(&mut office, whose, "102");
    let bert = office.bert;
    let line = office.rung(bert);
    let figures = office.world.exchange.as_ref().unwrap().shard.figures();
    let faxes = figures.heard.faxes;
    assert_eq!((faxes.called, faxes.calling, faxes.present), (1, 1, 0));
    let alpha = office.alpha.clone();
    assert_eq!(office.live_calls(&alpha).len(), 1);
    office.answer(bert, line);
    let fax = begun(&office).pop().unwrap();
    assert_eq!((fax.id, fax.task), (id, FaxTask::Send));
    assert_eq!((&*fax.caller, &*fax.station), ("102", "900"));
    assert!(fax.line.hear().is_some(), "it hears whom it has called");
    assert!(fax.line.say(&[4_000; LINE_FRAME]));
    office.world.run(SECOND);
    assert_eq!(fax.line.figures().said, 1);
    office.world.fax_done(FaxDone {
        id,
        rule: "fax.sent",
        because: "2 pages were sent".to_owned(),
    });
    office.world.run(SECOND);
    assert!(office.line(bert, line).is_over());
    let record = office.record();
    assert_eq!((&*record.caller.number, &*record.dialled), ("900", "102"));
    assert!(record.answered_at.is_some());
    let legs: Vec<_> = record.legs.iter().map(|leg| leg.direction).collect();
    assert_eq!(legs, [LegDirection::Incoming, LegDirection::Outgoing]);
    assert!(
        record
            .explanation
            .iter()
            .any(|step| step.rule == "fax.sent")
    );
    assert!(missed(&office).is_empty());
}

#[test]
fn whoever_wants_a_fax_sent_is_told_that_nobody_has_answered() {
    let mut office = office_with_fax(30);
    let whose = machine(&mut office);
    let bert = office.bert;
    office.manner(bert, |manner| {
        manner.reaction = Reaction::Refuse(486, SECOND / 10)
    });
    for (to, status) in [("102", 486), ("555", 404), ("900", 403), ("112", 403)] {
        sends(&mut office, whose, to);
        office.world.run(SECOND);
        let missed = missed(&office).pop().unwrap();
        assert_eq!(
            (missed.status, missed.call.is_some()),
            (status, true),
            "{to}"
        );
        let record = office.settled_records().pop().unwrap();
        assert_eq!(
            (Some(record.call), record.end.sip_status),
            (missed.call, status)
        );
    }
    assert!(begun(&office).is_empty());
}

#[test]
fn nobody_is_called_for_a_fax_while_there_is_no_machine_or_no_extension() {
    let mut office = office_with_fax(1);
    let (whose, anna) = (machine(&mut office), office.anna);
    let first = calls(&mut office, anna);
    sends(&mut office, whose, "102");
    let none = missed(&office).pop().unwrap();
    assert_eq!((none.status, none.call), (503, None));
    office.hang_up(anna, first);
    let no_machine = (whose.0, ExtensionId::new(5, 5));
    sends(&mut office, no_machine, "102");
    assert_eq!(missed(&office).pop().unwrap().status, 404);
    let theirs = (office.beta.id(), whose.1);
    sends(&mut office, theirs, "102");
    assert_eq!(
        missed(&office).pop().unwrap().status,
        404,
        "another company's"
    );
}

#[test]
fn a_machine_calls_out_by_the_companys_trunk_showing_its_number() {
    let mut office = office_with(&[CARRIER], "", |alpha| {
        alpha.extension("900", Destination::Fax);
    });
    let paris = outside(&mut office, CARRIER);
    office.manner(paris, |manner| {
        manner.reaction = Reaction::Answer(SECOND / 10);
    });
    let whose = machine(&mut office);
    sends(&mut office, whose, "0033140205050");
    office.world.run(SECOND * 2);
    let fax = begun(&office).pop().unwrap();
    assert_eq!(fax.task, FaxTask::Send);
    let line = office.world.phones[paris.0].live().last().unwrap().id;
    office.hang_up(paris, line);
    let record = office.record();
    assert!(record.legs[1].by_trunk.is_some());
    assert_eq!(ended(&office), 1);
}

#[test]
fn a_fax_that_is_sent_does_not_outlive_a_restart_either() {
    let mut office = office_with_fax(30);
    let whose = machine(&mut office);
    sends(&mut office, whose, "102");
    let bert = office.bert;
    let line = office.rung(bert);
    office.answer(bert, line);
    office.world.run(SECOND * 5);
    office.world.kill();
    office.world.run(SECOND);
    office.world.restart();
    office.world.run(SECOND * 2);
    assert!(office.line(bert, line).is_over());
    assert!(rules(&mut office).contains(&"fax.cut_off".to_owned()));
}

/// What the record says of T.38.
fn said_of_t38(office: &mut Office) -> Vec<String> {
    let record = office.record();
    let steps = record.explanation.into_iter();
    let of_fax = steps.filter(|step| step.rule == "media.t38");
    of_fax.map(|step| step.because).collect()
}

/// Two datagrams of a fax go out by its line.
fn gives_datagrams(office: &mut Office, fax: &FaxBeginning) {
    assert_eq!(fax.line.over(), Some(400));
    for octet in [0, 1] {
        assert!(fax.line.send(&[0, octet, 1, 6, 0, 0]));
    }
    office.world.run(SECOND / 5);
}

const WENT_OVER: &str = "leg 0 went over from sound to fax (T.38), and the fax machine of the \
                         exchange with it";

#[test]
fn a_caller_that_offers_a_fax_is_answered_and_its_datagrams_go_by_the_machines_line() {
    let mut office = office_with_fax(30);
    let anna = office.anna;
    let line = calls(&mut office, anna);
    let fax = begun(&office).pop().unwrap();
    assert_eq!(fax.line.over(), None);
    office
        .world
        .with(anna, |phone, now| phone.offer_fax(line, now));
    office.world.run(SECOND / 5);
    let told = Told::ReofferAnswered(None);
    assert!(office.line(anna, line).was_told(&told));
    gives_datagrams(&mut office, &fax);
    office
        .world
        .with(anna, |phone, now| phone.reoffer(line, now));
    office.world.run(SECOND / 5);
    assert_eq!(fax.line.over(), None, "it has come back to sound");
    assert_eq!(begun(&office).len(), 1, "it is the same machine");
    office.hang_up(anna, line);
    let said = said_of_t38(&mut office);
    assert!(said.contains(&WENT_OVER.to_owned()), "{said:?}");
    let carried = "leg 0: 0 datagrams of the fax came from it, and 2 went to it".to_owned();
    assert!(said.contains(&carried), "{said:?}");
}

#[test]
fn a_caller_that_does_not_offer_a_fax_is_offered_one_when_its_machine_is_heard() {
    let mut office = office_with_fax(30);
    let anna = office.anna;
    office.manner(anna, |manner| manner.answers_offers = false);
    let line = calls(&mut office, anna);
    let fax = begun(&office).pop().unwrap();
    office.world.fax_wanted(fax.id);
    office.world.run(SECOND / 5);
    assert!(office.line(anna, line).was_told(&Told::Offered(None)));
    assert_eq!(fax.line.over(), None, "nobody has agreed yet");
    office
        .world
        .with(anna, |phone, now| phone.take_fax(line, now));
    office.world.run(SECOND / 5);
    gives_datagrams(&mut office, &fax);
    office.hang_up(anna, line);
    let said = said_of_t38(&mut office);
    assert!(said.contains(&WENT_OVER.to_owned()), "{said:?}");
}

#[test]
fn a_caller_that_refuses_a_fax_is_heard_by_the_machine_as_before() {
    let mut office = office_with_fax(30);
    let anna = office.anna;
    office.manner(anna, |manner| manner.answers_offers = false);
    let line = calls(&mut office, anna);
    let fax = begun(&office).pop().unwrap();
    office.world.fax_wanted(fax.id);
    office.world.run(SECOND / 5);
    office
        .world
        .with(anna, |phone, now| phone.refuse_offer(line, 488, now));
    office.world.run(SECOND / 5);
    while fax.line.hear().is_some() {}
    office.world.run(SECOND * 4);
    assert!(fax.line.hear().is_some(), "sound goes on");
    assert_eq!(fax.line.over(), None);
    office.world.fax_wanted(fax.id);
    office.world.run(SECOND / 5);
    let offers = office.line(anna, line).told.iter();
    let offers = offers.filter(|told| **told == Told::Offered(None));
    assert_eq!(offers.count(), 1, "it is asked once");
    office.hang_up(anna, line);
    let said = said_of_t38(&mut office);
    assert!(said[0].contains("has refused with 488"), "{said:?}");
}

#[test]
fn offers_of_a_fax_that_cross_lead_to_one_in_the_end() {
    let mut office = office_with_fax(30);
    let anna = office.anna;
    office.manner(anna, |manner| manner.answers_offers = false);
    let line = calls(&mut office, anna);
    let fax = begun(&office).pop().unwrap();
    office
        .world
        .with(anna, |phone, now| phone.offer_fax(line, now));
    office.world.fax_wanted(fax.id);
    office.world.run(SECOND * 8);
    let told = office.line(anna, line).told.clone();
    if told.contains(&Told::Offered(None)) {
        office
            .world
            .with(anna, |phone, now| phone.take_fax(line, now));
        office.world.run(SECOND / 5);
    }
    assert!(fax.line.over().is_some(), "{told:?}");
    office.hang_up(anna, line);
    assert!(said_of_t38(&mut office).contains(&WENT_OVER.to_owned()));
}

#[test]
fn a_machine_that_has_called_goes_over_with_whom_it_has_called() {
    for asks in [true, false] {
        let mut office = office_with_fax(30);
        let whose = machine(&mut office);
        let id = sends(&mut office, whose, "102");
        let bert = office.bert;
        office.manner(bert, |manner| manner.answers_offers = false);
        let line = office.rung(bert);
        office.answer(bert, line);
        let fax = begun(&office).pop().unwrap();
        if asks {
            office
                .world
                .with(bert, |phone, now| phone.offer_fax(line, now));
        } else {
            office.world.fax_wanted(id);
            office.world.run(SECOND / 5);
            office
                .world
                .with(bert, |phone, now| phone.take_fax(line, now));
        }
        office.world.run(SECOND / 5);
        gives_datagrams(&mut office, &fax);
        office.hang_up(bert, line);
        let said = said_of_t38(&mut office);
        assert!(
            said[0].starts_with("leg 1 went over from sound to fax"),
            "{said:?}"
        );
    }
}

#[test]
fn a_fax_by_t38_does_not_outlive_a_restart_of_the_exchange() {
    let mut office = office_with_fax(30);
    let anna = office.anna;
    let line = calls(&mut office, anna);
    office
        .world
        .with(anna, |phone, now| phone.offer_fax(line, now));
    office.world.run(SECOND * 5);
    office.world.kill();
    office.world.run(SECOND);
    office.world.restart();
    office.world.run(SECOND * 2);
    assert!(office.line(anna, line).is_over());
    let rules = rules(&mut office);
    assert!(rules.contains(&"fax.cut_off".to_owned()));
    assert!(rules.contains(&"media.t38".to_owned()));
}

#[test]
fn a_device_that_may_not_is_neither_offered_a_fax_nor_taken_one_of() {
    let mut office = office_with_fax(30);
    let (device, anna) = (office.members[0].device, office.anna);
    office.alpha.device(device).unwrap().t38 = T38::Refuse;
    let changed = office.alpha.compile();
    office.world.tell(changed);
    let line = calls(&mut office, anna);
    let fax = begun(&office).pop().unwrap();
    office.world.fax_wanted(fax.id);
    office.world.run(SECOND);
    assert!(!office.line(anna, line).was_told(&Told::Offered(None)));
    office
        .world
        .with(anna, |phone, now| phone.offer_fax(line, now));
    office.world.run(SECOND);
    assert!(office.line(anna, line).was_told(&Told::ReofferRefused(488)));
    assert_eq!(fax.line.over(), None);
    office.hang_up(anna, line);
    let said = said_of_t38(&mut office);
    assert!(said[0].contains("has refused with 488"), "{said:?}");
}

#[test]
fn a_trunk_that_may_not_is_not_offered_a_fax() {
    let mut office = office_with(&[CARRIER], ", \"t38\": \"refuse\"", |alpha| {
        alpha.extension("900", Destination::Fax);
    });
    let paris = outside(&mut office, CARRIER);
    office.manner(paris, |manner| {
        manner.reaction = Reaction::Answer(SECOND / 10);
    });
    let whose = machine(&mut office);
    let id = sends(&mut office, whose, "0033140205050");
    office.world.run(SECOND * 2);
    office.world.fax_wanted(id);
    office.world.run(SECOND);
    let line = office.world.phones[paris.0].live().last().unwrap().id;
    assert!(!office.line(paris, line).was_told(&Told::Offered(None)));
    office.hang_up(paris, line);
    let said = said_of_t38(&mut office);
    assert!(said[0].contains("has refused with 488"), "{said:?}");
}
