//! The view of what is known of carriers.

use domain::{PresetAsk, TrunkPreset};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Something that only the customer of a carrier knows.
#[derive(Serialize, ToSchema)]
#[schema(as = TrunkPresetAsk)]
struct AskView {
    /// A member of the trunk, or the name of a placeholder in `peers`.
    #[schema(example = "account")]
    name: &'static str,
    /// What is to be said, and where the customer finds it.
    what: &'static str,
    /// Whether the trunk cannot be without it.
    needed: bool,
}

/// What the public documents of a carrier say of its trunks.
#[derive(Serialize, ToSchema)]
#[schema(as = TrunkPreset)]
struct PresetView {
    /// What it is called.
    #[schema(example = "twilio")]
    name: &'static str,
    /// The carrier's name.
    #[schema(example = "Twilio")]
    carrier: &'static str,
    /// Members of a trunk, as a request that adds one has them. `{account}` and `{host}` in
    /// `peers` stand for what is asked.
    #[schema(value_type = Object)]
    fills: Map<String, Value>,
    /// What the customer has to say beside.
    asks: Vec<AskView>,
    /// What is good to know; may be empty.
    note: &'static str,
    /// The pages that it comes from.
    pages: Vec<&'static str>,
}

/// All presets.
#[derive(Serialize, ToSchema)]
#[schema(as = TrunkPresets)]
pub(crate) struct PresetsView {
    /// By name.
    items: Vec<PresetView>,
}

impl PresetsView {
    /// Those that the exchange knows.
    pub(crate) fn known() -> PresetsView {
        let ask = |ask: &PresetAsk| AskView {
            name: ask.name,
            what: ask.what,
            needed: ask.needed,
        };
        let view = |preset: &TrunkPreset| PresetView {
            name: preset.name,
            carrier: preset.carrier,
            fills: preset.members(),
            asks: preset.asks.iter().map(ask).collect(),
            note: preset.note,
            pages: preset.pages.to_vec(),
        };
        PresetsView {
            items: TrunkPreset::ALL.iter().map(view).collect(),
        }
    }
}
