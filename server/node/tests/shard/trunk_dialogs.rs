//! How calls are kept with whoever is at a trunk's other end, as the trunk says.

use crate::carriers::{CARRIER, by_hand, office_with, outside, requests};
use crate::office::{Office, SECOND};
use sip_message::{Message, Method, Name};
use testkit::{Reaction, Told};

const PARIS: &str = "0033140205050";

/// An office whose trunk says this of dialogs; +493055501 is 101, and +493055503 is 103.
fn office(dialogs: &str) -> Office {
    let more = format!(", \"dialogs\": {dialogs}");
    office_with(&[CARRIER], &more, |alpha| {
        alpha.number("+493055503", "103").unwrap();
    })
}

fn invite_with(dialogs: &str) -> Message {
    let mut office = office(dialogs);
    let carrier = by_hand(&mut office, CARRIER);
    office.call(office.anna, PARIS);
    office.world.run(SECOND / 2);
    requests(&office, carrier, Method::Invite).remove(0)
}

// rfc: 4028 §7.1
#[test]
fn a_carrier_is_asked_for_refreshes_as_often_as_the_trunk_says_or_for_none() {
    let asked = |dialogs| {
        let invite = invite_with(dialogs);
        let session = invite.session_expires().unwrap();
        session.map(|session| session.seconds)
    };
    assert_eq!(asked("{}"), Some(1_800));
    assert_eq!(asked(r#"{"session_seconds": 600}"#), Some(600));
    assert_eq!(asked(r#"{"session_seconds": 0}"#), None);
}

// rfc: 3262 §4
#[test]
fn provisional_answers_are_asked_for_reliably_as_the_trunk_says() {
    let invite = |dialogs| {
        let invite = invite_with(dialogs);
        let needs = invite.values(Name::Require).any(|tag| tag == "100rel");
        (invite.supports("100rel"), needs)
    };
    assert_eq!(invite(r#"{"reliable": "never"}"#), (false, false));
    assert_eq!(invite(r#"{"reliable": "supported"}"#), (true, false));
    assert!(invite(r#"{"reliable": "required"}"#).1);
}

#[test]
fn a_trunk_without_early_media_lets_no_sound_through_before_the_answer_and_all_after_it() {
    for early in [true, false] {
        let mut office = office(&format!("{{\"early_media\": {early}}}"));
        let paris = outside(&mut office, CARRIER);
        office.manner(paris, |manner| {
            manner.early = true;
            manner.reaction = Reaction::Manual;
        });
        let anna = office.call(office.anna, PARIS);
        let far = office.rung(paris);
        office.world.run(SECOND * 2);
        let progressed = office
            .line(office.anna, anna)
            .was_told(&Told::Progressed(183));
        let heard = office.hears((office.anna, anna), (paris, far));
        assert_eq!((progressed, heard), (early, early));
        office.answer(paris, far);
        assert!(office.both_hear((office.anna, anna), (paris, far)));
    }
}

#[test]
fn nor_does_it_let_sound_of_a_phone_out_before_that_answers() {
    for early in [true, false] {
        let mut office = office(&format!("{{\"early_media\": {early}}}"));
        let paris = outside(&mut office, CARRIER);
        office.manner(office.anna, |manner| manner.early = true);
        let caller = office.call(paris, "+493055501");
        let anna = office.rung(office.anna);
        office.world.run(SECOND * 2);
        let heard = office.hears((paris, caller), (office.anna, anna));
        assert_eq!(heard, early);
        office.answer(office.anna, anna);
        assert!(office.both_hear((paris, caller), (office.anna, anna)));
    }
}

#[test]
fn the_other_side_sends_its_calls_on_where_the_trunk_says_so_and_to_numbers_alone() {
    for (referrals, to, comes) in [
        (false, "+493055503", false),
        (true, "+493055503", true),
        (true, "103", false),
        (true, PARIS, false),
    ] {
        let mut office = office(&format!("{{\"referrals\": {referrals}}}"));
        let paris = outside(&mut office, CARRIER);
        let far = office.call(paris, "+493055501");
        let anna = office.rung(office.anna);
        office.answer(office.anna, anna);
        let sent = format!("<sip:{to}@198.51.100.1>");
        office
            .world
            .with(paris, |phone, now| phone.refer(far, &sent, now));
        office.world.run(SECOND * 2);
        let rings = office.world.phones[office.cleo.0]
            .live()
            .any(|line| line.incoming);
        assert_eq!(rings, comes, "{to}, referrals {referrals}");
        if comes {
            let cleo = office.rung(office.cleo);
            office.answer(office.cleo, cleo);
            assert!(office.both_hear((office.anna, anna), (office.cleo, cleo)));
        } else {
            assert!(office.both_hear((office.anna, anna), (paris, far)));
        }
    }
}
