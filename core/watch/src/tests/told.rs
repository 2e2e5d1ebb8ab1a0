//! What is news, and how the end of a line is told.

use crate::Picture;
use crate::told::Told;
use event_package::{DialogLine, DialogState, RegContact, Side};

fn picture(states: &[(&str, DialogState)]) -> Picture {
    let line = |(id, state): &(&str, DialogState)| DialogLine {
        id: (*id).to_owned(),
        dialog: None,
        side: Side::Initiator,
        state: *state,
        remote: None,
        holds: false,
    };
    Picture::Lines {
        entity: "sip:101@example.com".into(),
        display: String::new(),
        lines: states.iter().map(line).collect(),
        partial: false,
    }
}

/// The same, for who wants to be told of those alone that have changed.
fn partial(states: &[(&str, DialogState)]) -> Picture {
    let Picture::Lines {
        entity,
        display,
        lines,
        ..
    } = picture(states)
    else {
        panic!("lines");
    };
    Picture::Lines {
        entity,
        display,
        lines,
        partial: true,
    }
}

fn text(told: &mut Told, picture: Picture, anew: bool) -> Option<String> {
    let document = told.news(picture, anew)?;
    Some(String::from_utf8(document.bytes.to_vec()).unwrap())
}

#[test]
fn the_same_again_is_no_news_unless_it_is_asked_for() {
    let mut told = Told::default();
    let early = || picture(&[("a", DialogState::Early)]);
    assert!(text(&mut told, early(), false).is_some());
    assert!(text(&mut told, early(), false).is_none());
    let again = text(&mut told, early(), true).unwrap();
    assert!(again.contains("version=\"1\""), "{again}");
}

#[test]
fn a_line_that_is_gone_is_told_once_as_terminated() {
    let mut told = Told::default();
    let two = picture(&[("a", DialogState::Early), ("b", DialogState::Confirmed)]);
    text(&mut told, two, false);
    let one = picture(&[("b", DialogState::Confirmed)]);
    let after = text(&mut told, one.clone(), false).unwrap();
    assert_eq!(after.matches("<state>terminated</state>").count(), 1);
    assert!(after.contains("<state>confirmed</state>"));
    let again = text(&mut told, one, true).unwrap();
    assert!(!again.contains("terminated"), "{again}");
}

// rfc: 4235 §4.1
#[test]
fn who_wants_what_has_changed_is_told_all_at_first_and_whenever_it_asks() {
    let mut told = Told::default();
    let rings = [("a", DialogState::Confirmed), ("b", DialogState::Early)];
    let first = text(&mut told, partial(&rings), false).unwrap();
    assert!(first.contains("version=\"0\" state=\"full\""), "{first}");
    let talks = [("a", DialogState::Confirmed), ("b", DialogState::Confirmed)];
    let second = text(&mut told, partial(&talks), false).unwrap();
    assert!(
        second.contains("version=\"1\" state=\"partial\""),
        "{second}"
    );
    assert!(second.contains("id=\"b\"") && !second.contains("id=\"a\""));
    let ended = [("a", DialogState::Confirmed)];
    let third = text(&mut told, partial(&ended), false).unwrap();
    assert!(third.contains("version=\"2\""), "{third}");
    assert!(third.contains("<state>terminated</state>") && !third.contains("id=\"a\""));
    let again = text(&mut told, partial(&ended), true).unwrap();
    assert!(again.contains("version=\"3\" state=\"full\""), "{again}");
    assert!(again.contains("id=\"a\"") && !again.contains("terminated"));
}

#[test]
fn lines_in_another_order_are_no_news_to_who_wants_what_has_changed() {
    let mut told = Told::default();
    let lines = |ids: [&str; 2]| partial(&ids.map(|id| (id, DialogState::Confirmed)));
    text(&mut told, lines(["a", "b"]), false).unwrap();
    assert_eq!(text(&mut told, lines(["b", "a"]), false), None);
    assert_eq!(told.version, 1, "nothing was counted");
}

#[test]
fn seconds_that_pass_are_no_news_of_a_registration() {
    let mut told = Told::default();
    let contacts = |expires| Picture::Contacts {
        aor: "sip:101@example.com".into(),
        contacts: vec![RegContact {
            id: "one".into(),
            uri: "sip:101@192.0.2.9".into(),
            expires,
            q: 1000,
        }],
    };
    assert!(text(&mut told, contacts(60), false).is_some());
    assert!(text(&mut told, contacts(59), false).is_none());
}
