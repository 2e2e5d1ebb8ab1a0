//! The view of who may enter a tenant from above, and who has.

use domain::{SupportAccess, SupportPolicy, SupportState};
use machine::WallTime;
use ports::SupportStanding;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One access of somebody of the operator or a reseller.
// tidy: wire
#[derive(Serialize, ToSchema)]
#[schema(as = SupportAccess)]
pub(crate) struct AccessView {
    /// The id.
    id: String,
    /// The reseller whose people it is; null for the operator's.
    reseller: Option<String>,
    /// Who enters, as the audit trail names it.
    by: String,
    /// Why; empty for an hour that nobody asked for.
    reason: String,
    /// Where it stands.
    state: SupportState,
    /// Whether it lets in at this moment.
    inside: bool,
    /// When it was asked for, or begun.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    asked: WallTime,
    /// How long it is to last, in minutes.
    minutes: u64,
    /// When it ends, or did; null while it is asked for.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<WallTime>,
    /// Who granted, refused or ended it; null when the policy did.
    decided_by: Option<String>,
}

impl AccessView {
    pub(crate) fn of(access: SupportAccess, inside: bool) -> AccessView {
        AccessView {
            id: access.id.to_string(),
            inside,
            reseller: access.reseller.map(|reseller| reseller.to_string()),
            by: access.actor,
            reason: access.reason,
            state: access.state,
            asked: access.asked,
            minutes: access.seconds / 60,
            until: access.until,
            decided_by: access.decided_by,
        }
    }
}

/// How a tenant stands to those above it.
#[derive(Serialize, ToSchema)]
#[schema(as = Support)]
pub(crate) struct SupportView {
    /// Whether those above may enter.
    policy: SupportPolicy,
    /// Those who are inside at this moment. While there is one, the portal shows a banner.
    inside: Vec<AccessView>,
    /// Those who wait to be let in.
    waiting: Vec<AccessView>,
}

impl SupportView {
    pub(crate) fn of(standing: SupportStanding, now: WallTime) -> SupportView {
        let (mut inside, mut waiting) = (Vec::new(), Vec::new());
        let policy = standing.policy;
        for access in standing.accesses {
            if access.lets_in(policy, now) {
                inside.push(AccessView::of(access, true));
            } else if access.state == SupportState::Asked {
                waiting.push(AccessView::of(access, false));
            }
        }
        SupportView {
            policy,
            inside,
            waiting,
        }
    }
}

/// The policy to be set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSupportPolicy {
    /// Whether those above may enter.
    pub(crate) policy: SupportPolicy,
}

/// What an access is asked for with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSupportAccess {
    /// Why, 1 to 256 characters. The company reads it.
    #[schema(min_length = 1, max_length = 256)]
    pub(crate) reason: String,
    /// For how long, 1 to 10,080 minutes.
    #[serde(default = "hour")]
    #[schema(default = 60, minimum = 1, maximum = 10_080)]
    pub(crate) minutes: u32,
}

fn hour() -> u32 {
    60
}
