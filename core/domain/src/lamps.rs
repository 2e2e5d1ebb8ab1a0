//! What the lamps of an extension's phones show, and who has a lamp for the extension.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::invalid::{Invalid, rule};
use crate::text;

/// Most extensions on one list of lamps.
pub const LAMP_LIST_MAX: usize = 100;

/// What the address of a list begins with; the number of the extension that has it follows.
pub const LAMP_LIST_PREFIX: &str = "blf_";

/// Most extensions that one may be watched by.
const WATCHED_BY_MAX: usize = 300;

/// Longest number, in characters.
const NUMBER_MAX: usize = 32;

/// How phones are told of lines that change (RFC 4235 §4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LampDocuments {
    /// Each time all that the watched extension's lines do. Every phone understands it.
    #[default]
    Full,
    /// At first all, and then what has changed. It is shorter, and some phones take what is not
    /// in it for ended.
    Partial,
}

/// The lamps of an extension: those on its own phones, and those on others' phones that show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Lamps {
    /// The numbers of the extensions on its list, at most 100, in the order of the keys. A phone
    /// of the company that subscribes to `blf_` and the extension's number, as `blf_101`, is shown
    /// all of them by one subscription.
    #[schema(default = json!([]), max_items = 100, example = json!(["102", "103"]))]
    pub list: Vec<String>,
    /// The numbers of the extensions whose phones may watch it, at most 300: none, and nobody
    /// may; left out, and the whole company may. Its own phones always may.
    #[schema(max_items = 300, example = json!(["103"]))]
    pub watched_by: Option<Vec<String>>,
    /// Whether those who watch are shown with whom it talks. Where not, its own number is not
    /// shown either in the lamps of those that it talks with.
    #[schema(default = true)]
    pub shows_other_party: bool,
    /// How its phones are told of lines that change.
    #[schema(default = "full")]
    pub documents: LampDocuments,
}

impl Default for Lamps {
    fn default() -> Lamps {
        Lamps {
            list: Vec::new(),
            watched_by: None,
            shows_other_party: true,
            documents: LampDocuments::Full,
        }
    }
}

impl Lamps {
    /// They keep the rules.
    ///
    /// # Errors
    /// The first field that breaks one.
    pub(crate) fn validate(&self) -> Result<(), Invalid> {
        let few = self.list.len() <= LAMP_LIST_MAX;
        rule(few, "/lamps/list", "must name at most 100 extensions")?;
        numbers(&self.list, "/lamps/list")?;
        let watched_by = self.watched_by.as_deref().unwrap_or_default();
        let few = watched_by.len() <= WATCHED_BY_MAX;
        rule(few, "/lamps/watched_by", "must name at most 300 extensions")?;
        numbers(watched_by, "/lamps/watched_by")
    }
}

fn numbers(all: &[String], field: &str) -> Result<(), Invalid> {
    for (index, number) in all.iter().enumerate() {
        let field = format!("{field}/{index}");
        rule(
            text::is_word(number, NUMBER_MAX, b"*#+._-"),
            &field,
            "must be 1 to 32 letters, digits or * # + . _ -",
        )?;
        let once = !all[..index].contains(number);
        rule(once, &field, "must not be named twice")?;
    }
    Ok(())
}
