//! Nobody is recorded where he does not belong.

use super::Failure;
use crate::canaries::NAMES;
use crate::scene::Scene;
use std::collections::{BTreeMap, BTreeSet};

/// Whoever is heard in a recording is of the company whose it is, and its call has a record of that
/// company.
pub(super) fn judge(scene: &mut Scene) -> Result<(), Failure> {
    let judge = "no company records another";
    let mut speakers: BTreeMap<String, &str> = BTreeMap::new();
    for phone in &scene.world.phones {
        for id in phone.lines.keys() {
            speakers.insert(phone.canary(*id), &phone.account.domain);
        }
    }
    let records = scene.world.records.values();
    let calls: BTreeSet<_> = records.map(|record| (record.tenant, record.call)).collect();
    let tapes = scene.world.tapes();
    for tape in &tapes.beginnings {
        let firm = scene.firms.iter().find(|firm| firm.id == tape.tenant);
        let name = firm.and_then(|firm| NAMES.get(firm.index));
        let domain = name.map(|name| format!("{name}.example"));
        for canary in tapes.voices(tape.id) {
            let speaker = speakers.get(&canary).copied();
            if speaker.is_none() || speaker != domain.as_deref() {
                let what = format!("{} of {domain:?} hears {canary}", tape.id);
                return Err(Failure::new(judge, what));
            }
        }
        if !calls.contains(&(tape.tenant, tape.call)) {
            let what = format!("{} is of {}, which has no record", tape.id, tape.call);
            return Err(Failure::new("a recording belongs to a call", what));
        }
    }
    let ended: BTreeSet<_> = tapes.ended.iter().collect();
    if ended.len() != tapes.ended.len() {
        return Err(Failure::new(
            "a recording ends once",
            format!("{:?}", tapes.ended),
        ));
    }
    Ok(())
}
