//! The kind *number*: one telephone number of an account's inventory.

use ids::{NumberId, TenantId};
use serde::{Deserialize, Serialize};
use tenancy::Identified;
use utoipa::ToSchema;

use crate::e164::{self, E164};
use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Link, Place, UniqueKey};
use crate::kind_name::KindName;
use crate::text;

/// The space of unique keys in which numbers lie, as `+` and digits.
pub const NUMBER_SPACE: &str = "e164";

/// Where a number stands between two companies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NumberState {
    /// Nobody has it.
    #[default]
    Free,
    /// It is kept, perhaps for a company, and not in use.
    Reserved,
    /// A company has it: its calls come in, and it may be shown.
    Assigned,
    /// It is on its way here from another carrier, and not in use yet.
    PortingIn,
    /// It is on its way to another carrier, and in use until it is there.
    PortingOut,
    /// It was given back, and rests before somebody else has it.
    Quarantined,
}

impl NumberState {
    /// Whether calls to it come in, and it may be shown.
    pub fn is_in_use(self) -> bool {
        match self {
            NumberState::Assigned | NumberState::PortingOut => true,
            NumberState::Free
            | NumberState::Reserved
            | NumberState::PortingIn
            | NumberState::Quarantined => false,
        }
    }
}

/// One telephone number of the operator's or a reseller's, and the company that has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// The number with a plus and its country code (E.164); unique on the platform. It names the
    /// document in paths.
    #[schema(pattern = "^\\+[1-9][0-9]{3,14}$", example = "+493055501")]
    pub number: String,
    /// The company that has it, or will have it: its id or, in requests, a domain of it. It lies
    /// below the number's account.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "acme.example")]
    pub tenant: Option<TenantId>,
    /// Where it stands. `assigned` and `porting_out` need a company, `free` and `quarantined`
    /// have none.
    #[serde(default)]
    #[schema(default = "free")]
    pub state: NumberState,
    /// A note for those who keep the inventory, at most 64 characters.
    #[serde(default)]
    #[schema(default = "", max_length = 64)]
    pub note: String,
}

impl Number {
    /// The number, without its plus.
    pub fn e164(&self) -> Option<E164> {
        e164::stored(&self.number)
    }
}

impl Identified for Number {
    type Id = NumberId;
}

impl Kind for Number {
    const NAME: KindName = KindName::Number;
    const MANY: &'static str = "numbers";
    const PLACE: Place = Place::Account;
    const KEY: &'static str = "number";
    const KEY_SPACE: &'static str = NUMBER_SPACE;
    const LINKS: &'static [Link] = &[Link {
        member: "tenant",
        kind: KindName::Tenant,
    }];

    fn new_id(unix_ms: u64, random: u128) -> NumberId {
        NumberId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        e164::normal(&mut self.number);
        self.note = self.note.trim().to_owned();
    }

    fn validate(&self) -> Result<(), Invalid> {
        rule(
            self.e164().is_some(),
            "/number",
            "must be a plus and 4 to 15 digits, beginning with a country code",
        )?;
        text::label(&self.note, "/note")?;
        let has = self.tenant.is_some();
        match self.state {
            NumberState::Assigned | NumberState::PortingOut => {
                rule(has, "/tenant", "must name the company that has it")
            }
            NumberState::Free | NumberState::Quarantined => {
                rule(!has, "/tenant", "must be left out in this state")
            }
            NumberState::Reserved | NumberState::PortingIn => Ok(()),
        }
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        vec![UniqueKey {
            space: NUMBER_SPACE,
            key: self.number.clone(),
            scope: KeyScope::Platform,
        }]
    }

    fn natural_key(&self) -> String {
        self.number.clone()
    }
}
