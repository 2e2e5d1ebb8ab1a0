//! What stands between the network and the shard's work: proofs, guessers, turns, draining.

use crate::certificates::Certificates;
use crate::intake::Intake;
use crate::waiting_calls::WaitingCalls;
use defence::Defence;
use machine::Instant;
use sip_stack::digest::Authenticator;

/// Who and what is let in.
pub(crate) struct Door {
    pub(crate) authenticator: Authenticator,
    /// Who guesses, scans and floods, and who is banned for it.
    pub(crate) defence: Defence,
    /// Messages that wait for their tenant's turn.
    pub(crate) intake: Intake,
    /// Proofs of who calls by a trunk.
    pub(crate) proofs: Proofs,
    /// Nothing new is let in any more.
    pub(crate) draining: bool,
    /// When the calls still up are hung up, once the shard drains.
    pub(crate) drain_until: Option<Instant>,
}

/// What proofs of who calls are held against, and the calls that wait for it.
#[derive(Default)]
pub(crate) struct Proofs {
    pub(crate) certificates: Certificates,
    pub(crate) waiting: WaitingCalls,
}
