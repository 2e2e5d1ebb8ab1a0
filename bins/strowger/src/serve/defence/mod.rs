//! Defence at the edges: its rules from settings, bans to and from the store, and to the kernel.

mod containing;
mod tally;
mod wall;
mod warden;

pub(crate) use tally::Tally;
pub(crate) use warden::{BanDesk, Warden};

use std::net::IpAddr;
use std::sync::Arc;

use admin::Office;
use config::Settings;
use node::{DefenceRules, Network, Shard};
use store::block_on;

use crate::failure::Failure;
use wall::Wall;

/// The rules that the settings make.
pub(super) fn rules(settings: &Settings) -> DefenceRules {
    let mut rules = DefenceRules {
        never: networks(&settings.ban_never),
        ..DefenceRules::default()
    };
    // what comes by an edge proxy is many people's: whoever errs among them must not shut it out
    rules.never.extend(networks(&settings.wires.edges));
    if let Some(agents) = &settings.ban_agents {
        rules.scanners.clone_from(agents);
    }
    rules
}

/// Networks as settings name them.
pub(super) fn networks(named: &[(IpAddr, u8)]) -> Vec<Network> {
    let networks = named.iter();
    networks
        .map(|(ip, bits)| Network::new(*ip, *bits))
        .collect()
}

/// Tells the shard who is banned already; gives the shard's way to the warden, who carries bans
/// from now on, and what is counted there.
///
/// # Errors
/// What the store says, or the machine gives no thread.
pub(super) fn begin(
    settings: &Settings,
    office: &Office,
    shard: &mut Shard,
) -> Result<(BanDesk, Warden, Arc<Tally>), Failure> {
    let tally = Arc::new(Tally::default());
    let kept = block_on(admin::bans::known(office))?;
    kept.iter().for_each(|ban| shard.bar(ban));
    let wall = settings.ban_nft.clone();
    let wall = wall.map(|set| Wall::start(set, Arc::clone(&tally)));
    let wall = wall.transpose();
    let wall = wall.map_err(|error| Failure::internal(error.to_string()))?;
    let (desk, warden) = Warden::new(kept, wall, Arc::clone(&tally));
    Ok((desk, warden, tally))
}
