//! What a shard counts.

use crate::faxes::FaxFigures;
use crate::recordings::RecordingFigures;
use crate::waiting_texts::TextFigures;

/// Counters since the start, and counts of now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Messages taken in.
    pub messages: u64,
    /// Of them, malformed.
    pub malformed: u64,
    /// REGISTER requests that were granted.
    pub registrations: u64,
    /// At the door.
    pub door: DoorFigures,
    /// To and from carriers.
    pub trunks: TrunkFigures,
    /// Calls begun.
    pub calls: u64,
    /// Calls refused by a tenant's caps.
    pub capped_calls: u64,
    /// INVITEs turned away because their tenant was beyond its share.
    pub shed_calls: u64,
    /// Other messages turned away likewise.
    pub shed_others: u64,
    /// Calls that found no media port.
    pub portless_calls: u64,
    /// Calls released because of a fault of our own.
    pub faulted_calls: u64,
    /// Records closed.
    pub records: u64,
    /// What was heard, and what not.
    pub heard: HeardFigures,
    /// What people are told beside calls.
    pub told: ToldFigures,
    /// What there is now.
    pub live: LiveFigures,
}

/// What was heard in media.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeardFigures {
    /// Keys pressed.
    pub digits: u64,
    /// Times that nothing was heard of a party that ought to talk, or still not.
    pub silences: u64,
    /// Times that a party was not heard while the other was.
    pub one_way: u64,
    /// Reports of telephones on how calls sounded (RFC 6035).
    pub voice_reports: u64,
    /// What is recorded of it.
    pub recordings: RecordingFigures,
    /// Faxes of it.
    pub faxes: FaxFigures,
}

/// What people are told beside calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ToldFigures {
    /// Who watches whom.
    pub watching: watch::Figures,
    /// Texts that wait, or did.
    pub texts: TextFigures,
}

/// Who was asked for credentials, and what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DoorFigures {
    /// Challenges sent.
    pub challenges: u64,
    /// Wrong credentials, unknown users and unknown domains alike.
    pub refused_credentials: u64,
    /// Of them, left unanswered because their source had had its share.
    pub unanswered_credentials: u64,
    /// Messages whose source was banned while they waited.
    pub barred: u64,
    /// Requests proved with a device's former secret.
    pub former_secrets: u64,
    /// Legs that went on by another flow of their phone.
    pub moved_legs: u64,
    /// Who was slowed and banned.
    pub defence: defence::Figures,
}

/// What went to and from carriers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrunkFigures {
    /// Calls that came in by trunks.
    pub calls_in: u64,
    /// Of those, the ones from other companies of this exchange, or from the same.
    pub on_net: u64,
    /// Attempts at calls by trunks.
    pub calls_out: u64,
    /// Of those, the ones that were signed.
    pub calls_signed: u64,
    /// What met the caps of trunks.
    pub caps: TrunkCapFigures,
    /// Calls for help, and trials of where such calls lead.
    pub for_help: u64,
    /// Calls for numbers that nobody has, or not on that trunk.
    pub unknown_numbers: u64,
    /// How often a trunk became registered.
    pub registered: u64,
    /// How often a trunk lost its registration, or first failed to get one.
    pub unregistered: u64,
    /// How often a peer began or ceased to answer.
    pub peers_changed: u64,
    /// How often it was found where a peer's name leads.
    pub names_found: u64,
    /// How often it was not.
    pub names_not_found: u64,
    /// About proofs of who calls.
    pub proofs: ProofFigures,
    /// What the guard against toll fraud did.
    pub fraud: fraud::Figures,
}

/// What met the caps of trunks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrunkCapFigures {
    /// Calls refused because a trunk had its share, or a company its own of it.
    pub refused: u64,
    /// Of those, the ones whose minutes of the day were used up.
    pub out_of_minutes: u64,
    /// How often 80 % or all of some minutes of a day were used.
    pub minutes_told: u64,
}

/// What came of looking at proofs of who calls by trunks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProofFigures {
    /// Calls whose proof is valid.
    pub valid: u64,
    /// Calls whose proof is wrong.
    pub wrong: u64,
    /// Calls without one.
    pub missing: u64,
    /// Calls whose proof could not be checked.
    pub unchecked: u64,
    /// Certificates that were fetched.
    pub fetched: u64,
    /// Certificates that could not be.
    pub fetch_failed: u64,
}

/// Trunks of now, by how they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrunkCounts {
    /// They are registered where they register, and a peer answers where peers are probed.
    pub up: u64,
    /// They are not registered, or no peer answers.
    pub down: u64,
    /// They have asked to be registered and heard nothing yet.
    pub waiting: u64,
    /// They neither register nor probe.
    pub unwatched: u64,
    /// Those of all of them that are registered.
    pub registered: u64,
}

impl TrunkCounts {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.up + self.down + self.waiting + self.unwatched
    }
}

/// Counts of now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LiveFigures {
    /// Calls.
    pub calls: u64,
    /// Legs.
    pub legs: u64,
    /// Bindings.
    pub bindings: u64,
    /// Subscriptions.
    pub watches: u64,
    /// Tenants whose documents are compiled; those of the others are kept as bytes.
    pub warm_tenants: u64,
    /// Trunks that some tenant may use.
    pub trunks: TrunkCounts,
    /// Carriers' calls that wait for certificates.
    pub waiting_calls: u64,
    /// Texts that wait for their readers' telephones.
    pub waiting_texts: u64,
    /// Messages that wait for their tenants' turns.
    pub waiting: u64,
    /// The most that ever waited.
    pub waiting_at_most: u64,
}
