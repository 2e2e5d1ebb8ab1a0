//! After a crash: what the journal tells becomes records.

use domain::Cdr;
use ids::{CallId, CdrId};
use machine::WallTime;
use ports::{JournalRecord, Mark};
use std::collections::{BTreeMap, BTreeSet};

/// Folds a journal into the records it owes the store: those that were closed, and those of calls
/// that died with the process, ended at `now` by the exchange's fault. Calls in `alive` outlived
/// the process and will close their own records.
#[must_use]
pub fn recover(
    journal: impl IntoIterator<Item = JournalRecord>,
    alive: &BTreeSet<CallId>,
    now: WallTime,
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
                open.remove(&cdr.id);
                closed.entry(cdr.id).or_insert(*cdr);
            }
        }
    }
    let died = open
        .into_values()
        .filter(|cdr| !alive.contains(&cdr.call))
        .filter_map(|mut cdr| {
            if closed.contains_key(&cdr.id) {
                return None;
            }
            cdr.recovered = true;
            cdr.ended = now;
            for leg in &mut cdr.legs {
                leg.ended.get_or_insert(now);
            }
            Some(cdr)
        });
    let died: Vec<Cdr> = died.collect();
    closed.into_values().chain(died).collect()
}

fn apply(cdr: &mut Cdr, mark: Mark) {
    match mark {
        Mark::Ringing { at } => {
            cdr.ringing_at.get_or_insert(at);
        }
        Mark::Answered { at } => {
            cdr.answered_at.get_or_insert(at);
        }
        Mark::Leg { index, leg } => {
            let index = usize::from(index);
            if index == cdr.legs.len() {
                cdr.legs.push(*leg);
            } else if let Some(known) = cdr.legs.get_mut(index) {
                *known = *leg;
            }
        }
        Mark::Transfer(note) => cdr.transfers.push(note),
    }
}
