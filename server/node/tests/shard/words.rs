//! What the exchange says: the clock, one's own number, announcements of companies.

use crate::office::{Office, SECOND};
use domain::{AnnouncementRule, Destination, Language};
use node::Wording;
use phrases::{Date, Part, Phrase, Standing, Time};
use std::sync::Arc;
use testkit::{LineId, PhoneId, Setup, melody};

/// What is said.
const WORDS: &str = "voice/alpha/words";

/// Packets of the words that a line hears while the world goes on for some seconds.
fn words((phone, line): (PhoneId, LineId), seconds: u32, office: &mut Office) -> u64 {
    let count = |office: &Office| {
        let heard = &office.line(phone, line).heard;
        heard.tokens.get(WORDS).copied().unwrap_or(0)
    };
    let before = count(office);
    office.world.run(SECOND * seconds);
    count(office) - before
}

/// An office whose voice can say this and nothing else.
fn office(wording: Wording) -> Office {
    let mut setup = Setup::ordinary(11);
    setup.sayings = vec![(wording, Arc::new(melody(WORDS)))];
    Office::with(setup)
}

fn number(language: Language, number: &str) -> Wording {
    let parts = vec![
        Part::Standing(Standing::Extension),
        Part::Digits(number.to_owned()),
    ];
    Wording::Phrase(language, Phrase(parts))
}

#[test]
fn who_calls_star_65_is_told_its_own_number_again_and_again() {
    let mut office = office(number(Language::En, "101"));
    let anna = office.call(office.anna, "*65");
    let first = words((office.anna, anna), 20, &mut office);
    let second = words((office.anna, anna), 20, &mut office);
    // two packets every two seconds
    assert!(
        first >= 16 && second >= 16,
        "{first} and {second} packets of words"
    );
    office.hang_up(office.anna, anna);
    office.record();
    let silence = words((office.anna, anna), 20, &mut office);
    assert_eq!(silence, 0, "nothing is said to who has gone");
}

#[test]
fn it_is_told_in_the_language_of_its_company() {
    let mut office = office(number(Language::Fr, "101"));
    office.alpha.parts.tenant.spec.language = Language::Fr;
    office.world.add(&office.alpha);
    let anna = office.call(office.anna, "*65");
    assert!(words((office.anna, anna), 5, &mut office) >= 4);
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn it_is_told_in_the_language_of_its_extension_where_that_has_one() {
    let mut office = office(number(Language::De, "101"));
    office.alpha.parts.tenant.spec.language = Language::Fr;
    for extension in &mut office.alpha.parts.extensions {
        let own = extension.spec.number == "101";
        extension.spec.language = own.then_some(Language::De);
    }
    office.world.add(&office.alpha);
    let anna = office.call(office.anna, "*65");
    assert!(words((office.anna, anna), 5, &mut office) >= 4);
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_caller_that_leaves_the_offer_to_us_hears_it_too() {
    let mut office = office(number(Language::En, "101"));
    office.manner(office.anna, |manner| manner.late = true);
    let anna = office.call(office.anna, "*65");
    assert!(words((office.anna, anna), 5, &mut office) >= 4);
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn the_clock_shows_the_time_of_the_companys_zone() {
    // the world begins on 2025-10-09 at 08:53:20 by universal time
    let date = Date::new(2025, 10, 9).unwrap();
    let time = Time::new(10, 53).unwrap();
    let parts = vec![Part::Date(date), Part::Time(time)];
    let mut office = office(Wording::Phrase(Language::En, Phrase(parts)));
    office.alpha.parts.tenant.spec.time_zone = "Europe/Berlin".to_owned();
    office.world.add(&office.alpha);
    let anna = office.call(office.anna, "*60");
    let said = words((office.anna, anna), 5, &mut office);
    assert_eq!(said, 2, "once, and then there is a pause of ten seconds");
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn where_nobody_can_say_it_the_exchanges_own_announcement_is_heard() {
    let mut office = Office::open();
    let anna = office.call(office.anna, "*60");
    office.world.run(SECOND * 5);
    let heard = office.line(office.anna, anna).heard.other;
    assert!(heard > 200, "fifty packets a second, {heard} heard");
    office.hang_up(office.anna, anna);
    office.record();
}

/// An office that has an announcement of its own at 600.
fn announcing(wording: Wording, rule: AnnouncementRule) -> Office {
    let mut office = office(wording);
    office.alpha.extension("600", Destination::Announcement);
    let all = office.alpha.parts.extensions.iter_mut();
    for extension in all.filter(|one| one.spec.number == "600") {
        extension.spec.announcement = rule.clone();
    }
    office.world.add(&office.alpha);
    office
}

#[test]
fn an_announcement_says_what_its_company_has_written() {
    let text = "We are closed today.".to_owned();
    let rule = AnnouncementRule {
        text: Some(text.clone()),
        ..AnnouncementRule::default()
    };
    let mut office = announcing(Wording::Text(Language::En, text), rule);
    let anna = office.call(office.anna, "600");
    assert!(words((office.anna, anna), 5, &mut office) >= 4);
    assert!(office.line(office.anna, anna).is_talking());
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn an_announcement_that_is_heard_once_ends_the_call() {
    let rule = AnnouncementRule {
        sound: Some("closed".to_owned()),
        again: false,
        ..AnnouncementRule::default()
    };
    let mut office = announcing(Wording::Sound("closed".to_owned()), rule);
    let anna = office.call(office.anna, "600");
    assert_eq!(words((office.anna, anna), 60, &mut office), 2, "once");
    assert!(!office.line(office.anna, anna).is_talking());
    office.record();
}

#[test]
fn what_is_said_goes_on_after_a_restart() {
    let mut office = office(number(Language::En, "101"));
    let anna = office.call(office.anna, "*65");
    assert!(words((office.anna, anna), 5, &mut office) >= 4);
    office.world.run(SECOND * 10);
    office.world.kill();
    office.world.run(SECOND * 2);
    office.world.restart();
    assert!(words((office.anna, anna), 10, &mut office) >= 4);
    office.hang_up(office.anna, anna);
    office.record();
}
