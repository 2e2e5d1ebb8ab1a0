//! The views of master keys and of steps that replace them.

use ports::{KeyStatus, Resealed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A master key, and what depends on it.
#[derive(Serialize, ToSchema)]
#[schema(as = MasterKey)]
struct MasterKeyView {
    /// A name by which it can be told from others and not be found.
    #[schema(example = "6b1d0f5e0c9a4b72")]
    name: String,
    /// Data keys that are sealed under it.
    data_keys: u64,
}

/// The master keys as they are in force.
#[derive(Serialize, ToSchema)]
#[schema(as = MasterKeys)]
pub(crate) struct MasterKeysView {
    /// The newest first: it seals, all of them open.
    master_keys: Vec<MasterKeyView>,
    /// Data keys that still need an older one; at 0 the older ones may go.
    behind: u64,
    /// Data keys that none of them opens.
    unopened: u64,
}

impl From<KeyStatus> for MasterKeysView {
    fn from(status: KeyStatus) -> Self {
        let behind = status.behind();
        let keys = status.master_keys.into_iter();
        MasterKeysView {
            master_keys: keys
                .map(|key| MasterKeyView {
                    name: key.name,
                    data_keys: key.data_keys,
                })
                .collect(),
            behind,
            unopened: status.unopened,
        }
    }
}

/// Where to go on with sealing anew.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResealStep {
    /// `next` of the step before; without it, from the beginning.
    #[serde(default)]
    pub(crate) after: Option<String>,
}

/// What one step did.
#[derive(Serialize, ToSchema)]
#[schema(as = Resealed)]
pub(crate) struct ResealedView {
    /// Data keys that were sealed anew.
    anew: u64,
    /// What `after` of the next step is; null when this was the last.
    next: Option<String>,
}

impl From<Resealed> for ResealedView {
    fn from(done: Resealed) -> Self {
        ResealedView {
            anew: done.anew,
            next: done.next.map(|owner| owner.to_string()),
        }
    }
}

/// A tenant's data key was replaced.
#[derive(Serialize, ToSchema)]
#[schema(as = Renewed)]
pub(crate) struct RenewedView {
    /// Secrets that were sealed anew under it.
    pub(crate) secrets: u64,
}
