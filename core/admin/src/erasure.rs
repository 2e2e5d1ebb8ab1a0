//! Erasing a tenant: its key, its documents, its records, its recordings, and a report of it.

use std::collections::BTreeMap;

use domain::{KindName, Tenant};
use ids::TenantId;
use ports::{HeavyWork, Operation, StoreError, apart, locate_below};
use serde_json::json;
use tenancy::{AccountScope, TenantScope, Unresolved};

use crate::documents;
use crate::office::Office;

/// Something that an erasure leaves, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What it is.
    pub what: &'static str,
    /// Why it stays, and how long.
    pub why: &'static str,
}

/// What an erasure leaves, and why.
pub const KEPT: [Kept; 6] = [
    Kept {
        what: "one line of the account's audit trail",
        why: "says that this tenant was erased, by whom and when; nothing of its content",
    },
    Kept {
        what: "lines of the change feed",
        why: "ids alone, so that running exchanges forget the tenant; the latest 100,000 changes",
    },
    Kept {
        what: "answers to requests with an Idempotency-Key",
        why: "without secrets, to answer a repeated request alike; 24 hours",
    },
    Kept {
        what: "registrations and journal of a running exchange",
        why: "calls are hung up at once and leave no record; where phones were reached ends by \
              itself, and the journal is merged",
    },
    Kept {
        what: "the last seconds of calls that were being recorded",
        why: "calls are hung up at once; what was written after the erasure opens with no key",
    },
    Kept {
        what: "backups of the store",
        why: "out of reach from here; the secrets in them open only with the data key in them",
    },
];

/// What an erasure did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The tenant that is gone.
    pub tenant: String,
    /// Rows that are gone, by table.
    pub rows: BTreeMap<&'static str, u64>,
    /// Why files of its recordings are still there, where they could not be removed. The key that
    /// opens them is gone.
    pub sound_left: Option<String>,
}

/// Name of the job that removes the sound, as a shelf may note it.
const JOB: &str = "erasure";

/// Removes the sound of a tenant that is gone; why not, where it cannot be. With the tenant went
/// the keys, so what is left is noise to everybody.
async fn sound(office: &Office, heavy: &dyn HeavyWork, tenant: TenantId) -> Option<String> {
    let scope = TenantScope::for_job(tenant, JOB);
    let shelf = office.shelf();
    match apart(heavy, move || shelf.erase(&scope)).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some("too many recordings were asked for at that moment".to_owned()),
    }
}

/// Erases a tenant for good: first it is disabled, so that nothing new comes; then its facts go
/// in bounded steps, each of which is told to `told`; and in the end its documents and its data
/// key, in one transaction, and after them the sound of its recordings, which nobody can open any
/// more. An erasure that was cut short is taken up again by repeating it.
///
/// # Errors
/// `NotFound` when there is no such tenant below the account, `InUse` while something of it is on
/// legal hold, else what the store says.
pub async fn erase(
    office: &Office,
    heavy: &dyn HeavyWork,
    scope: &AccountScope,
    reference: &Unresolved<Tenant>,
    mut told: impl FnMut(u64) + Send,
) -> Result<Report, StoreError> {
    let (below, tenant) = locate_below(office.store(), scope, reference).await?;
    let id = tenant.id.to_string();
    let mut report = Report {
        tenant: id.clone(),
        rows: BTreeMap::new(),
        sound_left: None,
    };
    let mut disabled = !tenant.spec.enabled;
    loop {
        let delete = Operation::Delete {
            kind: KindName::Tenant,
            id: id.clone(),
            expected_revision: None,
        };
        let change = office.change(vec![delete]);
        let mut note = office.audit(scope.owner(), scope.actor(), "tenant.erased", id.clone());
        note.after = Some(json!({ "rows": report.rows }));
        let step = office
            .store()
            .erase_step(scope, below, change, &note)
            .await?;
        for (table, rows) in step.rows {
            *report.rows.entry(table).or_default() += rows;
        }
        told(report.rows.values().sum());
        if step.done {
            report.sound_left = sound(office, heavy, tenant.id).await;
            return Ok(report);
        }
        // only a tenant that needs several steps can still add to what they erase
        if !disabled {
            let off = json!({ "enabled": false });
            documents::patch::<Tenant, _>(office, scope, below, None, &off).await?;
            disabled = true;
        }
    }
}
