//! A call as bytes, so that it outlives the process that carries it.

use crate::call::{Stage, State};
use crate::{Call, LegId, LegStage};
use machine::Instant;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tenancy::TenantScope;

/// Version of the form; a reader refuses what it does not know.
const VERSION: u8 = 1;

/// Why bytes are not a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotError {
    /// Written by a version this one does not know.
    Version(u8),
    /// Not a snapshot of a call, or a damaged one.
    Damaged,
    /// The scope it is restored under is not the tenant's it was taken from.
    Stranger,
}

#[derive(Serialize, Deserialize)]
struct Snapshot {
    tenant: ids::TenantId,
    age: Duration,
    talked: Option<Duration>,
    state: State,
}

impl Call {
    /// The call as bytes. Only a call that is being talked on can be carried over: a leg that is
    /// not yet in it hangs on transactions, which end with their process.
    #[must_use]
    pub fn snapshot(&self, now: Instant) -> Option<Vec<u8>> {
        let mut open = self.state.legs.iter().filter(|leg| leg.is_open());
        let settled = open.all(|leg| leg.stage == LegStage::Up);
        if !matches!(self.state.stage, Stage::Talking) || !settled {
            return None;
        }
        let snapshot = Snapshot {
            tenant: self.scope.tenant(),
            age: now.saturating_since(self.state.opened),
            talked: self.state.answered.map(|at| now.saturating_since(at)),
            state: self.state.clone(),
        };
        let mut bytes = vec![VERSION];
        serde_json::to_writer(&mut bytes, &snapshot).ok()?;
        Some(bytes)
    }

    /// The call that [`Call::snapshot`] was taken of, and its open legs at whose ends somebody is.
    /// Questions that were open between two parties are forgotten, and a transfer that only asked
    /// for its way has failed.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn restore(
        scope: TenantScope,
        bytes: &[u8],
        now: Instant,
    ) -> Result<(Call, Vec<LegId>), SnapshotError> {
        let (version, body) = bytes.split_first().ok_or(SnapshotError::Damaged)?;
        if *version != VERSION {
            return Err(SnapshotError::Version(*version));
        }
        let snapshot: Snapshot =
            serde_json::from_slice(body).map_err(|_| SnapshotError::Damaged)?;
        if snapshot.tenant != scope.tenant() {
            return Err(SnapshotError::Stranger);
        }
        let mut state = snapshot.state;
        state.opened = back(now, snapshot.age);
        state.answered = snapshot.talked.map(|talked| back(now, talked));
        state.late_until = None;
        state.transfer = None;
        for leg in &mut state.legs {
            leg.pending = None;
        }
        let open = state
            .legs
            .iter()
            .filter(|leg| leg.is_open() && !leg.is_guest())
            .map(|leg| leg.id)
            .collect();
        let mut call = Call { scope, state };
        call.set_entertained(call.held());
        Ok((call, open))
    }
}

/// `ago` before `now`; a node that has not run that long takes its own start.
fn back(now: Instant, ago: Duration) -> Instant {
    let ago = u64::try_from(ago.as_nanos()).unwrap_or(u64::MAX);
    Instant::from_nanos(now.as_nanos().saturating_sub(ago))
}
