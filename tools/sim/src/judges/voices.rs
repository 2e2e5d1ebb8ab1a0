//! Nobody is heard where he does not belong.

use super::Failure;
use crate::scene::Scene;
use machine::WallTime;
use std::collections::{BTreeMap, BTreeSet};
use testkit::LineId;

/// Whoever is heard on a line was in a call with it.
pub(super) fn judge(scene: &mut Scene) -> Result<(), Failure> {
    let judge = "no call hears another";
    let mut together: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    let mut cut = BTreeSet::new();
    for (place, record) in scene.world.records.values().enumerate() {
        let during = |kill: &WallTime| (record.started..=record.ended).contains(kill);
        if scene.kills.iter().any(during) {
            cut.insert(place);
        }
        for leg in &record.legs {
            together.entry(&leg.sip_call_id).or_default().insert(place);
        }
    }
    let mut speakers: BTreeMap<String, &str> = BTreeMap::new();
    for phone in &scene.world.phones {
        for (id, line) in &phone.lines {
            speakers.insert(phone.canary(*id), &line.call_id);
        }
    }
    for phone in &scene.world.phones {
        for line in phone.lines.values() {
            for canary in line.heard.tokens.keys() {
                let LineId(number) = line.id;
                let here = format!("{} on line {number}", phone.account.username);
                let Some(speaker) = speakers.get(canary) else {
                    let what = format!("{here} heard {canary}");
                    return Err(Failure::new("strangers are not heard", what));
                };
                if *speaker == line.call_id {
                    continue;
                }
                let (one, other) = (together.get(line.call_id.as_str()), together.get(speaker));
                // a call that died in its first moments is known by no identifier
                let (Some(one), Some(other)) = (one, other) else {
                    continue;
                };
                // and what happened to a call just before the process died may be forgotten
                let forgotten = one.union(other).any(|place| cut.contains(place));
                if one.is_disjoint(other) && !forgotten {
                    let what = format!("{here} ({}) heard {canary} ({speaker})", line.call_id);
                    return Err(Failure::new(judge, what));
                }
            }
        }
    }
    Ok(())
}
