//! What moves when the lines of a call change.

use crate::{Line, LineName, Lines, Watched};
use event_package::{DialogState, Side};
use ids::{CallId, ExtensionId, TenantId};
use std::collections::BTreeSet;

fn watched(extension: u128) -> Watched {
    Watched {
        tenant: TenantId::new(1, 1),
        extension: ExtensionId::new(1, extension),
    }
}

fn line(call: u128, leg: u8, state: DialogState) -> Line {
    Line {
        name: LineName {
            call: CallId::new(1, call),
            leg,
        },
        side: Side::Recipient,
        state,
        holds: false,
        number: "101".into(),
        display: String::new(),
    }
}

fn set(lines: &mut Lines, call: u128, new: Vec<(Watched, Line)>) -> Vec<Watched> {
    let mut moved = BTreeSet::new();
    lines.set(CallId::new(1, call), new, &mut moved);
    moved.into_iter().collect()
}

#[test]
fn only_extensions_whose_lines_differ_have_moved() {
    let mut lines = Lines::default();
    let rings = vec![
        (watched(1), line(1, 0, DialogState::Early)),
        (watched(2), line(1, 1, DialogState::Early)),
    ];
    assert_eq!(set(&mut lines, 1, rings.clone()), [watched(1), watched(2)]);
    assert_eq!(set(&mut lines, 1, rings), []);
    let talks = vec![
        (watched(1), line(1, 0, DialogState::Early)),
        (watched(2), line(1, 1, DialogState::Confirmed)),
    ];
    assert_eq!(set(&mut lines, 1, talks), [watched(2)]);
}

#[test]
fn a_call_that_ends_leaves_the_lines_of_others_and_no_trace_of_its_own() {
    let mut lines = Lines::default();
    let one = vec![(watched(1), line(1, 0, DialogState::Confirmed))];
    let two = vec![(watched(1), line(2, 0, DialogState::Early))];
    set(&mut lines, 1, one);
    set(&mut lines, 2, two);
    assert_eq!(lines.of(watched(1)).len(), 2);
    assert_eq!(set(&mut lines, 1, Vec::new()), [watched(1)]);
    assert_eq!(lines.of(watched(1)).len(), 1);
    set(&mut lines, 2, Vec::new());
    assert_eq!(lines.busy(), 0);
    assert_eq!(set(&mut lines, 2, Vec::new()), [], "it is gone already");
}
