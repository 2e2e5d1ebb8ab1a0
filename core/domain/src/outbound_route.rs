//! The kind *outbound route*: what may be dialled, and by which trunks it goes out.

use ids::{ExtensionId, OutboundRouteId, ScheduleId, TrunkId};
use serde::{Deserialize, Serialize};
use tenancy::Identified;
use utoipa::ToSchema;

use crate::call_class::CallClass;
use crate::destinations;
use crate::e164::{self, E164};
use crate::groups;
use crate::inbound_route::PRIORITY_DEFAULT;
use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Link, Place, UniqueKey, enabled};
use crate::kind_name::KindName;
use crate::name::name;
use crate::ring_seconds::{RING_SECONDS_MAX, RING_SECONDS_MIN};
use crate::schedule::Standing;
use crate::trunk_order::{QualityFloor, TrunkOrder};

/// Most outbound routes of one tenant.
pub const OUTBOUND_ROUTES_MAX: u32 = 500;
/// Most patterns of one route.
const PATTERNS_MAX: usize = 32;
/// Most trunks of one route.
const ROUTE_TRUNKS_MAX: usize = 8;
/// Most extensions that one route names.
const EXTENSIONS_MAX: usize = 1_000;
/// Most characters that are dialled.
const DIALLED_MAX: u8 = 32;
/// Most characters that are put before what was dialled.
const PREPEND_MAX: usize = 16;

/// What is dialled: how it begins, and how long it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DialPattern {
    /// What it begins with, at most 32 of `0-9 * # +`; anything where it is empty.
    #[serde(default)]
    #[schema(pattern = "^[+0-9*#]{0,32}$", default = "", example = "00")]
    pub prefix: String,
    /// Fewest characters, prefix included, 1 to 32.
    #[serde(default = "shortest")]
    #[schema(default = 1, minimum = 1, maximum = 32)]
    pub min: u8,
    /// Most characters, prefix included, up to 32.
    #[serde(default = "longest")]
    #[schema(default = 32, minimum = 1, maximum = 32)]
    pub max: u8,
}

fn shortest() -> u8 {
    1
}

fn longest() -> u8 {
    DIALLED_MAX
}

impl DialPattern {
    /// Whether something that was dialled is of this pattern: `0-9 * #`, perhaps with a plus
    /// before them.
    pub fn fits(&self, dialled: &str) -> bool {
        is_dialled(dialled)
            && dialled.starts_with(&*self.prefix)
            && (usize::from(self.min)..=usize::from(self.max)).contains(&dialled.len())
    }

    fn validate(&self, field: &str) -> Result<(), Invalid> {
        rule(
            self.prefix.is_empty() || is_dialled(&self.prefix) || self.prefix == "+",
            &format!("{field}/prefix"),
            "must be digits, * or #, perhaps with a plus before them",
        )?;
        rule(
            self.prefix.len() <= usize::from(DIALLED_MAX),
            &format!("{field}/prefix"),
            "must have at most 32 characters",
        )?;
        rule(
            1 <= self.min && self.min <= self.max && self.max <= DIALLED_MAX,
            &format!("{field}/min"),
            "must be 1 to 32 characters, and no more than max",
        )
    }
}

/// Whether a text is digits, * or #, perhaps with a plus before them.
fn is_dialled(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let one = |b: u8| b.is_ascii_digit() || b == b'*' || b == b'#';
    !digits.is_empty() && digits.bytes().all(one)
}

/// A rule for calls that go out: what is dialled by whom, and by which trunks it goes. The first
/// of a company's routes that fits decides: the lowest priority first, then the longest prefix,
/// then one for some hours.
// tidy: config
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutboundRoute {
    /// 1 to 64 of `0-9 A-Z a-z . _ -`; unique in the tenant. It names the route in paths.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "national")]
    pub name: String,
    /// A disabled route is passed over.
    #[serde(default = "enabled")]
    #[schema(default = true)]
    pub enabled: bool,
    /// Place in the order: the lowest that fits decides.
    #[serde(default = "priority")]
    #[schema(default = 100)]
    pub priority: u16,
    /// Whether it is for calls for help, and for nothing else. Such a route takes the number for
    /// help itself, whatever was dialled before it; it needs no patterns, names no extensions, and
    /// its `only_to` names countries in which callers are.
    #[serde(default)]
    #[schema(default = false)]
    pub emergency: bool,
    /// What is dialled to try, without calling for help, where such a call would lead: a number of
    /// the carrier's that tells. It goes out by an `emergency` route as it is.
    #[serde(default)]
    #[schema(pattern = "^[+0-9*#]{1,32}$", example = "933")]
    pub test_number: Option<String>,
    /// What is dialled, 1 to 32 patterns of which one must fit; none for all numbers for help.
    /// Where the company says how its people dial (`dialling`), patterns that begin with a plus fit
    /// the number that is meant, however it was dialled, and that is what is rewritten.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 32)]
    pub patterns: Vec<DialPattern>,
    /// The extensions that may call by it, at most 1,000, by id or number; all where neither
    /// extensions nor groups are named.
    #[serde(default)]
    #[schema(value_type = Vec<String>, default = json!([]), max_items = 1_000)]
    pub extensions: Vec<ExtensionId>,
    /// The groups whose extensions may call by it besides, at most 32 names. Routes for calls for
    /// help are for everybody.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 32, example = json!(["sales"]))]
    pub for_groups: Vec<String>,
    /// The schedule, by id or name, that says when it is for calls; at any time where it is left
    /// out. Routes for calls for help have none.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "office")]
    pub schedule: Option<ScheduleId>,
    /// With a schedule: how that must stand. `closed` includes holidays.
    #[serde(default)]
    #[schema(default = "open")]
    pub when: Standing,
    /// What class its calls are, where that is not told by the number; a premium number stays one.
    #[serde(default)]
    #[schema(example = "local")]
    pub class: Option<CallClass>,
    /// Where alone its calls go, at most 300 countries (`FR`) and beginnings of numbers (`+33`);
    /// anywhere where none is named. It is passed over for others.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 300)]
    pub only_to: Vec<String>,
    /// Where its calls go never, likewise.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 300)]
    pub never_to: Vec<String>,
    /// How many characters are taken off what was dialled, at its beginning.
    #[serde(default)]
    #[schema(default = 0, maximum = 32)]
    pub strip: u8,
    /// What is put before the rest, at most 16 of `0-9 * # +`. What then begins with a plus goes
    /// out in the form of the trunk, all else as it is.
    #[serde(default)]
    #[schema(pattern = "^[+0-9*#]{0,16}$", default = "", example = "+49")]
    pub prepend: String,
    /// The trunks, 1 to 8 by id or name, tried in the order that `order` says. What is not the
    /// company's own must be shared with it.
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 8, example = json!(["carrier"]))]
    pub trunks: Vec<TrunkId>,
    /// In which order the trunks are tried. Calls for help try them as they are listed.
    #[serde(default)]
    #[schema(default = "as_listed")]
    pub order: TrunkOrder,
    /// How well a trunk must have done lately not to be tried behind all others; with `least_cost`
    /// and `quality`.
    #[serde(default)]
    pub floor: Option<QualityFloor>,
    /// The number that is shown, with plus. It counts only while it is a number of the company's.
    #[serde(default)]
    #[schema(example = "+493055500")]
    pub caller_id: Option<String>,
    /// How long each trunk has to be answered, 5 to 300 seconds.
    #[serde(default = "ring_seconds")]
    #[schema(default = 120, minimum = 5, maximum = 300)]
    pub ring_seconds: u16,
    /// Whether it is listened who answers its calls: a person, a machine, a fax, or nobody who says
    /// anything. Records and events tell, and when a machine has beeped. Calls for help are never
    /// listened to.
    #[serde(default)]
    #[schema(default = false)]
    pub tells_who_answers: bool,
}

fn priority() -> u16 {
    PRIORITY_DEFAULT
}

fn ring_seconds() -> u16 {
    120
}

impl OutboundRoute {
    /// What goes out in the place of what was dialled; `None` when nothing is left of it.
    pub fn rewritten(&self, dialled: &str) -> Option<String> {
        let rest = dialled.get(usize::from(self.strip)..)?;
        let text = format!("{}{rest}", self.prepend);
        is_dialled(&text).then_some(text)
    }

    /// Whether it is for some callers alone.
    pub fn is_for_some(&self) -> bool {
        !self.extensions.is_empty() || !self.for_groups.is_empty()
    }

    /// The group by which an extension may call by it.
    pub fn group_of<'a>(&self, groups: &'a [String]) -> Option<&'a str> {
        let mut own = groups
            .iter()
            .filter(|group| self.for_groups.contains(group));
        own.next().map(String::as_str)
    }

    /// Whether its calls go to a number; `None` for what is no number of the world.
    pub fn goes_to(&self, number: Option<&E164>) -> bool {
        destinations::covers(&self.only_to, &self.never_to, number)
    }

    /// Whether a call for help from a country goes by it; `None` for one of which nobody knows
    /// where it is from.
    pub fn helps(&self, country: Option<&str>, number: &str) -> bool {
        let here = |list: &[String]| country.is_some_and(|of| list.iter().any(|one| one == of));
        let fits = self.patterns.is_empty() || self.patterns.iter().any(|p| p.fits(number));
        let there = self.only_to.is_empty() || country.is_none() || here(&self.only_to);
        self.emergency && self.enabled && fits && there && !here(&self.never_to)
    }

    fn validate_emergency(&self) -> Result<(), Invalid> {
        let test = self.test_number.as_deref();
        rule(
            test.is_none_or(|text| is_dialled(text) && text.len() <= usize::from(DIALLED_MAX)),
            "/test_number",
            "must be at most 32 digits, * or #, perhaps with a plus before them",
        )?;
        if !self.emergency {
            let none = test.is_none();
            return rule(
                none,
                "/test_number",
                "must be left out but for emergency routes",
            );
        }
        let all = self.extensions.is_empty();
        rule(
            all,
            "/extensions",
            "must be left out: everybody may call for help",
        )?;
        let all = self.for_groups.is_empty();
        rule(
            all,
            "/for_groups",
            "must be left out: everybody may call for help",
        )?;
        let always = self.schedule.is_none();
        rule(
            always,
            "/schedule",
            "must be left out: help is called at any time",
        )?;
        let classless = self.class.is_none();
        rule(
            classless,
            "/class",
            "must be left out: calls for help have no class",
        )?;
        let listed = self.order == TrunkOrder::AsListed;
        rule(
            listed,
            "/order",
            "must be as_listed: help is called whatever it costs",
        )
    }

    fn validate_order(&self) -> Result<(), Invalid> {
        match (self.order, &self.floor) {
            (TrunkOrder::AsListed, Some(_)) => {
                let text = "must be left out where trunks are tried as they are listed";
                Err(Invalid::new("/floor", text))
            }
            (TrunkOrder::Quality, None) => Err(Invalid::new(
                "/floor",
                "must be said with the order quality",
            )),
            (TrunkOrder::LeastCost | TrunkOrder::Quality, Some(floor)) => floor.validate(),
            (TrunkOrder::AsListed | TrunkOrder::LeastCost, None) => Ok(()),
        }
    }

    fn validate_lists(&self) -> Result<(), Invalid> {
        let fewest = usize::from(!self.emergency);
        let some = (fewest..=PATTERNS_MAX).contains(&self.patterns.len());
        rule(some, "/patterns", "must have 1 to 32 entries")?;
        for (index, pattern) in self.patterns.iter().enumerate() {
            pattern.validate(&format!("/patterns/{index}"))?;
        }
        let few = self.extensions.len() <= EXTENSIONS_MAX;
        rule(few, "/extensions", "must name at most 1000 extensions")?;
        let some = (1..=ROUTE_TRUNKS_MAX).contains(&self.trunks.len());
        rule(some, "/trunks", "must name 1 to 8 trunks")?;
        for (index, trunk) in self.trunks.iter().enumerate() {
            let once = !self.trunks[..index].contains(trunk);
            rule(once, &format!("/trunks/{index}"), "must not be named twice")?;
        }
        groups::validate(&self.for_groups, "/for_groups")?;
        destinations::validate(&self.only_to, "/only_to")?;
        destinations::validate(&self.never_to, "/never_to")
    }
}

impl Identified for OutboundRoute {
    type Id = OutboundRouteId;
}

impl Kind for OutboundRoute {
    const NAME: KindName = KindName::OutboundRoute;
    const MANY: &'static str = "outbound_routes";
    const PLACE: Place = Place::Tenant;
    const KEY: &'static str = "name";
    const KEY_SPACE: &'static str = "outbound_route";
    const LINKS: &'static [Link] = &[
        Link {
            member: "extensions",
            kind: KindName::Extension,
        },
        Link {
            member: "schedule",
            kind: KindName::Schedule,
        },
        Link {
            member: "trunks",
            kind: KindName::Trunk,
        },
    ];
    const MOST: Option<u32> = Some(OUTBOUND_ROUTES_MAX);

    fn new_id(unix_ms: u64, random: u128) -> OutboundRouteId {
        OutboundRouteId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        self.caller_id.iter_mut().for_each(e164::normal);
        self.extensions.sort_unstable();
        self.extensions.dedup();
        groups::normal(&mut self.for_groups);
        destinations::normal(&mut self.only_to);
        destinations::normal(&mut self.never_to);
    }

    fn validate(&self) -> Result<(), Invalid> {
        name::<OutboundRouteId>(&self.name)?;
        self.validate_emergency()?;
        self.validate_lists()?;
        self.validate_order()?;
        let outside = self.class != Some(CallClass::Internal);
        rule(outside, "/class", "must be a class of calls to the outside")?;
        let timed = self.schedule.is_some() || self.when == Standing::Open;
        rule(timed, "/when", "must be said with a schedule")?;
        let strip = self.strip <= DIALLED_MAX;
        rule(strip, "/strip", "must be at most 32")?;
        let prepend = self.prepend.is_empty() || is_dialled(&self.prepend) || self.prepend == "+";
        rule(
            prepend && self.prepend.len() <= PREPEND_MAX,
            "/prepend",
            "must be at most 16 digits, * or #, perhaps with a plus before them",
        )?;
        let caller_id = self.caller_id.as_deref();
        rule(
            caller_id.is_none_or(|text| e164::stored(text).is_some()),
            "/caller_id",
            "must be a plus and 4 to 15 digits, beginning with a country code",
        )?;
        let rings = (RING_SECONDS_MIN..=RING_SECONDS_MAX).contains(&self.ring_seconds);
        rule(rings, "/ring_seconds", "must be 5 to 300 seconds")
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        vec![UniqueKey {
            space: "outbound_route",
            key: self.name.clone(),
            scope: KeyScope::PerOwner,
        }]
    }

    fn natural_key(&self) -> String {
        self.name.clone()
    }
}
