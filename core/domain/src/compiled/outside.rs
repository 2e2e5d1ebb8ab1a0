//! What an extension may call outside, compiled.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::call_class::CallClass;
use crate::destinations;
use crate::e164::E164;
use crate::extension::Extension;

/// Why an extension may not place a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barred {
    /// It may place no calls of this class.
    Class(CallClass),
    /// It may call other countries or numbers, and not this one.
    Destination,
}

/// What an extension says that does not say what most do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Outside {
    calls: BTreeSet<CallClass>,
    only_to: Vec<String>,
    never_to: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
}

impl Outside {
    /// What an extension says; `None` when it is what most say, which takes no room then.
    pub(super) fn of(extension: &mut Extension) -> Option<Box<Outside>> {
        let outside = Outside {
            calls: std::mem::take(&mut extension.calls),
            only_to: std::mem::take(&mut extension.only_to),
            never_to: std::mem::take(&mut extension.never_to),
            groups: std::mem::take(&mut extension.groups),
        };
        let ordinary = outside.calls == CallClass::ordinary()
            && outside.only_to.is_empty()
            && outside.never_to.is_empty()
            && outside.groups.is_empty();
        (!ordinary).then(|| Box::new(outside))
    }

    /// The groups that the extension belongs to.
    pub(super) fn groups(&self) -> &[String] {
        &self.groups
    }

    /// Whether a call of this class to this number may be placed.
    pub(super) fn bars(&self, class: CallClass, number: Option<&E164>) -> Option<Barred> {
        if !self.calls.contains(&class) {
            return Some(Barred::Class(class));
        }
        let covered = destinations::covers(&self.only_to, &self.never_to, number);
        (!covered).then_some(Barred::Destination)
    }
}
