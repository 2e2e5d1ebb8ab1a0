//! Every call leaves exactly one record, and no company has more calls than it may.

use super::Failure;
use crate::scene::{Firm, Scene, now};
use domain::Cdr;
use machine::{Instant, WallTime};
use ports::{CdrQuery, Store};
use std::collections::{BTreeMap, BTreeSet};
use tenancy::TenantScope;
use testkit::{Line, Told};

/// Statuses that say that a call was begun and came to nothing.
const COUNTED: [u16; 8] = [404, 480, 486, 487, 600, 603, 604, 606];

pub(super) fn judge(scene: &mut Scene) -> Result<(), Failure> {
    if let Some((one, other)) = scene.world.twice.first() {
        let what = format!("one record twice, with different contents: {one:#?} {other:#?}");
        return Err(Failure::new("every call has exactly one record", what));
    }
    scene.archive()?;
    for index in 0..scene.firms.len() {
        let records = stored(scene, index)?;
        let firm = &scene.firms[index];
        one_per_call(&records)?;
        one_per_line(scene, firm, &records)?;
        caps(firm, &records)?;
    }
    Ok(())
}

/// What the store gives back, page by page.
pub(super) fn stored(scene: &Scene, firm: usize) -> Result<Vec<Cdr>, Failure> {
    let scope = TenantScope::for_job(scene.firms[firm].id, "simulation");
    let mut all = Vec::new();
    let mut query = CdrQuery::default();
    loop {
        let page = now(scene.store.cdrs(&scope, &query))?;
        all.extend(page.cdrs);
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    Ok(all)
}

fn one_per_call(records: &[Cdr]) -> Result<(), Failure> {
    let mut calls = BTreeSet::new();
    for record in records {
        if !calls.insert(record.call) {
            let what = format!("{} has several: {record:#?}", record.call);
            return Err(Failure::new("every call has exactly one record", what));
        }
    }
    Ok(())
}

fn was_begun(line: &Line) -> bool {
    line.told.iter().any(|told| match told {
        Told::Ringing(_) | Told::Progressed(_) | Told::Answered => true,
        Told::Refused { status, .. } => COUNTED.contains(status),
        Told::Confirmed
        | Told::Cancelled(_)
        | Told::Ended(..)
        | Told::Offered(_)
        | Told::ReofferAnswered(_)
        | Told::ReofferRefused(_)
        | Told::Info(_)
        | Told::Transfer(..) => false,
    })
}

/// What telephones know of their calls is in the records, once.
fn one_per_line(scene: &Scene, firm: &Firm, records: &[Cdr]) -> Result<(), Failure> {
    let judge = "every call has exactly one record";
    let mut by_id: BTreeMap<&str, Vec<&Cdr>> = BTreeMap::new();
    for record in records {
        let first = record.legs.first();
        let id = first.map_or("", |leg| leg.sip_call_id.as_str());
        by_id.entry(id).or_default().push(record);
    }
    let wall = |at: Instant| scene.world.setup.wall + at.saturating_since(Instant::ZERO);
    for person in &firm.people {
        let phone = &scene.world.phones[person.phone.0];
        for line in phone.lines.values().filter(|line| !line.incoming) {
            let found = by_id
                .get(line.call_id.as_str())
                .map_or(&[][..], Vec::as_slice);
            let whole = found.iter().filter(|record| !record.recovered).count();
            let over = line.over_at.map_or(WallTime::MAX, wall);
            let lost = records.iter().any(|record| {
                record.recovered
                    && record.caller.device == Some(person.device)
                    && record.started >= wall(line.opened)
                    && record.started <= over
            });
            let begun = was_begun(line);
            let described = || {
                let name = &phone.account.username;
                format!(
                    "{name} called {} ({}): {:?}",
                    line.peer, line.call_id, line.told
                )
            };
            if whole > 1 {
                return Err(Failure::new(judge, format!("{whole} of {}", described())));
            }
            if begun && whole == 0 && !lost {
                return Err(Failure::new(judge, format!("none of {}", described())));
            }
        }
    }
    Ok(())
}

/// At the beginning of every call there are no more than were allowed then.
fn caps(firm: &Firm, records: &[Cdr]) -> Result<(), Failure> {
    let served = |record: &&Cdr| record.end.cause != 42;
    let mut moments: Vec<(WallTime, i32)> = Vec::new();
    for record in records.iter().filter(served) {
        moments.push((record.started, 1));
        moments.push((record.ended, -1));
    }
    // an end before a beginning at the same moment
    moments.sort_unstable();
    let mut live = 0;
    for (at, change) in moments {
        live += change;
        let allowed = firm.caps.iter().rev().find(|(since, _)| *since <= at);
        let allowed = allowed.map_or(u32::MAX, |(_, cap)| *cap);
        if change > 0 && u32::try_from(live).is_ok_and(|live| live > allowed) {
            let what = format!("{live} calls at {}, {allowed} allowed", at.to_rfc3339());
            return Err(Failure::new("caps hold", what));
        }
    }
    Ok(())
}
