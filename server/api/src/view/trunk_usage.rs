//! The view of what is used of a trunk.

use ids::TenantId;
use machine::WallTime;
use ports::{LiveQuality, LiveShare, LiveTrunk};
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;

/// What goes over a trunk, of all companies or of one.
#[derive(Serialize, ToSchema)]
#[schema(as = TrunkUse)]
struct TrunkUseView {
    /// Calls at this moment.
    calls: u32,
    /// How many there may be; null where they are not limited.
    calls_limit: Option<u32>,
    /// Seconds that were talked today in calls that went out, those that go on included.
    seconds_today: u64,
    /// How many minutes of that there may be; null where they are not limited.
    minutes_limit: Option<u32>,
}

/// What one company uses of it.
#[derive(Serialize, ToSchema)]
#[schema(as = TrunkUseOf)]
struct TrunkUseOfView {
    /// The company.
    #[schema(value_type = String)]
    tenant: TenantId,
    /// What it uses.
    #[serde(flatten)]
    used: TrunkUseView,
}

/// How well a trunk does: what came of its latest calls, at most 100 and of the latest hour, each
/// company's counted to a quarter of that where there are others.
#[derive(Serialize, ToSchema)]
#[schema(as = TrunkQuality)]
struct TrunkQualityView {
    /// Calls that it is told by.
    calls: u32,
    /// Answered ones of a hundred (answer-seizure ratio, ITU-T E.425); null without calls. Those
    /// that were busy, that nobody answered, and that the caller gave up count as not answered.
    answer_percent: Option<u8>,
    /// Those of a hundred that the network brought to the called party, whatever that did then
    /// (network effectiveness ratio, likewise).
    effective_percent: Option<u8>,
    /// Mean delay until they rang or were answered, in milliseconds.
    post_dial_ms: Option<u64>,
    /// Mean estimate of how they sounded here, in hundredths of an opinion score.
    mos_x100: Option<u16>,
    /// Mean length of those that were answered and are over, in seconds.
    talked_seconds: Option<u64>,
}

/// How much of a trunk is used at this moment, and today, and how well it does.
#[derive(Serialize, ToSchema)]
#[schema(as = TrunkUsage)]
pub(crate) struct TrunkUsageView {
    /// The trunk's id.
    trunk: String,
    /// What routes may call it.
    name: String,
    /// Whether it belongs to whoever is asked about.
    own: bool,
    /// When the trunk's day began (RFC 3339); null while nobody may use the trunk.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    day_began: Option<WallTime>,
    /// When it ends.
    #[serde(with = "machine::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    day_ends: Option<WallTime>,
    /// What all companies use together; null for a company with which the trunk is shared.
    all: Option<TrunkUseView>,
    /// How well it does; null for a company with which the trunk is shared.
    quality: Option<TrunkQualityView>,
    /// What each company uses; of a trunk that is shared with a company, its own part alone.
    each: Vec<TrunkUseOfView>,
}

/// What a company uses of all trunks that it may use.
#[derive(Serialize, ToSchema)]
#[schema(as = TrunksUsage)]
pub(crate) struct TrunksUsageView {
    /// In the order of their names.
    trunks: Vec<TrunkUsageView>,
}

impl TrunkUsageView {
    /// As the exchange sees it.
    pub(crate) fn of(live: LiveTrunk) -> TrunkUsageView {
        let each = live.each.into_iter();
        TrunkUsageView {
            trunk: live.trunk.to_string(),
            name: live.name,
            own: live.own,
            day_began: Some(live.day.began),
            day_ends: Some(live.day.ends),
            all: live.all.map(used),
            quality: live.quality.map(quality),
            each: each
                .map(|(tenant, share)| TrunkUseOfView {
                    tenant,
                    used: used(share),
                })
                .collect(),
        }
    }

    /// A trunk that nobody may use.
    pub(crate) fn unused(trunk: String, name: String) -> TrunkUsageView {
        TrunkUsageView {
            trunk,
            name,
            own: true,
            day_began: None,
            day_ends: None,
            all: Some(used(LiveShare::default())),
            quality: Some(quality(LiveQuality::default())),
            each: Vec::new(),
        }
    }
}

impl TrunksUsageView {
    /// All of a company's.
    pub(crate) fn of(mut live: Vec<LiveTrunk>) -> TrunksUsageView {
        live.sort_by(|one, other| one.name.cmp(&other.name));
        TrunksUsageView {
            trunks: live.into_iter().map(TrunkUsageView::of).collect(),
        }
    }
}

fn quality(live: LiveQuality) -> TrunkQualityView {
    let millis = |delay: Duration| u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
    TrunkQualityView {
        calls: live.calls,
        answer_percent: live.answer_percent,
        effective_percent: live.effective_percent,
        post_dial_ms: live.post_dial.map(millis),
        mos_x100: live.mos_x100,
        talked_seconds: live.talked.map(|talked| talked.as_secs()),
    }
}

fn used(share: LiveShare) -> TrunkUseView {
    TrunkUseView {
        calls: share.calls,
        calls_limit: share.calls_most,
        seconds_today: share.talked.as_secs(),
        minutes_limit: share.minutes_most,
    }
}
