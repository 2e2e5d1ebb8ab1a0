//! Carriers' calls that wait for certificates: not yet calls, and for a short while only.

use crate::called::Called;
use ids::TenantId;
use machine::TimerHandle;
use sip_message::{Flow, Message};
use sip_stack::transaction::{Owner, ServerKey};
use std::collections::BTreeMap;
use std::time::Duration;
use stir::Examined;

/// The third highest bit of an owner number says that it is such a call's.
const WAITING: u64 = 1 << 61;
/// The two above it are for watches and messages.
const OTHERS: u64 = 0b11 << 62;
/// Calls that wait at once at most; past it they go on unchecked.
pub(crate) const WAITING_MAX: usize = 1_024;
/// Of them, those of one company.
pub(crate) const WAITING_PER_TENANT: usize = 128;
/// How long one waits at most; then its proof could not be checked.
pub(crate) const WAITS: Duration = Duration::from_secs(2);

/// A carrier's INVITE that waits.
pub(crate) struct WaitingCall {
    pub(crate) key: ServerKey,
    pub(crate) flow: Flow,
    pub(crate) message: Message,
    pub(crate) called: Called,
    pub(crate) proofs: Examined,
    pub(crate) wake: TimerHandle,
}

/// All of them.
#[derive(Default)]
pub(crate) struct WaitingCalls {
    entries: BTreeMap<u64, WaitingCall>,
    next: u64,
}

impl WaitingCalls {
    pub(crate) fn is_one(owner: Owner) -> bool {
        owner.0 & (WAITING | OTHERS) == WAITING
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether a tenant may have one more.
    pub(crate) fn has_room(&self, tenant: TenantId) -> bool {
        let all = self.entries.values();
        let of_tenant = all.filter(|one| one.called.tenant() == tenant);
        self.entries.len() < WAITING_MAX && of_tenant.count() < WAITING_PER_TENANT
    }

    /// The owner of the next one.
    pub(crate) fn next_owner(&mut self) -> Owner {
        self.next += 1;
        Owner(WAITING | self.next)
    }

    pub(crate) fn insert(&mut self, owner: Owner, call: WaitingCall) {
        self.entries.insert(owner.0, call);
    }

    pub(crate) fn get(&self, owner: Owner) -> Option<&WaitingCall> {
        self.entries.get(&owner.0)
    }

    pub(crate) fn remove(&mut self, owner: Owner) -> Option<WaitingCall> {
        self.entries.remove(&owner.0)
    }

    /// Those of which this is true, in the order in which they came.
    pub(crate) fn those(&self, is: impl Fn(&WaitingCall) -> bool) -> Vec<Owner> {
        let found = self.entries.iter().filter(|(_, call)| is(call));
        found.map(|(number, _)| Owner(*number)).collect()
    }
}
