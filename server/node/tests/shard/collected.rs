//! Messages that are handed out to be collected: all of them, but for those of who opts out.

use crate::office::{Office, SECOND};
use domain::Way;
use node::Seen;
use testkit::Setup;

fn collecting() -> Office {
    let mut setup = Setup::ordinary(7);
    setup.config.collects = true;
    Office::with(setup)
}

fn take(office: &mut Office) -> Vec<Seen> {
    std::mem::take(&mut office.world.exchange.as_mut().unwrap().seen)
}

fn first_word(seen: &Seen) -> String {
    let text = String::from_utf8_lossy(&seen.sighting.bytes);
    let text = text.strip_prefix("SIP/2.0 ").unwrap_or(&text);
    text.split(' ').next().unwrap().to_owned()
}

#[test]
fn a_registration_is_handed_out_with_its_company_and_its_answers() {
    let mut office = collecting();
    office.register(office.anna);
    let seen = take(&mut office);
    let words: Vec<String> = seen.iter().map(first_word).collect();
    assert_eq!(words, ["REGISTER", "401", "REGISTER", "200"]);
    let alpha = Some(office.alpha.id());
    assert!(
        seen.iter()
            .all(|one| one.tenant == alpha && one.call.is_none())
    );
    let ways: Vec<Way> = seen.iter().map(|one| one.sighting.way).collect();
    let (came, went) = (Way::Received, Way::Sent);
    assert_eq!(ways, [came, went, came, went]);
}

#[test]
fn all_messages_of_a_call_bear_its_id_once_it_is_one() {
    let mut office = collecting();
    office.register_all();
    take(&mut office);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    office.hang_up(office.anna, anna);
    let call = office.record().call;
    let seen = take(&mut office);
    let of_call = seen.iter().filter(|one| one.call == Some(call)).count();
    // the attempt that was challenged, and the INVITE that began it, came before there was a call
    let others: Vec<String> = seen
        .iter()
        .filter(|one| one.call.is_none())
        .map(first_word)
        .collect();
    assert_eq!(others, ["INVITE", "407", "ACK", "INVITE"]);
    assert!(of_call >= 10, "{of_call}");
}

#[test]
fn a_company_that_opts_out_is_left_out_and_so_is_who_claims_to_be_it() {
    let mut office = collecting();
    office.alpha.parts.tenant.spec.captured = false;
    let alpha = office.alpha.clone();
    office.world.add(&alpha);
    office.register_all();
    office.talk(office.anna, office.bert, "102");
    let raw = office.raw();
    office.world.with_raw(raw, |raw| {
        let from = "<sip:guess@alpha.example>";
        raw.request("OPTIONS", "sip:102@alpha.example", (from, from), "", "");
    });
    office.world.run(SECOND);
    let seen = take(&mut office);
    assert!(!seen.is_empty(), "beta is told of");
    let beta = Some(office.beta.id());
    assert!(seen.iter().all(|one| one.tenant == beta));
}

#[test]
fn a_shard_that_does_not_collect_hands_out_nothing() {
    let mut office = Office::open();
    office.talk(office.anna, office.bert, "102");
    assert!(take(&mut office).is_empty());
}
