//! What the gateways of trunks have registered, and by which user names they are known.
//!
//! They have a registrar of their own: a gateway is no device, and what it has bound is looked up
//! by its trunk alone.

use super::Line;
use super::line::BINDINGS_MAX;
use hashbrown::HashMap;
use ids::TrunkId;
use registrar::{GruuKey, Limits, Registrar};

/// All gateways of a shard's trunks.
pub(crate) struct Gateways {
    /// Where they are.
    pub(crate) registrar: Registrar<TrunkId>,
    /// Trunks by the user names of their gateways, which are unique on the platform.
    names: HashMap<Box<str>, TrunkId>,
    /// The realm in which they prove themselves.
    realm: String,
}

impl Gateways {
    /// None has registered yet.
    pub(crate) fn new(realm: &str, limits: Limits, key: GruuKey) -> Gateways {
        let limits = Limits {
            bindings_per_device: BINDINGS_MAX.min(limits.bindings_per_device),
            ..limits
        };
        Gateways {
            registrar: Registrar::new(limits, key),
            names: HashMap::new(),
            realm: realm.to_owned(),
        }
    }

    pub(super) fn realm(&self) -> &str {
        &self.realm
    }

    pub(super) fn named(&self, username: &str) -> Option<TrunkId> {
        self.names.get(username).copied()
    }

    /// Notes whose the user name of a line's gateway is, if one registers there.
    pub(super) fn enter(&mut self, trunk: TrunkId, line: &Line) {
        if let Some(username) = username(line) {
            self.names.insert(username.into(), trunk);
        }
    }

    /// Forgets it, unless another trunk has taken the name over meanwhile.
    pub(super) fn leave(&mut self, trunk: TrunkId, line: &Line) {
        if let Some(username) = username(line)
            && self.named(username) == Some(trunk)
        {
            self.names.remove(username);
        }
    }
}

impl Default for Gateways {
    /// Those of an exchange without a realm, in which nobody can prove anything.
    fn default() -> Gateways {
        Gateways::new("", Limits::default(), GruuKey::new([0; 32]))
    }
}

fn username(line: &Line) -> Option<&str> {
    line.gateway()?;
    line.spec().username.as_deref()
}
