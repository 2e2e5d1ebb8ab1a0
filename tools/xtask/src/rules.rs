//! The rules as `layers.toml` states them.

use serde::Deserialize;
use std::collections::BTreeMap;

/// The whole of `layers.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rules {
    /// For each layer (a folder), the layers its crates may import.
    pub(crate) layers: BTreeMap<String, Vec<String>>,
    /// What makes a layer pure.
    pub(crate) pure: Pure,
    /// For each crate, the workspace crates it imports: exactly those.
    pub(crate) may: BTreeMap<String, Vec<String>>,
    /// How big things may be.
    pub(crate) sizes: Sizes,
    /// Where authority over a tenant is made.
    pub(crate) scope: Scope,
    /// What no tracked file may contain.
    pub(crate) words: Words,
    /// Calls that are refused by name.
    #[serde(default)]
    pub(crate) ban: Vec<Ban>,
    /// What is let through, each with its reason; one that is not needed fails.
    #[serde(default)]
    pub(crate) except: Vec<Exception>,
}

/// The pure layers and the registry crates they may use.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pure {
    pub(crate) layers: Vec<String>,
    pub(crate) registry: Vec<String>,
}

/// Upper bounds, all inclusive.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sizes {
    pub(crate) file_lines: usize,
    pub(crate) function_lines: usize,
    pub(crate) struct_fields: usize,
    pub(crate) trait_methods: usize,
    pub(crate) line_columns: usize,
}

/// The type that is authority over one tenant, the calls that make one, and where they may stand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scope {
    #[serde(rename = "type")]
    pub(crate) type_name: String,
    pub(crate) constructors: Vec<String>,
    #[serde(default)]
    pub(crate) mint: Vec<Mint>,
}

/// One place that makes a scope.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mint {
    pub(crate) file: String,
    #[serde(rename = "fn")]
    pub(crate) function: String,
    pub(crate) why: String,
}

/// Text that does not belong in the repository.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// Beginnings of paths of somebody's own machine.
    pub(crate) machine_paths: Vec<String>,
    /// Words that mark unfinished work.
    pub(crate) placeholders: Vec<String>,
}

/// A path that may not be written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ban {
    /// Segments joined by `::`; matches anywhere inside a path once imports are resolved.
    pub(crate) path: String,
    /// Layers it is banned in; empty means all.
    #[serde(default, rename = "in")]
    pub(crate) layers: Vec<String>,
    /// Crates of those layers that own the thing and may use it.
    #[serde(default)]
    pub(crate) owners: Vec<String>,
    pub(crate) why: String,
    pub(crate) instead: String,
}

/// One thing let through.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exception {
    pub(crate) rule: String,
    pub(crate) path: String,
    /// The finding's subject; all subjects in the file when absent.
    pub(crate) subject: Option<String>,
    /// For sizes: the most it may be. May only be lowered.
    pub(crate) most: Option<usize>,
    pub(crate) why: String,
}

impl Rules {
    /// Reads the text of `layers.toml`.
    ///
    /// # Errors
    /// The reader's message when the text is not TOML, lacks a table or has an unknown key, or
    /// when an exception or a mint gives no reason.
    pub(crate) fn parse(text: &str) -> Result<Rules, String> {
        let rules: Rules = toml::from_str(text).map_err(|e| e.to_string())?;
        for exception in &rules.except {
            if exception.why.trim().is_empty() {
                return Err(format!(
                    "the exception for {} gives no reason",
                    exception.path
                ));
            }
        }
        for mint in &rules.scope.mint {
            if mint.why.trim().is_empty() {
                return Err(format!("the mint in {} gives no reason", mint.file));
            }
        }
        Ok(rules)
    }

    /// Whether crates of this layer must be pure.
    pub(crate) fn is_pure(&self, layer: &str) -> bool {
        self.pure.layers.iter().any(|pure| pure == layer)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    //! A small set of rules that other tests build on.
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    pub(crate) const SMALL: &str = r#"
        [layers]
        base = ["base"]
        core = ["base", "core"]
        adapters = ["base", "core"]
        bins = ["base", "core", "adapters"]
        tools = ["base", "core", "adapters"]
        [pure]
        layers = ["base", "core"]
        registry = ["bytes"]
        [may]
        ids = []
        call = ["ids"]
        [sizes]
        file_lines = 20
        function_lines = 5
        struct_fields = 3
        trait_methods = 2
        line_columns = 40
        [scope]
        type = "TenantScope"
        constructors = ["TenantScope::admit"]
        [words]
        machine_paths = ["/bench-of-mine/"]
        placeholders = ["half-done"]
    "#;

    pub(crate) fn small() -> Rules {
        Rules::parse(SMALL).unwrap()
    }

    #[test]
    fn an_exception_must_give_its_reason() {
        let text = format!("{SMALL}\n[[except]]\nrule = 'line-width'\npath = 'a.rs'\nwhy = ' '");
        assert!(Rules::parse(&text).unwrap_err().contains("no reason"));
    }

    #[test]
    fn an_unknown_key_is_refused_rather_than_ignored() {
        let text = SMALL.replace("file_lines", "file_linse");
        assert!(Rules::parse(&text).is_err());
    }
}
