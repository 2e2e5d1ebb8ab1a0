//! The kind *inbound route*: where calls that come in by trunks go.

use ids::{ExtensionId, InboundRouteId, ScheduleId, TrunkId};
use serde::{Deserialize, Serialize};
use tenancy::Identified;
use utoipa::ToSchema;

use crate::caller_proof::ProofRule;
use crate::e164::{self, E164};
use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Link, Place, UniqueKey, enabled};
use crate::kind_name::KindName;
use crate::name::name;
use crate::schedule::Standing;
use crate::text;

/// Most inbound routes of one tenant.
pub const INBOUND_ROUTES_MAX: u32 = 2_000;
/// Most called numbers of one route.
const SPAN_MAX: u64 = 10_000;
/// The place in the order of a route that says none.
pub(crate) const PRIORITY_DEFAULT: u16 = 100;
/// Most digits of the extension that belongs to the first called number.
const FIRST_EXTENSION_MAX: usize = 10;

/// A rule for calls that come in: which of them, and who answers. The first of a company's routes
/// that fits a call decides: the lowest priority first, then the one for fewer called numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InboundRoute {
    /// 1 to 64 of `0-9 A-Z a-z . _ -`; unique in the tenant. It names the route in paths.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "desk")]
    pub name: String,
    /// A disabled route is passed over.
    #[serde(default = "enabled")]
    #[schema(default = true)]
    pub enabled: bool,
    /// Place in the order: the lowest that fits decides.
    #[serde(default = "priority")]
    #[schema(default = 100)]
    pub priority: u16,
    /// The trunk by which the call comes in, by id or name; any where it is left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "carrier")]
    pub trunk: Option<TrunkId>,
    /// The called number, or the first of a range, with plus; any where it is left out.
    #[serde(default)]
    #[schema(example = "+493055500")]
    pub called: Option<String>,
    /// The last number of a range of at most 10,000, of the same length as the first.
    #[serde(default)]
    #[schema(example = "+493055599")]
    pub called_last: Option<String>,
    /// What the caller's number begins with, with plus; any caller, even a hidden one, where it is
    /// left out.
    #[serde(default)]
    #[schema(example = "+49")]
    pub caller: Option<String>,
    /// The schedule, by id or name, that says when the route is for calls; at any time where it is
    /// left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "office")]
    pub schedule: Option<ScheduleId>,
    /// With a schedule: how that must stand. `closed` includes holidays.
    #[serde(default)]
    #[schema(default = "open")]
    pub when: Standing,
    /// What is done with the proof of who calls (STIR): `ignored`; `told`: looked at, and the
    /// record and telephones say what came of it; `not_wrong`: and calls whose proof is wrong are
    /// refused; `given`: and those without one; `valid`: and those whose proof cannot be checked.
    /// Whoever calls back somebody who called for help lately is never asked for one.
    #[serde(default)]
    #[schema(default = "ignored")]
    pub proof: ProofRule,
    /// The extension that answers, by id or number.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "101")]
    pub extension: Option<ExtensionId>,
    /// In its place: the number of the extension that belongs to the first called number, 1 to 10
    /// digits. The n-th called number belongs to the n-th extension from there.
    #[serde(default)]
    #[schema(pattern = "^[0-9]{1,10}$", example = "100")]
    pub first_extension: Option<String>,
}

fn priority() -> u16 {
    PRIORITY_DEFAULT
}

impl InboundRoute {
    /// The called numbers, first and last; `None` for any.
    pub fn span(&self) -> Option<(E164, E164)> {
        let first = e164::stored(self.called.as_deref()?)?;
        let last = match &self.called_last {
            Some(last) => e164::stored(last)?,
            None => first.clone(),
        };
        Some((first, last))
    }

    /// The number of the extension that belongs to a called number that lies this far behind the
    /// first; as long as the first extension's number.
    pub(crate) fn extension_at(first: &str, offset: u64) -> Option<String> {
        let number = first.parse::<u64>().ok()?.checked_add(offset)?;
        let text = format!("{number:0width$}", width = first.len());
        (text.len() == first.len()).then_some(text)
    }

    fn validate_called(&self) -> Result<(), Invalid> {
        let form = "must be a plus and 4 to 15 digits, beginning with a country code";
        for (text, field) in [
            (&self.called, "/called"),
            (&self.called_last, "/called_last"),
        ] {
            let good = text
                .as_deref()
                .is_none_or(|text| e164::stored(text).is_some());
            rule(good, field, form)?;
        }
        let Some((first, last)) = self.span() else {
            return rule(
                self.called_last.is_none(),
                "/called",
                "must be said with called_last",
            );
        };
        let span = last.offset_from(&first);
        rule(
            span.is_some_and(|span| span < SPAN_MAX),
            "/called_last",
            "must be as long as called, not before it, and at most 9999 behind it",
        )
    }

    fn validate_destination(&self) -> Result<(), Invalid> {
        let both = usize::from(self.extension.is_some());
        let both = both + usize::from(self.first_extension.is_some());
        rule(
            both == 1,
            "/extension",
            "must be said, or first_extension in its place",
        )?;
        let Some(first) = &self.first_extension else {
            return Ok(());
        };
        let digits = text::is_word(first, FIRST_EXTENSION_MAX, b"")
            && first.bytes().all(|b| b.is_ascii_digit());
        rule(digits, "/first_extension", "must be 1 to 10 digits")?;
        let Some((from, to)) = self.span() else {
            return rule(false, "/called", "must be said with first_extension");
        };
        let last = to
            .offset_from(&from)
            .and_then(|span| Self::extension_at(first, span));
        rule(
            last.is_some(),
            "/first_extension",
            "must leave room for an extension of as many digits for each called number",
        )
    }
}

impl Identified for InboundRoute {
    type Id = InboundRouteId;
}

impl Kind for InboundRoute {
    const NAME: KindName = KindName::InboundRoute;
    const MANY: &'static str = "inbound_routes";
    const PLACE: Place = Place::Tenant;
    const KEY: &'static str = "name";
    const KEY_SPACE: &'static str = "inbound_route";
    const LINKS: &'static [Link] = &[
        Link {
            member: "trunk",
            kind: KindName::Trunk,
        },
        Link {
            member: "schedule",
            kind: KindName::Schedule,
        },
        Link {
            member: "extension",
            kind: KindName::Extension,
        },
    ];
    const MOST: Option<u32> = Some(INBOUND_ROUTES_MAX);

    fn new_id(unix_ms: u64, random: u128) -> InboundRouteId {
        InboundRouteId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        let numbers = [&mut self.called, &mut self.called_last];
        numbers.into_iter().flatten().for_each(e164::normal);
    }

    fn validate(&self) -> Result<(), Invalid> {
        name::<InboundRouteId>(&self.name)?;
        self.validate_called()?;
        let caller = self.caller.as_deref().is_none_or(|text| {
            let digits = text.strip_prefix('+').unwrap_or_default();
            text::is_word(digits, 15, b"") && digits.bytes().all(|b| b.is_ascii_digit())
        });
        rule(caller, "/caller", "must be a plus and 1 to 15 digits")?;
        let timed = self.schedule.is_some() || self.when == Standing::Open;
        rule(timed, "/when", "must be said with a schedule")?;
        self.validate_destination()
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        vec![UniqueKey {
            space: "inbound_route",
            key: self.name.clone(),
            scope: KeyScope::PerOwner,
        }]
    }

    fn natural_key(&self) -> String {
        self.name.clone()
    }
}
