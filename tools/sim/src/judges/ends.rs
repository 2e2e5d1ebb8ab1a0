//! Both ends of every call agree that there is one.

use super::{Failure, live_calls};
use crate::scene::Scene;
use ids::DeviceId;
use std::collections::BTreeMap;

/// For every device: as many conversations in the exchange as on its telephone.
pub(super) fn agree(scene: &mut Scene) -> Result<(), Failure> {
    for firm in 0..scene.firms.len() {
        let mut known: BTreeMap<DeviceId, usize> = BTreeMap::new();
        let calls = live_calls(scene, firm);
        for call in &calls {
            for leg in call.legs.iter().filter(|leg| leg.state == "up") {
                if let Some(device) = leg.device {
                    *known.entry(device).or_default() += 1;
                }
            }
        }
        for person in &scene.firms[firm].people {
            let phone = &scene.world.phones[person.phone.0];
            let talking = phone.live().filter(|line| line.is_talking()).count();
            let legs = known.get(&person.device).copied().unwrap_or(0);
            if talking != legs {
                let name = &phone.account.username;
                let lines: Vec<_> = phone.live().map(|l| (&l.peer, l.stage, &l.told)).collect();
                let what = format!(
                    "{name} is in {talking} calls, the exchange thinks {legs}\n  {lines:?}\n  \
                     {calls:#?}"
                );
                return Err(Failure::new("both ends agree on their calls", what));
            }
        }
    }
    Ok(())
}
