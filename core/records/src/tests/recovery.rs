//! After a crash at any moment every call has exactly one record.

use super::scene::{Scene, at, ring, talk};
use crate::{Recorder, recover};
use call::LegFact;
use domain::{Cdr, Fault};
use ids::{CallId, CdrId};
use machine::{Clock, WallTime};
use ports::{Journal, JournalRecord, Mark};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const NOBODY: BTreeSet<CallId> = BTreeSet::new();

/// Several calls of different fates, and the journal they leave, interleaved.
fn busy_hour() -> (BTreeMap<CdrId, Cdr>, Vec<JournalRecord>) {
    let mut talks = talk(1);
    talks.after(SECOND).leg_does(0, LegFact::Ended);
    let mut busy = Scene::begin(2, vec![ring(&["102"])]);
    busy.refuses(1, 486);
    let mut sent_on = talk(3);
    sent_on.after(SECOND).sends_on(1, "103").rings(2).answers(2);
    sent_on.after(SECOND).leg_does(0, LegFact::Ended);
    let mut refused = talk(4);
    refused.after(SECOND).sends_on(1, "103").refuses(2, 486);
    refused.after(SECOND).sends_on(1, "104").rings(2).answers(3);
    refused.leg_does(3, LegFact::Ended);
    let (mut records, mut journals) = (BTreeMap::new(), Vec::new());
    for scene in [talks, busy, sent_on, refused] {
        let (cdr, journal) = scene.close();
        records.insert(cdr.id, cdr);
        journals.push(journal.into_iter().peekable());
    }
    let mut journal = Vec::new();
    while journals.iter_mut().any(|rest| rest.peek().is_some()) {
        journal.extend(journals.iter_mut().filter_map(Iterator::next));
    }
    (records, journal)
}

#[test]
fn at_every_prefix_of_the_journal_each_call_has_exactly_one_record() {
    let (records, journal) = busy_hour();
    for cut in 0..=journal.len() {
        let prefix = &journal[..cut];
        let begun: BTreeSet<CdrId> = prefix.iter().map(JournalRecord::cdr_id).collect();
        let recovered = recover(prefix.to_vec(), &NOBODY, at(60_000));
        let ids: Vec<CdrId> = recovered.iter().map(|cdr| cdr.id).collect();
        assert_eq!(ids.len(), begun.len(), "cut at {cut}");
        assert_eq!(
            ids.into_iter().collect::<BTreeSet<_>>(),
            begun,
            "cut at {cut}"
        );
        for cdr in recovered {
            let closed = prefix.contains(&JournalRecord::Closed(Box::new(cdr.clone())));
            assert_ne!(cdr.recovered, closed, "cut at {cut}: {cdr:#?}");
            let whole = &records[&cdr.id];
            if closed {
                assert_eq!(&cdr, whole);
            } else {
                cut_short(&cdr, whole);
            }
        }
    }
}

/// A record completed from the journal says nothing that the whole one does not.
fn cut_short(cdr: &Cdr, whole: &Cdr) {
    assert_eq!((cdr.end.cause, cdr.end.by), (41, Fault::Exchange));
    assert_eq!(cdr.ended, at(60_000));
    let known = |mine: Option<WallTime>, theirs| mine.is_none() || mine == theirs;
    assert!(known(cdr.ringing_at, whole.ringing_at));
    assert!(known(cdr.answered_at, whole.answered_at));
    assert!(cdr.legs.iter().all(|leg| leg.ended.is_some()));
    for (leg, theirs) in cdr.legs.iter().zip(&whole.legs) {
        assert_eq!(leg.party, theirs.party);
    }
    for (note, theirs) in cdr.moves.transfers.iter().zip(&whole.moves.transfers) {
        assert_eq!((&note.to, note.at), (&theirs.to, theirs.at));
        assert!(!note.succeeded || theirs.succeeded);
    }
    assert!(cdr.moves.transfers.len() <= whole.moves.transfers.len());
}

#[test]
fn a_call_that_was_cut_short_tells_who_had_answered_and_when() {
    let scene = talk(1);
    let [cdr] = recover(scene.journal.0, &NOBODY, at(5_000))
        .try_into()
        .unwrap();
    assert!(cdr.recovered);
    assert_eq!(cdr.ringing_at, Some(at(1_100)));
    assert_eq!(cdr.answered_at, Some(at(3_000)));
    assert_eq!(cdr.talk_ms(), 2_000);
    assert_eq!(
        cdr.destination.map(|party| party.number).as_deref(),
        Some("102")
    );
    assert_eq!(cdr.legs[1].answered_at, Some(at(3_000)));
    assert_eq!(cdr.end.reason, "the exchange stopped during the call");
}

#[test]
fn a_transfer_that_had_come_about_is_noted_once() {
    let mut scene = talk(1);
    scene.after(SECOND).sends_on(1, "103").rings(2).answers(2);
    let [cdr] = recover(scene.journal.0, &NOBODY, at(9_000))
        .try_into()
        .unwrap();
    assert_eq!(cdr.moves.transfers.len(), 1);
    assert!(cdr.moves.transfers[0].succeeded);
    assert_eq!(cdr.legs.len(), 3, "the new party is named");
    assert_eq!(cdr.legs[2].party.number, "103");
}

#[test]
fn a_call_never_ends_before_the_last_thing_known_of_it() {
    let scene = talk(1);
    let [cdr] = recover(scene.journal.0, &NOBODY, at(2_000))
        .try_into()
        .unwrap();
    assert_eq!(
        cdr.ended,
        at(3_000),
        "it was answered after the last sign of life"
    );
}

#[test]
fn a_call_that_only_rang_names_whom_it_was_tried_with() {
    let mut scene = Scene::begin(1, vec![ring(&["102"])]);
    scene.rings(1);
    let [cdr] = recover(scene.journal.0, &NOBODY, at(2_000))
        .try_into()
        .unwrap();
    assert_eq!((cdr.answered_at, cdr.talk_ms()), (None, 0));
    assert_eq!(cdr.ringing_at, Some(at(1_000)));
    assert_eq!(
        cdr.destination.map(|party| party.number).as_deref(),
        Some("102")
    );
}

#[test]
fn a_call_that_outlived_the_process_closes_its_own_record() {
    let scene = talk(1);
    let alive = BTreeSet::from([scene.call.id()]);
    let mut journal = scene.journal;
    assert_eq!(recover(journal.0.clone(), &alive, at(5_000)), []);
    // The next life goes on with the record as it stood, and ends the call.
    let mut call = scene.call;
    let mut recorder = Recorder::resume(scene.recorder.cdr().clone());
    let mut out = Vec::new();
    let end = call::Input::HangUp(call::HangUp::Drain);
    call.handle(end, machine::Instant::from_secs(8), &mut out);
    for output in out {
        if let call::Output::Event(event) = output {
            let _news = recorder.event(&event, &Clock::new(at(0)), &mut journal);
        }
    }
    recorder.settle(&mut journal);
    let closed = recorder.close(&mut journal);
    assert!(!closed.recovered);
    assert_eq!(closed.talk_ms(), 5_000);
    let again = recover(journal.0, &NOBODY, at(9_000));
    assert_eq!(again, [closed], "and it is the only one");
}

#[test]
fn the_same_journal_read_twice_owes_the_same_records() {
    let (_, journal) = busy_hour();
    let once = recover(journal.clone(), &NOBODY, at(60_000));
    let twice: Vec<_> = journal.iter().chain(&journal).cloned().collect();
    assert_eq!(recover(twice, &NOBODY, at(60_000)), once);
}

#[test]
fn progress_of_a_call_whose_beginning_is_not_known_owes_nothing() {
    let scene = talk(1);
    let late: Vec<_> = scene.journal.0[1..].to_vec();
    assert!(!late.is_empty());
    assert_eq!(recover(late, &NOBODY, at(5_000)), []);
}

#[test]
fn every_mark_changes_what_it_says_and_nothing_else() {
    let scene = talk(1);
    let (id, call, tenant) = {
        let cdr = scene.recorder.cdr();
        (cdr.id, cdr.call, cdr.tenant)
    };
    let mut journal = scene.journal;
    let before = recover(journal.0.clone(), &NOBODY, at(5_000));
    let leg = before[0].legs[0].clone();
    for mark in [
        Mark::Ringing { at: at(4_000) },
        Mark::Answered { at: at(4_000) },
        Mark::Leg {
            index: 9,
            leg: Box::new(leg),
        },
    ] {
        journal.append(&JournalRecord::Progress {
            call,
            cdr: id,
            tenant,
            mark,
        });
    }
    let after = recover(journal.0, &NOBODY, at(5_000));
    assert_eq!(
        after, before,
        "first times stay, and a leg without a place has none"
    );
}
