//! What replacing has in common for all kinds.

use domain::Invalid;
use serde::Serialize;
use serde_json::Value;

use crate::call::Call;
use crate::problem::Problem;
use crate::view::document::FORMER_END;

/// Members of a view that are not the caller's to set.
const READ_ONLY: [&str; 6] = ["id", "tenant", "owner", "revision", "created", "updated"];

impl Call {
    /// The body that replaces what is shown as `present`. What was read may be sent back whole:
    /// members that are not the caller's to set are let through while they say what they said.
    pub(crate) fn replacement<V: Serialize>(&self, present: &V) -> Result<Value, Problem> {
        let mut value = self.json()?;
        let present = serde_json::to_value(present).unwrap_or_default();
        let Some(members) = value.as_object_mut() else {
            return Ok(value);
        };
        // a document that shows its owner may have a member of its own that names a tenant
        let owned = present.get("owner").is_some();
        for name in READ_ONLY {
            if name == "tenant" && owned {
                continue;
            }
            let Some(known) = present.get(name) else {
                continue;
            };
            if members.remove(name).is_some_and(|said| said != *known) {
                return Err(Invalid::new(format!("/{name}"), "cannot be changed").into());
            }
        }
        // it changes by itself, so what was read may not be true any more
        if present.get(FORMER_END).is_some() {
            members.remove(FORMER_END);
        }
        Ok(value)
    }
}
