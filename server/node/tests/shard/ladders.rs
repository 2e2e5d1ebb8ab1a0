//! What a call leaves of its messages: all of both legs, in order, and nobody else's.

use crate::office::{Office, SECOND};
use domain::{KeptLadders, Ladder, Rung, Way};
use node::{Answer, Ask};
use ports::LiveError;
use testkit::{Company, Reaction};

/// Who spoke on which leg, and the first word of what was said: a method or a status.
fn told(ladder: &Ladder) -> Vec<(u8, Way, &str)> {
    let word = |rung: &Rung| -> usize {
        let text = rung.text.strip_prefix("SIP/2.0 ").unwrap_or(&rung.text);
        text.find(' ').unwrap()
    };
    let rungs = ladder.rungs.iter();
    rungs
        .map(|rung| {
            let text = rung.text.strip_prefix("SIP/2.0 ").unwrap_or(&rung.text);
            (rung.leg, rung.way, &text[..word(rung)])
        })
        .collect()
}

fn asked(office: &mut Office, company: &Company, of: &Company) -> Result<Ladder, LiveError> {
    let id = office.live_calls(of)[0].id;
    match office.world.ask(company.id(), Ask::Ladder(id)) {
        Some(Answer::Ladder(_, found)) => found.map(|ladder| *ladder),
        other => panic!("no ladder: {other:?}"),
    }
}

/// The ladders that were handed over to be kept.
fn kept(office: &mut Office) -> Vec<Ladder> {
    office.settled_records();
    let exchange = office.world.exchange.as_mut().unwrap();
    std::mem::take(&mut exchange.late.ladders)
}

/// An office whose company alpha keeps these.
fn keeping(ladders: KeptLadders) -> Office {
    let mut office = Office::open();
    office.alpha.parts.tenant.spec.ladders = ladders;
    let alpha = office.alpha.clone();
    office.world.add(&alpha);
    office
}

#[test]
fn a_live_call_shows_all_messages_of_both_legs_in_order() {
    let mut office = Office::open();
    office.talk(office.anna, office.bert, "102");
    let alpha = office.alpha.clone();
    let ladder = asked(&mut office, &alpha, &alpha).unwrap();
    let (came, went) = (Way::Received, Way::Sent);
    let expected = [
        (0, came, "INVITE"),
        (1, went, "INVITE"),
        (1, came, "180"),
        (0, went, "180"),
        (1, came, "200"),
        (1, went, "ACK"),
        (0, went, "200"),
        (0, came, "ACK"),
    ];
    assert_eq!(told(&ladder), expected);
    assert_eq!(ladder.lost, 0);
    let times: Vec<_> = ladder.rungs.iter().map(|rung| rung.at).collect();
    assert!(times.is_sorted());
    let anna = office.world.phones[office.anna.0].address;
    assert_eq!(ladder.rungs[0].remote, anna);
    assert_eq!(ladder.rungs[0].transport, "udp");
}

#[test]
fn the_attempt_that_had_to_prove_itself_first_is_the_beginning_of_its_call() {
    let mut office = Office::open();
    let raw = office.raw();
    let account = office.members[0].account.clone();
    let uri = "sip:102@alpha.example";
    let parties = ("<sip:alpha-101-0@alpha.example>", "<sip:102@alpha.example>");
    let call_id = office
        .world
        .with_raw(raw, |raw| raw.request("INVITE", uri, parties, "", ""));
    assert_eq!(office.status(raw), Some(407));
    office.world.with_raw(raw, |raw| {
        let proof = raw.answer(&account, "INVITE", uri).unwrap();
        raw.request_in(&call_id, "INVITE", uri, parties, &proof, "");
    });
    office.world.run(SECOND);
    let alpha = office.alpha.clone();
    let ladder = asked(&mut office, &alpha, &alpha).unwrap();
    let (came, went) = (Way::Received, Way::Sent);
    let begins = [(0, came, "INVITE"), (0, went, "407"), (0, came, "INVITE")];
    let all = told(&ladder);
    assert_eq!(all[..3], begins, "{all:?}");
    assert!(all.contains(&(1, went, "INVITE")), "{all:?}");
}

#[test]
fn decisions_stand_between_the_message_that_asked_and_the_one_that_followed() {
    let mut office = Office::open();
    office.talk(office.anna, office.bert, "102");
    let alpha = office.alpha.clone();
    let ladder = asked(&mut office, &alpha, &alpha).unwrap();
    let asks = ladder.rungs.iter().rposition(|rung| {
        (rung.leg, rung.way) == (0, Way::Received) && rung.text.starts_with("INVITE")
    });
    let tries = ladder.rungs.iter().position(|rung| rung.leg == 1);
    assert!(!ladder.explanation.is_empty());
    assert_eq!(ladder.rungs[asks.unwrap()].steps, 0);
    let steps = usize::from(ladder.rungs[tries.unwrap()].steps);
    assert!((1..=ladder.explanation.len()).contains(&steps), "{steps}");
}

#[test]
fn no_answer_to_a_challenge_is_in_a_ladder() {
    let mut office = Office::open();
    office.talk(office.anna, office.bert, "102");
    let alpha = office.alpha.clone();
    let ladder = asked(&mut office, &alpha, &alpha).unwrap();
    let proofs = ladder.rungs.iter().filter(|rung| {
        let text = rung.text.to_ascii_lowercase();
        text.contains("authorization: digest")
    });
    let mut count = 0;
    for rung in proofs {
        assert!(rung.text.contains("response=\"***\""), "{}", rung.text);
        count += 1;
    }
    assert!(count > 0, "the caller proved itself");
}

#[test]
fn a_failed_call_hands_its_ladder_over_once_its_last_message_has_come() {
    let mut office = Office::open();
    office.manner(office.bert, |manner| {
        manner.reaction = Reaction::Refuse(486, SECOND);
    });
    office.call(office.anna, "102");
    office.world.run(SECOND * 5);
    let ladders = kept(&mut office);
    assert_eq!(ladders.len(), 1);
    let all = told(&ladders[0]);
    assert_eq!(all.last(), Some(&(0, Way::Received, "ACK")), "{all:?}");
    assert!(all.contains(&(1, Way::Received, "486")), "{all:?}");
    assert!(all.contains(&(1, Way::Sent, "ACK")), "{all:?}");
    let record = office.world.records.values().next().unwrap();
    assert_eq!((ladders[0].call, ladders[0].cdr), (record.call, record.id));
}

#[test]
fn an_ordinary_call_is_kept_only_where_all_are() {
    for (policy, count) in [
        (KeptLadders::None, 0),
        (KeptLadders::Failed, 0),
        (KeptLadders::All, 1),
    ] {
        let mut office = keeping(policy);
        let (anna, _) = office.talk(office.anna, office.bert, "102");
        office.hang_up(office.anna, anna);
        let ladders = kept(&mut office);
        assert_eq!(ladders.len(), count, "{policy:?}");
        for ladder in ladders {
            let all = told(&ladder);
            let byes = all.iter().filter(|(_, _, word)| *word == "BYE").count();
            assert_eq!(byes, 2, "{all:?}");
            let last = all.last().unwrap();
            assert_eq!(*last, (1, Way::Received, "200"), "{all:?}");
        }
    }
}

#[test]
fn another_company_cannot_ask_for_a_calls_ladder() {
    let mut office = Office::open();
    office.talk(office.anna, office.bert, "102");
    let (alpha, beta) = (office.alpha.clone(), office.beta.clone());
    let found = asked(&mut office, &beta, &alpha);
    assert_eq!(found, Err(LiveError::NotFound));
}

#[test]
fn two_companies_calls_at_once_hold_nothing_of_each_other() {
    let mut office = Office::open();
    office.talk(office.anna, office.bert, "102");
    office.talk(office.dora, office.emil, "102");
    for (own, other) in [("alpha", "beta"), ("beta", "alpha")] {
        let company = match own {
            "alpha" => office.alpha.clone(),
            _ => office.beta.clone(),
        };
        let ladder = asked(&mut office, &company, &company).unwrap();
        assert!(!ladder.rungs.is_empty());
        for rung in &ladder.rungs {
            let foreign = format!("{other}.example");
            assert!(!rung.text.contains(&foreign), "{}", rung.text);
        }
    }
}

#[test]
fn an_exchange_without_room_for_messages_serves_calls_and_shows_none() {
    let mut setup = testkit::Setup::ordinary(7);
    setup.config.limits.ladders.octets = 0;
    let mut office = Office::with(setup);
    office.register_all();
    office.talk(office.anna, office.bert, "102");
    let alpha = office.alpha.clone();
    let ladder = asked(&mut office, &alpha, &alpha).unwrap();
    assert_eq!(ladder.rungs, []);
    assert!(!ladder.explanation.is_empty());
}
