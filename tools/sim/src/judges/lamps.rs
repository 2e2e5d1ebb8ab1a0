//! Lamps show what is true: who talks while somebody does, and nothing once all have hung up.

use super::{Failure, Stage, live_calls, phones};
use crate::scene::Scene;
use ports::Bucket;
use std::collections::BTreeMap;
use std::time::Duration;
use testkit::{Key, KeyId, PhoneId};

/// Longer than all that is judged, so that no refresh falls into it.
const WATCHED_FOR: u32 = 3_600;

/// The keys of the busy time are let go, and everybody watches a colleague anew.
pub(super) fn watch_anew(stage: &mut impl Stage) {
    let scene = stage.scene();
    for phone in phones(scene) {
        scene.world.phones[phone.0].forget_keys();
        scene.watch_colleague(phone, WATCHED_FOR);
    }
}

/// For every lamp: lit as for a conversation exactly while its extension has one.
pub(super) fn agree(scene: &mut Scene) -> Result<(), Failure> {
    for firm in 0..scene.firms.len() {
        let mut legs: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for leg in live_calls(scene, firm).iter().flat_map(|call| &call.legs) {
            if leg.state != "closed" {
                legs.entry(leg.number.clone())
                    .or_default()
                    .push(leg.state.clone());
            }
        }
        for (name, number, key) in keys(scene, firm) {
            let states = legs.get(&number).map_or(&[][..], Vec::as_slice);
            let talks = states.iter().any(|state| state == "up");
            let shown = key.lamp();
            let right = match shown {
                "confirmed" => talks,
                "off" => states.is_empty(),
                _ => !talks && !states.is_empty(),
            };
            if !right || key.status != Some(200) {
                let what = format!("{name} sees {number} as {shown}: {states:?}, {key:#?}");
                return Err(Failure::new("lamps show what is true", what));
            }
        }
    }
    Ok(())
}

/// Nobody talks any more: every lamp is out.
pub(super) fn are_out(scene: &Scene) -> Result<(), Failure> {
    for firm in 0..scene.firms.len() {
        for (name, number, key) in keys(scene, firm) {
            if key.lamp() != "off" || !key.is_active() {
                let what = format!("{name} still sees {number}: {key:#?}");
                return Err(Failure::new("lamps go out once calls have ended", what));
            }
        }
    }
    Ok(())
}

/// Everybody takes its key away; nothing is left of any.
pub(super) fn take_away(stage: &mut impl Stage) -> Result<(), Failure> {
    let scene = stage.scene();
    for phone in phones(scene) {
        if let Some(id) = scene.world.phones[phone.0].newest_key() {
            scene.world.with(phone, |phone, now| phone.unwatch(id, now));
        }
    }
    stage.pass(Duration::from_secs(40))?;
    let scene = stage.scene();
    let exchange = scene.world.exchange.as_ref();
    let watches = exchange.map_or(0, |one| one.shard.figures().live.watches);
    let stored = scene.world.disk.count(Bucket::Watches);
    if watches != 0 || stored != 0 {
        let what = format!("{watches} subscriptions, {stored} stored");
        return Err(Failure::new("nothing is left over", what));
    }
    Ok(())
}

/// Of a company: who watches, whom, and the key.
fn keys(scene: &Scene, firm: usize) -> Vec<(String, String, Key)> {
    let people = &scene.firms[firm].people;
    let of = |at: usize, phone: PhoneId| {
        let watched = people.get((at + 1) % people.len())?.number.clone();
        let telephone = &scene.world.phones[phone.0];
        let id: KeyId = telephone.newest_key()?;
        let name = telephone.account.username.clone();
        Some((name, watched, telephone.key(id).clone()))
    };
    let all = people.iter().enumerate();
    all.filter_map(|(at, person)| of(at, person.phone))
        .collect()
}
