//! The kind *toll guard*: a budget for a company's calls by trunks, at all times or at some hours.

use ids::{ExtensionId, ScheduleId, TollGuardId};
use serde::{Deserialize, Serialize};
use tenancy::Identified;
use utoipa::ToSchema;

use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Link, Place, UniqueKey, enabled};
use crate::kind_name::KindName;
use crate::name::name;
use crate::schedule::Standing;
use crate::toll_budget::TollBudget;

/// Most toll guards of one tenant.
pub const TOLL_GUARDS_MAX: u32 = 50;
/// Most extensions that one guard names.
const EXTENSIONS_MAX: usize = 1_000;

/// A budget for calls that go out by trunks. A call must be within all guards that count it, and
/// within what the plan says, which no guard of the company's raises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TollGuard {
    /// 1 to 64 of `0-9 A-Z a-z . _ -`; unique in the tenant. It names the guard in paths.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "nights")]
    pub name: String,
    /// A disabled guard counts nothing.
    #[serde(default = "enabled")]
    #[schema(default = true)]
    pub enabled: bool,
    /// The extensions whose calls it counts, at most 1,000, by id or number; all where none is
    /// named.
    #[serde(default)]
    #[schema(value_type = Vec<String>, default = json!([]), max_items = 1_000)]
    pub extensions: Vec<ExtensionId>,
    /// The schedule, by id or name, that says when the guard counts; at any time where it is left
    /// out.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub schedule: Option<ScheduleId>,
    /// With a schedule: how that must stand. `closed` includes holidays.
    #[serde(default)]
    #[schema(default = "open")]
    pub when: Standing,
    /// What it counts, and how much there may be.
    pub budget: TollBudget,
}

impl Identified for TollGuard {
    type Id = TollGuardId;
}

impl Kind for TollGuard {
    const NAME: KindName = KindName::TollGuard;
    const MANY: &'static str = "toll_guards";
    const PLACE: Place = Place::Tenant;
    const KEY: &'static str = "name";
    const KEY_SPACE: &'static str = "toll_guard";
    const LINKS: &'static [Link] = &[
        Link {
            member: "extensions",
            kind: KindName::Extension,
        },
        Link {
            member: "schedule",
            kind: KindName::Schedule,
        },
    ];
    const MOST: Option<u32> = Some(TOLL_GUARDS_MAX);

    fn new_id(unix_ms: u64, random: u128) -> TollGuardId {
        TollGuardId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        self.extensions.sort_unstable();
        self.extensions.dedup();
        self.budget.normalise();
    }

    fn validate(&self) -> Result<(), Invalid> {
        name::<TollGuardId>(&self.name)?;
        let few = self.extensions.len() <= EXTENSIONS_MAX;
        rule(few, "/extensions", "must name at most 1000 extensions")?;
        let timed = self.schedule.is_some() || self.when == Standing::Open;
        rule(timed, "/when", "must be said with a schedule")?;
        self.budget.validate("/budget")
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        vec![UniqueKey {
            space: "toll_guard",
            key: self.name.clone(),
            scope: KeyScope::PerOwner,
        }]
    }

    fn natural_key(&self) -> String {
        self.name.clone()
    }
}
