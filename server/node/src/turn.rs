//! What one turn of the shard has begun and not yet finished.

use crate::calls::CallKey;
use call::Input;
use ids::TrunkId;
use registrar::Output as BindingOutput;
use sip_leg::Referee;
use sip_stack::transaction::Owner;
use std::collections::VecDeque;

/// Something that follows from something else within one turn.
pub(crate) enum Work {
    Input(CallKey, Input),
    Refer(Owner, Referee),
    Drop(Owner),
}

/// The turn under way.
#[derive(Default)]
pub(crate) struct Turn {
    /// What is still to be done.
    pub(crate) work: VecDeque<Work>,
    /// The call being worked on: it answers for a fault.
    pub(crate) current: Option<CallKey>,
    /// Bindings that changed and are not stored yet.
    pub(crate) bindings: Vec<BindingOutput>,
    /// The same of gateways.
    pub(crate) gateways: Vec<BindingOutput<TrunkId>>,
}
