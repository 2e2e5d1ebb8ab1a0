//! Music on hold: who hears it, whose it is, and for how long.

use crate::office::{Office, SECOND};
use machine::Instant;
use media::Air;
use std::sync::Arc;
use testkit::{Direction, LineId, PhoneId, Setup, Told, melody};

/// What alpha has recorded.
const WALTZ: &str = "voice/alpha/waltz";

/// Packets of music and tones that a line hears in a second.
fn hum((phone, line): (PhoneId, LineId), office: &mut Office) -> u64 {
    let before = office.line(phone, line).heard.other;
    office.world.run(SECOND);
    office.line(phone, line).heard.other - before
}

/// Packets of alpha's own music that a line hears in a second.
fn waltz((phone, line): (PhoneId, LineId), office: &mut Office) -> u64 {
    let count = |office: &Office| {
        let heard = &office.line(phone, line).heard;
        heard.tokens.get(WALTZ).copied().unwrap_or(0)
    };
    let before = count(office);
    office.world.run(SECOND);
    count(office) - before
}

fn hold((phone, line): (PhoneId, LineId), held: bool, office: &mut Office) {
    office
        .world
        .with(phone, |phone, now| phone.hold(line, held, now));
    office.world.run(SECOND);
}

// rfc: 3264 §8.4
#[test]
fn a_held_party_hears_music_until_it_is_taken_back() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let (at_anna, at_bert) = ((office.anna, anna), (office.bert, bert));
    assert_eq!(hum(at_bert, &mut office), 0);
    hold(at_anna, true, &mut office);
    let told = Told::Offered(Some(Direction::SendOnly));
    assert!(office.line(office.bert, bert).was_told(&told));
    assert!(hum(at_bert, &mut office) >= 45, "fifty packets a second");
    assert_eq!(hum(at_anna, &mut office), 0, "who holds hears nothing");
    assert!(!office.hears(at_anna, at_bert));
    hold(at_anna, false, &mut office);
    assert_eq!(hum(at_bert, &mut office), 0);
    assert!(office.both_hear(at_anna, at_bert));
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_company_without_music_leaves_the_held_party_in_silence() {
    let mut office = Office::open();
    office.alpha.parts.tenant.spec.music_on_hold = false;
    office.world.add(&office.alpha);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    hold((office.anna, anna), true, &mut office);
    assert_eq!(hum((office.bert, bert), &mut office), 0);
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn music_goes_on_after_a_restart_and_ends_with_the_hold() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let (at_anna, at_bert) = ((office.anna, anna), (office.bert, bert));
    hold(at_anna, true, &mut office);
    office.world.run(SECOND * 10);
    office.world.kill();
    office.world.run(SECOND * 2);
    office.world.restart();
    office.world.run(SECOND * 2);
    assert!(hum(at_bert, &mut office) >= 45);
    hold(at_anna, false, &mut office);
    assert!(office.both_hear(at_anna, at_bert));
    office.hang_up(office.bert, bert);
    office.record();
}

#[test]
fn who_holds_back_stops_the_music_and_who_stays_on_hold_hears_it() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let (at_anna, at_bert) = ((office.anna, anna), (office.bert, bert));
    hold(at_anna, true, &mut office);
    hold(at_bert, true, &mut office);
    assert_eq!(hum(at_anna, &mut office), 0);
    assert_eq!(hum(at_bert, &mut office), 0);
    hold(at_anna, false, &mut office);
    assert!(hum(at_anna, &mut office) >= 45);
    assert_eq!(hum(at_bert, &mut office), 0);
    hold(at_bert, false, &mut office);
    assert!(office.both_hear(at_anna, at_bert));
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_held_party_that_is_sent_on_talks_with_the_new_party() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    hold((office.anna, anna), true, &mut office);
    office
        .world
        .with(office.anna, |phone, now| phone.transfer(anna, "103", now));
    let cleo = office.rung(office.cleo);
    office.answer(office.cleo, cleo);
    office.world.run(SECOND * 2);
    let (at_bert, at_cleo) = ((office.bert, bert), (office.cleo, cleo));
    assert!(office.both_hear(at_bert, at_cleo));
    assert_eq!(hum(at_bert, &mut office), 0);
    office.hang_up(office.bert, bert);
    office.record();
}

/// An office whose alpha has music of its own.
fn musical() -> Office {
    let mut setup = Setup::ordinary(7);
    let sound = Office::with(setup.clone()).alpha.music();
    setup.music = vec![(sound, Arc::new(melody(WALTZ)))];
    let mut office = Office::with(setup);
    assert_eq!(office.alpha.music(), sound);
    office.world.add(&office.alpha);
    office.register_all();
    office
}

#[test]
fn a_companys_own_music_is_heard_by_its_own_calls_alone() {
    let mut office = musical();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let (dora, emil) = office.talk(office.dora, office.emil, "102");
    hold((office.anna, anna), true, &mut office);
    hold((office.dora, dora), true, &mut office);
    assert!(waltz((office.bert, bert), &mut office) >= 45);
    assert_eq!(waltz((office.emil, emil), &mut office), 0);
    assert!(
        hum((office.emil, emil), &mut office) >= 45,
        "the exchange's"
    );
    let heard = &office.line(office.emil, emil).heard.tokens;
    assert!(!heard.contains_key(WALTZ), "{heard:?}");
    office.hang_up(office.anna, anna);
    office.hang_up(office.dora, dora);
    assert_eq!(office.settled_records().len(), 2);
}

#[test]
fn own_music_goes_on_after_a_restart_too() {
    let mut office = musical();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    hold((office.anna, anna), true, &mut office);
    office.world.run(SECOND * 10);
    office.world.kill();
    office.world.run(SECOND * 2);
    office.world.restart();
    office.world.run(SECOND * 2);
    assert!(waltz((office.bert, bert), &mut office) >= 45);
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_sound_of_which_nothing_was_uploaded_leaves_it_to_the_exchange() {
    let mut office = Office::open();
    office.alpha.music();
    office.world.add(&office.alpha);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    hold((office.anna, anna), true, &mut office);
    assert!(hum((office.bert, bert), &mut office) >= 45);
    office.hang_up(office.anna, anna);
    office.record();
}

/// An office whose alpha has a programme, and another that its 103 names; what is sent of each.
fn with_programmes() -> (Office, Arc<Air>, Arc<Air>) {
    let ids = |office: &mut Office| (office.alpha.programme(), office.alpha.other_programme());
    let mut setup = Setup::ordinary(7);
    let (companys, cleos) = ids(&mut Office::with(setup.clone()));
    let air = || Arc::new(Air::new(Instant::ZERO));
    let (first, second) = (air(), air());
    setup.programmes = vec![(companys, Arc::clone(&first)), (cleos, Arc::clone(&second))];
    let mut office = Office::with(setup);
    assert_eq!(ids(&mut office), (companys, cleos));
    let mut extensions = office.alpha.parts.extensions.iter_mut();
    let cleo = extensions.find(|extension| extension.spec.number == "103");
    cleo.unwrap().spec.on_hold = Some(cleos);
    office.world.add(&office.alpha);
    office.register_all();
    (office, first, second)
}

#[test]
fn who_is_on_hold_listens_to_the_companys_programme_while_the_hold_lasts() {
    let (mut office, air, _) = with_programmes();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let (dora, emil) = office.talk(office.dora, office.emil, "102");
    hold((office.anna, anna), true, &mut office);
    hold((office.dora, dora), true, &mut office);
    assert_eq!(
        air.listeners(),
        1,
        "one of the company, and nobody of another"
    );
    assert!(
        hum((office.emil, emil), &mut office) >= 45,
        "the exchange's"
    );
    hold((office.anna, anna), false, &mut office);
    assert_eq!(air.listeners(), 0);
    assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
    hold((office.anna, anna), true, &mut office);
    assert_eq!(air.listeners(), 1, "at once");
    office.hang_up(office.anna, anna);
    assert_eq!(air.listeners(), 0, "nobody after the call");
    office.hang_up(office.dora, dora);
}

#[test]
fn an_extensions_programme_comes_before_the_companys() {
    let (mut office, companys, cleos) = with_programmes();
    let (anna, cleo) = office.talk(office.anna, office.cleo, "103");
    hold((office.cleo, cleo), true, &mut office);
    assert_eq!(
        (companys.listeners(), cleos.listeners()),
        (0, 1),
        "103 holds"
    );
    hold((office.cleo, cleo), false, &mut office);
    hold((office.anna, anna), true, &mut office);
    assert_eq!(
        (companys.listeners(), cleos.listeners()),
        (1, 0),
        "101 holds"
    );
    office.hang_up(office.anna, anna);
}

#[test]
fn a_programme_that_cannot_be_heard_leaves_it_to_the_companys_sound() {
    let mut setup = Setup::ordinary(7);
    let sound = Office::with(setup.clone()).alpha.music();
    setup.music = vec![(sound, Arc::new(melody(WALTZ)))];
    let mut office = Office::with(setup);
    office.alpha.music();
    office.alpha.programme();
    office.world.add(&office.alpha);
    office.register_all();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    hold((office.anna, anna), true, &mut office);
    assert!(waltz((office.bert, bert), &mut office) >= 45);
    office.hang_up(office.anna, anna);
}

#[test]
fn a_programme_is_listened_to_again_after_a_restart() {
    let (mut office, air, _) = with_programmes();
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    hold((office.anna, anna), true, &mut office);
    office.world.run(SECOND * 10);
    office.world.kill();
    office.world.run(SECOND * 2);
    assert_eq!(air.listeners(), 0);
    office.world.restart();
    office.world.run(SECOND * 2);
    assert_eq!(air.listeners(), 1);
    office.hang_up(office.anna, anna);
}
