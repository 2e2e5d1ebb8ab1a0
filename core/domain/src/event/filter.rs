//! Which events somebody wants.

use super::EventKind;

/// Most patterns of one filter.
pub const FILTERS_MAX: usize = 32;

/// Types of events: by name (`call.ended`), by family (`call.*`), or all (`*`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Empty means all.
    kinds: Vec<EventKind>,
}

impl EventFilter {
    /// Reads patterns; none at all means every type.
    ///
    /// # Errors
    /// The first pattern that names no type, or the pattern beyond [`FILTERS_MAX`].
    pub fn parse<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Result<EventFilter, &'a str> {
        let mut filter = EventFilter::default();
        let mut all = false;
        for (index, pattern) in patterns.into_iter().enumerate() {
            let named = matching(pattern);
            if index >= FILTERS_MAX || named.is_empty() {
                return Err(pattern);
            }
            all |= pattern == "*";
            for kind in named {
                if !filter.kinds.contains(&kind) {
                    filter.kinds.push(kind);
                }
            }
        }
        if all {
            filter.kinds.clear();
        }
        Ok(filter)
    }

    /// Whether an event of this type is wanted.
    pub fn admits(&self, kind: EventKind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }
}

fn matching(pattern: &str) -> Vec<EventKind> {
    let all = EventKind::ALL.iter().copied();
    match pattern.strip_suffix(".*") {
        None if pattern == "*" => all.collect(),
        None => all.filter(|kind| kind.as_str() == pattern).collect(),
        Some(family) => all.filter(|kind| kind.family() == family).collect(),
    }
}
