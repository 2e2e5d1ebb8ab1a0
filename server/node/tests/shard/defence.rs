//! Whoever looks for victims: learns nothing, is slowed, is banned; and the phones beside it go on.

use crate::office::{Office, SECOND};
use domain::{Ban, BanCause};
use machine::WallTime;
use node::DefenceRules;
use testkit::{RawId, Setup};

const ALPHA: &str = "sip:alpha.example";

/// An exchange that defends itself, with everybody registered.
fn guarded() -> Office {
    let mut setup = Setup::ordinary(7);
    setup.config.defence = DefenceRules::default();
    let mut office = Office::with(setup);
    office.register_all();
    office
}

/// Sends a REGISTER of a user without a proof; tells how many answers came.
fn ask(office: &mut Office, raw: RawId, user: &str, more: &str) -> usize {
    let before = office.world.raws[raw.0].inbox.len();
    let me = format!("<sip:{user}@alpha.example>");
    office.world.with_raw(raw, |raw| {
        raw.request("REGISTER", ALPHA, (&me, &me), more, "");
    });
    office.world.run(SECOND / 10);
    office.world.raws[raw.0].inbox.len() - before
}

fn bans(office: &Office) -> Vec<(String, BanCause)> {
    let exchange = office.world.exchange.as_ref().unwrap();
    let told = |ban: &Ban| (ban.source.to_string(), ban.cause);
    exchange.bans.iter().map(told).collect()
}

/// Whether calls are made and heard as ever.
fn anna_and_bert_talk(office: &mut Office) {
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    office.hang_up(office.anna, anna);
}

#[test]
fn a_scanner_gets_no_answer_at_all_and_is_banned() {
    let mut office = guarded();
    let scanner = office.raw();
    let agent = "User-Agent: friendly-scanner\r\n";
    assert_eq!(ask(&mut office, scanner, "100", agent), 0);
    assert_eq!(ask(&mut office, scanner, "100", ""), 0);
    assert_eq!(
        bans(&office),
        [("198.51.100.101".to_owned(), BanCause::Scanner)]
    );
    anna_and_bert_talk(&mut office);
}

#[test]
fn whoever_guesses_passwords_is_banned_and_the_owner_registers_meanwhile() {
    let mut office = guarded();
    let guesser = office.raw();
    let mut account = office.members[0].account.clone();
    account.password = "guess".into();
    assert_eq!(ask(&mut office, guesser, "100", ""), 1);
    let me = account.address();
    for _ in 0..40 {
        office.world.with_raw(guesser, |raw| {
            let proof = raw.answer(&account, "REGISTER", ALPHA).unwrap();
            raw.request("REGISTER", ALPHA, (&me, &me), &proof, "");
        });
    }
    office.world.run(SECOND);
    let answered = office.world.raws[guesser.0].inbox.len() - 1;
    assert!(answered <= 20, "{answered} of 40 guesses were answered");
    assert_eq!(
        bans(&office),
        [("198.51.100.101".to_owned(), BanCause::Guessing)]
    );
    assert_eq!(office.register(office.anna), Some(200));
    assert_eq!(ask(&mut office, guesser, "100", ""), 0);
    office.world.run(SECOND * 600);
    assert_eq!(ask(&mut office, guesser, "100", ""), 1);
}

/// Somebody who has registered as anna, and then sends wrong answers to challenges that `asked`
/// was sent; tells whether that led to a ban.
fn is_banned_for_guessing(office: &mut Office, guesser: RawId, asked: RawId) -> bool {
    let mut account = office.members[0].account.clone();
    let me = account.address();
    assert_eq!(ask(office, asked, "100", ""), 1);
    assert_eq!(ask(office, guesser, "100", ""), 1);
    office.world.with_raw(guesser, |raw| {
        let proof = raw.answer(&account, "REGISTER", ALPHA).unwrap();
        raw.request("REGISTER", ALPHA, (&me, &me), &proof, "");
    });
    office.world.run(SECOND);
    assert_eq!(office.world.raws[guesser.0].status(), Some(200));
    account.password = "guess".into();
    for _ in 0..120 {
        let proof = office
            .world
            .with_raw(asked, |raw| raw.answer(&account, "REGISTER", ALPHA));
        let proof = proof.unwrap();
        office.world.with_raw(guesser, |raw| {
            raw.request("REGISTER", ALPHA, (&me, &me), &proof, "");
        });
    }
    office.world.run(SECOND);
    !bans(office).is_empty()
}

#[test]
fn a_guesser_who_answers_what_was_sent_to_him_has_not_forged_his_address() {
    let mut office = guarded();
    let guesser = office.raw();
    assert!(is_banned_for_guessing(&mut office, guesser, guesser));
}

#[test]
fn a_guesser_who_answers_what_was_sent_to_another_may_have_forged_it() {
    let mut office = guarded();
    let (guesser, asked) = (office.raw(), office.raw());
    assert!(!is_banned_for_guessing(&mut office, guesser, asked));
}

#[test]
fn whoever_asks_for_users_without_end_is_banned_whether_they_exist_or_not() {
    let mut office = guarded();
    let scanner = office.raw();
    office.world.with_raw(scanner, |raw| {
        for number in 0..700 {
            let me = format!("<sip:alpha-{number}-0@alpha.example>");
            raw.request("REGISTER", ALPHA, (&me, &me), "", "");
        }
    });
    office.world.run(SECOND);
    let answered = office.world.raws[scanner.0].inbox.len();
    assert!((500..=530).contains(&answered), "{answered} of 700");
    assert_eq!(
        bans(&office),
        [("198.51.100.101".to_owned(), BanCause::Asking)]
    );
    anna_and_bert_talk(&mut office);
}

#[test]
fn garbage_bans_its_source_and_a_ban_is_lifted_by_whoever_may() {
    let mut office = guarded();
    let noisy = office.raw();
    for _ in 0..30 {
        office
            .world
            .with_raw(noisy, |raw| raw.send("\u{1}garbage\r\n\r\n"));
    }
    office.world.run(SECOND);
    assert_eq!(
        bans(&office),
        [("198.51.100.101".to_owned(), BanCause::Garbage)]
    );
    assert_eq!(ask(&mut office, noisy, "101", ""), 0);
    let exchange = office.world.exchange.as_mut().unwrap();
    exchange.shard.lift("198.51.100.101".parse().unwrap());
    assert_eq!(ask(&mut office, noisy, "101", ""), 1);
}

#[test]
fn a_ban_by_hand_holds_and_the_calls_of_others_go_on() {
    let mut office = guarded();
    let caller = office.raw();
    let ban = Ban {
        source: "198.51.100.101".parse().unwrap(),
        cause: BanCause::Hand,
        begun: WallTime::UNIX_EPOCH,
        until: WallTime::MAX,
        strikes: 1,
        note: String::new(),
    };
    assert_eq!(ask(&mut office, caller, "101", ""), 1);
    office.world.exchange.as_mut().unwrap().shard.bar(&ban);
    assert_eq!(ask(&mut office, caller, "101", ""), 0);
    anna_and_bert_talk(&mut office);
    assert_eq!(office.settled_records().len(), 1);
}

#[test]
fn nobody_has_a_phone_banned_by_forging_its_address() {
    let mut office = guarded();
    let exchange = office.world.exchange.as_ref().unwrap();
    let before = exchange.shard.figures().door.defence;
    let (from, to) = (
        office.world.phones[office.anna.0].address,
        office.world.setup.sip,
    );
    let packets = (0..2_000).map(|n| {
        let text = format!(
            "REGISTER sip:alpha.example SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bKf{n}\r\n\
             From: <sip:101@alpha.example>;tag=f{n}\r\nTo: <sip:101@alpha.example>\r\n\
             Call-ID: f{n}\r\nCSeq: 1 REGISTER\r\nUser-Agent: sipcli\r\n\
             Content-Length: 0\r\n\r\n"
        );
        testkit::Packet {
            from,
            to,
            bytes: text.into(),
        }
    });
    office.world.send(packets.collect());
    office.world.run(SECOND);
    let exchange = office.world.exchange.as_ref().unwrap();
    let after = exchange.shard.figures().door.defence;
    assert_eq!(after.scanners - before.scanners, 2_000);
    assert!(bans(&office).is_empty());
    anna_and_bert_talk(&mut office);
}
