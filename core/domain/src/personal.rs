//! Where persons are: for every kind and every sort of fact, what of it is a person's.
//!
//! The lists are matches without a rest, so a new kind or a new sort of fact does not compile
//! before it says so.

use serde::Serialize;

use crate::kind_name::KindName;

/// What becomes of a place when a person is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// It goes as a whole.
    Erased,
    /// What names the person is replaced by a pseudonym; the rest stays.
    Pseudonymised,
    /// It stays; it is not about persons.
    Kept,
}

/// What of a kind or of a fact is a person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Personal {
    /// What becomes of it.
    pub treatment: Treatment,
    /// Members that tell something of a person.
    pub members: &'static [&'static str],
    /// Why it is treated so.
    pub why: &'static str,
}

const fn personal(
    treatment: Treatment,
    members: &'static [&'static str],
    why: &'static str,
) -> Personal {
    Personal {
        treatment,
        members,
        why,
    }
}

/// What of a kind's documents is a person's.
pub fn of_kind(kind: KindName) -> Personal {
    use Treatment::{Erased, Kept, Pseudonymised};
    match kind {
        KindName::User => personal(Erased, &["mail", "display_name"], "it is the person"),
        KindName::Extension => personal(
            Pseudonymised,
            &["display_name"],
            "the number is the company's, the name the person's",
        ),
        KindName::Device => personal(Kept, &[], "a telephone is the company's"),
        KindName::Hold => personal(Kept, &["user"], "a hold must tell whom it is about"),
        KindName::Reseller | KindName::Plan | KindName::Tenant => {
            personal(Kept, &[], "about companies, not about persons")
        }
        KindName::Role => personal(Kept, &[], "about permissions, not about persons"),
        KindName::Webhook => personal(Kept, &[], "about programs, not about persons"),
        KindName::Sso => personal(Kept, &[], "about a server, not about persons"),
        KindName::RateDeck | KindName::Trunk | KindName::Number => {
            personal(Kept, &[], "about carriers and companies, not about persons")
        }
        KindName::SigningKey => personal(Kept, &[], "about who signs calls, not about persons"),
        KindName::EmergencyLocation => personal(
            Kept,
            &["mail_to"],
            "about a place; who is told of calls for help is the company's to say",
        ),
        KindName::Site => personal(Kept, &[], "about networks, not about persons"),
        KindName::Sound | KindName::Music => {
            personal(Kept, &["description"], "what a company plays to callers")
        }
        KindName::Schedule
        | KindName::InboundRoute
        | KindName::OutboundRoute
        | KindName::TollGuard
        | KindName::Containment => {
            personal(Kept, &[], "about calls of a company, not about persons")
        }
    }
}

/// A sort of fact that may tell something of persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// Call records.
    Cdr,
    /// Earlier revisions of documents.
    History,
    /// The audit trail.
    Audit,
    /// The event log.
    Event,
    /// Bodies of deliveries to webhooks.
    Delivery,
    /// Accesses of operators and resellers.
    Support,
    /// How people prove who they are, and their logins.
    Credentials,
}

impl Fact {
    /// All sorts.
    pub const ALL: [Fact; 7] = [
        Fact::Cdr,
        Fact::History,
        Fact::Audit,
        Fact::Event,
        Fact::Delivery,
        Fact::Support,
        Fact::Credentials,
    ];

    /// What of it is a person's.
    pub fn personal(self) -> Personal {
        use Treatment::{Erased, Pseudonymised};
        match self {
            Fact::Cdr => personal(
                Pseudonymised,
                &["caller", "destination", "dialled", "legs", "transfers"],
                "that a call took place, how long and how well, is needed for bills",
            ),
            Fact::History => personal(Erased, &["spec"], "earlier texts of what is erased"),
            Fact::Audit => personal(
                Pseudonymised,
                &["actor", "target", "before", "after"],
                "that something was changed must stay provable",
            ),
            Fact::Event => personal(Pseudonymised, &["data", "subject"], "programs follow it"),
            Fact::Support => personal(
                Treatment::Kept,
                &[],
                "about who came in from above, not about the company's people",
            ),
            Fact::Credentials => personal(Erased, &["sealed"], "they go with the user"),
            Fact::Delivery => personal(Pseudonymised, &["event"], "what is not delivered yet"),
        }
    }
}
