//! Recordings: which calls are recorded, who is heard there and on which side, and for how long.

use crate::office::{Office, SECOND};
use domain::{Language, NoticeTo, RecordedCalls, RecordedSides, RecordingNotice};
use ids::{RecordingId, TenantId};
use media::{Prompt, Side};
use node::{Answer, Ask, Beginning, Wording};
use phrases::{Part, Phrase, Standing};
use ports::{LiveError, RecordingWish};
use std::sync::Arc;
use testkit::{LineId, PhoneId, Setup, Tapes};

/// An office in which calls of some of alpha's extensions are recorded.
fn recorded(numbers: &[&str], calls: RecordedCalls) -> Office {
    let mut office = Office::open();
    for extension in &mut office.alpha.parts.extensions {
        if numbers.contains(&extension.spec.number.as_str()) {
            extension.spec.recording.calls = calls;
        }
    }
    office.world.add(&office.alpha);
    office
}

fn tapes(office: &Office) -> &Tapes {
    office.world.tapes()
}

/// The only recording there is.
fn only(office: &Office) -> Beginning {
    let all = &tapes(office).beginnings;
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].clone()
}

/// Packets of a line's voice on a side of a recording.
fn on_tape(office: &Office, id: RecordingId, side: Side, at: (PhoneId, LineId)) -> u64 {
    let canary = office.world.phones[at.0.0].canary(at.1);
    let heard = tapes(office).heard(id, side);
    heard.get(&canary).copied().unwrap_or(0)
}

#[test]
fn who_calls_is_heard_on_the_left_and_who_is_called_on_the_right() {
    let mut office = recorded(&["101"], RecordedCalls::All);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office.world.run(SECOND * 5);
    let tape = only(&office);
    assert_eq!((&*tape.caller, &*tape.called), ("101", "102"));
    assert_eq!(tape.tenant, office.alpha.id());
    let (at_anna, at_bert) = ((office.anna, anna), (office.bert, bert));
    assert!(on_tape(&office, tape.id, Side::Left, at_anna) >= 2);
    assert!(on_tape(&office, tape.id, Side::Right, at_bert) >= 2);
    assert_eq!(tapes(&office).heard(tape.id, Side::Left).len(), 1);
    assert_eq!(tapes(&office).heard(tape.id, Side::Right).len(), 1);
    office.hang_up(office.anna, anna);
    assert_eq!(tapes(&office).ended, [tape.id]);
    let record = office.record();
    let why = record
        .explanation
        .iter()
        .find(|why| why.rule == "record.extension");
    let because = &why.expect("the record says why").because;
    assert_eq!(because, "calls of extension 101 are recorded");
}

#[test]
fn of_a_side_that_is_not_kept_nothing_is_heard() {
    for (sides, left, right) in [
        (RecordedSides::Stereo, true, true),
        (RecordedSides::Both, true, true),
        (RecordedSides::Caller, true, false),
        (RecordedSides::Called, false, true),
    ] {
        let mut office = recorded(&["102"], RecordedCalls::All);
        for extension in &mut office.alpha.parts.extensions {
            extension.spec.recording.sides = sides;
        }
        office.world.add(&office.alpha);
        let (anna, bert) = office.talk(office.anna, office.bert, "102");
        office.world.run(SECOND * 5);
        let tape = only(&office);
        assert_eq!(tape.sides, sides);
        let at_left = on_tape(&office, tape.id, Side::Left, (office.anna, anna));
        let at_right = on_tape(&office, tape.id, Side::Right, (office.bert, bert));
        assert_eq!((at_left >= 2, at_right >= 2), (left, right), "{sides:?}");
        assert_eq!((at_left > 0, at_right > 0), (left, right), "{sides:?}");
        office.hang_up(office.anna, anna);
        office.record();
    }
}

#[test]
fn who_asks_for_a_recording_says_whose_voice_is_kept() {
    let mut office = Office::open();
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    let alpha = office.alpha.id();
    let asked = RecordingWish::On(Some(RecordedSides::Called));
    wish(&mut office, alpha, asked).unwrap();
    assert_eq!(only(&office).sides, RecordedSides::Called);
    let shown = office.live_calls(&office.alpha.clone())[0].recording;
    assert!(shown.is_some_and(|one| one.sides == RecordedSides::Called));
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_call_is_recorded_for_whoever_is_called_too() {
    let mut office = recorded(&["102"], RecordedCalls::All);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    only(&office);
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn nobody_elses_calls_are_recorded() {
    let mut office = recorded(&["103"], RecordedCalls::All);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    let (dora, _) = office.talk(office.dora, office.emil, "102");
    office.hang_up(office.anna, anna);
    office.hang_up(office.dora, dora);
    assert!(tapes(&office).beginnings.is_empty());
    assert_eq!(office.settled_records().len(), 2);
}

#[test]
fn calls_within_the_company_are_none_that_come_or_go_by_a_trunk() {
    let mut office = recorded(&["101", "102"], RecordedCalls::External);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    assert!(tapes(&office).beginnings.is_empty());
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_call_that_is_not_answered_is_not_recorded() {
    let mut office = recorded(&["101"], RecordedCalls::All);
    let anna = office.call(office.anna, "102");
    office.rung(office.bert);
    office.world.run(SECOND * 3);
    office.hang_up(office.anna, anna);
    assert!(tapes(&office).beginnings.is_empty());
    office.record();
}

#[test]
fn what_is_said_while_on_hold_is_not_recorded() {
    let mut office = recorded(&["101"], RecordedCalls::All);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let tape = only(&office);
    let hold = |office: &mut Office, held| {
        let phone = office.anna;
        office
            .world
            .with(phone, |phone, now| phone.hold(anna, held, now));
        office.world.run(SECOND);
    };
    hold(&mut office, true);
    let before = on_tape(&office, tape.id, Side::Right, (office.bert, bert));
    office.world.run(SECOND * 5);
    let held = on_tape(&office, tape.id, Side::Right, (office.bert, bert));
    assert_eq!(before, held);
    hold(&mut office, false);
    office.world.run(SECOND * 5);
    let after = on_tape(&office, tape.id, Side::Right, (office.bert, bert));
    assert!(after >= held + 2);
    only(&office);
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_recording_goes_on_with_whoever_the_call_is_sent_to() {
    let mut office = recorded(&["101"], RecordedCalls::All);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office
        .world
        .with(office.bert, |phone, now| phone.transfer(bert, "103", now));
    let cleo = office.rung(office.cleo);
    office.answer(office.cleo, cleo);
    office.world.run(SECOND * 5);
    let tape = only(&office);
    assert!(on_tape(&office, tape.id, Side::Left, (office.anna, anna)) >= 2);
    assert!(on_tape(&office, tape.id, Side::Right, (office.cleo, cleo)) >= 2);
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_call_taken_into_another_is_heard_in_that_ones_recording_alone() {
    let mut office = recorded(&["101", "103"], RecordedCalls::All);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office
        .world
        .with(office.anna, |phone, now| phone.hold(anna, true, now));
    office.world.run(SECOND);
    let (asking, cleo) = office.talk(office.anna, office.cleo, "103");
    let asked = office.world.with(office.anna, |phone, now| {
        phone.transfer_attended(anna, asking, now)
    });
    assert!(asked);
    office.world.run(SECOND * 5);
    let (first, second) = {
        let all = &tapes(&office).beginnings;
        assert_eq!(all.len(), 2, "{all:?}");
        (all[0].id, all[1].id)
    };
    assert_eq!(tapes(&office).ended, [second], "the asking has ended");
    let on_both = |office: &Office, id| {
        let at_cleo = (office.cleo, cleo);
        let sides = [Side::Left, Side::Right];
        let heard = sides.map(|side| on_tape(office, id, side, at_cleo));
        heard.iter().sum::<u64>()
    };
    let (in_first, in_second) = (on_both(&office, first), on_both(&office, second));
    assert!(in_first >= 2, "{in_first}");
    office.world.run(SECOND * 5);
    assert!(on_both(&office, first) >= in_first + 2);
    assert_eq!(on_both(&office, second), in_second);
    office.hang_up(office.bert, bert);
    assert_eq!(tapes(&office).ended, [second, first]);
    assert_eq!(office.settled_records().len(), 2);
}

#[test]
fn a_recording_goes_on_after_a_restart() {
    let mut office = recorded(&["101"], RecordedCalls::All);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let id = only(&office).id;
    office.world.run(SECOND * 10);
    office.world.kill();
    let before = on_tape(&office, id, Side::Right, (office.bert, bert));
    office.world.run(SECOND * 2);
    office.world.restart();
    office.world.run(SECOND * 6);
    let all = &tapes(&office).beginnings;
    assert_eq!(all.len(), 2);
    assert_eq!(all[1].id, id);
    assert!(!all[0].resumed && all[1].resumed);
    let after = on_tape(&office, id, Side::Right, (office.bert, bert));
    assert!(after >= before + 2, "{before} {after}");
    office.hang_up(office.anna, anna);
    assert_eq!(tapes(&office).ended, [id]);
    let record = office.record();
    let whys = record.explanation.iter();
    let count = whys.filter(|why| why.rule == "record.extension").count();
    assert_eq!(count, 1, "it is explained once");
}

#[test]
fn what_was_paused_is_so_after_a_restart_until_somebody_wishes_otherwise() {
    let mut office = recorded(&["101"], RecordedCalls::All);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let (alpha, id) = (office.alpha.id(), only(&office).id);
    wish(&mut office, alpha, RecordingWish::Paused).unwrap();
    office.world.run(SECOND * 10);
    let heard = |office: &Office| on_tape(office, id, Side::Right, (office.bert, bert));
    let before = heard(&office);
    office.world.kill();
    office.world.run(SECOND * 2);
    office.world.restart();
    office.world.run(SECOND * 6);
    assert_eq!(tapes(&office).beginnings.len(), 2, "it goes on");
    assert_eq!(heard(&office), before, "and what is said is nowhere");
    let shown = office.live_calls(&office.alpha.clone())[0].recording;
    assert!(shown.is_some_and(|recording| recording.paused));
    wish(&mut office, alpha, RecordingWish::On(None)).unwrap();
    office.world.run(SECOND * 6);
    assert!(heard(&office) >= before + 2);
    office.hang_up(office.anna, anna);
    assert_eq!(tapes(&office).ended, [id]);
    office.record();
}

#[test]
fn what_was_ended_on_somebodys_wish_does_not_begin_anew_after_a_restart() {
    let mut office = recorded(&["101"], RecordedCalls::All);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    let alpha = office.alpha.id();
    wish(&mut office, alpha, RecordingWish::Off).unwrap();
    office.world.run(SECOND * 10);
    office.world.kill();
    office.world.restart();
    office.world.run(SECOND * 6);
    assert_eq!(tapes(&office).ended, [only(&office).id]);
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_call_beyond_those_that_may_be_recorded_says_so_and_goes_on() {
    let mut setup = Setup::ordinary(7);
    setup.config.limits.recordings = 0;
    let mut office = Office::with(setup);
    for extension in &mut office.alpha.parts.extensions {
        extension.spec.recording.calls = RecordedCalls::All;
    }
    office.world.add(&office.alpha);
    office.register_all();
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    let shard = &office.world.exchange.as_ref().unwrap().shard;
    assert_eq!(shard.figures().heard.recordings.crowded, 1);
    office.hang_up(office.anna, anna);
    let record = office.record();
    let mut whys = record.explanation.iter();
    assert!(whys.any(|why| why.rule == "record.crowded"));
}

/// Asks for a call's recording as the API does.
fn wish(office: &mut Office, whose: TenantId, wish: RecordingWish) -> Result<(), LiveError> {
    let id = office.live_calls(&office.alpha.clone())[0].id;
    match office.world.ask(whose, Ask::Record(id, wish)) {
        Some(Answer::Recorded(_, done)) => done,
        other => panic!("no answer: {other:?}"),
    }
}

#[test]
fn a_call_is_recorded_paused_and_no_more_as_somebody_wishes() {
    let mut office = Office::open();
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let (alpha, at_bert) = (office.alpha.id(), (office.bert, bert));
    let paused = wish(&mut office, alpha, RecordingWish::Paused);
    assert_eq!(paused, Err(LiveError::NotNow), "there is nothing to pause");
    let heard = |office: &Office| on_tape(office, only(office).id, Side::Right, at_bert);
    for asked in [RecordingWish::On(None), RecordingWish::On(None)] {
        wish(&mut office, alpha, asked).unwrap();
    }
    office.world.run(SECOND * 5);
    let first = heard(&office);
    assert!(first >= 2);
    wish(&mut office, alpha, RecordingWish::Paused).unwrap();
    let shown = office.live_calls(&office.alpha.clone())[0].recording;
    assert!(shown.is_some_and(|recording| recording.paused));
    office.world.run(SECOND * 5);
    assert_eq!(heard(&office), first, "what is said meanwhile is nowhere");
    wish(&mut office, alpha, RecordingWish::On(None)).unwrap();
    office.world.run(SECOND * 5);
    assert!(heard(&office) >= first + 2);
    wish(&mut office, alpha, RecordingWish::Off).unwrap();
    assert_eq!(tapes(&office).ended, [only(&office).id]);
    assert_eq!(office.live_calls(&office.alpha.clone())[0].recording, None);
    let last = heard(&office);
    office.world.run(SECOND * 5);
    assert_eq!(heard(&office), last);
    office.hang_up(office.anna, anna);
    assert_eq!(tapes(&office).ended.len(), 1, "it ends once");
    office.record();
}

#[test]
fn a_stranger_has_no_call_recorded() {
    let mut office = Office::open();
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    let beta = office.beta.id();
    for asked in [
        RecordingWish::On(None),
        RecordingWish::Paused,
        RecordingWish::Off,
    ] {
        assert_eq!(wish(&mut office, beta, asked), Err(LiveError::NotFound));
    }
    assert!(tapes(&office).beginnings.is_empty());
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn what_was_ended_on_somebodys_wish_does_not_begin_anew_after_a_hold() {
    let mut office = recorded(&["101"], RecordedCalls::All);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    let alpha = office.alpha.id();
    wish(&mut office, alpha, RecordingWish::Off).unwrap();
    for held in [true, false] {
        let phone = office.anna;
        office
            .world
            .with(phone, |phone, now| phone.hold(anna, held, now));
        office.world.run(SECOND);
    }
    assert_eq!(tapes(&office).ended, [only(&office).id]);
    office.hang_up(office.anna, anna);
    office.record();
}

/// Presses a phone's key for recording.
fn press(office: &mut Office, (phone, line): (PhoneId, LineId), on: bool) {
    office
        .world
        .with(phone, |phone, now| phone.record(line, on, now));
    office.world.run(SECOND);
}

#[test]
fn a_phone_has_a_call_recorded_with_its_key_where_its_extension_may() {
    let mut office = Office::open();
    office.alpha.parts.extensions[0].spec.recording.by_phone = true;
    office.world.add(&office.alpha);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    let (at_anna, at_bert) = ((office.anna, anna), (office.bert, bert));
    press(&mut office, at_bert, true);
    assert!(tapes(&office).beginnings.is_empty(), "102 may not");
    press(&mut office, at_anna, true);
    let tape = only(&office);
    press(&mut office, at_bert, false);
    assert!(tapes(&office).ended.is_empty());
    press(&mut office, at_anna, false);
    assert_eq!(tapes(&office).ended, [tape.id]);
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_phone_does_not_end_what_is_recorded_without_being_asked() {
    let mut office = recorded(&["101"], RecordedCalls::All);
    office.alpha.parts.extensions[0].spec.recording.by_phone = true;
    office.world.add(&office.alpha);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    let at_anna = (office.anna, anna);
    press(&mut office, at_anna, false);
    assert!(tapes(&office).ended.is_empty());
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn both_sides_hear_a_tone_when_a_recording_begins_unless_nobody_wants_it() {
    for beep in [true, false] {
        let mut office = recorded(&["101"], RecordedCalls::All);
        for extension in &mut office.alpha.parts.extensions {
            extension.spec.recording.announce = match beep {
                true => RecordingNotice::Beep,
                false => RecordingNotice::None,
            };
        }
        office.world.add(&office.alpha);
        let (anna, bert) = office.talk(office.anna, office.bert, "102");
        office.world.run(SECOND * 3);
        for (phone, line) in [(office.anna, anna), (office.bert, bert)] {
            let tones = office.line(phone, line).heard.other;
            assert_eq!(tones > 0, beep, "{tones}");
        }
        assert!(office.both_hear((office.anna, anna), (office.bert, bert)));
        office.hang_up(office.anna, anna);
        office.record();
    }
}

/// What is said before a recording.
const WORDS: &str = "voice/alpha/recorded";

/// An office in which words are said before calls of 101 are recorded, by a voice that has them
/// or not.
fn in_words(language: Language, has_voice: bool) -> Office {
    let mut setup = Setup::ordinary(11);
    let phrase = Phrase(vec![Part::Standing(Standing::Recorded)]);
    if has_voice {
        let wording = Wording::Phrase(language, phrase);
        // a second of it
        let octets = format!("{WORDS:160}").repeat(50).into_bytes();
        let said = Prompt::encoded(octets.clone(), octets.clone(), octets);
        setup.sayings = vec![(wording, Arc::new(said))];
    }
    let mut office = Office::with(setup);
    office.alpha.parts.tenant.spec.language = language;
    let rule = &mut office.alpha.parts.extensions[0].spec.recording;
    rule.calls = RecordedCalls::All;
    rule.announce = RecordingNotice::Words;
    office.world.add(&office.alpha);
    office.register_all();
    office
}

fn words(office: &Office, (phone, line): (PhoneId, LineId)) -> u64 {
    let heard = &office.line(phone, line).heard;
    heard.tokens.get(WORDS).copied().unwrap_or(0)
}

#[test]
fn words_are_heard_by_both_before_anything_is_recorded() {
    let mut office = in_words(Language::It, true);
    let anna = office.call(office.anna, "102");
    let bert = office.rung(office.bert);
    office
        .world
        .with(office.bert, |phone, now| phone.answer(bert, now));
    let (at_anna, at_bert) = ((office.anna, anna), (office.bert, bert));
    let begun = |office: &Office| !tapes(office).beginnings.is_empty();
    let mut steps = 0;
    while words(&office, at_anna) + words(&office, at_bert) == 0 && steps < 200 {
        office.world.run(SECOND / 100);
        steps += 1;
    }
    assert!(!begun(&office), "they are heard first");
    office.world.run(SECOND * 3);
    assert!(words(&office, at_anna) >= 1 && words(&office, at_bert) >= 1);
    assert!(begun(&office), "and then it is recorded");
    assert!(office.both_hear(at_anna, at_bert));
    office.world.run(SECOND * 5);
    let tape = only(&office);
    assert!(on_tape(&office, tape.id, Side::Left, at_anna) >= 2);
    assert!(on_tape(&office, tape.id, Side::Right, at_bert) >= 2);
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn where_nobody_can_say_them_a_tone_is_heard_and_the_call_is_recorded() {
    let mut office = in_words(Language::En, false);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    office.world.run(SECOND * 3);
    for (phone, line) in [(office.anna, anna), (office.bert, bert)] {
        assert!(office.line(phone, line).heard.other > 0, "the tone");
    }
    only(&office);
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn who_hangs_up_while_words_are_heard_was_not_recorded() {
    let mut office = in_words(Language::En, true);
    let anna = office.call(office.anna, "102");
    let bert = office.rung(office.bert);
    office
        .world
        .with(office.bert, |phone, now| phone.answer(bert, now));
    office.world.run(SECOND / 2);
    office.hang_up(office.anna, anna);
    office.world.run(SECOND * 30);
    assert!(tapes(&office).beginnings.is_empty());
    office.record();
}

#[test]
fn words_and_tones_for_those_outside_are_heard_by_nobody_within_the_company() {
    let mut office = in_words(Language::En, true);
    let rule = &mut office.alpha.parts.extensions[0].spec.recording;
    rule.announce_to = NoticeTo::Outside;
    rule.beep_every = 10;
    office.world.add(&office.alpha);
    let (anna, bert) = office.talk(office.anna, office.bert, "102");
    only(&office);
    office.world.run(SECOND * 25);
    for at in [(office.anna, anna), (office.bert, bert)] {
        assert_eq!(words(&office, at), 0);
        assert_eq!(office.line(at.0, at.1).heard.other, 0);
    }
    office.hang_up(office.anna, anna);
    office.record();
}

#[test]
fn a_tone_is_heard_again_and_again_while_it_is_recorded_and_not_paused() {
    let mut office = recorded(&["101"], RecordedCalls::All);
    let rule = &mut office.alpha.parts.extensions[0].spec.recording;
    rule.announce = RecordingNotice::None;
    rule.beep_every = 10;
    let other = &mut office.alpha.parts.extensions[1].spec.recording;
    other.announce = RecordingNotice::None;
    office.world.add(&office.alpha);
    let (anna, _) = office.talk(office.anna, office.bert, "102");
    let tones = |office: &Office| office.line(office.anna, anna).heard.other;
    assert_eq!(tones(&office), 0);
    office.world.run(SECOND * 12);
    let first = tones(&office);
    assert!(first > 0);
    office.world.run(SECOND * 10);
    let second = tones(&office);
    assert!(second > first, "{first} {second}");
    let alpha = office.alpha.id();
    wish(&mut office, alpha, RecordingWish::Paused).unwrap();
    office.world.run(SECOND * 25);
    assert_eq!(tones(&office), second);
    wish(&mut office, alpha, RecordingWish::On(None)).unwrap();
    office.world.run(SECOND * 12);
    assert!(tones(&office) > second);
    office.hang_up(office.anna, anna);
    let after = tones(&office);
    office.world.run(SECOND * 25);
    assert_eq!(tones(&office), after);
    office.record();
}
