//! After a crash: what the journal tells becomes records.

use crate::recorder::name_last_tried;
use domain::{Cdr, CdrLeg, LegDirection, TransferNote};
use ids::{CallId, CdrId};
use machine::WallTime;
use ports::{JournalRecord, Mark};
use std::collections::{BTreeMap, BTreeSet};

/// Folds a journal into the records it owes the store: those that were closed, and those of calls
/// that died with the process, ended by the exchange's fault at `died`, when the process was last
/// seen alive, or at the last thing known of them if that was later. Calls in `alive` outlived the
/// process and will close their own records.
#[must_use]
pub fn recover(
    journal: impl IntoIterator<Item = JournalRecord>,
    alive: &BTreeSet<CallId>,
    died: WallTime,
) -> Vec<Cdr> {
    let mut open: BTreeMap<CdrId, Cdr> = BTreeMap::new();
    let mut closed: BTreeMap<CdrId, Cdr> = BTreeMap::new();
    for record in journal {
        match record {
            JournalRecord::Opened(cdr) => {
                open.entry(cdr.id).or_insert(*cdr);
            }
            JournalRecord::Progress { cdr, mark, .. } => {
                if let Some(cdr) = open.get_mut(&cdr) {
                    apply(cdr, mark);
                }
            }
            JournalRecord::Closed(cdr) => {
                closed.entry(cdr.id).or_insert(*cdr);
            }
        }
    }
    let cut_short = open
        .into_values()
        .filter(|cdr| !alive.contains(&cdr.call) && !closed.contains_key(&cdr.id))
        .map(|cdr| complete(cdr, died))
        .collect::<Vec<Cdr>>();
    closed.into_values().chain(cut_short).collect()
}

/// The record of a call that was cut short.
fn complete(mut cdr: Cdr, died: WallTime) -> Cdr {
    let ended = died.max(last_heard(&cdr));
    cdr.recovered = true;
    cdr.ended = ended;
    for leg in &mut cdr.legs {
        leg.ended.get_or_insert(ended);
    }
    name_last_tried(&mut cdr);
    cdr
}

fn last_heard(cdr: &Cdr) -> WallTime {
    let legs = cdr.legs.iter();
    let of_legs = legs.flat_map(|leg| [Some(leg.started), leg.answered_at, leg.ended]);
    let transfers = cdr.moves.transfers.iter().map(|note| Some(note.at));
    let diversions = cdr.moves.diversions.iter().map(|note| Some(note.at));
    [cdr.ringing_at, cdr.answered_at]
        .into_iter()
        .chain(of_legs)
        .chain(transfers)
        .chain(diversions)
        .flatten()
        .fold(cdr.started, WallTime::max)
}

fn apply(cdr: &mut Cdr, mark: Mark) {
    match mark {
        Mark::Ringing { at } => {
            cdr.ringing_at.get_or_insert(at);
        }
        Mark::Answered { at } => {
            cdr.answered_at.get_or_insert(at);
        }
        Mark::Leg { index, leg } => set_leg(cdr, usize::from(index), *leg),
        Mark::Diverted(note) => cdr.moves.diversions.push(note),
        Mark::Transfer(note) => note_transfer(cdr, note),
    }
}

fn set_leg(cdr: &mut Cdr, index: usize, leg: CdrLeg) {
    let answers = leg.direction == LegDirection::Outgoing && leg.answered_at.is_some();
    if answers && cdr.destination.is_none() {
        cdr.destination = Some(leg.party.clone());
    }
    if index == cdr.legs.len() {
        cdr.legs.push(leg);
    } else if let Some(known) = cdr.legs.get_mut(index) {
        *known = leg;
    }
}

/// A transfer is noted when it is asked for, and again when it has come about.
fn note_transfer(cdr: &mut Cdr, note: TransferNote) {
    match cdr.moves.transfers.last_mut() {
        Some(last) if last.at == note.at && last.to == note.to => *last = note,
        Some(_) | None => cdr.moves.transfers.push(note),
    }
}
