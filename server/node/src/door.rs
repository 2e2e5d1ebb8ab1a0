//! What stands between the network and the shard's work: proofs, guessers, turns, draining.

use crate::intake::Intake;
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
    /// Nothing new is let in any more.
    pub(crate) draining: bool,
    /// When the calls still up are hung up, once the shard drains.
    pub(crate) drain_until: Option<Instant>,
}
